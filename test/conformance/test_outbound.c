/* SPDX-License-Identifier: BSD-3-Clause */
/* R47, R65, R74, R84, R86, R124: sends before the outbound layers, and completions that wait. */
#include <string.h>

#include "wall.h"

static int
up(void **state)
{
	struct fwpdk_addr a;
	int rc = fx_up_ring(state);

	assert_int_equal(fwpdk_addr_parse("10.1.2.2", &a), 0); /* the source of test packets */
	assert_int_equal(fwpdk_addr_add(fx.port[0].ifi, &a, 32), 0);
	assert_int_equal(fwpdk_addr_parse("fd01::2", &a), 0);
	assert_int_equal(fwpdk_addr_add(fx.port[0].ifi, &a, 128), 0);
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
	return fx_down(state);
}

static void
comes_out(struct pkt *p)
{
	struct rte_mbuf *m;

	fx_poll_n(3);
	assert_int_equal(fx_ring_rx(0, &m, 1), 1);
	fx_check_frame(m, 0, p);
	rte_pktmbuf_free(m);
}

static void
nothing_comes_out(void)
{
	struct rte_mbuf *m;

	fx_poll_n(3);
	assert_int_equal(fx_ring_rx(0, &m, 1), 0);
}

static void
ends(struct pkt *p, NTSTATUS status)
{
	fx_poll_n(3);
	assert_int_equal(p->done, 1);
	assert_status(p->status, status);
	pkt_check_restored(p);
	fx_check_conserved();
}

static void
all_layers(struct pkt *p, bool six)
{
	struct wall *w[4];
	uint32_t head = six ? 40 : 20;
	unsigned i;

	w[0] = wall_add(
		six ? FWPS_LAYER_DATAGRAM_DATA_V6 : FWPS_LAYER_DATAGRAM_DATA_V4, wall_permit, NULL);
	w[1] = wall_add(six ? FWPS_LAYER_OUTBOUND_TRANSPORT_V6 : FWPS_LAYER_OUTBOUND_TRANSPORT_V4,
		wall_permit, NULL);
	w[2] = wall_add(six ? FWPS_LAYER_OUTBOUND_IPPACKET_V6 : FWPS_LAYER_OUTBOUND_IPPACKET_V4,
		wall_permit, NULL);
	w[3] = wall_add(FWPS_LAYER_OUTBOUND_MAC_FRAME_ETHERNET, wall_permit, NULL);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_int_equal(w[0]->n, 0); /* not inside the call */
	comes_out(p);
	ends(p, STATUS_SUCCESS);
	for (i = 0; i < 4; i++) {
		assert_int_equal(w[i]->n, 1);
		assert_int_equal(w[i]->state, p->ip[0] >> 4 == 4 ? FWPS_PACKET_INJECTED_BY_SELF
								 : FWPS_PACKET_INJECTED_BY_OTHER);
		assert_int_equal(w[i]->if_index, fx.port[0].ifi);
		assert_true(i == 0 || w[i]->order > w[i - 1]->order);
	}
	assert_memory_equal(w[0]->first, p->ip + head, 16);
	assert_int_equal(w[0]->length, p->ip_len - head);
	assert_int_equal(w[0]->transport_header, 8);
	assert_memory_equal(w[1]->first, p->ip + head, 16);
	assert_memory_equal(w[2]->first, p->ip, 28);
	assert_int_equal(w[2]->ip_header, head);
	assert_memory_equal(w[3]->first + 14, p->ip, 28);
	assert_int_equal(w[3]->first[12], six ? 0x86 : 0x08);
}

static void
r074_from_the_top(void **state)
{
	(void)state;
	all_layers(PKT(.nseg = 3, .seg = {21, 9}), false);
}

static void
r074_from_the_top_ipv6_with_backfill(void **state)
{
	(void)state;
	all_layers(PKT(.version = 6, .lead = 30), true);
}

static void
r124_blocked_or_absorbed(void **state)
{
	static const UINT16 ids[] = {FWPS_LAYER_DATAGRAM_DATA_V4, FWPS_LAYER_OUTBOUND_TRANSPORT_V4,
		FWPS_LAYER_OUTBOUND_IPPACKET_V4, FWPS_LAYER_OUTBOUND_MAC_FRAME_ETHERNET};
	struct wall *w;
	struct pkt *p;
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		w = wall_add(ids[i], wall_block, NULL);
		p = PKT(.lead = i * 10);
		assert_status(pkt_inject(p), STATUS_SUCCESS);
		nothing_comes_out();
		ends(p, STATUS_FWP_DROP_NOICMP);
		assert_int_equal(w->n, 1);
		wall_remove(w);
	}
	assert_int_equal(fx_stats().failed, 4);
}

/* Everything of the injection is over but the clone: the memory is not the client's yet. */
static void
r099_completion_waits_for_clones(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(0);
	struct wall *w;

	(void)state;
	w = wall_add(FWPS_LAYER_OUTBOUND_IPPACKET_V4, wall_keep_clone, NULL);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	comes_out(p);
	fx_poll_n(10);
	assert_int_equal(p->done, 0);
	fx_check_conserved();
	assert_int_equal(fwpdk_poller_stop(fx.poller), 0);
	assert_int_equal(fwpdk_poller_destroy(fx.poller), -EBUSY); /* says what it waits for */
	assert_int_equal(fwpdk_poller_start(fx.poller), 0);
	FwpsFreeCloneNetBufferList0(wall_clones[--wall_nclones], 0);
	ends(p, STATUS_SUCCESS);
	w->fn = wall_absorb_clone;
	assert_status(pkt_inject(q), STATUS_SUCCESS);
	nothing_comes_out();
	assert_int_equal(q->done, 0);
	assert_memory_equal(
		NdisGetDataBuffer(wall_clones[0]->FirstNetBuffer, 28, NULL, 1, 0), q->ip, 28);
	FwpsFreeCloneNetBufferList0(wall_clones[--wall_nclones], 0);
	ends(q, STATUS_FWP_DROP_NOICMP);
}

static int
count_held(const struct fwpdk_pending *e, void *arg)
{
	*(unsigned *)arg += e->place == FWPDK_PLACE_HELD;
	return 0;
}

static void *
free_clones(void *arg)
{
	(void)arg;
	while (wall_nclones > 0)
		FwpsFreeCloneNetBufferList0(wall_clones[--wall_nclones], 0);
	return NULL;
}

static void
r099_references_given_back_on_another_thread(void **state)
{
	struct pkt *p[32];
	unsigned i, held = 0;
	pthread_t t;

	(void)state;
	wall_add(FWPS_LAYER_OUTBOUND_IPPACKET_V4, wall_absorb_clone, NULL);
	for (i = 0; i < 32; i++) {
		p[i] = PKT(0);
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	fx_poll_n(5);
	assert_int_equal(pkt_completions, 0);
	assert_int_equal(fwpdk_pending_walk(count_held, &held), 0);
	assert_int_equal(held, 32);
	assert_int_equal(pthread_create(&t, NULL, free_clones, NULL), 0);
	assert_true(fx_poll_done(32));
	assert_int_equal(pthread_join(t, NULL), 0);
	for (i = 0; i < 32; i++)
		ends(p[i], STATUS_FWP_DROP_NOICMP);
}

/* Clone, absorb, inject the clone from inside classify; free it in its completion. */
struct again {
	HANDLE h;
	unsigned injected, completed, refused;
	NTSTATUS last;
	bool ignore_self;
};

static void NTAPI
again_completed(void *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	struct again *a = context;

	(void)dispatch;
	a->completed++;
	a->last = nbl->Status;
	FwpsFreeCloneNetBufferList0(nbl, 0);
}

static void
inject_again(struct wall *w, const FWPS_INCOMING_VALUES0 *v,
	const FWPS_INCOMING_METADATA_VALUES0 *m, NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out)
{
	struct again *a = w->arg;
	NET_BUFFER_LIST *clone;

	(void)v;
	if (!a->ignore_self && (w->state == FWPS_PACKET_INJECTED_BY_SELF ||
				       w->state == FWPS_PACKET_PREVIOUSLY_INJECTED_BY_SELF)) {
		out->actionType = FWP_ACTION_CONTINUE;
		return;
	}
	assert_status(FwpsAllocateCloneNetBufferList0(nbl, NULL, NULL, 0, &clone), 0);
	if (FwpsInjectNetworkSendAsync0(a->h, a, 0, (COMPARTMENT_ID)m->compartmentId, clone,
		    again_completed, a) == STATUS_SUCCESS) {
		a->injected++;
	} else {
		a->refused++;
		FwpsFreeCloneNetBufferList0(clone, 0);
	}
	wall_absorb(out);
}

static void
r086_absorbed_and_sent_again(void **state)
{
	struct again a = {0};
	struct pkt *p = PKT(0);
	struct wall *w;

	(void)state;
	assert_status(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &a.h), 0);
	w = wall_add(FWPS_LAYER_OUTBOUND_IPPACKET_V4, inject_again, &a);
	w->asks = a.h;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(3);
	assert_int_equal(w->n, 2);
	assert_int_equal(w->state, FWPS_PACKET_INJECTED_BY_SELF);
	/* its bytes are on their way as the clone's, or were copied */
	assert_int_equal(p->done, fx_copies(0));
	comes_out(p);
	fx_poll_n(3);
	assert_int_equal(a.completed, 1);
	assert_status(a.last, STATUS_SUCCESS);
	assert_int_equal(p->done, 1);
	assert_status(p->status, STATUS_FWP_DROP_NOICMP);
	assert_status(FwpsInjectionHandleDestroy0(a.h), 0);
}

/* Two that absorb and inject whatever they have not injected last, for ever. */
static void
r084_two_callouts_do_not_loop_for_ever(void **state)
{
	struct again a = {.ignore_self = true}, b = {.ignore_self = true};
	struct pkt *p = PKT(0);
	struct wall *w;
	unsigned i;

	(void)state;
	assert_status(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &a.h), 0);
	assert_status(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &b.h), 0);
	w = wall_add(FWPS_LAYER_OUTBOUND_IPPACKET_V4, inject_again, &a);
	wall_add(FWPS_LAYER_OUTBOUND_TRANSPORT_V4, NULL, NULL);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	for (i = 0; i < 200; i++)
		fx_poll_n(1);
	nothing_comes_out();
	assert_int_equal(p->done, 1);
	assert_int_equal(a.completed, a.injected);
	assert_in_range(a.injected, 1, 32);
	assert_in_range(w->n, 1, 32);
	assert_true(fx_stats().by_status[1].count > 0);
	for (i = 0; i < FWPDK_STATUS_SLOTS; i++)
		if (fx_stats().by_status[i].status == (uint32_t)STATUS_HOPLIMIT_EXCEEDED)
			break;
	assert_true(i < FWPDK_STATUS_SLOTS);
	assert_status(FwpsInjectionHandleDestroy0(a.h), 0);
	assert_status(FwpsInjectionHandleDestroy0(b.h), 0);
}

static void
r065_a_foreign_source_passes_the_forwarding_layer(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(0);
	struct wall *w;

	(void)state;
	w = wall_add(FWPS_LAYER_IPFORWARD_V4, wall_permit, NULL);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	comes_out(p);
	assert_int_equal(w->n, 0);
	q->ip[15] = 77; /* not ours */
	pkt_ip_checksum(q);
	assert_status(pkt_inject(q), STATUS_SUCCESS);
	comes_out(q);
	assert_int_equal(w->n, 1);
	assert_true(w->flags & FWP_CONDITION_FLAG_IS_OUTBOUND_PASS_THRU);
	assert_true(w->meta_fields & FWPS_METADATA_FIELD_FORWARD_LAYER_OUTBOUND_PASS_THRU);
	assert_int_equal(w->length, q->ip_len);
}

static void
r072_fragments_are_not_shown_outbound(void **state)
{
	struct pkt *p = PKT(0);
	struct wall *w;

	(void)state;
	w = wall_add(FWPS_LAYER_OUTBOUND_IPPACKET_V4, wall_block, NULL);
	p->ip[6] = 0x20;
	pkt_ip_checksum(p);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	comes_out(p);
	assert_int_equal(w->n, 0);
}

/* Callouts that come and go while the same poller injects: the short cut is open in between. */
static void
r086_layers_come_and_go(void **state)
{
	struct wall *w;
	struct pkt *p;
	unsigned i;

	(void)state;
	for (i = 0; i < 5; i++) {
		w = wall_add(FWPS_LAYER_OUTBOUND_IPPACKET_V4, wall_permit, NULL);
		p = PKT(.lead = 20);
		assert_status(pkt_inject(p), STATUS_SUCCESS);
		comes_out(p);
		assert_int_equal(w->n, 1);
		wall_remove(w);
		p = PKT(.lead = 20);
		assert_status(pkt_inject(p), STATUS_SUCCESS);
		comes_out(p);
		assert_int_equal(w->n, 1);
	}
}

static void
r036_a_list_of_packets_is_one_indication(void **state)
{
	struct pkt *a = PKT(0), *b = PKT(.nseg = 2, .seg = {25});
	struct wall *w, *mac;
	struct rte_mbuf *m;

	(void)state;
	w = wall_add(FWPS_LAYER_OUTBOUND_TRANSPORT_V4, wall_permit, NULL);
	mac = wall_add(FWPS_LAYER_OUTBOUND_MAC_FRAME_ETHERNET, wall_permit, NULL);
	pkt_add_nb(a, b);
	assert_status(pkt_inject(a), STATUS_SUCCESS);
	comes_out(a);
	assert_int_equal(fx_ring_rx(0, &m, 1), 1);
	fx_check_frame(m, 0, b);
	rte_pktmbuf_free(m);
	assert_int_equal(w->n, 1);
	assert_int_equal(mac->n, 1);
	ends(a, STATUS_SUCCESS);
}

static void
p06_destroy_inside_classify(struct wall *w, const FWPS_INCOMING_VALUES0 *v,
	const FWPS_INCOMING_METADATA_VALUES0 *m, NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out)
{
	(void)v, (void)m, (void)nbl, (void)out;
	assert_status(FwpsInjectionHandleDestroy0(fx.h4), STATUS_INVALID_DEVICE_STATE);
	assert_status(FwpsCalloutUnregisterById0(w->id), STATUS_INVALID_DEVICE_STATE);
	assert_int_equal(fwpdk_poll(fx.poller), 0); /* nested: nothing */
}

static void
p06_control_calls_inside_classify_are_refused(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	wall_add(FWPS_LAYER_OUTBOUND_IPPACKET_V4, p06_destroy_inside_classify, NULL);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	comes_out(p);
	ends(p, STATUS_SUCCESS);
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, down)
static const struct CMUnitTest tests[] = {
	T(r074_from_the_top),
	T(r074_from_the_top_ipv6_with_backfill),
	T(r124_blocked_or_absorbed),
	T(r099_completion_waits_for_clones),
	T(r099_references_given_back_on_another_thread),
	T(r086_absorbed_and_sent_again),
	T(r084_two_callouts_do_not_loop_for_ever),
	T(r065_a_foreign_source_passes_the_forwarding_layer),
	T(r072_fragments_are_not_shown_outbound),
	T(r086_layers_come_and_go),
	T(r036_a_list_of_packets_is_one_indication),
	T(p06_control_calls_inside_classify_are_refused),
};

FX_MAIN(tests)
