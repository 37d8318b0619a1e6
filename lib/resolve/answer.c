/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: ARP and neighbour discovery that come in. Nothing is learned here, only noted. */
#include <string.h>

#include "resolve/resolve.h"

/* Our interface with that address on the port of iface, or NULL. */
static const struct fwi_in_if *
ours(const struct fwi_in_if *iface, uint32_t version, const uint8_t *addr)
{
	const struct fwi_in_if *i;
	uint32_t index, addr4;

	memcpy(&addr4, addr, sizeof(addr4));
	index = version == 4 ? fwi_stack_local4(iface->comp, addr4)
			     : fwi_stack_local6(iface->comp, addr);
	i = index != 0 ? fwi_stack_in_if_index(index) : NULL;
	return i != NULL && i->port_id == iface->port_id ? i : NULL;
}

/* The later one of two messages of the same neighbour counts, but for an answer lost by that. */
static void
note(struct fwpdk_poller *p, const struct fwi_heard *h)
{
	struct fwi_resolve *r = p->resolve;
	unsigned i;

	if (!fwi_learn_may_know(&h->who)) {
		fwi_resolve_count(&r->n.not_asked);
		return;
	}
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

static enum fwi_resolve_end
heard(struct fwpdk_poller *p, const struct fwi_in_if *iface, struct fwi_heard *h,
	const struct rte_ether_addr *src_mac)
{
	static const struct fwi_next nobody = {.if_index = 0};
	struct fwi_resolve *r = p->resolve;
	const struct fwi_in_if *target = ours(iface, h->target_version, h->target);
	bool named = memcmp(&h->who.addr, &nobody.addr, sizeof(nobody.addr)) != 0;

	if (named && ours(iface, h->who.version, h->who.addr) != NULL) {
		if (!h->has_mac || !rte_is_same_ether_addr(&h->mac, &iface->mac))
			fwi_resolve_count(&r->n.conflicts);
		return iface->stack_port == FWI_NO_PORT ? FWI_RESOLVE_OURS : FWI_RESOLVE_PASS;
	}
	h->who.if_index = iface->if_index;
	h->asked &= h->target_version == 6 || target != NULL; /* an ARP answer names the asker */
	if (named && (h->has_mac || h->asked))
		note(p, h);
	if (iface->stack_port != FWI_NO_PORT) /* the stack behind the interface answers */
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
