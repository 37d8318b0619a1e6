/* SPDX-License-Identifier: BSD-3-Clause */
/* Mode drop: nothing is forwarded. IPv4 ends at a callout, IPv6 at a filter alone. */
#include "filtering.h"

static const GUID SubLayer = {
	0x7a1f3a30, 0x52c1, 0x4b1e, {0x9c, 0x01, 0x3f, 0x2b, 0x66, 0x0d, 0x11, 0x03}};

static DRIVER_COUNTER Counters[] = {{"dropped by the callout", 0}, {NULL, 0}};

static FILTERING Filtering;

static VOID NTAPI
Classify(const FWPS_INCOMING_VALUES0 *values, const FWPS_INCOMING_METADATA_VALUES0 *meta,
	VOID *layerData, const VOID *classifyContext, const FWPS_FILTER1 *filter,
	UINT64 flowContext, FWPS_CLASSIFY_OUT0 *out)
{
	UNREFERENCED_PARAMETER(values);
	UNREFERENCED_PARAMETER(meta);
	UNREFERENCED_PARAMETER(layerData);
	UNREFERENCED_PARAMETER(classifyContext);
	UNREFERENCED_PARAMETER(filter);
	UNREFERENCED_PARAMETER(flowContext);
	InterlockedIncrement64(&Counters[0].value);
	Block(out); /* also as a veto, without the right to decide (R122) */
}

static VOID
Unload(VOID)
{
	FilteringClose(&Filtering);
}

static NTSTATUS
Load(const DRIVER_SETTINGS *settings)
{
	FILTERING_CALLOUT callout = {
		.layer = &FWPM_LAYER_IPFORWARD_V4,
		.key = SubLayer,
		.action = FWP_ACTION_CALLOUT_TERMINATING,
		.classify = Classify,
	};
	NTSTATUS status;

	UNREFERENCED_PARAMETER(settings);
	status = FilteringOpen(&Filtering, &SubLayer, L"drop", 0x8000);
	if (NT_SUCCESS(status)) {
		callout.key.Data1 += 1;
		status = FilteringAddCallout(&Filtering, &callout);
	}
	if (NT_SUCCESS(status))
		status = FilteringAddFilter(&Filtering, &FWPM_LAYER_IPFORWARD_V6, NULL);
	if (NT_SUCCESS(status))
		status = FilteringCommit(&Filtering);
	if (!NT_SUCCESS(status))
		Unload();
	return status;
}

const DRIVER DropDriver = {Load, Unload, Counters};
