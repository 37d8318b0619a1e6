/* SPDX-License-Identifier: BSD-3-Clause */
/* P3, P8, P14, R26, R31, R166: threads, order, and control calls. */
#include <errno.h>
#include <sched.h>

#include "fixture.h"

#define FLOWS	 3
#define PER_FLOW 300

static void
r166_completions_run_on_the_owner(void **state)
{
	struct pkt *p[20];
	unsigned i;

	(void)state;
	fx_thread_start();
	for (i = 0; i < 20; i++) {
		p[i] = PKT(0);
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	assert_true(fx_poll_done(20));
	for (i = 0; i < 20; i++) {
		assert_true(fx_thread_is(p[i]->thread));
		assert_false(p[i]->inside_inject);
	}
}

static void
r026_dispatch_level_on_a_poller(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
	assert_int_equal(p->dispatch, TRUE);
}

static void
r026_not_on_a_control_thread_that_helps(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fwpdk_poller_release(fx.poller);
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 1000), 0);
	assert_int_equal(p->done, 1);
	assert_int_equal(p->dispatch, FALSE);
}

static void
p03_another_thread_may_not_poll(void **state)
{
	(void)state;
	fx_thread_start();
	assert_int_equal(fwpdk_poll(fx.poller), -EPERM);
	assert_int_equal(fwpdk_poller_claim(fx.poller), -EPERM);
	assert_int_equal(fwpdk_poller_release(fx.poller), -EPERM);
	fx_thread_stop();
	assert_int_equal(fwpdk_poller_claim(fx.poller), 0);
	assert_int_equal(fwpdk_poller_release(fx.poller), 0);
}

static struct pkt *flow[FLOWS][PER_FLOW];

static void *
inject_flow(void *arg)
{
	struct pkt **p = arg;
	unsigned i;

	for (i = 0; i < PER_FLOW; i++)
		while (pkt_inject(p[i]) == STATUS_INSUFFICIENT_RESOURCES)
			sched_yield();
	return NULL;
}

static void
p08_order_per_injecting_thread(void **state)
{
	pthread_t t[FLOWS];
	unsigned f, i;

	(void)state;
	for (f = 0; f < FLOWS; f++)
		for (i = 0; i < PER_FLOW; i++)
			flow[f][i] = PKT(0);
	fx_thread_start();
	for (f = 0; f < FLOWS; f++)
		assert_int_equal(pthread_create(&t[f], NULL, inject_flow, flow[f]), 0);
	for (f = 0; f < FLOWS; f++)
		pthread_join(t[f], NULL);
	assert_true(fx_poll_done(FLOWS * PER_FLOW));
	for (f = 0; f < FLOWS; f++)
		for (i = 1; i < PER_FLOW; i++)
			assert_true(flow[f][i]->order > flow[f][i - 1]->order);
	fx_thread_stop();
	fx_check_conserved();
}

static void
p08_order_on_the_wire(void **state)
{
	struct rte_mbuf *m[64];
	struct pkt *p[300];
	unsigned i, n, k = 0;

	(void)state;
	for (i = 0; i < 300; i++) {
		p[i] = PKT(.payload = i + 1, .nseg = i % 3 + 1, .seg = {25, 9}, .lead = i % 2 * 14);
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	while (k < 300) {
		fwpdk_poll(fx.poller);
		n = fx_ring_rx(0, m, 64);
		for (i = 0; i < n; i++) {
			fx_check_frame(m[i], 0, p[k++]);
			rte_pktmbuf_free(m[i]);
		}
	}
	assert_true(fx_poll_done(300));
}

static void
r031_inject_does_not_wait_for_the_poller(void **state)
{
	struct pkt *p[400];
	uint64_t t0 = fx_now_us();
	unsigned i, full = 0;

	(void)state;
	for (i = 0; i < 400; i++) {
		p[i] = PKT(0);
		full += pkt_inject(p[i]) != STATUS_SUCCESS; /* nobody polls */
	}
	assert_true(fx_now_us() - t0 < 2000000);
	assert_int_equal(full, 0); /* ring of 512 */
	fx_check_conserved();
	assert_true(fx_poll_done(400));
}

static struct fwpdk_poller *second;
static struct pkt *to_second;

static void
inject_for_the_other_compartment(struct pkt *p)
{
	if (p != to_second) {
		assert_status(FwpsInjectNetworkSendAsync0(fx.h4, NULL, 0, (COMPARTMENT_ID)2,
				      to_second->nbl, pkt_completed, to_second),
			STATUS_SUCCESS);
		pkt_injected(to_second);
	}
}

static void
second_compartment(unsigned port)
{
	struct fwpdk_if_opts io = {
		.size = sizeof(io), .compartment_id = 2, .port_id = fx.port[port].id};
	struct fwpdk_route r = {
		.size = sizeof(r), .compartment_id = 2, .prefix = {.family = AF_INET}};
	struct rte_ether_addr mac = {{2, 2, 2, 2, 2, 2}};

	assert_int_equal(fwpdk_compartment_add(2), 0);
	assert_int_equal(fwpdk_if_add(&io, &r.if_index), 0);
	assert_int_equal(fwpdk_addr_parse("10.0.0.1", &r.next_hop), 0);
	assert_int_equal(fwpdk_route_add(&r), 0);
	assert_int_equal(fwpdk_neigh_add(r.if_index, &r.next_hop, &mac), 0);
	assert_int_equal(fwpdk_poller_create(NULL, &second), 0);
	assert_int_equal(fwpdk_poller_add_port(second, fx.port[port].id, 1), 0);
	assert_int_equal(fwpdk_poller_add_compartment(second, 2), 0);
	assert_int_equal(fwpdk_poller_start(second), 0);
	fx.port[port].ifi2 = r.if_index;
}

static void
r166_a_callback_may_inject_for_another_queue(void **state)
{
	struct pkt *p = PKT(0);
	unsigned i;

	(void)state;
	second_compartment(0);
	to_second = PKT(0);
	pkt_hook = inject_for_the_other_compartment;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(5);
	assert_int_equal(p->done, 1);
	assert_int_equal(to_second->done, 0); /* waits for the other poller */
	for (i = 0; i < 5; i++)
		fwpdk_poll(second);
	assert_int_equal(to_second->done, 1);
	assert_status(to_second->status, STATUS_SUCCESS);
	assert_int_equal(fwpdk_if_del(fx.port[0].ifi2), 0);
	assert_int_equal(fwpdk_poller_stop(second), 0);
	assert_int_equal(fwpdk_poller_destroy(second), 0);
}

static void
r029_each_compartment_has_its_own_routes(void **state)
{
	struct pkt *p = PKT(.version = 6);

	(void)state;
	second_compartment(0);
	assert_status(FwpsInjectNetworkSendAsync0(
			      fx.h6, NULL, 0, (COMPARTMENT_ID)2, p->nbl, pkt_completed, p),
		STATUS_SUCCESS);
	pkt_injected(p);
	fwpdk_poll(second);
	assert_int_equal(p->done, 1);
	assert_status(p->status, STATUS_NETWORK_UNREACHABLE); /* 2 has no IPv6 route */
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_done(2));
	assert_status(p->status, STATUS_SUCCESS);
	assert_int_equal(fwpdk_if_del(fx.port[0].ifi2), 0);
	assert_int_equal(fwpdk_poller_stop(second), 0);
	assert_int_equal(fwpdk_poller_destroy(second), 0);
}

static int
up_two_queues(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_null0"}, .port = {.nb_queues = 2}});
}

#define N(t) cmocka_unit_test_setup_teardown(t, fx_up_null, fx_down)
#define R(t) cmocka_unit_test_setup_teardown(t, fx_up_ring, fx_down)
#define Q(t) cmocka_unit_test_setup_teardown(t, up_two_queues, fx_down)

static const struct CMUnitTest tests[] = {
	N(r166_completions_run_on_the_owner),
	N(r026_dispatch_level_on_a_poller),
	N(r026_not_on_a_control_thread_that_helps),
	N(p03_another_thread_may_not_poll),
	N(p08_order_per_injecting_thread),
	R(p08_order_on_the_wire),
	N(r031_inject_does_not_wait_for_the_poller),
	Q(r166_a_callback_may_inject_for_another_queue),
	Q(r029_each_compartment_has_its_own_routes),
};
FX_MAIN(tests)
