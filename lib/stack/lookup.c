/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The look-ups of the data path: table -> number of the next hop -> adjacency, and for an
 * on-link route the neighbour of the destination itself. Nothing here locks, allocates
 * or waits.
 */
#include <string.h>

#include "stack/comp.h"
#include "stack/neigh.h"
#include "stack/pmtu.h"
#include "stack/tsan.h"

/* Index of the last range that starts at or before addr; the first starts at 0. */
#define LAST_AT_OR_BEFORE(start, count, addr)                                     \
	({                                                                        \
		uint32_t at_ = 0, len_ = (count);                                 \
		while (len_ > 1) {                                                \
			uint32_t half_ = len_ / 2;                                \
			at_ = (start)[at_ + half_] <= (addr) ? at_ + half_ : at_; \
			len_ -= half_;                                            \
		}                                                                 \
		at_;                                                              \
	})

static inline const struct fwi_table *
table_of(uint32_t comp, enum fwi_family family)
{
	if (unlikely(comp >= FWPDK_MAX_COMPARTMENTS))
		return NULL;
	return __atomic_load_n(&fwi_comps[comp].table[family], __ATOMIC_ACQUIRE);
}

/* The longer one of what the fib has and of the prefixes kept beside it. */
static inline uint32_t
longer(const struct fwi_table *t, unsigned ones, uint32_t value)
{
	uint32_t top = __atomic_load_n(&t->top[ones], __ATOMIC_RELAXED);

	return FWI_VALUE_NH(FWI_VALUE_DEPTH(top) >= FWI_VALUE_DEPTH(value) ? top : value);
}

static inline uint32_t
next_hop4(const struct fwi_table *t, uint32_t ip)
{
	uint64_t value;

	if (t->n != 0)
		return t->nh[LAST_AT_OR_BEFORE(t->start4, t->n, ip)];
	rte_fib_lookup_bulk(t->fib4, &ip, &value, 1);
	return longer(t, ip != UINT32_MAX ? (unsigned)__builtin_clz(~ip) : 32, (uint32_t)value);
}

static inline uint32_t
next_hop6(const struct fwi_table *t, fwi_u128 key, const uint8_t dst[16])
{
	uint8_t ip[1][RTE_FIB6_IPV6_ADDR_SIZE];
	uint64_t value;

	if (t->n != 0)
		return t->nh[LAST_AT_OR_BEFORE(t->start6, t->n, key)];
	memcpy(ip[0], dst, sizeof(ip[0]));
	rte_fib6_lookup_bulk(t->fib6, ip, &value, 1);
	return longer(t, fwi_leading_ones(key, 128), (uint32_t)value);
}

static inline const struct fwi_adj *
adjacency(uint32_t nh)
{
	return __atomic_load_n(&fwi_nexthops[nh], __ATOMIC_ACQUIRE);
}

static inline const struct fwi_adj *
neighbour(enum fwi_family family, const void *key, hash_sig_t sig)
{
	void *adj;

	if (rte_hash_lookup_with_hash_data(fwi_neigh_table[family], key, sig, &adj) < 0)
		return &fwi_adj_no_neighbour;
	FWI_TSAN_ACQUIRE(adj);
	return adj;
}

static inline void
fill(struct fwi_hop *hop, const struct fwi_adj *adj, uint32_t comp, enum fwi_family family,
	fwi_u128 dst)
{
	*hop = adj->hop;
	if (likely(adj->link != NULL))
		hop->mtu = __atomic_load_n(&adj->link->mtu, __ATOMIC_RELAXED);
	if (unlikely(__atomic_load_n(&fwi_pmtu_count, __ATOMIC_RELAXED) != 0))
		hop->mtu = fwi_pmtu_limit(comp, family, dst, hop->mtu);
}

void
fwi_stack_lookup4(uint32_t comp, uint32_t dst, struct fwi_hop *hop)
{
	const struct fwi_table *t = table_of(comp, FWI_V4);
	const struct fwi_adj *adj = &fwi_adj_no_route;
	uint32_t ip = rte_be_to_cpu_32(dst);

	if (likely(t != NULL))
		adj = adjacency(next_hop4(t, ip));
	if (adj->on_link) {
		const struct fwi_neigh_key4 key = {.if_index = adj->link->if_index, .addr = ip};

		adj = neighbour(FWI_V4, &key, fwi_neigh_hash4(&key));
	}
	fill(hop, adj, comp, FWI_V4, fwi_key4(ip));
}

void
fwi_stack_lookup6(uint32_t comp, const uint8_t dst[16], struct fwi_hop *hop)
{
	const struct fwi_table *t = table_of(comp, FWI_V6);
	const struct fwi_adj *adj = &fwi_adj_no_route;
	fwi_u128 ip = fwi_key6(dst);

	if (likely(t != NULL))
		adj = adjacency(next_hop6(t, ip, dst));
	if (adj->on_link) {
		const struct fwi_neigh_key6 key = {
			.if_index = adj->link->if_index,
			.addr = {(uint64_t)(ip >> 64), (uint64_t)ip},
		};

		adj = neighbour(FWI_V6, &key, fwi_neigh_hash6(&key));
	}
	fill(hop, adj, comp, FWI_V6, ip);
}
