/* SPDX-License-Identifier: BSD-3-Clause */
/* What is refused, with which status, and that nothing has changed then. */
#include "../eal_fixture.h"
#include "rig.h"

static const GUID *const V4 = &FWPM_LAYER_INBOUND_IPPACKET_V4;

static NTSTATUS
add(const FWPM_FILTER0 *f)
{
	NTSTATUS status = FwpmFilterAdd0(rig.engine, f, NULL, NULL);

	assert_true(status == STATUS_SUCCESS || !rig_has_layer(FWPS_LAYER_INBOUND_IPPACKET_V4));
	if (status == STATUS_SUCCESS)
		rig_filter_gone(20);
	return status;
}

static void
test_filter(void **state)
{
	const FWPM_FILTER0 good = rig_filter(20, V4, 0, FWP_ACTION_BLOCK);
	FWPM_FILTER0 f = good;
	GUID key = rig_key(77);

	(void)state;
	assert_ok(add(&good));
	assert_status(FwpmFilterAdd0(rig.engine, NULL, NULL, NULL), STATUS_FWP_NULL_POINTER);
	assert_status(FwpmFilterAdd0((HANDLE)77, &good, NULL, NULL), STATUS_INVALID_HANDLE);
	f.displayData.name = NULL;
	assert_status(add(&f), STATUS_FWP_NULL_DISPLAY_NAME);
	f = good;
	f.flags = FWPM_FILTER_FLAG_PERSISTENT;
	assert_status(add(&f), STATUS_NOT_SUPPORTED);
	f.flags = FWPM_FILTER_FLAG_DISABLED;
	assert_status(add(&f), STATUS_FWP_INVALID_FLAGS);
	f.flags = FWPM_FILTER_FLAG_INDEXED;
	assert_ok(add(&f));
	f = good;
	f.layerKey = key;
	assert_status(add(&f), STATUS_FWP_LAYER_NOT_FOUND);
	f.layerKey = FWPM_LAYER_ALE_AUTH_CONNECT_V4;
	assert_status(add(&f), STATUS_NOT_SUPPORTED);
	f = good;
	f.subLayerKey = key;
	assert_status(add(&f), STATUS_FWP_SUBLAYER_NOT_FOUND);
	f = good;
	f.providerKey = &key;
	assert_status(add(&f), STATUS_FWP_PROVIDER_NOT_FOUND);
	f = good;
	f.reserved = &key;
	assert_status(add(&f), STATUS_FWP_RESERVED);
	f = good;
	f.action.type = FWP_ACTION_CONTINUE;
	assert_status(add(&f), STATUS_FWP_INVALID_ACTION_TYPE);
	f.action.type = FWP_ACTION_CALLOUT_TERMINATING;
	f.action.calloutKey = key;
	assert_status(add(&f), STATUS_FWP_CALLOUT_NOT_FOUND);
	rig_callout_object(0, &FWPM_LAYER_INBOUND_IPPACKET_V6);
	f.action.calloutKey = rig_key(100);
	assert_status(add(&f), STATUS_FWP_INCOMPATIBLE_LAYER);
	f = good;
	f.weight.type = FWP_UINT32;
	assert_status(add(&f), STATUS_FWP_INVALID_WEIGHT);
	f.weight.type = FWP_UINT8;
	f.weight.uint8 = 16;
	assert_status(add(&f), STATUS_FWP_INVALID_WEIGHT);
	f.weight.type = FWP_UINT64;
	f.weight.uint64 = NULL;
	assert_status(add(&f), STATUS_FWP_NULL_POINTER);
	f = good;
	f.numFilterConditions = 1;
	assert_status(add(&f), STATUS_FWP_NULL_POINTER);
	f.numFilterConditions = 65;
	assert_status(add(&f), STATUS_FWP_OUT_OF_BOUNDS);
	rig_add(&good);
	assert_status(FwpmFilterAdd0(rig.engine, &good, NULL, NULL), STATUS_FWP_ALREADY_EXISTS);
	assert_status(FwpmFilterDeleteByKey0(rig.engine, &key), STATUS_FWP_FILTER_NOT_FOUND);
	assert_status(FwpmFilterDeleteByKey0(rig.engine, NULL), STATUS_FWP_NULL_POINTER);
	assert_status(FwpmFilterDeleteById0(rig.engine, 999999), STATUS_FWP_FILTER_NOT_FOUND);
}

static NTSTATUS
condition(const GUID *field, FWP_MATCH_TYPE match, FWP_CONDITION_VALUE0 v)
{
	FWPM_FILTER_CONDITION0 c = {.fieldKey = *field, .matchType = match, .conditionValue = v};
	FWPM_FILTER0 f = rig_filter(20, V4, 0, FWP_ACTION_BLOCK);

	f.numFilterConditions = 1;
	f.filterCondition = &c;
	return add(&f);
}

static FWP_CONDITION_VALUE0
u32(UINT32 v)
{
	return (FWP_CONDITION_VALUE0){.type = FWP_UINT32, .uint32 = v};
}

static void
test_condition(void **state)
{
	const GUID *addr = &FWPM_CONDITION_IP_LOCAL_ADDRESS, *flags = &FWPM_CONDITION_FLAGS;
	FWP_V4_ADDR_AND_MASK hole = {0x0a000000, 0xff00ff00};
	FWP_RANGE0 range = {{.type = FWP_UINT32, .uint32 = 5}, {.type = FWP_UINT32, .uint32 = 4}};
	FWP_CONDITION_VALUE0 v;

	(void)state;
	assert_ok(condition(addr, FWP_MATCH_EQUAL, u32(1)));
	assert_status(condition(&FWPM_CONDITION_ALE_APP_ID, FWP_MATCH_EQUAL, u32(1)),
		STATUS_FWP_CONDITION_NOT_FOUND);
	assert_status(condition(&FWPM_CONDITION_IP_LOCAL_PORT, FWP_MATCH_EQUAL, u32(1)),
		STATUS_FWP_CONDITION_NOT_FOUND); /* not at this layer */
	assert_status(condition(&FWPM_CONDITION_IP_LOCAL_INTERFACE, FWP_MATCH_EQUAL, u32(1)),
		STATUS_NOT_SUPPORTED);
	assert_status(condition(addr, FWP_MATCH_TYPE_MAX, u32(1)), STATUS_FWP_INVALID_ENUMERATOR);
	assert_status(condition(addr, FWP_MATCH_EQUAL_CASE_INSENSITIVE, u32(1)),
		STATUS_FWP_MATCH_TYPE_MISMATCH);
	assert_status(
		condition(addr, FWP_MATCH_FLAGS_ALL_SET, u32(1)), STATUS_FWP_MATCH_TYPE_MISMATCH);
	assert_status(condition(addr, FWP_MATCH_RANGE, u32(1)), STATUS_FWP_MATCH_TYPE_MISMATCH);
	v = (FWP_CONDITION_VALUE0){.type = FWP_UINT8, .uint8 = 1};
	assert_status(condition(addr, FWP_MATCH_EQUAL, v), STATUS_FWP_TYPE_MISMATCH);
	v = (FWP_CONDITION_VALUE0){.type = FWP_V4_ADDR_MASK, .v4AddrMask = &hole};
	assert_status(condition(addr, FWP_MATCH_EQUAL, v), STATUS_FWP_INVALID_NET_MASK);
	assert_status(condition(flags, FWP_MATCH_EQUAL, v), STATUS_FWP_TYPE_MISMATCH);
	v.v4AddrMask = NULL;
	assert_status(condition(addr, FWP_MATCH_EQUAL, v), STATUS_FWP_NULL_POINTER);
	v = (FWP_CONDITION_VALUE0){.type = FWP_V6_ADDR_MASK, .v4AddrMask = &hole};
	assert_status(condition(addr, FWP_MATCH_EQUAL, v), STATUS_FWP_TYPE_MISMATCH);
	v = (FWP_CONDITION_VALUE0){.type = FWP_RANGE_TYPE, .rangeValue = &range};
	assert_status(condition(addr, FWP_MATCH_RANGE, v), STATUS_FWP_INVALID_RANGE);
	range.valueHigh.type = FWP_UINT16;
	assert_status(condition(addr, FWP_MATCH_RANGE, v), STATUS_FWP_TYPE_MISMATCH);
	range.valueHigh = (FWP_VALUE0){.type = FWP_UINT32, .uint32 = 9};
	assert_ok(condition(addr, FWP_MATCH_RANGE, v));
	assert_ok(condition(addr, FWP_MATCH_NOT_EQUAL, v));
	assert_status(condition(addr, FWP_MATCH_GREATER, v), STATUS_FWP_MATCH_TYPE_MISMATCH);
	v.rangeValue = NULL;
	assert_status(condition(addr, FWP_MATCH_RANGE, v), STATUS_FWP_NULL_POINTER);
	assert_status(condition(addr, FWP_MATCH_GREATER, u32(UINT32_MAX)), STATUS_FWP_NEVER_MATCH);
	assert_status(condition(addr, FWP_MATCH_LESS, u32(0)), STATUS_FWP_NEVER_MATCH);
	assert_status(condition(flags, FWP_MATCH_FLAGS_ANY_SET, u32(0)), STATUS_FWP_NEVER_MATCH);
	assert_ok(condition(flags, FWP_MATCH_FLAGS_ALL_SET, u32(0)));
	v = (FWP_CONDITION_VALUE0){.type = FWP_EMPTY};
	assert_status(condition(addr, FWP_MATCH_EQUAL, v), STATUS_FWP_TYPE_MISMATCH);
}

static void
test_objects(void **state)
{
	FWPM_PROVIDER0 p = {.providerKey = rig_key(1), .displayData.name = (wchar_t[]){L"p"}};
	FWPM_SUBLAYER0 l = {.subLayerKey = rig_key(2), .displayData.name = (wchar_t[]){L"l"}};
	FWPM_CALLOUT0 c = {.calloutKey = rig_key(3),
		.displayData.name = (wchar_t[]){L"c"},
		.applicableLayer = FWPM_LAYER_INBOUND_IPPACKET_V4};
	FWPM_FILTER0 f = rig_filter(4, V4, 2, FWP_ACTION_CALLOUT_UNKNOWN);
	GUID provider = rig_key(1);
	UINT32 id;

	(void)state;
	assert_ok(FwpmProviderAdd0(rig.engine, &p, NULL));
	assert_status(FwpmProviderAdd0(rig.engine, &p, NULL), STATUS_FWP_ALREADY_EXISTS);
	p.flags = FWPM_PROVIDER_FLAG_PERSISTENT;
	assert_status(FwpmProviderAdd0(rig.engine, &p, NULL), STATUS_NOT_SUPPORTED);
	assert_status(FwpmProviderAdd0(rig.engine, NULL, NULL), STATUS_FWP_NULL_POINTER);
	l.providerKey = &provider;
	assert_ok(FwpmSubLayerAdd0(rig.engine, &l, NULL));
	assert_status(FwpmSubLayerAdd0(rig.engine, &l, NULL), STATUS_FWP_ALREADY_EXISTS);
	assert_status(FwpmProviderDeleteByKey0(rig.engine, &provider), STATUS_FWP_IN_USE);
	c.providerData.size = 4;
	assert_status(FwpmCalloutAdd0(rig.engine, &c, NULL, &id), STATUS_FWP_NULL_POINTER);
	c.providerData.data = (UINT8[]){1, 2, 3, 4};
	assert_ok(FwpmCalloutAdd0(rig.engine, &c, NULL, &id));
	c.calloutKey = rig_key(33);
	c.applicableLayer = rig_key(34);
	assert_status(FwpmCalloutAdd0(rig.engine, &c, NULL, &id), STATUS_FWP_LAYER_NOT_FOUND);
	c.applicableLayer = FWPM_LAYER_STREAM_V4;
	assert_status(FwpmCalloutAdd0(rig.engine, &c, NULL, &id), STATUS_NOT_SUPPORTED);
	c.calloutKey = rig_key(3);
	f.action.calloutKey = c.calloutKey;
	rig_add(&f);
	assert_status(FwpmCalloutDeleteById0(rig.engine, id), STATUS_FWP_IN_USE);
	assert_status(FwpmSubLayerDeleteByKey0(rig.engine, &l.subLayerKey), STATUS_FWP_IN_USE);
	rig_filter_gone(4);
	assert_ok(FwpmCalloutDeleteById0(rig.engine, id));
	assert_status(
		FwpmCalloutDeleteByKey0(rig.engine, &c.calloutKey), STATUS_FWP_CALLOUT_NOT_FOUND);
	assert_ok(FwpmSubLayerDeleteByKey0(rig.engine, &l.subLayerKey));
	assert_ok(FwpmProviderDeleteByKey0(rig.engine, &provider));
	assert_status(
		FwpmProviderDeleteByKey0(rig.engine, &provider), STATUS_FWP_PROVIDER_NOT_FOUND);
	assert_status(FwpmSubLayerDeleteByKey0(rig.engine, &FWPM_SUBLAYER_UNIVERSAL),
		STATUS_FWP_BUILTIN_OBJECT);
}

static void NTAPI
classify(const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m, void *d,
	const FWPS_FILTER0 *f, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	(void)v;
	(void)m;
	(void)d;
	(void)f;
	(void)flow;
	(void)out;
}

static NTSTATUS NTAPI
notify(FWPS_CALLOUT_NOTIFY_TYPE what, const GUID *key, FWPS_FILTER0 *f)
{
	(void)what;
	(void)key;
	(void)f;
	return STATUS_SUCCESS;
}

static void
test_callout(void **state)
{
	FWPS_CALLOUT0 c = {.calloutKey = rig_key(1), .classifyFn = classify, .notifyFn = notify};
	UINT32 id, again, managed;
	FWPM_CALLOUT0 m = {.calloutKey = rig_key(1),
		.displayData.name = (wchar_t[]){L"c"},
		.applicableLayer = FWPM_LAYER_INBOUND_IPPACKET_V4};

	(void)state;
	assert_status(FwpsCalloutRegister0(NULL, NULL, &id), STATUS_FWP_NULL_POINTER);
	c.classifyFn = NULL;
	assert_status(FwpsCalloutRegister0(NULL, &c, &id), STATUS_FWP_NULL_POINTER);
	c.classifyFn = classify;
	c.notifyFn = NULL;
	assert_status(FwpsCalloutRegister0(NULL, &c, &id), STATUS_FWP_NULL_POINTER);
	c.notifyFn = notify;
	c.flags = 0x8000;
	assert_status(FwpsCalloutRegister0(NULL, &c, &id), STATUS_FWP_INVALID_FLAGS);
	c.flags = FWP_CALLOUT_FLAG_ALLOW_OFFLOAD;
	assert_ok(FwpsCalloutRegister0(NULL, &c, &id));
	assert_status(FwpsCalloutRegister0(NULL, &c, &again), STATUS_FWP_ALREADY_EXISTS);
	assert_ok(FwpmCalloutAdd0(rig.engine, &m, NULL, &managed));
	assert_int_equal(managed, id);
	assert_ok(FwpsCalloutUnregisterById0(id));
	assert_status(FwpsCalloutUnregisterById0(id), STATUS_FWP_CALLOUT_NOT_FOUND);
	assert_status(FwpsCalloutUnregisterByKey0(&c.calloutKey), STATUS_FWP_CALLOUT_NOT_FOUND);
	assert_status(FwpsCalloutUnregisterByKey0(NULL), STATUS_FWP_NULL_POINTER);
	assert_ok(FwpsCalloutRegister0(NULL, &c, &again));
	assert_int_equal(again, id); /* the number is the key's */
	assert_ok(FwpsCalloutUnregisterByKey0(&c.calloutKey));
}

/* The limits that the headers state. */
static void
test_limits(void **state)
{
	FWPM_FILTER0 f = rig_filter(0, V4, 0, FWP_ACTION_PERMIT);
	FWPM_CALLOUT0 m = {.displayData.name = (wchar_t[]){L"c"},
		.applicableLayer = FWPM_LAYER_INBOUND_IPPACKET_V4};
	NTSTATUS status = STATUS_SUCCESS;
	unsigned i;

	(void)state;
	for (i = 0; i < 17; i++)
		rig_sublayer(1 + i, 5);
	for (i = 0; i < 17; i++) {
		f.subLayerKey = rig_key(1 + i);
		f.filterKey = rig_key(200 + i);
		if (i < 16)
			rig_add(&f);
	}
	assert_status(FwpmFilterAdd0(rig.engine, &f, NULL, NULL), STATUS_FWP_TOO_MANY_SUBLAYERS);
	rig_filter_gone(200);
	rig_add(&f);
	assert_ok(FwpmTransactionBegin0(rig.engine, 0));
	memset(&f.filterKey, 0, sizeof(f.filterKey)); /* keys made up */
	for (i = 16; i < 4096; i++)
		rig_add(&f);
	assert_status(FwpmFilterAdd0(rig.engine, &f, NULL, NULL), STATUS_INSUFFICIENT_RESOURCES);
	assert_ok(FwpmTransactionAbort0(rig.engine));
	for (i = 0; status == STATUS_SUCCESS; i++)
		status = FwpmCalloutAdd0(rig.engine, &m, NULL, NULL);
	assert_status(status, STATUS_FWP_TOO_MANY_CALLOUTS);
	assert_int_equal(i, 1025);
}

static void
test_engine(void **state)
{
	FWPM_SESSION0 s = {.flags = 2};
	HANDLE h;

	(void)state;
	assert_status(FwpmEngineOpen0(NULL, RPC_C_AUTHN_WINNT, NULL, NULL, NULL),
		STATUS_FWP_NULL_POINTER);
	assert_status(
		FwpmEngineOpen0(L"x", RPC_C_AUTHN_WINNT, NULL, NULL, &h), STATUS_NOT_SUPPORTED);
	assert_status(FwpmEngineOpen0(NULL, 9, NULL, NULL, &h), STATUS_NOT_SUPPORTED);
	assert_status(
		FwpmEngineOpen0(NULL, RPC_C_AUTHN_WINNT, NULL, &s, &h), STATUS_FWP_INVALID_FLAGS);
	assert_status(FwpmEngineClose0(NULL), STATUS_INVALID_HANDLE);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_filter, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_condition, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_objects, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_callout, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_limits, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_engine, rig_up, rig_down),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
