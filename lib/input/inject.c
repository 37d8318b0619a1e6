/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: receive injections, and sends to ourselves. The packet is copied into mbufs and goes
 * the way of one that was read from the port; what becomes of it there is the status of the NBL.
 */
#include "input/input.h"
#include "map/ip.h"

static struct rte_mbuf *
copy(struct rte_mempool *pool, const NET_BUFFER *nb, uint32_t total)
{
	struct rte_mbuf *head = rte_pktmbuf_alloc(pool), *m = head;
	uint32_t done = 0, n;

	if (unlikely(head == NULL))
		return NULL;
	m->data_len = RTE_ETHER_HDR_LEN;
	for (;;) {
		n = RTE_MIN((uint32_t)rte_pktmbuf_tailroom(m), total - done);
		n = fwi_nb_read(nb, done, rte_pktmbuf_mtod_offset(m, void *, m->data_len), n);
		m->data_len = (uint16_t)(m->data_len + n);
		done += n;
		if (done == total)
			break;
		m->next = n != 0 ? rte_pktmbuf_alloc(pool) : NULL; /* 0: the chain shrank */
		if (m->next == NULL) {
			rte_pktmbuf_free(head);
			return NULL;
		}
		m = m->next;
		head->nb_segs++;
	}
	head->pkt_len = total + RTE_ETHER_HDR_LEN;
	return head;
}

static void
header_set(struct rte_mbuf *m, const struct fwi_in_if *iface, uint8_t version)
{
	struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);

	eth->dst_addr = iface->mac;
	eth->src_addr = (struct rte_ether_addr){{0x02}}; /* nobody's */
	eth->ether_type = rte_cpu_to_be_16(
		version == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	m->port = iface->port_id;
}

int32_t
fwi_take_copy(struct fwpdk_poller *p, const NET_BUFFER_LIST *nbl, const NET_BUFFER *nb,
	uint32_t if_index, bool loopback)
{
	const struct fwi_nbl *l = (const void *)nbl;
	struct fwi_input *in = p->input;
	struct fwi_burst burst = {.mac = FWI_NO_MAC};
	struct fwi_packet pkt;
	struct fwi_ip ip;

	if (unlikely(in == NULL || !fwi_ip_parse(nb, &ip)))
		return STATUS_INVALID_PARAMETER;
	pkt.iface = fwi_stack_in_if_index(if_index);
	if (unlikely(pkt.iface == NULL)) /* gone meanwhile */
		return loopback ? STATUS_HOST_UNREACHABLE : STATUS_INVALID_PARAMETER;
	if (unlikely(l->hops >= FWI_HOPS_MAX)) {
		fwi_input_count(&in->n.hops_ended);
		return STATUS_HOPLIMIT_EXCEEDED;
	}
	pkt.m = copy(in->pool, nb, ip.total);
	if (unlikely(pkt.m == NULL)) {
		fwi_input_count(&in->n.no_memory);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	header_set(pkt.m, pkt.iface, ip.version);
	pkt.p = p;
	pkt.in = in;
	pkt.burst = &burst;
	pkt.injected = nbl;
	pkt.hops = l->hops + 1;
	pkt.loopback = loopback;
	pkt.nbl = NULL;
	pkt.status = 0;
	fwi_parse_l2(&pkt);
	fwi_input_count(loopback ? &in->n.looped : &in->n.injected);
	fwi_classify_enter(p->id);
	fwi_packet_ip(&pkt);
	fwi_classify_leave(p->id);
	return pkt.status;
}

int32_t
fwi_take_receive(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	return fwi_take_copy(p, nbl, nbl->FirstNetBuffer, FWI_NBL(nbl)->if_index, false);
}
