/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ctl.h"
#include "core/rcu.h"
#include "stack/facts.h"
#include "stack/iface.h"
#include "stack/inbound.h"
#include "stack/neigh.h"
#include "stack/room.h"
#include "stack/route.h"

#define MIN_MTU	   68u
#define MAX_VLAN   4094u
#define OUTER_TPID 0x88a8u

uint64_t fwi_if_facts[FWPDK_MAX_INTERFACES];
static struct fwi_if *ifs[FWPDK_MAX_INTERFACES + 1];
static bool retiring[FWPDK_MAX_INTERFACES + 1]; /* deleted, and a poller may look it up yet */
static uint32_t last_index;			/* an index comes back as late as possible */

struct fwi_if *
fwi_if_get(uint32_t if_index)
{
	return if_index <= FWPDK_MAX_INTERFACES ? ifs[if_index] : NULL;
}

const struct fwi_link *
fwi_if_link(uint32_t if_index)
{
	struct fwi_if *iface = fwi_if_get(if_index);

	return iface != NULL ? &iface->link : NULL;
}

static void
free_interface(void *object)
{
	struct fwi_if *iface = object;
	struct fwi_if_addr *a;

	while ((a = SLIST_FIRST(&iface->addrs)) != NULL) {
		SLIST_REMOVE_HEAD(&iface->addrs, next);
		free(a);
	}
	retiring[iface->link.if_index] = false;
	free(iface);
}

void
fwi_if_fini(void)
{
	uint32_t i;

	for (i = 1; i <= FWPDK_MAX_INTERFACES; i++) {
		if (ifs[i] != NULL)
			fwi_rcu_defer(&ifs[i]->retired, free_interface, ifs[i]);
		ifs[i] = NULL;
	}
	last_index = 0;
}

static uint32_t
by_name(const char *name)
{
	uint32_t i;

	for (i = 1; i <= FWPDK_MAX_INTERFACES; i++)
		if (ifs[i] != NULL && strcmp(ifs[i]->name, name) == 0)
			return i;
	return 0;
}

static uint32_t
free_index(void)
{
	uint32_t i, n;

	for (n = 0; n < FWPDK_MAX_INTERFACES; n++) {
		i = (last_index + n) % FWPDK_MAX_INTERFACES + 1;
		if (ifs[i] == NULL && !retiring[i])
			return i;
	}
	return 0;
}

static bool
tags_ok(const struct fwpdk_if_opts *o)
{
	return o->vlan_id <= MAX_VLAN && o->outer_vlan_id <= MAX_VLAN && o->vlan_priority <= 7 &&
	       (o->outer_vlan_id == 0 || o->vlan_id != 0) &&
	       (o->outer_vlan_id != 0 || o->outer_tpid == 0) &&
	       (o->vlan_id != 0 || o->vlan_priority == 0) &&
	       (o->outer_tpid == 0 || o->outer_tpid >= 0x600);
}

static void
facts_set(uint32_t index, const struct fwpdk_if_opts *o)
{
	union fwi_if_facts f = {.word = 0};

	f.tags = (uint8_t)((o->vlan_id != 0) + (o->outer_vlan_id != 0));
	f.tag = (uint16_t)(o->vlan_priority << 13 | o->vlan_id);
	f.outer = (uint16_t)(o->vlan_priority << 13 | o->outer_vlan_id);
	f.outer_tpid = o->outer_tpid != 0 ? o->outer_tpid : OUTER_TPID;
	f.fragment = o->fragment != 0;
	__atomic_store_n(&fwi_if_facts[index - 1], f.word, __ATOMIC_RELAXED);
}

static int
check(const struct fwpdk_if_opts *o, uint32_t comp, struct rte_ether_addr *mac)
{
	const struct fwi_stack_hooks *hooks = fwi_stack_hooks();

	if (comp == FWI_NO_COMPARTMENT)
		return -ENOENT;
	if (o->port_id >= FWI_PORT_WORDS * 64 || hooks->port == NULL ||
		hooks->port(o->port_id, mac) != 0)
		return -ENODEV;
	if (hooks->may_route != NULL && !hooks->may_route(comp, o->port_id))
		return -EBUSY;
	if (!rte_is_zero_ether_addr(&o->mac))
		*mac = o->mac;
	return 0;
}

static int
add(const struct fwpdk_if_opts *o, uint32_t *if_index)
{
	uint32_t comp = fwi_stack_compartment(o->compartment_id);
	uint32_t index;
	struct rte_ether_addr mac;
	struct fwi_if *iface;
	char name[16];
	int rc;

	rc = check(o, comp, &mac);
	if (rc != 0)
		return rc;
	fwi_rcu_reclaim();
	index = free_index();
	if (index == 0)
		return -ENOSPC;
	if (o->name != NULL)
		snprintf(name, sizeof(name), "%s", o->name);
	else
		snprintf(name, sizeof(name), "if%u", index);
	if (by_name(name) != 0)
		return -EEXIST;
	iface = calloc(1, sizeof(*iface));
	if (iface == NULL)
		return -ENOMEM;
	memcpy(iface->name, name, sizeof(name));
	SLIST_INIT(&iface->addrs);
	iface->comp = comp;
	iface->link.if_index = index;
	iface->link.port_id = o->port_id;
	iface->link.mtu = o->mtu != 0 ? o->mtu : RTE_ETHER_MTU;
	iface->link.mac = mac;
	iface->stack_port = FWI_NO_PORT;
	facts_set(index, o);
	ifs[index] = iface;
	rc = fwi_inbound_rebuild();
	if (rc != 0) {
		ifs[index] = NULL;
		free(iface);
		return rc;
	}
	last_index = index;
	*if_index = index;
	return 0;
}

int
fwpdk_if_add(const struct fwpdk_if_opts *opts, uint32_t *if_index)
{
	int rc;

	fwi_ctl_lock();
	if (!fwi_ready())
		rc = -ENODEV;
	else if (!FWI_SIZE_OK(opts, struct fwpdk_if_opts) || if_index == NULL ||
		 (opts->mtu != 0 && opts->mtu < MIN_MTU) ||
		 rte_is_multicast_ether_addr(&opts->mac) || !tags_ok(opts) ||
		 (opts->name != NULL && (opts->name[0] == '\0' || strnlen(opts->name, 16) > 15)))
		rc = -EINVAL;
	else
		rc = add(opts, if_index);
	fwi_ctl_unlock();
	return rc;
}

static int
del(uint32_t if_index)
{
	struct fwi_if *iface = fwi_if_get(if_index);
	int rc;

	if (iface == NULL)
		return -ENOENT;
	ifs[if_index] = NULL;
	rc = fwi_inbound_rebuild();
	if (rc == 0)
		rc = fwi_routes_drop(iface->comp, &iface->link);
	if (rc != 0) {
		ifs[if_index] = iface;
		fwi_inbound_rebuild();
		return rc;
	}
	fwi_neigh_drop(if_index);
	retiring[if_index] = true;
	fwi_stack_changed();
	fwi_rcu_defer(&iface->retired, free_interface, iface);
	return 0;
}

int
fwpdk_if_del(uint32_t if_index)
{
	const struct fwi_if *iface;
	int rc;

	fwi_ctl_lock();
	iface = fwi_if_get(if_index);
	if (!fwi_ready())
		rc = -ENODEV;
	else
		rc = iface != NULL && iface->mirrored ? -EBUSY : del(if_index);
	fwi_ctl_unlock();
	return rc;
}

void
fwi_if_mirror(uint32_t if_index)
{
	struct fwi_if *iface = fwi_if_get(if_index);

	if (iface != NULL)
		iface->mirrored = true;
}

int
fwi_if_unmirror(uint32_t if_index)
{
	return del(if_index);
}

int
fwi_if_rename(uint32_t if_index, const char *name)
{
	struct fwi_if *iface = fwi_if_get(if_index);

	if (iface == NULL || by_name(name) != 0)
		return -EEXIST;
	snprintf(iface->name, sizeof(iface->name), "%s", name);
	return 0;
}

int
fwpdk_if_set_mtu(uint32_t if_index, uint16_t mtu)
{
	struct fwi_if *iface;
	int rc = 0;

	fwi_ctl_lock();
	iface = fwi_if_get(if_index);
	if (!fwi_ready()) {
		rc = -ENODEV;
	} else if (iface == NULL) {
		rc = -ENOENT;
	} else if (mtu < MIN_MTU) {
		rc = -EINVAL;
	} else {
		__atomic_store_n(&iface->link.mtu, mtu, __ATOMIC_RELAXED);
		fwi_stack_changed();
	}
	fwi_ctl_unlock();
	return rc;
}

int
fwpdk_if_set_fragment(uint32_t if_index, int fragment)
{
	union fwi_if_facts f;
	int rc = 0;

	fwi_ctl_lock();
	if (!fwi_ready()) {
		rc = -ENODEV;
	} else if (fwi_if_get(if_index) == NULL) {
		rc = -ENOENT;
	} else {
		f.word = fwi_if_facts[if_index - 1];
		f.fragment = fragment != 0;
		__atomic_store_n(&fwi_if_facts[if_index - 1], f.word, __ATOMIC_RELAXED);
	}
	fwi_ctl_unlock();
	return rc;
}

void
fwi_if_describe(const struct fwi_if *iface, struct fwpdk_if_info *info)
{
	union fwi_if_facts f = fwi_if_facts_of((uint8_t)(iface->link.if_index - 1));

	memcpy(info->name, iface->name, sizeof(info->name));
	info->if_index = iface->link.if_index;
	info->compartment_id = fwi_stack_compartment_id(iface->comp);
	info->port_id = iface->link.port_id;
	info->mtu = iface->link.mtu;
	info->mac = iface->link.mac;
	info->vlan_id = f.tags != 0 ? f.tag & 0xfff : 0;
	info->vlan_priority = f.tags != 0 ? (uint8_t)(f.tag >> 13) : 0;
	info->outer_vlan_id = f.tags == 2 ? f.outer & 0xfff : 0;
	info->outer_tpid = f.tags == 2 ? f.outer_tpid : 0;
	info->fragment = f.fragment;
	info->forwarding = iface->forward;
	info->resolve = iface->resolve;
}

int
fwpdk_if_info(uint32_t if_index, struct fwpdk_if_info *info)
{
	struct fwi_if *iface;
	int rc = 0;

	fwi_ctl_lock();
	iface = fwi_if_get(if_index);
	if (!fwi_ready())
		rc = -ENODEV;
	else if (!FWI_SIZE_OK(info, struct fwpdk_if_info))
		rc = -EINVAL;
	else if (iface == NULL)
		rc = -ENOENT;
	else
		fwi_if_describe(iface, info);
	fwi_ctl_unlock();
	return rc;
}

uint32_t
fwpdk_if_by_name(const char *name)
{
	uint32_t index;

	if (name == NULL)
		return 0;
	fwi_ctl_lock();
	index = fwi_ready() ? by_name(name) : 0;
	fwi_ctl_unlock();
	return index;
}

static void
port_add(uint64_t ports[FWI_PORT_WORDS], uint16_t port_id)
{
	ports[port_id / 64] |= UINT64_C(1) << port_id % 64;
}

void
fwi_stack_ports(uint32_t comp, uint64_t ports[FWI_PORT_WORDS])
{
	uint32_t i;

	memset(ports, 0, FWI_PORT_WORDS * sizeof(*ports));
	fwi_ctl_lock();
	for (i = 1; i <= FWPDK_MAX_INTERFACES; i++) {
		if (ifs[i] == NULL || ifs[i]->comp != comp)
			continue;
		port_add(ports, ifs[i]->link.port_id);
		if (ifs[i]->stack_port != FWI_NO_PORT)
			port_add(ports, ifs[i]->stack_port);
	}
	fwi_ctl_unlock();
}

bool
fwi_stack_port_used(uint16_t port_id)
{
	bool used = false;
	uint32_t i;

	fwi_ctl_lock();
	for (i = 1; i <= FWPDK_MAX_INTERFACES && !used; i++)
		used = ifs[i] != NULL &&
		       (ifs[i]->link.port_id == port_id || ifs[i]->stack_port == port_id);
	fwi_ctl_unlock();
	return used;
}
