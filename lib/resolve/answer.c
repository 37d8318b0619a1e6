/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: ARP and neighbour discovery that come in. Nothing is learned here, only noted. */
#include <string.h>

#include "resolve/resolve.h"

/* Those that hear what iface hears: of its port, with its VLANs. */
static bool
same_link(const struct fwi_in_if *i, const struct fwi_in_if *iface)
{
	return i->port_id == iface->port_id && i->vlan_id == iface->vlan_id &&
	       i->outer_vlan_id == iface->outer_vlan_id;
}

#define FOREACH_ON_LINK(i, iface)                                                             \
	for (uint32_t n_, i_ = ((i) = fwi_stack_in_port((iface)->port_id, &n_), 0U); i_ < n_; \
		i_++, (i)++)                                                                  \
		if (same_link((i), (iface)))

static bool
anyone_resolves(const struct fwi_in_if *iface)
{
	const struct fwi_in_if *i;

	FOREACH_ON_LINK(i, iface)
	if (i->resolve)
		return true;
	return false;
}

/* Our interface with that address on the link of iface, or NULL. */
static const struct fwi_in_if *
ours(const struct fwi_in_if *iface, uint32_t version, const uint8_t *addr)
{
	const struct fwi_in_if *i, *of;
	uint32_t index, addr4;

	memcpy(&addr4, addr, sizeof(addr4));
	FOREACH_ON_LINK(i, iface)
	{
		index = version == 4 ? fwi_stack_local4(i->comp, addr4)
				     : fwi_stack_local6(i->comp, addr);
		of = index != 0 ? fwi_stack_in_if_index(index) : NULL;
		if (of != NULL && same_link(of, iface))
			return of;
	}
	return NULL;
}

/* The later one of two messages of the same neighbour counts, but for an answer lost by that. */
static void
note_one(struct fwpdk_poller *p, const struct fwi_heard *h)
{
	struct fwi_resolve *r = p->resolve;
	unsigned i;

	for (i = 0; i < r->nheard; i++)
		if (memcmp(&r->heard[i].who, &h->who, sizeof(h->who)) == 0)
			break;
	if (i == FWI_ASK_BURST || (i < r->nheard && r->heard[i].asked && !h->asked)) {
		fwi_resolve_count(&r->n.heard_lost);
		return;
	}
	r->heard[i] = *h;
	if (i == r->nheard)
		r->nheard++;
	p->resolve_due = 0;
}

/* Each has neighbours of its own, though the link is the same. */
static void
note(struct fwpdk_poller *p, const struct fwi_in_if *iface, struct fwi_heard *h)
{
	struct fwi_resolve *r = p->resolve;
	const struct fwi_in_if *i;
	bool any = false;

	FOREACH_ON_LINK(i, iface)
	{
		h->who.if_index = i->if_index;
		if (!i->resolve || !fwi_learn_may_know(&h->who))
			continue;
		note_one(p, h);
		any = true;
	}
	if (!any)
		fwi_resolve_count(&r->n.not_asked);
}

static enum fwi_resolve_end
heard(struct fwpdk_poller *p, const struct fwi_in_if *iface, struct fwi_heard *h,
	const struct rte_ether_addr *src_mac)
{
	static const struct fwi_next nobody = {.if_index = 0};
	struct fwi_resolve *r = p->resolve;
	const struct fwi_in_if *target = ours(iface, h->target_version, h->target);
	bool named = memcmp(&h->who.addr, &nobody.addr, sizeof(nobody.addr)) != 0;
	const struct fwi_in_if *claimed = named ? ours(iface, h->who.version, h->who.addr) : NULL;

	if (claimed != NULL) {
		if (!h->has_mac || !rte_is_same_ether_addr(&h->mac, &claimed->mac))
			fwi_resolve_count(&r->n.conflicts);
		return iface->stack_port == FWI_NO_PORT ? FWI_RESOLVE_OURS : FWI_RESOLVE_PASS;
	}
	h->asked &= h->target_version == 6 || target != NULL; /* an ARP answer names the asker */
	if (named && (h->has_mac || h->asked))
		note(p, iface, h);
	/* The stack behind the interface answers. */
	if (iface->stack_port != FWI_NO_PORT ||
		(target != NULL && target->stack_port != FWI_NO_PORT))
		return FWI_RESOLVE_PASS;
	if (h->question && target != NULL)
		fwi_send_answer(p, target, h, h->has_mac ? &h->mac : src_mac);
	return target != NULL || h->asked ? FWI_RESOLVE_OURS : FWI_RESOLVE_PASS;
}

enum fwi_resolve_end
fwi_resolve_arp(
	struct fwpdk_poller *p, const struct fwi_in_if *iface, const uint8_t *arp, uint32_t have)
{
	struct fwi_heard h;
	const struct rte_ether_addr *sender = (const void *)(arp + 8);

	if (!anyone_resolves(iface))
		return FWI_RESOLVE_PASS;
	if (fwi_hear_arp(arp, have, &h) != FWI_HEAR_OK) {
		fwi_resolve_count(&p->resolve->n.malformed);
		return FWI_RESOLVE_BAD;
	}
	return heard(p, iface, &h, sender);
}

enum fwi_resolve_end
fwi_resolve_nd(struct fwpdk_poller *p, const struct fwi_in_if *iface, const uint8_t *ip,
	uint32_t ip_len, uint32_t total, const struct rte_ether_addr *src_mac)
{
	struct fwi_heard h;

	if (!anyone_resolves(iface))
		return FWI_RESOLVE_PASS;
	switch (fwi_hear_nd(ip, ip_len, total, &h)) {
	case FWI_HEAR_OTHER:
		return FWI_RESOLVE_PASS;
	case FWI_HEAR_BAD:
		fwi_resolve_count(&p->resolve->n.malformed);
		return FWI_RESOLVE_BAD;
	default:
		return heard(p, iface, &h, src_mac);
	}
}
