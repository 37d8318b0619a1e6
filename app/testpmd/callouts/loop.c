/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mode loop: how not to do it. Two callouts take everything that comes in and put it back, each
 * knowing only what it has injected last: to both the other's packet is a new one. On Windows they
 * do so for ever; here the history ends it with STATUS_HOPLIMIT_EXCEEDED.
 */
#include "filtering.h"

static const GUID SubLayers[2] = {
	{0x7a1f3a40, 0x52c1, 0x4b1e, {0x9c, 0x01, 0x3f, 0x2b, 0x66, 0x0d, 0x11, 0x04}},
	{0x7a1f3a50, 0x52c1, 0x4b1e, {0x9c, 0x01, 0x3f, 0x2b, 0x66, 0x0d, 0x11, 0x05}},
};

static DRIVER_COUNTER Counters[] = {{"taken out", 0}, {"hop limit", 0}, {NULL, 0}};

/* One of the two drivers; handles: IPv4, IPv6. */
typedef struct SIDE_ {
	FILTERING filtering;
	HANDLE injection[2];
} SIDE;
static SIDE Sides[2];

static VOID NTAPI
Completed(VOID *context, NET_BUFFER_LIST *clone, BOOLEAN dispatchLevel)
{
	UNREFERENCED_PARAMETER(context);
	UNREFERENCED_PARAMETER(dispatchLevel);
	if (clone->Status == STATUS_HOPLIMIT_EXCEEDED)
		InterlockedIncrement64(&Counters[1].value);
	FwpsFreeCloneNetBufferList0(clone, 0);
}

static NTSTATUS
TakeOut(HANDLE injection, const FWPS_INCOMING_VALUES0 *values,
	const FWPS_INCOMING_METADATA_VALUES0 *meta, NET_BUFFER_LIST *nbl)
{
	const FWPS_INCOMING_VALUE0 *v = values->incomingValue;
	NET_BUFFER *nb = NET_BUFFER_LIST_FIRST_NB(nbl);
	NET_BUFFER_LIST *clone;
	NTSTATUS status;

	if (NdisRetreatNetBufferDataStart(nb, meta->ipHeaderSize, 0, NULL) != NDIS_STATUS_SUCCESS)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = FwpsAllocateCloneNetBufferList0(nbl, NULL, NULL, 0, &clone);
	NdisAdvanceNetBufferDataStart(nb, meta->ipHeaderSize, FALSE, NULL);
	if (!NT_SUCCESS(status))
		return status;
	status = FwpsInjectNetworkReceiveAsync0(injection, NULL, 0,
		(COMPARTMENT_ID)meta->compartmentId,
		v[FWPS_FIELD_INBOUND_IPPACKET_V4_INTERFACE_INDEX].value.uint32,
		v[FWPS_FIELD_INBOUND_IPPACKET_V4_SUB_INTERFACE_INDEX].value.uint32, clone,
		Completed, NULL);
	if (!NT_SUCCESS(status))
		FwpsFreeCloneNetBufferList0(clone, 0);
	return status;
}

static VOID NTAPI
Classify(const FWPS_INCOMING_VALUES0 *values, const FWPS_INCOMING_METADATA_VALUES0 *meta,
	VOID *layerData, const VOID *classifyContext, const FWPS_FILTER1 *filter,
	UINT64 flowContext, FWPS_CLASSIFY_OUT0 *out)
{
	const SIDE *side = (const SIDE *)(ULONG_PTR)filter->context;
	HANDLE injection =
		side->injection[values->layerId == FWPS_LAYER_INBOUND_IPPACKET_V6 ? 1 : 0];
	NET_BUFFER_LIST *nbl = layerData;

	UNREFERENCED_PARAMETER(classifyContext);
	UNREFERENCED_PARAMETER(flowContext);
	if (!MAY_DECIDE(out))
		return;
	/* The mistake: FWPS_PACKET_PREVIOUSLY_INJECTED_BY_SELF is forgotten. */
	if (nbl == NULL || FwpsQueryPacketInjectionState0(injection, nbl, NULL) ==
				   FWPS_PACKET_INJECTED_BY_SELF) {
		out->actionType = FWP_ACTION_PERMIT;
		return;
	}
	if (!NT_SUCCESS(TakeOut(injection, values, meta, nbl))) {
		Block(out);
		return;
	}
	InterlockedIncrement64(&Counters[0].value);
	Absorb(out);
}

static VOID
Unload(VOID)
{
	ULONG i, k;

	for (i = 0; i < 2; i++)
		FilteringClose(&Sides[i].filtering);
	for (i = 0; i < 2; i++)
		for (k = 0; k < 2; k++) {
			if (Sides[i].injection[k] != NULL)
				FwpsInjectionHandleDestroy0(Sides[i].injection[k]);
			Sides[i].injection[k] = NULL;
		}
}

static NTSTATUS
LoadSide(SIDE *side, const GUID *subLayer)
{
	FILTERING_CALLOUT callout = {
		.layer = &FWPM_LAYER_INBOUND_IPPACKET_V4,
		.key = *subLayer,
		.action = FWP_ACTION_CALLOUT_TERMINATING,
		.classify = Classify,
		.context = side,
	};
	NTSTATUS status;

	status = FwpsInjectionHandleCreate0(
		AF_INET, FWPS_INJECTION_TYPE_NETWORK, &side->injection[0]);
	if (NT_SUCCESS(status))
		status = FwpsInjectionHandleCreate0(
			AF_INET6, FWPS_INJECTION_TYPE_NETWORK, &side->injection[1]);
	if (NT_SUCCESS(status))
		status = FilteringOpen(&side->filtering, subLayer, L"loop", 0x8000);
	if (NT_SUCCESS(status)) {
		callout.key.Data1 += 1;
		status = FilteringAddCallout(&side->filtering, &callout);
	}
	if (NT_SUCCESS(status)) {
		callout.layer = &FWPM_LAYER_INBOUND_IPPACKET_V6;
		callout.key.Data1 += 1;
		status = FilteringAddCallout(&side->filtering, &callout);
	}
	return NT_SUCCESS(status) ? FilteringCommit(&side->filtering) : status;
}

static NTSTATUS
Load(const DRIVER_SETTINGS *settings)
{
	NTSTATUS status = STATUS_SUCCESS;
	ULONG i;

	UNREFERENCED_PARAMETER(settings);
	for (i = 0; NT_SUCCESS(status) && i < 2; i++)
		status = LoadSide(&Sides[i], &SubLayers[i]);
	if (!NT_SUCCESS(status))
		Unload();
	return status;
}

const DRIVER LoopDriver = {Load, Unload, Counters};
