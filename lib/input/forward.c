/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: packets for others, and where forward injections go. */
#include <string.h>

#include <rte_hash_crc.h>
#include <rte_ip.h>

#include "input/input.h"
#include "map/ip.h"
#include "stack/facts.h"
#include "resolve/resolve.h"

/* Lowered before the IPFORWARD layer: what is absorbed there is injected as it is. */
static inline bool
ttl_lower(struct fwi_packet *pkt)
{
	struct rte_ipv4_hdr *h = (void *)pkt->ip;
	uint32_t sum;

	if (pkt->version == 6) {
		if (pkt->ip[7] <= 1)
			return false;
		pkt->ip[7]--;
		return true;
	}
	if (h->time_to_live <= 1)
		return false;
	h->time_to_live--;
	sum = (uint32_t)h->hdr_checksum + rte_cpu_to_be_16(0x0100); /* RFC 1141 */
	h->hdr_checksum = (rte_be16_t)(sum + (sum >= 0xffff));
	return true;
}

/* The same for all packets of a flow; fragments go by their addresses. */
static uint32_t
flow_hash(const struct fwi_packet *pkt)
{
	uint32_t ports = pkt->proto;
	uint64_t addrs[4]; /* the packet lies anywhere */

	if (pkt->l4_len != 0 && !pkt->fragment)
		memcpy(&ports, pkt->ip + pkt->ip_len, sizeof(ports));
	if (pkt->version == 4) {
		memcpy(addrs, pkt->ip + 12, 8);
		return rte_hash_crc(addrs, 8, ports);
	}
	memcpy(addrs, pkt->ip + 8, 32);
	return rte_hash_crc(addrs, 32, ports);
}

/* What is asked of lib/resolve for this packet. */
static void
sought_by(const struct fwi_packet *pkt, struct fwi_sought *s)
{
	bool six = pkt->version == 6;

	s->comp = pkt->iface->comp;
	s->version = pkt->version;
	memcpy(s->dst, pkt->ip + (six ? 24 : 16), six ? 16 : 4);
	s->flow = (struct fwi_flow){.hash = flow_hash(pkt)};
	fwi_flow_src(&s->flow, pkt->ip);
}

static __rte_noinline const struct fwi_hop *
route_by_flow(const struct fwi_packet *pkt, struct fwi_hop *room)
{
	struct fwi_sought s;
	uint32_t dst;
	bool other;

	sought_by(pkt, &s);
	memcpy(&dst, s.dst, sizeof(dst));
	other = s.version == 4 ? fwi_stack_lookup4_flow(s.comp, dst, &s.flow, room)
			       : fwi_stack_lookup6_flow(s.comp, s.dst, &s.flow, room);
	if (unlikely(other))
		fwi_asked_own(pkt->p, &s, true);
	return room;
}

static __rte_noinline bool
loops(const struct fwi_packet *pkt, const struct fwi_sought *s)
{
	uint32_t dst;

	memcpy(&dst, s->dst, sizeof(dst));
	return pkt->version == 4 ? fwi_loops4(s->comp, dst) : fwi_loops6(s->comp, s->dst);
}

/* No way: the poller may remember what was so a moment ago. */
static __rte_noinline const struct fwi_hop *
second_look(struct fwi_packet *pkt, const struct fwi_hop *old, struct fwi_hop *room)
{
	struct fwi_sought s;

	sought_by(pkt, &s);
	if (!fwi_asked_leads(&s) || loops(pkt, &s))
		return old;
	fwi_follow_again(pkt->p);
	return route_by_flow(pkt, room);
}

static inline const struct fwi_hop *
route(struct fwi_packet *pkt, struct fwi_hop *room)
{
	const struct fwi_hop *hop;
	uint32_t dst;

	if (pkt->version == 6) {
		hop = fwi_hop6(pkt->p, pkt->p->hops, pkt->iface->comp, pkt->ip + 24);
	} else {
		memcpy(&dst, pkt->ip + 16, sizeof(dst));
		hop = fwi_hop4(pkt->p, pkt->p->hops, pkt->iface->comp, dst);
	}
	if (unlikely(hop->status == FWI_HOP_BY_FLOW))
		hop = route_by_flow(pkt, room);
	return likely(hop->status == 0) ? hop : second_look(pkt, hop, room);
}

/* Our interface of a next hop that leads somewhere. */
static uint32_t
interface_of(const struct fwi_hop *hop)
{
	return hop->iface + 1u;
}

/* What is known of the path is for our own packets; others hear of it from whoever drops them. */
static __rte_noinline bool
interface_takes(uint32_t out_if, uint32_t total)
{
	const struct fwi_in_if *out = fwi_stack_in_if_index(out_if);

	return out != NULL && total <= __atomic_load_n(out->mtu, __ATOMIC_RELAXED);
}

static struct fwi_txq *
queue_of(const struct fwpdk_poller *p, uint16_t port_id)
{
	uint8_t i = p->q_of_port[port_id];

	return i != 0xff && p->q[i]->seen_state == FWI_TXQ_RUNNING ? p->q[i] : NULL;
}

/* Those of a VLAN interface between the addresses and the type. */
static __rte_noinline bool
tags_set(struct fwi_packet *pkt, const struct fwi_hop *hop)
{
	union fwi_if_facts f = fwi_if_facts_of(hop->iface);
	uint16_t *at = (void *)rte_pktmbuf_prepend(pkt->m, (uint16_t)(4 * f.tags));

	if (at == NULL)
		return false;
	memmove(at, (uint8_t *)at + 4 * f.tags, 12);
	at += 6;
	if (f.tags == 2) {
		*at++ = rte_cpu_to_be_16(f.outer_tpid);
		*at++ = rte_cpu_to_be_16(f.outer);
	}
	*at++ = rte_cpu_to_be_16(RTE_ETHER_TYPE_VLAN);
	*at = rte_cpu_to_be_16(f.tag);
	pkt->l2_len = (uint16_t)(FWI_L2_LEN + 4 * f.tags);
	return true;
}

/* The Ethernet header of the way out in front of the IP header, and nothing behind the packet. */
static inline bool
frame_set(struct fwi_packet *pkt, const struct fwi_hop *hop)
{
	struct rte_mbuf *m = pkt->m;
	uint32_t extra;

	if (pkt->l2_len > FWI_L2_LEN)
		rte_pktmbuf_adj(m, (uint16_t)(pkt->l2_len - FWI_L2_LEN));
	extra = rte_pktmbuf_pkt_len(m) - FWI_L2_LEN - pkt->total;
	if (unlikely(extra != 0) && rte_pktmbuf_trim(m, (uint16_t)extra) != 0)
		return false;
	memcpy(rte_pktmbuf_mtod(m, void *), hop->l2, FWI_L2_LEN);
	pkt->l2_len = FWI_L2_LEN;
	if (unlikely(fwi_if_facts_of(hop->iface).tags != 0) && !tags_set(pkt, hop))
		return false;
	pkt->ip = rte_pktmbuf_mtod_offset(m, uint8_t *, pkt->l2_len);
	return true;
}

static __rte_noinline bool
room_made(struct fwi_txq *q)
{
	if (fwi_txq_room(q) != 0)
		return true;
	fwi_txq_collect(q);
	fwi_txq_burst(q);
	return fwi_txq_room(q) != 0;
}

enum fwi_end
fwi_packet_stage(struct fwi_packet *pkt, uint16_t port_id, uint64_t *counter)
{
	struct fwi_txq *q = queue_of(pkt->p, port_id);

	if (unlikely(q == NULL)) {
		fwi_packet_drop(pkt, &pkt->in->n.no_route, STATUS_INVALID_DEVICE_STATE);
		return FWI_END_TAKEN;
	}
	if (unlikely(pkt->m->nb_segs > q->map.max_segs) && rte_pktmbuf_linearize(pkt->m) != 0) {
		fwi_packet_drop(pkt, &pkt->in->n.too_big, STATUS_INVALID_BUFFER_SIZE);
		return FWI_END_TAKEN;
	}
	if (unlikely(fwi_txq_tail(q) >= q->cap) && !room_made(q)) {
		fwi_packet_drop(pkt, &pkt->in->n.no_room, STATUS_DATA_NOT_ACCEPTED);
		return FWI_END_TAKEN;
	}
	pkt->m->ol_flags &= ~(
		RTE_MBUF_F_TX_OFFLOAD_MASK | RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED);
	if (unlikely(pkt->nbl != NULL))
		fwi_show_end(pkt, true);
	fwi_txq_stage_host(q, pkt->m);
	fwi_input_count(counter);
	return FWI_END_TAKEN;
}

/* Only the neighbour is missing, and it can be asked for. */
static bool
may_wait(const struct fwi_hop *hop, uint32_t out_if)
{
	const struct fwi_in_if *out = fwi_stack_in_if_index(out_if);

	return hop->status == STATUS_HOST_UNREACHABLE && out != NULL && out->resolve;
}

/* Is there anybody on the way out? The MAC layer is asked later. */
static inline bool
is_asked(const struct fwi_packet *pkt)
{
	return pkt->version == 4 ? fwi_layer(FWPS_LAYER_IPFORWARD_V4) != NULL ||
					   fwi_layer(FWPS_LAYER_OUTBOUND_IPPACKET_V4) != NULL
				 : fwi_layer(FWPS_LAYER_IPFORWARD_V6) != NULL ||
					   fwi_layer(FWPS_LAYER_OUTBOUND_IPPACKET_V6) != NULL;
}

/* False: over, counted, the mbuf is gone. */
static inline bool
may_leave(struct fwi_packet *pkt, struct fwi_hop *room, const struct fwi_hop **hop)
{
	struct fwpdk_input_stats *n = &pkt->in->n;
	uint32_t out_if;

	if (!ttl_lower(pkt)) {
		fwi_packet_drop(pkt, &n->ttl_ended, STATUS_HOPLIMIT_EXCEEDED);
		return false;
	}
	*hop = route(pkt, room);
	out_if = interface_of(*hop);
	if (unlikely((*hop)->status != 0) && !may_wait(*hop, out_if)) {
		fwi_packet_drop(pkt, &n->no_route, (*hop)->status);
		return false;
	}
	if (unlikely(is_asked(pkt))) {
		if (fwi_ask_forward(pkt, out_if) != FWI_PERMIT ||
			fwi_ask_out_ip(pkt, out_if) != FWI_PERMIT)
			return false;
		/* callouts may have injected, which may have filled another slot */
		*hop = route(pkt, room);
	}
	if (unlikely(pkt->total > (*hop)->mtu) && !interface_takes(out_if, pkt->total)) {
		fwi_packet_drop(pkt, &n->too_big, STATUS_INVALID_BUFFER_SIZE);
		return false;
	}
	return true;
}

/* The layers have permitted it. */
static inline enum fwi_end
leave(struct fwi_packet *pkt, const struct fwi_hop *hop)
{
	uint32_t out_if = interface_of(hop);
	uint16_t port = hop->port_id;

	if (unlikely(!frame_set(pkt, hop))) {
		fwi_packet_drop(pkt, &pkt->in->n.malformed, STATUS_INVALID_PARAMETER);
		return FWI_END_TAKEN;
	}
	if (unlikely(fwi_layer(FWPS_LAYER_OUTBOUND_MAC_FRAME_ETHERNET) != NULL) &&
		fwi_ask_out_mac(pkt, out_if) != FWI_PERMIT)
		return FWI_END_TAKEN;
	return fwi_packet_stage(pkt, port, &pkt->in->n.forwarded);
}

/* The way is another one than when the packet was looked at first. */
static enum fwi_end
leave_or_end(struct fwi_packet *pkt, const struct fwi_hop *hop)
{
	if (hop->status != 0)
		fwi_packet_drop(pkt, &pkt->in->n.no_route, hop->status);
	else if (pkt->total > hop->mtu && !interface_takes(interface_of(hop), pkt->total))
		fwi_packet_drop(pkt, &pkt->in->n.too_big, STATUS_INVALID_BUFFER_SIZE);
	else
		return leave(pkt, hop);
	return FWI_END_TAKEN;
}

/* With the header but for the MAC; the frame goes on from fwi_packet_resume(). */
static __rte_noinline enum fwi_end
wait_for_neighbour(struct fwi_packet *pkt, const struct fwi_hop *hop)
{
	int32_t status = STATUS_HOST_UNREACHABLE;
	struct fwi_sought s;
	struct fwi_asked *at;
	struct fwi_hop room;

	sought_by(pkt, &s);
	at = fwi_asked_place(pkt->p, &s, true, &status);
	if (at == NULL && status == STATUS_HOST_UNREACHABLE) /* or is it known by now? */
		return leave_or_end(pkt, route(pkt, &room));
	if (at == NULL) {
		fwi_packet_drop(pkt, &pkt->in->n.no_route, status);
		return FWI_END_TAKEN;
	}
	if (!frame_set(pkt, hop)) {
		fwi_packet_drop(pkt, &pkt->in->n.malformed, STATUS_INVALID_PARAMETER);
		return FWI_END_TAKEN;
	}
	fwi_show_end(pkt, true);
	fwi_input_count(&pkt->in->n.unresolved);
	fwi_asked_keep(pkt->p, at,
		&(struct fwi_kept){
			.m = pkt->m, .if_index = pkt->iface->if_index, .hops = pkt->hops});
	return FWI_END_TAKEN;
}

enum fwi_end
fwi_packet_forward(struct fwi_packet *pkt)
{
	const struct fwi_hop *hop;
	struct fwi_hop room;

	if (!may_leave(pkt, &room, &hop))
		return FWI_END_TAKEN;
	return likely(hop->status == 0) ? leave(pkt, hop) : wait_for_neighbour(pkt, hop);
}

/* It waited for its neighbour, which is known now, or will not be. The layers have permitted it. */
void
fwi_packet_resume(struct fwpdk_poller *p, const struct fwi_kept *kept)
{
	struct fwi_burst burst = {.mac = FWI_NO_MAC};
	struct fwi_packet pkt = {
		.p = p, .in = p->input, .burst = &burst, .m = kept->m, .hops = kept->hops};
	const struct fwi_hop *hop;
	struct fwi_hop room;

	pkt.iface = fwi_stack_in_if_index(kept->if_index);
	if (pkt.iface == NULL || !fwi_parse_l2(&pkt) || !fwi_parse_ip(&pkt)) {
		fwi_packet_drop(&pkt, &pkt.in->n.no_route, STATUS_INVALID_DEVICE_STATE);
		return;
	}
	hop = route(&pkt, &room);
	fwi_classify_enter(p->id);
	if (may_wait(hop, interface_of(hop)))
		wait_for_neighbour(&pkt, hop);
	else
		leave_or_end(&pkt, hop);
	fwi_classify_leave(p->id);
}

/* One of several next hops that leaves by that interface, the same for all of a flow. */
static void
hop_by_interface(uint32_t comp, const NET_BUFFER *nb, const struct fwi_ip *ip, uint32_t if_index,
	struct fwi_hop *hop)
{
	struct fwi_flow flow = {.hash = fwi_ip_flow_hash(nb, ip), .if_index = if_index};

	fwi_flow_src(&flow, ip->hdr);
	if (ip->version == 4)
		fwi_stack_lookup4_via(comp, fwi_ip_dst4(ip), &flow, hop);
	else
		fwi_stack_lookup6_via(comp, ip->hdr + 24, &flow, hop);
}

/* From or to ourselves is not forwarded (R63). */
static bool
is_ours(uint32_t comp, const struct fwi_ip *ip)
{
	uint32_t src;

	if (ip->version == 6)
		return fwi_stack_addr6(comp, ip->hdr + 8) == FWI_ADDR_LOCAL ||
		       fwi_stack_addr6(comp, ip->hdr + 24) == FWI_ADDR_LOCAL;
	memcpy(&src, ip->hdr + 12, 4);
	return fwi_stack_addr4(comp, src) == FWI_ADDR_LOCAL ||
	       fwi_stack_addr4(comp, fwi_ip_dst4(ip)) == FWI_ADDR_LOCAL;
}

/* Forward injection: the route has to lead out of the interface that was given. */
struct fwi_txq *
fwi_forward_hop(struct fwpdk_poller *p, const NET_BUFFER_LIST *nbl, const NET_BUFFER *nb,
	struct fwi_hop *room, const struct fwi_hop **hop, int32_t *status)
{
	const struct fwi_nbl *l = (const void *)nbl;
	uint32_t comp = l->compartment;
	struct fwi_txq *q;
	struct fwi_ip ip;

	*status = STATUS_INVALID_PARAMETER;
	if (!fwi_ip_parse(nb, &ip) || is_ours(comp, &ip))
		return NULL;
	*hop = ip.version == 4 ? fwi_hop4(p, p->hops, comp, fwi_ip_dst4(&ip))
			       : fwi_hop6(p, p->hops, comp, ip.hdr + 24);
	if (unlikely((*hop)->status == FWI_HOP_BY_FLOW)) {
		hop_by_interface(comp, nb, &ip, l->if_index, room);
		*hop = room;
	}
	*status = (*hop)->status;
	if (*status != 0 && *status != STATUS_HOST_UNREACHABLE)
		return NULL;
	*status = STATUS_NETWORK_UNREACHABLE;
	if (interface_of(*hop) != l->if_index)
		return NULL;
	*status = (*hop)->status;
	if (*status != 0)
		return NULL;
	*status = STATUS_INVALID_DEVICE_STATE;
	q = queue_of(p, (*hop)->port_id);
	if (q != NULL)
		*status = 0;
	return q;
}
