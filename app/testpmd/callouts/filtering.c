/* SPDX-License-Identifier: BSD-3-Clause */
/* Begin and end of a callout driver: engine, sublayer, callouts, filters. */
#include <ntddk.h>

#define INITGUID
#include <guiddef.h>

#include "filtering.h"

static wchar_t Name[] = L"fwpdk demo";

static NTSTATUS NTAPI
Notify(FWPS_CALLOUT_NOTIFY_TYPE type, const GUID *filterKey, FWPS_FILTER1 *filter)
{
	UNREFERENCED_PARAMETER(type);
	UNREFERENCED_PARAMETER(filterKey);
	UNREFERENCED_PARAMETER(filter);
	return STATUS_SUCCESS;
}

NTSTATUS
FilteringOpen(FILTERING *f, const GUID *subLayer, const wchar_t *name, UINT16 weight)
{
	FWPM_SESSION0 session = {.flags = FWPM_SESSION_FLAG_DYNAMIC};
	FWPM_SUBLAYER0 layer = {.subLayerKey = *subLayer, .weight = weight};
	NTSTATUS status;

	RtlZeroMemory(f, sizeof(*f));
	f->subLayer = *subLayer;
	status = FwpmEngineOpen0(NULL, RPC_C_AUTHN_WINNT, NULL, &session, &f->engine);
	if (!NT_SUCCESS(status))
		return status;
	status = FwpmTransactionBegin0(f->engine, 0);
	if (!NT_SUCCESS(status))
		return status;
	layer.displayData.name = (wchar_t *)(ULONG_PTR)name; /* read only */
	return FwpmSubLayerAdd0(f->engine, &layer, NULL);
}

NTSTATUS
FilteringAddFilter(FILTERING *f, const GUID *layer, const FILTERING_CALLOUT *callout)
{
	FWPM_FILTER0 filter = {.layerKey = *layer, .subLayerKey = f->subLayer};

	filter.displayData.name = Name;
	filter.weight.type = FWP_EMPTY;
	filter.action.type = FWP_ACTION_BLOCK;
	if (callout != NULL) {
		filter.action.type = callout->action;
		filter.action.calloutKey = callout->key;
		filter.rawContext = (UINT64)(ULONG_PTR)callout->context;
		filter.filterCondition = callout->conditions;
		filter.numFilterConditions = callout->conditionCount;
	}
	return FwpmFilterAdd0(f->engine, &filter, NULL, NULL);
}

NTSTATUS
FilteringAddCallout(FILTERING *f, const FILTERING_CALLOUT *callout)
{
	FWPS_CALLOUT1 run = {
		.calloutKey = callout->key, .classifyFn = callout->classify, .notifyFn = Notify};
	FWPM_CALLOUT0 managed = {.calloutKey = callout->key, .applicableLayer = *callout->layer};
	NTSTATUS status;

	NT_ASSERT(f->callouts < FILTERING_CALLOUTS_MAX);
	status = FwpsCalloutRegister1(NULL, &run, &f->calloutId[f->callouts]);
	if (!NT_SUCCESS(status))
		return status;
	f->callouts++;
	managed.displayData.name = Name;
	status = FwpmCalloutAdd0(f->engine, &managed, NULL, NULL);
	if (!NT_SUCCESS(status))
		return status;
	return FilteringAddFilter(f, callout->layer, callout);
}

NTSTATUS
FilteringCommit(FILTERING *f)
{
	return FwpmTransactionCommit0(f->engine);
}

VOID
FilteringClose(FILTERING *f)
{
	if (f->engine != NULL)
		FwpmEngineClose0(f->engine);
	f->engine = NULL;
	while (f->callouts > 0)
		FwpsCalloutUnregisterById0(f->calloutId[--f->callouts]);
}
