/* SPDX-License-Identifier: BSD-3-Clause */
/* P13, R163: full queues, before and after acceptance. */
#include <ndis.h>

#include "fixture.h"

#define MANY 8000

static struct pkt *p[MANY];

/* Inject until the queue says no; then empty it and see that nothing is lost. */
static unsigned
fill_up(void)
{
	struct snap *s;
	unsigned n = 0;

	while (n < MANY) {
		p[n] = PKT(0);
		s = snap_take(p[n]);
		if (pkt_inject(p[n]) != STATUS_SUCCESS)
			break;
		n++;
	}
	assert_true(n < MANY);
	assert_status(pkt_inject(p[n]), STATUS_INSUFFICIENT_RESOURCES);
	snap_same(s, p[n]);
	fx_check_conserved();
	return n;
}

static void
drained(unsigned n)
{
	unsigned i;

	assert_true(fx_poll_done(n));
	fx_poll_n(20);
	assert_int_equal(pkt_completions, n);
	for (i = 0; i < n; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_int_equal(p[i]->order, i);
		assert_status(p[i]->status, STATUS_SUCCESS);
	}
	assert_int_equal(p[n]->done, 0);
	assert_status(pkt_inject(p[n]), STATUS_SUCCESS);
	assert_true(fx_poll_done(n + 1));
}

static void
r163_full_ring_refuses_and_nothing_is_lost(void **state)
{
	unsigned n;

	(void)state;
	n = fill_up(); /* this thread owns no poller yet */
	assert_int_equal(n, 64);
	drained(n);
}

static void
r163_full_queue_of_the_owner_refuses(void **state)
{
	unsigned n;

	(void)state;
	fx_poll_n(1); /* now it does */
	fx_shim_on(0);
	fx_shim.limit = 0;
	n = fill_up();
	assert_in_range(n, 100, 300); /* list of 100, backlog of 64 */
	fx_shim.limit = 32;
	drained(n);
}

static void
r163_a_chain_that_does_not_fit_is_refused_whole(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 70; i++)
		p[i] = PKT(0);
	for (i = 0; i < 64; i++)
		p[i]->nbl->Next = p[i + 1]->nbl; /* 65, ring of 64 */
	assert_status(pkt_inject(p[0]), STATUS_INSUFFICIENT_RESOURCES);
	for (i = 0; i < 64; i++) {
		assert_ptr_equal(p[i]->nbl->Next, p[i + 1]->nbl);
		p[i]->nbl->Next = NULL;
	}
	fx_check_conserved();
	fx_poll_n(5);
	for (i = 0; i < 64; i++)
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	assert_true(fx_poll_done(64));
}

static void
p13_absent_reader_ends_with_not_accepted_in_time(void **state)
{
	uint64_t t0;
	unsigned n = 0, i, failed = 0;

	(void)state;
	/* ring of 1024, backlog of 64: more than both */
	for (i = 0; i < 1300; i++, n++) {
		p[i] = PKT(0);
		while (pkt_inject(p[i]) != STATUS_SUCCESS)
			fwpdk_poll(fx.poller);
	}
	t0 = fx_now_us();
	while (pkt_completions == 0 && fx_now_us() - t0 < 2000000)
		fwpdk_poll(fx.poller);
	assert_true(fx_now_us() - t0 < 1000000); /* max_hold_us is 30000 */
	while (fx_now_us() - t0 < 400000)
		fwpdk_poll(fx.poller);
	for (i = 0; i < n; i++) {
		if (p[i]->done == 0)
			continue;
		failed++;
		assert_int_equal(p[i]->done, 1);
		assert_status(p[i]->status, STATUS_DATA_NOT_ACCEPTED);
		pkt_check_restored(p[i]);
	}
	assert_true(failed >= n - 1024 && failed < n);
	fx_check_conserved();
	while (pkt_completions < n) { /* what the ring took is still good */
		fx_ring_discard(0);
		fwpdk_poll(fx.poller);
		assert_true(fx_now_us() - t0 < 3000000);
	}
	for (i = 0; i < n - failed; i++)
		assert_status(p[i]->status, STATUS_SUCCESS);
}

static void *
inject_a_ring_full(void *arg)
{
	unsigned i;

	(void)arg;
	for (i = 0; i < 1000; i++)
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	return NULL;
}

/* Behind what is staged and what waits stands a ring full: it does not wait another time. */
static void
p13_what_is_in_the_ring_ends_with_the_rest(void **state)
{
	pthread_t other;
	unsigned i, polls = 0;

	(void)state;
	fx_poll_n(1); /* this thread is the owner */
	fx_shim_on(0);
	fx_shim.limit = 0;
	for (i = 0; i < 1000; i++)
		p[i] = PKT(.lead = 14 * (i % 2));
	assert_int_equal(pthread_create(&other, NULL, inject_a_ring_full, NULL), 0);
	assert_int_equal(pthread_join(other, NULL), 0);
	while (fwpdk_poll(fx.poller) == 0)
		assert_true(++polls < 100000000);
	assert_int_equal(pkt_completions, 1000);
	for (i = 0; i < 1000; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_int_equal(p[i]->order, i);
		assert_status(p[i]->status, STATUS_DATA_NOT_ACCEPTED);
	}
	fx_check_conserved();
	/* and the port is as good as before */
	fx_shim.limit = UINT32_MAX;
	assert_status(pkt_inject(p[0]), STATUS_SUCCESS);
	assert_true(fx_poll_done(1001));
	assert_status(p[0]->status, STATUS_SUCCESS);
}

static void
p13_the_other_port_goes_on(void **state)
{
	struct pkt *q;
	unsigned i;

	(void)state;
	fx_shim_on(0);
	fx_shim.limit = 0; /* port 0 takes nothing at all */
	for (i = 0; i < 300; i++) {
		p[i] = PKT(0);
		q = PKT(.dst = "10.9.0.1");
		while (pkt_inject(p[i]) != STATUS_SUCCESS)
			fwpdk_poll(fx.poller);
		assert_status(pkt_inject(q), STATUS_SUCCESS);
		fx_poll_n(8);
		assert_int_equal(q->done, 1);
		assert_status(q->status, STATUS_SUCCESS);
	}
	assert_true(fx_poll_done(600));
	for (i = 0; i < 300; i++)
		assert_status(p[i]->status, STATUS_DATA_NOT_ACCEPTED);
}

static void
p13_slow_driver_loses_nothing(void **state)
{
	unsigned i;

	(void)state;
	fx_shim_on(0);
	fx_shim.limit = 1; /* one packet per burst */
	for (i = 0; i < 1000; i++) {
		p[i] = PKT(.nseg = i % 3 + 1, .seg = {25, 10});
		while (pkt_inject(p[i]) != STATUS_SUCCESS)
			fwpdk_poll(fx.poller);
	}
	assert_true(fx_poll_done(1000));
	for (i = 0; i < 1000; i++) {
		assert_status(p[i]->status, STATUS_SUCCESS);
		assert_int_equal(p[i]->order, i);
	}
	assert_int_equal(fx_shim.taken, 1000);
}

static void
p13_link_down_ends_with_media_disconnected(void **state)
{
	uint64_t t0 = fx_now_us();
	unsigned i;

	(void)state;
	assert_int_equal(rte_eth_dev_set_link_down(fx.port[0].id), 0);
	fx_shim_on(0);
	fx_shim.limit = 0;
	for (i = 0; i < 100; i++) {
		p[i] = PKT(0);
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	assert_true(fx_poll_done(100));
	assert_true(fx_now_us() - t0 < 1000000);
	for (i = 0; i < 100; i++)
		assert_status(p[i]->status, NDIS_STATUS_MEDIA_DISCONNECTED);
	assert_int_equal(rte_eth_dev_set_link_up(fx.port[0].id), 0);
}

static void
p13_lists_of_many_packets_across_a_full_queue(void **state)
{
	unsigned i, k;

	(void)state;
	fx_shim_on(0);
	fx_shim.limit = 3;
	for (i = 0; i < 20; i++) {
		p[i] = PKT(0);
		for (k = 0; k < 90; k++) /* more than the backlog of 64 */
			pkt_add_nb(p[i], PKT(.nseg = k % 2 + 1, .seg = {30}));
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	assert_true(fx_poll_done(20));
	for (i = 0; i < 20; i++) {
		assert_status(p[i]->status, STATUS_SUCCESS);
		assert_int_equal(p[i]->order, i);
	}
	assert_int_equal(fx_shim.taken, 20 * 91);
}

static const struct fwpdk_port_opts small = {.backlog = 64, .max_hold_us = 30000};

static int
up_small_queues(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_null0"},
				    .port = small,
				    .poller = {.ring_size = 64, .backlog = 100}});
}

static int
up_large_ring(void **state)
{
	return fx_up(
		state, &(struct fx_conf){
			       .dev = {"net_null0"}, .port = small, .poller = {.ring_size = 1024}});
}

static int
up_small_ring(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_ring0"},
				    .port = small,
				    .poller = {.backlog = 200},
				    .held = true});
}

static int
up_small_copy(void **state)
{
	return fx_up(state,
		&(struct fx_conf){.dev = {"net_null0"},
			.port = {.backlog = 64, .max_hold_us = 30000, .mode = FWPDK_MODE_COPY}});
}

static int
up_small_two(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_null0", "net_null1"}, .port = small});
}

#define S(t, up) cmocka_unit_test_setup_teardown(t, up, fx_down)

static const struct CMUnitTest tests[] = {
	S(r163_full_ring_refuses_and_nothing_is_lost, up_small_queues),
	S(r163_full_queue_of_the_owner_refuses, up_small_queues),
	S(r163_a_chain_that_does_not_fit_is_refused_whole, up_small_queues),
	S(p13_absent_reader_ends_with_not_accepted_in_time, up_small_ring),
	S(p13_what_is_in_the_ring_ends_with_the_rest, up_large_ring),
	S(p13_the_other_port_goes_on, up_small_two),
	S(p13_slow_driver_loses_nothing, up_small_queues),
	S(p13_slow_driver_loses_nothing, up_small_copy),
	S(p13_lists_of_many_packets_across_a_full_queue, up_small_queues),
	S(p13_lists_of_many_packets_across_a_full_queue, up_small_copy),
	S(p13_link_down_ends_with_media_disconnected, up_small_ring),
};
FX_MAIN(tests)
