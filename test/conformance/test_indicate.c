/* SPDX-License-Identifier: BSD-3-Clause */
/* R47, R52, R64..R74, R83, R86, R99, R121, R124: what layers see, and what their verdict does. */
#include <string.h>

#include "inside.h"
#include "wall.h"

#define MAC FWPS_LAYER_INBOUND_MAC_FRAME_ETHERNET

static int
up(void **state)
{
	int rc = inside_up(state);

	wall_up();
	return rc;
}

static int
down(void **state)
{
	while (wall_nclones > 0)
		FwpsFreeCloneNetBufferList0(wall_clones[--wall_nclones], 0);
	fx_poll_n(3);
	wall_down();
	return inside_down(state);
}

static void
add_all(wall_fn fn)
{
	static const UINT16 ids[] = {MAC, FWPS_LAYER_INBOUND_IPPACKET_V4,
		FWPS_LAYER_INBOUND_IPPACKET_V6, FWPS_LAYER_INBOUND_TRANSPORT_V4,
		FWPS_LAYER_INBOUND_TRANSPORT_V6, FWPS_LAYER_DATAGRAM_DATA_V4,
		FWPS_LAYER_DATAGRAM_DATA_V6, FWPS_LAYER_IPFORWARD_V4, FWPS_LAYER_IPFORWARD_V6,
		FWPS_LAYER_OUTBOUND_IPPACKET_V4, FWPS_LAYER_OUTBOUND_IPPACKET_V6};
	unsigned i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		wall_add(ids[i], fn, NULL);
}

static unsigned
seen(UINT16 layer)
{
	return wall_at(layer)->n;
}

/* A local UDP packet before all inbound layers, in their order, each with its window. */
static void
local_packet(struct pkt *p, bool six)
{
	struct wall *mac = wall_at(MAC);
	struct wall *ip = wall_at(
		six ? FWPS_LAYER_INBOUND_IPPACKET_V6 : FWPS_LAYER_INBOUND_IPPACKET_V4);
	struct wall *tr = wall_at(
		six ? FWPS_LAYER_INBOUND_TRANSPORT_V6 : FWPS_LAYER_INBOUND_TRANSPORT_V4);
	struct wall *dg = wall_at(six ? FWPS_LAYER_DATAGRAM_DATA_V6 : FWPS_LAYER_DATAGRAM_DATA_V4);
	uint32_t head = six ? 40 : 20;
	struct rte_mbuf *m;

	mac->n = 0;
	assert_false(inside_input(0, inside_packet(0, p)));
	m = inside_received();
	assert_non_null(m);
	assert_memory_equal(rte_pktmbuf_mtod_offset(m, void *, 14), p->ip, p->ip_len);
	assert_int_equal(mac->n, 1);
	assert_int_equal(mac->length, p->ip_len);
	assert_int_equal(mac->mac_header, 14);
	assert_memory_equal(mac->first, p->ip, 28);
	assert_memory_equal(mac->from_header, rte_pktmbuf_mtod(m, void *), 14);
	assert_int_equal(ip->n, 1);
	assert_int_equal(ip->ip_header, head);
	assert_int_equal(ip->length, p->ip_len - head);
	assert_memory_equal(ip->first, p->ip + head, 8);
	assert_memory_equal(ip->from_header, p->ip, head + 8);
	assert_int_equal(ip->if_index, fx.port[0].ifi);
	assert_true(ip->meta_fields & FWPS_METADATA_FIELD_COMPARTMENT_ID);
	assert_int_equal(ip->state, FWPS_PACKET_NOT_INJECTED);
	assert_int_equal(tr->n, 1);
	assert_int_equal(tr->transport_header, 8);
	assert_int_equal(tr->length, p->ip_len - head - 8);
	assert_memory_equal(tr->first, p->ip + head + 8, 16);
	assert_memory_equal(tr->from_header, p->ip, head + 8);
	assert_int_equal(dg->n, 1);
	assert_memory_equal(dg->from_header, p->ip, head + 8);
	assert_true(mac->order < ip->order && ip->order < tr->order && tr->order < dg->order);
	rte_pktmbuf_free(m);
}

static void
r047_windows_of_the_inbound_layers(void **state)
{
	(void)state;
	add_all(wall_permit);
	local_packet(PKT(.dst = INSIDE_LOCAL), false);
	local_packet(PKT(.version = 6, .dst = INSIDE_LOCAL6), true);
	assert_int_equal(seen(FWPS_LAYER_IPFORWARD_V4), 0);
	assert_int_equal(seen(FWPS_LAYER_OUTBOUND_IPPACKET_V4), 0);
}

static void
r047_windows_of_the_way_through(void **state)
{
	struct pkt *p = PKT(.dst = "10.9.0.5");
	struct wall *fw, *out;
	struct rte_mbuf *m;

	(void)state;
	add_all(wall_permit);
	fw = wall_at(FWPS_LAYER_IPFORWARD_V4);
	out = wall_at(FWPS_LAYER_OUTBOUND_IPPACKET_V4);
	assert_false(inside_input(0, inside_packet(0, p)));
	fx_poll_n(2);
	assert_int_equal(fx_ring_rx(1, &m, 1), 1);
	rte_pktmbuf_free(m);
	p->ip[8]--; /* lowered before the layer */
	pkt_ip_checksum(p);
	assert_int_equal(fw->n, 1);
	assert_int_equal(fw->length, p->ip_len);
	assert_memory_equal(fw->first, p->ip, 28);
	assert_int_equal(fw->if_index, fx.port[1].ifi);
	assert_int_equal(out->n, 1);
	assert_memory_equal(out->first, p->ip, 28);
	assert_int_equal(out->if_index, fx.port[1].ifi);
	assert_true(fw->order < out->order);
	assert_int_equal(seen(FWPS_LAYER_INBOUND_TRANSPORT_V4), 0);
}

static void
r124_a_block_or_absorb_at_each_layer_ends_the_packet(void **state)
{
	static const UINT16 local[] = {MAC, FWPS_LAYER_INBOUND_IPPACKET_V4,
		FWPS_LAYER_INBOUND_TRANSPORT_V4, FWPS_LAYER_DATAGRAM_DATA_V4};
	static const UINT16 through[] = {FWPS_LAYER_IPFORWARD_V4, FWPS_LAYER_OUTBOUND_IPPACKET_V4};
	struct wall *w;
	unsigned i;

	(void)state;
	for (i = 0; i < 6; i++) {
		w = wall_add(i < 4 ? local[i] : through[i - 4], wall_block, NULL);
		assert_false(inside_input(
			0, inside_packet(0, PKT(.dst = i < 4 ? INSIDE_LOCAL : "10.9.0.5"))));
		assert_int_equal(w->n, 1);
		assert_int_equal(inside_stats().blocked, i + 1);
		inside_all_back(); /* freed at once */
		w->fn = wall_absorb_clone;
		assert_false(inside_input(
			0, inside_packet(0, PKT(.dst = i < 4 ? INSIDE_LOCAL : "10.9.0.5"))));
		assert_int_equal(inside_stats().absorbed, i + 1);
		assert_int_equal(wall_nclones, 1);
		assert_int_equal(inside_out(), 1); /* the clone keeps it */
		FwpsFreeCloneNetBufferList0(wall_clones[--wall_nclones], 0);
		inside_all_back();
		wall_remove(w);
		assert_null(inside_received());
	}
}

static void
r099_a_clone_keeps_the_bytes_of_a_packet_that_goes_on(void **state)
{
	struct pkt *p = PKT(.dst = INSIDE_LOCAL);
	uint8_t bytes[256];
	struct rte_mbuf *m;
	unsigned i;

	(void)state;
	wall_add(FWPS_LAYER_INBOUND_IPPACKET_V4, wall_keep_clone, NULL);
	for (i = 0; i < 40; i++) {
		assert_false(inside_input(0, inside_packet(0, p)));
		m = inside_received();
		assert_non_null(m);
		assert_int_equal(rte_mbuf_refcnt_read(m), 2);
		rte_pktmbuf_free(m);
	}
	assert_int_equal(inside_out(), 40);
	for (i = 0; i < 40; i++) {
		memcpy(bytes,
			NdisGetDataBuffer(
				wall_clones[i]->FirstNetBuffer, p->ip_len - 20, NULL, 1, 0),
			p->ip_len - 20);
		assert_memory_equal(bytes, p->ip + 20, p->ip_len - 20);
		FwpsFreeCloneNetBufferList0(wall_clones[i], 0);
	}
	wall_nclones = 0;
	inside_all_back();
}

static NET_BUFFER_LIST *referred;

static void
refer(struct wall *w, const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m,
	NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out)
{
	(void)w, (void)v, (void)m;
	FwpsReferenceNetBufferList0(nbl, TRUE);
	referred = nbl;
	wall_absorb(out);
}

static void
r098_a_reference_keeps_an_absorbed_packet(void **state)
{
	struct pkt *p = PKT(.dst = INSIDE_LOCAL);
	NET_BUFFER_LIST *clone;

	(void)state;
	wall_add(FWPS_LAYER_INBOUND_IPPACKET_V4, refer, NULL);
	assert_false(inside_input(0, inside_packet(0, p)));
	assert_int_equal(inside_out(), 1);
	/* cloned out of band, the reference given back then (R99) */
	assert_status(FwpsAllocateCloneNetBufferList0(referred, NULL, NULL, 0, &clone), 0);
	FwpsDereferenceNetBufferList0(referred, FALSE);
	assert_int_equal(inside_out(), 1);
	assert_memory_equal(NdisGetDataBuffer(clone->FirstNetBuffer, 8, NULL, 1, 0), p->ip + 20, 8);
	FwpsFreeCloneNetBufferList0(clone, 0);
	inside_all_back();
}

/* Absorbed and injected again by the same handle: seen once more, as its own, and let through. */
static void
reinject(struct wall *w, const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m,
	NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out)
{
	struct pkt *c = w->arg;
	NET_BUFFER *nb = nbl->FirstNetBuffer;

	(void)v;
	if (w->state == FWPS_PACKET_INJECTED_BY_SELF) {
		out->actionType = FWP_ACTION_PERMIT;
		return;
	}
	assert_status(NdisRetreatNetBufferDataStart(nb, m->ipHeaderSize, 0, NULL), 0);
	assert_status(FwpsAllocateCloneNetBufferList0(nbl, NULL, NULL, 0, &c->nbl), 0);
	NdisAdvanceNetBufferDataStart(nb, m->ipHeaderSize, FALSE, NULL);
	assert_status(
		FwpsInjectNetworkReceiveAsync0(fx.h4, NULL, 0, (COMPARTMENT_ID)m->compartmentId,
			w->if_index, 0, c->nbl, pkt_completed, c),
		STATUS_SUCCESS);
	pkt_injected(c);
	wall_absorb(out);
}

static void
r086_absorbed_and_received_again(void **state)
{
	struct pkt *p = PKT(.dst = INSIDE_LOCAL), *c = PKT(0);
	NET_BUFFER_LIST *own = c->nbl;
	struct wall *w;
	struct rte_mbuf *m;

	(void)state;
	w = wall_add(FWPS_LAYER_INBOUND_IPPACKET_V4, reinject, c);
	assert_false(inside_input(0, inside_packet(0, p)));
	assert_int_equal(w->n, 1);
	assert_true(fx_poll_done(1));
	assert_int_equal(w->n, 2);
	assert_status(c->status, STATUS_SUCCESS);
	m = inside_received();
	assert_non_null(m);
	assert_memory_equal(rte_pktmbuf_mtod_offset(m, void *, 14), p->ip, p->ip_len);
	rte_pktmbuf_free(m);
	assert_int_equal(inside_out(), 1); /* until the client frees its clone */
	FwpsFreeCloneNetBufferList0(c->nbl, 0);
	c->nbl = own;
	inside_all_back();
}

static unsigned flows_ended;
static UINT64 flow_handle;

static void NTAPI
flow_ends(UINT16 layer, UINT32 callout, UINT64 context)
{
	assert_int_equal(layer, FWPS_LAYER_INBOUND_TRANSPORT_V4);
	assert_int_equal(context, 77);
	(void)callout;
	flows_ended++;
}

/* The first packet of the flow gets the context, on the callout's own thread as clients do. */
static void
associate(struct wall *w, const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m,
	NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out)
{
	(void)v, (void)nbl;
	assert_true(m->currentMetadataValues & FWPS_METADATA_FIELD_FLOW_HANDLE);
	if (w->n == 1) {
		flow_handle = m->flowHandle;
		assert_status(FwpsFlowAssociateContext0(m->flowHandle, w->layer, w->id, 77),
			STATUS_SUCCESS);
	}
	out->actionType = FWP_ACTION_PERMIT;
}

static void
receive_one(struct pkt *p)
{
	struct rte_mbuf *m;

	assert_false(inside_input(0, inside_packet(0, p)));
	m = inside_received();
	assert_non_null(m);
	rte_pktmbuf_free(m);
}

static void
r156_a_flow_brings_its_context(void **state)
{
	struct wall *w = wall_add_flows(FWPS_LAYER_INBOUND_TRANSPORT_V4, associate, flow_ends);
	struct pkt *p = PKT(.dst = INSIDE_LOCAL);

	(void)state;
	flows_ended = 0;
	receive_one(p);
	assert_int_equal(w->flow, 0);
	receive_one(p);
	assert_int_equal(w->flow, 77);
	p->ip[21] ^= 1; /* source port */
	receive_one(p);
	assert_int_equal(w->n, 3);
	assert_int_equal(w->flow, 0);
	assert_status(FwpsCalloutUnregisterById0(w->id), STATUS_DEVICE_BUSY);
	assert_status(FwpsFlowRemoveContext0(flow_handle, w->layer, w->id), STATUS_SUCCESS);
	assert_int_equal(flows_ended, 1);
}

/* Fragments of 16 bytes: F as packets, F as fragments, and the whole. */
static void
r071_fragments_are_2f_plus_1_indications(void **state)
{
	struct pkt *p = PKT(.dst = INSIDE_LOCAL, .payload = 30);
	struct wall *ip, *tr;
	struct rte_mbuf *m;
	uint8_t piece[36];
	unsigned at, flagged = 0;

	(void)state;
	ip = wall_add(FWPS_LAYER_INBOUND_IPPACKET_V4, NULL, NULL);
	tr = wall_add(FWPS_LAYER_INBOUND_TRANSPORT_V4, NULL, NULL);
	for (at = 0; at < 38; at += 16) {
		unsigned n = 38 - at < 16 ? 38 - at : 16;

		memcpy(piece, p->ip, 20);
		memcpy(piece + 20, p->ip + 20 + at, n);
		piece[2] = 0;
		piece[3] = (uint8_t)(20 + n);
		piece[6] = at + n < 38 ? 0x20 : 0;
		piece[7] = (uint8_t)(at / 8);
		assert_false(inside_input(0, inside_frame(0, piece, 20 + n)));
		if (at + n < 38) {
			assert_int_equal(ip->flags, FWP_CONDITION_FLAG_IS_FRAGMENT);
			assert_true(ip->meta_fields & FWPS_METADATA_FIELD_FRAGMENT_DATA);
			flagged++;
		}
	}
	assert_int_equal(flagged, 2);
	assert_int_equal(ip->n, 2 * 3 + 1);
	assert_int_equal(ip->flags, FWP_CONDITION_FLAG_IS_REASSEMBLED);
	assert_int_equal(ip->length, 38);
	assert_int_equal(tr->n, 1);
	m = inside_received();
	assert_non_null(m);
	rte_pktmbuf_free(m);
}

/* In segments of other lengths than the headers: windows and retreats cross MDLs (R53). */
static void
r053_a_packet_of_several_segments(void **state)
{
	struct pkt *p = PKT(.dst = INSIDE_LOCAL, .payload = 100);
	struct rte_mbuf *a = inside_packet(0, p), *b = inside_packet(0, p), *m;
	struct wall *tr;

	(void)state;
	add_all(wall_permit);
	tr = wall_at(FWPS_LAYER_INBOUND_TRANSPORT_V4);
	rte_pktmbuf_adj(b, 14 + 42);
	rte_pktmbuf_trim(a, (uint16_t)(a->pkt_len - 14 - 42));
	assert_int_equal(rte_pktmbuf_chain(a, b), 0);
	assert_false(inside_input(0, a));
	m = inside_received();
	assert_ptr_equal(m, a);
	assert_int_equal(tr->length, 100);
	assert_memory_equal(tr->first, p->ip + 28, 64);
	assert_memory_equal(tr->from_header, p->ip, 64);
	rte_pktmbuf_free(m);
}

static void
free_it(struct wall *w, const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m,
	NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out)
{
	(void)w, (void)v, (void)m;
	FwpsFreeNetBufferList0(nbl); /* not its own */
	assert_status(FwpsInjectNetworkReceiveAsync0(
			      fx.h4, NULL, 0, 0, fx.port[0].ifi, 0, nbl, pkt_completed, NULL),
		STATUS_INVALID_PARAMETER);
	NdisRetreatNetBufferDataStart(nbl->FirstNetBuffer, 200, 0, NULL); /* and leaves it so */
	out->actionType = FWP_ACTION_PERMIT;
}

static void
b_a_callout_that_frees_injects_and_retreats_what_it_is_shown(void **state)
{
	struct rte_mbuf *m;
	unsigned i;

	(void)state;
	if (FWPDK_NBL_DEBUG)
		return; /* such a build stops at the first of these frees, on purpose */
	wall_add(FWPS_LAYER_INBOUND_IPPACKET_V4, free_it, NULL);
	for (i = 0; i < 10; i++) {
		struct pkt *p = PKT(.dst = INSIDE_LOCAL);

		assert_false(inside_input(0, inside_packet(0, p)));
		m = inside_received();
		assert_non_null(m);
		assert_memory_equal(rte_pktmbuf_mtod_offset(m, void *, 14), p->ip, p->ip_len);
		rte_pktmbuf_free(m);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, down)
static const struct CMUnitTest tests[] = {
	T(r047_windows_of_the_inbound_layers),
	T(r047_windows_of_the_way_through),
	T(r124_a_block_or_absorb_at_each_layer_ends_the_packet),
	T(r099_a_clone_keeps_the_bytes_of_a_packet_that_goes_on),
	T(r098_a_reference_keeps_an_absorbed_packet),
	T(r086_absorbed_and_received_again),
	T(r156_a_flow_brings_its_context),
	T(r071_fragments_are_2f_plus_1_indications),
	T(r053_a_packet_of_several_segments),
	T(b_a_callout_that_frees_injects_and_retreats_what_it_is_shown),
};

FX_MAIN(tests)
