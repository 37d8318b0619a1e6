/* SPDX-License-Identifier: BSD-3-Clause */
/* The ends of pollers and ports while other threads are at it. */
#include <pthread.h>
#include <semaphore.h>

#include <rte_mempool.h>

#include "core/ctl.h"
#include "rig.h"
#include "tx/cpool.h"

static sem_t reached, go_on;
static pid_t tid; /* atomic */
static uint64_t stop_us;

static void
wait_in_callback(struct pkt *p)
{
	(void)p;
	sem_post(&reached);
	sem_wait(&go_on);
}

static void *
destroy_thread(void *p)
{
	__atomic_store_n(&tid, gettid(), __ATOMIC_RELEASE);
	return (void *)(intptr_t)fwpdk_poller_destroy(p);
}

static void *
stop_thread(void *port)
{
	return (void *)(intptr_t)fwpdk_port_stop((uint16_t)(uintptr_t)port, stop_us);
}

static int
joined(pthread_t t)
{
	void *rc;

	pthread_join(t, &rc);
	return (int)(intptr_t)rc;
}

/* While one thread destroys a poller, others neither destroy nor start nor extend it. */
static void
test_two_destroyers(void **state)
{
	struct fwpdk_poller *p;
	pthread_t t;
	int rc[3];

	(void)state;
	rig_up(&(struct rig_conf){.queues = 2});
	p = rig.p[1];
	assert_int_equal(fwpdk_poller_stop(rig.p[0]), 0); /* all goes to the other one */
	struct pkt *k = pkt_new(1, 1, 1, true);
	assert_int_equal(pkt_inject(k), STATUS_SUCCESS);
	assert_int_equal(fwpdk_poller_stop(p), 0);
	sem_init(&reached, 0, 0);
	sem_init(&go_on, 0, 0);
	pkt_hook = wait_in_callback;
	pthread_create(&t, NULL, destroy_thread, p);
	sem_wait(&reached); /* it drains the poller */
	rc[0] = fwpdk_poller_destroy(p);
	rc[1] = fwpdk_poller_start(p);
	rc[2] = fwpdk_poller_add_compartment(p, 1);
	if (rc[1] == 0)
		fwpdk_poller_stop(p);
	sem_post(&go_on);
	assert_int_equal(joined(t), 0);
	assert_int_equal(rc[0], -EALREADY);
	assert_int_equal(rc[1], -EBUSY);
	assert_int_equal(rc[2], -EBUSY);
	assert_int_equal(fwpdk_poller_destroy(p), -ENODEV);
	assert_int_equal(k->done, 1);
	pkt_del(k);
	rig.queues = 1;
	rig_down();
}

/* Does that thread of ours wait in the kernel? */
static bool
sleeps(pid_t thread)
{
	char path[64], line[256], *paren;
	FILE *f;
	bool s = false;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)thread);
	f = fopen(path, "r");
	if (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		paren = strrchr(line, ')');
		s = paren != NULL && paren[2] == 'S';
	}
	if (f != NULL)
		fclose(f);
	return s;
}

/*
 * The owner is inside an inject call that found the poller accepting when another thread
 * stops and destroys it; then it releases. What it injected is completed.
 */
static void
test_last_injection_of_the_owner(void **state)
{
	struct fwpdk_poller *p;
	struct pkt *k;
	pthread_t t;

	(void)state;
	rig_up(&(struct rig_conf){.queues = 2});
	p = rig.p[1];
	k = pkt_new(1, 1, 1, true);
	assert_int_equal(fwpdk_poller_claim(p), 0);
	assert_int_equal(fwpdk_poller_stop(p), 0);
	__atomic_store_n(&tid, 0, __ATOMIC_RELAXED);
	fwi_ctl_lock(); /* hold it up where it has seen an empty poller */
	pthread_create(&t, NULL, destroy_thread, p);
	while (__atomic_load_n(&tid, __ATOMIC_ACQUIRE) == 0 ||
		!sleeps(__atomic_load_n(&tid, __ATOMIC_RELAXED)))
		;
	__atomic_store_n(&p->accepting, true, __ATOMIC_RELAXED); /* as the call saw it */
	assert_int_equal(pkt_inject(k), STATUS_SUCCESS);
	__atomic_store_n(&p->accepting, false, __ATOMIC_RELAXED);
	assert_int_equal(fwpdk_poller_release(p), 0);
	fwi_ctl_unlock();
	assert_int_equal(joined(t), 0);
	assert_int_equal(k->done, 1);
	pkt_del(k);
	rig.queues = 1;
	rig_down();
}

/* A driver may keep the emptied mbufs of NBLs that are done: their pool has to stay. */
static void
test_emptied_mbufs(void **state)
{
	struct pkt *k;
	int rc;

	(void)state;
	rig_up(&(struct rig_conf){0});
	rig.dev[0].hold = true;
	k = pkt_new(1, 1, 1, true);
	assert_int_equal(pkt_inject(k), STATUS_SUCCESS);
	fwpdk_poll(rig.p[0]);
	fwi_cpool_detach(rig.p[0]->q[0], rig.dev[0].held[0]);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(k->done, 1);
	assert_int_equal(fwpdk_poller_stop(rig.p[0]), 0);
	rc = fwpdk_poller_destroy(rig.p[0]);
	assert_int_equal(rc, -EBUSY);
	pkt_del(k);
	rig_down();
}

/* Nor are copies waited for that a lazy driver keeps, yet their pool outlives the poller. */
static void
test_late_copies(void **state)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	struct rte_mempool *pool;
	struct pkt *k;

	(void)state;
	rig_up(&(struct rig_conf){.queues = 2, .port.mode = FWPDK_MODE_COPY});
	rig.dev[0].hold = true;
	k = pkt_new(1, 1, 1, true);
	assert_int_equal(fwpdk_poller_stop(rig.p[0]), 0);
	assert_int_equal(pkt_inject(k), STATUS_SUCCESS);
	fwpdk_poll(rig.p[1]);
	assert_int_equal(k->done, 1);
	assert_int_equal(rig.dev[0].nheld, 1);
	pool = rig.dev[0].held[0]->pool;
	snprintf(name, sizeof(name), "%s", pool->name);
	assert_int_equal(fwpdk_poller_stop(rig.p[1]), 0);
	assert_int_equal(fwpdk_poller_destroy(rig.p[1]), 0);
	assert_ptr_equal(rte_mempool_lookup(name), pool);
	rig.queues = 1;
	pkt_del(k);
	rig_down(); /* gives the copy back and closes the port */
	assert_null(rte_mempool_lookup(name));
}

/* One thread stops a port; a second one, or one that closes it, is told so at once. */
static void
test_two_stoppers(void **state)
{
	struct fwpdk_port_info info = {.size = sizeof(info)};
	uint16_t id;
	pthread_t t;
	int rc[2];

	(void)state;
	rig_up(&(struct rig_conf){0});
	id = rig.dev[0].id;
	assert_int_equal(fwpdk_poller_claim(rig.p[0]), 0); /* the stop has to wait for us */
	stop_us = 5000000;
	pthread_create(&t, NULL, stop_thread, (void *)(uintptr_t)id);
	do
		assert_int_equal(fwpdk_port_info(id, &info), 0);
	while (info.state != FWPDK_PORT_STOPPING);
	rc[0] = fwpdk_port_stop(id, 0);
	rc[1] = fwpdk_port_close(id);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(joined(t), 0);
	assert_int_equal(rc[0], -EBUSY);
	assert_int_equal(rc[1], -EBUSY);
	assert_int_equal(fwpdk_port_stop(id, 0), -EALREADY);
	rig_down();
}

/* After one gave up, another may go on. */
static void
test_stop_again(void **state)
{
	pthread_t t;
	uint16_t id;

	(void)state;
	rig_up(&(struct rig_conf){0});
	id = rig.dev[0].id;
	assert_int_equal(fwpdk_poller_claim(rig.p[0]), 0);
	stop_us = 1000;
	pthread_create(&t, NULL, stop_thread, (void *)(uintptr_t)id);
	assert_int_equal(joined(t), -ETIMEDOUT);
	assert_int_equal(fwpdk_port_close(id), -EBUSY);
	assert_int_equal(fwpdk_port_start(id), -EALREADY);
	assert_int_equal(fwpdk_port_stop(id, 0), 0); /* the poller is ours */
	assert_int_equal(fwpdk_port_start(id), 0);
	rig_shim(0);
	assert_int_equal(fwpdk_port_stop(id, 0), 0);
	rig_down();
}

/* Four threads stop and start a port that is polled: never twice, never left half done. */
static bool over;
static unsigned stops, starts; /* atomic */

static void *
toggle(void *arg)
{
	unsigned i;
	int rc;

	for (i = 0; i < 300; i++) {
		rc = fwpdk_port_stop((uint16_t)(uintptr_t)arg, 1000000);
		if (rc == 0)
			__atomic_fetch_add(&stops, 1, __ATOMIC_RELAXED);
		else if (rc != -EALREADY && rc != -EBUSY)
			return (void *)1;
		rc = fwpdk_port_start((uint16_t)(uintptr_t)arg);
		if (rc == 0)
			__atomic_fetch_add(&starts, 1, __ATOMIC_RELAXED);
		else if (rc != -EALREADY)
			return (void *)2;
	}
	return NULL;
}

static void *
poll_thread(void *p)
{
	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE))
		fwpdk_poll(p);
	return (void *)(intptr_t)fwpdk_poller_release(p);
}

static void
test_many_stoppers(void **state)
{
	struct fwpdk_port_info info = {.size = sizeof(info)};
	pthread_t t[4], poller;
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){0});
	over = false;
	stops = starts = 0;
	pthread_create(&poller, NULL, poll_thread, rig.p[0]);
	for (i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, toggle, (void *)(uintptr_t)rig.dev[0].id);
	for (i = 0; i < 4; i++)
		assert_int_equal(joined(t[i]), 0);
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	joined(poller);
	assert_int_equal(fwpdk_port_info(rig.dev[0].id, &info), 0);
	assert_int_equal(stops - starts, info.state == FWPDK_PORT_STARTED ? 0 : 1);
	rig_down();
}

/* A completion gives back what its thread owned when it came to help. */
static void
release_first(struct pkt *k)
{
	(void)k;
	fwpdk_poller_release(rig.p[0]);
}

static void
test_released_while_helping(void **state)
{
	struct pkt *k;

	(void)state;
	rig_up(&(struct rig_conf){.queues = 2});
	k = pkt_new(1, 1, 1, true);
	assert_int_equal(fwpdk_poller_stop(rig.p[0]), 0);
	assert_int_equal(pkt_inject(k), STATUS_SUCCESS);
	assert_int_equal(fwpdk_poller_claim(rig.p[0]), 0);
	pkt_hook = release_first;
	fwi_pollers_help();
	pkt_hook = NULL;
	assert_int_equal(k->done, 1);
	assert_null(fwi_self.poller); /* else it would be looked into after its end */
	pkt_del(k);
	rig_down();
}

/* A poller that was never started is remembered too. */
static void
test_owner_of_an_idle_one(void **state)
{
	struct pkt *k;

	(void)state;
	rig_up(&(struct rig_conf){.queues = 2, .no_start = true});
	assert_int_equal(fwpdk_poller_claim(rig.p[1]), 0);
	assert_int_equal(fwpdk_poller_claim(rig.p[0]), 0);
	assert_int_equal(fwpdk_poller_release(rig.p[0]), 0);
	assert_int_equal(fwpdk_poller_start(rig.p[0]), 0);
	assert_int_equal(fwpdk_poller_start(rig.p[1]), 0);
	k = pkt_new(1, 1, 1, true);
	assert_int_equal(pkt_inject(k), STATUS_SUCCESS); /* P8: to our own */
	fwpdk_poll(rig.p[1]);
	fwpdk_poll(rig.p[1]);
	assert_int_equal(k->done, 1);
	assert_ptr_equal(k->by, rig.p[1]);
	assert_int_equal(rig.p[1]->count[(uintptr_t)rig.h & rig.p[1]->handle_mask].in, 1);
	pkt_del(k);
	fwpdk_poller_release(rig.p[1]);
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_destroyers),
		cmocka_unit_test(test_last_injection_of_the_owner),
		cmocka_unit_test(test_emptied_mbufs),
		cmocka_unit_test(test_late_copies),
		cmocka_unit_test(test_two_stoppers),
		cmocka_unit_test(test_stop_again),
		cmocka_unit_test(test_many_stoppers),
		cmocka_unit_test(test_released_while_helping),
		cmocka_unit_test(test_owner_of_an_idle_one),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
