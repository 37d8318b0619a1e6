/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses of interfaces. */
#include <errno.h>
#include <stdlib.h>

#include "core/ctl.h"
#include "stack/iface.h"
#include "stack/inbound.h"
#include "stack/room.h"
#include "stack/route.h"

static bool
taken(uint32_t comp, enum fwi_family family, fwi_u128 key)
{
	const struct fwi_if_addr *a;
	const struct fwi_if *iface;
	uint32_t i;

	for (i = 1; i <= FWPDK_MAX_INTERFACES; i++) {
		iface = fwi_if_get(i);
		if (iface == NULL || iface->comp != comp)
			continue;
		SLIST_FOREACH(a, &iface->addrs, next)
		if (a->family == family && a->key == key)
			return true;
	}
	return false;
}

static int
add(uint32_t if_index, const struct fwpdk_addr *addr, uint8_t prefix_len)
{
	struct fwi_if *iface = fwi_if_get(if_index);
	struct fwi_route_change change = {.depth = prefix_len};
	struct fwi_if_addr *a;
	enum fwi_family family;
	fwi_u128 key;
	int rc;

	if (iface == NULL)
		return -ENOENT;
	if (fwi_addr_key(addr, &family, &key) != 0 || key == 0 ||
		prefix_len > fwi_family_bits(family))
		return -EINVAL;
	if (taken(iface->comp, family, key))
		return -EEXIST;
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return -ENOMEM;
	a->key = key;
	a->family = family;
	a->prefix_len = prefix_len;
	change.comp = iface->comp;
	change.family = family;
	change.key = key & fwi_mask(prefix_len);
	change.hop.link = &iface->link;
	change.hop.kind = FWI_NH_ON_LINK;
	SLIST_INSERT_HEAD(&iface->addrs, a, next);
	rc = fwi_inbound_rebuild();
	if (rc == 0)
		rc = fwi_route_set(&change);
	if (rc != 0) {
		SLIST_REMOVE_HEAD(&iface->addrs, next);
		fwi_inbound_rebuild();
		free(a);
	}
	return rc;
}

static struct fwi_if_addr *
find(const struct fwi_if *iface, enum fwi_family family, fwi_u128 key, uint8_t prefix_len)
{
	struct fwi_if_addr *a;

	SLIST_FOREACH(a, &iface->addrs, next)
	if (a->family == family && a->key == key && a->prefix_len == prefix_len)
		return a;
	return NULL;
}

int
fwi_addr_mirror(
	uint32_t if_index, enum fwi_family family, fwi_u128 key, uint8_t prefix_len, bool remove)
{
	struct fwi_if *iface = fwi_if_get(if_index);
	struct fwi_if_addr *a;

	if (iface == NULL)
		return -ENOENT;
	a = find(iface, family, key, prefix_len);
	if (remove) {
		if (a == NULL || !a->mirrored)
			return -ENOENT;
		SLIST_REMOVE(&iface->addrs, a, fwi_if_addr, next);
		if (fwi_inbound_rebuild() != 0) { /* stays until a later change */
			SLIST_INSERT_HEAD(&iface->addrs, a, next);
			return -ENOMEM;
		}
		free(a);
		return 0;
	}
	if (a != NULL)
		return -EEXIST;
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return -ENOMEM;
	*a = (struct fwi_if_addr){
		.key = key, .family = (uint8_t)family, .prefix_len = prefix_len, .mirrored = true};
	SLIST_INSERT_HEAD(&iface->addrs, a, next);
	if (fwi_inbound_rebuild() != 0) {
		SLIST_REMOVE_HEAD(&iface->addrs, next);
		free(a);
		return -ENOMEM;
	}
	return 0;
}

int
fwpdk_addr_add(uint32_t if_index, const struct fwpdk_addr *addr, uint8_t prefix_len)
{
	int rc;

	fwi_ctl_lock();
	rc = fwi_ready() ? add(if_index, addr, prefix_len) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}
