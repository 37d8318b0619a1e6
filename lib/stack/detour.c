/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path, for the rare packets whose first answer is not the last word: compartments with
 * rules, and routes whose link is down. Nothing here locks, allocates or waits.
 */
#include "stack/detour.h"
#include "stack/links.h"
#include "stack/number.h"

static bool
one_is_up(uint32_t nh)
{
	const struct fwi_link *link = fwi_link_of(nh);

	return link == NULL || !fwi_link_is_down(link->port_id);
}

/* Of several next hops one is enough. A route that leads nowhere is up. */
static bool
is_up(uint32_t nh)
{
	const struct fwi_adj *adj = fwi_adj_of(nh);
	uint32_t i;

	if (adj->hop.status != FWI_HOP_BY_FLOW)
		return one_is_up(nh);
	for (i = 0; i < adj->group->n; i++)
		if (one_is_up(adj->group->nh[i]))
			return true;
	return false;
}

__rte_noinline uint32_t
fwi_member_up(const struct fwi_nh_group *g, uint32_t at, uint32_t own)
{
	uint32_t i;

	for (i = 0; !one_is_up(own) && i < g->n; i++) {
		if (one_is_up(g->nh[at]))
			return g->nh[at];
		at = at + 1 == g->n ? 0 : at + 1;
	}
	return own;
}

/* Small tables have their routes at hand: at most 129 searches. */
static uint32_t
around_small(const struct fwi_table *t, enum fwi_family family, fwi_u128 ip)
{
	unsigned depth = fwi_family_bits(family) + 1;
	uint32_t nh;

	while (depth-- != 0) {
		nh = fwi_table_get(t, ip & fwi_mask(depth), depth);
		if (nh != FWI_NH_NONE && is_up(nh))
			return nh;
	}
	return FWI_NH_NONE;
}

/* The routes of a big one are nothing for readers, but for those kept beside the fib. */
static uint32_t
around_big(const struct fwi_table *t, enum fwi_family family, fwi_u128 ip)
{
	unsigned depth = fwi_leading_ones(ip, fwi_family_bits(family)) + 1;
	uint32_t value;

	while (depth-- != 0) {
		value = __atomic_load_n(&t->top[depth], __ATOMIC_RELAXED);
		if (value != 0 && is_up(FWI_VALUE_NH(value)))
			return FWI_VALUE_NH(value);
	}
	return FWI_NH_NONE;
}

__rte_noinline uint32_t
fwi_number_up(const struct fwi_table *t, enum fwi_family family, fwi_u128 ip, uint32_t nh)
{
	uint32_t other;

	if (is_up(nh))
		return nh;
	other = t->n != 0 ? around_small(t, family, ip) : around_big(t, family, ip);
	return other != FWI_NH_NONE ? other : nh;
}

/* In one table. FWI_NH_NONE: it has no route, or one that throws. */
static uint32_t
number_in(uint32_t comp, enum fwi_family family, fwi_u128 ip)
{
	const struct fwi_table *t = __atomic_load_n(
		&fwi_comps[comp].table[family], __ATOMIC_ACQUIRE);
	const uint64_t dst[2] = {
		rte_cpu_to_be_64((uint64_t)(ip >> 64)), rte_cpu_to_be_64((uint64_t)ip)};
	uint32_t nh;

	if (t == NULL)
		return FWI_NH_NONE;
	nh = family == FWI_V4 ? fwi_number4(t, (uint32_t)(ip >> 96))
			      : fwi_number6(t, ip, (const uint8_t *)dst);
	if (nh != FWI_NH_NONE)
		nh = fwi_number_up(t, family, ip, nh);
	return fwi_adj_of(nh) != &fwi_adj_throw ? nh : FWI_NH_NONE;
}

static fwi_u128
source(enum fwi_family family, const struct fwi_flow *flow)
{
	fwi_u128 key = fwi_key6(flow->src);

	return family == FWI_V4 ? key & fwi_mask(32) : key;
}

/* A table without a route, or with links down only, gives way to the next rule. */
__rte_noinline uint32_t
fwi_number_ruled(const struct fwi_rules *rules, uint32_t comp, enum fwi_family family, fwi_u128 ip,
	const struct fwi_flow *flow)
{
	fwi_u128 src = source(family, flow);
	uint32_t nh, down = FWI_NH_NONE, i;
	const struct fwi_rule *r;

	for (i = 0; i < rules->n; i++) {
		r = &rules->rule[i];
		if (!fwi_covers(r->from, r->from_len, src) || !fwi_covers(r->to, r->to_len, ip))
			continue;
		if (r->reject)
			return down;
		nh = number_in(r->table, family, ip);
		if (nh != FWI_NH_NONE && is_up(nh))
			return nh;
		down = down != FWI_NH_NONE ? down : nh;
	}
	nh = number_in(comp, family, ip);
	return down == FWI_NH_NONE || (nh != FWI_NH_NONE && is_up(nh)) ? nh : down;
}
