/* SPDX-License-Identifier: BSD-3-Clause */
/* Ports whose link is down, as far as somebody follows it. Data path: look-ups ask. */
#ifndef FWI_STACK_LINKS_H
#define FWI_STACK_LINKS_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_config.h>

/* Bit n of word n/64: nothing leaves by port n. Atomic words. */
extern uint64_t fwi_links_down[RTE_MAX_ETHPORTS / 64 + 1];

extern uint32_t fwi_links_down_n; /* how many; atomic */

static inline bool
fwi_a_link_is_down(void)
{
	return __atomic_load_n(&fwi_links_down_n, __ATOMIC_RELAXED) != 0;
}

static inline bool
fwi_link_is_down(uint16_t port_id)
{
	return (__atomic_load_n(&fwi_links_down[port_id / 64], __ATOMIC_RELAXED) >> port_id % 64 &
		       1) != 0;
}

#endif
