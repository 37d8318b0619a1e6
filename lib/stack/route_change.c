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
	uint32_t *dropped;	 /* next hops to put when the draft is published */
	struct fwi_table *table; /* built */
};

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
	if (d->routes == NULL || d->dropped == NULL)
		return -ENOMEM;
	fwi_table_collect(t, d->routes);
	return 0;
}

static void
draft_close(struct draft *d)
{
	free(d->routes);
	free(d->dropped);
	fwi_table_free(d->table);
	*d = (struct draft){0};
}

/* Sort, leave the last of several routes for one prefix, build. */
static int
draft_build(struct draft *d)
{
	uint32_t i, kept = 0;

	fwi_routes_sort(d->routes, d->n);
	for (i = 0; i < d->n; i++) {
		const struct fwi_rt *next = &d->routes[i + 1];

		if (i + 1 < d->n && next->key == d->routes[i].key &&
			next->depth == d->routes[i].depth)
			d->dropped[d->n_dropped++] = d->routes[i].nh;
		else
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
	fwi_stack_changed();
	for (i = 0; i < d->n_dropped; i++)
		fwi_nexthop_put(d->dropped[i]);
	if (old != NULL)
		fwi_rcu_defer(&old->retired, fwi_table_free, old);
}

static int
rebuild_with(const struct fwi_route_change *c, uint32_t nh)
{
	struct draft d;
	int rc = draft_open(&d, c->comp, c->family, 1);

	if (rc == 0) {
		d.routes[d.n++] = (struct fwi_rt){
			.key = c->key, .depth = c->depth, .nh = nh, .seq = 1};
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
	int rc = fwi_nexthop_get(&c->hop, &nh);

	if (rc != 0)
		return rc;
	if (nh == old) {
		fwi_nexthop_put(nh);
		return 0;
	}
	if (IN_PLACE && is_big(t) && fwi_table_set(t, c->key, c->depth, nh) == 0) {
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

static int
rebuild_without(const struct fwi_route_change *c)
{
	struct draft d;
	int rc = draft_open(&d, c->comp, c->family, 0);
	uint32_t i;

	for (i = 0; rc == 0 && i < d.n; i++) {
		if (d.routes[i].key != c->key || d.routes[i].depth != c->depth)
			continue;
		d.dropped[d.n_dropped++] = d.routes[i].nh;
		d.routes[i] = d.routes[--d.n];
		break;
	}
	if (rc == 0)
		rc = draft_build(&d);
	if (rc == 0)
		draft_publish(&d);
	draft_close(&d);
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
		fwi_stack_changed();
		fwi_nexthop_put(old);
		return 0;
	}
	return rebuild_without(c);
}

/* The changes of one table into a draft; takes references. */
static int
draft_changes(struct draft *d, const struct fwi_route_change *c, uint32_t n)
{
	uint32_t i, nh, first = d->n;
	int rc = 0;

	for (i = 0; rc == 0 && i < n; i++) {
		if (c[i].comp != d->comp || c[i].family != d->family)
			continue;
		rc = fwi_nexthop_get(&c[i].hop, &nh);
		if (rc == 0)
			d->routes[d->n++] = (struct fwi_rt){
				.key = c[i].key, .depth = c[i].depth, .nh = nh, .seq = i + 1};
	}
	while (rc != 0 && d->n > first)
		fwi_nexthop_put(d->routes[--d->n].nh);
	return rc;
}

/* References of a draft that is given up: those of its new routes. */
static void
draft_put(struct draft *d, const struct fwi_route_change *c, uint32_t n)
{
	uint32_t i, nh;

	for (i = 0; i < n; i++) {
		if (c[i].comp != d->comp || c[i].family != d->family)
			continue;
		/* It is there, so this only finds its number. */
		if (fwi_nexthop_get(&c[i].hop, &nh) == 0) {
			fwi_nexthop_put(nh);
			fwi_nexthop_put(nh);
		}
	}
}

int
fwi_routes_set(const struct fwi_route_change *c, uint32_t n)
{
	uint32_t per[FWPDK_MAX_COMPARTMENTS * FWI_FAMILIES] = {0}, i, n_drafts = 0;
	struct draft *drafts;
	int rc = 0;

	if (n == 1)
		return fwi_route_set(c);
	drafts = calloc(FWPDK_MAX_COMPARTMENTS * FWI_FAMILIES, sizeof(*drafts));
	if (drafts == NULL)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		per[c[i].comp * FWI_FAMILIES + c[i].family]++;
	for (i = 0; rc == 0 && i < RTE_DIM(per); i++) {
		struct draft *d = &drafts[n_drafts];
		uint32_t more = per[i];

		if (more == 0)
			continue;
		rc = draft_open(d, i / FWI_FAMILIES, i % FWI_FAMILIES, more);
		if (rc == 0)
			rc = draft_changes(d, c, n);
		if (rc != 0) {
			draft_close(d);
			break;
		}
		n_drafts++;
		rc = draft_build(d);
	}
	for (i = 0; i < n_drafts; i++) {
		if (rc == 0)
			draft_publish(&drafts[i]);
		else
			draft_put(&drafts[i], c, n);
		draft_close(&drafts[i]);
	}
	free(drafts);
	return rc;
}

static int
draft_without_link(
	struct draft *d, uint32_t comp, enum fwi_family family, const struct fwi_link *link)
{
	int rc = draft_open(d, comp, family, 0);
	uint32_t i, kept = 0;

	if (rc != 0)
		return rc;
	for (i = 0; i < d->n; i++) {
		if (fwi_nexthop_key(d->routes[i].nh)->link == link)
			d->dropped[d->n_dropped++] = d->routes[i].nh;
		else
			d->routes[kept++] = d->routes[i];
	}
	d->n = kept;
	return d->n_dropped != 0 ? draft_build(d) : 0;
}

int
fwi_routes_drop(uint32_t comp, const struct fwi_link *link)
{
	struct draft d[FWI_FAMILIES] = {0};
	unsigned f;
	int rc = 0;

	for (f = 0; rc == 0 && f < FWI_FAMILIES; f++)
		rc = draft_without_link(&d[f], comp, f, link);
	for (f = 0; f < FWI_FAMILIES; f++) {
		if (rc == 0 && d[f].n_dropped != 0)
			draft_publish(&d[f]);
		draft_close(&d[f]);
	}
	return rc;
}
