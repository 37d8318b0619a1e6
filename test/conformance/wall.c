/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#define INITGUID
#include "wall.h"

static const GUID sublayer_key = {0x5ab1a7e5, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
static HANDLE engine;
static struct wall walls[WALL_MAX];
static unsigned nwalls;
static uint64_t order;
NET_BUFFER_LIST *wall_clones[64];
unsigned wall_nclones;

static const struct {
	UINT16 id;
	const GUID *key;
	unsigned if_field, flags_field;
} layers[] = {
	{FWPS_LAYER_INBOUND_IPPACKET_V4, &FWPM_LAYER_INBOUND_IPPACKET_V4,
		FWPS_FIELD_INBOUND_IPPACKET_V4_INTERFACE_INDEX,
		FWPS_FIELD_INBOUND_IPPACKET_V4_FLAGS},
	{FWPS_LAYER_INBOUND_IPPACKET_V6, &FWPM_LAYER_INBOUND_IPPACKET_V6,
		FWPS_FIELD_INBOUND_IPPACKET_V6_INTERFACE_INDEX,
		FWPS_FIELD_INBOUND_IPPACKET_V6_FLAGS},
	{FWPS_LAYER_OUTBOUND_IPPACKET_V4, &FWPM_LAYER_OUTBOUND_IPPACKET_V4,
		FWPS_FIELD_OUTBOUND_IPPACKET_V4_INTERFACE_INDEX,
		FWPS_FIELD_OUTBOUND_IPPACKET_V4_FLAGS},
	{FWPS_LAYER_OUTBOUND_IPPACKET_V6, &FWPM_LAYER_OUTBOUND_IPPACKET_V6,
		FWPS_FIELD_OUTBOUND_IPPACKET_V6_INTERFACE_INDEX,
		FWPS_FIELD_OUTBOUND_IPPACKET_V6_FLAGS},
	{FWPS_LAYER_IPFORWARD_V4, &FWPM_LAYER_IPFORWARD_V4,
		FWPS_FIELD_IPFORWARD_V4_DESTINATION_INTERFACE_INDEX, FWPS_FIELD_IPFORWARD_V4_FLAGS},
	{FWPS_LAYER_IPFORWARD_V6, &FWPM_LAYER_IPFORWARD_V6,
		FWPS_FIELD_IPFORWARD_V6_DESTINATION_INTERFACE_INDEX, FWPS_FIELD_IPFORWARD_V6_FLAGS},
	{FWPS_LAYER_INBOUND_TRANSPORT_V4, &FWPM_LAYER_INBOUND_TRANSPORT_V4,
		FWPS_FIELD_INBOUND_TRANSPORT_V4_INTERFACE_INDEX,
		FWPS_FIELD_INBOUND_TRANSPORT_V4_FLAGS},
	{FWPS_LAYER_INBOUND_TRANSPORT_V6, &FWPM_LAYER_INBOUND_TRANSPORT_V6,
		FWPS_FIELD_INBOUND_TRANSPORT_V6_INTERFACE_INDEX,
		FWPS_FIELD_INBOUND_TRANSPORT_V6_FLAGS},
	{FWPS_LAYER_OUTBOUND_TRANSPORT_V4, &FWPM_LAYER_OUTBOUND_TRANSPORT_V4,
		FWPS_FIELD_OUTBOUND_TRANSPORT_V4_INTERFACE_INDEX,
		FWPS_FIELD_OUTBOUND_TRANSPORT_V4_FLAGS},
	{FWPS_LAYER_OUTBOUND_TRANSPORT_V6, &FWPM_LAYER_OUTBOUND_TRANSPORT_V6,
		FWPS_FIELD_OUTBOUND_TRANSPORT_V6_INTERFACE_INDEX,
		FWPS_FIELD_OUTBOUND_TRANSPORT_V6_FLAGS},
	{FWPS_LAYER_DATAGRAM_DATA_V4, &FWPM_LAYER_DATAGRAM_DATA_V4,
		FWPS_FIELD_DATAGRAM_DATA_V4_INTERFACE_INDEX, FWPS_FIELD_DATAGRAM_DATA_V4_FLAGS},
	{FWPS_LAYER_DATAGRAM_DATA_V6, &FWPM_LAYER_DATAGRAM_DATA_V6,
		FWPS_FIELD_DATAGRAM_DATA_V6_INTERFACE_INDEX, FWPS_FIELD_DATAGRAM_DATA_V6_FLAGS},
	{FWPS_LAYER_INBOUND_MAC_FRAME_ETHERNET, &FWPM_LAYER_INBOUND_MAC_FRAME_ETHERNET,
		FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_INTERFACE_INDEX,
		FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_L2_FLAGS},
	{FWPS_LAYER_OUTBOUND_MAC_FRAME_ETHERNET, &FWPM_LAYER_OUTBOUND_MAC_FRAME_ETHERNET,
		FWPS_FIELD_OUTBOUND_MAC_FRAME_ETHERNET_INTERFACE_INDEX,
		FWPS_FIELD_OUTBOUND_MAC_FRAME_ETHERNET_L2_FLAGS},
};

static unsigned
layer_of(UINT16 id)
{
	unsigned i;

	for (i = 0; i < sizeof(layers) / sizeof(layers[0]); i++)
		if (layers[i].id == id)
			return i;
	fail_msg("layer %u", id);
	return 0;
}

static void
peek(const NET_BUFFER *nb, uint8_t *to, ULONG size)
{
	uint8_t store[64];
	ULONG n = NET_BUFFER_DATA_LENGTH(nb) < size ? NET_BUFFER_DATA_LENGTH(nb) : size;
	void *at = n != 0 ? NdisGetDataBuffer((NET_BUFFER *)(uintptr_t)nb, n, store, 1, 0) : NULL;

	memset(to, 0, size);
	if (at != NULL)
		memcpy(to, at, n);
}

/* Retreats as clients do, and puts it back (R48). */
static void
look_back(struct wall *w, NET_BUFFER *nb)
{
	ULONG by = w->mac_header;

	if (w->layer == FWPS_LAYER_INBOUND_IPPACKET_V4 ||
		w->layer == FWPS_LAYER_INBOUND_IPPACKET_V6)
		by = w->ip_header;
	else if (w->layer == FWPS_LAYER_INBOUND_TRANSPORT_V4 ||
		 w->layer == FWPS_LAYER_INBOUND_TRANSPORT_V6 ||
		 ((w->layer == FWPS_LAYER_DATAGRAM_DATA_V4 ||
			  w->layer == FWPS_LAYER_DATAGRAM_DATA_V6) &&
			 (w->meta_fields & FWPS_METADATA_FIELD_IP_HEADER_SIZE)))
		by = w->ip_header + w->transport_header;
	assert_status(NdisRetreatNetBufferDataStart(nb, by, 0, NULL), NDIS_STATUS_SUCCESS);
	peek(nb, w->from_header, sizeof(w->from_header));
	NdisAdvanceNetBufferDataStart(nb, by, FALSE, NULL);
}

static void NTAPI
classify(const FWPS_INCOMING_VALUES0 *values, const FWPS_INCOMING_METADATA_VALUES0 *meta,
	void *layer_data, const void *context, const FWPS_FILTER1 *filter, UINT64 flow,
	FWPS_CLASSIFY_OUT0 *out)
{
	struct wall *w = (struct wall *)(uintptr_t)filter->context;
	NET_BUFFER_LIST *nbl = layer_data;
	NET_BUFFER *nb = nbl->FirstNetBuffer;
	unsigned i = layer_of(w->layer);

	(void)context;
	assert_int_equal(values->layerId, w->layer);
	assert_int_equal(filter->filterId, w->filter);
	w->n++;
	w->order = ++order;
	w->flow = flow;
	w->state = FwpsQueryPacketInjectionState0(w->asks != NULL ? w->asks : fx.h4, nbl, NULL);
	w->if_index = values->incomingValue[layers[i].if_field].value.uint32;
	w->flags = values->incomingValue[layers[i].flags_field].value.uint32;
	w->meta_fields = meta->currentMetadataValues;
	w->ip_header = meta->ipHeaderSize;
	w->transport_header = meta->transportHeaderSize;
	w->mac_header = w->layer == FWPS_LAYER_INBOUND_MAC_FRAME_ETHERNET
				? meta->ethernetMacHeaderSize
				: 0;
	w->offset = NET_BUFFER_DATA_OFFSET(nb);
	w->length = NET_BUFFER_DATA_LENGTH(nb);
	peek(nb, w->first, sizeof(w->first));
	look_back(w, nb);
	if (w->fn != NULL)
		w->fn(w, values, meta, nbl, out);
}

static NTSTATUS NTAPI
notify(FWPS_CALLOUT_NOTIFY_TYPE type, const GUID *key, FWPS_FILTER1 *filter)
{
	(void)type;
	(void)key;
	(void)filter;
	return STATUS_SUCCESS;
}

void
wall_permit(struct wall *w, const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m,
	NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out)
{
	(void)w, (void)v, (void)m, (void)nbl;
	out->actionType = FWP_ACTION_PERMIT;
}

void
wall_block(struct wall *w, const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m,
	NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out)
{
	(void)w, (void)v, (void)m, (void)nbl;
	out->actionType = FWP_ACTION_BLOCK;
	out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
}

void
wall_absorb(FWPS_CLASSIFY_OUT0 *out)
{
	out->actionType = FWP_ACTION_BLOCK;
	out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
	out->flags |= FWPS_CLASSIFY_OUT_FLAG_ABSORB;
}

void
wall_keep_clone(struct wall *w, const FWPS_INCOMING_VALUES0 *v,
	const FWPS_INCOMING_METADATA_VALUES0 *m, NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out)
{
	(void)w, (void)v, (void)m;
	assert_true(wall_nclones < 64);
	assert_status(
		FwpsAllocateCloneNetBufferList0(nbl, NULL, NULL, 0, &wall_clones[wall_nclones++]),
		STATUS_SUCCESS);
	out->actionType = FWP_ACTION_PERMIT;
}

void
wall_absorb_clone(struct wall *w, const FWPS_INCOMING_VALUES0 *v,
	const FWPS_INCOMING_METADATA_VALUES0 *m, NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out)
{
	wall_keep_clone(w, v, m, nbl, out);
	wall_absorb(out);
}

void
wall_up(void)
{
	FWPM_SUBLAYER0 sub = {.subLayerKey = sublayer_key, .weight = 100};

	memset(walls, 0, sizeof(walls));
	nwalls = 0;
	order = 0;
	wall_nclones = 0;
	sub.displayData.name = (wchar_t *)(uintptr_t)L"wall";
	assert_status(FwpmEngineOpen0(NULL, RPC_C_AUTHN_DEFAULT, NULL, NULL, &engine), 0);
	assert_status(FwpmSubLayerAdd0(engine, &sub, NULL), 0);
}

static struct wall *
add(UINT16 layer, wall_fn fn, void *arg, FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flow_delete)
{
	struct wall *w = &walls[nwalls];
	FWPM_CALLOUT0 mc = {.applicableLayer = *layers[layer_of(layer)].key};
	FWPS_CALLOUT1 sc = {
		.classifyFn = classify, .notifyFn = notify, .flowDeleteFn = flow_delete};
	FWPM_FILTER0 f = {.layerKey = *layers[layer_of(layer)].key, .subLayerKey = sublayer_key};

	assert_true(nwalls < WALL_MAX);
	nwalls++;
	w->layer = layer;
	w->fn = fn;
	w->arg = arg;
	w->key = (GUID){0xca110000u + nwalls, 7, 7, {0}};
	mc.calloutKey = sc.calloutKey = f.action.calloutKey = w->key;
	mc.displayData.name = f.displayData.name = (wchar_t *)(uintptr_t)L"w";
	f.weight.type = FWP_UINT8;
	f.weight.uint8 = (UINT8)(15 - nwalls % 15);
	f.action.type = FWP_ACTION_CALLOUT_UNKNOWN;
	f.rawContext = (uintptr_t)w;
	assert_status(FwpsCalloutRegister1(NULL, &sc, &w->id), 0);
	assert_status(FwpmCalloutAdd0(engine, &mc, NULL, NULL), 0);
	assert_status(FwpmFilterAdd0(engine, &f, NULL, &w->filter), 0);
	return w;
}

struct wall *
wall_add(UINT16 layer, wall_fn fn, void *arg)
{
	return add(layer, fn, arg, NULL);
}

struct wall *
wall_add_flows(UINT16 layer, wall_fn fn, FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flow_delete)
{
	return add(layer, fn, NULL, flow_delete);
}

void
wall_remove(struct wall *w)
{
	if (w->id == 0)
		return;
	assert_status(FwpmFilterDeleteById0(engine, w->filter), 0);
	assert_status(FwpmCalloutDeleteByKey0(engine, &w->key), 0);
	assert_status(FwpsCalloutUnregisterById0(w->id), 0);
	w->id = 0;
}

struct wall *
wall_at(UINT16 layer)
{
	unsigned i;

	for (i = 0; i < nwalls; i++)
		if (walls[i].layer == layer && walls[i].id != 0)
			return &walls[i];
	fail_msg("no wall at layer %u", layer);
	return NULL;
}

void
wall_down(void)
{
	unsigned i;

	for (i = 0; i < nwalls; i++)
		wall_remove(&walls[i]);
	assert_status(FwpmSubLayerDeleteByKey0(engine, &sublayer_key), 0);
	assert_status(FwpmEngineClose0(engine), 0);
}
