/* SPDX-License-Identifier: BSD-3-Clause */
/* P1, P5, P13, R164: a port is stopped, closed, drained while its driver holds packets. */
#include <errno.h>

#include "fault.h"

#define N 50

static struct pkt *p[N];

static void
held_by(struct fwpdk_fault_knobs *k)
{
	*k = fx_knobs();
	k->finish_never = 1;
	fx_fault_set(k);
	fx_inject_shapes(p, N, 1);
	fx_poll_n(20);
	assert_int_equal(pkt_completions, 0);
}

static void
all_with(NTSTATUS status)
{
	unsigned i;

	assert_true(fx_poll_done(N));
	for (i = 0; i < N; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_status(p[i]->status, status);
		pkt_check_restored(p[i]);
	}
	fx_check_conserved();
}

static void
works_again(void)
{
	struct fwpdk_fault_knobs k = {.size = sizeof(k)};
	struct pkt *q;
	unsigned i;

	fx_fault_set(&k);
	for (i = 0; i < 5; i++) {
		q = PKT(.lead = 20);
		assert_status(pkt_inject(q), STATUS_SUCCESS);
		assert_true(fx_poll_done(N + i + 1));
		assert_status(q->status, STATUS_SUCCESS);
	}
}

static void
p05_stop_aborts_what_is_held(void **state)
{
	struct fwpdk_fault_knobs k;

	(void)state;
	held_by(&k);
	k.order = FWPDK_FAULT_RANDOM;
	fx_fault_set(&k);
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 1000000), 0);
	assert_int_equal(fx_fault_counts().held, 0);
	all_with(STATUS_REQUEST_ABORTED);
	assert_int_equal(fwpdk_port_start(fx.port[0].id), 0);
	works_again();
}

/* The poller is another thread's: what the stop releases comes from a foreign thread. */
static void
p05_stop_under_a_polling_thread(void **state)
{
	struct fwpdk_fault_knobs k;

	(void)state;
	held_by(&k);
	fx_thread_start();
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 1000000), 0);
	all_with(STATUS_REQUEST_ABORTED);
	assert_true(fx_thread_is(p[0]->thread));
	fx_thread_stop();
}

static void
p01_close_gives_back(void **state)
{
	struct fwpdk_fault_knobs k;

	(void)state;
	held_by(&k);
	k.end = FWPDK_FAULT_AT_CLOSE;
	fx_fault_set(&k);
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 1000000), 0);
	fx_poll_n(20);
	assert_int_equal(pkt_completions, 0);
	fx_check_conserved();
	assert_int_equal(fwpdk_if_del(fx.port[0].ifi), 0);
	assert_int_equal(fwpdk_port_close(fx.port[0].id), 0);
	fx.port[0].open = false;
	all_with(STATUS_REQUEST_ABORTED);
}

static void
p01_given_back_after_the_close(void **state)
{
	struct fwpdk_fault_knobs k;

	(void)state;
	held_by(&k);
	k.end = FWPDK_FAULT_KEEP;
	fx_fault_set(&k);
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 1000000), 0);
	assert_int_equal(fwpdk_if_del(fx.port[0].ifi), 0);
	assert_int_equal(fwpdk_port_close(fx.port[0].id), 0);
	fx.port[0].open = false;
	fx_poll_n(20);
	assert_int_equal(pkt_completions, 0);
	assert_int_equal(fwpdk_poller_stop(fx.poller), 0);
	assert_int_equal(fwpdk_poller_destroy(fx.poller), -EBUSY);
	fx_check_conserved();
	fwpdk_fault_release(fx_fault, FWPDK_FAULT_ALL);
	all_with(STATUS_REQUEST_ABORTED);
}

/* Over a restart: the old ones are aborted when they come, new ones are not. */
static void
p05_kept_over_a_restart(void **state)
{
	struct fwpdk_fault_knobs k;
	struct pkt *q;
	unsigned i;

	(void)state;
	held_by(&k);
	k.end = FWPDK_FAULT_KEEP;
	fx_fault_set(&k);
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 1000000), 0);
	assert_int_equal(fwpdk_port_start(fx.port[0].id), 0);
	q = PKT(.nseg = 3, .seg = {20, 10});
	assert_status(pkt_inject(q), STATUS_SUCCESS);
	fx_poll_n(20);
	assert_int_equal(pkt_completions, 0);
	fx_check_conserved();
	k.order = FWPDK_FAULT_REVERSE;
	fx_fault_set(&k);
	fwpdk_fault_release(fx_fault, FWPDK_FAULT_ALL);
	assert_true(fx_poll_done(N + 1));
	assert_status(q->status, STATUS_SUCCESS);
	for (i = 0; i < N; i++)
		assert_status(p[i]->status, STATUS_REQUEST_ABORTED);
}

static bool
bounded(void)
{
	struct fwpdk_port_info info = {.size = sizeof(info)};

	assert_int_equal(fwpdk_port_info(fx.port[0].id, &info), 0);
	return info.idle_bound_us >= 0;
}

static void
p10_drain_tells_what_is_out(void **state)
{
	struct fwpdk_fault_knobs k;
	uint32_t left = 0, held;
	uint64_t t0;

	(void)state;
	held_by(&k);
	held = (uint32_t)fx_fault_counts().held;
	t0 = fx_now_us();
	assert_int_equal(
		fwpdk_port_drain(fx.port[0].id, 40000, 0, &left), bounded() ? -ETIMEDOUT : -EBUSY);
	assert_true(fx_now_us() - t0 < 1000000);
	assert_int_equal(left, held);
	assert_int_equal(pkt_completions, 0);
	fx_check_conserved();
	/* some come back: the figure follows */
	assert_int_equal(fwpdk_fault_release(fx_fault, held - 3), held - 3);
	assert_true(fwpdk_port_drain(fx.port[0].id, 20000, 0, &left) != 0);
	assert_int_equal(left, 3);
	fwpdk_fault_release(fx_fault, FWPDK_FAULT_ALL);
	assert_int_equal(fwpdk_port_drain(fx.port[0].id, 1000000, 0, &left), 0);
	assert_int_equal(left, 0);
	all_with(STATUS_SUCCESS);
}

/* Where no flush helps a stop does, if it is allowed. */
static void
p10_drain_may_stop(void **state)
{
	struct fwpdk_port_info info = {.size = sizeof(info)};
	uint32_t left = 9;

	(void)state;
	fx_inject_shapes(p, N, 1);
	fx_poll_n(20);
	assert_int_equal(fwpdk_port_drain(fx.port[0].id, 400000, 1, &left), 0);
	assert_int_equal(left, 0);
	all_with(fx_kind == FX_LAZY ? STATUS_REQUEST_ABORTED : STATUS_SUCCESS);
	assert_int_equal(fx_fault_counts().stops, fx_kind == FX_LAZY ? 1 : 0);
	assert_int_equal(fwpdk_port_info(fx.port[0].id, &info), 0);
	assert_int_equal(info.state, FWPDK_PORT_STARTED);
	works_again();
}

static const struct CMUnitTest tests[] = {
	FX_EACH_KIND(p05_stop_aborts_what_is_held),
	FX_EACH_KIND(p05_stop_under_a_polling_thread),
	FX_EACH_KIND(p01_close_gives_back),
	FX_EACH_KIND(p01_given_back_after_the_close),
	FX_EACH_KIND(p05_kept_over_a_restart),
	FX_EACH_KIND(p10_drain_tells_what_is_out),
	FX_EACH_KIND(p10_drain_may_stop),
};
FX_MAIN(tests)
