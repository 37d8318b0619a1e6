/* SPDX-License-Identifier: BSD-3-Clause */
/* R35, R61..R68, R84: receive and forward injection, without filters. */
#include <string.h>

#include "inside.h"

static HANDLE fwd4, fwd6;

static int
up(void **state)
{
	int rc = inside_up(state);

	assert_status(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_FORWARD, &fwd4), 0);
	assert_status(FwpsInjectionHandleCreate0(AF_UNSPEC, 0, &fwd6), 0);
	return rc;
}

static int
down(void **state)
{
	fx_poll_n(3);
	assert_status(FwpsInjectionHandleDestroy0(fwd4), 0);
	assert_status(FwpsInjectionHandleDestroy0(fwd6), 0);
	return inside_down(state);
}

static NTSTATUS
receive(HANDLE h, uint32_t if_index, struct pkt *p)
{
	NTSTATUS rc = FwpsInjectNetworkReceiveAsync0(
		h, NULL, 0, UNSPECIFIED_COMPARTMENT_ID, if_index, 0, p->nbl, pkt_completed, p);

	if (rc == STATUS_SUCCESS)
		pkt_injected(p);
	return rc;
}

static NTSTATUS
forward(HANDLE h, uint32_t if_index, struct pkt *p)
{
	ADDRESS_FAMILY family = p->ip[0] >> 4 == 4 ? AF_INET : AF_INET6;
	NTSTATUS rc = FwpsInjectForwardAsync0(
		h, NULL, 0, family, UNSPECIFIED_COMPARTMENT_ID, if_index, p->nbl, pkt_completed, p);

	if (rc == STATUS_SUCCESS)
		pkt_injected(p);
	return rc;
}

/* It completes with that status, its list, windows and bytes as they were. */
static void
ends(struct pkt *p, NTSTATUS status)
{
	uint64_t before = pkt_completions - (uint64_t)p->done; /* a copy may be done by now */

	assert_true(fx_poll_done(before + 1));
	fx_poll_n(3);
	assert_int_equal(pkt_completions, before + 1);
	assert_status(p->status, status);
	pkt_check_restored(p);
	fx_check_conserved();
}

static void
r014_a_received_injection_completes_once(void **state)
{
	struct pkt *p[] = {PKT(.dst = INSIDE_LOCAL), PKT(.version = 6, .dst = INSIDE_LOCAL6),
		PKT(.dst = INSIDE_LOCAL, .payload = 8000, .nseg = 3, .seg = {9, 40}),
		PKT(.dst = INSIDE_LOCAL, .lead = 30, .pad = 5)};
	struct rte_mbuf *m;
	uint8_t bytes[9000];
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		assert_status(receive(pkt_handle(p[i]), fx.port[0].ifi, p[i]), STATUS_SUCCESS);
		assert_int_equal(p[i]->done, 0); /* not inside the call */
		assert_null(inside_received());
		ends(p[i], STATUS_SUCCESS);
		m = inside_received();
		assert_non_null(m);
		assert_int_equal(inside_if, fx.port[0].ifi);
		assert_int_equal(fx_mbuf_read(m, bytes, sizeof(bytes)), 14 + p[i]->ip_len);
		assert_memory_equal(bytes + 14, p[i]->ip, p[i]->ip_len);
		rte_pktmbuf_free(m);
	}
	assert_int_equal(inside_stats().injected, 4);
	assert_int_equal(inside_stats().delivered, 4);
}

static void
r064_received_for_others_is_forwarded(void **state)
{
	struct pkt *p = PKT(.dst = "10.9.0.5"), *q = PKT(.dst = "10.9.0.5");
	struct rte_mbuf *m;
	uint8_t bytes[256];

	(void)state;
	assert_status(receive(fx.h4, fx.port[0].ifi, p), STATUS_SUCCESS);
	ends(p, STATUS_SUCCESS);
	fx_poll_n(2);
	assert_int_equal(fx_ring_rx(1, &m, 1), 1);
	assert_int_equal(fx_mbuf_read(m, bytes, sizeof(bytes)), 14 + p->ip_len);
	assert_int_equal(bytes[14 + 8], p->ip[8] - 1);
	assert_memory_equal(bytes + 14 + 12, p->ip + 12, p->ip_len - 12);
	rte_pktmbuf_free(m);
	/* port 1 does not forward */
	assert_status(receive(fx.h4, fx.port[1].ifi, q), STATUS_SUCCESS);
	ends(q, STATUS_NETWORK_UNREACHABLE);
}

static void
r017_what_becomes_of_it_is_the_status(void **state)
{
	struct pkt *ttl = PKT(.dst = "10.9.0.5"), *far = PKT(.dst = "192.0.2.77");
	struct pkt *big = PKT(.dst = "10.9.0.5", .payload = 2000);

	(void)state;
	ttl->ip[8] = 1;
	pkt_ip_checksum(ttl);
	assert_status(receive(fx.h4, fx.port[0].ifi, ttl), STATUS_SUCCESS);
	ends(ttl, STATUS_HOPLIMIT_EXCEEDED);
	assert_status(receive(fx.h4, fx.port[0].ifi, far), STATUS_SUCCESS);
	ends(far, STATUS_HOST_UNREACHABLE);
	assert_status(receive(fx.h4, fx.port[0].ifi, big), STATUS_SUCCESS);
	ends(big, STATUS_INVALID_BUFFER_SIZE);
}

static void
r017_no_mbufs_left(void **state)
{
	struct rte_mbuf *m;
	struct pkt *p;
	unsigned kept = 0;

	(void)state;
	for (;;) { /* the host keeps them all: 255 */
		p = PKT(.dst = INSIDE_LOCAL);
		assert_status(receive(fx.h4, fx.port[0].ifi, p), STATUS_SUCCESS);
		assert_true(fx_poll_done(pkt_accepted));
		if (p->status != STATUS_SUCCESS)
			break;
		m = inside_received();
		assert_non_null(m);
		assert_true(++kept <= 255);
		inside_keep(m);
	}
	assert_status(p->status, STATUS_INSUFFICIENT_RESOURCES);
	assert_int_equal(inside_stats().no_memory, 1);
	inside_free_kept();
}

static void
r035_one_packet_in_a_received_list(void **state)
{
	struct pkt *a = PKT(.dst = INSIDE_LOCAL), *b = PKT(.dst = INSIDE_LOCAL);

	(void)state;
	pkt_add_nb(a, b);
	assert_status(receive(fx.h4, fx.port[0].ifi, a), STATUS_INVALID_PARAMETER);
}

static void
r068_the_interface_is_one_of_the_compartment(void **state)
{
	struct pkt *p = PKT(.dst = INSIDE_LOCAL);
	struct snap *s = snap_take(p);

	(void)state;
	assert_status(receive(fx.h4, 0, p), STATUS_INVALID_PARAMETER);
	assert_status(receive(fx.h4, 77, p), STATUS_INVALID_PARAMETER);
	assert_status(receive(fx.h4, UINT32_MAX, p), STATUS_INVALID_PARAMETER);
	assert_status(forward(fwd4, 77, p), STATUS_INVALID_PARAMETER);
	assert_int_equal(fwpdk_compartment_add(5), 0);
	assert_status(FwpsInjectNetworkReceiveAsync0(
			      fx.h4, NULL, 0, 5, fx.port[0].ifi, 0, p->nbl, pkt_completed, p),
		STATUS_INVALID_PARAMETER);
	snap_same(s, p);
}

static void
r002_types_of_handles(void **state)
{
	struct pkt *p = PKT(.dst = INSIDE_LOCAL), *six = PKT(.version = 6, .dst = "fd09::5");
	uint32_t ifi = fx.port[0].ifi;

	(void)state;
	assert_status(receive(fwd4, ifi, p), STATUS_FWP_INJECT_HANDLE_STALE);
	assert_status(forward(fx.h4, ifi, p), STATUS_FWP_INJECT_HANDLE_STALE);
	assert_status(receive(fx.h6, ifi, p), STATUS_INVALID_PARAMETER);
	assert_status(forward(fwd4, ifi, six), STATUS_INVALID_PARAMETER);
	assert_status(forward((HANDLE)(uintptr_t)0x1234, ifi, p), STATUS_INVALID_HANDLE);
	assert_status(forward(NULL, ifi, p), STATUS_INVALID_HANDLE);
	assert_status(FwpsInjectForwardAsync0(
			      fwd6, NULL, 0, AF_INET, 0, ifi, six->nbl, pkt_completed, six),
		STATUS_INVALID_PARAMETER);
	assert_status(
		FwpsInjectForwardAsync0(fwd6, NULL, 0, 99, 0, ifi, six->nbl, pkt_completed, six),
		STATUS_INVALID_PARAMETER);
	assert_status(
		FwpsInjectForwardAsync0(fwd4, NULL, 1, AF_INET, 0, ifi, p->nbl, pkt_completed, p),
		STATUS_FWP_INVALID_FLAGS);
	assert_status(
		FwpsInjectNetworkReceiveAsync0(fx.h4, NULL, 1, 0, ifi, 0, p->nbl, pkt_completed, p),
		STATUS_FWP_INVALID_FLAGS);
	assert_status(FwpsInjectNetworkReceiveAsync0(fx.h4, NULL, 0, 0, ifi, 0, p->nbl, NULL, p),
		STATUS_FWP_NULL_POINTER);
}

/* It leaves as it is: forward injection lowers no TTL. */
static void
r068_forward_leaves_by_its_interface(void **state)
{
	struct pkt *p[] = {PKT(.dst = "10.9.0.5"), PKT(.version = 6, .dst = "fd09::5"),
		PKT(.dst = "10.9.0.5", .lead = 40)};
	struct rte_mbuf *m;
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_status(forward(i == 1 ? fwd6 : fwd4, fx.port[1].ifi, p[i]), STATUS_SUCCESS);
		fx_poll_n(2);
		assert_int_equal(fx_ring_rx(1, &m, 1), 1);
		fx_check_frame(m, 1, p[i]);
		rte_pktmbuf_free(m);
		ends(p[i], STATUS_SUCCESS);
	}
	p[0] = PKT(.dst = "10.9.0.5");
	assert_status(forward(fwd4, fx.port[0].ifi, p[0]), STATUS_SUCCESS);
	ends(p[0], STATUS_NETWORK_UNREACHABLE); /* no way out there */
}

static void
r063_forward_of_local_packets_fails(void **state)
{
	struct pkt *to = PKT(.dst = INSIDE_LOCAL), *from = PKT(.dst = "10.9.0.5");
	struct pkt *to6 = PKT(.version = 6, .dst = INSIDE_LOCAL6);

	(void)state;
	memcpy(from->ip + 12, "\xc0\x00\x02\x09", 4);
	pkt_ip_checksum(from);
	assert_status(forward(fwd4, fx.port[1].ifi, to), STATUS_SUCCESS);
	ends(to, STATUS_INVALID_PARAMETER);
	assert_status(forward(fwd4, fx.port[1].ifi, from), STATUS_SUCCESS);
	ends(from, STATUS_INVALID_PARAMETER);
	assert_status(forward(fwd6, fx.port[1].ifi, to6), STATUS_SUCCESS);
	ends(to6, STATUS_INVALID_PARAMETER);
}

static void *
from_elsewhere(void *arg)
{
	struct pkt **p = arg;

	assert_status(receive(fx.h4, fx.port[0].ifi, p[0]), STATUS_SUCCESS);
	assert_status(forward(fwd4, fx.port[1].ifi, p[1]), STATUS_SUCCESS);
	return NULL;
}

static void
r031_from_another_thread(void **state)
{
	struct pkt *p[] = {PKT(.dst = INSIDE_LOCAL), PKT(.dst = "10.9.0.5")};
	struct rte_mbuf *m;
	pthread_t t;

	(void)state;
	assert_int_equal(pthread_create(&t, NULL, from_elsewhere, p), 0);
	assert_int_equal(pthread_join(t, NULL), 0);
	fx_poll_n(4);
	m = inside_received();
	assert_non_null(m);
	rte_pktmbuf_free(m);
	assert_int_equal(fx_ring_rx(1, &m, 1), 1);
	fx_check_frame(m, 1, p[1]);
	rte_pktmbuf_free(m);
	assert_true(fx_poll_done(2));
	assert_status(p[0]->status, STATUS_SUCCESS);
	assert_status(p[1]->status, STATUS_SUCCESS);
}

static void
r032_not_ready_without_a_receive_side(void **state)
{
	struct pkt *p = PKT(.dst = INSIDE_LOCAL);

	(void)state;
	assert_status(receive(fx.h4, fx.port[0].ifi, p), STATUS_FWP_TCPIP_NOT_READY);
}

/* The same list again and again, as the completion of a client may do. */
static void
r084_a_list_used_again_is_not_a_loop(void **state)
{
	struct pkt *p = PKT(.dst = INSIDE_LOCAL);
	struct rte_mbuf *m;
	unsigned i;

	(void)state;
	for (i = 0; i < 100; i++) {
		assert_status(receive(fx.h4, fx.port[0].ifi, p), STATUS_SUCCESS);
		assert_true(fx_poll_done(i + 1));
		assert_status(p->status, STATUS_SUCCESS);
		m = inside_received();
		assert_non_null(m);
		rte_pktmbuf_free(m);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, down)
static void
r017_nobody_takes_it(void **state)
{
	struct pkt *p = PKT(.dst = INSIDE_LOCAL);

	(void)state;
	assert_status(receive(fx.h4, fx.port[0].ifi, p), STATUS_SUCCESS);
	ends(p, STATUS_DATA_NOT_ACCEPTED);
	assert_int_equal(inside_stats().not_taken, 1);
}

static const struct CMUnitTest tests[] = {
	T(r014_a_received_injection_completes_once),
	T(r064_received_for_others_is_forwarded),
	T(r017_what_becomes_of_it_is_the_status),
	T(r017_no_mbufs_left),
	T(r035_one_packet_in_a_received_list),
	T(r068_the_interface_is_one_of_the_compartment),
	T(r002_types_of_handles),
	T(r068_forward_leaves_by_its_interface),
	T(r063_forward_of_local_packets_fails),
	T(r031_from_another_thread),
	T(r084_a_list_used_again_is_not_a_loop),
	cmocka_unit_test_setup_teardown(r017_nobody_takes_it, inside_up_no_receiver, inside_down),
	cmocka_unit_test_setup_teardown(
		r032_not_ready_without_a_receive_side, fx_up_ring_null, fx_down),
};

FX_MAIN(tests)
