/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mode nat: packets from inside leave with an outside address and a port of their flow, and what
 * comes back for that port goes inside again. Both are taken out as they come in and put back as
 * if they had come in so; routing does the rest. ICMP errors are not translated.
 */
#include "filtering.h"
#include "nat.h"

static const GUID SubLayer = {
	0x7a1f3a70, 0x52c1, 0x4b1e, {0x9c, 0x01, 0x3f, 0x2b, 0x66, 0x0d, 0x11, 0x07}};

/* One per IP version. */
typedef struct NAT_SIDE_ {
	HANDLE injection;
	NAT_RULE rule;
} NAT_SIDE;

static NAT_SIDE Sides[2];
static FILTERING Filtering;
static LONG volatile Lock; /* of the flows */

enum { OUT_GOING, COMING_IN, UNKNOWN, UNTRANSLATED, FAILED };
static DRIVER_COUNTER Counters[] = {
	{"out", 0}, {"in", 0}, {"unknown", 0}, {"untranslated", 0}, {"failed", 0}, {NULL, 0}};

static VOID
Count(int which)
{
	InterlockedIncrement64(&Counters[which].value);
}

static VOID NTAPI
Completed(VOID *context, NET_BUFFER_LIST *clone, BOOLEAN dispatchLevel)
{
	UNREFERENCED_PARAMETER(context);
	UNREFERENCED_PARAMETER(dispatchLevel);
	if (!NT_SUCCESS(clone->Status))
		Count(FAILED);
	FwpsFreeCloneNetBufferList0(clone, 0);
}

/* To our outside address? Then something comes back. */
static BOOLEAN
ForOutside(const NAT_SIDE *side, const NAT_PACKET *p)
{
	return RtlEqualMemory(side->rule.outside, p->destination, p->addressLength);
}

static NAT_ENDS
EndsOf(const NAT_PACKET *p, BOOLEAN out)
{
	NAT_ENDS e;

	RtlZeroMemory(&e, sizeof(e));
	e.version = p->version;
	e.protocol = p->protocol;
	RtlCopyMemory(e.remote.bytes, out ? p->destination : p->source, p->addressLength);
	if (out)
		RtlCopyMemory(e.inside.bytes, p->source, p->addressLength);
	e.remotePort = out ? NatDestinationPort(p) : NatSourcePort(p);
	e.insidePort = out ? NatSourcePort(p) : 0;
	return e;
}

static NAT_FLOW *
FlowOf(const NAT_PACKET *p, BOOLEAN out)
{
	NAT_FLOW *flow;
	NAT_ENDS ends;

	if (p->transport == NULL)
		return NatFragmentFind(p);
	ends = EndsOf(p, out);
	flow = out ? NatFlowOut(&ends) : NatFlowIn(&ends, NatDestinationPort(p));
	if (flow != NULL && p->fragment)
		NatFragmentNote(p, flow);
	return flow;
}

/* FALSE: no flow that it belongs to. */
static BOOLEAN
Translate(const NAT_SIDE *side, NAT_PACKET *p, BOOLEAN out)
{
	NAT_FLOW *flow;

	while (InterlockedCompareExchange(&Lock, 1, 0) != 0)
		; /* another processor is in here, for about as long as this takes */
	flow = FlowOf(p, out);
	if (flow != NULL && out)
		NatRewrite(p, TRUE, side->rule.outside, flow->outsidePort);
	else if (flow != NULL)
		NatRewrite(p, FALSE, flow->ends.inside.bytes, flow->ends.insidePort);
	InterlockedExchange(&Lock, 0);
	return (BOOLEAN)(flow != NULL);
}

static NTSTATUS
PutBack(const NAT_SIDE *side, const FWPS_INCOMING_VALUES0 *values,
	const FWPS_INCOMING_METADATA_VALUES0 *meta, NET_BUFFER_LIST *clone)
{
	const FWPS_INCOMING_VALUE0 *v = values->incomingValue;

	return FwpsInjectNetworkReceiveAsync0(side->injection, NULL, 0,
		(COMPARTMENT_ID)meta->compartmentId,
		v[FWPS_FIELD_INBOUND_IPPACKET_V4_INTERFACE_INDEX].value.uint32,
		v[FWPS_FIELD_INBOUND_IPPACKET_V4_SUB_INTERFACE_INDEX].value.uint32, clone,
		Completed, NULL);
}

/* From the IP header on: a clone over the same bytes, translated in place. */
static VOID
TakeOut(const NAT_SIDE *side, const FWPS_INCOMING_VALUES0 *values,
	const FWPS_INCOMING_METADATA_VALUES0 *meta, NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out)
{
	NET_BUFFER_LIST *clone;
	NAT_PACKET packet;
	BOOLEAN outgoing;

	if (!NatParse(NET_BUFFER_LIST_FIRST_NB(nbl), &packet)) {
		Count(UNTRANSLATED);
		Block(out); /* inside addresses are not shown outside */
		return;
	}
	outgoing = (BOOLEAN)!ForOutside(side, &packet);
	if (!Translate(side, &packet, outgoing)) {
		Count(UNKNOWN);
		if (outgoing) /* a fragment whose first was not seen */
			Block(out);
		else
			out->actionType = FWP_ACTION_PERMIT; /* for ourselves */
		return;
	}
	if (!NT_SUCCESS(FwpsAllocateCloneNetBufferList0(nbl, NULL, NULL, 0, &clone))) {
		Count(FAILED);
		Block(out);
	} else if (!NT_SUCCESS(PutBack(side, values, meta, clone))) {
		Count(FAILED);
		FwpsFreeCloneNetBufferList0(clone, 0);
		Block(out);
	} else {
		Count(outgoing ? OUT_GOING : COMING_IN);
		Absorb(out);
	}
}

static VOID NTAPI
Classify(const FWPS_INCOMING_VALUES0 *values, const FWPS_INCOMING_METADATA_VALUES0 *meta,
	VOID *layerData, const VOID *classifyContext, const FWPS_FILTER1 *filter,
	UINT64 flowContext, FWPS_CLASSIFY_OUT0 *out)
{
	const NAT_SIDE *side = (const NAT_SIDE *)(ULONG_PTR)filter->context;
	NET_BUFFER_LIST *nbl = layerData;
	NET_BUFFER *nb;

	UNREFERENCED_PARAMETER(classifyContext);
	UNREFERENCED_PARAMETER(flowContext);
	if (!MAY_DECIDE(out))
		return;
	if (nbl == NULL || InjectedBy(side->injection, nbl)) {
		out->actionType = FWP_ACTION_PERMIT;
		return;
	}
	nb = NET_BUFFER_LIST_FIRST_NB(nbl);
	if (NdisRetreatNetBufferDataStart(nb, meta->ipHeaderSize, 0, NULL) != NDIS_STATUS_SUCCESS) {
		Count(FAILED);
		Block(out);
		return;
	}
	TakeOut(side, values, meta, nbl, out);
	NdisAdvanceNetBufferDataStart(nb, meta->ipHeaderSize, FALSE, NULL);
}

static VOID
Unload(VOID)
{
	ULONG i;

	FilteringClose(&Filtering);
	for (i = 0; i < 2; i++) {
		if (Sides[i].injection != NULL)
			FwpsInjectionHandleDestroy0(Sides[i].injection);
		Sides[i].injection = NULL;
	}
}

/* What comes from inside, and what comes to the outside address: two filters, one callout. */
static NTSTATUS
AddV4(NAT_SIDE *side)
{
	UINT32 inside, outside;
	FWP_V4_ADDR_AND_MASK prefix;
	FWPM_FILTER_CONDITION0 condition = {
		.fieldKey = FWPM_CONDITION_IP_REMOTE_ADDRESS,
		.matchType = FWP_MATCH_EQUAL,
		.conditionValue = {.type = FWP_V4_ADDR_MASK, .v4AddrMask = &prefix},
	};
	FILTERING_CALLOUT callout = {
		.layer = &FWPM_LAYER_INBOUND_IPPACKET_V4,
		.key = SubLayer,
		.action = FWP_ACTION_CALLOUT_TERMINATING,
		.classify = Classify,
		.context = side,
		.conditions = &condition,
		.conditionCount = 1,
	};
	NTSTATUS status;

	RtlCopyMemory(&inside, side->rule.inside, 4);
	RtlCopyMemory(&outside, side->rule.outside, 4);
	prefix.addr = RtlUlongByteSwap(inside);
	prefix.mask = side->rule.insideLength != 0 ? ~0u << (32 - side->rule.insideLength) : 0;
	callout.key.Data1 += 1;
	status = FilteringAddCallout(&Filtering, &callout);
	if (!NT_SUCCESS(status))
		return status;
	condition.fieldKey = FWPM_CONDITION_IP_LOCAL_ADDRESS;
	condition.conditionValue.type = FWP_UINT32;
	condition.conditionValue.uint32 = RtlUlongByteSwap(outside);
	return FilteringAddFilter(&Filtering, callout.layer, &callout);
}

static NTSTATUS
AddV6(NAT_SIDE *side)
{
	FWP_V6_ADDR_AND_MASK prefix;
	FWP_BYTE_ARRAY16 outside;
	FWPM_FILTER_CONDITION0 condition = {
		.fieldKey = FWPM_CONDITION_IP_REMOTE_ADDRESS,
		.matchType = FWP_MATCH_EQUAL,
		.conditionValue = {.type = FWP_V6_ADDR_MASK, .v6AddrMask = &prefix},
	};
	FILTERING_CALLOUT callout = {
		.layer = &FWPM_LAYER_INBOUND_IPPACKET_V6,
		.key = SubLayer,
		.action = FWP_ACTION_CALLOUT_TERMINATING,
		.classify = Classify,
		.context = side,
		.conditions = &condition,
		.conditionCount = 1,
	};
	NTSTATUS status;

	RtlCopyMemory(prefix.addr, side->rule.inside, 16);
	prefix.prefixLength = side->rule.insideLength;
	RtlCopyMemory(outside.byteArray16, side->rule.outside, 16);
	callout.key.Data1 += 2;
	status = FilteringAddCallout(&Filtering, &callout);
	if (!NT_SUCCESS(status))
		return status;
	condition.fieldKey = FWPM_CONDITION_IP_LOCAL_ADDRESS;
	condition.conditionValue.type = FWP_BYTE_ARRAY16_TYPE;
	condition.conditionValue.byteArray16 = &outside;
	return FilteringAddFilter(&Filtering, callout.layer, &callout);
}

static NTSTATUS
Load(const DRIVER_SETTINGS *settings)
{
	NTSTATUS status;

	NatFlowsClear();
	Sides[0].rule = settings->nat4;
	Sides[1].rule = settings->nat6;
	status = FwpsInjectionHandleCreate0(
		AF_INET, FWPS_INJECTION_TYPE_NETWORK, &Sides[0].injection);
	if (NT_SUCCESS(status))
		status = FwpsInjectionHandleCreate0(
			AF_INET6, FWPS_INJECTION_TYPE_NETWORK, &Sides[1].injection);
	if (NT_SUCCESS(status))
		status = FilteringOpen(&Filtering, &SubLayer, L"nat", 0x8000);
	if (NT_SUCCESS(status) && settings->nat4.given)
		status = AddV4(&Sides[0]);
	if (NT_SUCCESS(status) && settings->nat6.given)
		status = AddV6(&Sides[1]);
	if (NT_SUCCESS(status))
		status = FilteringCommit(&Filtering);
	if (!NT_SUCCESS(status))
		Unload();
	return status;
}

const DRIVER NatDriver = {Load, Unload, Counters};
