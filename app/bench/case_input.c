/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Received packets: what it costs to show them to a callout, to send them on, to absorb and inject
 * them. Each packet is made as txonly_like makes it, which stands for the driver's receive; so
 * what is beyond txonly_like is the library's.
 */
#include <string.h>

#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_udp.h>

#define INITGUID
#include <fwpmk.h>

#include "cases.h"

#define FRAME_LEN 60u

static uint8_t frame[RTE_ETHER_HDR_LEN + sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_udp_hdr)];

/* To the interface's MAC, for an address behind the gateway. */
static void
frame_fill(const struct target *target)
{
	struct rte_ether_hdr *eth = (void *)frame;
	struct rte_ipv4_hdr *ip = (void *)(eth + 1);
	struct rte_udp_hdr *udp = (void *)(ip + 1);

	memset(frame, 0, sizeof(frame));
	rte_eth_macaddr_get(target->id, &eth->dst_addr);
	eth->src_addr.addr_bytes[0] = 0x02;
	eth->ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	ip->version_ihl = RTE_IPV4_VHL_DEF;
	ip->total_length = rte_cpu_to_be_16(FRAME_LEN - RTE_ETHER_HDR_LEN);
	ip->time_to_live = 64;
	ip->next_proto_id = IPPROTO_UDP;
	ip->src_addr = rte_cpu_to_be_32(RTE_IPV4(198u, 51, 100, 1));
	ip->dst_addr = rte_cpu_to_be_32(tables_dest(target, 0));
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	udp->src_port = udp->dst_port = rte_cpu_to_be_16(9);
	udp->dgram_len = rte_cpu_to_be_16(FRAME_LEN - RTE_ETHER_HDR_LEN - sizeof(*ip));
}

static inline void
received(struct rte_mbuf *m)
{
	rte_pktmbuf_reset_headroom(m);
	m->data_len = FRAME_LEN;
	m->ol_flags &= RTE_MBUF_F_EXTERNAL;
	m->vlan_tci = 0;
	m->vlan_tci_outer = 0;
	rte_memcpy(rte_pktmbuf_mtod(m, char *), frame, sizeof(frame));
	m->nb_segs = 1;
	m->pkt_len = FRAME_LEN;
	m->next = NULL;
}

static inline int
receive(struct run *run, struct rte_mbuf **mbufs)
{
	if (unlikely(rte_mempool_get_bulk(run->env->tx_pool, (void **)mbufs, BURST) != 0))
		return run_failed(run, "the pool is empty");
	for (unsigned i = 0; i < BURST; i++)
		received(mbufs[i]);
	return 0;
}

/* Everything goes on, and the host sends it. */
int
measured_permit(struct run *run, uint64_t packets)
{
	uint16_t port = run->target->id, queue = run->target->raw_queue;
	struct rte_mbuf *mbufs[BURST];

	for (; packets > 0; packets -= BURST) {
		if (receive(run, mbufs) != 0)
			return -1;
		if (fwpdk_input(run->target->poller, port, mbufs, BURST) != BURST ||
			rte_eth_tx_burst(port, queue, mbufs, BURST) != BURST)
			return run_failed(run, "a packet did not go on");
	}
	return 0;
}

/* Nothing comes back: sent on by the library, or absorbed. */
int
measured_taken(struct run *run, uint64_t packets)
{
	struct fwpdk_poller *poller = run->target->poller;
	struct rte_mbuf *mbufs[BURST];

	for (; packets > 0; packets -= BURST) {
		if (receive(run, mbufs) != 0)
			return -1;
		if (fwpdk_input(poller, run->target->id, mbufs, BURST) != 0)
			return run_failed(run, "a packet was not taken");
		fwpdk_poll(poller);
	}
	return 0;
}

/* ---- the callout, as a driver would write it */

static const GUID sublayer_key = {0xbe7c4, 1, 2, {0}};
static const GUID callout_key = {0xbe7c4, 1, 3, {0}};
static struct {
	HANDLE engine, injection;
	UINT32 id;
	UINT64 filter;
} wall;

static VOID NTAPI
permit_classify(const FWPS_INCOMING_VALUES0 *values, const FWPS_INCOMING_METADATA_VALUES0 *meta,
	VOID *layerData, const VOID *classifyContext, const FWPS_FILTER1 *filter, UINT64 flow,
	FWPS_CLASSIFY_OUT0 *out)
{
	UNREFERENCED_PARAMETER(values);
	UNREFERENCED_PARAMETER(meta);
	UNREFERENCED_PARAMETER(layerData);
	UNREFERENCED_PARAMETER(classifyContext);
	UNREFERENCED_PARAMETER(filter);
	UNREFERENCED_PARAMETER(flow);
	out->actionType = FWP_ACTION_PERMIT;
}

static VOID NTAPI
clone_sent(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatchLevel)
{
	UNREFERENCED_PARAMETER(context);
	UNREFERENCED_PARAMETER(dispatchLevel);
	FwpsFreeCloneNetBufferList0(nbl, 0);
}

static VOID NTAPI
reinject_classify(const FWPS_INCOMING_VALUES0 *values, const FWPS_INCOMING_METADATA_VALUES0 *meta,
	VOID *layerData, const VOID *classifyContext, const FWPS_FILTER1 *filter, UINT64 flow,
	FWPS_CLASSIFY_OUT0 *out)
{
	NET_BUFFER *nb = NET_BUFFER_LIST_FIRST_NB((NET_BUFFER_LIST *)layerData);
	NET_BUFFER_LIST *clone = NULL;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(values);
	UNREFERENCED_PARAMETER(classifyContext);
	UNREFERENCED_PARAMETER(filter);
	UNREFERENCED_PARAMETER(flow);
	out->actionType = FWP_ACTION_BLOCK;
	out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
	NdisRetreatNetBufferDataStart(nb, meta->ipHeaderSize, 0, NULL);
	status = FwpsAllocateCloneNetBufferList0(layerData, NULL, NULL, 0, &clone);
	NdisAdvanceNetBufferDataStart(nb, meta->ipHeaderSize, FALSE, NULL);
	if (!NT_SUCCESS(status))
		return;
	status = FwpsInjectNetworkSendAsync0(wall.injection, NULL, 0,
		(COMPARTMENT_ID)meta->compartmentId, clone, clone_sent, NULL);
	if (!NT_SUCCESS(status)) {
		FwpsFreeCloneNetBufferList0(clone, 0);
		return;
	}
	out->flags |= FWPS_CLASSIFY_OUT_FLAG_ABSORB;
}

static NTSTATUS NTAPI
notify(FWPS_CALLOUT_NOTIFY_TYPE type, const GUID *key, FWPS_FILTER1 *filter)
{
	UNREFERENCED_PARAMETER(type);
	UNREFERENCED_PARAMETER(key);
	UNREFERENCED_PARAMETER(filter);
	return STATUS_SUCCESS;
}

static wchar_t name[] = L"fwpdk-bench";

static NTSTATUS
wall_up(HANDLE injection, FWPS_CALLOUT_CLASSIFY_FN1 classify)
{
	FWPM_SUBLAYER0 sublayer = {.subLayerKey = sublayer_key, .displayData = {name, NULL}};
	FWPM_CALLOUT0 callout = {.calloutKey = callout_key,
		.displayData = {name, NULL},
		.applicableLayer = FWPM_LAYER_INBOUND_IPPACKET_V4};
	FWPS_CALLOUT1 functions = {
		.calloutKey = callout_key, .classifyFn = classify, .notifyFn = notify};
	FWPM_FILTER0 filter = {.displayData = {name, NULL},
		.layerKey = FWPM_LAYER_INBOUND_IPPACKET_V4,
		.subLayerKey = sublayer_key,
		.action = {.type = FWP_ACTION_CALLOUT_TERMINATING, .calloutKey = callout_key}};
	NTSTATUS status = FwpmEngineOpen0(NULL, RPC_C_AUTHN_DEFAULT, NULL, NULL, &wall.engine);

	wall.injection = injection;
	if (NT_SUCCESS(status))
		status = FwpmSubLayerAdd0(wall.engine, &sublayer, NULL);
	if (NT_SUCCESS(status))
		status = FwpsCalloutRegister1(NULL, &functions, &wall.id);
	if (NT_SUCCESS(status))
		status = FwpmCalloutAdd0(wall.engine, &callout, NULL, NULL);
	if (NT_SUCCESS(status))
		status = FwpmFilterAdd0(wall.engine, &filter, NULL, &wall.filter);
	return status;
}

static void
wall_down(void)
{
	FwpmFilterDeleteById0(wall.engine, wall.filter);
	FwpmCalloutDeleteByKey0(wall.engine, &callout_key);
	FwpsCalloutUnregisterById0(wall.id);
	FwpmSubLayerDeleteByKey0(wall.engine, &sublayer_key);
	FwpmEngineClose0(wall.engine);
}

int
input_run(struct run *run, struct sample *sample)
{
	static FWPS_CALLOUT_CLASSIFY_FN1 const functions[] = {
		[INPUT_PERMIT] = permit_classify, [INPUT_REINJECT] = reinject_classify};
	FWPS_CALLOUT_CLASSIFY_FN1 classify = run->c->param < RTE_DIM(functions)
						     ? functions[run->c->param]
						     : NULL;
	int rc;

	frame_fill(run->target);
	if (fwpdk_if_set_forwarding(run->target->if_index, run->c->param == INPUT_FORWARD) != 0 ||
		(classify != NULL && !NT_SUCCESS(wall_up(run->handle, classify))))
		return run_failed(run, "callout or interface cannot be set up");
	rc = run_measure(run, run->env->args.packets, sample);
	if (classify != NULL)
		wall_down();
	fwpdk_if_set_forwarding(run->target->if_index, 0);
	return rc;
}
