/* SPDX-License-Identifier: BSD-3-Clause */
/* What callouts are shown of a packet, layer by layer, and what Get functions tell. */
#include "classify/values.h"

#include "../eal_fixture.h"
#include "rig.h"

static const struct fwi_key packet = {
	.local.v6 = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
	.remote.v6 = {0xfe, 0x80},
	.if_index = 3,
	.out_if_index = 4,
	.flags = FWP_CONDITION_FLAG_IS_FRAGMENT,
	.compartment = 5,
	.local_port = 80,
	.remote_port = 5353,
	.ether_type = 0x86dd,
	.vlan_id = 9,
	.protocol = 17,
	.direction = FWP_DIRECTION_INBOUND,
	.local_type = NlatUnicast,
	.remote_type = NlatMulticast,
	.if_mac = {2, 0, 0, 0, 0, 1},
	.local_mac = {1, 0, 0, 0, 0, 2},
	.remote_mac = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
};

/* By what the layer's table says a field is. */
static void
check(const FWP_VALUE0 *v, const struct fwi_layer_kind *layer, unsigned i, const struct fwi_key *k)
{
	bool v6 = layer->version == 6;

	switch (layer->fields[i].field) {
	case FWI_F_LOCAL:
	case FWI_F_REMOTE:
		if (v6) {
			assert_int_equal(v->type, FWP_BYTE_ARRAY16_TYPE);
			assert_memory_equal(v->byteArray16->byteArray16,
				layer->fields[i].field == FWI_F_LOCAL ? k->local.v6 : k->remote.v6,
				16);
		} else {
			assert_int_equal(v->type, FWP_UINT32);
			assert_int_equal(v->uint32,
				layer->fields[i].field == FWI_F_LOCAL ? k->local.v4 : k->remote.v4);
		}
		break;
	case FWI_F_PROTOCOL:
		assert_int_equal(v->type, FWP_UINT8);
		assert_int_equal(v->uint8, 17);
		break;
	case FWI_F_LOCAL_TYPE:
	case FWI_F_REMOTE_TYPE:
		assert_int_equal(v->type, FWP_UINT8);
		assert_int_equal(v->uint8,
			layer->fields[i].field == FWI_F_LOCAL_TYPE ? NlatUnicast : NlatMulticast);
		break;
	case FWI_F_LOCAL_PORT:
	case FWI_F_REMOTE_PORT:
		assert_int_equal(v->type, FWP_UINT16);
		assert_int_equal(v->uint16, layer->fields[i].field == FWI_F_LOCAL_PORT ? 80 : 5353);
		break;
	case FWI_F_ETHER_TYPE:
	case FWI_F_VLAN:
		assert_int_equal(v->type, FWP_UINT16);
		assert_int_equal(v->uint16, layer->fields[i].field == FWI_F_VLAN ? 9 : 0x86dd);
		break;
	case FWI_F_IF:
	case FWI_F_OUT_IF:
		assert_int_equal(v->type, FWP_UINT32);
		assert_int_equal(v->uint32, layer->fields[i].field == FWI_F_IF ? 3 : 4);
		break;
	case FWI_F_FLAGS:
		assert_int_equal(v->type, FWP_UINT32);
		assert_int_equal(v->uint32, FWP_CONDITION_FLAG_IS_FRAGMENT);
		break;
	case FWI_F_COMPARTMENT:
		assert_int_equal(v->type, FWP_UINT32);
		assert_int_equal(v->uint32, 5);
		break;
	case FWI_F_DIRECTION:
		assert_int_equal(v->type, FWP_UINT32);
		assert_int_equal(v->uint32, FWP_DIRECTION_INBOUND);
		break;
	case FWI_F_IF_MAC:
	case FWI_F_LOCAL_MAC:
	case FWI_F_REMOTE_MAC:
		assert_int_equal(v->type, FWP_BYTE_ARRAY6_TYPE);
		assert_memory_equal(v->byteArray6,
			(const uint8_t *)k + fwi_field_facts[layer->fields[i].field].offset, 6);
		break;
	default:
		assert_true(v->type == FWP_UINT64 || v->type == FWP_UINT32 ||
			    v->type == FWP_UINT16 || v->type == FWP_EMPTY);
		break;
	}
}

static void
test_layers(void **state)
{
	const struct fwi_layer_kind *layer;
	struct fwi_values s;
	unsigned i, k;

	(void)state;
	for (i = 0; i < FWI_LAYER_KINDS; i++) {
		layer = &fwi_layer_kinds[i];
		memset(&s, 0xA5, sizeof(s));
		fwi_values_fill(&s, layer->id, &packet);
		assert_int_equal(s.in.layerId, layer->id);
		assert_int_equal(s.in.valueCount, layer->n_fields);
		assert_ptr_equal(s.in.incomingValue, s.v);
		for (k = 0; k < layer->n_fields; k++)
			check(&s.v[k].value, layer, k, &packet);
	}
}

static void
test_numbers(void **state)
{
	struct fwi_values s;

	(void)state;
	fwi_values_fill(&s, FWPS_LAYER_IPFORWARD_V4, &packet);
	assert_int_equal(s.v[FWPS_FIELD_IPFORWARD_V4_DESTINATION_INTERFACE_INDEX].value.uint32, 4);
	assert_true(*s.v[FWPS_FIELD_IPFORWARD_V4_IP_FORWARD_INTERFACE].value.uint64 ==
		    (6ull << 48 | 4ull << 24));
	assert_int_equal(
		s.v[FWPS_FIELD_IPFORWARD_V4_ARRIVAL_INTERFACE_PROFILE_ID].value.type, FWP_EMPTY);
	fwi_values_fill(&s, FWPS_LAYER_INBOUND_MAC_FRAME_ETHERNET, &packet);
	assert_int_equal(
		s.v[FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_MAC_LOCAL_ADDRESS_TYPE].value.uint16,
		DlMulticast);
	assert_int_equal(
		s.v[FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_MAC_REMOTE_ADDRESS_TYPE].value.uint16,
		DlBroadcast);
}

static void
test_get(void **state)
{
	FWP_BYTE_ARRAY16 low = {{1}}, high = {{2}};
	FWP_RANGE0 range = {{.type = FWP_BYTE_ARRAY16_TYPE, .byteArray16 = &low},
		{.type = FWP_BYTE_ARRAY16_TYPE, .byteArray16 = &high}};
	FWP_V6_ADDR_AND_MASK net = {{0xfd}, 8};
	FWPM_FILTER_CONDITION0 c[] = {
		{FWPM_CONDITION_IP_REMOTE_ADDRESS, FWP_MATCH_RANGE,
			{.type = FWP_RANGE_TYPE, .rangeValue = &range}},
		{FWPM_CONDITION_IP_LOCAL_ADDRESS, FWP_MATCH_EQUAL,
			{.type = FWP_V6_ADDR_MASK, .v6AddrMask = &net}},
	};
	FWPM_FILTER0 f = rig_filter(
		20, &FWPM_LAYER_INBOUND_IPPACKET_V6, 0, FWP_ACTION_CALLOUT_UNKNOWN);
	UINT8 blob[3] = {7, 8, 9};
	UINT64 id, weight = 42;
	GUID key = rig_key(100);
	FWPM_CALLOUT0 *callout;
	FWPM_FILTER0 *got;

	(void)state;
	rig_callout_object(0, &FWPM_LAYER_INBOUND_IPPACKET_V6);
	f.action.calloutKey = rig_key(100);
	f.displayData.description = (wchar_t[]){L"what it is for"};
	f.providerData.size = sizeof(blob);
	f.providerData.data = blob;
	f.weight.type = FWP_UINT64;
	f.weight.uint64 = &weight;
	f.numFilterConditions = 2;
	f.filterCondition = c;
	f.rawContext = 11;
	id = rig_add(&f);
	/* the caller's memory is its own again */
	memset(&range, 0, sizeof(range));
	memset(&net, 0, sizeof(net));
	memset(c, 0, sizeof(c));
	memset(blob, 0, sizeof(blob));
	weight = 0;
	assert_ok(FwpmFilterGetById0(rig.engine, id, &got));
	assert_memory_equal(&got->filterKey, &f.filterKey, sizeof(GUID));
	assert_memory_equal(&got->subLayerKey, &FWPM_SUBLAYER_UNIVERSAL, sizeof(GUID));
	assert_memory_equal(&got->action.calloutKey, &key, sizeof(GUID));
	assert_memory_equal(got->displayData.name, L"test", 5 * sizeof(wchar_t));
	assert_memory_equal(got->displayData.description, L"what it is for", 15 * sizeof(wchar_t));
	assert_memory_equal(got->providerData.data, "\7\10\11", 3);
	assert_true(*got->effectiveWeight.uint64 == 42 && *got->weight.uint64 == 42);
	assert_true(got->filterId == id && got->rawContext == 11);
	assert_int_equal(got->numFilterConditions, 2);
	assert_int_equal(got->filterCondition[0].matchType, FWP_MATCH_RANGE);
	assert_int_equal(got->filterCondition[0]
				 .conditionValue.rangeValue->valueHigh.byteArray16->byteArray16[0],
		2);
	assert_int_equal(got->filterCondition[1].conditionValue.v6AddrMask->prefixLength, 8);
	FwpmFreeMemory0((void **)&got);
	FwpmFreeMemory0((void **)&got);
	FwpmFreeMemory0(NULL);
	assert_ok(FwpmCalloutGetByKey0(rig.engine, &key, &callout));
	assert_int_equal(callout->flags & FWPM_CALLOUT_FLAG_REGISTERED, 0);
	FwpmFreeMemory0((void **)&callout);
	rig_register(0, 0);
	assert_ok(FwpmCalloutGetByKey0(rig.engine, &key, &callout));
	assert_int_equal(callout->flags, FWPM_CALLOUT_FLAG_REGISTERED);
	assert_int_equal(callout->calloutId, rig_callouts[0].id);
	FwpmFreeMemory0((void **)&callout);
	assert_status(FwpmFilterGetById0(rig.engine, id + 1, &got), STATUS_FWP_FILTER_NOT_FOUND);
	assert_status(FwpmFilterGetById0(rig.engine, id, NULL), STATUS_FWP_NULL_POINTER);
}

/* Made-up weights: the more specific is the heavier, ranges before that. */
static void
test_weights(void **state)
{
	FWPM_FILTER_CONDITION0 c[] = {
		{FWPM_CONDITION_IP_REMOTE_ADDRESS, FWP_MATCH_EQUAL,
			{.type = FWP_UINT32, .uint32 = 0x0a000001}},
		{FWPM_CONDITION_INTERFACE_INDEX, FWP_MATCH_EQUAL,
			{.type = FWP_UINT32, .uint32 = 1}},
	};
	FWPM_FILTER0 f = rig_filter(20, &FWPM_LAYER_INBOUND_IPPACKET_V4, 0, FWP_ACTION_PERMIT);
	UINT64 w[4];
	FWPM_FILTER0 *got;
	unsigned i;

	(void)state;
	f.filterCondition = c;
	for (i = 0; i < 4; i++) {
		f.numFilterConditions = i < 3 ? i : 0;
		f.weight.type = i < 3 ? FWP_EMPTY : FWP_UINT8;
		f.weight.uint8 = 1;
		rig_add(&f);
		assert_ok(FwpmFilterGetByKey0(rig.engine, &f.filterKey, &got));
		assert_int_equal(got->effectiveWeight.type, FWP_UINT64);
		w[i] = *got->effectiveWeight.uint64;
		FwpmFreeMemory0((void **)&got);
		rig_filter_gone(20);
	}
	assert_true(w[0] < w[1] && w[1] < w[2] && w[2] < w[3]);
	assert_true(w[2] < 1ull << 60 && w[3] >> 60 == 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layers),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test_setup_teardown(test_get, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_weights, rig_up, rig_down),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
