/* SPDX-License-Identifier: BSD-3-Clause */
/* Building what inbound.c looks at. Control path. */
#include <errno.h>
#include <stdlib.h>

#include "core/ctl.h"
#include "stack/facts.h"
#include "stack/iface.h"
#include "stack/inbound.h"
#include "stack/room.h"

static void
free_inbound(void *object)
{
	struct fwi_inbound *in = object;

	free(in->ifs);
	free(in->locals);
	free(in->addrs);
	free(in);
}

static void
count(uint32_t *nifs, uint32_t *naddrs)
{
	const struct fwi_if_addr *a;
	const struct fwi_if *iface;
	uint32_t i;

	*nifs = *naddrs = 0;
	for (i = 1; i <= FWPDK_MAX_INTERFACES; i++) {
		iface = fwi_if_get(i);
		if (iface == NULL)
			continue;
		++*nifs;
		SLIST_FOREACH(a, &iface->addrs, next)
		*naddrs += 2; /* itself and its network's broadcast address */
	}
}

static void
local_add(struct fwi_inbound *in, const struct fwi_if *iface, uint8_t family, fwi_u128 key,
	enum fwi_addr_kind kind)
{
	uint32_t at = fwi_local_hash(iface->comp, family, key);
	struct fwi_local *l;

	for (;; at++) {
		l = &in->locals[at & in->mask];
		if (l->if_index == 0)
			break;
		if (l->key == key && l->comp == iface->comp && l->family == family)
			return; /* the broadcast address of a network that two interfaces have */
	}
	l->key = key;
	l->comp = iface->comp;
	l->family = family;
	l->kind = (uint8_t)kind;
	l->if_index = iface->link.if_index;
}

static void
addr_list(struct fwi_in_addr *to, const struct fwi_if_addr *a)
{
	struct fwpdk_addr addr;

	fwi_key_addr((enum fwi_family)a->family, a->key, &addr);
	memcpy(to->bytes, addr.bytes, sizeof(to->bytes));
	to->version = a->family == FWI_V4 ? 4 : 6;
	to->prefix_len = a->prefix_len;
}

static void
addrs_add(struct fwi_inbound *in, const struct fwi_if *iface, struct fwi_in_if *of, uint32_t *used)
{
	const struct fwi_if_addr *a;
	fwi_u128 host;

	of->addrs = &in->addrs[*used];

	SLIST_FOREACH(a, &iface->addrs, next)
	{
		addr_list(&in->addrs[(*used)++], a);
		of->naddrs++;
		local_add(in, iface, a->family, a->key, FWI_ADDR_LOCAL);
		host = ~fwi_mask(a->prefix_len) & fwi_mask(32);
		if (a->family == FWI_V4 && a->prefix_len < 31)
			local_add(in, iface, FWI_V4, a->key | host, FWI_ADDR_BROADCAST);
	}
}

static void
ifs_add(struct fwi_inbound *in)
{
	uint32_t port, i, n = 0, used = 0;
	union fwi_if_facts facts;
	struct fwi_if *iface;

	for (port = 0; port < RTE_MAX_ETHPORTS; port++) {
		in->first[port] = (uint16_t)n;
		for (i = 1; i <= FWPDK_MAX_INTERFACES; i++) {
			iface = fwi_if_get(i);
			if (iface == NULL || iface->link.port_id != port)
				continue;
			facts = fwi_if_facts_of((uint8_t)(i - 1));
			in->ifs[n++] = (struct fwi_in_if){.if_index = i,
				.comp = iface->comp,
				.comp_id = fwi_stack_compartment_id(iface->comp),
				.port_id = iface->link.port_id,
				.mac = iface->link.mac,
				.mtu = &iface->link.mtu,
				.forward = iface->forward,
				.vlan_id = facts.tag & 0xfff,
				.outer_vlan_id = facts.outer & 0xfff,
				.resolve = iface->resolve,
				.stack_port = iface->stack_port};
			if (iface->stack_port != FWI_NO_PORT)
				in->behind[iface->stack_port] = (uint16_t)n;
			addrs_add(in, iface, &in->ifs[n - 1], &used);
		}
	}
	in->first[RTE_MAX_ETHPORTS] = (uint16_t)n;
}

static void
comps_publish(void)
{
	const struct fwi_if *iface;
	uint32_t i;

	for (i = 1; i <= FWPDK_MAX_INTERFACES; i++) {
		iface = fwi_if_get(i);
		__atomic_store_n(
			&fwi_comp_of_if[i], iface != NULL ? iface->comp + 1 : 0, __ATOMIC_RELAXED);
	}
}

int
fwi_inbound_rebuild(void)
{
	struct fwi_inbound *in, *old = fwi_inbound;
	uint32_t nifs, naddrs, slots = 16;

	count(&nifs, &naddrs);
	while (slots < 2 * naddrs + 1)
		slots *= 2;
	in = calloc(1, sizeof(*in));
	if (in == NULL)
		return -ENOMEM;
	in->mask = slots - 1;
	in->ifs = calloc(nifs + 1, sizeof(*in->ifs));
	in->locals = calloc(slots, sizeof(*in->locals));
	in->addrs = calloc(naddrs / 2 + 1, sizeof(*in->addrs));
	if (in->ifs == NULL || in->locals == NULL || in->addrs == NULL) {
		free_inbound(in);
		return -ENOMEM;
	}
	ifs_add(in);
	__atomic_store_n(&fwi_inbound, in, __ATOMIC_RELEASE);
	comps_publish();
	fwi_stack_changed(); /* pollers remember which destinations are ourselves */
	if (old != NULL)
		fwi_rcu_defer(&old->retired, free_inbound, old);
	return 0;
}

void
fwi_inbound_fini(void)
{
	struct fwi_inbound *old = fwi_inbound;

	__atomic_store_n(&fwi_inbound, NULL, __ATOMIC_RELEASE);
	memset(fwi_comp_of_if, 0, sizeof(fwi_comp_of_if));
	if (old != NULL)
		fwi_rcu_defer(&old->retired, free_inbound, old);
}

static int
set_forwarding(uint32_t if_index, bool on)
{
	struct fwi_if *iface = fwi_if_get(if_index);
	bool was;
	int rc;

	if (iface == NULL)
		return -ENOENT;
	was = iface->forward;
	iface->forward = on;
	rc = fwi_inbound_rebuild();
	if (rc != 0)
		iface->forward = was;
	return rc;
}

int
fwpdk_if_set_forwarding(uint32_t if_index, int on)
{
	int rc;

	fwi_ctl_lock();
	rc = fwi_ready() ? set_forwarding(if_index, on != 0) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}

/* One stack per port, and a port with interfaces is none. */
static bool
port_is_free(uint16_t port_id, uint32_t but)
{
	const struct fwi_if *iface;
	uint32_t i;

	for (i = 1; i <= FWPDK_MAX_INTERFACES; i++) {
		iface = fwi_if_get(i);
		if (iface == NULL)
			continue;
		if (iface->link.port_id == port_id || (i != but && iface->stack_port == port_id))
			return false;
	}
	return true;
}

static int
set_stack(uint32_t if_index, int port_id)
{
	const struct fwi_stack_hooks *hooks = fwi_stack_hooks();
	struct fwi_if *iface = fwi_if_get(if_index);
	uint16_t was, port = port_id < 0 ? FWI_NO_PORT : (uint16_t)port_id;
	struct rte_ether_addr mac;
	int rc;

	if (iface == NULL)
		return -ENOENT;
	if (port != FWI_NO_PORT) {
		if (port_id >= RTE_MAX_ETHPORTS || hooks->port == NULL ||
			hooks->port(port, &mac) != 0)
			return -ENODEV;
		if (!port_is_free(port, if_index) ||
			(hooks->may_route != NULL && !hooks->may_route(iface->comp, port)))
			return -EBUSY;
	}
	was = iface->stack_port;
	iface->stack_port = port;
	rc = fwi_inbound_rebuild();
	if (rc != 0)
		iface->stack_port = was;
	return rc;
}

int
fwpdk_if_set_stack(uint32_t if_index, int port_id)
{
	int rc;

	fwi_ctl_lock();
	rc = fwi_ready() ? set_stack(if_index, port_id) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}
