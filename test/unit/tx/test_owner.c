/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/tx/owner.c: one owner at a time, and what happens to a poller that lost it. */
#include <pthread.h>

#include <rte_launch.h>
#include <rte_lcore.h>

#include "rig.h"
#include "tx/producer.h"

static void *
on_thread(void *(*fn)(void *), void *arg)
{
	pthread_t t;
	void *rc;

	assert_int_equal(pthread_create(&t, NULL, fn, arg), 0);
	pthread_join(t, &rc);
	return rc;
}

static void *
claim(void *p)
{
	return (void *)(intptr_t)fwpdk_poller_claim(p);
}

static void *
poll_once(void *p)
{
	return (void *)(intptr_t)fwpdk_poll(p);
}

static void *
claim_release(void *p)
{
	int rc = fwpdk_poller_claim(p);

	return (void *)(intptr_t)(rc != 0 ? rc : fwpdk_poller_release(p));
}

static void *
release_foreign(void *p)
{
	return (void *)(intptr_t)fwpdk_poller_release(p);
}

static void
test_claim(void **state)
{
	struct rte_mbuf *m = NULL;
	struct fwpdk_poller *p;

	(void)state;
	rig_up(&(struct rig_conf){0});
	p = rig.p[0];
	assert_int_equal(fwpdk_poller_release(p), -EPERM);
	assert_int_equal(fwpdk_poller_claim(p), 0);
	assert_int_equal(fwpdk_poller_claim(p), 0);
	assert_int_equal((intptr_t)on_thread(claim, p), -EPERM);
	assert_int_equal((intptr_t)on_thread(poll_once, p), -EPERM);
	assert_int_equal((intptr_t)on_thread(release_foreign, p), -EPERM);
	assert_int_equal(fwpdk_poll(p), 0);
	assert_int_equal(fwpdk_tx(p, rig.dev[0].id, &m, 0), 0);
	assert_int_equal(fwpdk_poller_release(p), 0);
	assert_int_equal(fwpdk_poller_release(p), -EPERM);
	assert_int_equal((intptr_t)on_thread(claim_release, p), 0);
	assert_int_equal(fwpdk_poll(p), 0); /* claims */
	rig_down();
}

/* The end of its thread frees a poller; what it had in it can be finished by others. */
static void *
inject_and_end(void *arg)
{
	struct pkt **p = arg;
	unsigned i;

	if (fwpdk_poll(rig.p[0]) < 0)
		return (void *)1;
	for (i = 0; i < 10; i++)
		if (pkt_inject(p[i]) != STATUS_SUCCESS)
			return (void *)2;
	return NULL;
}

static void
test_thread_exit(void **state)
{
	struct fwpdk_poller_info info = {.size = sizeof(info)};
	struct pkt *p[10];
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){0});
	for (i = 0; i < 10; i++)
		p[i] = pkt_new(1 + i % 2, 1, 1, true);
	assert_null(on_thread(inject_and_end, p));
	assert_int_equal(fwpdk_poller_info(rig.p[0], &info), 0);
	assert_false(info.owned);
	assert_int_equal(pkt_completions, 0);
	rig_check_conserved();
	assert_int_equal(fwpdk_poll(rig.p[0]), 10);
	for (i = 0; i < 10; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_int_equal(p[i]->status, STATUS_SUCCESS);
		pkt_del(p[i]);
	}
	rig_down();
}

/* Destroying a handle serves a poller that nobody polls, with dispatchLevel FALSE. */
static void
test_help(void **state)
{
	struct fwpdk_poller_info info = {.size = sizeof(info)};
	struct pkt *p = NULL;

	(void)state;
	rig_up(&(struct rig_conf){0});
	p = pkt_new(1, 1, 1, true);
	assert_int_equal(pkt_inject(p), STATUS_SUCCESS);
	assert_int_equal(fwpdk_handle_destroy(rig.h, 1000000), 0);
	assert_int_equal(p->done, 1);
	assert_false(p->dispatch);
	assert_int_equal(fwpdk_poller_info(rig.p[0], &info), 0);
	assert_false(info.owned);
	assert_int_equal(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &rig.h),
		STATUS_SUCCESS);
	assert_int_equal(pkt_inject(p), STATUS_SUCCESS);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(p->done, 2);
	assert_true(p->dispatch);
	pkt_del(p);
	rig_down();
}

/* An EAL worker whose function returned owns nothing any more, whatever it claimed. */
static int
claim_on_lcore(void *p)
{
	return fwpdk_poll(p) < 0;
}

static void
test_lcore_returned(void **state)
{
	struct fwpdk_poller_info info = {.size = sizeof(info)};
	unsigned lcore = rte_get_next_lcore(-1, 1, 0);

	(void)state;
#ifdef __SANITIZE_THREAD__
	skip(); /* EAL's own hand-over between lcores is not instrumented */
#endif
	assert_true(lcore < RTE_MAX_LCORE);
	rig_up(&(struct rig_conf){0});
	assert_int_equal(rte_eal_remote_launch(claim_on_lcore, rig.p[0], lcore), 0);
	assert_int_equal(rte_eal_wait_lcore(lcore), 0);
	assert_int_equal(fwpdk_poller_info(rig.p[0], &info), 0);
	assert_true(info.owned);
	assert_int_equal(info.owner_lcore, lcore);
	assert_int_equal(fwpdk_poll(rig.p[0]), 0);
	assert_int_equal(fwpdk_poller_info(rig.p[0], &info), 0);
	assert_int_equal(info.owner_lcore, rte_get_main_lcore());
	/* and the worker has to ask again */
	assert_int_equal(rte_eal_remote_launch(claim_on_lcore, rig.p[0], lcore), 0);
	assert_int_equal(rte_eal_wait_lcore(lcore), 1);
	rig_down();
}

/* A worker that lost one of its pollers still injects into the other by itself. */
static int
own_both(void *p)
{
	struct fwpdk_poller **both = p;

	return fwpdk_poll(both[1]) < 0 || fwpdk_poll(both[0]) < 0;
}

static int
inject_own(void *p)
{
	return pkt_inject(p) != STATUS_SUCCESS || fwpdk_poll(rig.p[1]) < 0;
}

static void
test_one_of_two_taken(void **state)
{
	unsigned lcore = rte_get_next_lcore(-1, 1, 0);
	struct pkt *k;

	(void)state;
#ifdef __SANITIZE_THREAD__
	skip();
#endif
	rig_up(&(struct rig_conf){.queues = 2});
	k = pkt_new(1, 1, 1, true);
	assert_int_equal(rte_eal_remote_launch(own_both, rig.p, lcore), 0);
	assert_int_equal(rte_eal_wait_lcore(lcore), 0);
	assert_int_equal(fwpdk_poll(rig.p[0]), 0); /* takes it over */
	assert_int_equal(fwpdk_poller_release(rig.p[0]), 0);
	assert_int_equal(rte_eal_remote_launch(inject_own, k, lcore), 0);
	assert_int_equal(rte_eal_wait_lcore(lcore), 0);
	assert_int_equal(rig.p[1]->count[(uintptr_t)rig.h & rig.p[1]->handle_mask].in, 1);
	fwpdk_poll(rig.p[1]);
	assert_int_equal(k->done, 1);
	pkt_del(k);
	rig_down();
}

/* P8, of a thread without a ring of its own: what it injected before it became the owner comes
 * first. */
static void *
take_the_lane(void *k)
{
	return (void *)(intptr_t)pkt_inject(k);
}

static void
test_order_over_claim(void **state)
{
	struct pkt *k[3];
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){.max_producers = 1});
	for (i = 0; i < 3; i++)
		k[i] = pkt_new(1, 1, 1, true);
	fwi_producers[0].taken = 1; /* somebody else has it */
	assert_int_equal(pkt_inject(k[0]), STATUS_SUCCESS);
	fwi_producers[0].taken = 0;
	assert_null(on_thread(take_the_lane, k[1]));
	assert_int_equal(fwpdk_poller_claim(rig.p[0]), 0);
	assert_int_equal(pkt_inject(k[2]), STATUS_SUCCESS);
	for (i = 0; i < 3; i++)
		fwpdk_poll(rig.p[0]);
	assert_int_equal(pkt_completions, 3);
	for (i = 0; rig.dev[0].seen[i] != k[0]->number; i++)
		assert_int_not_equal(rig.dev[0].seen[i], k[2]->number);
	for (i = 0; i < 3; i++)
		pkt_del(k[i]);
	rig_down();
}

/* Many threads want it, one has it. */
static unsigned inside, most;

static void *
contend(void *arg)
{
	struct fwpdk_poller *p = rig.p[0];
	unsigned got = 0, i, now;

	(void)arg;
	for (i = 0; i < 20000; i++) {
		if (fwpdk_poller_claim(p) != 0)
			continue;
		now = __atomic_add_fetch(&inside, 1, __ATOMIC_RELAXED);
		if (now > 1)
			__atomic_store_n(&most, now, __ATOMIC_RELAXED);
		fwpdk_poll(p);
		__atomic_fetch_sub(&inside, 1, __ATOMIC_RELAXED);
		fwpdk_poller_release(p);
		got++;
	}
	return (void *)(uintptr_t)got;
}

static void
test_contend(void **state)
{
	struct fwpdk_poller_info info = {.size = sizeof(info)};
	pthread_t t[4];
	uint64_t sum = 0;
	unsigned i;
	void *got;

	(void)state;
	rig_up(&(struct rig_conf){0});
	for (i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, contend, NULL);
	for (i = 0; i < 4; i++) {
		pthread_join(t[i], &got);
		sum += (uintptr_t)got;
	}
	assert_int_equal(most, 0);
	assert_int_equal(fwpdk_poller_info(rig.p[0], &info), 0);
	assert_int_equal(info.polls, sum);
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_claim),
		cmocka_unit_test(test_thread_exit),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_lcore_returned),
		cmocka_unit_test(test_one_of_two_taken),
		cmocka_unit_test(test_order_over_claim),
		cmocka_unit_test(test_contend),
	};
	static char args[] = "t\0--no-huge\0-m\0"
			     "128\0--no-pci\0--no-telemetry\0"
			     "--lcores=0@0,1@0\0--iova-mode=va\0--log-level=*:error\0";
	static char prefix[48], *argv[16];
	int argc = 0;
	char *a;

	/* as test_eal_init(), with a second lcore */
	for (a = args; *a != '\0'; a += strlen(a) + 1)
		argv[argc++] = a;
	snprintf(prefix, sizeof(prefix), "--file-prefix=t%d", (int)getpid());
	argv[argc++] = prefix;
	if (rte_eal_init(argc, argv) < 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
