/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: the steps of a look-up that lookup.c and detour.c share. */
#ifndef FWI_STACK_NUMBER_H
#define FWI_STACK_NUMBER_H

#include <string.h>

#include "stack/comp.h"

/* Index of the last range that starts at or before addr; the first starts at 0. */
#define FWI_LAST_AT_OR_BEFORE(start, count, addr)                                 \
	({                                                                        \
		uint32_t at_ = 0, len_ = (count);                                 \
		while (len_ > 1) {                                                \
			uint32_t half_ = len_ / 2;                                \
			at_ = (start)[at_ + half_] <= (addr) ? at_ + half_ : at_; \
			len_ -= half_;                                            \
		}                                                                 \
		at_;                                                              \
	})

/* The longer one of what the fib has and of the prefixes kept beside it. */
static inline uint32_t
fwi_longer(const struct fwi_table *t, unsigned ones, uint32_t value)
{
	uint32_t top = __atomic_load_n(&t->top[ones], __ATOMIC_RELAXED);

	return FWI_VALUE_NH(FWI_VALUE_DEPTH(top) >= FWI_VALUE_DEPTH(value) ? top : value);
}

static inline uint32_t
fwi_number4(const struct fwi_table *t, uint32_t ip)
{
	uint64_t value;

	if (t->n != 0)
		return t->nh[FWI_LAST_AT_OR_BEFORE(t->start4, t->n, ip)];
	rte_fib_lookup_bulk(t->fib4, &ip, &value, 1);
	return fwi_longer(t, ip != UINT32_MAX ? (unsigned)__builtin_clz(~ip) : 32, (uint32_t)value);
}

static inline uint32_t
fwi_number6(const struct fwi_table *t, fwi_u128 key, const uint8_t dst[16])
{
	uint8_t ip[1][RTE_FIB6_IPV6_ADDR_SIZE];
	uint64_t value;

	if (t->n != 0)
		return t->nh[FWI_LAST_AT_OR_BEFORE(t->start6, t->n, key)];
	memcpy(ip[0], dst, sizeof(ip[0]));
	rte_fib6_lookup_bulk(t->fib6, ip, &value, 1);
	return fwi_longer(t, fwi_leading_ones(key, 128), (uint32_t)value);
}

static inline const struct fwi_adj *
fwi_adj_of(uint32_t nh)
{
	return __atomic_load_n(&fwi_nexthops[nh], __ATOMIC_ACQUIRE);
}

/* The way out that a route names, whether its neighbour is known or not. NULL: none. */
static inline const struct fwi_link *
fwi_link_of(uint32_t nh)
{
	const struct fwi_adj *adj = fwi_adj_of(nh);
	const struct fwi_nh_key *key;

	if (adj->link != NULL || adj != &fwi_adj_no_neighbour)
		return adj->link;
	key = fwi_nexthop_read(nh);
	return key != NULL ? key->link : NULL;
}

#endif
