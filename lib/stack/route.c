/* SPDX-License-Identifier: BSD-3-Clause */
/* The public calls about routes: checks. */
#include <errno.h>
#include <stdlib.h>

#include "core/ctl.h"
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
	c->comp = fwi_stack_compartment(r->compartment_id);
	return c->comp != FWI_NO_COMPARTMENT ? 0 : -ENOENT;
}

static bool
is_multicast(enum fwi_family family, fwi_u128 key)
{
	return key >> 124 == 0xE ? family == FWI_V4 : family == FWI_V6 && key >> 120 == 0xFF;
}

static int
check(const struct fwpdk_route *r, struct fwi_route_change *c)
{
	const struct fwi_if *iface;
	enum fwi_family gateway;
	int rc;

	*c = (struct fwi_route_change){.hop.kind = FWI_FAMILIES};
	rc = check_prefix(r, c);
	if (rc != 0)
		return rc;
	iface = fwi_if_get(r->if_index);
	if (iface == NULL)
		return -ENOENT;
	if (iface->comp != c->comp)
		return -EINVAL;
	c->hop.link = &iface->link;
	if (r->next_hop.family == 0)
		return 0;
	if (fwi_addr_key(&r->next_hop, &gateway, &c->hop.gateway) != 0 || gateway != c->family ||
		c->hop.gateway == 0 || is_multicast(gateway, c->hop.gateway))
		return -EINVAL;
	c->hop.kind = (uint8_t)gateway;
	return 0;
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
fwpdk_route_del(const struct fwpdk_route *route)
{
	struct fwi_route_change c;
	int rc;

	fwi_ctl_lock();
	rc = fwi_ready() ? check_prefix(route, &c) : -ENODEV;
	if (rc == 0)
		rc = fwi_route_unset(&c);
	fwi_ctl_unlock();
	return rc;
}
