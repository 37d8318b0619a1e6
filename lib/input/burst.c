/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: fwpdk_input(). The commonest frames of a burst in one pass, up to the question whose
 * they are; all others go the way of packet.c from the beginning.
 */
#include <netinet/in.h>

#include <rte_cycles.h>
#include <rte_prefetch.h>

#include "classify/bare.h"
#include "input/shown.h"
#include "resolve/resolve.h"

#define AHEAD 3u /* packets whose first line is fetched before it is needed */
#define L2    RTE_ETHER_HDR_LEN
#define IP4   20u /* bytes of a header without options */

/* The layer in front of all packets, and what it is shown of those for one interface. */
struct front {
	struct fwi_input *in;
	const struct fwi_layer *layer; /* NULL: nobody asks */
	uint64_t dst;		       /* whose type is in the values, UINT64_MAX = none's */
	struct fwi_bare bare;	       /* one callout without conditions */
};

/* What was found of a plain packet. */
struct plain {
	uint8_t *ip;
	uint32_t total;
};

/*
 * Untagged, IPv4 without options, whole, in one segment, for the interface that the one before
 * was for, and no MAC layer to ask. False: look at it properly.
 */
static inline bool
plain4(const struct fwi_burst *b, const struct rte_mbuf *m, struct plain *pl)
{
	uint8_t *frame = rte_pktmbuf_mtod(m, uint8_t *);
	uint32_t have = m->data_len, word;
	uint64_t mac;

	if (unlikely(have < L2 + IP4 || m->nb_segs != 1))
		return false;
	memcpy(&mac, frame, sizeof(mac));
	if (unlikely((rte_le_to_cpu_64(mac) << 16) != b->mac))
		return false;
	memcpy(&word, frame + 12, sizeof(word)); /* type, version, TOS */
	if (unlikely((word & rte_cpu_to_le_32(0xffffff)) != rte_cpu_to_le_32(0x450008)))
		return false;
	memcpy(&word, frame + 20, sizeof(word)); /* fragment, TTL, protocol */
	if (unlikely((word & rte_cpu_to_le_32(0xff3f)) != 0) ||
		unlikely(frame[23] == IPPROTO_ICMP)) /* it may say what a path takes */
		return false;
	pl->ip = frame + L2;
	pl->total = (uint32_t)frame[16] << 8 | frame[17];
	return likely(pl->total - IP4 <= have - L2 - IP4) &&
	       likely((m->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) == 0);
}

/* As packet.c knows it. */
static inline void
plain_set(struct fwi_packet *pkt, const struct plain *pl)
{
	pkt->ip = pl->ip;
	pkt->total = pl->total;
	pkt->l2_len = L2;
	pkt->ip_len = IP4;
	pkt->vlan_id = 0;
	pkt->version = 4;
	pkt->proto = pl->ip[9];
	pkt->fragment = false;
	pkt->first_fragment = true;
	pkt->iface = pkt->burst->iface;
	pkt->l4_len = fwi_l4_len(pkt->proto, pl->ip + IP4, pl->total - IP4);
}

static void
front_end(struct front *f)
{
	fwi_bump(&f->in->n.absorbed, fwi_bare_end(&f->bare));
}

/* What callouts are shown of all plain packets for b->iface; addresses are filled in later. */
static void
front_begin(struct front *f, const struct fwi_burst *b)
{
	const struct fwi_key key = {.version = 4,
		.direction = FWP_DIRECTION_INBOUND,
		.if_index = b->iface->if_index,
		.compartment = b->iface->comp_id};

	front_end(f);
	f->dst = UINT64_MAX;
	fwi_bare_begin(&f->bare, f->layer, &key);
	f->bare.meta.currentMetadataValues = FWPS_METADATA_FIELD_COMPARTMENT_ID |
					     FWPS_METADATA_FIELD_IP_HEADER_SIZE;
	f->bare.meta.flags = 0;
	f->bare.meta.reserved = 0;
	f->bare.meta.compartmentId = b->iface->comp_id;
	f->bare.meta.ipHeaderSize = IP4;
}

/* Frames for one interface follow each other. True: this one's is another than the last one's. */
static bool
mac_note(struct fwi_burst *b, struct front *f, const struct rte_mbuf *m, uint16_t port_id)
{
	const struct rte_ether_addr *dst = rte_pktmbuf_mtod(m, const struct rte_ether_addr *);
	uint64_t mac = 0;

	if (rte_pktmbuf_data_len(m) < L2 || b->stack_of != NULL ||
		(m->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0 ||
		fwi_layer(FWPS_LAYER_INBOUND_MAC_FRAME_ETHERNET) != NULL)
		return false;
	memcpy(&mac, dst, sizeof(*dst));
	mac = rte_le_to_cpu_64(mac) << 16;
	if (mac == b->mac)
		return false;
	b->iface = fwi_stack_in_if(port_id, dst, 0, 0);
	b->mac = b->iface != NULL ? mac : FWI_NO_MAC;
	if (b->iface == NULL)
		return false;
	b->matters = fwi_destination_matters(b->iface, b->in);
	front_begin(f, b);
	return true;
}

static __rte_noinline void
type_set(struct fwi_burst *b, struct front *f, uint32_t dst)
{
	f->bare.values.v[FWPS_FIELD_INBOUND_IPPACKET_V4_IP_LOCAL_ADDRESS_TYPE].value.uint8 =
		fwi_address_type(fwi_burst_kind4(b, b->iface, dst));
	f->dst = dst;
}

static inline void
addresses_set(struct fwi_burst *b, struct front *f, const uint8_t *ip)
{
	FWPS_INCOMING_VALUE0 *v = f->bare.values.v;
	uint32_t a;

	memcpy(&a, ip + 12, sizeof(a));
	v[FWPS_FIELD_INBOUND_IPPACKET_V4_IP_REMOTE_ADDRESS].value.uint32 = rte_be_to_cpu_32(a);
	memcpy(&a, ip + 16, sizeof(a));
	v[FWPS_FIELD_INBOUND_IPPACKET_V4_IP_LOCAL_ADDRESS].value.uint32 = rte_be_to_cpu_32(a);
	if (unlikely(a != f->dst))
		type_set(b, f, a);
}

/* The packet's data behind its IP header. */
static inline NET_BUFFER_LIST *
shown_set(struct fwi_nbl *l, struct rte_mbuf *m, const struct plain *pl)
{
	MDL *mdl = &((struct fwi_mdl *)l->owned_data)->mdl;

	fwi_shown_mdl(mdl, m);
	fwi_nb_set(&l->nb, mdl, (struct fwi_pos){mdl, L2 + IP4}, L2 + IP4, pl->total - IP4);
	fwi_receive_info(l, m);
	FWI_NBL_HOT(l)->complete = (void *)fwi_not_yours;
	l->nbl.Next = NULL;
	l->nbl.FirstNetBuffer = &l->nb;
	l->hops = 0;
	return &l->nbl;
}

/* Permitted, and where it goes is nobody's business here. */
static inline enum fwi_end
permitted(struct fwi_packet *pkt)
{
	if (pkt->burst->matters)
		return fwi_packet_whose(pkt);
	fwi_show_end(pkt, true);
	return FWI_END_GO_ON;
}

/* Blocked or absorbed; those are counted in the end. */
static inline void
bare_taken(struct fwi_packet *pkt, struct fwi_nbl *l, enum fwi_verdict v)
{
	struct fwi_input *in = pkt->in;

	if (unlikely(v == FWI_BLOCK))
		fwi_bump(&in->n.blocked, 1);
	if (likely(!fwi_nbl_refs_are(l, 1))) {
		fwi_shown_leaves(in, l, pkt->m);
		return;
	}
	fwi_shown_again(l);
	rte_pktmbuf_free(pkt->m);
}

static __rte_noinline enum fwi_end
bare_permitted(struct fwi_packet *pkt, const struct plain *pl, NET_BUFFER_LIST *nbl)
{
	plain_set(pkt, pl);
	pkt->nbl = nbl;
	return permitted(pkt);
}

static inline enum fwi_end
ask_bare(struct fwi_packet *pkt, struct front *f, const struct plain *pl, struct fwi_nbl *l)
{
	struct fwi_burst *b = pkt->burst;
	enum fwi_verdict v;

	addresses_set(b, f, pl->ip);
	v = fwi_bare_ask(&f->bare, shown_set(l, pkt->m, pl));
	if (v != FWI_PERMIT) {
		bare_taken(pkt, l, v);
		return FWI_END_TAKEN;
	}
	if (likely(!b->matters) && likely(fwi_nbl_refs_are(l, 1))) {
		fwi_shown_again(l);
		return FWI_END_GO_ON;
	}
	return bare_permitted(pkt, pl, &l->nbl);
}

/* Filters with conditions, or more than one. */
static __rte_noinline enum fwi_end
ask(struct fwi_packet *pkt, const struct plain *pl)
{
	plain_set(pkt, pl);
	if (unlikely(fwi_ask_in_ip(pkt, 0) != FWI_PERMIT))
		return FWI_END_TAKEN;
	return permitted(pkt);
}

static inline enum fwi_end
plain_way(struct fwi_packet *pkt, struct front *f, const struct plain *pl)
{
	struct fwi_nbl *l;

	if (f->layer == NULL) {
		if (likely(!pkt->burst->matters))
			return FWI_END_GO_ON;
		plain_set(pkt, pl);
		return fwi_packet_whose(pkt);
	}
	if (likely(f->bare.f != NULL)) {
		l = fwi_shown_next(pkt->in);
		if (likely(l != NULL))
			return ask_bare(pkt, f, pl, l);
	}
	return ask(pkt, pl);
}

static uint16_t
all(struct fwpdk_poller *p, struct fwi_input *in, uint16_t port_id, struct rte_mbuf **mbufs,
	uint16_t n)
{
	struct fwi_burst burst = {
		.in = in, .stack_of = fwi_stack_in_front_of(port_id), .mac = FWI_NO_MAC};
	uint16_t kept = 0;
	unsigned i;
	struct fwi_packet pkt;
	struct front front;
	struct plain pl;
	enum fwi_end end;

	front.layer = fwi_layer(FWPS_LAYER_INBOUND_IPPACKET_V4);
	front.in = in;
	front.bare.f = NULL;
	pkt.p = p;
	pkt.in = in;
	pkt.burst = &burst;
	pkt.injected = NULL;
	pkt.nbl = NULL;
	pkt.hops = 0;
	pkt.loopback = false;
	for (i = 0; i < RTE_MIN(n, AHEAD); i++)
		rte_prefetch0(rte_pktmbuf_mtod(mbufs[i], void *));
	for (i = 0; i < n; i++) {
		if (i + AHEAD < n)
			rte_prefetch0(rte_pktmbuf_mtod(mbufs[i + AHEAD], void *));
		pkt.m = mbufs[i];
		if (likely(plain4(&burst, pkt.m, &pl)) ||
			(mac_note(&burst, &front, pkt.m, port_id) && plain4(&burst, pkt.m, &pl)))
			end = plain_way(&pkt, &front, &pl);
		else
			end = fwi_packet_any(&pkt, port_id);
		if (end == FWI_END_GO_ON)
			mbufs[kept++] = mbufs[i];
	}
	front_end(&front);
	return kept;
}

uint16_t
fwpdk_input(struct fwpdk_poller *p, uint16_t port_id, struct rte_mbuf **mbufs, uint16_t n)
{
	const void *keeper = fwi_nbl_keeper;
	struct fwi_input *in = p->input;
	uint16_t kept;

	if (unlikely(in == NULL || (!fwi_poller_mine(p) && fwi_poller_try_claim(p) != 0) ||
		     p->in_poll))
		return n;
	p->in_poll = true; /* callouts cannot poll */
	fwi_follow_control(p);
	if (unlikely(p->resolve_due == 0)) /* what waited goes before what comes now */
		fwi_resolve_round(p, rte_rdtsc());
	fwi_classify_enter(p->id);
	fwi_nbl_keeper = in;
	kept = all(p, in, port_id, mbufs, n);
	fwi_nbl_keeper = keeper;
	fwi_classify_leave(p->id);
	fwi_deliver_flush(p, in);
	p->in_poll = false;
	__atomic_store_n(&in->n.read, in->n.read + n, __ATOMIC_RELAXED);
	__atomic_store_n(&in->n.gone_on, in->n.gone_on + kept, __ATOMIC_RELAXED);
	return kept;
}
