/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * R47, R83, R86, R99: bursts of plain frames before one callout without conditions, which take a
 * way of their own; in between frames that do not.
 */
#include <string.h>

#include "inside.h"
#include "wall.h"

#define N 12u

static struct {
	unsigned n;
	struct {
		UINT32 local, remote, if_index, flags, length;
		UINT8 type;
		bool clean;
		uint8_t first[8];
	} at[2 * N];
} log_of;

static int
up(void **state)
{
	int rc = inside_up_no_receiver(state);

	wall_up();
	memset(&log_of, 0, sizeof(log_of));
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

static bool
is_clean(const NET_BUFFER_LIST *nbl)
{
	unsigned i;

	for (i = 0; i < MaxNetBufferListInfo; i++)
		if (i != TcpIpChecksumNetBufferListInfo && nbl->NetBufferListInfo[i] != NULL)
			return false;
	return nbl->Next == NULL && nbl->NblFlags == 0 && nbl->ChildRefCount == 0 &&
	       nbl->FirstNetBuffer->Next == NULL && nbl->ParentNetBufferList == NULL;
}

/* Notes everything, and leaves a mess in what may be written. */
static void
note(struct wall *w, const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m,
	NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out)
{
	const FWPS_INCOMING_VALUE0 *in = v->incomingValue;
	NET_BUFFER *nb = nbl->FirstNetBuffer;
	unsigned i = log_of.n++;

	(void)w;
	assert_true(i < 2 * N);
	assert_int_equal(v->layerId, FWPS_LAYER_INBOUND_IPPACKET_V4);
	assert_int_equal(v->valueCount, FWPS_FIELD_INBOUND_IPPACKET_V4_MAX);
	log_of.at[i].local = in[FWPS_FIELD_INBOUND_IPPACKET_V4_IP_LOCAL_ADDRESS].value.uint32;
	log_of.at[i].remote = in[FWPS_FIELD_INBOUND_IPPACKET_V4_IP_REMOTE_ADDRESS].value.uint32;
	log_of.at[i].type = in[FWPS_FIELD_INBOUND_IPPACKET_V4_IP_LOCAL_ADDRESS_TYPE].value.uint8;
	log_of.at[i].if_index = in[FWPS_FIELD_INBOUND_IPPACKET_V4_INTERFACE_INDEX].value.uint32;
	log_of.at[i].flags = in[FWPS_FIELD_INBOUND_IPPACKET_V4_FLAGS].value.uint32;
	log_of.at[i].length = nb->DataLength;
	log_of.at[i].clean = is_clean(nbl);
	memcpy(log_of.at[i].first, NdisGetDataBuffer(nb, 8, NULL, 1, 0), 8);
	assert_int_equal(m->compartmentId, 1);
	NdisRetreatNetBufferDataStart(nb, m->ipHeaderSize, 0, NULL);
	if (i % 3 == 0) /* further than there is room: an MDL more */
		NdisRetreatNetBufferDataStart(nb, 100, 0, NULL);
	nbl->NetBufferListInfo[Ieee8021QNetBufferListInfo] = (void *)(uintptr_t)0x10;
	nbl->NetBufferListInfo[MaxNetBufferListInfo - 1] = nbl;
	nbl->NblFlags = NDIS_NBL_FLAGS_SEND_READ_ONLY;
	out->actionType = FWP_ACTION_PERMIT;
}

static uint32_t
address(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Port 1 forwards nothing: all go on, in order, each shown as what it is. */
static void
r047_each_of_a_burst_is_shown_as_what_it_is(void **state)
{
	static const char *const to[] = {
		"10.9.0.1", "10.9.0.1", "224.0.0.9", "10.9.0.2", INSIDE_LOCAL, "255.255.255.255"};
	struct rte_mbuf *m[N], *was[N];
	struct pkt *p[N];
	unsigned i, round;

	(void)state;
	wall_add(FWPS_LAYER_INBOUND_IPPACKET_V4, note, NULL);
	for (round = 0; round < 2; round++) {
		log_of.n = 0;
		for (i = 0; i < N; i++) {
			p[i] = PKT(.dst = to[i % 6], .payload = 40 + i);
			if (i == 7) { /* not whole: general way */
				p[i]->ip[6] = 0x20;
				pkt_ip_checksum(p[i]);
			}
			m[i] = was[i] = inside_packet(1, p[i]);
		}
		assert_int_equal(fwpdk_input(fx.poller, fx.port[1].id, m, N), N);
		assert_int_equal(log_of.n, N);
		for (i = 0; i < N; i++) {
			assert_ptr_equal(m[i], was[i]);
			assert_int_equal(log_of.at[i].local, address(p[i]->ip + 16));
			assert_int_equal(log_of.at[i].remote, address(p[i]->ip + 12));
			assert_int_equal(log_of.at[i].type, i % 6 == 2 ? 3 : i % 6 == 5 ? 4 : 1);
			assert_int_equal(log_of.at[i].if_index, fx.port[1].ifi);
			assert_int_equal(log_of.at[i].flags, 0);
			assert_int_equal(log_of.at[i].length, p[i]->ip_len - 20);
			assert_true(log_of.at[i].clean);
			assert_memory_equal(log_of.at[i].first, p[i]->ip + 20, 8);
			assert_int_equal(rte_mbuf_refcnt_read(m[i]), 1);
			rte_pktmbuf_free(m[i]);
		}
	}
}

/* A tag that the NIC has taken off: no interface of that VLAN, so it is the untagged one's (R47).
 */
static void
r047_a_stripped_tag_between_plain_frames(void **state)
{
	struct fwpdk_if_opts o = {
		.size = sizeof(o), .port_id = fx.port[1].id, .vlan_id = 7, .mac = {{0}}};
	struct rte_mbuf *m[3];
	uint32_t vlan_if;
	unsigned i;

	(void)state;
	assert_int_equal(fwpdk_if_add(&o, &vlan_if), 0);
	wall_add(FWPS_LAYER_INBOUND_IPPACKET_V4, note, NULL);
	for (i = 0; i < 3; i++)
		m[i] = inside_packet(1, PKT(.dst = "10.9.0.1"));
	m[1]->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	m[1]->vlan_tci = 7;
	assert_int_equal(fwpdk_input(fx.poller, fx.port[1].id, m, 3), 3);
	assert_int_equal(log_of.n, 3);
	assert_int_equal(log_of.at[0].if_index, fx.port[1].ifi);
	assert_int_equal(log_of.at[1].if_index, vlan_if);
	assert_int_equal(log_of.at[2].if_index, fx.port[1].ifi);
	for (i = 0; i < 3; i++)
		rte_pktmbuf_free(m[i]);
	assert_int_equal(fwpdk_if_del(vlan_if), 0);
}

/* ---- absorbed, and a clone sent from inside classify */

static struct {
	unsigned sent, completed;
	bool keep;
} again;

static void NTAPI
clone_completed(void *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	(void)context;
	(void)dispatch;
	again.completed++;
	if (again.keep)
		wall_clones[wall_nclones++] = nbl;
	else
		FwpsFreeCloneNetBufferList0(nbl, 0);
}

static void
send_clone(struct wall *w, const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m,
	NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out)
{
	NET_BUFFER *nb = nbl->FirstNetBuffer;
	NET_BUFFER_LIST *clone;

	(void)w;
	(void)v;
	assert_status(NdisRetreatNetBufferDataStart(nb, m->ipHeaderSize, 0, NULL), 0);
	assert_status(FwpsAllocateCloneNetBufferList0(nbl, NULL, NULL, 0, &clone), 0);
	NdisAdvanceNetBufferDataStart(nb, m->ipHeaderSize, FALSE, NULL);
	assert_int_equal(nbl->ChildRefCount, 1);
	assert_status(FwpsInjectNetworkSendAsync0(fx.h4, NULL, 0, (COMPARTMENT_ID)m->compartmentId,
			      clone, clone_completed, NULL),
		STATUS_SUCCESS);
	again.sent++;
	wall_absorb(out);
}

/* What comes out of port 1 are the packets; it is given back. */
static void
come_out(struct pkt *const *p, unsigned n)
{
	struct rte_mbuf *m[N];
	uint8_t bytes[256];
	unsigned i, got;

	for (i = 0; i < n; i += got) {
		fx_poll_n(1);
		got = fx_ring_rx(1, m, N);
		assert_int_not_equal(got, 0);
		for (unsigned k = 0; k < got; k++) {
			assert_int_equal(m[k]->pkt_len, p[i + k]->ip_len + 14);
			assert_memory_equal(rte_pktmbuf_read(m[k], 14, p[i + k]->ip_len, bytes),
				p[i + k]->ip, p[i + k]->ip_len);
			rte_pktmbuf_free(m[k]);
		}
	}
}

static void
check_all_completed(void)
{
	struct fwpdk_stats s = {.size = sizeof(s)};

	assert_int_equal(fwpdk_stats(&s), 0);
	assert_int_equal(s.injected, s.completed);
	assert_int_equal(s.failed, 0);
	inside_all_back();
}

static void
absorb_burst(struct pkt **p, unsigned n)
{
	struct rte_mbuf *m[N];
	unsigned i;

	memset(&again, 0, sizeof(again));
	for (i = 0; i < n; i++) {
		p[i] = PKT(.dst = "10.9.0.5", .payload = 40 + i);
		m[i] = inside_packet(0, p[i]);
	}
	assert_int_equal(fwpdk_input(fx.poller, fx.port[0].id, m, (uint16_t)n), 0);
	assert_int_equal(again.sent, n);
	assert_int_equal(inside_out(), n);
}

static void
r086_clones_sent_from_inside_free_their_packets(void **state)
{
	struct pkt *p[N];
	unsigned round;

	(void)state;
	wall_add(FWPS_LAYER_INBOUND_IPPACKET_V4, send_clone, NULL);
	for (round = 0; round < 3; round++) {
		absorb_burst(p, N);
		come_out(p, N);
		fx_poll_n(2);
		assert_int_equal(again.completed, N);
		assert_int_equal(inside_stats().absorbed, (round + 1) * N);
		check_all_completed();
	}
}

/* The completion keeps the clone: the packet stays with it, and goes with it at once. */
static void
r099_a_sent_clone_kept_keeps_the_packet(void **state)
{
	struct pkt *p[N];
	unsigned i;

	(void)state;
	wall_add(FWPS_LAYER_INBOUND_IPPACKET_V4, send_clone, NULL);
	absorb_burst(p, 4);
	again.keep = true;
	come_out(p, 4);
	fx_poll_n(2);
	assert_int_equal(again.completed, 4);
	assert_int_equal(inside_out(), 4);
	for (i = 0; i < 4; i++)
		assert_memory_equal(
			NdisGetDataBuffer(wall_clones[i]->FirstNetBuffer, 28, NULL, 1, 0), p[i]->ip,
			28);
	for (i = 4; i > 0; i--) {
		FwpsFreeCloneNetBufferList0(wall_clones[--wall_nclones], 0);
		assert_int_equal(inside_out(), i - 1);
	}
}

/* More than are kept for the poll, without one in between. */
static void
r086_many_absorbed_before_a_poll(void **state)
{
	struct pkt *p[6][N];
	unsigned i, sent = 0;

	(void)state;
	wall_add(FWPS_LAYER_INBOUND_IPPACKET_V4, send_clone, NULL);
	for (i = 0; i < 6; i++) {
		struct rte_mbuf *m[N];

		memset(&again, 0, sizeof(again));
		for (unsigned k = 0; k < N; k++) {
			p[i][k] = PKT(.dst = "10.9.0.5", .payload = 60 + k);
			m[k] = inside_packet(0, p[i][k]);
		}
		assert_int_equal(fwpdk_input(fx.poller, fx.port[0].id, m, N), 0);
		sent += again.sent;
	}
	assert_int_equal(sent, 6 * N);
	again.completed = 0;
	for (i = 0; i < 6; i++)
		come_out(p[i], N);
	fx_poll_n(3);
	assert_int_equal(again.completed, 6 * N);
	check_all_completed();
}

/* ---- a callout that sends to ourselves */

static unsigned inside_calls, deepest;

static void
send_home(struct wall *w, const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m,
	NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out)
{
	struct pkt *p = w->arg;
	uint8_t before[8];

	(void)v;
	(void)m;
	out->actionType = FWP_ACTION_PERMIT;
	deepest = RTE_MAX(deepest, ++inside_calls);
	if (p != NULL) {
		w->arg = NULL;
		memcpy(before, NdisGetDataBuffer(nbl->FirstNetBuffer, 8, NULL, 1, 0), 8);
		assert_status(pkt_inject(p), STATUS_SUCCESS);
		assert_memory_equal(
			NdisGetDataBuffer(nbl->FirstNetBuffer, 8, NULL, 1, 0), before, 8);
	}
	inside_calls--;
}

/* It comes in after the callout has returned: none is called inside an inject call. */
static void
r083_a_send_to_ourselves_from_inside_comes_later(void **state)
{
	struct pkt *p = PKT(.dst = INSIDE_LOCAL, .payload = 99), *first = PKT(.dst = "10.9.0.1");
	struct rte_mbuf *m = inside_packet(1, first);
	struct wall *w;

	(void)state;
	inside_calls = deepest = 0;
	w = wall_add(FWPS_LAYER_INBOUND_IPPACKET_V4, send_home, p);
	assert_int_equal(fwpdk_input(fx.poller, fx.port[1].id, &m, 1), 1);
	rte_pktmbuf_free(m);
	assert_true(fx_poll_done(1));
	assert_int_equal(w->n, 2);
	assert_int_equal(deepest, 1);
	assert_int_equal(p->done, 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, down)

static const struct CMUnitTest tests[] = {
	T(r047_each_of_a_burst_is_shown_as_what_it_is),
	T(r047_a_stripped_tag_between_plain_frames),
	T(r086_clones_sent_from_inside_free_their_packets),
	T(r099_a_sent_clone_kept_keeps_the_packet),
	T(r086_many_absorbed_before_a_poll),
	T(r083_a_send_to_ourselves_from_inside_comes_later),
};

FX_MAIN(tests)
