/* SPDX-License-Identifier: BSD-3-Clause */
/* Looking at what is in flight while it moves. */
#include <pthread.h>
#include <sched.h>

#include "rig.h"

#define N     64u
#define LOOKS 300u

static struct pkt *p[N];
static bool stop;

static void *
polls(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
		if (fwpdk_poll(rig.p[0]) == 0)
			sched_yield();
	fwpdk_poller_release(rig.p[0]);
	return NULL;
}

static bool idle[N];

/* The last that a completion does: from here on it may be injected again. */
static void
is_idle(struct pkt *q)
{
	unsigned i;

	for (i = 0; i < N && p[i] != q; i++)
		;
	__atomic_store_n(&idle[i], true, __ATOMIC_RELEASE);
}

static void *
injects(void *arg)
{
	const unsigned first = arg != NULL ? N / 2 : 0;
	unsigned i;

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		for (i = first; i < first + N / 2; i++) {
			if (!__atomic_load_n(&idle[i], __ATOMIC_ACQUIRE))
				continue;
			__atomic_store_n(&idle[i], false, __ATOMIC_RELAXED);
			if (pkt_inject(p[i]) != STATUS_SUCCESS)
				is_idle(p[i]);
		}
		sched_yield();
	}
	return NULL;
}

static unsigned by_place[FWPDK_PLACES], listed;

static int
note(const struct fwpdk_pending *e, void *arg)
{
	unsigned i;

	(void)arg;
	for (i = 0; i < N && p[i]->nbl != e->nbl; i++)
		;
	assert_true(i < N);
	assert_ptr_equal(e->context, p[i]);
	assert_ptr_equal(e->handle, rig.h);
	assert_true((unsigned)e->place < FWPDK_PLACES);
	assert_true(e->age_us < 60000000);
	assert_true(e->port_id == -1 || e->port_id == rig.dev[0].id);
	by_place[e->place]++;
	listed++;
	return 0;
}

static void
test_while_it_moves(void **state)
{
	pthread_t t[3];
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){0});
	for (i = 0; i < N; i++)
		p[i] = pkt_new(1 + i % 3, 1 + i % 4, 0, i % 2);
	memset(idle, true, sizeof(idle));
	pkt_hook = is_idle;
	stop = false;
	listed = 0;
	assert_int_equal(pthread_create(&t[0], NULL, polls, NULL), 0);
	assert_int_equal(pthread_create(&t[1], NULL, injects, NULL), 0);
	assert_int_equal(pthread_create(&t[2], NULL, injects, &stop), 0);
	for (i = 0; i < LOOKS || listed == 0; i++)
		assert_int_equal(fwpdk_pending_walk(note, NULL), 0);
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	while (fwi_tx_in_flight())
		fwpdk_poll(rig.p[0]);
	pkt_hook = NULL;
	listed = 0;
	assert_int_equal(fwpdk_pending_walk(note, NULL), 0);
	assert_int_equal(listed, 0);
	for (i = 0; i < N; i++)
		pkt_del(p[i]);
	rig_down();
}

/* Held packets come back in any order: what is listed is what is held, at every step. */
static void
test_exact_while_quiet(void **state)
{
	unsigned i, left;

	(void)state;
	rig_up(&(struct rig_conf){0});
	fwpdk_poll(rig.p[0]);
	rig.dev[0].hold = true;
	for (i = 0; i < N; i++) {
		p[i] = pkt_new(1, 1 + i % 4, 0, i % 2);
		assert_int_equal(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	fwpdk_poll(rig.p[0]);
	for (left = N; left > 0; left--) {
		memset(by_place, 0, sizeof(by_place));
		listed = 0;
		assert_int_equal(fwpdk_pending_walk(note, NULL), 0);
		assert_int_equal(listed, left);
		assert_int_equal(by_place[FWPDK_PLACE_DRIVER], left);
		rig_release(&rig.dev[0], left * 7 % 5 % left);
		memset(by_place, 0, sizeof(by_place));
		assert_int_equal(fwpdk_pending_walk(note, NULL), 0);
		assert_int_equal(by_place[FWPDK_PLACE_DONE], 1);
		fwpdk_poll(rig.p[0]);
	}
	for (i = 0; i < N; i++)
		pkt_del(p[i]);
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_while_it_moves),
		cmocka_unit_test(test_exact_while_quiet),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
