/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sections M and R: what callouts may say and what comes of it, and their registration. The
 * packets are shown to the layers as the way of a packet shows them.
 */
#include "fixture.h"

#include <fwpmk.h>

#include "classify/flow.h"

#define OUT4  FWPS_LAYER_OUTBOUND_IPPACKET_V4
#define IN_T4 FWPS_LAYER_INBOUND_TRANSPORT_V4

static const GUID callout_key[2] = {{1, 0, 0, {0}}, {2, 0, 0, {0}}};
static const GUID sublayer_key[2] = {{3, 0, 0, {0}}, {4, 0, 0, {0}}};
static wchar_t name[] = L"conformance";
static HANDLE engine;

static struct {
	UINT32 id;
	unsigned calls, deleted;
	UINT32 rights_in, filter_flags;
	void (*says)(NET_BUFFER_LIST *nbl, UINT64 flow, FWPS_CLASSIFY_OUT0 *out);
	UINT64 got;
} co[2];
static uint64_t flow_handle;

static void
classified(unsigned n, void *data, const FWPS_FILTER0 *filter, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	co[n].calls++;
	co[n].rights_in = out->rights;
	co[n].filter_flags = filter->flags;
	if (co[n].says != NULL)
		co[n].says(data, flow, out);
}

static void NTAPI
classify0(const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m, void *data,
	const void *ctx, const FWPS_FILTER3 *filter, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	(void)v;
	(void)m;
	(void)ctx;
	classified(0, data, filter, flow, out);
}

static void NTAPI
classify1(const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m, void *data,
	const void *ctx, const FWPS_FILTER3 *filter, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	(void)v;
	(void)m;
	(void)ctx;
	classified(1, data, filter, flow, out);
}

static NTSTATUS NTAPI
notify(FWPS_CALLOUT_NOTIFY_TYPE what, const GUID *key, FWPS_FILTER3 *filter)
{
	(void)what;
	(void)key;
	(void)filter;
	return STATUS_SUCCESS;
}

static void NTAPI
flow_delete(UINT16 layer, UINT32 id, UINT64 context)
{
	(void)layer;
	assert_int_equal(id, co[0].id);
	co[0].deleted++;
	co[0].got = context;
}

static void
register_one(unsigned n, bool flows)
{
	FWPS_CALLOUT3 c = {.calloutKey = callout_key[n],
		.classifyFn = n == 0 ? classify0 : classify1,
		.notifyFn = notify,
		.flowDeleteFn = flows ? flow_delete : NULL};

	assert_status(FwpsCalloutRegister3(NULL, &c, &co[n].id), STATUS_SUCCESS);
}

/* One filter without conditions, in sublayer n, of callout n. */
static void
filter_add(unsigned n, const GUID *layer, FWP_ACTION_TYPE action, UINT32 flags)
{
	FWPM_SUBLAYER0 l = {.subLayerKey = sublayer_key[n],
		.displayData.name = name,
		.weight = (UINT16)(100 - n)};
	FWPM_CALLOUT0 m = {
		.calloutKey = callout_key[n], .displayData.name = name, .applicableLayer = *layer};
	FWPM_FILTER0 f = {.displayData.name = name,
		.layerKey = *layer,
		.subLayerKey = sublayer_key[n],
		.flags = flags,
		.action = {.type = action, .calloutKey = callout_key[n]}};

	assert_status(FwpmSubLayerAdd0(engine, &l, NULL), STATUS_SUCCESS);
	assert_status(FwpmCalloutAdd0(engine, &m, NULL, NULL), STATUS_SUCCESS);
	assert_status(FwpmFilterAdd0(engine, &f, NULL, NULL), STATUS_SUCCESS);
}

static void
engine_up(void)
{
	FWPM_SESSION0 s = {.flags = FWPM_SESSION_FLAG_DYNAMIC};

	memset(co, 0, sizeof(co));
	assert_status(FwpmEngineOpen0(NULL, RPC_C_AUTHN_WINNT, NULL, &s, &engine), STATUS_SUCCESS);
}

static void
engine_down(void)
{
	unsigned n;

	assert_status(FwpmEngineClose0(engine), STATUS_SUCCESS);
	for (n = 0; n < 2; n++)
		if (co[n].id != 0)
			assert_status(FwpsCalloutUnregisterById0(co[n].id), STATUS_SUCCESS);
}

static const struct fwi_key key = {.version = 4, .protocol = 17, .local_port = 9, .compartment = 1};

static bool
prepare(struct fwi_indication *ind)
{
	ind->meta.currentMetadataValues = 0;
	flow_handle = fwi_flow_of(&key);
	if (flow_handle != 0) {
		ind->meta.flowHandle = flow_handle;
		ind->meta.currentMetadataValues = FWPS_METADATA_FIELD_FLOW_HANDLE;
	}
	return true;
}

static enum fwi_verdict
ask(unsigned layer, NET_BUFFER_LIST *nbl)
{
	struct fwi_indication ind = {.prepare = prepare, .nbl = nbl};
	const struct fwi_layer *l;
	enum fwi_verdict verdict = FWI_PERMIT;

	fwi_classify_enter(0);
	l = fwi_layer(layer);
	if (l != NULL)
		verdict = fwi_classify(l, &key, &ind);
	fwi_classify_leave(0);
	return verdict;
}

/* What the documents tell a callout to do that takes a packet, changes it and puts it back. */
static struct pkt *shown;
static unsigned injected;
static bool clone_fails;

static void
take_over(NET_BUFFER_LIST *nbl, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	struct pkt *clone;
	FWPS_PACKET_INJECTION_STATE s = FwpsQueryPacketInjectionState0(fx.h4, nbl, NULL);

	(void)flow;
	if (s == FWPS_PACKET_INJECTED_BY_SELF || s == FWPS_PACKET_PREVIOUSLY_INJECTED_BY_SELF) {
		out->actionType = FWP_ACTION_PERMIT;
		return;
	}
	if ((out->rights & FWPS_RIGHT_ACTION_WRITE) == 0)
		return;
	out->actionType = FWP_ACTION_BLOCK;
	out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
	if (clone_fails)
		return;
	clone = pkt_clone(shown);
	assert_status(pkt_inject_on(fx.h4, clone), STATUS_SUCCESS);
	injected++;
	out->flags |= FWPS_CLASSIFY_OUT_FLAG_ABSORB;
}

static void
begin_take_over(void)
{
	engine_up();
	register_one(0, false);
	filter_add(0, &FWPM_LAYER_OUTBOUND_IPPACKET_V4, FWP_ACTION_CALLOUT_TERMINATING, 0);
	co[0].says = take_over;
	shown = PKT(0);
	injected = 0;
	clone_fails = false;
}

static void
r121_clone_inject_absorb(void **state)
{
	uint64_t before = pkt_completions;

	(void)state;
	begin_take_over();
	assert_int_equal(ask(OUT4, shown->nbl), FWI_ABSORB);
	assert_int_equal(injected, 1);
	assert_true(fx_poll_done(before + 1));
	engine_down();
}

static void
hard_permit(NET_BUFFER_LIST *nbl, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	(void)nbl;
	(void)flow;
	out->actionType = FWP_ACTION_PERMIT;
	out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
}

static void
veto(NET_BUFFER_LIST *nbl, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	(void)nbl;
	(void)flow;
	out->actionType = FWP_ACTION_BLOCK;
}

static void
r122_without_the_right(void **state)
{
	(void)state;
	engine_up();
	register_one(0, false);
	register_one(1, false);
	filter_add(0, &FWPM_LAYER_OUTBOUND_IPPACKET_V4, FWP_ACTION_CALLOUT_TERMINATING, 0);
	filter_add(1, &FWPM_LAYER_OUTBOUND_IPPACKET_V4, FWP_ACTION_CALLOUT_TERMINATING, 0);
	co[0].says = hard_permit;
	co[1].says = take_over;
	shown = PKT(0);
	injected = 0;
	assert_int_equal(ask(OUT4, shown->nbl), FWI_PERMIT);
	assert_int_equal(co[1].rights_in, 0);
	assert_int_equal(injected, 0);
	co[1].says = veto;
	assert_int_equal(ask(OUT4, shown->nbl), FWI_BLOCK);
	engine_down();
}

static void
r123_clone_failure_is_an_ordinary_drop(void **state)
{
	(void)state;
	begin_take_over();
	clone_fails = true;
	assert_int_equal(ask(OUT4, shown->nbl), FWI_BLOCK);
	engine_down();
}

static bool set_absorb, set_block, clear_right;

static void
as_set(NET_BUFFER_LIST *nbl, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	(void)nbl;
	(void)flow;
	out->actionType = set_block ? FWP_ACTION_BLOCK : FWP_ACTION_PERMIT;
	if (set_absorb)
		out->flags |= FWPS_CLASSIFY_OUT_FLAG_ABSORB;
	if (clear_right)
		out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
}

static void
r124_absorb_goes_with_block_alone(void **state)
{
	(void)state;
	engine_up();
	register_one(0, false);
	filter_add(0, &FWPM_LAYER_OUTBOUND_IPPACKET_V4, FWP_ACTION_CALLOUT_TERMINATING, 0);
	co[0].says = as_set;
	set_absorb = true;
	set_block = false;
	assert_int_equal(ask(OUT4, NULL), FWI_PERMIT);
	set_block = true;
	assert_int_equal(ask(OUT4, NULL), FWI_ABSORB);
	set_absorb = false;
	assert_int_equal(ask(OUT4, NULL), FWI_BLOCK);
	engine_down();
}

static void
r125_absorb_where_packets_are_forwarded(void **state)
{
	FWPM_CALLOUT0 m = {.calloutKey = callout_key[1],
		.displayData.name = name,
		.applicableLayer = FWPM_LAYER_IPFORWARD_V4_DISCARD};

	(void)state;
	engine_up();
	register_one(0, false);
	filter_add(0, &FWPM_LAYER_IPFORWARD_V4, FWP_ACTION_CALLOUT_TERMINATING, 0);
	co[0].says = as_set;
	set_absorb = set_block = clear_right = true;
	assert_int_equal(ask(FWPS_LAYER_IPFORWARD_V4, NULL), FWI_ABSORB);
	/* nothing is shown at discard layers */
	assert_status(FwpmCalloutAdd0(engine, &m, NULL, NULL), STATUS_NOT_SUPPORTED);
	engine_down();
}

static void
r126_clear_action_right_is_shown(void **state)
{
	(void)state;
	engine_up();
	register_one(0, false);
	register_one(1, false);
	filter_add(0, &FWPM_LAYER_OUTBOUND_IPPACKET_V4, FWP_ACTION_CALLOUT_TERMINATING,
		FWPM_FILTER_FLAG_CLEAR_ACTION_RIGHT);
	filter_add(1, &FWPM_LAYER_OUTBOUND_IPPACKET_V4, FWP_ACTION_CALLOUT_TERMINATING, 0);
	co[0].says = as_set;
	set_absorb = set_block = false;
	clear_right = true;
	assert_int_equal(ask(OUT4, NULL), FWI_PERMIT);
	assert_int_equal(co[0].filter_flags, FWPS_FILTER_FLAG_CLEAR_ACTION_RIGHT);
	assert_int_equal(co[0].rights_in, FWPS_RIGHT_ACTION_WRITE);
	assert_int_equal(co[1].rights_in, 0);
	set_block = true;
	assert_int_equal(ask(OUT4, NULL), FWI_BLOCK);
	assert_int_equal(co[1].calls, 1); /* a hard block is final: not asked again */
	engine_down();
}

static void
r127_inspection_goes_on(void **state)
{
	(void)state;
	engine_up();
	register_one(0, false);
	filter_add(0, &FWPM_LAYER_OUTBOUND_IPPACKET_V4, FWP_ACTION_CALLOUT_INSPECTION, 0);
	assert_int_equal(ask(OUT4, NULL), FWI_PERMIT);
	co[0].says = veto; /* an inspection callout's word does not count */
	assert_int_equal(ask(OUT4, NULL), FWI_PERMIT);
	assert_int_equal(co[0].calls, 2);
	engine_down();
}

static void
r130_layer_data_may_be_null(void **state)
{
	(void)state;
	engine_up();
	register_one(0, false);
	filter_add(0, &FWPM_LAYER_OUTBOUND_IPPACKET_V4, FWP_ACTION_CALLOUT_TERMINATING, 0);
	assert_int_equal(ask(OUT4, NULL), FWI_PERMIT);
	assert_int_equal(co[0].calls, 1);
	engine_down();
}

static void
r153_key_registered_twice(void **state)
{
	FWPS_CALLOUT0 c = {.calloutKey = callout_key[0], .notifyFn = notify};

	(void)state;
	engine_up();
	register_one(0, false);
	c.classifyFn = (FWPS_CALLOUT_CLASSIFY_FN0)(void *)classify0;
	assert_status(FwpsCalloutRegister0(NULL, &c, NULL), STATUS_FWP_ALREADY_EXISTS);
	engine_down();
}

static void
r154_unregister_with_flow_contexts(void **state)
{
	(void)state;
	engine_up();
	register_one(0, true);
	filter_add(0, &FWPM_LAYER_INBOUND_TRANSPORT_V4, FWP_ACTION_CALLOUT_INSPECTION, 0);
	ask(IN_T4, NULL);
	assert_status(FwpsFlowAssociateContext0(flow_handle, IN_T4, co[0].id, 7), STATUS_SUCCESS);
	assert_status(FwpsCalloutUnregisterById0(co[0].id), STATUS_DEVICE_BUSY);
	assert_status(FwpsFlowRemoveContext0(flow_handle, IN_T4, co[0].id), STATUS_SUCCESS);
	assert_status(FwpsCalloutUnregisterById0(co[0].id), STATUS_SUCCESS);
	co[0].id = 0;
	engine_down();
}

static enum fwi_verdict
without_callout(FWP_ACTION_TYPE action, UINT32 flags)
{
	enum fwi_verdict verdict;

	engine_up();
	register_one(0, false);
	filter_add(0, &FWPM_LAYER_OUTBOUND_IPPACKET_V4, action, flags);
	assert_int_equal(ask(OUT4, NULL), FWI_PERMIT);
	assert_status(FwpsCalloutUnregisterByKey0(&callout_key[0]), STATUS_SUCCESS);
	verdict = ask(OUT4, NULL);
	assert_int_equal(co[0].calls, 1);
	co[0].id = 0;
	engine_down();
	return verdict;
}

static void
r155_filters_of_an_unregistered_callout(void **state)
{
	(void)state;
	assert_int_equal(without_callout(FWP_ACTION_CALLOUT_TERMINATING, 0), FWI_BLOCK);
	assert_int_equal(without_callout(FWP_ACTION_CALLOUT_UNKNOWN, 0), FWI_BLOCK);
	assert_int_equal(without_callout(FWP_ACTION_CALLOUT_INSPECTION, 0), FWI_PERMIT);
	assert_int_equal(without_callout(FWP_ACTION_CALLOUT_TERMINATING,
				 FWPM_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED),
		FWI_PERMIT);
}

static void
r156_associate(void **state)
{
	(void)state;
	engine_up();
	register_one(0, true);
	register_one(1, false);
	filter_add(0, &FWPM_LAYER_INBOUND_TRANSPORT_V4, FWP_ACTION_CALLOUT_INSPECTION, 0);
	ask(IN_T4, NULL);
	assert_status(FwpsFlowAssociateContext0(flow_handle, IN_T4, co[0].id, 0),
		STATUS_INVALID_PARAMETER);
	assert_status(FwpsFlowAssociateContext0(flow_handle, IN_T4, co[1].id, 7),
		STATUS_INVALID_PARAMETER);
	assert_status(FwpsFlowAssociateContext0(flow_handle, IN_T4, co[0].id, 7), STATUS_SUCCESS);
	assert_status(FwpsFlowAssociateContext0(flow_handle, IN_T4, co[0].id, 8),
		STATUS_OBJECT_NAME_EXISTS);
	assert_true(NT_SUCCESS(STATUS_OBJECT_NAME_EXISTS));
	assert_status(FwpsFlowRemoveContext0(flow_handle, IN_T4, co[0].id), STATUS_SUCCESS);
	assert_true(co[0].got == 7);
	engine_down();
}

static void
remove_now(NET_BUFFER_LIST *nbl, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	(void)nbl;
	(void)out;
	assert_true(flow == 7);
	assert_status(FwpsFlowRemoveContext0(flow_handle, IN_T4, co[0].id), STATUS_PENDING);
	assert_int_equal(co[0].deleted, 0);
}

static void
r157_remove(void **state)
{
	(void)state;
	engine_up();
	register_one(0, true);
	filter_add(0, &FWPM_LAYER_INBOUND_TRANSPORT_V4, FWP_ACTION_CALLOUT_INSPECTION, 0);
	ask(IN_T4, NULL);
	assert_status(FwpsFlowRemoveContext0(flow_handle, IN_T4, co[0].id), STATUS_UNSUCCESSFUL);
	assert_status(FwpsFlowAssociateContext0(flow_handle, IN_T4, co[0].id, 7), STATUS_SUCCESS);
	co[0].says = remove_now;
	ask(IN_T4, NULL);
	co[0].says = NULL;
	fx_poll_n(1); /* the poller has been elsewhere since */
	ask(IN_T4, NULL);
	assert_int_equal(co[0].deleted, 1);
	engine_down();
}

/* Callouts first, then handles, then pools: fx_down() does the rest and finds nothing left. */
static void
r160_teardown_order(void **state)
{
	uint64_t before = pkt_completions;

	(void)state;
	begin_take_over();
	assert_int_equal(ask(OUT4, shown->nbl), FWI_ABSORB);
	assert_status(FwpsCalloutUnregisterById0(co[0].id), STATUS_SUCCESS);
	co[0].id = 0;
	assert_int_equal(ask(OUT4, shown->nbl), FWI_BLOCK);
	assert_int_equal(co[0].calls, 1);
	assert_true(fx_poll_done(before + 1));
	engine_down();
}

#define T(f) cmocka_unit_test_setup_teardown(f, fx_up_null, fx_down)

static const struct CMUnitTest tests[] = {
	T(r121_clone_inject_absorb),
	T(r122_without_the_right),
	T(r123_clone_failure_is_an_ordinary_drop),
	T(r124_absorb_goes_with_block_alone),
	T(r125_absorb_where_packets_are_forwarded),
	T(r126_clear_action_right_is_shown),
	T(r127_inspection_goes_on),
	T(r130_layer_data_may_be_null),
	T(r153_key_registered_twice),
	T(r154_unregister_with_flow_contexts),
	T(r155_filters_of_an_unregistered_callout),
	T(r156_associate),
	T(r157_remove),
	T(r160_teardown_order),
};

FX_MAIN(tests)
