/* SPDX-License-Identifier: BSD-3-Clause */
/* Flows and their contexts. */
#include <pthread.h>
#include <sched.h>

#include <rte_cycles.h>

#include "classify/flow.h"
#include "core/rcu.h"

#include "../eal_fixture.h"
#include "rig.h"

#define LAYER FWPS_LAYER_INBOUND_TRANSPORT_V4

static struct {
	UINT32 id;
	unsigned calls;
	UINT64 context; /* of the last classify */
	unsigned deleted;
	UINT64 got;
	void (*inside)(void);
} c;
static uint64_t handle; /* of the packet that is asked about */

static void NTAPI
classify(const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m, void *d,
	const void *ctx, const FWPS_FILTER3 *f, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	(void)v;
	(void)d;
	(void)ctx;
	(void)f;
	(void)out;
	c.calls++;
	c.context = flow;
	handle = m->flowHandle;
	if (c.inside != NULL)
		c.inside();
}

static NTSTATUS NTAPI
notify(FWPS_CALLOUT_NOTIFY_TYPE what, const GUID *key, FWPS_FILTER3 *f)
{
	(void)what;
	(void)key;
	(void)f;
	return STATUS_SUCCESS;
}

static void NTAPI
flow_delete(UINT16 layer, UINT32 callout, UINT64 context)
{
	assert_int_equal(layer, LAYER);
	assert_int_equal(callout, c.id);
	c.deleted++;
	c.got = context;
}

static int
up(void **state)
{
	FWPS_CALLOUT3 callout = {.calloutKey = rig_key(100),
		.classifyFn = classify,
		.notifyFn = notify,
		.flowDeleteFn = flow_delete};
	FWPM_FILTER0 f = rig_filter(
		20, &FWPM_LAYER_INBOUND_TRANSPORT_V4, 0, FWP_ACTION_CALLOUT_INSPECTION);

	memset(&c, 0, sizeof(c));
	handle = 0;
	fwi_flow_time_ahead = 0;
	if (rig_up(state) != 0)
		return -1;
	assert_false(fwi_flows_on);
	assert_ok(FwpsCalloutRegister3(NULL, &callout, &c.id));
	rig_callout_object(0, &FWPM_LAYER_INBOUND_TRANSPORT_V4);
	f.action.calloutKey = rig_key(100);
	rig_add(&f);
	return 0;
}

static int
down(void **state)
{
	if (c.id != 0)
		assert_ok(FwpsCalloutUnregisterById0(c.id));
	assert_false(fwi_flows_on);
	return rig_down(state);
}

static const struct fwi_key packet = {.version = 4,
	.local.v4 = 0x0a000001,
	.remote.v4 = 0x0a000002,
	.local_port = 80,
	.remote_port = 1234,
	.protocol = 6,
	.compartment = 1};

static bool
prepare(struct fwi_indication *ind)
{
	ind->meta.currentMetadataValues = 0;
	ind->meta.flowHandle = fwi_flow_of(&packet);
	if (ind->meta.flowHandle != 0)
		ind->meta.currentMetadataValues = FWPS_METADATA_FIELD_FLOW_HANDLE;
	return true;
}

static void
ask(void)
{
	struct fwi_indication ind = {.prepare = prepare};

	fwi_classify_enter(0);
	fwi_classify(fwi_layer(LAYER), &packet, &ind);
	fwi_classify_leave(0);
}

static void
test_same_flow(void **state)
{
	struct fwi_key k = packet;
	uint64_t a = fwi_flow_of(&k), b;

	(void)state;
	assert_int_not_equal(a, 0);
	k.direction = FWP_DIRECTION_INBOUND;
	k.flags = 7;
	k.if_index = 9;
	assert_true(fwi_flow_of(&k) == a);
	k.local_port = 81;
	b = fwi_flow_of(&k);
	assert_true(b != 0 && b != a);
	k = packet;
	k.compartment = 2;
	assert_true(fwi_flow_of(&k) != a);
	k = packet;
	k.protocol = 17;
	assert_true(fwi_flow_of(&k) != a);
	/* what a union's rest holds is no part of an IPv4 flow */
	k = packet;
	memset(&k.local.v6[4], 0xff, 12);
	assert_true(fwi_flow_of(&k) == a);
}

static void
test_associate(void **state)
{
	(void)state;
	ask();
	assert_int_equal(c.calls, 1);
	assert_true(c.context == 0);
	assert_int_not_equal(handle, 0);
	assert_status(FwpsFlowAssociateContext0(handle, LAYER, c.id, 0), STATUS_INVALID_PARAMETER);
	assert_status(
		FwpsFlowAssociateContext0(handle + 1, LAYER, c.id, 5), STATUS_INVALID_PARAMETER);
	assert_status(FwpsFlowAssociateContext0(handle, FWPS_LAYER_INBOUND_IPPACKET_V4, c.id, 5),
		STATUS_INVALID_PARAMETER);
	assert_status(
		FwpsFlowAssociateContext0(handle, LAYER, c.id + 1024, 5), STATUS_INVALID_PARAMETER);
	assert_status(FwpsFlowRemoveContext0(handle, LAYER, c.id), STATUS_UNSUCCESSFUL);
	assert_ok(FwpsFlowAssociateContext0(handle, LAYER, c.id, 5));
	assert_status(FwpsFlowAssociateContext0(handle, LAYER, c.id, 6), STATUS_OBJECT_NAME_EXISTS);
	ask();
	assert_true(c.context == 5);
	assert_status(FwpsFlowRemoveContext0(handle, FWPS_LAYER_OUTBOUND_TRANSPORT_V4, c.id),
		STATUS_UNSUCCESSFUL);
	assert_ok(FwpsFlowRemoveContext0(handle, LAYER, c.id));
	assert_int_equal(c.deleted, 1);
	assert_true(c.got == 5);
	ask();
	assert_true(c.context == 0);
}

static void
test_unregister_busy(void **state)
{
	(void)state;
	ask();
	assert_ok(FwpsFlowAssociateContext0(handle, LAYER, c.id, 5));
	assert_status(FwpsCalloutUnregisterById0(c.id), STATUS_DEVICE_BUSY);
	ask();
	assert_true(c.context == 5); /* nothing has changed */
	assert_ok(FwpsFlowRemoveContext0(handle, LAYER, c.id));
	assert_ok(FwpsCalloutUnregisterById0(c.id));
	assert_int_equal(c.deleted, 1);
	c.id = 0;
}

static void
associate_inside(void)
{
	assert_ok(FwpsFlowAssociateContext0(handle, LAYER, c.id, 5));
	c.inside = NULL;
}

static void
remove_inside(void)
{
	assert_status(FwpsFlowRemoveContext0(handle, LAYER, c.id), STATUS_PENDING);
	assert_int_equal(c.deleted, 0);
	c.inside = NULL;
}

static void
test_inside_classify(void **state)
{
	(void)state;
	c.inside = associate_inside;
	ask();
	ask();
	assert_true(c.context == 5);
	c.inside = remove_inside;
	ask();
	ask(); /* the next look-up finds that nobody is at it */
	assert_true(c.context == 0);
	assert_int_equal(c.deleted, 1);
}

/* While a classify runs elsewhere it is pending, and ends when pollers have polled. */
static void
test_pending(void **state)
{
	(void)state;
	ask();
	assert_ok(FwpsFlowAssociateContext0(handle, LAYER, c.id, 5));
	fwi_rcu_online(3);
	fwi_classify_enter(3);
	fwi_classify_enter(3); /* nests */
	fwi_classify_leave(3);
	assert_status(FwpsFlowRemoveContext0(handle, LAYER, c.id), STATUS_PENDING);
	fwi_flow_finish();
	assert_int_equal(c.deleted, 0);
	fwi_classify_leave(3);
	fwi_flow_finish();
	assert_int_equal(c.deleted, 0);
	fwi_rcu_quiescent(3);
	fwi_flow_finish();
	assert_int_equal(c.deleted, 1);
	fwi_rcu_offline(3);
}

static void
test_abort(void **state)
{
	uint64_t old;

	(void)state;
	ask();
	old = handle;
	assert_ok(FwpsFlowAssociateContext0(old, LAYER, c.id, 5));
	assert_ok(FwpsFlowAbort0(old));
	assert_int_equal(c.deleted, 1);
	assert_status(FwpsFlowAbort0(old), STATUS_INVALID_PARAMETER);
	assert_status(FwpsFlowAssociateContext0(old, LAYER, c.id, 5), STATUS_INVALID_PARAMETER);
	ask();
	assert_true(handle != 0 && handle != old && c.context == 0);
}

/* Idle flows make room; flows that are used stay; a full table refuses and recovers. */
static void
test_idle(void **state)
{
	uint64_t minute = rte_get_tsc_hz() * 60, first;
	struct fwi_key k = packet;
	unsigned i, entered = 0;

	(void)state;
	ask();
	first = handle;
	assert_ok(FwpsFlowAssociateContext0(first, LAYER, c.id, 5));
	for (i = 0; i < 2 * FWI_FLOWS_MAX; i++) {
		k.remote.v4++;
		entered += fwi_flow_of(&k) != 0;
	}
	assert_true(entered > FWI_FLOWS_MAX / 2 && entered < FWI_FLOWS_MAX);
	fwi_flow_time_ahead += 4 * minute;
	ask();
	assert_true(handle == first);
	fwi_flow_time_ahead += 4 * minute; /* the others are 8 minutes old */
	for (i = 0, entered = 0; i < FWI_FLOWS_MAX; i++) {
		k.remote.v4++;
		entered += fwi_flow_of(&k) != 0;
	}
	assert_true(entered > FWI_FLOWS_MAX / 2);
	ask();
	assert_true(handle == first && c.context == 5);
	assert_int_equal(c.deleted, 0);
	fwi_flow_time_ahead += 10 * minute;
	for (i = 0; i < FWI_FLOWS_MAX; i++) {
		k.remote.v4++;
		fwi_flow_of(&k);
	}
	assert_int_equal(c.deleted, 1);
}

static void
test_only_with_flow(void **state)
{
	FWPS_CALLOUT3 callout = {.calloutKey = rig_key(101),
		.flags = FWP_CALLOUT_FLAG_CONDITIONAL_ON_FLOW,
		.classifyFn = classify,
		.notifyFn = notify,
		.flowDeleteFn = flow_delete};
	FWPM_FILTER0 f = rig_filter(
		21, &FWPM_LAYER_INBOUND_TRANSPORT_V4, 0, FWP_ACTION_CALLOUT_INSPECTION);
	UINT32 first = c.id;

	(void)state;
	rig_filter_gone(20);
	assert_ok(FwpsCalloutRegister3(NULL, &callout, &c.id));
	rig_callout_object(1, &FWPM_LAYER_INBOUND_TRANSPORT_V4);
	f.action.calloutKey = rig_key(101);
	rig_add(&f);
	ask();
	assert_int_equal(c.calls, 0);
	handle = fwi_flow_of(&packet);
	assert_ok(FwpsFlowAssociateContext0(handle, LAYER, first, 4)); /* another callout's */
	ask();
	assert_int_equal(c.calls, 0);
	assert_ok(FwpsFlowAssociateContext0(handle, LAYER, c.id, 5));
	ask();
	assert_int_equal(c.calls, 1);
	assert_true(c.context == 5);
	assert_ok(FwpsFlowRemoveContext0(handle, LAYER, c.id));
	assert_ok(FwpsCalloutUnregisterById0(c.id));
	c.id = first;
	assert_ok(FwpsFlowRemoveContext0(handle, LAYER, first));
	assert_true(c.got == 4);
}

/* Pollers look, associate and use contexts while another thread takes them away. */
static bool stop;	/* atomic */
static uint64_t looked; /* atomic */

static void NTAPI
free_context(UINT16 layer, UINT32 callout, UINT64 context)
{
	(void)layer;
	(void)callout;
	*(uint32_t *)(uintptr_t)context = 0;
	free((void *)(uintptr_t)context);
}

static void NTAPI
use_context(const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m, void *d,
	const void *ctx, const FWPS_FILTER3 *f, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	uint32_t *mine;

	(void)v;
	(void)d;
	(void)ctx;
	(void)out;
	if (flow != 0 && *(uint32_t *)(uintptr_t)flow != 0xF10)
		abort();
	if (flow != 0 || !FWPS_IS_METADATA_FIELD_PRESENT(m, FWPS_METADATA_FIELD_FLOW_HANDLE))
		return;
	mine = malloc(sizeof(*mine));
	*mine = 0xF10;
	if (FwpsFlowAssociateContext0(m->flowHandle, LAYER, f->action.calloutId, (uintptr_t)mine) !=
		STATUS_SUCCESS)
		free(mine);
}

static void *
poller(void *arg)
{
	unsigned id = (unsigned)(uintptr_t)arg;

	fwi_rcu_online(id);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		struct fwi_indication ind = {.prepare = prepare};

		fwi_classify_enter(id);
		fwi_classify(fwi_layer(LAYER), &packet, &ind);
		fwi_classify_leave(id);
		fwi_rcu_quiescent(id);
		__atomic_fetch_add(&looked, 1, __ATOMIC_RELAXED);
		sched_yield();
	}
	fwi_rcu_offline(id);
	return NULL;
}

static void
test_threads(void **state)
{
	FWPS_CALLOUT3 callout = {.calloutKey = rig_key(101),
		.classifyFn = use_context,
		.notifyFn = notify,
		.flowDeleteFn = free_context};
	FWPM_FILTER0 f = rig_filter(
		21, &FWPM_LAYER_INBOUND_TRANSPORT_V4, 0, FWP_ACTION_CALLOUT_INSPECTION);
	pthread_t t[2];
	uint64_t flow;
	uintptr_t i;
	NTSTATUS status;
	UINT32 id;

	(void)state;
	rig_filter_gone(20);
	assert_ok(FwpsCalloutRegister3(NULL, &callout, &id));
	rig_callout_object(1, &FWPM_LAYER_INBOUND_TRANSPORT_V4);
	f.action.calloutKey = rig_key(101);
	rig_add(&f);
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&t[i], NULL, poller, (void *)i), 0);
	fwi_rcu_online(2); /* for the look-ups */
	for (i = 0; i < 300; i++) {
		fwi_rcu_quiescent(2);
		flow = fwi_flow_of(&packet);
		if (i % 8 == 7 && flow != 0)
			FwpsFlowAbort0(flow);
		else
			FwpsFlowRemoveContext0(flow, LAYER, id);
		for (uint64_t n = __atomic_load_n(&looked, __ATOMIC_RELAXED);
			__atomic_load_n(&looked, __ATOMIC_RELAXED) < n + 4;)
			sched_yield();
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	FwpsFlowRemoveContext0(fwi_flow_of(&packet), LAYER, id);
	fwi_rcu_offline(2);
	status = FwpsCalloutUnregisterById0(id);
	assert_ok(status);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same_flow, up, down),
		cmocka_unit_test_setup_teardown(test_associate, up, down),
		cmocka_unit_test_setup_teardown(test_unregister_busy, up, down),
		cmocka_unit_test_setup_teardown(test_inside_classify, up, down),
		cmocka_unit_test_setup_teardown(test_pending, up, down),
		cmocka_unit_test_setup_teardown(test_abort, up, down),
		cmocka_unit_test_setup_teardown(test_idle, up, down),
		cmocka_unit_test_setup_teardown(test_only_with_flow, up, down),
		cmocka_unit_test_setup_teardown(test_threads, up, down),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
