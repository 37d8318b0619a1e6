/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pollers ask without pause while filters and callouts come and go. A callout that is
 * unregistered does not run again; what a filter's context points at is there until its
 * DELETE_FILTER; a packet meets all filters of a transaction or none.
 */
#include <pthread.h>
#include <sched.h>

#include "core/rcu.h"

#include "../eal_fixture.h"
#include "rig.h"

#define POLLERS 2u
#define LIVES	60u

static bool stop, registered;			/* atomic */
static uint64_t asked[POLLERS], calls[POLLERS]; /* atomic */
static __thread unsigned me;
static unsigned in_pair; /* of this packet */
static __thread unsigned pair_seen;

struct context {
	uint32_t magic;
};
#define ALIVE 0xA11CE

static void NTAPI
classify(const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m, void *data,
	const void *ctx, const FWPS_FILTER3 *filter, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	const struct context *c = (const struct context *)(uintptr_t)filter->context;

	(void)m;
	(void)data;
	(void)ctx;
	(void)flow;
	if (!__atomic_load_n(&registered, __ATOMIC_ACQUIRE))
		abort();
	if (c->magic != ALIVE || v->layerId != FWPS_LAYER_INBOUND_IPPACKET_V4)
		abort();
	pair_seen++;
	__atomic_store_n(&calls[me], calls[me] + 1, __ATOMIC_RELAXED);
	out->actionType = FWP_ACTION_CONTINUE;
}

static NTSTATUS NTAPI
notify(FWPS_CALLOUT_NOTIFY_TYPE what, const GUID *key, FWPS_FILTER3 *filter)
{
	struct context *c;

	(void)key;
	if (what == FWPS_CALLOUT_NOTIFY_ADD_FILTER) {
		c = malloc(sizeof(*c));
		c->magic = ALIVE;
		filter->context = (uintptr_t)c;
	} else if (what == FWPS_CALLOUT_NOTIFY_DELETE_FILTER) {
		c = (struct context *)(uintptr_t)filter->context;
		c->magic = 0;
		free(c);
	}
	return STATUS_SUCCESS;
}

static bool
prepare(struct fwi_indication *ind)
{
	ind->meta.currentMetadataValues = 0;
	return true;
}

static void
ask_once(void)
{
	struct fwi_indication ind = {.prepare = prepare};
	struct fwi_key key = {.version = 4};
	const struct fwi_layer *l;

	pair_seen = 0;
	fwi_classify_enter(me);
	l = fwi_layer(FWPS_LAYER_INBOUND_IPPACKET_V4);
	if (l != NULL)
		fwi_classify(l, &key, &ind);
	fwi_classify_leave(me);
	if (pair_seen % in_pair != 0)
		abort();
	fwi_rcu_quiescent(me);
	__atomic_store_n(&asked[me], asked[me] + 1, __ATOMIC_RELAXED);
}

static void *
poller(void *arg)
{
	me = (unsigned)(uintptr_t)arg;
	fwi_rcu_online(me);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		ask_once();
		sched_yield();
	}
	fwi_rcu_offline(me);
	return NULL;
}

static uint64_t
sum(const uint64_t *v)
{
	return __atomic_load_n(&v[0], __ATOMIC_RELAXED) + __atomic_load_n(&v[1], __ATOMIC_RELAXED);
}

static pthread_t threads[POLLERS];

static void
begin(unsigned pair)
{
	uintptr_t i;

	in_pair = pair;
	stop = false;
	for (i = 0; i < POLLERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, poller, (void *)i), 0);
}

static void
end(void)
{
	unsigned i;

	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < POLLERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static FWPS_CALLOUT3 callout = {.classifyFn = classify, .notifyFn = notify};

static void
test_unregister(void **state)
{
	uint64_t before;
	unsigned i;

	(void)state;
	callout.calloutKey = rig_key(100);
	rig_callout_object(0, &FWPM_LAYER_INBOUND_IPPACKET_V4);
	begin(1);
	for (i = 0; i < LIVES; i++) {
		before = sum(calls);
		__atomic_store_n(&registered, true, __ATOMIC_RELEASE);
		assert_ok(FwpsCalloutRegister3(NULL, &callout, NULL));
		rig_add_at(20, 0, 1, FWP_ACTION_CALLOUT_INSPECTION, 0);
		while (sum(calls) < before + 20)
			sched_yield();
		rig_filter_gone(20);
		assert_ok(FwpsCalloutUnregisterByKey0(&callout.calloutKey));
		__atomic_store_n(&registered, false, __ATOMIC_RELEASE);
		before = sum(asked);
		while (sum(asked) < before + 20)
			sched_yield();
	}
	end();
}

/* Unregistered with its filter in place. */
static void
test_unregister_first(void **state)
{
	static struct context context = {ALIVE};
	FWPM_FILTER0 f = rig_filter(
		20, &FWPM_LAYER_INBOUND_IPPACKET_V4, 0, FWP_ACTION_CALLOUT_INSPECTION);
	uint64_t before;
	unsigned i;

	(void)state;
	callout.calloutKey = rig_key(100);
	rig_callout_object(0, &FWPM_LAYER_INBOUND_IPPACKET_V4);
	f.action.calloutKey = callout.calloutKey;
	f.rawContext = (uintptr_t)&context; /* added before any registration: nobody is told */
	rig_add(&f);
	begin(1);
	for (i = 0; i < LIVES; i++) {
		before = sum(calls);
		__atomic_store_n(&registered, true, __ATOMIC_RELEASE);
		assert_ok(FwpsCalloutRegister3(NULL, &callout, NULL));
		while (sum(calls) < before + 20)
			sched_yield();
		assert_ok(FwpsCalloutUnregisterByKey0(&callout.calloutKey));
		__atomic_store_n(&registered, false, __ATOMIC_RELEASE);
	}
	end();
	rig_filter_gone(20);
}

static void
test_transaction(void **state)
{
	uint64_t before;
	unsigned i;

	(void)state;
	callout.calloutKey = rig_key(100);
	rig_callout_object(0, &FWPM_LAYER_INBOUND_IPPACKET_V4);
	__atomic_store_n(&registered, true, __ATOMIC_RELEASE);
	assert_ok(FwpsCalloutRegister3(NULL, &callout, NULL));
	begin(3);
	for (i = 0; i < LIVES; i++) {
		fwi_straight_max = i % 2 != 0 ? 8 : 2;
		assert_ok(FwpmTransactionBegin0(rig.engine, 0));
		rig_add_at(20, 0, 1, FWP_ACTION_CALLOUT_INSPECTION, 0);
		rig_add_at(21, 0, 2, FWP_ACTION_CALLOUT_INSPECTION, 0);
		rig_add_at(22, 0, 3, FWP_ACTION_CALLOUT_INSPECTION, 0);
		assert_ok(FwpmTransactionCommit0(rig.engine));
		before = sum(calls);
		while (sum(calls) < before + 20)
			sched_yield();
		assert_ok(FwpmTransactionBegin0(rig.engine, 0));
		rig_filter_gone(22);
		rig_filter_gone(21);
		rig_filter_gone(20);
		assert_ok(FwpmTransactionCommit0(rig.engine));
	}
	end();
	assert_ok(FwpsCalloutUnregisterByKey0(&callout.calloutKey));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_unregister, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_unregister_first, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_transaction, rig_up, rig_down),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
