/* SPDX-License-Identifier: BSD-3-Clause */
/* Releases that lie in a completion pool's mempool cache: found, once, by whoever polls. */
#include <pthread.h>

#include <rte_lcore.h>

#include "rig.h"

#define N 1200u /* more than a cache takes before it flushes */

static struct pkt *p[N];

static void
send_all(unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		p[i] = pkt_new(1 + (i % 7 == 0), 1 + (i % 5 == 0), 1, i % 3 != 0);
		assert_int_equal(pkt_inject(p[i]), STATUS_SUCCESS);
		if (i % 32 == 31)
			fwpdk_poll(rig.p[0]);
	}
	fwpdk_poll(rig.p[0]);
}

static void
check_all(unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_int_equal(p[i]->status, STATUS_SUCCESS);
		pkt_del(p[i]);
	}
	rig_check_conserved();
}

/* The cache overflows into the pool's ops while the driver releases. */
static void
test_flush(void **state)
{
	(void)state;
	rig_up(&(struct rig_conf){0});
	rig.dev[0].hold = true;
	send_all(N);
	assert_int_equal(rig.dev[0].nheld, N + (N + 6) / 7);
	rig_release_all(&rig.dev[0], false);
	fwpdk_poll(rig.p[0]);
	check_all(N);
	rig_down();
}

static unsigned again;

/* Two packets go out from each completion, into mbufs that came back with it. */
static void
inject_two(struct pkt *done)
{
	unsigned i;

	(void)done;
	for (i = 0; i < 2 && again < N; i++)
		assert_int_equal(pkt_inject(p[again++]), STATUS_SUCCESS);
}

static void
test_inject_from_completion(void **state)
{
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){0});
	for (i = 0; i < N; i++)
		p[i] = pkt_new(1, 1, 1, true);
	pkt_hook = inject_two;
	again = 0;
	for (; again < 40;)
		assert_int_equal(pkt_inject(p[again++]), STATUS_SUCCESS);
	for (i = 0; i < N; i++)
		fwpdk_poll(rig.p[0]);
	pkt_hook = NULL;
	assert_int_equal(again, N);
	assert_int_equal(rig.dev[0].nseen, N);
	check_all(N);
	rig_down();
}

static void *
poll_once(void *arg)
{
	(void)arg;
	while (fwpdk_poller_claim(rig.p[0]) != 0)
		;
	fwpdk_poll(rig.p[0]);
	fwpdk_poller_release(rig.p[0]);
	return NULL;
}

/* What lies in the owner's cache when it lets go of the poller is not lost to the next one. */
static void
test_owner_changes(void **state)
{
	pthread_t t;

	(void)state;
	rig_up(&(struct rig_conf){0});
	rig.dev[0].hold = true;
	send_all(100);
	rig_release_all(&rig.dev[0], true);
	assert_int_not_equal(rig.p[0]->q[0]->cache->len, 0);
	assert_int_equal(fwpdk_poller_release(rig.p[0]), 0);
	assert_null(rig.p[0]->q[0]->cache);
	pthread_create(&t, NULL, poll_once, NULL);
	pthread_join(t, NULL);
	check_all(100);
	rig_down();
}

/* A thread with an lcore id, and so with a cache in every pool. */
static void *
free_as_lcore(void *arg)
{
	(void)arg;
	assert_int_equal(rte_thread_register(), 0);
	assert_int_not_equal(rte_lcore_id(), LCORE_ID_ANY);
	rig_release_all(&rig.dev[0], false);
	rte_thread_unregister();
	return NULL;
}

static void
test_other_lcore(void **state)
{
	struct fwpdk_port_stats s = {.size = sizeof(s)};
	pthread_t t;

	(void)state;
	rig_up(&(struct rig_conf){0});
	rig.dev[0].hold = true;
	send_all(64);
	pthread_create(&t, NULL, free_as_lcore, NULL);
	pthread_join(t, NULL);
	fwpdk_poll(rig.p[0]);
	check_all(64);
	assert_int_equal(fwpdk_port_stats(rig.dev[0].id, &s), 0);
	assert_true(s.foreign_releases >= 64);
	rig_down();
}

/* Released by the owner's lcore after it let go: not into a cache that nobody looks at. */
static void
test_released_without_owner(void **state)
{
	(void)state;
	rig_up(&(struct rig_conf){0});
	rig.dev[0].hold = true;
	send_all(64);
	assert_int_equal(fwpdk_poller_release(rig.p[0]), 0);
	rig_release_all(&rig.dev[0], false);
	fwpdk_poll(rig.p[0]);
	check_all(64);
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flush),
		cmocka_unit_test(test_inject_from_completion),
		cmocka_unit_test(test_owner_changes),
		cmocka_unit_test(test_other_lcore),
		cmocka_unit_test(test_released_without_owner),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
