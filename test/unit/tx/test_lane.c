/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/tx/lane.h: what is put comes out, once and in order, alone and with a thread at each end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pthread.h>
#include <sched.h>

#include <cmocka.h>

#include "tx/lane.h"

#define COUNT 300000u

static struct fwi_lane *
lane_make(uint32_t capacity, uint32_t turn)
{
	uint32_t size = rte_align32pow2(capacity), i;
	struct fwi_lane *lane = aligned_alloc(RTE_CACHE_LINE_SIZE,
		RTE_ALIGN_CEIL(sizeof(*lane) + size * sizeof(lane->slot[0]), RTE_CACHE_LINE_SIZE));

	assert_non_null(lane);
	memset(lane, 0, sizeof(*lane));
	lane->capacity = lane->room = capacity;
	lane->size = size;
	lane->head = lane->tail = turn;
	for (i = 0; i < size; i++) /* as the lap before left it */
		lane->slot[i] = !fwi_lane_lap(lane, turn + (i < (turn & (size - 1)) ? size : 0));
	return lane;
}

/* The nth of an endless row of lists that nobody looks into. */
static NET_BUFFER_LIST *
list(uint32_t n)
{
	return (NET_BUFFER_LIST *)((uintptr_t)(n + 1) << 6);
}

static bool
put(struct fwi_lane *lane, uint32_t first, uint32_t n)
{
	NET_BUFFER_LIST *nbl[64];
	uint32_t i;

	if (!fwi_lane_reserve(lane, n))
		return false;
	for (i = 0; i < n; i++)
		nbl[i] = list(first + i);
	fwi_lane_put(lane, nbl, n);
	return true;
}

/* Every filling at every place in the ring, its end and that of the turns included. */
static void
check_turn(uint32_t capacity, uint32_t turn)
{
	struct fwi_lane *lane = lane_make(capacity, turn);
	NET_BUFFER_LIST *nbl[64];
	uint32_t n, i;

	for (n = 1; n <= capacity; n++) {
		assert_true(fwi_lane_empty(lane));
		assert_int_equal(fwi_lane_take(lane, nbl, 64), 0);
		assert_true(put(lane, 7, n));
		assert_int_equal(fwi_lane_count(lane), n);
		assert_false(put(lane, 7 + n, capacity - n + 1));
		assert_false(fwi_lane_empty(lane));
		assert_int_equal(fwi_lane_take(lane, nbl, n / 2), n / 2);
		assert_int_equal(fwi_lane_count(lane), n - n / 2);
		assert_int_equal(fwi_lane_take(lane, nbl + n / 2, 64), n - n / 2);
		for (i = 0; i < n; i++)
			assert_ptr_equal(nbl[i], list(7 + i));
		assert_int_equal(fwi_lane_count(lane), 0);
	}
	free(lane);
}

static void
test_turns(void **state)
{
	static const uint32_t capacity[] = {1, 2, 3, 8, 33, 64};
	uint32_t i, turn;

	(void)state;
	for (i = 0; i < RTE_DIM(capacity); i++)
		for (turn = 0; turn < 3 * 64; turn++) {
			check_turn(capacity[i], turn);
			check_turn(capacity[i], turn - 96); /* past the end of 32 bits */
		}
}

/* The injecting thread stands still between slots and tail: what was taken is not there. */
static void
test_taken_before_the_tail(void **state)
{
	struct fwi_lane *lane = lane_make(64, (uint32_t)-1);
	NET_BUFFER_LIST *nbl[64];

	(void)state;
	assert_true(put(lane, 0, 3));
	lane->tail -= 3;
	assert_int_equal(fwi_lane_count(lane), 0);
	assert_int_equal(fwi_lane_take(lane, nbl, 2), 2);
	assert_int_equal(fwi_lane_count(lane), 0);
	lane->tail += 3;
	assert_int_equal(fwi_lane_count(lane), 1);
	free(lane);
}

/* Beside others on the CPUs a small lane takes long: each turn of a thread is a few of them. */
#define TIME_S 10
static uint32_t total; /* atomic: how many there will have been */

static void *
putter(void *arg)
{
	struct fwi_lane *lane = arg;
	time_t end = time(NULL) + TIME_S;
	uint32_t next = 0, n;

	while (next < COUNT && time(NULL) < end) {
		n = RTE_MIN(next % 5 + 1, COUNT - next);
		if (put(lane, next, n))
			next += n;
		else
			sched_yield();
	}
	__atomic_store_n(&total, next, __ATOMIC_RELEASE);
	return NULL;
}

static void
two_threads(uint32_t capacity)
{
	struct fwi_lane *lane = lane_make(capacity, (uint32_t)-1000);
	NET_BUFFER_LIST *nbl[32];
	uint32_t next = 0, n, i;
	pthread_t thread;

	__atomic_store_n(&total, UINT32_MAX, __ATOMIC_RELAXED);
	assert_int_equal(pthread_create(&thread, NULL, putter, lane), 0);
	while (next < __atomic_load_n(&total, __ATOMIC_ACQUIRE)) {
		n = fwi_lane_take(lane, nbl, next % 32 + 1);
		if (n == 0)
			sched_yield();
		for (i = 0; i < n; i++, next++)
			assert_ptr_equal(nbl[i], list(next));
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(fwi_lane_empty(lane));
	free(lane);
}

static void
test_two_threads(void **state)
{
	(void)state;
	two_threads(5);
	two_threads(24);
	two_threads(512);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_taken_before_the_tail),
		cmocka_unit_test(test_two_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
