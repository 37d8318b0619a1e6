/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Filters of any shape at any layer, taken or refused with a documented status; then packets. The
 * callouts that are asked, and their order, are those of the naive oracle, in both forms that a
 * layer is compiled to.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>

#include <fwpdk/init.h>

#include "../unit/classify/gen.h"
#include "classify/compile.h"
#include "check.h"

#define FILTERS	  24u
#define PACKETS	  24u
#define SUBLAYERS 3u

static const GUID callout_key = {1, 2, 3, {0}};
static wchar_t name[] = L"fuzz";
static struct gen_filter filters[FILTERS];
static UINT64 ids[FILTERS], seen[FILTERS];
static unsigned sublayer_of[FILTERS], n_filters, n_seen;

static void NTAPI
classify(const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m, void *data,
	const void *ctx, const FWPS_FILTER3 *filter, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	(void)v;
	(void)m;
	(void)data;
	(void)ctx;
	(void)flow;
	CHECK(n_seen < FILTERS);
	seen[n_seen++] = filter->filterId;
	out->actionType = FWP_ACTION_CONTINUE;
}

static NTSTATUS NTAPI
notify(FWPS_CALLOUT_NOTIFY_TYPE what, const GUID *key, FWPS_FILTER3 *filter)
{
	(void)what;
	(void)key;
	(void)filter;
	return STATUS_SUCCESS;
}

static bool
prepare(struct fwi_indication *ind)
{
	ind->meta.currentMetadataValues = 0;
	return true;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char args[] = "fuzz\0--no-huge\0-m\0"
			     "128\0--no-pci\0--no-telemetry\0-l\0"
			     "0\0"
			     "--iova-mode=va\0--log-level=*:emergency\0";
	static const struct fwpdk_config small = {
		.size = sizeof(small), .nbl_count = 255, .nb_count = 255, .mdl_count = 255};
	FWPS_CALLOUT3 c = {.calloutKey = callout_key, .classifyFn = classify, .notifyFn = notify};
	char *eal[24], *a;
	int n = 0;

	(void)argc;
	(void)argv;
	for (a = args; *a != '\0'; a += strlen(a) + 1)
		eal[n++] = a;
	CHECK(rte_eal_init(n, eal) >= 0);
	CHECK(fwpdk_init(&small) == 0);
	CHECK(FwpsCalloutRegister3(NULL, &c, NULL) == STATUS_SUCCESS);
	return 0;
}

static void
check_refusal(NTSTATUS s)
{
	CHECK(s == STATUS_NOT_SUPPORTED || s == STATUS_FWP_TYPE_MISMATCH ||
		s == STATUS_FWP_MATCH_TYPE_MISMATCH || s == STATUS_FWP_INVALID_ENUMERATOR ||
		s == STATUS_FWP_INVALID_RANGE || s == STATUS_FWP_NEVER_MATCH);
}

static void
add_filters(struct gen *g, HANDLE engine, const struct fwi_layer_kind *layer)
{
	unsigned n = 1 + gen_draw(g, FILTERS), i;
	FWPM_FILTER0 *f;
	NTSTATUS status;

	n_filters = 0;
	for (i = 0; i < n; i++) {
		gen_filter(g, layer, &filters[n_filters], false);
		sublayer_of[n_filters] = gen_draw(g, SUBLAYERS);
		f = &filters[n_filters].f;
		f->displayData.name = name;
		f->subLayerKey.Data1 = 1 + sublayer_of[n_filters];
		f->action.type = FWP_ACTION_CALLOUT_INSPECTION;
		f->action.calloutKey = callout_key;
		status = FwpmFilterAdd0(engine, f, NULL, &ids[n_filters]);
		if (status == STATUS_SUCCESS)
			n_filters++;
		else
			check_refusal(status);
	}
}

/* Sublayers are all of one weight, so the older is asked first. */
static bool
before(unsigned a, unsigned b)
{
	if (sublayer_of[a] != sublayer_of[b])
		return sublayer_of[a] < sublayer_of[b];
	return filters[a].weight != filters[b].weight ? filters[a].weight > filters[b].weight
						      : ids[a] < ids[b];
}

static unsigned order[FILTERS];

static void
put_in_order(void)
{
	unsigned i, k, t;

	for (i = 0; i < n_filters; i++)
		order[i] = i;
	for (i = 1; i < n_filters; i++)
		for (k = i; k > 0 && before(order[k], order[k - 1]); k--) {
			t = order[k];
			order[k] = order[k - 1];
			order[k - 1] = t;
		}
}

static void
ask(const struct fwi_layer_kind *layer, const struct fwi_key *key)
{
	struct fwi_indication ind = {.prepare = prepare};
	const struct fwi_layer *l;
	unsigned i, n = 0;

	n_seen = 0;
	fwi_classify_enter(0);
	l = fwi_layer(layer->id);
	if (l != NULL)
		CHECK(fwi_classify(l, key, &ind) == FWI_PERMIT);
	fwi_classify_leave(0);
	for (i = 0; i < n_filters; i++) {
		if (!oracle_match(layer, filters[order[i]].c,
			    filters[order[i]].f.numFilterConditions, key))
			continue;
		CHECK(n < n_seen && seen[n] == ids[order[i]]);
		n++;
	}
	CHECK(n == n_seen);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gen g = {data, size, 0x9e3779b97f4a7c15};
	const struct fwi_layer_kind *layer = &fwi_layer_kinds[gen_draw(&g, FWI_LAYER_KINDS)];
	FWPM_SESSION0 dynamic = {.flags = FWPM_SESSION_FLAG_DYNAMIC};
	FWPM_SUBLAYER0 sublayer = {.displayData.name = name, .weight = 7};
	FWPM_CALLOUT0 m = {.calloutKey = callout_key,
		.displayData.name = name,
		.applicableLayer = *layer->key};
	struct fwi_key key;
	HANDLE engine;
	unsigned i;

	fwi_straight_max = gen_draw(&g, 2) != 0 ? 0 : FILTERS;
	CHECK(FwpmEngineOpen0(NULL, RPC_C_AUTHN_WINNT, NULL, &dynamic, &engine) == STATUS_SUCCESS);
	CHECK(FwpmTransactionBegin0(engine, 0) == STATUS_SUCCESS);
	CHECK(FwpmCalloutAdd0(engine, &m, NULL, NULL) == STATUS_SUCCESS);
	for (i = 0; i < SUBLAYERS; i++) {
		sublayer.subLayerKey.Data1 = 1 + i;
		CHECK(FwpmSubLayerAdd0(engine, &sublayer, NULL) == STATUS_SUCCESS);
	}
	add_filters(&g, engine, layer);
	CHECK(FwpmTransactionCommit0(engine) == STATUS_SUCCESS);
	put_in_order();
	for (i = 0; i < PACKETS; i++) {
		gen_key(&g, layer, &key);
		ask(layer, &key);
	}
	CHECK(FwpmEngineClose0(engine) == STATUS_SUCCESS);
	return 0;
}
