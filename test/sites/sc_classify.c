/* SPDX-License-Identifier: BSD-3-Clause */
/* Callouts, filters, sessions, transactions, flow contexts. */
#include <string.h>

#include "classify/flow.h"
#include "sites.h"

#include <fwpmk.h> /* behind headers that bring the system's protocol numbers */

static const GUID callout_key = {11, 1, 1, {0}}, sublayer_key = {12, 1, 1, {0}},
		  provider_key = {13, 1, 1, {0}};
static wchar_t name[] = L"sites", text[] = L"a description";
static HANDLE engine;

static void NTAPI
classify(const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m, void *data,
	const void *ctx, const FWPS_FILTER3 *filter, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	(void)v;
	(void)m;
	(void)data;
	(void)ctx;
	(void)filter;
	(void)flow;
	(void)out;
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
	(void)id;
	(void)context;
}

static void
up(void)
{
	w = (struct world){.dev = "net_null0"};
	lib_up();
}

static FWPM_FILTER0
filter_of(const GUID *layer, UINT32 port, FWPM_FILTER_CONDITION0 *c)
{
	static GUID provider;
	FWPM_FILTER0 f = {.displayData = {name, text},
		.providerKey = &provider,
		.layerKey = *layer,
		.subLayerKey = sublayer_key,
		.numFilterConditions = 1,
		.filterCondition = c,
		.action = {.type = FWP_ACTION_CALLOUT_TERMINATING, .calloutKey = callout_key}};

	provider = provider_key;
	c->fieldKey = FWPM_CONDITION_IP_LOCAL_PORT;
	c->matchType = FWP_MATCH_EQUAL;
	c->conditionValue.type = FWP_UINT16;
	c->conditionValue.uint16 = (UINT16)port;
	return f;
}

static void
objects(void)
{
	FWPM_PROVIDER0 p = {.providerKey = provider_key,
		.displayData = {name, text},
		.serviceName = name,
		.providerData = {4, (UINT8[]){1, 2, 3, 4}}};
	FWPM_SUBLAYER0 l = {.subLayerKey = sublayer_key,
		.displayData = {name, text},
		.providerKey = (GUID *)&provider_key};
	FWPM_CALLOUT0 m = {.calloutKey = callout_key,
		.displayData = {name, text},
		.applicableLayer = FWPM_LAYER_INBOUND_TRANSPORT_V4};

	OP(FwpmProviderAdd0(engine, &p, NULL), NO_RESOURCES);
	OP(FwpmSubLayerAdd0(engine, &l, NULL), NO_RESOURCES);
	OP(FwpmCalloutAdd0(engine, &m, NULL, NULL), NO_RESOURCES);
}

/* Few filters, compared one by one; then so many that there is an rte_acl; then few again. */
static void
filters(void)
{
	UINT64 id[12] = {0};
	FWPM_FILTER_CONDITION0 c;
	FWPM_FILTER0 f, *got;
	unsigned i;

	for (i = 0; i < 12; i++) {
		f = filter_of(&FWPM_LAYER_INBOUND_TRANSPORT_V4, i / 2, &c);
		OP(FwpmFilterAdd0(engine, &f, NULL, &id[i]), NO_RESOURCES);
	}
	OP(FwpmFilterGetById0(engine, id[3], &got), NO_RESOURCES);
	CHECK(got->filterId == id[3]);
	FwpmFreeMemory0((void **)&got);
	for (i = 0; i < 8; i++)
		OP(FwpmFilterDeleteById0(engine, id[i]), NO_RESOURCES);
}

/* A commit that fails has aborted all of it: the whole of it is tried again. */
static void
transaction(void)
{
	FWPM_FILTER_CONDITION0 c;
	FWPM_FILTER0 f = filter_of(&FWPM_LAYER_INBOUND_TRANSPORT_V4, 99, &c);
	uint64_t before = fwi_site_failed();
	NTSTATUS status;
	unsigned round;

	for (round = 0; round < 2; round++) {
		OP(FwpmTransactionBegin0(engine, 0), NO_RESOURCES);
		OP(FwpmFilterAdd0(engine, &f, NULL, NULL), NO_RESOURCES);
		status = FwpmTransactionCommit0(engine);
		if (status == STATUS_SUCCESS)
			return;
		sites_excuse("commit", status, before, (const long[]){NO_RESOURCES, 0});
	}
	CHECK(status == STATUS_SUCCESS);
}

static void
body(void)
{
	FWPM_SESSION0 dynamic = {.flags = FWPM_SESSION_FLAG_DYNAMIC};
	FWPS_CALLOUT3 callout = {.calloutKey = callout_key,
		.classifyFn = classify,
		.notifyFn = notify,
		.flowDeleteFn = flow_delete};
	const struct fwi_key key = {.version = 4, .protocol = 6};
	uint64_t flow;
	UINT32 id;

	OP(FwpmEngineOpen0(NULL, RPC_C_AUTHN_WINNT, NULL, &dynamic, &engine), NO_RESOURCES);
	OP(FwpsCalloutRegister3(NULL, &callout, &id), NO_RESOURCES);
	objects();
	filters();
	transaction();
	flow = fwi_flow_of(&key);
	CHECK(flow != 0);
	OP(FwpsFlowAssociateContext0(flow, FWPS_LAYER_INBOUND_TRANSPORT_V4, id, 1), NO_RESOURCES);
	SURE(FwpsFlowRemoveContext0(flow, FWPS_LAYER_INBOUND_TRANSPORT_V4, id));
	OP(FwpsCalloutUnregisterById0(id), NO_RESOURCES);
	OP(FwpmEngineClose0(engine), NO_RESOURCES);
}

const struct scenario classify_scenarios[] = {
	{"classify", up, body, lib_down},
	{0},
};
