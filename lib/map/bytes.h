/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers in packets: network order, any alignment. */
#ifndef FWI_BYTES_H
#define FWI_BYTES_H

#include <stdint.h>
#include <string.h>

#include <rte_byteorder.h>

#define FWI_IP_MF     0x2000u /* more fragments */
#define FWI_IP_OFFSET 0x1fffu /* in units of 8 bytes */

static inline uint16_t
fwi_get16(const uint8_t *from)
{
	uint16_t v;

	memcpy(&v, from, sizeof(v));
	return rte_be_to_cpu_16(v);
}

static inline uint32_t
fwi_get32(const uint8_t *from)
{
	uint32_t v;

	memcpy(&v, from, sizeof(v));
	return rte_be_to_cpu_32(v);
}

static inline void
fwi_put16(uint8_t *to, uint32_t v)
{
	uint16_t be = rte_cpu_to_be_16((uint16_t)v);

	memcpy(to, &be, sizeof(be));
}

static inline void
fwi_put32(uint8_t *to, uint32_t v)
{
	uint32_t be = rte_cpu_to_be_32(v);

	memcpy(to, &be, sizeof(be));
}

#endif
