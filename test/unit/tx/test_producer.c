/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/tx/producer.c: slots, their reuse, the shared one, and the grace period. */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

#include "rig.h"
#include "tx/producer.h"

#define SLOTS 3u

struct worker {
	pthread_t t;
	sem_t go, done;
	int step;
	struct fwi_producer *pr;
	unsigned cookie;
};

/* Each post of go does one step: get, enter, leave; at last the thread ends. */
static void *
work(void *arg)
{
	struct worker *w = arg;

	for (w->step = 0; w->step < 3; w->step++) {
		sem_wait(&w->go);
		if (w->step == 0)
			w->pr = fwi_producer_get();
		else if (w->step == 1)
			w->cookie = fwi_producer_enter(w->pr);
		else
			fwi_producer_leave(w->pr, w->cookie);
		sem_post(&w->done);
	}
	sem_wait(&w->go);
	return NULL;
}

static void
begin(struct worker *w)
{
	sem_init(&w->go, 0, 0);
	sem_init(&w->done, 0, 0);
	assert_int_equal(pthread_create(&w->t, NULL, work, w), 0);
}

static void
step(struct worker *w)
{
	sem_post(&w->go);
	sem_wait(&w->done);
}

static void
end(struct worker *w)
{
	sem_post(&w->go);
	pthread_join(w->t, NULL);
}

static void
test_slots(void **state)
{
	struct worker w[SLOTS + 2], again;
	unsigned i, k;

	(void)state;
	rig_up(&(struct rig_conf){.max_producers = SLOTS});
	for (i = 0; i < SLOTS + 2; i++) {
		begin(&w[i]);
		step(&w[i]);
		if (i >= SLOTS) {
			assert_ptr_equal(w[i].pr, &fwi_shared_producer);
			assert_true(fwi_producer_is_shared(w[i].pr));
			continue;
		}
		assert_false(fwi_producer_is_shared(w[i].pr));
		for (k = 0; k < i; k++)
			assert_ptr_not_equal(w[i].pr, w[k].pr);
	}
	assert_int_equal(fwi_lanes_used, (1u << SLOTS) - 1);
	/* the slot of a thread that ended is for the next one */
	for (i = 0; i < 2; i++)
		step(&w[1]);
	end(&w[1]);
	begin(&again);
	step(&again);
	assert_ptr_equal(again.pr, w[1].pr);
	for (i = 0; i < SLOTS + 2; i++) {
		if (i == 1)
			continue;
		step(&w[i]);
		step(&w[i]);
		end(&w[i]);
	}
	step(&again);
	step(&again);
	end(&again);
	rig_down();
}

/* grace() returns only when calls that were inside have left. */
static bool graced;

static void *
grace(void *arg)
{
	(void)arg;
	fwi_producer_grace();
	__atomic_store_n(&graced, true, __ATOMIC_RELEASE);
	return NULL;
}

static void
grace_waits_for(unsigned max_producers, bool shared)
{
	struct worker w, other, filler;
	pthread_t g;

	rig_up(&(struct rig_conf){.max_producers = max_producers});
	graced = false;
	if (shared) { /* the only slot is taken */
		begin(&filler);
		step(&filler);
	}
	begin(&w);
	step(&w);
	assert_int_equal(fwi_producer_is_shared(w.pr), shared);
	fwi_producer_grace(); /* nobody inside: at once */
	step(&w);	      /* enters */
	pthread_create(&g, NULL, grace, NULL);
	usleep(20000);
	assert_false(__atomic_load_n(&graced, __ATOMIC_ACQUIRE));
	/* calls of others that come and go do not count */
	begin(&other);
	step(&other);
	step(&other);
	step(&other);
	usleep(5000);
	assert_false(__atomic_load_n(&graced, __ATOMIC_ACQUIRE));
	step(&w); /* leaves */
	pthread_join(g, NULL);
	assert_true(graced);
	end(&w);
	end(&other);
	if (shared) {
		step(&filler);
		step(&filler);
		end(&filler);
	}
	rig_down();
}

static void
test_grace(void **state)
{
	(void)state;
	grace_waits_for(1, true);
}

static void
test_grace_own(void **state)
{
	(void)state;
	grace_waits_for(4, false);
}

/* What was unpublished before a grace period is not seen after it. */
static int *published;
static bool stop;

static void *
reader(void *arg)
{
	struct fwi_producer *pr = fwi_producer_get();
	uintptr_t bad = 0;
	unsigned cookie;
	int *v;

	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		cookie = fwi_producer_enter(pr);
		v = __atomic_load_n(&published, __ATOMIC_ACQUIRE);
		bad += __atomic_load_n(v, __ATOMIC_RELAXED) != 1;
		fwi_producer_leave(pr, cookie);
	}
	return (void *)bad;
}

static void
test_unpublish(void **state)
{
	int value[2] = {1, 1};
	pthread_t t[4];
	unsigned i;
	void *bad;

	(void)state;
	rig_up(&(struct rig_conf){.max_producers = 2}); /* two of the four share */
	published = &value[0];
	stop = false;
	for (i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, reader, NULL);
	for (i = 0; i < 60; i++) {
		__atomic_store_n(&value[~i & 1], 1, __ATOMIC_RELAXED);
		__atomic_store_n(&published, &value[~i & 1], __ATOMIC_RELEASE);
		fwi_producer_grace();
		__atomic_store_n(&value[i & 1], 0, __ATOMIC_RELAXED);
		if (i % 16 == 0)
			sched_yield();
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < 4; i++) {
		pthread_join(t[i], &bad);
		assert_null(bad);
	}
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_grace_own),
		cmocka_unit_test(test_grace),
		cmocka_unit_test(test_unpublish),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
