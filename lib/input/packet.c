/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: what happens to one packet. */
#include <netinet/in.h>

#include "input/input.h"
#include "resolve/resolve.h"

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

/* Not of a VLAN without an interface, which belongs to the untagged one otherwise. */
static bool
same_link(const struct fwi_packet *pkt)
{
	return pkt->vlan_id == pkt->iface->vlan_id &&
	       pkt->outer_vlan_id == pkt->iface->outer_vlan_id;
}

/* Discovery of IPv6 neighbours, on the link it was read from. */
static bool
is_discovery(const struct fwi_packet *pkt)
{
	return pkt->version == 6 && !pkt->fragment && pkt->injected == NULL && same_link(pkt) &&
	       pkt->total + pkt->l2_len <= rte_pktmbuf_data_len(pkt->m);
}

static bool
discovery(struct fwi_packet *pkt)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(pkt->m, const struct rte_ether_hdr *);

	return resolved(pkt, fwi_resolve_nd(pkt->p, pkt->iface, pkt->ip, pkt->ip_len, pkt->total,
				     &eth->src_addr));
}

static inline bool
is_icmp(const struct fwi_packet *pkt)
{
	return pkt->proto == (pkt->version == 6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
}

/* For us. True: it is over. */
static __rte_noinline bool
control_message(struct fwi_packet *pkt)
{
	if (is_discovery(pkt) && discovery(pkt))
		return true;
	fwi_icmp_heard(pkt);
	return false;
}

enum fwi_end
fwi_packet_whose(struct fwi_packet *pkt)
{
	if (unlikely(pkt->loopback) || fwi_packet_kind(pkt) != FWI_ADDR_OTHER) {
		if (unlikely(is_icmp(pkt)) && control_message(pkt))
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
	return fwi_packet_whose(pkt);
}

/* Nobody of ours can say more about it: the stack behind the interface, or the host. */
static enum fwi_end
not_ip(struct fwi_packet *pkt)
{
	if (pkt->iface != NULL && pkt->key.ether_type == RTE_ETHER_TYPE_ARP && same_link(pkt) &&
		resolved(pkt, fwi_resolve_arp(pkt->p, pkt->iface, pkt->ip,
				      rte_pktmbuf_data_len(pkt->m) - pkt->l2_len)))
		return FWI_END_TAKEN;
	if (pkt->iface != NULL && pkt->iface->stack_port != FWI_NO_PORT)
		return fwi_packet_stage(pkt, pkt->iface->stack_port, &pkt->in->n.delivered);
	return go_on(pkt, 0);
}

__rte_noinline enum fwi_end
fwi_packet_any(struct fwi_packet *pkt, uint16_t port_id)
{
	if (unlikely(!fwi_parse_l2(pkt)))
		return FWI_END_GO_ON;
	pkt->iface = pkt->burst->stack_of;
	if (unlikely(pkt->iface != NULL))
		return fwi_packet_from_stack(pkt);
	pkt->iface = fwi_stack_in_if(port_id,
		rte_pktmbuf_mtod(pkt->m, const struct rte_ether_addr *), pkt->vlan_id,
		pkt->outer_vlan_id);
	if (unlikely(fwi_ask_in_mac(pkt) != FWI_PERMIT))
		return FWI_END_TAKEN;
	if (unlikely(pkt->iface == NULL || pkt->version == 0))
		return not_ip(pkt);
	return fwi_packet_ip(pkt);
}
