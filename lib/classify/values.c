/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdint.h>

#include "classify/values.h"

#define ETHERNET_CSMACD 6u /* of the IANA's interface types */

static inline void
put8(struct fwi_values *s, unsigned i, UINT8 v)
{
	s->v[i].value.type = FWP_UINT8;
	s->v[i].value.uint8 = v;
}

static inline void
put16(struct fwi_values *s, unsigned i, UINT16 v)
{
	s->v[i].value.type = FWP_UINT16;
	s->v[i].value.uint16 = v;
}

static inline void
put32(struct fwi_values *s, unsigned i, UINT32 v)
{
	s->v[i].value.type = FWP_UINT32;
	s->v[i].value.uint32 = v;
}

static inline void
put64(struct fwi_values *s, unsigned i, UINT64 *v)
{
	s->v[i].value.type = FWP_UINT64;
	s->v[i].value.uint64 = v;
}

static inline void
put_mac(struct fwi_values *s, unsigned i, const uint8_t *mac)
{
	s->v[i].value.type = FWP_BYTE_ARRAY6_TYPE;
	s->v[i].value.byteArray6 = (FWP_BYTE_ARRAY6 *)(uintptr_t)mac;
}

static inline void
put_addr(struct fwi_values *s, unsigned i, const union fwi_key_addr *a, bool v6)
{
	if (!v6) {
		put32(s, i, a->v4);
		return;
	}
	s->v[i].value.type = FWP_BYTE_ARRAY16_TYPE;
	s->v[i].value.byteArray16 = (FWP_BYTE_ARRAY16 *)(uintptr_t)a->v6;
}

static inline void
put_none(struct fwi_values *s, unsigned i)
{
	s->v[i].value.type = FWP_EMPTY;
}

static inline UINT64
luid(uint32_t if_index)
{
	return (UINT64)ETHERNET_CSMACD << 48 | (UINT64)(if_index & 0xffffff) << 24;
}

/* LUID, index, sub-index, FLAGS at their numbers, then type of interface and tunnel. */
static inline void
put_interface(struct fwi_values *s, unsigned at, const struct fwi_key *k)
{
	s->luid = luid(k->if_index);
	put64(s, at, &s->luid);
	put32(s, at + 1, k->if_index);
	put32(s, at + 2, 0);
}

static inline void
put_types(struct fwi_values *s, unsigned at, const struct fwi_key *k)
{
	put32(s, at, k->flags);
	put32(s, at + 1, ETHERNET_CSMACD);
	put32(s, at + 2, 0);
}

static inline unsigned
in_ippacket(struct fwi_values *s, const struct fwi_key *k, bool v6)
{
	put_addr(s, FWPS_FIELD_INBOUND_IPPACKET_V4_IP_LOCAL_ADDRESS, &k->local, v6);
	put_addr(s, FWPS_FIELD_INBOUND_IPPACKET_V4_IP_REMOTE_ADDRESS, &k->remote, v6);
	put8(s, FWPS_FIELD_INBOUND_IPPACKET_V4_IP_LOCAL_ADDRESS_TYPE, k->local_type);
	put_interface(s, FWPS_FIELD_INBOUND_IPPACKET_V4_IP_LOCAL_INTERFACE, k);
	put_types(s, FWPS_FIELD_INBOUND_IPPACKET_V4_FLAGS, k);
	put32(s, FWPS_FIELD_INBOUND_IPPACKET_V4_COMPARTMENT_ID, k->compartment);
	return FWPS_FIELD_INBOUND_IPPACKET_V4_MAX;
}

static inline unsigned
out_ippacket(struct fwi_values *s, const struct fwi_key *k, bool v6)
{
	put_addr(s, FWPS_FIELD_OUTBOUND_IPPACKET_V4_IP_LOCAL_ADDRESS, &k->local, v6);
	put8(s, FWPS_FIELD_OUTBOUND_IPPACKET_V4_IP_LOCAL_ADDRESS_TYPE, k->local_type);
	put_addr(s, FWPS_FIELD_OUTBOUND_IPPACKET_V4_IP_REMOTE_ADDRESS, &k->remote, v6);
	put_interface(s, FWPS_FIELD_OUTBOUND_IPPACKET_V4_IP_LOCAL_INTERFACE, k);
	put_types(s, FWPS_FIELD_OUTBOUND_IPPACKET_V4_FLAGS, k);
	put32(s, FWPS_FIELD_OUTBOUND_IPPACKET_V4_COMPARTMENT_ID, k->compartment);
	return FWPS_FIELD_OUTBOUND_IPPACKET_V4_MAX;
}

static inline unsigned
ipforward(struct fwi_values *s, const struct fwi_key *k, bool v6)
{
	s->luid = luid(k->if_index);
	s->out_luid = luid(k->out_if_index);
	put_addr(s, FWPS_FIELD_IPFORWARD_V4_IP_SOURCE_ADDRESS, &k->local, v6);
	put_addr(s, FWPS_FIELD_IPFORWARD_V4_IP_DESTINATION_ADDRESS, &k->remote, v6);
	put8(s, FWPS_FIELD_IPFORWARD_V4_IP_DESTINATION_ADDRESS_TYPE, k->remote_type);
	put64(s, FWPS_FIELD_IPFORWARD_V4_IP_LOCAL_INTERFACE, &s->luid);
	put64(s, FWPS_FIELD_IPFORWARD_V4_IP_FORWARD_INTERFACE, &s->out_luid);
	put32(s, FWPS_FIELD_IPFORWARD_V4_SOURCE_INTERFACE_INDEX, k->if_index);
	put32(s, FWPS_FIELD_IPFORWARD_V4_SOURCE_SUB_INTERFACE_INDEX, 0);
	put32(s, FWPS_FIELD_IPFORWARD_V4_DESTINATION_INTERFACE_INDEX, k->out_if_index);
	put32(s, FWPS_FIELD_IPFORWARD_V4_DESTINATION_SUB_INTERFACE_INDEX, 0);
	put32(s, FWPS_FIELD_IPFORWARD_V4_FLAGS, k->flags);
	put64(s, FWPS_FIELD_IPFORWARD_V4_IP_PHYSICAL_ARRIVAL_INTERFACE, &s->luid);
	put_none(s, FWPS_FIELD_IPFORWARD_V4_ARRIVAL_INTERFACE_PROFILE_ID);
	put64(s, FWPS_FIELD_IPFORWARD_V4_IP_PHYSICAL_NEXTHOP_INTERFACE, &s->out_luid);
	put_none(s, FWPS_FIELD_IPFORWARD_V4_NEXTHOP_INTERFACE_PROFILE_ID);
	put32(s, FWPS_FIELD_IPFORWARD_V4_COMPARTMENT_ID, k->compartment);
	return FWPS_FIELD_IPFORWARD_V4_MAX;
}

static inline unsigned
in_transport(struct fwi_values *s, const struct fwi_key *k, bool v6)
{
	put8(s, FWPS_FIELD_INBOUND_TRANSPORT_V4_IP_PROTOCOL, k->protocol);
	put_addr(s, FWPS_FIELD_INBOUND_TRANSPORT_V4_IP_LOCAL_ADDRESS, &k->local, v6);
	put_addr(s, FWPS_FIELD_INBOUND_TRANSPORT_V4_IP_REMOTE_ADDRESS, &k->remote, v6);
	put8(s, FWPS_FIELD_INBOUND_TRANSPORT_V4_IP_LOCAL_ADDRESS_TYPE, k->local_type);
	put16(s, FWPS_FIELD_INBOUND_TRANSPORT_V4_IP_LOCAL_PORT, k->local_port);
	put16(s, FWPS_FIELD_INBOUND_TRANSPORT_V4_IP_REMOTE_PORT, k->remote_port);
	put_interface(s, FWPS_FIELD_INBOUND_TRANSPORT_V4_IP_LOCAL_INTERFACE, k);
	put_types(s, FWPS_FIELD_INBOUND_TRANSPORT_V4_FLAGS, k);
	put_none(s, FWPS_FIELD_INBOUND_TRANSPORT_V4_PROFILE_ID);
	put_none(s, FWPS_FIELD_INBOUND_TRANSPORT_V4_IPSEC_SECURITY_REALM_ID);
	put32(s, FWPS_FIELD_INBOUND_TRANSPORT_V4_COMPARTMENT_ID, k->compartment);
	return FWPS_FIELD_INBOUND_TRANSPORT_V4_MAX;
}

static inline unsigned
out_transport(struct fwi_values *s, const struct fwi_key *k, bool v6)
{
	put8(s, FWPS_FIELD_OUTBOUND_TRANSPORT_V4_IP_PROTOCOL, k->protocol);
	put_addr(s, FWPS_FIELD_OUTBOUND_TRANSPORT_V4_IP_LOCAL_ADDRESS, &k->local, v6);
	put8(s, FWPS_FIELD_OUTBOUND_TRANSPORT_V4_IP_LOCAL_ADDRESS_TYPE, k->local_type);
	put_addr(s, FWPS_FIELD_OUTBOUND_TRANSPORT_V4_IP_REMOTE_ADDRESS, &k->remote, v6);
	put16(s, FWPS_FIELD_OUTBOUND_TRANSPORT_V4_IP_LOCAL_PORT, k->local_port);
	put16(s, FWPS_FIELD_OUTBOUND_TRANSPORT_V4_IP_REMOTE_PORT, k->remote_port);
	put_interface(s, FWPS_FIELD_OUTBOUND_TRANSPORT_V4_IP_LOCAL_INTERFACE, k);
	put8(s, FWPS_FIELD_OUTBOUND_TRANSPORT_V4_IP_DESTINATION_ADDRESS_TYPE, k->remote_type);
	put_types(s, FWPS_FIELD_OUTBOUND_TRANSPORT_V4_FLAGS, k);
	put_none(s, FWPS_FIELD_OUTBOUND_TRANSPORT_V4_PROFILE_ID);
	put_none(s, FWPS_FIELD_OUTBOUND_TRANSPORT_V4_IPSEC_SECURITY_REALM_ID);
	put32(s, FWPS_FIELD_OUTBOUND_TRANSPORT_V4_COMPARTMENT_ID, k->compartment);
	return FWPS_FIELD_OUTBOUND_TRANSPORT_V4_MAX;
}

static inline unsigned
datagram(struct fwi_values *s, const struct fwi_key *k, bool v6)
{
	put8(s, FWPS_FIELD_DATAGRAM_DATA_V4_IP_PROTOCOL, k->protocol);
	put_addr(s, FWPS_FIELD_DATAGRAM_DATA_V4_IP_LOCAL_ADDRESS, &k->local, v6);
	put_addr(s, FWPS_FIELD_DATAGRAM_DATA_V4_IP_REMOTE_ADDRESS, &k->remote, v6);
	put8(s, FWPS_FIELD_DATAGRAM_DATA_V4_IP_LOCAL_ADDRESS_TYPE, k->local_type);
	put16(s, FWPS_FIELD_DATAGRAM_DATA_V4_IP_LOCAL_PORT, k->local_port);
	put16(s, FWPS_FIELD_DATAGRAM_DATA_V4_IP_REMOTE_PORT, k->remote_port);
	put_interface(s, FWPS_FIELD_DATAGRAM_DATA_V4_IP_LOCAL_INTERFACE, k);
	put32(s, FWPS_FIELD_DATAGRAM_DATA_V4_DIRECTION, k->direction);
	put_types(s, FWPS_FIELD_DATAGRAM_DATA_V4_FLAGS, k);
	put32(s, FWPS_FIELD_DATAGRAM_DATA_V4_COMPARTMENT_ID, k->compartment);
	return FWPS_FIELD_DATAGRAM_DATA_V4_MAX;
}

static inline UINT16
mac_type(const uint8_t *m)
{
	if ((m[0] & 1) == 0)
		return DlUnicast;
	return (m[0] & m[1] & m[2] & m[3] & m[4] & m[5]) == 0xff ? DlBroadcast : DlMulticast;
}

static unsigned
mac_frame(struct fwi_values *s, const struct fwi_key *k)
{
	s->luid = luid(k->if_index);
	put_mac(s, FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_INTERFACE_MAC_ADDRESS, k->if_mac);
	put_mac(s, FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_MAC_LOCAL_ADDRESS, k->local_mac);
	put_mac(s, FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_MAC_REMOTE_ADDRESS, k->remote_mac);
	put16(s, FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_MAC_LOCAL_ADDRESS_TYPE,
		mac_type(k->local_mac));
	put16(s, FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_MAC_REMOTE_ADDRESS_TYPE,
		mac_type(k->remote_mac));
	put16(s, FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_ETHER_TYPE, k->ether_type);
	put16(s, FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_VLAN_ID, k->vlan_id);
	put64(s, FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_INTERFACE, &s->luid);
	put32(s, FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_INTERFACE_INDEX, k->if_index);
	put32(s, FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_NDIS_PORT, 0);
	put32(s, FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_L2_FLAGS, k->flags);
	put32(s, FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_COMPARTMENT_ID, k->compartment);
	return FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_MAX;
}

void
fwi_values_fill(struct fwi_values *s, unsigned layer_id, const struct fwi_key *k)
{
	unsigned n;

	switch (layer_id) {
	case FWPS_LAYER_INBOUND_IPPACKET_V4:
		n = in_ippacket(s, k, false);
		break;
	case FWPS_LAYER_INBOUND_IPPACKET_V6:
		n = in_ippacket(s, k, true);
		break;
	case FWPS_LAYER_OUTBOUND_IPPACKET_V4:
		n = out_ippacket(s, k, false);
		break;
	case FWPS_LAYER_OUTBOUND_IPPACKET_V6:
		n = out_ippacket(s, k, true);
		break;
	case FWPS_LAYER_IPFORWARD_V4:
		n = ipforward(s, k, false);
		break;
	case FWPS_LAYER_IPFORWARD_V6:
		n = ipforward(s, k, true);
		break;
	case FWPS_LAYER_INBOUND_TRANSPORT_V4:
		n = in_transport(s, k, false);
		break;
	case FWPS_LAYER_INBOUND_TRANSPORT_V6:
		n = in_transport(s, k, true);
		break;
	case FWPS_LAYER_OUTBOUND_TRANSPORT_V4:
		n = out_transport(s, k, false);
		break;
	case FWPS_LAYER_OUTBOUND_TRANSPORT_V6:
		n = out_transport(s, k, true);
		break;
	case FWPS_LAYER_DATAGRAM_DATA_V4:
		n = datagram(s, k, false);
		break;
	case FWPS_LAYER_DATAGRAM_DATA_V6:
		n = datagram(s, k, true);
		break;
	default:
		n = mac_frame(s, k);
		break;
	}
	s->in.layerId = (UINT16)layer_id;
	s->in.valueCount = n;
	s->in.incomingValue = s->v;
}
