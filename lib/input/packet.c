/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: fwpdk_input(), and what happens to one packet. */
#include <netinet/in.h>

#include <rte_prefetch.h>

#include "input/input.h"
#include "resolve/resolve.h"

#define AHEAD 3u /* packets whose first line is fetched before it is needed */

void
fwi_packet_drop(struct fwi_packet *pkt, uint64_t *counter, int32_t status)
{
	fwi_input_count(counter);
	pkt->status = status;
	fwi_show_end(pkt, false);
}

/* What was injected has no host to go back to: it ends with status. */
static enum fwi_end
go_on(struct fwi_packet *pkt, int32_t status)
{
	if (unlikely(pkt->injected != NULL)) {
		fwi_packet_drop(pkt, &pkt->in->n.not_taken, status);
		return FWI_END_TAKEN;
	}
	fwi_show_end(pkt, true);
	return FWI_END_GO_ON;
}

/* False: what is for us and what is for others go on alike. */
static inline bool
destination_matters(const struct fwi_packet *pkt)
{
	return pkt->iface->forward || pkt->iface->stack_port != FWI_NO_PORT ||
	       pkt->in->receive != NULL || pkt->injected != NULL;
}

/* True: it is over. */
static __rte_noinline bool
resolved(struct fwi_packet *pkt, enum fwi_resolve_end end)
{
	if (end == FWI_RESOLVE_PASS)
		return false;
	if (end == FWI_RESOLVE_BAD)
		fwi_input_count(&pkt->in->n.malformed);
	else
		fwi_input_count(&pkt->in->n.resolution);
	fwi_show_end(pkt, false);
	return true;
}

/* Discovery of IPv6 neighbours, on the link it was read from. */
static bool
is_discovery(const struct fwi_packet *pkt)
{
	return pkt->version == 6 && pkt->proto == IPPROTO_ICMPV6 && pkt->iface->resolve &&
	       !pkt->fragment && pkt->injected == NULL && pkt->l2_len == RTE_ETHER_HDR_LEN &&
	       pkt->total + pkt->l2_len <= rte_pktmbuf_data_len(pkt->m);
}

static bool
discovery(struct fwi_packet *pkt)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(pkt->m, const struct rte_ether_hdr *);

	return resolved(pkt, fwi_resolve_nd(pkt->p, pkt->iface, pkt->ip, pkt->ip_len, pkt->total,
				     &eth->src_addr));
}

static enum fwi_end
whose(struct fwi_packet *pkt)
{
	if (unlikely(pkt->loopback) || fwi_packet_kind(pkt) != FWI_ADDR_OTHER) {
		if (unlikely(is_discovery(pkt)) && discovery(pkt))
			return FWI_END_TAKEN;
		return pkt->in->receive != NULL || pkt->iface->stack_port != FWI_NO_PORT
			       ? fwi_packet_local(pkt)
			       : go_on(pkt, STATUS_DATA_NOT_ACCEPTED);
	}
	return pkt->iface->forward ? fwi_packet_forward(pkt)
				   : go_on(pkt, STATUS_NETWORK_UNREACHABLE);
}

enum fwi_end
fwi_packet_ip(struct fwi_packet *pkt)
{
	if (unlikely(!fwi_parse_ip(pkt))) {
		fwi_packet_drop(pkt, &pkt->in->n.malformed, STATUS_INVALID_PARAMETER);
		return FWI_END_TAKEN;
	}
	if (unlikely(fwi_ask_in_ip(pkt, 0) != FWI_PERMIT))
		return FWI_END_TAKEN;
	return whose(pkt);
}

/* Nobody of ours can say more about it: the stack behind the interface, or the host. */
static enum fwi_end
not_ip(struct fwi_packet *pkt)
{
	if (pkt->iface != NULL && pkt->iface->resolve &&
		pkt->key.ether_type == RTE_ETHER_TYPE_ARP && pkt->l2_len == RTE_ETHER_HDR_LEN &&
		resolved(pkt, fwi_resolve_arp(pkt->p, pkt->iface, pkt->ip,
				      rte_pktmbuf_data_len(pkt->m) - pkt->l2_len)))
		return FWI_END_TAKEN;
	if (pkt->iface != NULL && pkt->iface->stack_port != FWI_NO_PORT)
		return fwi_packet_stage(pkt, pkt->iface->stack_port, &pkt->in->n.delivered);
	return go_on(pkt, 0);
}

/* Any frame. */
static __rte_noinline enum fwi_end
one(struct fwi_packet *pkt, uint16_t port_id)
{
	if (unlikely(!fwi_parse_l2(pkt)))
		return FWI_END_GO_ON;
	pkt->iface = pkt->burst->stack_of;
	if (unlikely(pkt->iface != NULL))
		return fwi_packet_from_stack(pkt);
	pkt->iface = fwi_stack_in_if(
		port_id, rte_pktmbuf_mtod(pkt->m, const struct rte_ether_addr *), pkt->vlan_id);
	if (unlikely(fwi_ask_in_mac(pkt) != FWI_PERMIT))
		return FWI_END_TAKEN;
	if (unlikely(pkt->iface == NULL || pkt->version == 0))
		return not_ip(pkt);
	return fwi_packet_ip(pkt);
}

/*
 * The commonest frame: untagged, IPv4 without options, whole, in one segment, for the interface
 * that the one before was for, and no MAC layer to ask. False: look at it properly.
 */
static inline bool
plain4(struct fwi_packet *pkt)
{
	const struct rte_mbuf *m = pkt->m;
	uint8_t *frame = rte_pktmbuf_mtod(m, uint8_t *);
	uint64_t mac, word;
	uint32_t have = m->data_len;

	if (unlikely(have < RTE_ETHER_HDR_LEN + 20u))
		return false;
	memcpy(&mac, frame, sizeof(mac));
	if (unlikely((mac & UINT64_C(0xffffffffffff)) != pkt->burst->mac))
		return false;
	memcpy(&word, frame + 12, sizeof(word)); /* type, version, TOS, length, identification */
	if (unlikely((word & 0xffffff) != rte_cpu_to_le_32(0x450008)))
		return false;
	pkt->total = rte_be_to_cpu_16((uint16_t)(word >> 32));
	if (unlikely(pkt->total - 20 > have - RTE_ETHER_HDR_LEN - 20))
		return false;
	memcpy(&word, frame + 20, sizeof(word)); /* fragment, TTL, protocol, checksum, source */
	if (unlikely((word & rte_cpu_to_le_32(0xff3f)) != 0))
		return false;
	pkt->ip = frame + RTE_ETHER_HDR_LEN;
	pkt->proto = (uint8_t)(word >> 24);
	pkt->l2_len = RTE_ETHER_HDR_LEN;
	pkt->ip_len = 20;
	pkt->version = 4;
	pkt->fragment = false;
	pkt->first_fragment = true;
	pkt->iface = pkt->burst->iface;
	return true;
}

/* Frames for one interface follow each other. */
static void
mac_note(struct fwi_burst *b, const struct fwi_packet *pkt, uint16_t port_id)
{
	const struct rte_ether_addr *dst = rte_pktmbuf_mtod(pkt->m, const struct rte_ether_addr *);

	if (rte_pktmbuf_data_len(pkt->m) < RTE_ETHER_HDR_LEN || b->stack_of != NULL ||
		fwi_layer(FWPS_LAYER_INBOUND_MAC_FRAME_ETHERNET) != NULL)
		return;
	b->iface = fwi_stack_in_if(port_id, dst, 0);
	b->mac = FWI_NO_MAC;
	if (b->iface == NULL || (pkt->m->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0)
		return;
	b->mac = 0;
	memcpy(&b->mac, dst, sizeof(*dst));
}

static inline enum fwi_end
quick(struct fwi_packet *pkt, const struct fwi_layer *ip4)
{
	if (ip4 == NULL && likely(!destination_matters(pkt)))
		return FWI_END_GO_ON;
	pkt->l4_len = fwi_l4_len(pkt->proto, pkt->ip + 20, pkt->total - 20);
	if (ip4 != NULL && unlikely(fwi_ask_in_ip(pkt, 0) != FWI_PERMIT))
		return FWI_END_TAKEN;
	if (likely(destination_matters(pkt)))
		return whose(pkt);
	fwi_show_end(pkt, true);
	return FWI_END_GO_ON;
}

static uint16_t
all(struct fwpdk_poller *p, struct fwi_input *in, uint16_t port_id, struct rte_mbuf **mbufs,
	uint16_t n)
{
	const struct fwi_layer *ip4 = fwi_layer(FWPS_LAYER_INBOUND_IPPACKET_V4);
	struct fwi_burst burst = {.stack_of = fwi_stack_in_front_of(port_id), .mac = FWI_NO_MAC};
	uint16_t i, kept = 0;
	struct fwi_packet pkt;
	enum fwi_end end;

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
		if (likely(plain4(&pkt))) {
			end = quick(&pkt, ip4);
		} else {
			mac_note(&burst, &pkt, port_id);
			end = one(&pkt, port_id);
		}
		if (end == FWI_END_GO_ON)
			mbufs[kept++] = mbufs[i];
	}
	return kept;
}

uint16_t
fwpdk_input(struct fwpdk_poller *p, uint16_t port_id, struct rte_mbuf **mbufs, uint16_t n)
{
	struct fwi_input *in = p->input;
	uint16_t kept;

	if (unlikely(in == NULL || (!fwi_poller_mine(p) && fwi_poller_try_claim(p) != 0) ||
		     p->in_poll))
		return n;
	p->in_poll = true; /* callouts cannot poll */
	fwi_follow_control(p);
	fwi_classify_enter(p->id);
	kept = all(p, in, port_id, mbufs, n);
	fwi_classify_leave(p->id);
	fwi_deliver_flush(p, in);
	p->in_poll = false;
	__atomic_store_n(&in->n.read, in->n.read + n, __ATOMIC_RELAXED);
	__atomic_store_n(&in->n.gone_on, in->n.gone_on + kept, __ATOMIC_RELAXED);
	return kept;
}
