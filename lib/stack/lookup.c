/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The look-ups of the data path: table -> number of the next hop -> adjacency, and for an
 * on-link route the neighbour of the destination itself. Nothing here locks, allocates
 * or waits.
 */
#include <string.h>

#include <ndis.h>

#include "core/tsan.h"
#include "stack/detour.h"
#include "stack/links.h"
#include "stack/neigh.h"
#include "stack/number.h"
#include "stack/pmtu.h"

static inline const struct fwi_table *
table_of(uint32_t comp, enum fwi_family family)
{
	if (unlikely(comp >= FWPDK_MAX_COMPARTMENTS))
		return NULL;
	return __atomic_load_n(&fwi_comps[comp].table[family], __ATOMIC_ACQUIRE);
}

static inline const struct fwi_rules *
rules_of(uint32_t comp, enum fwi_family family)
{
	if (unlikely(comp >= FWPDK_MAX_COMPARTMENTS))
		return NULL;
	return __atomic_load_n(&fwi_comps[comp].rules[family], __ATOMIC_ACQUIRE);
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
	if (likely(adj->link != NULL)) {
		hop->mtu = __atomic_load_n(&adj->link->mtu, __ATOMIC_RELAXED);
		if (unlikely(fwi_link_is_down(adj->link->port_id)))
			hop->status = NDIS_STATUS_MEDIA_DISCONNECTED;
	}
	/* Only what was published as learned is ever marked, and that in writable memory. */
	if (unlikely(__atomic_load_n(&adj->learned, __ATOMIC_RELAXED)) &&
		__atomic_load_n(&adj->used, __ATOMIC_RELAXED) == 0)
		__atomic_store_n((uint8_t *)(uintptr_t)&adj->used, 1, __ATOMIC_RELAXED);
}

/* All but the MAC of the neighbour; false: there is no way at present. */
static bool
fill_way(struct fwi_hop *hop, const struct fwi_link *link, bool ipv6)
{
	hop->port_id = link->port_id;
	hop->iface = (uint8_t)(link->if_index - 1);
	hop->mtu = __atomic_load_n(&link->mtu, __ATOMIC_RELAXED);
	memset(&hop->l2[0], 0, 6);
	memcpy(&hop->l2[6], link->mac.addr_bytes, 6);
	hop->l2[12] = ipv6 ? 0x86 : 0x08;
	hop->l2[13] = ipv6 ? 0xDD : 0x00;
	if (likely(!fwi_link_is_down(link->port_id)))
		return true;
	hop->status = NDIS_STATUS_MEDIA_DISCONNECTED;
	return false;
}

/* Whose MAC follows from the address itself, but for a neighbour that the host has set. */
static inline bool
is_group4(uint32_t comp, uint32_t dst, const struct fwi_adj *adj, bool on_link)
{
	uint32_t ip = rte_be_to_cpu_32(dst);

	if (on_link && adj->hop.status == 0)
		return false;
	return ip >> 28 == 0xe || ip == UINT32_MAX ||
	       (on_link && fwi_stack_addr4(comp, dst) == FWI_ADDR_BROADCAST);
}

/* RFC 1112, 6.4. Only the way out is taken from the route, not its gateway. */
static bool
group4(struct fwi_hop *hop, uint32_t nh, uint32_t ip)
{
	const struct fwi_link *link = fwi_link_of(nh);
	uint8_t mac[6] = {
		0x01, 0x00, 0x5e, (uint8_t)(ip >> 16 & 0x7f), (uint8_t)(ip >> 8), (uint8_t)ip};

	if (link == NULL)
		return false;
	if (ip >> 28 != 0xe)
		memset(mac, 0xff, sizeof(mac));
	if (fill_way(hop, link, false))
		hop->status = 0;
	memcpy(hop->l2, mac, sizeof(mac));
	return true;
}

/* RFC 2464, 7. */
static bool
group6(struct fwi_hop *hop, uint32_t nh, const uint8_t dst[16])
{
	const struct fwi_link *link = fwi_link_of(nh);

	if (link == NULL)
		return false;
	if (fill_way(hop, link, true))
		hop->status = 0;
	memset(hop->l2, 0x33, 2);
	memcpy(hop->l2 + 2, dst + 12, 4);
	return true;
}

/* No neighbour: still tell where it would go. */
static void
fill_end(struct fwi_hop *hop, const struct fwi_adj *adj, uint32_t nh, bool ipv6)
{
	const struct fwi_link *link;

	fill(hop, adj);
	if (likely(adj != &fwi_adj_no_neighbour))
		return;
	link = fwi_link_of(nh);
	if (link != NULL)
		fill_way(hop, link, ipv6);
}

static inline const struct fwi_adj *
neighbour4(const struct fwi_adj *adj, uint32_t ip)
{
	const struct fwi_neigh_key4 key = {.if_index = adj->link->if_index, .addr = ip};

	return neighbour(FWI_V4, &key, fwi_neigh_hash4(&key));
}

static inline const struct fwi_adj *
neighbour6(const struct fwi_adj *adj, fwi_u128 ip)
{
	const struct fwi_neigh_key6 key = {
		.if_index = adj->link->if_index,
		.addr = {(uint64_t)(ip >> 64), (uint64_t)ip},
	};

	return neighbour(FWI_V6, &key, fwi_neigh_hash6(&key));
}

static inline uint32_t
number4(uint32_t comp, uint32_t ip)
{
	const struct fwi_table *t = table_of(comp, FWI_V4);
	uint32_t nh;

	if (unlikely(t == NULL))
		return FWI_NH_NONE;
	nh = fwi_number4(t, ip);
	return likely(!fwi_a_link_is_down()) ? nh : fwi_number_up(t, FWI_V4, fwi_key4(ip), nh);
}

static inline uint32_t
number6(uint32_t comp, fwi_u128 ip, const uint8_t dst[16])
{
	const struct fwi_table *t = table_of(comp, FWI_V6);
	uint32_t nh;

	if (unlikely(t == NULL))
		return FWI_NH_NONE;
	nh = fwi_number6(t, ip, dst);
	return likely(!fwi_a_link_is_down()) ? nh : fwi_number_up(t, FWI_V6, ip, nh);
}

/* The same for a packet whose source is known. */
static inline uint32_t
flow_number4(uint32_t comp, uint32_t ip, const struct fwi_flow *flow)
{
	const struct fwi_rules *rules = rules_of(comp, FWI_V4);

	return likely(rules == NULL) ? number4(comp, ip)
				     : fwi_number_ruled(rules, comp, FWI_V4, fwi_key4(ip), flow);
}

static inline uint32_t
flow_number6(uint32_t comp, fwi_u128 ip, const uint8_t dst[16], const struct fwi_flow *flow)
{
	const struct fwi_rules *rules = rules_of(comp, FWI_V6);

	return likely(rules == NULL) ? number6(comp, ip, dst)
				     : fwi_number_ruled(rules, comp, FWI_V6, ip, flow);
}

/* Where next hop nh leads for ip. */
static inline const struct fwi_adj *
end4(uint32_t nh, uint32_t ip)
{
	const struct fwi_adj *adj = fwi_adj_of(nh);

	return adj->on_link ? neighbour4(adj, ip) : adj;
}

static inline const struct fwi_adj *
end6(uint32_t nh, fwi_u128 ip)
{
	const struct fwi_adj *adj = fwi_adj_of(nh);

	return adj->on_link ? neighbour6(adj, ip) : adj;
}

/* What is known of the path behind the interface. */
static inline void
limit(struct fwi_hop *hop, uint32_t comp, enum fwi_family family, fwi_u128 dst)
{
	if (unlikely(__atomic_load_n(&fwi_pmtu_count, __ATOMIC_RELAXED) != 0))
		hop->mtu = fwi_pmtu_limit(comp, family, dst, hop->mtu);
}

static inline void
answer4(uint32_t comp, uint32_t dst, uint32_t nh, struct fwi_hop *hop)
{
	uint32_t ip = rte_be_to_cpu_32(dst);
	const struct fwi_adj *adj = end4(nh, ip);

	if (unlikely(is_group4(comp, dst, adj, fwi_adj_of(nh)->on_link)) && group4(hop, nh, ip))
		return;
	fill_end(hop, adj, nh, false);
	limit(hop, comp, FWI_V4, fwi_key4(ip));
}

static inline void
answer6(uint32_t comp, const uint8_t dst[16], uint32_t nh, struct fwi_hop *hop)
{
	fwi_u128 ip = fwi_key6(dst);
	const struct fwi_adj *adj = end6(nh, ip);

	if (unlikely(dst[0] == 0xff) && (!fwi_adj_of(nh)->on_link || adj->hop.status != 0) &&
		group6(hop, nh, dst))
		return;
	fill_end(hop, adj, nh, true);
	limit(hop, comp, FWI_V6, ip);
}

/* With rules the source decides too, which only the flow's look-ups know. */
static inline bool
by_flow(uint32_t comp, enum fwi_family family, struct fwi_hop *hop)
{
	if (likely(rules_of(comp, family) == NULL))
		return false;
	*hop = (struct fwi_hop){.status = FWI_HOP_BY_FLOW};
	return true;
}

void
fwi_stack_lookup4(uint32_t comp, uint32_t dst, struct fwi_hop *hop)
{
	if (likely(!by_flow(comp, FWI_V4, hop)))
		answer4(comp, dst, number4(comp, rte_be_to_cpu_32(dst)), hop);
}

void
fwi_stack_lookup6(uint32_t comp, const uint8_t dst[16], struct fwi_hop *hop)
{
	if (likely(!by_flow(comp, FWI_V6, hop)))
		answer6(comp, dst, number6(comp, fwi_key6(dst), dst), hop);
}

/* It can be sent over. */
static inline bool
leads(const struct fwi_adj *adj)
{
	return likely(adj->hop.status == 0) && likely(!fwi_link_is_down(adj->link->port_id));
}

/* Where a flow begins to look for another than its own next hop. */
static inline uint32_t
first_other(const struct fwi_nh_group *g, uint32_t hash)
{
	return (uint32_t)((uint64_t)(hash * 0x9E3779B9u) * g->n >> 32);
}

static inline uint32_t
own_hop(const struct fwi_nh_group *g, uint32_t hash)
{
	return g->nh[g->slot[hash % FWI_GROUP_SLOTS]];
}

/*
 * The flow's own next hop; while that has no neighbour, the first of the others that has,
 * beginning at one that the flow chooses. At most FWI_GROUP_MAX steps. Without any, one to ask for.
 */
#define BY_FLOW(group, hash, end, ip)                                       \
	({                                                                  \
		const struct fwi_nh_group *g_ = (group);                    \
		uint32_t own_ = own_hop(g_, (hash)), nh_ = own_;            \
		uint32_t at_ = first_other(g_, (hash)), i_;                 \
		for (i_ = 0; !leads(end(nh_, (ip))) && i_ < g_->n; i_++) {  \
			nh_ = g_->nh[at_];                                  \
			at_ = at_ + 1 == g_->n ? 0 : at_ + 1;               \
		}                                                           \
		leads(end(nh_, (ip))) ? nh_ : fwi_member_up(g_, at_, own_); \
	})

bool
fwi_stack_lookup4_flow(
	uint32_t comp, uint32_t dst, const struct fwi_flow *flow, struct fwi_hop *hop)
{
	uint32_t ip = rte_be_to_cpu_32(dst), nh = flow_number4(comp, ip, flow);
	const struct fwi_adj *adj = fwi_adj_of(nh);
	bool other = false;

	if (likely(adj->hop.status == FWI_HOP_BY_FLOW)) {
		nh = BY_FLOW(adj->group, flow->hash, end4, ip);
		other = nh != own_hop(adj->group, flow->hash);
	}
	answer4(comp, dst, nh, hop);
	return other;
}

bool
fwi_stack_lookup6_flow(
	uint32_t comp, const uint8_t dst[16], const struct fwi_flow *flow, struct fwi_hop *hop)
{
	fwi_u128 ip = fwi_key6(dst);
	uint32_t nh = flow_number6(comp, ip, dst, flow);
	const struct fwi_adj *adj = fwi_adj_of(nh);
	bool other = false;

	if (likely(adj->hop.status == FWI_HOP_BY_FLOW)) {
		nh = BY_FLOW(adj->group, flow->hash, end6, ip);
		other = nh != own_hop(adj->group, flow->hash);
	}
	answer6(comp, dst, nh, hop);
	return other;
}

/* The first over that interface, from one that the flow chooses on. At most FWI_GROUP_MAX steps. */
#define OVER(group, way_out, hash, end, ip)                                      \
	({                                                                       \
		const struct fwi_nh_group *g_ = (group);                         \
		uint32_t at_ = first_other(g_, (hash));                          \
		uint32_t found_ = own_hop(g_, (hash)), i_;                       \
		bool over_ = false, known_ = false;                              \
		for (i_ = 0; !known_ && i_ < g_->n; i_++) {                      \
			const struct fwi_link *link_ = fwi_link_of(g_->nh[at_]); \
			if (link_ != NULL && link_->if_index == (way_out)) {     \
				known_ = leads(end(g_->nh[at_], (ip)));          \
				if (known_ || !over_)                            \
					found_ = g_->nh[at_];                    \
				over_ = true;                                    \
			}                                                        \
			at_ = at_ + 1 == g_->n ? 0 : at_ + 1;                    \
		}                                                                \
		found_;                                                          \
	})

void
fwi_stack_lookup4_via(uint32_t comp, uint32_t dst, const struct fwi_flow *flow, struct fwi_hop *hop)
{
	uint32_t ip = rte_be_to_cpu_32(dst), nh = flow_number4(comp, ip, flow);
	const struct fwi_adj *adj = fwi_adj_of(nh);

	if (likely(adj->hop.status == FWI_HOP_BY_FLOW))
		nh = OVER(adj->group, flow->if_index, flow->hash, end4, ip);
	answer4(comp, dst, nh, hop);
}

void
fwi_stack_lookup6_via(
	uint32_t comp, const uint8_t dst[16], const struct fwi_flow *flow, struct fwi_hop *hop)
{
	fwi_u128 ip = fwi_key6(dst);
	uint32_t nh = flow_number6(comp, ip, dst, flow);
	const struct fwi_adj *adj = fwi_adj_of(nh);

	if (likely(adj->hop.status == FWI_HOP_BY_FLOW))
		nh = OVER(adj->group, flow->if_index, flow->hash, end6, ip);
	answer6(comp, dst, nh, hop);
}

static inline const struct fwi_adj *
end_of(enum fwi_family family, uint32_t nh, fwi_u128 ip)
{
	return family == FWI_V4 ? end4(nh, (uint32_t)(ip >> 96)) : end6(nh, ip);
}

/* A gateway's address is in the next hop's key, a destination on the link is its own. */
static bool
missing(uint32_t nh, enum fwi_family family, fwi_u128 ip, struct fwi_next *next)
{
	const struct fwi_nh_key *key = fwi_nexthop_read(nh);
	struct fwpdk_addr addr;

	if (end_of(family, nh, ip) != &fwi_adj_no_neighbour || key == NULL ||
		fwi_link_is_down(key->link->port_id))
		return false;
	if (key->kind != FWI_NH_ON_LINK) {
		family = (enum fwi_family)key->kind;
		ip = key->gateway;
	}
	fwi_key_addr(family, ip, &addr);
	next->if_index = key->link->if_index;
	next->version = family == FWI_V4 ? 4 : 6;
	memcpy(next->addr, addr.bytes, sizeof(next->addr));
	return true;
}

static bool
leads_over(uint32_t nh, uint32_t if_index)
{
	const struct fwi_link *link = fwi_link_of(nh);

	return if_index == 0 || (link != NULL && link->if_index == if_index);
}

/* In the order in which the look-ups above try them. */
static unsigned
missing_of(const struct fwi_nh_group *g, enum fwi_family family, fwi_u128 ip,
	const struct fwi_flow *flow, struct fwi_next *next, unsigned max)
{
	uint32_t own = flow->if_index == 0 ? own_hop(g, flow->hash) : FWI_NH_NONE;
	uint32_t at = first_other(g, flow->hash), i;
	unsigned n = 0;

	if (own != FWI_NH_NONE && missing(own, family, ip, &next[0]))
		n = 1;
	else if (own != FWI_NH_NONE && leads(end_of(family, own, ip)))
		return 0;
	for (i = 0; i < g->n && n < max; i++) {
		if (g->nh[at] != own && leads_over(g->nh[at], flow->if_index))
			n += missing(g->nh[at], family, ip, &next[n]);
		at = at + 1 == g->n ? 0 : at + 1;
	}
	return n;
}

static unsigned
missing_to(uint32_t nh, enum fwi_family family, fwi_u128 ip, const struct fwi_flow *flow,
	struct fwi_next *next, unsigned max)
{
	const struct fwi_adj *adj = fwi_adj_of(nh);

	if (adj->hop.status == FWI_HOP_BY_FLOW)
		return missing_of(adj->group, family, ip, flow, next, max);
	return missing(nh, family, ip, next);
}

unsigned
fwi_stack_missing4(uint32_t comp, uint32_t dst, const struct fwi_flow *flow, struct fwi_next *next,
	unsigned max)
{
	uint32_t ip = rte_be_to_cpu_32(dst);

	return missing_to(flow_number4(comp, ip, flow), FWI_V4, fwi_key4(ip), flow, next, max);
}

unsigned
fwi_stack_missing6(uint32_t comp, const uint8_t dst[16], const struct fwi_flow *flow,
	struct fwi_next *next, unsigned max)
{
	fwi_u128 ip = fwi_key6(dst);

	return missing_to(flow_number6(comp, ip, dst, flow), FWI_V6, ip, flow, next, max);
}
