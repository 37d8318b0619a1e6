/* SPDX-License-Identifier: BSD-3-Clause */
/* R9, R10, R14: destroy while other threads inject, many rounds. */
#include <sched.h>
#include <stdio.h>

#include <rte_cycles.h>

#include "fixture.h"

#define ROUNDS	300
#define THREADS 2
#define MINE	64

struct injector {
	pthread_t t;
	struct pkt *p[MINE];
	uint64_t ok, closing, invalid, full, other;
	bool started;
};

static HANDLE handle;
static uint64_t done_of_round;
static bool stop;

static VOID NTAPI
completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	struct pkt *p = context;

	(void)nbl;
	(void)dispatch;
	__atomic_fetch_add(&done_of_round, 1, __ATOMIC_ACQ_REL);
	__atomic_fetch_add(&pkt_completions, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&p->done, 1, __ATOMIC_RELEASE);
}

static void
one(struct injector *in, struct pkt *p)
{
	NTSTATUS s = FwpsInjectNetworkSendAsync0(
		handle, p, 0, UNSPECIFIED_COMPARTMENT_ID, p->nbl, completed, p);

	if (s == STATUS_SUCCESS) {
		p->accepted++;
		in->ok++;
	} else if (s == STATUS_FWP_INJECT_HANDLE_CLOSING) {
		in->closing++;
	} else if (s == STATUS_INVALID_HANDLE) {
		in->invalid++;
	} else if (s == STATUS_INSUFFICIENT_RESOURCES) {
		in->full++;
	} else {
		in->other++;
	}
}

static void *
inject_loop(void *arg)
{
	struct injector *in = arg;
	unsigned i = 0;

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE) || in->invalid + in->closing == 0) {
		struct pkt *p = in->p[i++ % MINE];

		if (__atomic_load_n(&p->done, __ATOMIC_ACQUIRE) == p->accepted)
			one(in, p);
		else
			sched_yield();
		__atomic_store_n(&in->started, true, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void
round_of(struct injector *in, unsigned round)
{
	uint64_t ok = 0, at_return;
	unsigned i, k;

	stop = false;
	done_of_round = 0;
	assert_status(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &handle), 0);
	for (i = 0; i < THREADS; i++) {
		in[i].ok = in[i].closing = in[i].invalid = in[i].full = in[i].other = 0;
		in[i].started = false;
		assert_int_equal(pthread_create(&in[i].t, NULL, inject_loop, &in[i]), 0);
	}
	for (i = 0; i < THREADS; i++)
		while (!__atomic_load_n(&in[i].started, __ATOMIC_ACQUIRE))
			sched_yield();
	rte_delay_us_block((round & 15) * 20);
	assert_status(FwpsInjectionHandleDestroy0(handle), STATUS_SUCCESS);
	at_return = __atomic_load_n(&done_of_round, __ATOMIC_ACQUIRE);
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (i = 0; i < THREADS; i++) {
		pthread_join(in[i].t, NULL);
		ok += in[i].ok;
		assert_int_equal(in[i].other, 0);
		assert_true(in[i].closing + in[i].invalid > 0);
	}
	/* Every success had its completion before destroy returned, and none came later. */
	assert_int_equal(at_return, ok);
	assert_int_equal(__atomic_load_n(&done_of_round, __ATOMIC_ACQUIRE), ok);
	pkt_accepted += ok;
	for (i = 0; i < THREADS; i++)
		for (k = 0; k < MINE; k++)
			assert_int_equal(in[i].p[k]->done, in[i].p[k]->accepted);
}

static void
rounds(unsigned n)
{
	static struct injector in[THREADS];
	unsigned i, k;

	for (i = 0; i < THREADS; i++)
		for (k = 0; k < MINE; k++)
			in[i].p[k] = PKT(0);
	for (i = 0; i < n; i++)
		round_of(in, i);
	fx_check_conserved();
}

static void
r009_destroy_while_threads_inject(void **state)
{
	(void)state;
	fx_thread_start();
	rounds(ROUNDS);
}

static void
r009_destroy_serves_the_poller_itself(void **state)
{
	(void)state;
	rounds(ROUNDS / 3); /* nobody else polls */
}

static void
r009_shared_lane_for_threads_without_their_own(void **state)
{
	(void)state;
	fx_thread_start();
	rounds(ROUNDS / 3);
}

static int
up_one_lane(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_null0"}, .max_producers = 1});
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(r009_destroy_while_threads_inject, fx_up_null, fx_down),
	cmocka_unit_test_setup_teardown(r009_destroy_serves_the_poller_itself, fx_up_null, fx_down),
	cmocka_unit_test_setup_teardown(
		r009_shared_lane_for_threads_without_their_own, up_one_lane, fx_down),
};
FX_MAIN(tests)
