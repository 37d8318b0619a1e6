/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets released by other threads, late and in any order, while the poller runs. */
#include <pthread.h>
#include <sched.h>

#include "rig.h"

#define N	  2000u
#define RELEASERS 2u

static struct pkt *p[N];

/* From the driver (owner thread) to the releasers. */
static struct rte_ring *to_release;
static bool stop;

static void *
releaser(void *arg)
{
	struct rte_mbuf *m[32];
	unsigned n, i, turn = 0;

	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		n = rte_ring_dequeue_burst(to_release, (void **)m, 32, NULL);
		if (n == 0) {
			sched_yield();
			continue;
		}
		if (turn++ % 2)
			rte_pktmbuf_free_bulk(m, n);
		else
			for (i = n; i > 0; i--)
				rte_pktmbuf_free(m[i - 1]);
	}
	return NULL;
}

static void
pass_on(void)
{
	struct rig_dev *d = &rig.dev[0];

	while (d->nheld > 0 && rte_ring_enqueue(to_release, d->held[d->nheld - 1]) == 0)
		d->nheld--;
}

static void
test_other_threads(void **state)
{
	struct fwpdk_port_stats s = {.size = sizeof(s)};
	pthread_t t[RELEASERS];
	unsigned i, next = 0;

	(void)state;
	rig_up(&(struct rig_conf){.port = {.pool_size = 512, .max_hold_us = 60000000}});
	to_release = rte_ring_create("release", 1024, 0, 0);
	assert_non_null(to_release);
	rig.dev[0].hold = true;
	for (i = 0; i < N; i++)
		p[i] = pkt_new(1 + i % 3, 1 + i % 2, 1, i % 5 != 0);
	for (i = 0; i < RELEASERS; i++)
		pthread_create(&t[i], NULL, releaser, NULL);
	fwpdk_poll(rig.p[0]);
	while (pkt_completions < N) {
		for (i = 0; i < 16 && next < N && pkt_inject(p[next]) == STATUS_SUCCESS; i++)
			next++;
		rig.dev[0].limit = 1 + next % 50;
		fwpdk_poll(rig.p[0]);
		pass_on();
		if (rig.dev[0].nheld == 0 && next == N)
			sched_yield();
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (i = 0; i < RELEASERS; i++)
		pthread_join(t[i], NULL);
	for (i = 0; i < N; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_int_equal(p[i]->status, STATUS_SUCCESS);
		assert_ptr_equal(p[i]->by, rig.p[0]);
		pkt_del(p[i]);
	}
	assert_int_equal(fwpdk_port_stats(rig.dev[0].id, &s), 0);
	assert_true(s.foreign_releases > N);
	assert_int_equal(s.in_driver, 0);
	rte_ring_free(to_release);
	rig_down();
}

/* Released elsewhere before the stop: success, though the poller learns it while parking. */
static void *
free_first_ten(void *arg)
{
	unsigned i;

	(void)arg;
	for (i = 0; i < 10; i++)
		rte_pktmbuf_free(rig.dev[0].held[i]);
	return NULL;
}

static void
test_before_and_after_stop(void **state)
{
	pthread_t t;
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){0});
	rig.dev[0].hold = true;
	for (i = 0; i < 20; i++) {
		p[i] = pkt_new(1, 1 + i % 2, 1, true);
		assert_int_equal(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	fwpdk_poll(rig.p[0]);
	assert_int_equal(rig.dev[0].nheld, 20);
	pthread_create(&t, NULL, free_first_ten, NULL);
	pthread_join(t, NULL);
	assert_int_equal(pkt_completions, 0);
	assert_int_equal(fwpdk_port_stop(rig.dev[0].id, 1000000), 0);
	for (i = 10; i < 20; i++)
		rte_pktmbuf_free(rig.dev[0].held[i]);
	rig.dev[0].nheld = 0;
	fwpdk_poll(rig.p[0]);
	for (i = 0; i < 20; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_int_equal((uint32_t)p[i]->status,
			(uint32_t)(i < 10 ? STATUS_SUCCESS : STATUS_REQUEST_ABORTED));
		pkt_del(p[i]);
	}
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_other_threads),
		cmocka_unit_test(test_before_and_after_stop),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
