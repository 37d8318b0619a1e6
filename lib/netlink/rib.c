/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All routes that the kernel has for a prefix, by ascending priority (metric). The two
 * families differ: an IPv4 route is a unit, several of which may have the same prefix and
 * priority; IPv6 joins routes over gateways that have both in common into one, tells of all its
 * hops when it grows, and of those that go when it shrinks.
 */
#include <errno.h>
#include <stdlib.h>

#include <linux/rtnetlink.h>

#include "netlink/mirror.h"

static bool
same_hop(const struct fwi_nl_hop *a, const struct fwi_nl_hop *b)
{
	return a->gateway == b->gateway && a->oif == b->oif && a->family == b->family;
}

static bool
same_hops(const struct fwi_nl_route *route, const struct fwi_nl_route_facts *r)
{
	uint32_t i;

	if (route->n_hops != r->n_hops)
		return false;
	for (i = 0; i < r->n_hops; i++)
		if (!same_hop(&route->hops[i], &r->hops[i]) ||
			route->hops[i].weight != r->hops[i].weight)
			return false;
	return true;
}

static bool
same_route(const struct fwi_nl_route *route, const struct fwi_nl_route_facts *r)
{
	return route->priority == r->priority && route->nh_id == r->nh_id &&
	       route->type == r->type && route->rest == r->rest &&
	       (r->nh_id != 0 || same_hops(route, r));
}

static bool
dead_noted(struct fwi_nl_route *route, const struct fwi_nl_route_facts *r)
{
	bool changed = false;
	uint32_t i;

	for (i = 0; i < route->n_hops; i++) {
		changed |= route->hops[i].dead != r->hops[i].dead;
		route->hops[i].dead = r->hops[i].dead;
	}
	return changed;
}

static uint32_t
hash_of(const struct fwi_nl_route_facts *r, int table)
{
	return fwi_nl_hash(r->key, (uint32_t)table << 16 | (uint32_t)r->family << 8 | r->len);
}

static struct fwi_nl_prefix *
prefix_find(struct fwpdk_netlink *nl, const struct fwi_nl_route_facts *r, int table)
{
	struct fwi_nl_node *n;
	struct fwi_nl_prefix *p;

	for (n = fwi_nl_first(&nl->prefixes, hash_of(r, table)); n != NULL; n = fwi_nl_next(n)) {
		p = container_of(n, struct fwi_nl_prefix, node);
		if (p->key == r->key && p->len == r->len && p->family == r->family &&
			p->table == table)
			return p;
	}
	return NULL;
}

static struct fwi_nl_prefix *
prefix_make(struct fwpdk_netlink *nl, const struct fwi_nl_route_facts *r, int table)
{
	struct fwi_nl_prefix *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->key = r->key;
	p->len = r->len;
	p->family = (uint8_t)r->family;
	p->table = (uint8_t)table;
	if (fwi_nl_insert(&nl->prefixes, &p->node, hash_of(r, table)) == 0)
		return p;
	free(p);
	return NULL;
}

static void
routes_free(struct fwpdk_netlink *nl, struct fwi_nl_prefix *p)
{
	struct fwi_nl_route *route;

	while ((route = p->routes) != NULL) {
		p->routes = route->next;
		free(route);
		fwi_nl_count(&nl->stats.routes, (uint64_t)-1);
	}
}

void
fwi_nl_prefix_free(struct fwpdk_netlink *nl, struct fwi_nl_prefix *p)
{
	routes_free(nl, p);
	fwi_nl_remove(&nl->prefixes, &p->node);
	free(p);
}

void
fwi_nl_dirty(struct fwpdk_netlink *nl, struct fwi_nl_prefix *p)
{
	if (p->dirty)
		return;
	p->dirty = true;
	p->next_dirty = nl->dirty;
	nl->dirty = p;
	nl->n_dirty++;
}

void
fwi_nl_prefix_drop(struct fwpdk_netlink *nl, struct fwi_nl_prefix *p)
{
	routes_free(nl, p);
	fwi_nl_dirty(nl, p);
}

static void
route_unlink(struct fwpdk_netlink *nl, struct fwi_nl_prefix *p, struct fwi_nl_route **at)
{
	struct fwi_nl_route *route = *at;

	*at = route->next;
	nl->resync |= route->twice;
	free(route);
	fwi_nl_count(&nl->stats.routes, (uint64_t)-1);
	fwi_nl_dirty(nl, p);
}

/* More than one route of that metric? */
static bool
several(const struct fwi_nl_prefix *p, uint32_t priority)
{
	const struct fwi_nl_route *route;
	uint32_t n = 0;

	for (route = p->routes; route != NULL; route = route->next)
		n += route->priority == priority;
	return n > 1;
}

/* Siblings: each message about them has all. */
static bool
shares_hop(const struct fwi_nl_route *route, const struct fwi_nl_route_facts *r)
{
	uint32_t i, k;

	for (i = 0; r->nh_id == 0 && i < route->n_hops; i++)
		for (k = 0; k < r->n_hops; k++)
			if (same_hop(&route->hops[i], &r->hops[k]))
				return true;
	return false;
}

/*
 * What the new one takes the place of: of IPv4 the first of its metric. Of IPv6 that depends on
 * more than is known here, so with several of them everything is compared.
 */
static void
replace(struct fwpdk_netlink *nl, struct fwi_nl_prefix *p, const struct fwi_nl_route_facts *r)
{
	bool one = (r->flags & NLM_F_REPLACE) != 0, v6 = r->family == FWI_V6;
	struct fwi_nl_route **at = &p->routes;

	if (one && v6 && several(p, r->priority))
		nl->resync = true;
	while (*at != NULL) {
		if ((*at)->priority != r->priority || (!one && !(v6 && shares_hop(*at, r)))) {
			at = &(*at)->next;
			continue;
		}
		route_unlink(nl, p, at);
		one = false;
	}
}

static struct fwi_nl_route *
route_make(const struct fwi_nl_route_facts *r)
{
	/* An object's hops are with the object. */
	uint32_t n = r->nh_id == 0 ? r->n_hops : 0;
	struct fwi_nl_route *route = malloc(sizeof(*route) + n * sizeof(route->hops[0]));

	if (route == NULL)
		return NULL;
	*route = (struct fwi_nl_route){.priority = r->priority,
		.nh_id = r->nh_id,
		.rest = r->rest,
		.type = r->type,
		.n_hops = n};
	memcpy(route->hops, r->hops, n * sizeof(route->hops[0]));
	return route;
}

/* Behind what comes before it: all of lower priority, and equals unless it goes in front. */
static void
route_link(struct fwi_nl_prefix *p, struct fwi_nl_route *route, bool in_front)
{
	struct fwi_nl_route **at = &p->routes;

	while (*at != NULL && ((*at)->priority < route->priority ||
				      ((*at)->priority == route->priority && !in_front)))
		at = &(*at)->next;
	route->next = *at;
	*at = route;
}

/* It is known. */
static void
seen(struct fwpdk_netlink *nl, struct fwi_nl_prefix *p, struct fwi_nl_route **at,
	const struct fwi_nl_route_facts *r)
{
	struct fwi_nl_route *route = *at;
	bool dump = (r->flags & NLM_F_MULTI) != 0;
	bool in_order = !dump || !route->stale || !several(p, r->priority);

	if (dump)
		route->twice = !route->stale;
	route->stale = false;
	if (dead_noted(route, r) || !in_order)
		fwi_nl_dirty(nl, p);
	if (!in_order) { /* a dump tells the order anew */
		*at = route->next;
		route_link(p, route, false);
	}
	/* Either a dump was newer, or it was not the first of them that was replaced. */
	if ((r->flags & NLM_F_REPLACE) != 0 && several(p, r->priority))
		nl->resync = true;
}

int
fwi_nl_rib_add(struct fwpdk_netlink *nl, const struct fwi_nl_route_facts *r)
{
	int table = fwi_nl_table(nl, r->table);
	struct fwi_nl_prefix *p = prefix_find(nl, r, table);
	struct fwi_nl_route *route = NULL, **at;

	for (at = p != NULL ? &p->routes : &route; *at != NULL; at = &(*at)->next) {
		if (!same_route(*at, r))
			continue;
		seen(nl, p, at, r);
		return 0;
	}
	if (p == NULL)
		p = prefix_make(nl, r, table);
	route = p != NULL ? route_make(r) : NULL;
	if (route == NULL)
		return -ENOMEM;
	if ((r->flags & NLM_F_MULTI) == 0)
		replace(nl, p, r);
	/* A dump and IPv6 go in the kernel's order. */
	route_link(p, route, (r->flags & (NLM_F_APPEND | NLM_F_MULTI)) == 0 && r->family == FWI_V4);
	fwi_nl_count(&nl->stats.routes, 1);
	fwi_nl_dirty(nl, p);
	return 0;
}

/* Only itself: a notification may be older than a dump, and tell of one that is gone. */
static void
del4(struct fwpdk_netlink *nl, struct fwi_nl_prefix *p, const struct fwi_nl_route_facts *r)
{
	struct fwi_nl_route **at;

	for (at = &p->routes; *at != NULL && !same_route(*at, r); at = &(*at)->next)
		;
	if (*at != NULL)
		route_unlink(nl, p, at);
}

/* False: it had none of those hops. */
static bool
hops_drop(struct fwi_nl_route *route, const struct fwi_nl_route_facts *r)
{
	uint32_t i, k, kept = 0, before = route->n_hops;

	for (i = 0; i < before; i++) {
		for (k = 0; k < r->n_hops; k++)
			if (same_hop(&route->hops[i], &r->hops[k]))
				break;
		if (k == r->n_hops)
			route->hops[kept++] = route->hops[i];
	}
	route->n_hops = kept;
	return kept != before;
}

static void
del6(struct fwpdk_netlink *nl, struct fwi_nl_prefix *p, const struct fwi_nl_route_facts *r)
{
	struct fwi_nl_route **at = &p->routes;

	while (*at != NULL) {
		struct fwi_nl_route *route = *at;

		if (route->priority != r->priority || route->nh_id != r->nh_id ||
			(r->nh_id == 0 && !hops_drop(route, r))) {
			at = &route->next;
			continue;
		}
		fwi_nl_dirty(nl, p);
		if (route->n_hops != 0)
			at = &route->next;
		else
			route_unlink(nl, p, at);
	}
}

void
fwi_nl_rib_del(struct fwpdk_netlink *nl, const struct fwi_nl_route_facts *r)
{
	struct fwi_nl_prefix *p = prefix_find(nl, r, fwi_nl_table(nl, r->table));

	if (p == NULL)
		return;
	if (r->family == FWI_V4)
		del4(nl, p, r);
	else
		del6(nl, p, r);
}
