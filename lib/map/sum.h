/* SPDX-License-Identifier: BSD-3-Clause */
/* The Internet checksum (RFC 1071) over pieces of any length. */
#ifndef FWI_SUM_H
#define FWI_SUM_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_ip.h>

struct fwi_sum {
	uint64_t sum; /* of words as they lie in memory */
	bool odd;     /* an odd number of bytes so far */
};

static inline void
fwi_sum_add(struct fwi_sum *s, const void *bytes, uint32_t n)
{
	uint16_t part = rte_raw_cksum(bytes, n);

	s->sum += s->odd ? rte_bswap16(part) : part;
	s->odd ^= n & 1;
}

/* A word of the host, where the number of bytes so far is even. */
static inline void
fwi_sum_word(struct fwi_sum *s, uint16_t word)
{
	s->sum += rte_cpu_to_be_16(word);
}

/* Not yet complemented. */
static inline uint16_t
fwi_sum_fold(const struct fwi_sum *s)
{
	uint64_t sum = s->sum;

	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

/* The checksum of an IPv4 header, in place. */
static inline void
fwi_sum_ip4(uint8_t *hdr)
{
	struct fwi_sum s = {0};
	uint16_t sum;

	memset(hdr + 10, 0, 2);
	fwi_sum_add(&s, hdr, (hdr[0] & 15u) * 4);
	sum = (uint16_t)~fwi_sum_fold(&s);
	memcpy(hdr + 10, &sum, sizeof(sum));
}

#endif
