/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mode callout: everything that comes in or passes is cloned, absorbed, marked as low-priority
 * data (DSCP CS1) and injected again, at once or later by a thread.
 */
#include "checksum.h"
#include "filtering.h"
#include "reinject.h"

#define DSCP_CS1 0x20 /* in its place beside the ECN bits */

static const GUID SubLayer = {
	0x7a1f3a10, 0x52c1, 0x4b1e, {0x9c, 0x01, 0x3f, 0x2b, 0x66, 0x0d, 0x11, 0x01}};

/* A layer and the handle of what is taken out there: by the state each knows its own (R75). */
typedef struct LAYER_ {
	const GUID *key;
	UINT32 last; /* of the callout's GUID */
	ADDRESS_FAMILY family;
	BOOLEAN forward;
	HANDLE injection;
} LAYER;

static LAYER Layers[] = {
	{&FWPM_LAYER_INBOUND_IPPACKET_V4, 0x10, AF_INET, FALSE, NULL},
	{&FWPM_LAYER_INBOUND_IPPACKET_V6, 0x11, AF_INET6, FALSE, NULL},
	{&FWPM_LAYER_IPFORWARD_V4, 0x12, AF_INET, TRUE, NULL},
	{&FWPM_LAYER_IPFORWARD_V6, 0x13, AF_INET6, TRUE, NULL},
};

enum { TAKEN_OUT, PUT_BACK, FAILED, PASSED };
static DRIVER_COUNTER Counters[] = {
	{"taken out", 0}, {"put back", 0}, {"failed", 0}, {"passed", 0}, {NULL, 0}};

static FILTERING Filtering;
static BOOLEAN Holding;

static VOID
Count(int which)
{
	InterlockedIncrement64(&Counters[which].value);
}

/* Completion: clone and, with it, the hold on the original go. */
static VOID NTAPI
Completed(VOID *context, NET_BUFFER_LIST *clone, BOOLEAN dispatchLevel)
{
	UNREFERENCED_PARAMETER(context);
	UNREFERENCED_PARAMETER(dispatchLevel);
	Count(NT_SUCCESS(clone->Status) ? PUT_BACK : FAILED);
	FwpsFreeCloneNetBufferList0(clone, 0);
}

NTSTATUS
ReinjectPut(const TAKEN *t)
{
	NTSTATUS status;

	if (t->forward)
		status = FwpsInjectForwardAsync0(t->injection, NULL, 0, t->family, t->compartment,
			t->interface, t->clone, Completed, NULL);
	else
		status = FwpsInjectNetworkReceiveAsync0(t->injection, NULL, 0, t->compartment,
			t->interface, t->subInterface, t->clone, Completed, NULL);
	if (!NT_SUCCESS(status)) {
		Count(FAILED);
		FwpsFreeCloneNetBufferList0(t->clone, 0);
	}
	return status;
}

/* The edit: bytes that the clone shares with the original, which is ours from here on. */
static VOID
Mark(NET_BUFFER *nb)
{
	UINT8 *ip = NdisGetDataBuffer(nb, 20, NULL, 1, 0);
	UINT8 old[2];

	if (ip == NULL)
		return;
	RtlCopyMemory(old, ip, sizeof(old));
	if (ip[0] >> 4 == 4) {
		ip[1] = (UINT8)((ip[1] & 3) | DSCP_CS1);
		ChecksumReplace(ip + 10, old, ip, sizeof(old));
	} else {
		ip[0] = 0x60 | DSCP_CS1 >> 4;
		ip[1] &= 0x3f;
	}
}

/* A clone from the IP header on, which inbound lies in front of the data. */
static NTSTATUS
Clone(NET_BUFFER_LIST *nbl, ULONG headerSize, NET_BUFFER_LIST **clone)
{
	NET_BUFFER *nb = NET_BUFFER_LIST_FIRST_NB(nbl);
	NTSTATUS status;

	if (NdisRetreatNetBufferDataStart(nb, headerSize, 0, NULL) != NDIS_STATUS_SUCCESS)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = FwpsAllocateCloneNetBufferList0(nbl, NULL, NULL, 0, clone);
	NdisAdvanceNetBufferDataStart(nb, headerSize, FALSE, NULL);
	return status;
}

static VOID
WhereFrom(TAKEN *t, const LAYER *layer, const FWPS_INCOMING_VALUES0 *values,
	const FWPS_INCOMING_METADATA_VALUES0 *meta)
{
	const FWPS_INCOMING_VALUE0 *v = values->incomingValue;

	/* The fields of IPv6 have the same numbers. */
	if (layer->forward) {
		t->interface = v[FWPS_FIELD_IPFORWARD_V4_DESTINATION_INTERFACE_INDEX].value.uint32;
		t->subInterface = 0;
	} else {
		t->interface = v[FWPS_FIELD_INBOUND_IPPACKET_V4_INTERFACE_INDEX].value.uint32;
		t->subInterface =
			v[FWPS_FIELD_INBOUND_IPPACKET_V4_SUB_INTERFACE_INDEX].value.uint32;
	}
	t->injection = layer->injection;
	t->family = layer->family;
	t->forward = layer->forward;
	t->compartment = (COMPARTMENT_ID)meta->compartmentId;
}

static VOID NTAPI
Classify(const FWPS_INCOMING_VALUES0 *values, const FWPS_INCOMING_METADATA_VALUES0 *meta,
	VOID *layerData, const VOID *classifyContext, const FWPS_FILTER1 *filter,
	UINT64 flowContext, FWPS_CLASSIFY_OUT0 *out)
{
	const LAYER *layer = (const LAYER *)(ULONG_PTR)filter->context;
	NET_BUFFER_LIST *nbl = layerData;
	TAKEN t;

	UNREFERENCED_PARAMETER(classifyContext);
	UNREFERENCED_PARAMETER(flowContext);
	if (!MAY_DECIDE(out))
		return;
	if (nbl == NULL || InjectedBy(layer->injection, nbl)) {
		Count(PASSED);
		out->actionType = FWP_ACTION_PERMIT;
		return;
	}
	if (!NT_SUCCESS(Clone(nbl, layer->forward ? 0 : meta->ipHeaderSize, &t.clone))) {
		Count(FAILED);
		Block(out);
		return;
	}
	WhereFrom(&t, layer, values, meta);
	Mark(NET_BUFFER_LIST_FIRST_NB(t.clone));
	Count(TAKEN_OUT);
	if (Holding && !HoldKeep(&t)) {
		FwpsFreeCloneNetBufferList0(t.clone, 0);
		Count(FAILED);
		Block(out);
	} else if (!Holding && !NT_SUCCESS(ReinjectPut(&t))) {
		Block(out);
	} else {
		Absorb(out);
	}
}

/* Callouts, then what they have taken, then the handles, which wait for the last completion (R160).
 */
static VOID
Unload(VOID)
{
	ULONG i;

	FilteringClose(&Filtering);
	if (Holding)
		HoldStop();
	Holding = FALSE;
	for (i = 0; i < ARRAYSIZE(Layers); i++) {
		if (Layers[i].injection != NULL)
			FwpsInjectionHandleDestroy0(Layers[i].injection);
		Layers[i].injection = NULL;
	}
}

static NTSTATUS
AddLayer(LAYER *layer)
{
	FILTERING_CALLOUT callout = {
		.layer = layer->key,
		.key = SubLayer,
		.action = FWP_ACTION_CALLOUT_TERMINATING,
		.classify = Classify,
		.context = layer,
	};
	NTSTATUS status;

	status = FwpsInjectionHandleCreate0(layer->family,
		layer->forward ? FWPS_INJECTION_TYPE_FORWARD : FWPS_INJECTION_TYPE_NETWORK,
		&layer->injection);
	if (!NT_SUCCESS(status))
		return status;
	callout.key.Data1 += layer->last;
	return FilteringAddCallout(&Filtering, &callout);
}

static NTSTATUS
Load(const DRIVER_SETTINGS *settings)
{
	NTSTATUS status;
	ULONG i;

	status = FilteringOpen(&Filtering, &SubLayer, L"clone, absorb, reinject", 0x8000);
	for (i = 0; NT_SUCCESS(status) && i < ARRAYSIZE(Layers); i++)
		if (Layers[i].forward ? settings->atForward : settings->atInbound)
			status = AddLayer(&Layers[i]);
	if (NT_SUCCESS(status) && settings->holdMilliseconds != 0) {
		status = HoldStart(settings->holdMilliseconds);
		Holding = NT_SUCCESS(status);
	}
	if (NT_SUCCESS(status))
		status = FilteringCommit(&Filtering);
	if (!NT_SUCCESS(status))
		Unload();
	return status;
}

const DRIVER ReinjectDriver = {Load, Unload, Counters};
