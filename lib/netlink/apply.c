/* SPDX-License-Identifier: BSD-3-Clause */
/* For each prefix of which something may have changed: where does it lead now? One batch. */
#include <errno.h>
#include <stdlib.h>

#include <linux/rtnetlink.h>

#include "core/ctl.h"
#include "core/log.h"
#include "netlink/mirror.h"
#include "stack/iface.h"

/* The batch while it is made. */
struct batch {
	struct fwi_route_change *changes;
	struct fwi_nl_prefix **prefixes; /* of changes */
	uint64_t *digests;
	uint32_t n;
	struct fwi_nh_member *members;
	uint32_t n_members, size;
	uint32_t *first; /* of each change, in members */
};

/* The next hops of one route. */
struct choice {
	struct fwi_nh_member member[FWI_GROUP_MAX];
	uint32_t n;
	uint8_t nowhere; /* FWI_NH_REJECT or FWI_NH_THROW, or 0 */
};

static bool
is_unicast(enum fwi_family family, fwi_u128 key)
{
	return key != 0 && (family == FWI_V4 ? key >> 124 != 0xE : key >> 120 != 0xFF);
}

static void
add_hop(struct fwpdk_netlink *nl, const struct fwi_nl_prefix *p, const struct fwi_nl_hop *hop,
	uint16_t weight, struct choice *c)
{
	const struct fwi_nl_link *link = fwi_nl_link_by_index(nl, hop->oif);
	struct fwi_nh_key *key;

	if (hop->dead || hop->alien || link == NULL || !link->usable ||
		(link->comp != nl->tables[p->table].comp && !nl->tables[p->table].for_rules) ||
		c->n == FWI_GROUP_MAX)
		return;
	if (hop->family != FWI_NH_ON_LINK &&
		(hop->family != p->family || !is_unicast(hop->family, hop->gateway)))
		return;
	key = &c->member[c->n].key;
	*key = (struct fwi_nh_key){.gateway = hop->gateway,
		.link = fwi_if_link(link->if_index),
		.kind = hop->family,
		.mirrored = true};
	c->member[c->n].weight = RTE_MIN(weight, (uint16_t)FWI_GROUP_MAX_WEIGHT);
	if (key->link != NULL)
		c->n = fwi_members_merge(c->member, c->n);
}

static void
add_object(struct fwpdk_netlink *nl, const struct fwi_nl_prefix *p, uint32_t id, struct choice *c)
{
	const struct fwi_nl_nexthop *o = fwi_nl_nexthop(nl, id), *one;
	uint32_t i;

	if (o == NULL)
		return;
	c->nowhere = o->blackhole ? FWI_NH_REJECT : 0;
	if (o->n_ids == 0 && !o->blackhole)
		add_hop(nl, p, &o->hop, 1, c);
	for (i = 0; i < o->n_ids; i++) {
		one = fwi_nl_nexthop(nl, o->ids[i].id);
		if (one != NULL && one->blackhole)
			c->nowhere = FWI_NH_REJECT;
		else if (one != NULL)
			add_hop(nl, p, &one->hop, o->ids[i].weight, c);
	}
}

static uint8_t
nowhere(uint8_t type)
{
	if (type == RTN_THROW)
		return FWI_NH_THROW;
	return type == RTN_BLACKHOLE || type == RTN_UNREACHABLE || type == RTN_PROHIBIT
		       ? FWI_NH_REJECT
		       : 0;
}

/*
 * The first route that leads somewhere, as the kernel would choose among metrics. Types that are
 * not followed are known only because they take the place of others.
 */
static void
choose(struct fwpdk_netlink *nl, const struct fwi_nl_prefix *p, struct choice *c)
{
	const struct fwi_nl_route *route;
	uint32_t i;

	c->n = 0;
	c->nowhere = 0;
	for (route = p->routes; route != NULL && c->n == 0 && c->nowhere == 0;
		route = route->next) {
		c->nowhere = nowhere(route->type);
		if (c->nowhere != 0)
			break;
		if (route->type != RTN_UNICAST)
			continue;
		if (route->nh_id != 0)
			add_object(nl, p, route->nh_id, c);
		else
			for (i = 0; i < route->n_hops; i++)
				add_hop(nl, p, &route->hops[i], route->hops[i].weight, c);
	}
}

/* Of what was chosen, in whatever order; 0 is nothing. */
static uint64_t
digest(const struct choice *c)
{
	uint64_t sum = c->n == 0 ? c->nowhere : 0, h;
	uint32_t i;

	for (i = 0; i < c->n; i++) {
		const struct fwi_nh_key *k = &c->member[i].key;

		h = fwi_nl_hash(k->gateway, k->link->if_index << 16 | c->member[i].weight);
		sum += h << 32 | fwi_nl_hash(~k->gateway, k->link->if_index << 8 | k->kind);
	}
	return sum;
}

static int
members_keep(struct batch *b, const struct choice *c)
{
	struct fwi_nh_member *more;

	if (b->n_members + c->n > b->size) {
		b->size = 2 * (b->size + c->n);
		more = realloc(b->members, b->size * sizeof(*more));
		if (more == NULL)
			return -ENOMEM;
		b->members = more;
	}
	memcpy(b->members + b->n_members, c->member, c->n * sizeof(*c->member));
	b->n_members += c->n;
	return 0;
}

static int
prefix_change(struct fwpdk_netlink *nl, struct batch *b, struct fwi_nl_prefix *p)
{
	struct fwi_route_change *change = &b->changes[b->n];
	struct choice c;
	uint64_t now;

	choose(nl, p, &c);
	now = digest(&c);
	if (now == p->installed && !p->unsure && (!p->force || now == 0))
		return 0;
	*change = (struct fwi_route_change){.comp = nl->tables[p->table].comp,
		.family = p->family,
		.key = p->key,
		.depth = p->len,
		.remove = now == 0,
		.mirrored = true,
		.hop = {.kind = c.nowhere != 0 ? c.nowhere : FWI_NH_REJECT, .mirrored = true}};
	if (c.n == 1)
		change->hop = c.member[0].key;
	else
		change->n_members = c.n;
	b->first[b->n] = b->n_members;
	b->digests[b->n] = now;
	b->prefixes[b->n++] = p;
	return c.n > 1 ? members_keep(b, &c) : 0;
}

static int
make(struct fwpdk_netlink *nl, struct batch *b)
{
	struct fwi_nl_prefix *p;
	uint32_t i;
	int rc = 0;

	b->changes = malloc(nl->n_dirty * sizeof(*b->changes));
	b->prefixes = malloc(nl->n_dirty * sizeof(struct fwi_nl_prefix *));
	b->digests = malloc(nl->n_dirty * sizeof(*b->digests));
	b->first = malloc(nl->n_dirty * sizeof(*b->first));
	if (b->changes == NULL || b->prefixes == NULL || b->digests == NULL || b->first == NULL)
		return -ENOMEM;
	for (p = nl->dirty; rc == 0 && p != NULL; p = p->next_dirty)
		rc = prefix_change(nl, b, p);
	for (i = 0; rc == 0 && i < b->n; i++)
		b->changes[i].members = b->members + b->first[i];
	return rc;
}

static void
batch_free(struct batch *b)
{
	free(b->changes);
	free(b->prefixes);
	free(b->digests);
	free(b->first);
	free(b->members);
}

/* It is done: note what the stack has, forget prefixes without routes. */
static void
clean(struct fwpdk_netlink *nl, const struct batch *b)
{
	struct fwi_nl_prefix *p, *next;
	uint64_t installed = nl->stats.installed;
	uint32_t i;

	for (i = 0; i < b->n; i++) {
		installed += (b->digests[i] != 0) - (b->prefixes[i]->installed != 0);
		b->prefixes[i]->installed = b->digests[i];
		b->prefixes[i]->unsure = false;
	}
	for (p = nl->dirty; p != NULL; p = next) {
		next = p->next_dirty;
		p->dirty = p->force = false;
		if (p->routes == NULL)
			fwi_nl_prefix_free(nl, p);
	}
	nl->dirty = NULL;
	nl->n_dirty = 0;
	fwi_nl_count(&nl->stats.installed, installed - nl->stats.installed);
	fwi_nl_count(&nl->stats.prefixes, nl->prefixes.n - nl->stats.prefixes);
}

static void
doubt(const struct batch *b)
{
	uint32_t i;

	for (i = 0; i < b->n; i++)
		b->prefixes[i]->unsure = true;
}

static void
look_again(struct fwpdk_netlink *nl)
{
	if (nl->nexthops_gone)
		fwi_nl_rib_drop_orphans(nl);
	if (nl->nexthops_changed || nl->links_changed)
		fwi_nl_dirty_all(nl, false);
	if (nl->uncovered != fwi_stack_uncovered)
		fwi_nl_dirty_all(nl, true);
	nl->nexthops_changed = nl->links_changed = false;
	nl->uncovered = nl->seen;
}

int
fwi_nl_apply(struct fwpdk_netlink *nl)
{
	struct batch b = {0};
	uint32_t kept = 0;
	int rc = 0;

	fwi_ctl_lock();
	look_again(nl);
	if (nl->n_dirty != 0)
		rc = make(nl, &b);
	if (rc == 0 && b.n != 0)
		rc = fwi_routes_apply(b.changes, b.n, &kept);
	if (rc == 0) {
		clean(nl, &b);
	} else {
		doubt(&b);
		nl->pending = true;
		FWI_LOG(netlink, ERR, "%u changes of routes wait: %s", nl->n_dirty, strerror(-rc));
	}
	fwi_ctl_unlock();
	fwi_nl_count(&nl->stats.gave_way, kept);
	if (rc == 0 && b.n != 0) {
		fwi_nl_count(&nl->stats.batches, 1);
		fwi_nl_count(&nl->stats.changes, b.n);
	}
	batch_free(&b);
	return rc;
}
