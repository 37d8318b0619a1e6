/* SPDX-License-Identifier: BSD-3-Clause */
#include <stddef.h>
#include <string.h>

#define INITGUID
#include <fwpmk.h>
#include <fwpsk.h>

#include <rte_common.h>

#include "classify/classify.h"
#include "classify/layers.h"

#define AT(what, member)                                                       \
	{                                                                      \
		.form = FWI_##what, .offset = offsetof(struct fwi_key, member) \
	}

const struct fwi_field_facts fwi_field_facts[FWI_FIELDS] = {
	[FWI_F_LOCAL] = AT(ADDR, local),
	[FWI_F_REMOTE] = AT(ADDR, remote),
	[FWI_F_PROTOCOL] = AT(U8, protocol),
	[FWI_F_LOCAL_PORT] = AT(U16, local_port),
	[FWI_F_REMOTE_PORT] = AT(U16, remote_port),
	[FWI_F_IF] = AT(U32, if_index),
	[FWI_F_OUT_IF] = AT(U32, out_if_index),
	[FWI_F_FLAGS] = AT(U32, flags),
	[FWI_F_COMPARTMENT] = AT(U32, compartment),
	[FWI_F_DIRECTION] = AT(U8, direction),
	[FWI_F_LOCAL_TYPE] = AT(U8, local_type),
	[FWI_F_REMOTE_TYPE] = AT(U8, remote_type),
	[FWI_F_ETHER_TYPE] = AT(U16, ether_type),
	[FWI_F_VLAN] = AT(U16, vlan_id),
	[FWI_F_IF_MAC] = AT(MAC, if_mac),
	[FWI_F_LOCAL_MAC] = AT(MAC, local_mac),
	[FWI_F_REMOTE_MAC] = AT(MAC, remote_mac),
};

#define F(key, field)                                \
	{                                            \
		&FWPM_CONDITION_##key, FWI_F_##field \
	}

static const struct fwi_layer_field in_ippacket[] = {
	F(IP_LOCAL_ADDRESS, LOCAL),
	F(IP_REMOTE_ADDRESS, REMOTE),
	F(IP_LOCAL_ADDRESS_TYPE, LOCAL_TYPE),
	F(IP_LOCAL_INTERFACE, NONE),
	F(INTERFACE_INDEX, IF),
	F(SUB_INTERFACE_INDEX, NONE),
	F(FLAGS, FLAGS),
	F(INTERFACE_TYPE, NONE),
	F(TUNNEL_TYPE, NONE),
	F(COMPARTMENT_ID, COMPARTMENT),
};

static const struct fwi_layer_field out_ippacket[] = {
	F(IP_LOCAL_ADDRESS, LOCAL),
	F(IP_LOCAL_ADDRESS_TYPE, LOCAL_TYPE),
	F(IP_REMOTE_ADDRESS, REMOTE),
	F(IP_LOCAL_INTERFACE, NONE),
	F(INTERFACE_INDEX, IF),
	F(SUB_INTERFACE_INDEX, NONE),
	F(FLAGS, FLAGS),
	F(INTERFACE_TYPE, NONE),
	F(TUNNEL_TYPE, NONE),
	F(COMPARTMENT_ID, COMPARTMENT),
};

static const struct fwi_layer_field ipforward[] = {
	F(IP_SOURCE_ADDRESS, LOCAL),
	F(IP_DESTINATION_ADDRESS, REMOTE),
	F(IP_DESTINATION_ADDRESS_TYPE, REMOTE_TYPE),
	F(IP_LOCAL_INTERFACE, NONE),
	F(IP_FORWARD_INTERFACE, NONE),
	F(SOURCE_INTERFACE_INDEX, IF),
	F(SOURCE_SUB_INTERFACE_INDEX, NONE),
	F(DESTINATION_INTERFACE_INDEX, OUT_IF),
	F(DESTINATION_SUB_INTERFACE_INDEX, NONE),
	F(FLAGS, FLAGS),
	F(IP_PHYSICAL_ARRIVAL_INTERFACE, NONE),
	F(ARRIVAL_INTERFACE_PROFILE_ID, NONE),
	F(IP_PHYSICAL_NEXTHOP_INTERFACE, NONE),
	F(NEXTHOP_INTERFACE_PROFILE_ID, NONE),
	F(COMPARTMENT_ID, COMPARTMENT),
};

static const struct fwi_layer_field in_transport[] = {
	F(IP_PROTOCOL, PROTOCOL),
	F(IP_LOCAL_ADDRESS, LOCAL),
	F(IP_REMOTE_ADDRESS, REMOTE),
	F(IP_LOCAL_ADDRESS_TYPE, LOCAL_TYPE),
	F(IP_LOCAL_PORT, LOCAL_PORT),
	F(IP_REMOTE_PORT, REMOTE_PORT),
	F(IP_LOCAL_INTERFACE, NONE),
	F(INTERFACE_INDEX, IF),
	F(SUB_INTERFACE_INDEX, NONE),
	F(FLAGS, FLAGS),
	F(INTERFACE_TYPE, NONE),
	F(TUNNEL_TYPE, NONE),
	F(CURRENT_PROFILE_ID, NONE),
	F(IPSEC_SECURITY_REALM_ID, NONE),
	F(COMPARTMENT_ID, COMPARTMENT),
};

static const struct fwi_layer_field out_transport[] = {
	F(IP_PROTOCOL, PROTOCOL),
	F(IP_LOCAL_ADDRESS, LOCAL),
	F(IP_LOCAL_ADDRESS_TYPE, LOCAL_TYPE),
	F(IP_REMOTE_ADDRESS, REMOTE),
	F(IP_LOCAL_PORT, LOCAL_PORT),
	F(IP_REMOTE_PORT, REMOTE_PORT),
	F(IP_LOCAL_INTERFACE, NONE),
	F(INTERFACE_INDEX, IF),
	F(SUB_INTERFACE_INDEX, NONE),
	F(IP_DESTINATION_ADDRESS_TYPE, REMOTE_TYPE),
	F(FLAGS, FLAGS),
	F(INTERFACE_TYPE, NONE),
	F(TUNNEL_TYPE, NONE),
	F(CURRENT_PROFILE_ID, NONE),
	F(IPSEC_SECURITY_REALM_ID, NONE),
	F(COMPARTMENT_ID, COMPARTMENT),
};

static const struct fwi_layer_field datagram[] = {
	F(IP_PROTOCOL, PROTOCOL),
	F(IP_LOCAL_ADDRESS, LOCAL),
	F(IP_REMOTE_ADDRESS, REMOTE),
	F(IP_LOCAL_ADDRESS_TYPE, LOCAL_TYPE),
	F(IP_LOCAL_PORT, LOCAL_PORT),
	F(IP_REMOTE_PORT, REMOTE_PORT),
	F(IP_LOCAL_INTERFACE, NONE),
	F(INTERFACE_INDEX, IF),
	F(SUB_INTERFACE_INDEX, NONE),
	F(DIRECTION, DIRECTION),
	F(FLAGS, FLAGS),
	F(INTERFACE_TYPE, NONE),
	F(TUNNEL_TYPE, NONE),
	F(COMPARTMENT_ID, COMPARTMENT),
};

static const struct fwi_layer_field mac[] = {
	F(INTERFACE_MAC_ADDRESS, IF_MAC),
	F(MAC_LOCAL_ADDRESS, LOCAL_MAC),
	F(MAC_REMOTE_ADDRESS, REMOTE_MAC),
	F(MAC_LOCAL_ADDRESS_TYPE, NONE),
	F(MAC_REMOTE_ADDRESS_TYPE, NONE),
	F(ETHER_TYPE, ETHER_TYPE),
	F(VLAN_ID, VLAN),
	F(IP_LOCAL_INTERFACE, NONE),
	F(INTERFACE_INDEX, IF),
	F(NDIS_PORT, NONE),
	F(L2_FLAGS, FLAGS),
	F(COMPARTMENT_ID, COMPARTMENT),
};

#define LAYER(layer, of_version, table, with_flows)                                         \
	{                                                                                   \
		.key = &FWPM_LAYER_##layer, .name = #layer, .id = FWPS_LAYER_##layer,       \
		.version = (of_version), .flows = (with_flows), .n_fields = RTE_DIM(table), \
		.fields = (table)                                                           \
	}

const struct fwi_layer_kind fwi_layer_kinds[FWI_LAYER_KINDS] = {
	LAYER(INBOUND_IPPACKET_V4, 4, in_ippacket, false),
	LAYER(INBOUND_IPPACKET_V6, 6, in_ippacket, false),
	LAYER(OUTBOUND_IPPACKET_V4, 4, out_ippacket, false),
	LAYER(OUTBOUND_IPPACKET_V6, 6, out_ippacket, false),
	LAYER(IPFORWARD_V4, 4, ipforward, false),
	LAYER(IPFORWARD_V6, 6, ipforward, false),
	LAYER(INBOUND_TRANSPORT_V4, 4, in_transport, true),
	LAYER(INBOUND_TRANSPORT_V6, 6, in_transport, true),
	LAYER(OUTBOUND_TRANSPORT_V4, 4, out_transport, true),
	LAYER(OUTBOUND_TRANSPORT_V6, 6, out_transport, true),
	LAYER(DATAGRAM_DATA_V4, 4, datagram, true),
	LAYER(DATAGRAM_DATA_V6, 6, datagram, true),
	LAYER(INBOUND_MAC_FRAME_ETHERNET, 0, mac, false),
	LAYER(OUTBOUND_MAC_FRAME_ETHERNET, 0, mac, false),
};

_Static_assert(RTE_DIM(in_ippacket) == FWPS_FIELD_INBOUND_IPPACKET_V6_MAX, "");
_Static_assert(RTE_DIM(out_ippacket) == FWPS_FIELD_OUTBOUND_IPPACKET_V6_MAX, "");
_Static_assert(RTE_DIM(ipforward) == FWPS_FIELD_IPFORWARD_V6_MAX, "");
_Static_assert(RTE_DIM(in_transport) == FWPS_FIELD_INBOUND_TRANSPORT_V6_MAX, "");
_Static_assert(RTE_DIM(out_transport) == FWPS_FIELD_OUTBOUND_TRANSPORT_V6_MAX, "");
_Static_assert(RTE_DIM(datagram) == FWPS_FIELD_DATAGRAM_DATA_V6_MAX, "");
_Static_assert(RTE_DIM(mac) == FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_MAX, "");

static const GUID *const elsewhere[] = {
	&FWPM_LAYER_INBOUND_IPPACKET_V4_DISCARD,
	&FWPM_LAYER_INBOUND_IPPACKET_V6_DISCARD,
	&FWPM_LAYER_OUTBOUND_IPPACKET_V4_DISCARD,
	&FWPM_LAYER_OUTBOUND_IPPACKET_V6_DISCARD,
	&FWPM_LAYER_IPFORWARD_V4_DISCARD,
	&FWPM_LAYER_IPFORWARD_V6_DISCARD,
	&FWPM_LAYER_INBOUND_TRANSPORT_V4_DISCARD,
	&FWPM_LAYER_INBOUND_TRANSPORT_V6_DISCARD,
	&FWPM_LAYER_OUTBOUND_TRANSPORT_V4_DISCARD,
	&FWPM_LAYER_OUTBOUND_TRANSPORT_V6_DISCARD,
	&FWPM_LAYER_DATAGRAM_DATA_V4_DISCARD,
	&FWPM_LAYER_DATAGRAM_DATA_V6_DISCARD,
	&FWPM_LAYER_STREAM_V4,
	&FWPM_LAYER_STREAM_V6,
	&FWPM_LAYER_INBOUND_ICMP_ERROR_V4,
	&FWPM_LAYER_INBOUND_ICMP_ERROR_V6,
	&FWPM_LAYER_OUTBOUND_ICMP_ERROR_V4,
	&FWPM_LAYER_OUTBOUND_ICMP_ERROR_V6,
	&FWPM_LAYER_ALE_RESOURCE_ASSIGNMENT_V4,
	&FWPM_LAYER_ALE_RESOURCE_ASSIGNMENT_V6,
	&FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4,
	&FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V6,
	&FWPM_LAYER_ALE_AUTH_CONNECT_V4,
	&FWPM_LAYER_ALE_AUTH_CONNECT_V6,
	&FWPM_LAYER_ALE_FLOW_ESTABLISHED_V4,
	&FWPM_LAYER_ALE_FLOW_ESTABLISHED_V6,
	&FWPM_LAYER_INBOUND_MAC_FRAME_NATIVE,
	&FWPM_LAYER_OUTBOUND_MAC_FRAME_NATIVE,
	&FWPM_LAYER_INGRESS_VSWITCH_ETHERNET,
	&FWPM_LAYER_EGRESS_VSWITCH_ETHERNET,
};

const struct fwi_layer_kind *
fwi_layer_by_key(const GUID *key)
{
	unsigned i;

	for (i = 0; i < FWI_LAYER_KINDS; i++)
		if (IsEqualGUID(fwi_layer_kinds[i].key, key))
			return &fwi_layer_kinds[i];
	return NULL;
}

const struct fwi_layer_kind *
fwi_layer_by_id(unsigned id)
{
	unsigned i;

	for (i = 0; i < FWI_LAYER_KINDS; i++)
		if (fwi_layer_kinds[i].id == id)
			return &fwi_layer_kinds[i];
	return NULL;
}

bool
fwi_layer_elsewhere(const GUID *key)
{
	unsigned i;

	for (i = 0; i < RTE_DIM(elsewhere); i++)
		if (IsEqualGUID(elsewhere[i], key))
			return true;
	return false;
}
