/* SPDX-License-Identifier: BSD-3-Clause */
/* Mode inspect: a callout that looks and lets everything pass (R127). */
#include "filtering.h"

static const GUID SubLayer = {
	0x7a1f3a20, 0x52c1, 0x4b1e, {0x9c, 0x01, 0x3f, 0x2b, 0x66, 0x0d, 0x11, 0x02}};

enum { IPV4, IPV6, FRAGMENTS, REASSEMBLED };
static DRIVER_COUNTER Counters[] = {{"IPv4 indications", 0}, {"IPv6 indications", 0},
	{"fragments", 0}, {"reassembled", 0}, {NULL, 0}};

static FILTERING Filtering;

static VOID NTAPI
Classify(const FWPS_INCOMING_VALUES0 *values, const FWPS_INCOMING_METADATA_VALUES0 *meta,
	VOID *layerData, const VOID *classifyContext, const FWPS_FILTER1 *filter,
	UINT64 flowContext, FWPS_CLASSIFY_OUT0 *out)
{
	UINT32 flags = values->incomingValue[FWPS_FIELD_INBOUND_IPPACKET_V4_FLAGS].value.uint32;

	UNREFERENCED_PARAMETER(meta);
	UNREFERENCED_PARAMETER(layerData);
	UNREFERENCED_PARAMETER(classifyContext);
	UNREFERENCED_PARAMETER(filter);
	UNREFERENCED_PARAMETER(flowContext);
	InterlockedIncrement64(
		&Counters[values->layerId == FWPS_LAYER_INBOUND_IPPACKET_V4 ? IPV4 : IPV6].value);
	if ((flags & FWP_CONDITION_FLAG_IS_FRAGMENT) != 0)
		InterlockedIncrement64(&Counters[FRAGMENTS].value);
	if ((flags & FWP_CONDITION_FLAG_IS_REASSEMBLED) != 0)
		InterlockedIncrement64(&Counters[REASSEMBLED].value);
	out->actionType = FWP_ACTION_CONTINUE;
}

static VOID
Unload(VOID)
{
	FilteringClose(&Filtering);
}

static NTSTATUS
Load(const DRIVER_SETTINGS *settings)
{
	/* The kernels' own talk goes to groups. */
	FWPM_FILTER_CONDITION0 unicast = {
		.fieldKey = FWPM_CONDITION_IP_LOCAL_ADDRESS_TYPE,
		.matchType = FWP_MATCH_EQUAL,
		.conditionValue = {.type = FWP_UINT8, .uint8 = NlatUnicast},
	};
	FILTERING_CALLOUT callout = {
		.layer = &FWPM_LAYER_INBOUND_IPPACKET_V4,
		.key = SubLayer,
		.action = FWP_ACTION_CALLOUT_INSPECTION,
		.classify = Classify,
		.conditions = &unicast,
		.conditionCount = 1,
	};
	NTSTATUS status;

	UNREFERENCED_PARAMETER(settings);
	status = FilteringOpen(&Filtering, &SubLayer, L"inspect", 0x8000);
	if (NT_SUCCESS(status)) {
		callout.key.Data1 += 1;
		status = FilteringAddCallout(&Filtering, &callout);
	}
	if (NT_SUCCESS(status)) {
		callout.layer = &FWPM_LAYER_INBOUND_IPPACKET_V6;
		callout.key.Data1 += 1;
		status = FilteringAddCallout(&Filtering, &callout);
	}
	if (NT_SUCCESS(status))
		status = FilteringCommit(&Filtering);
	if (!NT_SUCCESS(status))
		Unload();
	return status;
}

const DRIVER InspectDriver = {Load, Unload, Counters};
