/* SPDX-License-Identifier: BSD-3-Clause */
/* P1, P5, P13: starts and stops that fail, a device that vanishes, a link that goes down. */
#include <errno.h>

#include <ndis.h>

#include "fault.h"

#define N 60

static struct pkt *p[400];

static enum fwpdk_port_state
port_state(void)
{
	struct fwpdk_port_info info = {.size = sizeof(info)};

	assert_int_equal(fwpdk_port_info(fx.port[0].id, &info), 0);
	return info.state;
}

static void
r032_a_start_that_fails_leaves_it_stopped(void **state)
{
	struct fwpdk_fault_knobs k = fx_knobs();
	struct pkt *q = PKT(0);
	struct snap *s = snap_take(q);

	(void)state;
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 100000), 0);
	k.fail_starts = 2;
	k.fail_rc = -EAGAIN;
	fx_fault_set(&k);
	assert_int_equal(fwpdk_port_start(fx.port[0].id), -EAGAIN);
	assert_int_equal(port_state(), FWPDK_PORT_STOPPED);
	assert_status(pkt_inject(q), STATUS_FWP_TCPIP_NOT_READY);
	snap_same(s, q);
	assert_int_equal(fwpdk_port_start(fx.port[0].id), -EAGAIN);
	assert_int_equal(fwpdk_port_start(fx.port[0].id), 0);
	assert_status(pkt_inject(q), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
	assert_status(q->status, STATUS_SUCCESS);
}

/* The start inside a drain fails: the caller learns it, and nothing is lost. */
static void
p10_drain_tells_that_the_start_failed(void **state)
{
	struct fwpdk_fault_knobs k = fx_knobs();
	unsigned i;

	(void)state;
	fx_inject_shapes(p, N, 1);
	fx_poll_n(10);
	k.fail_starts = 1;
	fx_fault_set(&k);
	assert_int_equal(fwpdk_port_drain(fx.port[0].id, 40000, 1, NULL), -EIO);
	assert_int_equal(port_state(), FWPDK_PORT_STOPPED);
	assert_true(fx_poll_done(N));
	for (i = 0; i < N; i++)
		assert_status(p[i]->status, STATUS_REQUEST_ABORTED);
	assert_int_equal(fwpdk_port_start(fx.port[0].id), 0);
}

static void
p05_a_stop_that_fails_can_be_repeated(void **state)
{
	struct fwpdk_fault_knobs k = fx_knobs();
	unsigned i;

	(void)state;
	k.finish_never = 1;
	k.fail_stops = 1;
	k.fail_rc = -EBUSY;
	fx_fault_set(&k);
	fx_inject_shapes(p, N, 1);
	fx_poll_n(10);
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 100000), -EBUSY);
	assert_int_equal(port_state(), FWPDK_PORT_STOPPING);
	fx_check_conserved();
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 100000), 0);
	assert_int_equal(port_state(), FWPDK_PORT_STOPPED);
	assert_true(fx_poll_done(N));
	for (i = 0; i < N; i++)
		assert_status(p[i]->status, STATUS_REQUEST_ABORTED);
	assert_int_equal(fwpdk_port_start(fx.port[0].id), 0);
}

static void
fail_first_start(uint16_t port_id)
{
	struct fwpdk_fault_knobs k = {.size = sizeof(k), .fail_starts = 1};
	struct fwpdk_port_opts o = {.size = sizeof(o)};

	fx_fault = NULL;
	assert_int_equal(fwpdk_fault_install(port_id, NULL, &fx_fault), 0);
	fx_fault_set(&k);
	assert_int_equal(fwpdk_port_open(port_id, &o), -EIO);
	assert_int_equal(fwpdk_port_next(0), -ENOENT);
}

static int
up_second_try(void **state)
{
	return fx_up(
		state, &(struct fx_conf){.dev = {"net_null0"}, .before_open = fail_first_start});
}

static void
r032_open_after_a_start_that_failed(void **state)
{
	(void)state;
	assert_status(pkt_inject(PKT(0)), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
	assert_int_equal(fx_fault_counts().starts, 2);
	assert_int_equal(fx_fault_counts().taken, 1);
}

static bool
held_and_stuck(void *arg)
{
	(void)arg;
	return pkt_completions >= N;
}

/*
 * In the middle of traffic: what the device has waits for the stop, what it never took
 * expires, injections go on being accepted.
 */
static void
p13_a_device_that_vanishes(void **state)
{
	struct fwpdk_fault_knobs k = fx_knobs();
	unsigned i;

	(void)state;
	k.finish_never = 1;
	fx_fault_set(&k);
	fx_inject_shapes(p, N, 1);
	fx_poll_n(10);
	k.vanished = 1;
	fx_fault_set(&k);
	fx_inject_shapes(p + N, N, 1);
	assert_true(fx_poll_until(held_and_stuck, NULL));
	for (i = 0; i < 2 * N; i++)
		assert_int_equal(p[i]->done, i < N ? 0 : 1);
	for (i = N; i < 2 * N; i++)
		assert_status(p[i]->status, STATUS_DATA_NOT_ACCEPTED);
	fx_check_conserved();
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 100000), 0);
	assert_true(fx_poll_done(2 * N));
	for (i = 0; i < N; i++)
		assert_status(p[i]->status, STATUS_REQUEST_ABORTED);
	assert_int_equal(fwpdk_port_start(fx.port[0].id), -ENODEV);
	k = fx_knobs(); /* plugged in again */
	fx_fault_set(&k);
	assert_int_equal(fwpdk_port_start(fx.port[0].id), 0);
	assert_status(pkt_inject(p[0]), STATUS_SUCCESS);
	fx_poll_n(2);
	fx_fault_heal();
	assert_true(fx_poll_done(2 * N + 1));
	assert_status(p[0]->status, STATUS_SUCCESS);
}

/* The ring fills while the link is down: handed over waits, the rest is told so. */
static void
p13_link_down_and_up(void **state)
{
	struct fwpdk_fault_knobs k = fx_knobs();
	unsigned i, n = 0, taken;

	(void)state;
	k.link_down = 1;
	fx_fault_set(&k);
	for (i = 0; i < 400; i++) {
		p[i] = PKT(.lead = 16);
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
		if (i % 30 == 29)
			fx_poll_n(2);
	}
	fx_poll_n(4);
	taken = (unsigned)fx_fault_counts().taken;
	assert_int_equal(taken, 256);
	{
		uint64_t rest = 400 - taken;

		assert_true(fx_poll_done(rest));
		fx_poll_n(100);
		assert_int_equal(pkt_completions, rest);
	}
	for (i = 0; i < 400; i++) {
		if (p[i]->done == 0)
			continue;
		assert_status(p[i]->status, NDIS_STATUS_MEDIA_DISCONNECTED);
		n++;
	}
	assert_int_equal(n, 400 - taken);
	k = fx_knobs();
	fx_fault_set(&k);
	if (fx_kind == FX_LAZY || fx_kind == FX_IN_BURST)
		fwpdk_fault_release(fx_fault, FWPDK_FAULT_ALL);
	assert_true(fx_poll_done(400));
	for (i = 0; i < taken; i++)
		assert_status(p[i]->status, STATUS_SUCCESS); /* they went out after all */
	fx_check_conserved();
}

static void
p13_chains_that_the_driver_refuses(void **state)
{
	struct fwpdk_fault_knobs k = fx_knobs();
	struct pkt *q = PKT(.nseg = 4, .seg = {20, 9, 2}), *r = PKT(.lead = 16);

	(void)state;
	k.max_segs = 2;
	fx_fault_set(&k);
	assert_status(pkt_inject(q), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
	assert_status(q->status, STATUS_DATA_NOT_ACCEPTED);
	assert_status(pkt_inject(r), STATUS_SUCCESS); /* the queue lives */
	fx_poll_n(2);
	fwpdk_fault_release(fx_fault, FWPDK_FAULT_ALL);
	assert_true(fx_poll_done(2));
	assert_status(r->status, STATUS_SUCCESS);
}

/* Port 0 stands still, port 1 of the same poller does not. */
static void
p13_other_ports_go_on(void **state)
{
	struct fwpdk_fault_knobs k = fx_knobs();
	unsigned i;

	(void)state;
	k.take = FWPDK_FAULT_NONE;
	fx_fault_set(&k);
	for (i = 0; i < N; i++) {
		p[i] = PKT(0);
		p[N + i] = PKT(.dst = "10.9.0.5");
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
		assert_status(pkt_inject(p[N + i]), STATUS_SUCCESS);
	}
	assert_true(fx_poll_done(N));
	for (i = 0; i < N; i++)
		assert_int_equal(p[N + i]->done, 1);
	assert_true(fx_poll_done(2 * N));
	for (i = 0; i < N; i++)
		assert_status(p[i]->status, STATUS_DATA_NOT_ACCEPTED);
}

static int
up_two_ports(void **state)
{
	return fx_up_fault(
		state, FX_IN_BURST, &(struct fx_conf){.dev = {"net_null0", "net_null1"}});
}

#define D(t, up) cmocka_unit_test_setup_teardown(t, up, fx_down_fault)

static const struct CMUnitTest tests[] = {
	D(r032_a_start_that_fails_leaves_it_stopped, fx_up_in_burst),
	D(p10_drain_tells_that_the_start_failed, fx_up_lazy),
	FX_EACH_KIND(p05_a_stop_that_fails_can_be_repeated),
	D(r032_open_after_a_start_that_failed, up_second_try),
	FX_EACH_KIND(p13_a_device_that_vanishes),
	FX_EACH_KIND(p13_link_down_and_up),
	FX_EACH_KIND(p13_chains_that_the_driver_refuses),
	D(p13_other_ports_go_on, up_two_ports),
};
FX_MAIN(tests)
