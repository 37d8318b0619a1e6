/* SPDX-License-Identifier: BSD-3-Clause */
/* Knobs, releases and figures from other threads while one sends. */
#include <pthread.h>
#include <sched.h>

#include "rig.h"

#define PACKETS 4000u

static bool stop;
static unsigned bad; /* of turner */

static void *
releaser(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
		if (fwpdk_fault_release(rig_fault, 7) == 0)
			sched_yield();
	return NULL;
}

static void *
turner(void *arg)
{
	struct fwpdk_fault_knobs k = {.size = sizeof(k)};
	struct fwpdk_fault_counts c = {.size = sizeof(c)};
	uint64_t before = 0;
	unsigned i;

	(void)arg;
	for (i = 0; !__atomic_load_n(&stop, __ATOMIC_ACQUIRE); i++) {
		k.order = i % 3;
		k.release = i % 5;
		k.take = i % 4;
		k.one_by_one = i % 2;
		k.finish_never = i % 7 == 0;
		bad += fwpdk_fault_set(rig_fault, &k) != 0;
		fwpdk_fault_finish(rig_fault, 3);
		bad += fwpdk_fault_counts(rig_fault, &c) != 0;
		bad += c.taken < before;
		bad += c.finished > c.held;
		before = c.taken;
		sched_yield();
	}
	return NULL;
}

static void
test_each_mbuf_once(void **state)
{
	static bool seen[RIG_PACKETS];
	pthread_t t[3];
	struct rte_mbuf *m = NULL;
	unsigned i, sent = 0;

	(void)state;
	rig_up(NULL);
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&t[i], NULL, releaser, NULL), 0);
	assert_int_equal(pthread_create(&t[2], NULL, turner, NULL), 0);
	while (sent < PACKETS) {
		if (m == NULL)
			m = rig_packet(1 + sent % 2);
		if (rte_eth_tx_burst(rig_port, 0, &m, 1) == 1) {
			sent++;
			m = NULL;
		} else {
			sched_yield();
		}
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	rig_down();
	assert_int_equal(bad, 0);
	for (i = 0; i < PACKETS * 3 / 2; i++) {
		assert_false(seen[rig_released[i]]);
		seen[rig_released[i]] = true;
	}
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_mbuf_once)};
RIG_MAIN(tests)
