/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mode echo: echo requests for a local address are taken out at the transport layer, where
 * fragments are together again, and answered with a packet of our own.
 */
#include "checksum.h"
#include "filtering.h"

#define REPLY_MAX   9216 /* bytes of a packet */
#define HOPS	    64
#define ECHO_V4	    8
#define ECHO_V6	    128
#define REPLY_V4    0
#define REPLY_V6    129
#define HEADER_SIZE 8 /* of ICMP */

static const GUID SubLayer = {
	0x7a1f3a60, 0x52c1, 0x4b1e, {0x9c, 0x01, 0x3f, 0x2b, 0x66, 0x0d, 0x11, 0x06}};

enum { REQUESTS, ANSWERED, FAILED };
static DRIVER_COUNTER Counters[] = {{"requests", 0}, {"answered", 0}, {"failed", 0}, {NULL, 0}};

static FILTERING Filtering;
static NDIS_HANDLE Pool;
static HANDLE Injection[2]; /* IPv4, IPv6 */

static VOID
ReplyFree(NET_BUFFER_LIST *nbl)
{
	MDL *mdl = NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(nbl));

	ExFreePoolWithTag(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), DRIVER_TAG);
	IoFreeMdl(mdl);
	FwpsFreeNetBufferList0(nbl);
}

static VOID NTAPI
Completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatchLevel)
{
	UNREFERENCED_PARAMETER(context);
	UNREFERENCED_PARAMETER(dispatchLevel);
	InterlockedIncrement64(&Counters[NT_SUCCESS(nbl->Status) ? ANSWERED : FAILED].value);
	ReplyFree(nbl);
}

/* The whole request, headers included, into memory of our own. */
static UINT8 *
Copy(NET_BUFFER_LIST *nbl, ULONG headerSize, ULONG *length)
{
	NET_BUFFER *nb = NET_BUFFER_LIST_FIRST_NB(nbl);
	UINT8 *copy = NULL, *data;

	*length = NET_BUFFER_DATA_LENGTH(nb) + headerSize;
	if (NET_BUFFER_DATA_LENGTH(nb) < HEADER_SIZE || *length > REPLY_MAX ||
		NdisRetreatNetBufferDataStart(nb, headerSize, 0, NULL) != NDIS_STATUS_SUCCESS)
		return NULL;
	copy = ExAllocatePool2(POOL_FLAG_NON_PAGED, *length, DRIVER_TAG);
	data = copy != NULL ? NdisGetDataBuffer(nb, *length, copy, 1, 0) : NULL;
	NdisAdvanceNetBufferDataStart(nb, headerSize, FALSE, NULL);
	if (copy != NULL && data == NULL) {
		ExFreePoolWithTag(copy, DRIVER_TAG);
		return NULL;
	}
	if (data != copy)
		RtlCopyMemory(copy, data, *length); /* it was in one piece */
	return copy;
}

/* The request becomes the reply: addresses change places, which no checksum notices. */
static VOID
Turn(UINT8 *ip, ULONG headerSize, BOOLEAN v6)
{
	UINT8 *icmp = ip + headerSize, *source = ip + (v6 ? 8 : 12);
	ULONG length = v6 ? 16 : 4;
	UINT8 swap[16], old[2];

	RtlCopyMemory(swap, source, length);
	RtlCopyMemory(source, source + length, length);
	RtlCopyMemory(source + length, swap, length);
	if (v6) {
		ip[7] = HOPS;
	} else {
		RtlCopyMemory(old, ip + 8, 2);
		ip[8] = HOPS;
		ChecksumReplace(ip + 10, old, ip + 8, 2);
	}
	RtlCopyMemory(old, icmp, 2);
	icmp[0] = v6 ? REPLY_V6 : REPLY_V4;
	ChecksumReplace(icmp + 2, old, icmp, 2);
}

static NTSTATUS
Send(UINT8 *packet, ULONG length, COMPARTMENT_ID compartment, BOOLEAN v6)
{
	MDL *mdl = IoAllocateMdl(packet, length, FALSE, FALSE, NULL);
	NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
	NET_BUFFER_LIST *nbl;

	if (mdl == NULL)
		return status;
	MmBuildMdlForNonPagedPool(mdl);
	status = FwpsAllocateNetBufferAndNetBufferList0(Pool, 0, 0, mdl, 0, length, &nbl);
	if (NT_SUCCESS(status)) {
		status = FwpsInjectNetworkSendAsync0(
			Injection[v6], NULL, 0, compartment, nbl, Completed, NULL);
		if (NT_SUCCESS(status))
			return status;
		FwpsFreeNetBufferList0(nbl);
	}
	IoFreeMdl(mdl);
	return status;
}

static VOID NTAPI
Classify(const FWPS_INCOMING_VALUES0 *values, const FWPS_INCOMING_METADATA_VALUES0 *meta,
	VOID *layerData, const VOID *classifyContext, const FWPS_FILTER1 *filter,
	UINT64 flowContext, FWPS_CLASSIFY_OUT0 *out)
{
	BOOLEAN v6 = values->layerId == FWPS_LAYER_INBOUND_TRANSPORT_V6;
	UINT8 *packet;
	ULONG length;

	UNREFERENCED_PARAMETER(classifyContext);
	UNREFERENCED_PARAMETER(filter);
	UNREFERENCED_PARAMETER(flowContext);
	if (layerData == NULL || !MAY_DECIDE(out))
		return;
	InterlockedIncrement64(&Counters[REQUESTS].value);
	/* An answer has no options and no extension headers of a request. */
	packet = meta->ipHeaderSize == (v6 ? 40 : 20) ? Copy(layerData, meta->ipHeaderSize, &length)
						      : NULL;
	if (packet == NULL) {
		InterlockedIncrement64(&Counters[FAILED].value);
		Block(out);
		return;
	}
	Turn(packet, meta->ipHeaderSize, v6);
	if (!NT_SUCCESS(Send(packet, length, (COMPARTMENT_ID)meta->compartmentId, v6))) {
		InterlockedIncrement64(&Counters[FAILED].value);
		ExFreePoolWithTag(packet, DRIVER_TAG);
		Block(out);
		return;
	}
	Absorb(out);
}

static VOID
Unload(VOID)
{
	ULONG i;

	FilteringClose(&Filtering);
	for (i = 0; i < 2; i++) {
		if (Injection[i] != NULL)
			FwpsInjectionHandleDestroy0(Injection[i]);
		Injection[i] = NULL;
	}
	if (Pool != NULL)
		NdisFreeNetBufferListPool(Pool);
	Pool = NULL;
}

/* ICMP has its type where the others have the local port. */
static NTSTATUS
AddLayer(const GUID *layer, ULONG number, UINT8 protocol, UINT16 type)
{
	FWPM_FILTER_CONDITION0 conditions[] = {
		{FWPM_CONDITION_IP_PROTOCOL, FWP_MATCH_EQUAL,
			{.type = FWP_UINT8, .uint8 = protocol}},
		{FWPM_CONDITION_IP_LOCAL_PORT, FWP_MATCH_EQUAL,
			{.type = FWP_UINT16, .uint16 = type}},
	};
	FILTERING_CALLOUT callout = {
		.layer = layer,
		.key = SubLayer,
		.action = FWP_ACTION_CALLOUT_TERMINATING,
		.classify = Classify,
		.conditions = conditions,
		.conditionCount = ARRAYSIZE(conditions),
	};

	callout.key.Data1 += number;
	return FilteringAddCallout(&Filtering, &callout);
}

static NTSTATUS
Load(const DRIVER_SETTINGS *settings)
{
	NET_BUFFER_LIST_POOL_PARAMETERS parameters = {
		.Header = {.Type = NDIS_OBJECT_TYPE_DEFAULT,
			.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
			.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
		.fAllocateNetBuffer = TRUE,
		.PoolTag = DRIVER_TAG,
	};
	NTSTATUS status;

	UNREFERENCED_PARAMETER(settings);
	Pool = NdisAllocateNetBufferListPool(NULL, &parameters);
	if (Pool == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &Injection[0]);
	if (NT_SUCCESS(status))
		status = FwpsInjectionHandleCreate0(
			AF_INET6, FWPS_INJECTION_TYPE_NETWORK, &Injection[1]);
	if (NT_SUCCESS(status))
		status = FilteringOpen(&Filtering, &SubLayer, L"echo", 0x8000);
	if (NT_SUCCESS(status))
		status = AddLayer(&FWPM_LAYER_INBOUND_TRANSPORT_V4, 1, IPPROTO_ICMP, ECHO_V4);
	if (NT_SUCCESS(status))
		status = AddLayer(&FWPM_LAYER_INBOUND_TRANSPORT_V6, 2, IPPROTO_ICMPV6, ECHO_V6);
	if (NT_SUCCESS(status))
		status = FilteringCommit(&Filtering);
	if (!NT_SUCCESS(status))
		Unload();
	return status;
}

const DRIVER EchoDriver = {Load, Unload, Counters};
