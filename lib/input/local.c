/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: packets for us, fragments put together, up to the host's receive function. */
#include <netinet/in.h>

#include <rte_cycles.h>

#include "input/input.h"

void
fwi_deliver_flush(struct fwpdk_poller *p, struct fwi_input *in)
{
	uint16_t n = in->nlocal;

	if (n == 0)
		return;
	in->nlocal = 0;
	__atomic_store_n(&in->n.delivered, in->n.delivered + n, __ATOMIC_RELAXED);
	in->receive(in->arg, p, in->local_if, in->local, n);
}

static enum fwi_end
deliver(struct fwi_packet *pkt)
{
	struct fwi_input *in = pkt->in;

	if (pkt->iface->stack_port != FWI_NO_PORT)
		return fwi_packet_stage(pkt, pkt->iface->stack_port, &in->n.delivered);
	fwi_show_end(pkt, true);
	if (in->nlocal == RTE_DIM(in->local) || in->local_if != pkt->iface->if_index) {
		fwi_classify_leave(pkt->p->id); /* the receive function is no callout */
		fwi_deliver_flush(pkt->p, in);
		fwi_classify_enter(pkt->p->id);
	}
	in->local_if = pkt->iface->if_index;
	in->local[in->nlocal++] = pkt->m;
	return FWI_END_TAKEN;
}

#define DEAD_MOST (2 * (RTE_LIBRTE_IP_FRAG_MAX_FRAG + 1))

/* The datagram that this fragment completes, or NULL: the table has the fragment. */
static struct rte_mbuf *
reassemble(struct fwi_packet *pkt)
{
	struct fwi_input *in = pkt->in;
	struct rte_mbuf *m = pkt->m;

	/* A call may put there what it takes over and what it gives up, and does not look. */
	if (unlikely(in->dead.cnt > RTE_DIM(in->dead.row) - DEAD_MOST))
		rte_ip_frag_free_death_row(&in->dead, 0);
	m->l2_len = pkt->l2_len;
	m->l3_len = pkt->ip_len;
	if (pkt->version == 4)
		return rte_ipv4_frag_reassemble_packet(
			in->frags, &in->dead, m, rte_rdtsc(), (struct rte_ipv4_hdr *)pkt->ip);
	return rte_ipv6_frag_reassemble_packet(in->frags, &in->dead, m, rte_rdtsc(),
		(struct rte_ipv6_hdr *)pkt->ip, (struct rte_ipv6_fragment_ext *)pkt->frag6);
}

/*
 * F fragments are 2F + 1 indications (R71): each as a packet, which it has been, each as a
 * fragment, and the whole. False: over, or kept.
 */
static __rte_noinline bool
put_together(struct fwi_packet *pkt)
{
	struct fwpdk_input_stats *n = &pkt->in->n;

	if (fwi_ask_in_ip(pkt, FWP_CONDITION_FLAG_IS_FRAGMENT) != FWI_PERMIT)
		return false;
	/* rte_ip_frag knows the fragment header right behind the fixed one. */
	if (pkt->version == 6 && pkt->ip_len != 40 + sizeof(*pkt->frag6)) {
		fwi_packet_drop(pkt, &n->malformed, STATUS_INVALID_PARAMETER);
		return false;
	}
	fwi_show_end(pkt, true);
	fwi_input_count(&n->fragments);
	pkt->m = reassemble(pkt);
	if (pkt->m == NULL)
		return false;
	fwi_input_count(&n->reassembled);
	if (!fwi_parse_l2(pkt) || !fwi_parse_ip(pkt) || pkt->fragment) {
		fwi_packet_drop(pkt, &n->malformed, STATUS_INVALID_PARAMETER);
		return false;
	}
	return fwi_ask_in_ip(pkt, FWP_CONDITION_FLAG_IS_REASSEMBLED) == FWI_PERMIT;
}

enum fwi_end
fwi_packet_local(struct fwi_packet *pkt)
{
	if (unlikely(pkt->fragment) && !put_together(pkt))
		return FWI_END_TAKEN;
	if (fwi_ask_in_transport(pkt) != FWI_PERMIT)
		return FWI_END_TAKEN;
	if (pkt->proto != IPPROTO_TCP && fwi_ask_in_datagram(pkt) != FWI_PERMIT)
		return FWI_END_TAKEN;
	return deliver(pkt);
}

enum fwi_end
fwi_packet_from_stack(struct fwi_packet *pkt)
{
	if (likely(pkt->version != 0)) {
		if (unlikely(!fwi_parse_ip(pkt))) {
			fwi_packet_drop(pkt, &pkt->in->n.malformed, STATUS_INVALID_PARAMETER);
			return FWI_END_TAKEN;
		}
		if (fwi_ask_out_all(pkt, pkt->iface->if_index) != FWI_PERMIT)
			return FWI_END_TAKEN;
	}
	if (fwi_ask_out_mac(pkt, pkt->iface->if_index) != FWI_PERMIT)
		return FWI_END_TAKEN;
	return fwi_packet_stage(pkt, pkt->iface->port_id, &pkt->in->n.from_stack);
}
