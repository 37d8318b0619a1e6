/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_ip.h>

#include "sites.h"

static void
fill(uint8_t *ip, unsigned version, unsigned len)
{
	struct rte_ipv4_hdr *v4 = (void *)ip;
	struct rte_ipv6_hdr *v6 = (void *)ip;

	memset(ip, 0, len);
	if (version == 4) {
		v4->version_ihl = 0x45;
		v4->total_length = rte_cpu_to_be_16((uint16_t)len);
		v4->time_to_live = 64;
		v4->next_proto_id = 17;
		v4->src_addr = rte_cpu_to_be_32(0x0a000002);
		v4->dst_addr = rte_cpu_to_be_32(0x0a010203);
		v4->hdr_checksum = rte_ipv4_cksum(v4);
	} else {
		v6->vtc_flow = rte_cpu_to_be_32(0x60000000);
		v6->payload_len = rte_cpu_to_be_16((uint16_t)(len - sizeof(*v6)));
		v6->proto = 17;
		v6->hop_limits = 64;
		v6->src_addr[0] = v6->dst_addr[0] = 0xfd;
		v6->dst_addr[15] = 3;
	}
}

void
packet_make(struct packet *p, unsigned version, unsigned len, unsigned mdls, unsigned lead)
{
	unsigned i, at = 0, n;

	memset(p, 0, sizeof(*p));
	p->n_mdl = mdls;
	GET(p->data, ExAllocatePool2(POOL_FLAG_NON_PAGED, lead + len, 'etiS'));
	fill(p->data + lead, version, len);
	for (i = 0; i < mdls; i++, at += n) {
		n = i + 1 == mdls ? lead + len - at : (lead + len) / mdls;
		GET(p->mdl[i], IoAllocateMdl(p->data + at, n, FALSE, FALSE, NULL));
		MmBuildMdlForNonPagedPool(p->mdl[i]);
		if (i > 0)
			p->mdl[i - 1]->Next = p->mdl[i];
	}
	OP(FwpsAllocateNetBufferAndNetBufferList0(w.pool, 0, 0, p->mdl[0], lead, len, &p->nbl),
		NO_RESOURCES);
}

void
packet_add_nb(struct packet *p)
{
	NET_BUFFER *nb = p->nbl->FirstNetBuffer;

	GET(nb->Next, NdisAllocateNetBuffer(w.nb_pool, p->mdl[0], nb->DataOffset, nb->DataLength));
}

void
packet_free(struct packet *p)
{
	NET_BUFFER *nb = p->nbl->FirstNetBuffer->Next;
	unsigned i;

	if (nb != NULL)
		NdisFreeNetBuffer(nb);
	p->nbl->FirstNetBuffer->Next = NULL;
	FwpsFreeNetBufferList0(p->nbl);
	for (i = 0; i < p->n_mdl; i++)
		IoFreeMdl(p->mdl[i]);
	ExFreePoolWithTag(p->data, 'etiS');
}

static VOID NTAPI
completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	struct packet *p = context;

	(void)dispatch;
	while (p->nbl != nbl) /* a chain has one context: its first packet */
		p++;
	p->status = nbl->Status;
	__atomic_fetch_add(&p->done, 1, __ATOMIC_RELEASE);
}

void
packets_inject(struct packet *p, unsigned n)
{
	NET_BUFFER *nb = p->nbl->FirstNetBuffer;
	uint8_t *first = MmGetSystemAddressForMdlSafe(nb->CurrentMdl, NormalPagePriority);
	HANDLE h = first[nb->CurrentMdlOffset] >> 4 == 4 ? w.h4 : w.h6;
	unsigned i;

	for (i = 0; i < n; i++)
		p[i].nbl->Next = i + 1 < n ? p[i + 1].nbl : NULL;
	OP(FwpsInjectNetworkSendAsync0(
		   h, NULL, 0, UNSPECIFIED_COMPARTMENT_ID, p->nbl, completed, p),
		NO_RESOURCES);
	for (i = 0; i < n; i++)
		p[i].accepted++;
}

static void
serve(void)
{
	struct rte_mbuf *m[32];
	unsigned n, i;

	fwpdk_poll(w.poller);
	if (strncmp(w.dev, "net_ring", 8) != 0)
		return;
	n = rte_eth_rx_burst(w.port, 0, m, RTE_DIM(m));
	for (i = 0; i < n; i++)
		rte_pktmbuf_free(m[i]);
}

void
packets_finish(struct packet *p, unsigned n)
{
	uint64_t end = rte_get_tsc_cycles() + 5 * rte_get_tsc_hz();
	unsigned i;

	for (i = 0; i < n;) {
		if (__atomic_load_n(&p[i].done, __ATOMIC_ACQUIRE) >= p[i].accepted) {
			i++;
			continue;
		}
		serve();
		if (rte_get_tsc_cycles() > end)
			sites_wrong("packet %u of %u is not completed", i, n);
	}
	for (i = 0; i < 8; i++) /* a second completion of one would come here */
		serve();
	for (i = 0; i < n; i++) {
		CHECK(p[i].done == p[i].accepted);
		CHECK(p[i].nbl->Next == NULL);
		if (p[i].status != STATUS_SUCCESS)
			sites_excuse("status of a completion", p[i].status, 0,
				(const long[]){NO_RESOURCES, 0});
	}
}
