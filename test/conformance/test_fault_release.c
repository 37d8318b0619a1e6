/* SPDX-License-Identifier: BSD-3-Clause */
/* P1, P3, R162: releases in any order, together or alone, from any thread. */
#include <sched.h>
#include <string.h>

#include "fault.h"

#define N 120

static struct pkt *p[N];

/* Held by a device that never finishes, on every kind of driver. */
static uint32_t
hold(struct fwpdk_fault_knobs *k, unsigned seed)
{
	*k = fx_knobs();
	k->finish_never = 1;
	fx_fault_set(k);
	fx_inject_shapes(p, N / 2, seed);
	fx_poll_n(20);
	assert_int_equal(pkt_completions, 0);
	return (uint32_t)fx_fault_counts().held;
}

static void
all_done(void)
{
	unsigned i;

	assert_true(fx_poll_done(N / 2));
	for (i = 0; i < N / 2; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_status(p[i]->status, STATUS_SUCCESS);
		assert_false(p[i]->inside_driver);
		pkt_check_restored(p[i]);
	}
	fx_check_conserved();
}

static void
released_in(enum fwpdk_fault_order order, bool one_by_one, uint32_t step)
{
	struct fwpdk_fault_knobs k;
	uint32_t held = hold(&k, order), n = 0, r;

	k.order = order;
	k.one_by_one = one_by_one;
	fx_fault_set(&k);
	while ((r = fwpdk_fault_release(fx_fault, step)) != 0) {
		n += r;
		fx_poll_n(2);
		fx_check_conserved();
	}
	assert_int_equal(n, held);
	all_done();
}

static void
r162_one_after_the_other(void **state)
{
	(void)state;
	released_in(FWPDK_FAULT_FIFO, true, 1);
}

static void
r162_in_reverse(void **state)
{
	(void)state;
	released_in(FWPDK_FAULT_REVERSE, false, 5);
}

static void
r162_at_random(void **state)
{
	(void)state;
	released_in(FWPDK_FAULT_RANDOM, true, 3);
}

static void
r162_all_together(void **state)
{
	(void)state;
	released_in(FWPDK_FAULT_FIFO, false, FWPDK_FAULT_ALL);
}

static bool stop;

static void *
releaser(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
		if (fwpdk_fault_release(fx_fault, 3) == 0)
			sched_yield();
	return NULL;
}

static bool
one_was_released(void *arg)
{
	(void)arg;
	return fx_fault_counts().released > 0;
}

static void
p03_from_two_other_threads(void **state)
{
	struct fwpdk_port_stats ps = {.size = sizeof(ps)};
	struct fwpdk_fault_knobs k;
	uint32_t held = hold(&k, 7);
	pthread_t t[2];
	unsigned i, round;

	(void)state;
	k.order = FWPDK_FAULT_RANDOM;
	fx_fault_set(&k);
	stop = false;
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&t[i], NULL, releaser, NULL), 0);
	assert_true(fx_wait_until(one_was_released, NULL));
	all_done();
	for (round = 1; round < 50; round++) { /* while the poller bursts */
		for (i = 0; i < N / 2; i++)
			assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
		assert_true(fx_poll_done((round + 1) * (N / 2)));
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	for (i = 0; i < N / 2; i++) {
		assert_int_equal(p[i]->done, 50);
		assert_status(p[i]->status, STATUS_SUCCESS);
		assert_true(pthread_equal(p[i]->thread, pthread_self()));
		assert_false(p[i]->inside_inject);
	}
	assert_int_equal(fwpdk_port_stats(fx.port[0].id, &ps), 0);
	assert_true(ps.foreign_releases >= held);
	fx_check_conserved();
}

/* Some dropped, some refused for a while; a drop is a release, so it completes. */
static void
p05_dropped_by_the_driver(void **state)
{
	struct fwpdk_fault_knobs k = fx_knobs();
	struct fwpdk_fault_counts c;
	unsigned i;

	(void)state;
	k.drop_one_in = 3;
	k.max_segs = 2;
	k.drop_long = 1;
	k.refuse_calls = 4;
	k.refuse_us = 200;
	fx_fault_set(&k);
	fx_inject_shapes(p, N, 9);
	assert_true(fx_poll_until(fx_nothing_staged, NULL));
	if (fx_kind == FX_LAZY)
		fwpdk_fault_release(fx_fault, FWPDK_FAULT_ALL);
	assert_true(fx_poll_done(N));
	for (i = 0; i < N; i++)
		assert_status(p[i]->status, STATUS_SUCCESS); /* oerrors stand beside it */
	c = fx_fault_counts();
	assert_true(c.dropped > N / 3);
	assert_true(c.long_chains > N / 4);
	assert_true(c.offered > c.taken);
	assert_int_equal(c.taken, fx_stats().packets);
}

/* Per packet: maps, bursts and completes seen. */
static unsigned kinds[N][FWPDK_EVENTS], mbufs;

static int
note(const struct fwpdk_event *e, void *arg)
{
	unsigned i;

	(void)arg;
	for (i = 0; i < N && p[i]->nbl != e->nbl; i++)
		;
	assert_true(i < N);
	assert_int_equal(kinds[i][FWPDK_EVENT_COMPLETE], 0);
	kinds[i][e->kind]++;
	mbufs += e->kind == FWPDK_EVENT_RELEASE;
	assert_true(kinds[i][FWPDK_EVENT_MAP] >= kinds[i][FWPDK_EVENT_BURST]);
	return 0;
}

/* Each mbuf is seen coming back once, however it is found out that the device is done. */
static void
events_of_every_release(void **state)
{
	unsigned i;

	(void)state;
	memset(kinds, 0, sizeof(kinds));
	mbufs = 0;
	assert_int_equal(fwpdk_events_start(1u << 14), 0);
	fx_inject_shapes(p, N, 3);
	assert_true(fx_poll_until(fx_nothing_staged, NULL));
	if (fx_kind == FX_LAZY)
		fwpdk_fault_release(fx_fault, FWPDK_FAULT_ALL);
	assert_true(fx_poll_done(N));
	fwpdk_fault_release(fx_fault, FWPDK_FAULT_ALL); /* what is done may still be held */
	fx_poll_n(3);
	assert_int_equal(fwpdk_events_stop(), 0);
	assert_int_equal(fwpdk_events_walk(note, NULL), 0);
	for (i = 0; i < N; i++) {
		assert_int_equal(kinds[i][FWPDK_EVENT_INJECT], 1);
		assert_int_equal(kinds[i][FWPDK_EVENT_MAP], i % 5 == 4 ? 2 : 1);
		assert_int_equal(kinds[i][FWPDK_EVENT_BURST], kinds[i][FWPDK_EVENT_MAP]);
		assert_true(kinds[i][FWPDK_EVENT_RELEASE] >= kinds[i][FWPDK_EVENT_MAP]);
		assert_int_equal(kinds[i][FWPDK_EVENT_COMPLETE], 1);
	}
	assert_int_equal(mbufs, fx_fault_counts().released);
}

static const struct CMUnitTest tests[] = {
	FX_EACH_KIND(events_of_every_release),
	FX_EACH_KIND(r162_one_after_the_other),
	FX_EACH_KIND(r162_in_reverse),
	FX_EACH_KIND(r162_at_random),
	FX_EACH_KIND(r162_all_together),
	FX_EACH_KIND(p03_from_two_other_threads),
	FX_EACH_KIND(p05_dropped_by_the_driver),
};
FX_MAIN(tests)
