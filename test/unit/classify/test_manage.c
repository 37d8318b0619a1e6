/* SPDX-License-Identifier: BSD-3-Clause */
/* Sessions, transactions, notification, callouts that come and go. */
#include "../eal_fixture.h"
#include "rig.h"

static const GUID *const V4 = &FWPM_LAYER_INBOUND_IPPACKET_V4;

static HANDLE
session(UINT32 flags, UINT32 timeout)
{
	FWPM_SESSION0 s = {.flags = flags, .txnWaitTimeoutInMSec = timeout};
	HANDLE h;

	assert_ok(FwpmEngineOpen0(NULL, RPC_C_AUTHN_DEFAULT, NULL, &s, &h));
	return h;
}

static void
test_transaction(void **state)
{
	FWPM_FILTER0 f = rig_filter(20, V4, 1, FWP_ACTION_BLOCK);
	GUID key = rig_key(20), sub = rig_key(1);
	FWPM_FILTER0 *got;

	(void)state;
	assert_ok(FwpmTransactionBegin0(rig.engine, 0));
	assert_status(FwpmTransactionBegin0(rig.engine, 0), STATUS_FWP_TXN_IN_PROGRESS);
	assert_status(
		FwpmTransactionBegin0(rig.engine, FWPM_TXN_READ_ONLY), STATUS_FWP_TXN_IN_PROGRESS);
	rig_sublayer(1, 9);
	rig_add(&f);
	assert_int_equal(rig_ask(), FWI_PERMIT);		/* not yet */
	assert_ok(FwpmFilterGetByKey0(rig.engine, &key, &got)); /* but the session sees it */
	FwpmFreeMemory0((void **)&got);
	assert_null(got);
	assert_ok(FwpmTransactionCommit0(rig.engine));
	assert_int_equal(rig_ask(), FWI_BLOCK);
	assert_status(FwpmTransactionCommit0(rig.engine), STATUS_FWP_NO_TXN_IN_PROGRESS);
	assert_status(FwpmTransactionAbort0(rig.engine), STATUS_FWP_NO_TXN_IN_PROGRESS);

	/* a deletion taken back, with one of the same key added in its place */
	assert_ok(FwpmTransactionBegin0(rig.engine, 0));
	rig_filter_gone(20);
	assert_ok(FwpmSubLayerDeleteByKey0(rig.engine, &sub));
	rig_sublayer(1, 5);
	f.action.type = FWP_ACTION_PERMIT;
	rig_add(&f);
	assert_int_equal(rig_ask(), FWI_BLOCK);
	assert_ok(FwpmTransactionAbort0(rig.engine));
	assert_int_equal(rig_ask(), FWI_BLOCK);
	assert_ok(FwpmFilterGetByKey0(rig.engine, &key, &got));
	assert_int_equal(got->action.type, FWP_ACTION_BLOCK);
	FwpmFreeMemory0((void **)&got);

	/* and for good */
	assert_ok(FwpmTransactionBegin0(rig.engine, 0));
	rig_filter_gone(20);
	rig_add(&f);
	rig_filter_gone(20);
	rig_add(&f);
	assert_ok(FwpmTransactionCommit0(rig.engine));
	assert_int_equal(rig_ask(), FWI_PERMIT);
}

static void
test_read_only(void **state)
{
	GUID key = rig_key(1);
	FWPM_SUBLAYER0 *got;
	HANDLE other = session(0, 1);

	(void)state;
	rig_sublayer(1, 9);
	assert_ok(FwpmTransactionBegin0(rig.engine, FWPM_TXN_READ_ONLY));
	assert_ok(FwpmTransactionBegin0(other, FWPM_TXN_READ_ONLY));
	assert_ok(FwpmSubLayerGetByKey0(rig.engine, &key, &got));
	assert_int_equal(got->weight, 9);
	FwpmFreeMemory0((void **)&got);
	assert_status(FwpmSubLayerDeleteByKey0(rig.engine, &key), STATUS_FWP_INCOMPATIBLE_TXN);
	assert_ok(FwpmTransactionAbort0(other));
	assert_ok(FwpmTransactionCommit0(rig.engine));
	assert_status(FwpmTransactionBegin0(rig.engine, 8), STATUS_FWP_INVALID_FLAGS);
	assert_ok(FwpmEngineClose0(other));
}

/* A second session waits for the open transaction, for as long as it has said. */
static void
test_exclusive(void **state)
{
	HANDLE other = session(0, 1);
	GUID key = rig_key(1);
	FWPM_SUBLAYER0 *got;

	(void)state;
	assert_ok(FwpmTransactionBegin0(rig.engine, 0));
	rig_sublayer(1, 9);
	assert_status(FwpmSubLayerDeleteByKey0(other, &key), STATUS_FWP_TIMEOUT);
	assert_status(FwpmTransactionBegin0(other, 0), STATUS_FWP_TIMEOUT);
	assert_status(FwpmSubLayerGetByKey0(other, &key, &got), STATUS_FWP_SUBLAYER_NOT_FOUND);
	assert_ok(FwpmTransactionCommit0(rig.engine));
	assert_ok(FwpmSubLayerGetByKey0(other, &key, &got));
	FwpmFreeMemory0((void **)&got);
	/* the object goes with the dynamic session that added it */
	assert_status(FwpmSubLayerDeleteByKey0(other, &key), STATUS_FWP_WRONG_SESSION);
	assert_ok(FwpmEngineClose0(other));
	assert_status(FwpmEngineClose0(other), STATUS_INVALID_HANDLE);
	assert_status(FwpmTransactionBegin0(other, 0), STATUS_INVALID_HANDLE);
}

static void
test_dynamic(void **state)
{
	HANDLE dynamic = session(FWPM_SESSION_FLAG_DYNAMIC, 0), stays = session(0, 0);
	FWPM_FILTER0 f = rig_filter(20, V4, 1, FWP_ACTION_BLOCK);
	FWPM_SUBLAYER0 l = {.subLayerKey = rig_key(2), .displayData.name = (wchar_t[]){L"x"}};
	GUID key;

	(void)state;
	assert_ok(FwpmEngineClose0(rig.engine));
	rig.engine = dynamic;
	rig_sublayer(1, 9);
	rig_add(&f);
	/* what stays must not name what goes */
	f.filterKey = rig_key(21);
	assert_status(FwpmFilterAdd0(stays, &f, NULL, NULL), STATUS_FWP_LIFETIME_MISMATCH);
	assert_ok(FwpmSubLayerAdd0(stays, &l, NULL));
	f.subLayerKey = rig_key(2);
	rig_add(&f);
	assert_status(FwpmSubLayerDeleteByKey0(stays, &l.subLayerKey), STATUS_FWP_IN_USE);
	/* an open transaction goes as well */
	assert_ok(FwpmTransactionBegin0(dynamic, 0));
	rig_sublayer(3, 9);
	rig_filter_gone(20);
	assert_int_equal(rig_ask(), FWI_BLOCK);
	assert_ok(FwpmEngineClose0(dynamic));
	assert_int_equal(rig_ask(), FWI_PERMIT);
	key = rig_key(1);
	assert_status(FwpmSubLayerDeleteByKey0(stays, &key), STATUS_FWP_SUBLAYER_NOT_FOUND);
	assert_ok(FwpmSubLayerDeleteByKey0(stays, &l.subLayerKey));
	rig.engine = stays;
}

/* What is left of sessions without DYNAMIC is named and counted at the end. */
static void
test_left_behind(void **state)
{
	FWPM_SUBLAYER0 l = {.subLayerKey = rig_key(2), .displayData.name = (wchar_t[]){L"x"}};
	HANDLE s;

	assert_ok(FwpmEngineClose0(rig.engine));
	s = session(0, 0);
	assert_ok(FwpmSubLayerAdd0(s, &l, NULL));
	rig_register(0, 0);
	assert_int_equal(fwpdk_fini(), -EBUSY);
	rig_unregister(0);
	assert_int_equal(fwpdk_fini(), -EBUSY);
	assert_ok(FwpmEngineClose0(s));
	assert_int_equal(fwpdk_fini(), 1);
	assert_status(FwpmEngineClose0(s), STATUS_FWP_TCPIP_NOT_READY);
	assert_int_equal(rig_up(state), 0);
}

static void
test_notify(void **state)
{
	FWPM_FILTER0 f = rig_filter(20, V4, 0, FWP_ACTION_CALLOUT_TERMINATING);
	struct rig_callout *c = &rig_callouts[0];

	(void)state;
	f.action.calloutKey = rig_key(100);
	f.rawContext = 7;
	rig_callout_object(0, V4);
	rig_register(0, FWP_CALLOUT_FLAG_ENABLE_COMMIT_ADD_NOTIFY);
	c->set_context = 99;
	rig_add(&f);
	assert_int_equal(c->added, 1);
	assert_int_equal(c->committed, 1);
	rig_ask();
	assert_int_equal(c->context, 99);
	c->answer = STATUS_UNSUCCESSFUL; /* does not hold up a deletion */
	rig_filter_gone(20);
	assert_int_equal(c->deleted, 1);
	assert_int_equal(c->got_context, 99);
	/* a veto */
	assert_status(
		FwpmFilterAdd0(rig.engine, &f, NULL, NULL), STATUS_FWP_CALLOUT_NOTIFICATION_FAILED);
	assert_int_equal(c->added, 2);
	assert_int_equal(c->deleted, 1);
	assert_false(rig_has_layer(FWPS_LAYER_INBOUND_IPPACKET_V4));
	/* added and taken back */
	c->answer = STATUS_SUCCESS;
	assert_ok(FwpmTransactionBegin0(rig.engine, 0));
	rig_add(&f);
	assert_int_equal(c->committed, 1);
	assert_ok(FwpmTransactionAbort0(rig.engine));
	assert_int_equal(c->deleted, 2);
	assert_int_equal(c->committed, 1);
	/* told after the commit of all */
	assert_ok(FwpmTransactionBegin0(rig.engine, 0));
	rig_add(&f);
	f.filterKey = rig_key(21);
	rig_add(&f);
	assert_int_equal(c->committed, 1);
	assert_ok(FwpmTransactionCommit0(rig.engine));
	assert_int_equal(c->committed, 3);
}

/* Filters from before the registration: no notification, and the context as added. */
static void
test_late_registration(void **state)
{
	FWPM_FILTER0 f = rig_filter(20, V4, 0, FWP_ACTION_CALLOUT_TERMINATING);
	struct rig_callout *c = &rig_callouts[0];

	(void)state;
	f.action.calloutKey = rig_key(100);
	f.rawContext = 7;
	rig_callout_object(0, V4);
	rig_add(&f);
	assert_int_equal(rig_ask(), FWI_BLOCK);
	c->set_context = 99;
	rig_register(0, 0);
	assert_int_equal(rig_ask(), FWI_PERMIT);
	assert_int_equal(c->context, 7);
	assert_int_equal(c->added, 0);
	rig_filter_gone(20);
	assert_int_equal(c->deleted, 0);
	/* told by this registration; the next one must not get what it left */
	rig_add(&f);
	rig_unregister(0);
	rig_register(0, 0);
	rig_ask();
	assert_int_equal(c->context, 7);
	rig_filter_gone(20);
	assert_int_equal(c->deleted, 0);
}

/* Callouts come and go beside an open transaction and do not commit it. */
static void
test_register_in_transaction(void **state)
{
	FWPM_FILTER0 f = rig_filter(20, V4, 0, FWP_ACTION_CALLOUT_TERMINATING);

	(void)state;
	f.action.calloutKey = rig_key(100);
	rig_callouts[0].action = FWP_ACTION_BLOCK;
	rig_callout_object(0, V4);
	rig_add(&f);
	assert_ok(FwpmTransactionBegin0(rig.engine, 0));
	rig_filter_gone(20);
	f.filterKey = rig_key(21);
	rig_add(&f);
	f.filterKey = rig_key(22);
	rig_add(&f);
	rig_register(0, 0);
	assert_int_equal(rig_ask(), FWI_BLOCK);
	assert_int_equal(rig_callouts[0].calls, 1); /* the one committed filter */
	rig_unregister(0);
	assert_int_equal(rig_ask(), FWI_BLOCK);
	assert_ok(FwpmTransactionCommit0(rig.engine));
	rig_register(0, 0);
	rig_callouts[0].action = FWP_ACTION_CONTINUE;
	assert_int_equal(rig_ask(), FWI_PERMIT);
	assert_int_equal(rig_callouts[0].calls, 3);
}

static void
inside(void)
{
	GUID key = rig_key(100);
	FWPM_FILTER0 f = rig_filter(30, V4, 0, FWP_ACTION_BLOCK);
	HANDLE h;

	assert_status(FwpsCalloutUnregisterById0(rig_callouts[0].id), STATUS_INVALID_DEVICE_STATE);
	assert_status(FwpsCalloutUnregisterByKey0(&key), STATUS_INVALID_DEVICE_STATE);
	assert_status(FwpmFilterAdd0(rig.engine, &f, NULL, NULL), STATUS_INVALID_DEVICE_STATE);
	key = rig_key(20);
	assert_status(FwpmFilterDeleteByKey0(rig.engine, &key), STATUS_INVALID_DEVICE_STATE);
	assert_status(FwpmTransactionBegin0(rig.engine, 0), STATUS_INVALID_DEVICE_STATE);
	assert_status(FwpmEngineClose0(rig.engine), STATUS_INVALID_DEVICE_STATE);
	assert_status(FwpmEngineOpen0(NULL, RPC_C_AUTHN_WINNT, NULL, NULL, &h),
		STATUS_INVALID_DEVICE_STATE);
	assert_status(FwpsInjectionHandleDestroy0((HANDLE)1), STATUS_INVALID_DEVICE_STATE);
}

static void
test_inside_classify(void **state)
{
	(void)state;
	rig_callout_object(0, V4);
	rig_register(0, 0);
	rig_add_at(20, 0, 1, FWP_ACTION_CALLOUT_TERMINATING, 0);
	rig_callouts[0].inside = inside;
	assert_int_equal(rig_ask(), FWI_PERMIT);
	rig_callouts[0].inside = NULL;
	assert_int_equal(rig_ask(), FWI_PERMIT);
	assert_int_equal(rig_callouts[0].calls, 2);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_transaction, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_read_only, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_exclusive, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_dynamic, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_left_behind, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_notify, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_late_registration, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_register_in_transaction, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_inside_classify, rig_up, rig_down),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
