/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From changes of routes to published tables. A big table is changed in place where that
 * is safe under readers; otherwise all routes are collected, changed, built anew and
 * published, and the old table is retired.
 *
 * Every route holds one reference to its next hop, whichever table carries it.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/rcu.h"
#include "stack/comp.h"
#include "stack/figures.h"
#include "stack/group.h"
#include "stack/room.h"
#include "stack/route.h"

#define MAX_ROUTES (1u << 28)

/* rte_fib orders its stores by program order only: enough for readers on x86. */
#ifdef RTE_ARCH_X86
#define IN_PLACE 1
#else
#define IN_PLACE 0
#endif

/* The routes of one table while it is rebuilt. */
struct draft {
	uint32_t comp, n, n_dropped;
	enum fwi_family family;
	struct fwi_rt *routes;
	uint32_t *dropped; /* next hops to put when the draft is published */
	uint32_t *taken;   /* next hops to put when it is given up */
	uint32_t n_taken;
	struct fwi_table *table; /* built */
};

uint32_t fwi_stack_uncovered;
uint64_t fwi_routes_in_place, fwi_routes_rebuilds;

static int
compare(const void *va, const void *vb)
{
	const struct fwi_rt *a = va, *b = vb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->depth != b->depth)
		return a->depth < b->depth ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

void
fwi_routes_sort(struct fwi_rt *routes, uint32_t n)
{
	qsort(routes, n, sizeof(*routes), compare);
}

static const struct fwi_table *
present(uint32_t comp, enum fwi_family family)
{
	return fwi_comps[comp].table[family];
}

/* All routes of now, with room for more. */
static int
draft_open(struct draft *d, uint32_t comp, enum fwi_family family, uint32_t more)
{
	const struct fwi_table *t = present(comp, family);
	uint32_t n = t != NULL ? t->n_routes : 0;

	*d = (struct draft){.comp = comp, .family = family, .n = n};
	if (more > MAX_ROUTES - n)
		return -ENOSPC;
	if (n == 0 && more == 0)
		return 0;
	d->routes = malloc((n + (size_t)more) * sizeof(*d->routes));
	d->dropped = malloc((n + (size_t)more) * sizeof(*d->dropped));
	d->taken = malloc((n + (size_t)more) * sizeof(*d->taken));
	if (d->routes == NULL || d->dropped == NULL || d->taken == NULL)
		return -ENOMEM;
	fwi_table_collect(t, d->routes);
	return 0;
}

static void
draft_close(struct draft *d)
{
	free(d->routes);
	free(d->dropped);
	free(d->taken);
	fwi_table_free(d->table);
	*d = (struct draft){0};
}

static void
draft_drop(struct draft *d, uint32_t nh)
{
	if (nh != FWI_NH_NONE)
		d->dropped[d->n_dropped++] = nh;
}

/* Sort, leave the last of several routes for one prefix, if that is one, build. */
static int
draft_build(struct draft *d)
{
	uint32_t i, kept = 0;

	fwi_routes_sort(d->routes, d->n);
	for (i = 0; i < d->n; i++) {
		const struct fwi_rt *next = &d->routes[i + 1];

		if (i + 1 < d->n && next->key == d->routes[i].key &&
			next->depth == d->routes[i].depth)
			draft_drop(d, d->routes[i].nh);
		else if (d->routes[i].nh != FWI_NH_NONE)
			d->routes[kept++] = d->routes[i];
	}
	d->n = kept;
	if (kept == 0)
		return 0;
	for (i = 0; i < kept; i++)
		d->routes[i].seq = 0;
	d->table = fwi_table_build(d->family, d->routes, kept);
	return d->table != NULL ? 0 : -ENOMEM;
}

static void
draft_publish(struct draft *d)
{
	struct fwi_table *old = fwi_comps[d->comp].table[d->family];
	uint32_t i;

	__atomic_store_n(&fwi_comps[d->comp].table[d->family], d->table, __ATOMIC_RELEASE);
	d->table = NULL;
	fwi_routes_rebuilds++;
	fwi_stack_changed();
	for (i = 0; i < d->n_dropped; i++)
		fwi_nexthop_put(d->dropped[i]);
	if (old != NULL)
		fwi_rcu_defer(&old->retired, fwi_table_free, old);
}

/* The references of its new routes. */
static void
draft_put(struct draft *d)
{
	while (d->n_taken != 0)
		fwi_nexthop_put(d->taken[--d->n_taken]);
}

static int
take(const struct fwi_route_change *c, uint32_t *nh)
{
	if (c->n_members != 0)
		return fwi_nexthop_get_group(c->members, c->n_members, nh);
	return fwi_nexthop_get(&c->hop, nh);
}

static void
draft_add(struct draft *d, const struct fwi_route_change *c, uint32_t nh, uint32_t seq)
{
	d->routes[d->n++] = (struct fwi_rt){.key = c->key, .depth = c->depth, .nh = nh, .seq = seq};
}

static int
rebuild_with(const struct fwi_route_change *c, uint32_t nh)
{
	struct draft d;
	int rc = draft_open(&d, c->comp, c->family, 1);

	if (rc == 0) {
		draft_add(&d, c, nh, 1);
		rc = draft_build(&d);
	}
	if (rc == 0)
		draft_publish(&d);
	draft_close(&d);
	return rc;
}

static bool
is_big(const struct fwi_table *t)
{
	return t != NULL && t->n == 0;
}

int
fwi_route_set(const struct fwi_route_change *c)
{
	struct fwi_table *t = fwi_comps[c->comp].table[c->family];
	uint32_t nh, old = fwi_table_get(t, c->key, c->depth);
	int rc = take(c, &nh);

	if (rc != 0)
		return rc;
	if (nh == old) {
		fwi_nexthop_put(nh);
		return 0;
	}
	if (IN_PLACE && is_big(t) && fwi_table_set(t, c->key, c->depth, nh) == 0) {
		fwi_routes_in_place++;
		fwi_stack_changed();
		if (old != FWI_NH_NONE)
			fwi_nexthop_put(old);
		return 0;
	}
	rc = rebuild_with(c, nh);
	if (rc != 0)
		fwi_nexthop_put(nh);
	return rc;
}

int
fwi_route_unset(const struct fwi_route_change *c)
{
	struct fwi_table *t = fwi_comps[c->comp].table[c->family];
	uint32_t old = fwi_table_get(t, c->key, c->depth);

	if (old == FWI_NH_NONE)
		return -ENOENT;
	if (IN_PLACE && is_big(t) && fwi_table_unset(t, c->key, c->depth) == 0) {
		fwi_routes_in_place++;
		fwi_stack_changed();
		fwi_nexthop_put(old);
		return 0;
	}
	return rebuild_with(c, FWI_NH_NONE);
}

static const struct fwi_nh_key *
leads_now(const struct fwi_route_change *c)
{
	uint32_t nh = fwi_table_get(fwi_comps[c->comp].table[c->family], c->key, c->depth);

	return nh != FWI_NH_NONE ? fwi_nexthop_key(nh) : NULL;
}

bool
fwi_route_is_host(const struct fwi_route_change *c)
{
	const struct fwi_nh_key *now = leads_now(c);

	return now != NULL && !now->mirrored;
}

bool
fwi_route_is_mirrored(const struct fwi_route_change *c)
{
	const struct fwi_nh_key *now = leads_now(c);

	return now != NULL && now->mirrored;
}

static bool
gives_way(const struct fwi_route_change *c)
{
	return c->mirrored && fwi_route_is_host(c);
}

/* The changes of one table into a draft; takes references. */
static int
draft_changes(struct draft *d, const struct fwi_route_change *c, uint32_t n)
{
	uint32_t i, nh;
	int rc = 0;

	for (i = 0; rc == 0 && i < n; i++) {
		if (c[i].comp != d->comp || c[i].family != d->family || gives_way(&c[i]))
			continue;
		nh = FWI_NH_NONE;
		rc = c[i].remove ? 0 : take(&c[i], &nh);
		if (rc != 0)
			break;
		if (nh != FWI_NH_NONE)
			d->taken[d->n_taken++] = nh;
		draft_add(d, &c[i], nh, i + 1);
	}
	return rc;
}

/* Changes per table. */
struct tally {
	uint32_t n[FWPDK_MAX_COMPARTMENTS][FWI_FAMILIES];
};

static struct tally
count(const struct fwi_route_change *c, uint32_t n)
{
	struct tally t = {0};
	uint32_t i;

	for (i = 0; i < n; i++)
		t.n[c[i].comp][c[i].family]++;
	return t;
}

static int
draft_make(struct draft *d, const struct fwi_route_change *c, uint32_t n, uint32_t more)
{
	int rc = draft_open(d, d->comp, d->family, more);

	if (rc == 0)
		rc = draft_changes(d, c, n);
	return rc == 0 ? draft_build(d) : rc;
}

static int
change_one(const struct fwi_route_change *c)
{
	int rc;

	if (!c->remove)
		return fwi_route_set(c);
	rc = fwi_route_unset(c);
	return rc == -ENOENT ? 0 : rc;
}

int
fwi_routes_set(const struct fwi_route_change *c, uint32_t n)
{
	struct tally per = count(c, n);
	uint32_t i, n_drafts = 0;
	struct draft *drafts;
	int rc = 0;

	if (n == 1 && !gives_way(c))
		return change_one(c);
	drafts = calloc(FWPDK_MAX_COMPARTMENTS * FWI_FAMILIES, sizeof(*drafts));
	if (drafts == NULL)
		return -ENOMEM;
	for (i = 0; rc == 0 && i < FWPDK_MAX_COMPARTMENTS * FWI_FAMILIES; i++) {
		struct draft *d = &drafts[n_drafts];
		uint32_t more = per.n[i / FWI_FAMILIES][i % FWI_FAMILIES];

		if (more == 0)
			continue;
		d->comp = i / FWI_FAMILIES;
		d->family = i % FWI_FAMILIES;
		n_drafts++;
		rc = draft_make(d, c, n, more);
	}
	for (i = 0; i < n_drafts; i++) {
		if (rc == 0)
			draft_publish(&drafts[i]);
		else
			draft_put(&drafts[i]);
		draft_close(&drafts[i]);
	}
	free(drafts);
	return rc;
}

/*
 * In place a change costs some microseconds. In a rebuild every route of the table costs one or
 * two, and its first level much more than that; removed ones do not pile up there.
 */
static bool
better_in_place(const struct fwi_table *t, uint32_t n, uint32_t removed)
{
	return IN_PLACE && is_big(t) && n < t->n_routes / 16 + 8 * FWI_SMALL_ROUTES &&
	       removed < RTE_MAX(t->n_routes / 32, FWI_SMALL_ROUTES / 2);
}

static struct tally
worth_rebuild(const struct fwi_route_change *c, uint32_t n)
{
	struct tally all = count(c, n), removed = {0};
	uint32_t i, *per;

	for (i = 0; i < n; i++)
		removed.n[c[i].comp][c[i].family] += c[i].remove;
	for (i = 0; i < FWPDK_MAX_COMPARTMENTS * FWI_FAMILIES; i++) {
		per = &all.n[i / FWI_FAMILIES][i % FWI_FAMILIES];
		if (better_in_place(fwi_comps[i / FWI_FAMILIES].table[i % FWI_FAMILIES], *per,
			    removed.n[i / FWI_FAMILIES][i % FWI_FAMILIES]))
			*per = 0;
	}
	return all;
}

int
fwi_routes_apply(const struct fwi_route_change *c, uint32_t n, uint32_t *kept)
{
	struct tally rebuild = worth_rebuild(c, n);
	struct fwi_route_change *rest = malloc(n * sizeof(*rest));
	uint32_t i, n_rest = 0;
	int rc = 0;

	if (rest == NULL)
		return -ENOMEM;
	for (i = 0; rc == 0 && i < n; i++) {
		if (gives_way(&c[i]))
			++*kept;
		else if (rebuild.n[c[i].comp][c[i].family] != 0)
			rest[n_rest++] = c[i];
		else
			rc = change_one(&c[i]);
	}
	if (rc == 0 && n_rest != 0)
		rc = fwi_routes_set(rest, n_rest);
	free(rest);
	return rc;
}

/* What is left of it without that link, with a reference; FWI_NH_NONE: nothing. */
static int
nexthop_without(uint32_t nh, const struct fwi_link *link, uint32_t *left)
{
	const struct fwi_nh_group *g = fwi_nexthop_group(nh);
	struct fwi_nh_member members[FWI_GROUP_MAX];
	uint32_t i, n = 0;

	*left = FWI_NH_NONE;
	for (i = 0; g != NULL && i < g->n; i++) {
		members[n].key = *fwi_nexthop_key(g->nh[i]);
		members[n].weight = g->weight[i];
		n += members[n].key.link != link;
	}
	if (n == 0)
		return 0;
	return n > 1 ? fwi_nexthop_get_group(members, n, left)
		     : fwi_nexthop_get(&members[0].key, left);
}

static bool
leads_over(uint32_t nh, const struct fwi_link *link)
{
	const struct fwi_nh_group *g = fwi_nexthop_group(nh);
	uint32_t i;

	for (i = 0; g != NULL && i < g->n; i++)
		if (fwi_nexthop_key(g->nh[i])->link == link)
			return true;
	return fwi_nexthop_key(nh)->link == link;
}

static int
draft_without_link(
	struct draft *d, uint32_t comp, enum fwi_family family, const struct fwi_link *link)
{
	int rc = draft_open(d, comp, family, 0);
	uint32_t i, left, kept = 0;

	if (rc != 0)
		return rc;
	for (i = 0; rc == 0 && i < d->n; i++) {
		if (leads_over(d->routes[i].nh, link)) {
			rc = nexthop_without(d->routes[i].nh, link, &left);
			if (rc != 0)
				return rc;
			draft_drop(d, d->routes[i].nh);
			fwi_stack_uncovered += !fwi_nexthop_key(d->routes[i].nh)->mirrored;
			if (left == FWI_NH_NONE)
				continue;
			d->taken[d->n_taken++] = left;
			d->routes[i].nh = left;
		}
		d->routes[kept++] = d->routes[i];
	}
	d->n = kept;
	return d->n_dropped != 0 ? draft_build(d) : 0;
}

/* Where its routes may be: in its compartment, and in the tables that have none. */
int
fwi_routes_drop(uint32_t comp, const struct fwi_link *link)
{
	struct draft drafts[FWPDK_MAX_COMPARTMENTS * FWI_FAMILIES] = {0}, *d;
	uint32_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < RTE_DIM(drafts); i++)
		if (i / FWI_FAMILIES == comp || fwi_comps[i / FWI_FAMILIES].table_only)
			rc = draft_without_link(
				&drafts[i], i / FWI_FAMILIES, i % FWI_FAMILIES, link);
	for (i = 0; i < RTE_DIM(drafts); i++) {
		d = &drafts[i];
		if (rc != 0)
			draft_put(d);
		else if (d->n_dropped != 0)
			draft_publish(d);
		draft_close(d);
	}
	return rc;
}
