/* SPDX-License-Identifier: BSD-3-Clause */
/* P4, P10, R162, R165: each way of learning that a device is done, on a driver of that kind. */
#include <errno.h>

#include "fault.h"

#define N 40

static struct pkt *p[600];

static void
all_with(unsigned from, unsigned n, NTSTATUS status)
{
	unsigned i;

	for (i = from; i < from + n; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_status(p[i]->status, status);
		pkt_check_restored(p[i]);
	}
}

static void
the_port_runs_this_strategy(void)
{
	struct fwpdk_port_info info = {.size = sizeof(info)};
	static const char *const name[] = {
		"in-burst", "empty-burst", "desc-done", "done-cleanup", "none"};

	assert_int_equal(fwpdk_port_info(fx.port[0].id, &info), 0);
	assert_string_equal(info.strategy_name, name[fx_kind]);
	assert_int_equal(info.nb_desc, 256);
	if (fx_kind == FX_LAZY)
		assert_int_equal(info.idle_bound_us, -1);
	else
		assert_true(info.idle_bound_us >= 0);
}

static void
r165_idle_queue_completes_its_tail(void **state)
{
	struct fwpdk_fault_counts c;

	(void)state;
	the_port_runs_this_strategy();
	fx_inject_shapes(p, N, 1);
	if (fx_kind == FX_LAZY) {
		fx_poll_n(2000);
		assert_int_equal(pkt_completions, 0); /* no bound, as the port says */
		return;
	}
	assert_true(fx_poll_done(N));
	all_with(0, N, STATUS_SUCCESS);
	c = fx_fault_counts();
	assert_true(fx_kind != FX_EMPTY_BURST || c.empty_bursts > 0);
	assert_true(fx_kind != FX_DONE_CLEANUP || c.cleanups > 0);
	if (fx_kind == FX_DESC_DONE) { /* the driver has them all, the NBLs are done */
		assert_true(c.status > 0);
		assert_int_equal(c.released, 0);
		assert_true(c.held > N);
	} else {
		assert_int_equal(c.held, 0);
	}
	fx_check_conserved();
}

static void
r162_not_before_the_device_is_finished(void **state)
{
	struct fwpdk_fault_knobs k = fx_knobs();
	struct fwpdk_fault_counts c;

	(void)state;
	k.finish_never = 1;
	fx_fault_set(&k);
	fx_inject_shapes(p, N, 2);
	fx_poll_n(2000);
	assert_int_equal(pkt_completions, 0);
	fx_check_conserved();
	c = fx_fault_counts();
	assert_int_equal(fwpdk_fault_finish(fx_fault, (uint32_t)c.held - 1), c.held - 1);
	fx_poll_n(2000);
	assert_true(pkt_completions < N); /* the last one still lacks a segment */
	assert_int_equal(p[N - 1]->done, 0);
	assert_int_equal(fwpdk_fault_finish(fx_fault, 9), 1);
	if (fx_kind == FX_LAZY || fx_kind == FX_IN_BURST) /* nobody asks an idle driver */
		fwpdk_fault_release(fx_fault, FWPDK_FAULT_ALL);
	assert_true(fx_poll_done(N));
	all_with(0, N, STATUS_SUCCESS);
}

/* A long run over a short ring that takes a little at a time. */
static void
p11_partial_bursts_and_a_full_ring(void **state)
{
	struct fwpdk_fault_knobs k = fx_knobs();
	unsigned i, n = 0;

	(void)state;
	k.take = 5;
	k.take_random = 1;
	k.finish_after = 3;
	fx_fault_set(&k);
	for (i = 0; i < 600; i++) {
		p[n] = PKT(.nseg = 1 + i % 6, .seg = {20, 9, 2, 0, 1}, .lead = i % 20);
		if (pkt_inject(p[n]) == STATUS_SUCCESS)
			n++;
		fx_poll_n(3);
		if (i % 20 == 0)
			fx_check_conserved();
	}
	assert_int_equal(n, 600);
	/* the last three were never finished with, and few more may be held */
	assert_true(fx_poll_until(fx_nothing_staged, NULL));
	if (fx_kind == FX_EMPTY_BURST || fx_kind == FX_DONE_CLEANUP)
		assert_true(fx_poll_done(n - 3));
	k = fx_knobs();
	fx_fault_set(&k);
	if (fx_kind == FX_LAZY || fx_kind == FX_IN_BURST)
		fwpdk_fault_release(fx_fault, FWPDK_FAULT_ALL);
	assert_true(fx_poll_done(n));
	all_with(0, n, STATUS_SUCCESS);
	fx_check_conserved();
}

/* A driver that never releases, but tells that its descriptors are done. */
static void
p10_desc_done_on_a_driver_that_never_releases(void **state)
{
	struct fwpdk_fault_knobs k = fx_knobs();
	uint64_t held;

	(void)state;
	k.release = FWPDK_FAULT_NEVER;
	fx_fault_set(&k);
	fx_inject_shapes(p, N, 3);
	assert_true(fx_poll_done(N));
	all_with(0, N, STATUS_SUCCESS);
	held = fx_fault_counts().held;
	fx_check_conserved();
	/* late, out of order, and after the NBLs are gone: nothing completes twice */
	k.order = FWPDK_FAULT_RANDOM;
	fx_fault_set(&k);
	while (fwpdk_fault_release(fx_fault, 3) != 0)
		fx_poll_n(1);
	assert_int_equal(fx_fault_counts().released, held);
	fx_poll_n(10);
	assert_int_equal(pkt_completions, N);
	fx_check_conserved();
}

/* Done one block of 8 at a time, the strategy asks about the last one only. */
static void
p10_desc_done_is_not_believed_in_blocks(void **state)
{
	struct fwpdk_port_info info = {.size = sizeof(info)};

	(void)state;
	assert_int_equal(fwpdk_port_info(fx.port[0].id, &info), 0);
	assert_string_equal(info.strategy_name, "none");
	fx_inject_shapes(p, 3, 4);
	fx_poll_n(1000);
	assert_int_equal(pkt_completions, 0);
	assert_int_equal(fx_fault_counts().status, 0);
}

static void
put_blocks(uint16_t port_id)
{
	struct fwpdk_fault_opts o = {.size = sizeof(o), .tx_rs_thresh = 8};
	struct fwpdk_fault_knobs k = fx_knobs();

	assert_int_equal(fwpdk_fault_install(port_id, &o, &fx_fault), 0);
	fx_fault_set(&k);
}

static int
up_blocks(void **state)
{
	fx_kind = FX_DESC_DONE;
	fx_fault = NULL;
	return fx_up(state,
		&(struct fx_conf){.dev = {"net_null0"},
			.before_open = put_blocks,
			.port = {.mode = FWPDK_MODE_CPOOL, .strategy = FWPDK_STRATEGY_DESC_DONE}});
}

/* A refusal is counted, not final: the driver may learn it at its next start. */
static void
p10_a_flush_that_is_refused_is_asked_again(void **state)
{
	struct fwpdk_fault_knobs k = fx_knobs();

	(void)state;
	k.release = FWPDK_FAULT_LAZY; /* no cleanup */
	k.no_status = 1;
	fx_fault_set(&k);
	fx_inject_shapes(p, N, 5);
	fx_poll_n(2000);
	assert_int_equal(pkt_completions, 0);
	k = fx_knobs();
	fx_fault_set(&k);
	assert_true(fx_poll_done(N));
	all_with(0, N, STATUS_SUCCESS);
}

#define D(t, up) cmocka_unit_test_setup_teardown(t, up, fx_down_fault)

static const struct CMUnitTest tests[] = {
	FX_EACH_KIND(r165_idle_queue_completes_its_tail),
	FX_EACH_KIND(r162_not_before_the_device_is_finished),
	FX_EACH_KIND(p11_partial_bursts_and_a_full_ring),
	D(p10_desc_done_on_a_driver_that_never_releases, fx_up_desc_done),
	D(p10_desc_done_is_not_believed_in_blocks, up_blocks),
	D(p10_a_flush_that_is_refused_is_asked_again, fx_up_desc_done),
	D(p10_a_flush_that_is_refused_is_asked_again, fx_up_done_cleanup),
};
FX_MAIN(tests)
