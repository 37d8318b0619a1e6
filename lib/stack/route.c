/* SPDX-License-Identifier: BSD-3-Clause */
/* The public calls about routes: checks. */
#include <errno.h>
#include <stdlib.h>

#include "core/ctl.h"
#include "stack/comp.h"
#include "stack/group.h"
#include "stack/iface.h"
#include "stack/room.h"
#include "stack/route.h"

static int
check_prefix(const struct fwpdk_route *r, struct fwi_route_change *c)
{
	if (!FWI_SIZE_OK(r, struct fwpdk_route) ||
		fwi_addr_key(&r->prefix, &c->family, &c->key) != 0 ||
		r->prefix_len > fwi_family_bits(c->family) ||
		(c->key & ~fwi_mask(r->prefix_len)) != 0)
		return -EINVAL;
	c->depth = r->prefix_len;
	c->comp = fwi_comp_table(r->compartment_id);
	return c->comp != FWI_NO_COMPARTMENT ? 0 : -ENOENT;
}

static bool
is_multicast(enum fwi_family family, fwi_u128 key)
{
	return key >> 124 == 0xE ? family == FWI_V4 : family == FWI_V6 && key >> 120 == 0xFF;
}

/* Where to: an interface of the route's compartment, or of a table any, and an address there or
 * none. */
static int
check_hop(const struct fwi_route_change *c, uint32_t if_index, const struct fwpdk_addr *gateway,
	struct fwi_nh_key *key)
{
	const struct fwi_if *iface = fwi_if_get(if_index);
	enum fwi_family family;

	*key = (struct fwi_nh_key){.kind = FWI_NH_ON_LINK};
	if (iface == NULL)
		return -ENOENT;
	if (iface->comp != c->comp && !fwi_comps[c->comp].table_only)
		return -EINVAL;
	key->link = &iface->link;
	if (gateway->family == 0)
		return 0;
	if (fwi_addr_key(gateway, &family, &key->gateway) != 0 || family != c->family ||
		key->gateway == 0 || is_multicast(family, key->gateway))
		return -EINVAL;
	key->kind = (uint8_t)family;
	return 0;
}

static int
check(const struct fwpdk_route *r, struct fwi_route_change *c)
{
	int rc;

	*c = (struct fwi_route_change){0};
	rc = check_prefix(r, c);
	if (rc == 0 && r->throws)
		return -EINVAL;
	return rc == 0 ? check_hop(c, r->if_index, &r->next_hop, &c->hop) : rc;
}

/* members: room for FWI_GROUP_MAX. */
static int
check_multi(const struct fwpdk_route *r, const struct fwpdk_next_hop *hops, uint32_t n,
	struct fwi_route_change *c, struct fwi_nh_member *members)
{
	uint32_t i, found = 0;
	int rc;

	*c = (struct fwi_route_change){.hop.kind = FWI_NH_REJECT};
	if (n > FWI_GROUP_MAX || (hops == NULL && n != 0))
		return -EINVAL;
	rc = check_prefix(r, c);
	if (rc == 0 && r->throws) {
		c->hop.kind = FWI_NH_THROW;
		rc = n == 0 ? 0 : -EINVAL;
	}
	for (i = 0; rc == 0 && i < n; i++) {
		if (hops[i].weight > FWI_GROUP_MAX_WEIGHT)
			return -EINVAL;
		members[found].weight = RTE_MAX(hops[i].weight, 1);
		rc = check_hop(c, hops[i].if_index, &hops[i].gateway, &members[found].key);
		if (rc == 0)
			found = fwi_members_merge(members, found);
	}
	if (rc == 0 && found == 1) {
		c->hop = members[0].key;
	} else {
		c->members = members;
		c->n_members = found;
	}
	return rc;
}

static int
check_change(const struct fwpdk_route_change *u, struct fwi_route_change *c,
	struct fwi_nh_member *members)
{
	int rc;

	if (!FWI_SIZE_OK(u, struct fwpdk_route_change))
		return -EINVAL;
	if (u->remove) {
		*c = (struct fwi_route_change){.remove = true};
		rc = check_prefix(u->route, c);
		return rc == 0 && fwi_route_is_mirrored(c) ? -EBUSY : rc;
	}
	return u->hops != NULL ? check_multi(u->route, u->hops, u->n_hops, c, members)
			       : check(u->route, c);
}

/* Members of all changes one after another; no more than there are hops. */
static size_t
hops_of(const struct fwpdk_route_change *changes, uint32_t n)
{
	size_t sum = 0;
	uint32_t i;

	for (i = 0; i < n; i++)
		sum += changes[i].hops != NULL ? RTE_MIN(changes[i].n_hops, FWI_GROUP_MAX) : 0;
	return sum;
}

static int
batch(const struct fwpdk_route_change *changes, uint32_t n)
{
	struct fwi_nh_member *members;
	struct fwi_route_change *c;
	uint32_t i, kept = 0;
	bool removes = false;
	size_t used = 0;
	int rc = 0;

	if (n == 0)
		return 0;
	if (changes == NULL)
		return -EINVAL;
	c = malloc(n * sizeof(*c));
	members = malloc((hops_of(changes, n) + 1) * sizeof(*members));
	if (c == NULL || members == NULL)
		rc = -ENOMEM;
	for (i = 0; rc == 0 && i < n; i++) {
		rc = check_change(&changes[i], &c[i], &members[used]);
		if (rc != 0)
			break;
		used += c[i].n_members;
		removes |= c[i].remove;
	}
	if (rc == 0) {
		rc = fwi_routes_apply(c, n, &kept);
		fwi_stack_uncovered += removes;
	}
	free(members);
	free(c);
	return rc;
}

int
fwpdk_route_batch(const struct fwpdk_route_change *changes, uint32_t n)
{
	int rc;

	fwi_ctl_lock();
	rc = fwi_ready() ? batch(changes, n) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}

static int
add_bulk(const struct fwpdk_route *routes, uint32_t n)
{
	struct fwi_route_change *c;
	uint32_t i;
	int rc = 0;

	if (n == 0)
		return 0;
	if (routes == NULL)
		return -EINVAL;
	c = malloc(n * sizeof(*c));
	if (c == NULL)
		return -ENOMEM;
	for (i = 0; rc == 0 && i < n; i++)
		rc = check(&routes[i], &c[i]);
	if (rc == 0)
		rc = fwi_routes_set(c, n);
	free(c);
	return rc;
}

int
fwpdk_route_add_bulk(const struct fwpdk_route *routes, uint32_t n)
{
	int rc;

	fwi_ctl_lock();
	rc = fwi_ready() ? add_bulk(routes, n) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}

int
fwpdk_route_add(const struct fwpdk_route *route)
{
	struct fwi_route_change c;
	int rc;

	fwi_ctl_lock();
	rc = fwi_ready() ? check(route, &c) : -ENODEV;
	if (rc == 0)
		rc = fwi_route_set(&c);
	fwi_ctl_unlock();
	return rc;
}

int
fwpdk_route_add_multi(
	const struct fwpdk_route *route, const struct fwpdk_next_hop *hops, uint32_t n)
{
	struct fwi_nh_member members[FWI_GROUP_MAX];
	struct fwi_route_change c;
	int rc;

	fwi_ctl_lock();
	rc = fwi_ready() ? check_multi(route, hops, n, &c, members) : -ENODEV;
	if (rc == 0)
		rc = fwi_route_set(&c);
	fwi_ctl_unlock();
	return rc;
}

static int
del(const struct fwpdk_route *route)
{
	struct fwi_route_change c = {0};
	int rc = check_prefix(route, &c);

	if (rc == 0 && fwi_route_is_mirrored(&c))
		rc = -EBUSY;
	if (rc == 0)
		rc = fwi_route_unset(&c);
	if (rc == 0)
		fwi_stack_uncovered++;
	return rc;
}

int
fwpdk_route_del(const struct fwpdk_route *route)
{
	int rc;

	fwi_ctl_lock();
	rc = fwi_ready() ? del(route) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}
