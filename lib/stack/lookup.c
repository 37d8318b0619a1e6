/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The look-ups of the data path: table -> number of the next hop -> adjacency, and for an
 * on-link route the neighbour of the destination itself. Nothing here locks, allocates
 * or waits.
 */
#include <string.h>

#include "stack/comp.h"
#include "stack/group.h"
#include "stack/neigh.h"
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
fill(struct fwi_hop *hop, const struct fwi_adj *adj)
{
	*hop = adj->hop;
	if (likely(adj->link != NULL))
		hop->mtu = __atomic_load_n(&adj->link->mtu, __ATOMIC_RELAXED);
}

/* On-link: the neighbour of the destination itself. */
static inline const struct fwi_adj *
resolve4(const struct fwi_adj *adj, uint32_t ip)
{
	if (adj->on_link) {
		const struct fwi_neigh_key4 key = {.if_index = adj->link->if_index, .addr = ip};

		adj = neighbour(FWI_V4, &key, fwi_neigh_hash4(&key));
	}
	return adj;
}

static inline const struct fwi_adj *
resolve6(const struct fwi_adj *adj, fwi_u128 ip)
{
	if (adj->on_link) {
		const struct fwi_neigh_key6 key = {
			.if_index = adj->link->if_index,
			.addr = {(uint64_t)(ip >> 64), (uint64_t)ip},
		};

		adj = neighbour(FWI_V6, &key, fwi_neigh_hash6(&key));
	}
	return adj;
}

static inline const struct fwi_adj *
route4(uint32_t comp, uint32_t ip)
{
	const struct fwi_table *t = table_of(comp, FWI_V4);

	return likely(t != NULL) ? adjacency(next_hop4(t, ip)) : &fwi_adj_no_route;
}

static inline const struct fwi_adj *
route6(uint32_t comp, fwi_u128 ip, const uint8_t dst[16])
{
	const struct fwi_table *t = table_of(comp, FWI_V6);

	return likely(t != NULL) ? adjacency(next_hop6(t, ip, dst)) : &fwi_adj_no_route;
}

void
fwi_stack_lookup4(uint32_t comp, uint32_t dst, struct fwi_hop *hop)
{
	uint32_t ip = rte_be_to_cpu_32(dst);

	fill(hop, resolve4(route4(comp, ip), ip));
}

void
fwi_stack_lookup6(uint32_t comp, const uint8_t dst[16], struct fwi_hop *hop)
{
	fwi_u128 ip = fwi_key6(dst);

	fill(hop, resolve6(route6(comp, ip, dst), ip));
}

/*
 * The flow's own next hop; while that has no neighbour, the first of the others that has,
 * beginning at one that the flow chooses. At most FWI_GROUP_MAX steps.
 */
#define BY_FLOW(group, hash, resolve, ip)                                                \
	({                                                                               \
		const struct fwi_nh_group *g_ = (group);                                 \
		const struct fwi_adj *own_ = resolve(                                    \
			adjacency(g_->nh[g_->slot[(hash) % FWI_GROUP_SLOTS]]), (ip));    \
		const struct fwi_adj *adj_ = own_;                                       \
		uint32_t at_ = (uint32_t)((uint64_t)((hash)*0x9E3779B9u) * g_->n >> 32); \
		uint32_t i_;                                                             \
		for (i_ = 0; unlikely(adj_->hop.status != 0) && i_ < g_->n; i_++) {      \
			adj_ = resolve(adjacency(g_->nh[at_]), (ip));                    \
			at_ = at_ + 1 == g_->n ? 0 : at_ + 1;                            \
		}                                                                        \
		adj_->hop.status == 0 ? adj_ : own_;                                     \
	})

void
fwi_stack_lookup4_flow(uint32_t comp, uint32_t dst, uint32_t hash, struct fwi_hop *hop)
{
	uint32_t ip = rte_be_to_cpu_32(dst);
	const struct fwi_adj *adj = route4(comp, ip);

	if (likely(adj->hop.status == FWI_HOP_BY_FLOW))
		adj = BY_FLOW(adj->group, hash, resolve4, ip);
	else
		adj = resolve4(adj, ip);
	fill(hop, adj);
}

void
fwi_stack_lookup6_flow(uint32_t comp, const uint8_t dst[16], uint32_t hash, struct fwi_hop *hop)
{
	fwi_u128 ip = fwi_key6(dst);
	const struct fwi_adj *adj = route6(comp, ip, dst);

	if (likely(adj->hop.status == FWI_HOP_BY_FLOW))
		adj = BY_FLOW(adj->group, hash, resolve6, ip);
	else
		adj = resolve6(adj, ip);
	fill(hop, adj);
}
