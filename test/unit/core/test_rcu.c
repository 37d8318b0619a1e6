/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/core/rcu.c: nothing is freed under a reader, and nobody waits for one (P14). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>

#include "core/rcu.h"
#include "eal_fixture.h"

#define OBJECTS 64

static int freed[OBJECTS], order[OBJECTS];
static unsigned nfreed;
static struct fwi_retired node[OBJECTS];

static void
note_free(void *p)
{
	int i = (int)((int *)p - freed);

	freed[i]++;
	order[nfreed++] = i;
}

static int
setup(void **state)
{
	(void)state;
	memset(freed, 0, sizeof(freed));
	nfreed = 0;
	return fwi_rcu_init(8);
}

static int
teardown(void **state)
{
	(void)state;
	fwi_rcu_fini();
	return 0;
}

static void
test_no_reader(void **state)
{
	(void)state;
	fwi_rcu_defer(&node[0], note_free, &freed[0]);
	assert_int_equal(freed[0], 1);
	assert_int_equal(fwi_rcu_deferred(), 0);
	fwi_rcu_defer(&node[1], note_free, NULL);
	assert_int_equal(nfreed, 1);
}

/* A reader that does not poll keeps the objects, and no call waits for it. */
static void
test_parked_reader(void **state)
{
	int i;

	(void)state;
	fwi_rcu_online(3);
	fwi_rcu_online(5);
	for (i = 0; i < 10; i++)
		fwi_rcu_defer(&node[i], note_free, &freed[i]);
	assert_int_equal(nfreed, 0);
	assert_int_equal(fwi_rcu_deferred(), 10);
	for (i = 0; i < 100; i++)
		fwi_rcu_quiescent(3);
	fwi_rcu_reclaim();
	assert_int_equal(nfreed, 0);
	fwi_rcu_quiescent(5);
	assert_int_equal(nfreed, 0); /* the reader's side frees nothing */
	fwi_rcu_reclaim();
	assert_int_equal(nfreed, 10);
	for (i = 0; i < 10; i++)
		assert_int_equal(order[i], i);
	fwi_rcu_offline(3);
	fwi_rcu_offline(5);
}

/* Only what was retired before the quiescent state goes. */
static void
test_grace_per_object(void **state)
{
	(void)state;
	fwi_rcu_online(0);
	fwi_rcu_defer(&node[0], note_free, &freed[0]);
	fwi_rcu_quiescent(0);
	fwi_rcu_defer(&node[1], note_free, &freed[1]); /* reclaims the first one by the way */
	assert_int_equal(freed[0], 1);
	assert_int_equal(freed[1], 0);
	assert_int_equal(fwi_rcu_deferred(), 1);
	fwi_rcu_offline(0);
	fwi_rcu_reclaim();
	assert_int_equal(freed[1], 1);
}

/* A reader that comes later does not hold what was retired before it came. */
static void
test_late_reader(void **state)
{
	(void)state;
	fwi_rcu_online(1);
	fwi_rcu_defer(&node[0], note_free, &freed[0]);
	fwi_rcu_online(2);
	fwi_rcu_quiescent(1);
	fwi_rcu_reclaim();
	assert_int_equal(freed[0], 1);
	fwi_rcu_offline(1);
	fwi_rcu_offline(2);
}

static void
test_fini_frees(void **state)
{
	int i;

	(void)state;
	fwi_rcu_online(7);
	for (i = 0; i < OBJECTS; i++)
		fwi_rcu_defer(&node[i], note_free, &freed[i]);
	assert_int_equal(nfreed, 0);
	fwi_rcu_fini();
	assert_int_equal(nfreed, OBJECTS);
	for (i = 0; i < OBJECTS; i++)
		assert_int_equal(order[i], i);
	assert_int_equal(fwi_rcu_deferred(), 0);
	assert_null(fwi_rcu);
	assert_int_equal(fwi_rcu_init(8), 0);
	nfreed = 0;
	fwi_rcu_defer(&node[0], note_free, &freed[0]); /* and it works again */
	assert_int_equal(freed[0], 2);
}

/* A reader in full run never sees an object that was freed. */
struct table {
	int value[2];
	struct fwi_retired retired;
};

static struct table *table;
static bool stop;

static void *
reader(void *arg)
{
	uintptr_t bad = 0;
	const struct table *t;

	(void)arg;
	fwi_rcu_online(4);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		t = __atomic_load_n(&table, __ATOMIC_ACQUIRE);
		bad += t->value[0] != 42;
		bad += t->value[1] != 43;
		fwi_rcu_quiescent(4);
	}
	fwi_rcu_offline(4);
	return (void *)bad;
}

static void
scribble_free(void *p)
{
	struct table *t = p;

	t->value[0] = t->value[1] = 0;
	free(p);
}

static void
test_running_reader(void **state)
{
	pthread_t t;
	struct table *new, *old;
	int i;
	void *bad;

	(void)state;
	for (i = 0; i < 5000; i++) {
		new = malloc(sizeof(*new));
		new->value[0] = 42;
		new->value[1] = 43;
		old = table;
		__atomic_store_n(&table, new, __ATOMIC_RELEASE);
		if (old != NULL)
			fwi_rcu_defer(&old->retired, scribble_free, old);
		if (i == 0)
			assert_int_equal(pthread_create(&t, NULL, reader, NULL), 0);
		if (i % 64 == 0)
			sched_yield();
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(t, &bad);
	assert_null(bad);
	fwi_rcu_defer(&table->retired, scribble_free, table);
	assert_int_equal(fwi_rcu_deferred(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_reader, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parked_reader, setup, teardown),
		cmocka_unit_test_setup_teardown(test_grace_per_object, setup, teardown),
		cmocka_unit_test_setup_teardown(test_late_reader, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fini_frees, setup, teardown),
		cmocka_unit_test_setup_teardown(test_running_reader, setup, teardown),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
