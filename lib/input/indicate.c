/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: a received packet before one layer: its key, and for callouts its NBL with the
 * window where that layer has it (data offsets and metadata as Windows documents them).
 */
#include <netinet/in.h>
#include <string.h>

#include <rte_ip.h>

#include "input/input.h"

/* The indication and the packet that it is of. */
struct shown {
	struct fwi_indication ind;
	struct fwi_packet *pkt;
	uint32_t start, len; /* window, in bytes of the frame */
};

#define SHOWN(i) ((struct shown *)(void *)(i))

static bool
window(struct shown *s)
{
	s->ind.nbl = fwi_show(s->pkt, s->start, s->len);
	return s->ind.nbl != NULL;
}

static void
meta_begin(struct shown *s, UINT32 fields)
{
	FWPS_INCOMING_METADATA_VALUES0 *m = &s->ind.meta;

	m->currentMetadataValues = fields | FWPS_METADATA_FIELD_COMPARTMENT_ID;
	m->flags = 0;
	m->reserved = 0;
	m->compartmentId = s->pkt->key.compartment;
}

static bool
prepare_in_ip(struct fwi_indication *ind)
{
	struct shown *s = SHOWN(ind);
	const struct fwi_packet *pkt = s->pkt;
	FWPS_INCOMING_METADATA_VALUES0 *m = &ind->meta;

	meta_begin(s, FWPS_METADATA_FIELD_IP_HEADER_SIZE);
	m->ipHeaderSize = pkt->ip_len;
	if (unlikely((pkt->key.flags & FWP_CONDITION_FLAG_IS_FRAGMENT) != 0)) {
		m->currentMetadataValues |= FWPS_METADATA_FIELD_FRAGMENT_DATA;
		m->fragmentMetadata.fragmentIdentification = pkt->frag_id;
		m->fragmentMetadata.fragmentOffset = pkt->frag_offset;
		m->fragmentMetadata.fragmentLength = pkt->total - pkt->ip_len;
	}
	return window(s);
}

static bool
prepare_transport(struct fwi_indication *ind)
{
	struct shown *s = SHOWN(ind);

	meta_begin(
		s, FWPS_METADATA_FIELD_IP_HEADER_SIZE | FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE);
	ind->meta.ipHeaderSize = s->pkt->ip_len;
	ind->meta.transportHeaderSize = s->pkt->l4_len;
	fwi_meta_flow(&ind->meta, &s->pkt->key);
	return window(s);
}

static bool
prepare_forward(struct fwi_indication *ind)
{
	struct shown *s = SHOWN(ind);

	meta_begin(s, 0);
	return window(s);
}

static bool
prepare_out_transport(struct fwi_indication *ind)
{
	meta_begin(SHOWN(ind), FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE);
	ind->meta.transportHeaderSize = SHOWN(ind)->pkt->l4_len;
	fwi_meta_flow(&ind->meta, &SHOWN(ind)->pkt->key);
	return window(SHOWN(ind));
}

static bool
prepare_out_ip(struct fwi_indication *ind)
{
	struct shown *s = SHOWN(ind);

	meta_begin(s, FWPS_METADATA_FIELD_IP_HEADER_SIZE);
	ind->meta.ipHeaderSize = s->pkt->ip_len;
	return window(s);
}

static bool
prepare_mac(struct fwi_indication *ind)
{
	struct shown *s = SHOWN(ind);

	meta_begin(s, 0);
	s->ind.meta.currentL2MetadataValues = 0;
	s->ind.meta.l2Flags = 0;
	if (s->start != 0) {
		s->ind.meta.currentL2MetadataValues =
			FWPS_L2_METADATA_FIELD_ETHERNET_MAC_HEADER_SIZE;
		s->ind.meta.ethernetMacHeaderSize = s->pkt->l2_len;
	}
	return window(s);
}

/* near is the local end of the packet, or its source where it is only passing. */
static inline void
key_addresses(struct fwi_packet *pkt, bool near_is_source)
{
	union fwi_key_addr *src = near_is_source ? &pkt->key.local : &pkt->key.remote;
	union fwi_key_addr *dst = near_is_source ? &pkt->key.remote : &pkt->key.local;
	uint8_t type = fwi_address_type(fwi_packet_kind(pkt));
	uint32_t a;

	if (likely(pkt->version == 4)) {
		memcpy(&a, pkt->ip + 12, 4);
		src->v4 = rte_be_to_cpu_32(a);
		memcpy(&a, pkt->ip + 16, 4);
		dst->v4 = rte_be_to_cpu_32(a);
	} else {
		memcpy(src->v6, pkt->ip + 8, 16);
		memcpy(dst->v6, pkt->ip + 24, 16);
	}
	pkt->key.local_type = near_is_source ? 1 : type;
	pkt->key.remote_type = near_is_source ? type : 1;
}

static void
key_ports(struct fwi_packet *pkt, bool near_is_source)
{
	const uint8_t *l4 = pkt->ip + pkt->ip_len;
	uint32_t have = rte_pktmbuf_data_len(pkt->m) - pkt->l2_len - pkt->ip_len;
	uint16_t src = 0, dst = 0;
	bool icmp = pkt->proto == (pkt->version == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);

	if (pkt->first_fragment && icmp && have >= 2) {
		pkt->key.local_port = l4[0];
		pkt->key.remote_port = l4[1];
		return;
	}
	if (pkt->l4_len != 0) {
		src = (uint16_t)(l4[0] << 8 | l4[1]);
		dst = (uint16_t)(l4[2] << 8 | l4[3]);
	}
	pkt->key.local_port = near_is_source ? src : dst;
	pkt->key.remote_port = near_is_source ? dst : src;
}

static inline void
key_common(struct fwi_packet *pkt, bool outbound)
{
	struct fwi_key *k = &pkt->key;

	k->version = pkt->version;
	k->protocol = pkt->proto;
	k->direction = outbound ? FWP_DIRECTION_OUTBOUND : FWP_DIRECTION_INBOUND;
	k->if_index = pkt->iface->if_index;
	k->compartment = pkt->iface->comp_id;
	k->flags = unlikely(pkt->loopback) ? FWP_CONDITION_FLAG_IS_LOOPBACK : 0;
}

void
fwi_ask_ended(struct fwi_packet *pkt, enum fwi_verdict v)
{
	struct fwpdk_input_stats *n = &pkt->in->n;

	fwi_input_count(v == FWI_BLOCK ? &n->blocked : &n->absorbed);
	pkt->status = STATUS_FWP_DROP_NOICMP;
	fwi_show_end(pkt, false);
}

static enum fwi_verdict
ask(const struct fwi_layer *layer, struct shown *s)
{
	struct fwi_packet *pkt = s->pkt;
	enum fwi_verdict v;

	fwi_self.hops = pkt->hops;
	v = fwi_classify(layer, &pkt->key, &s->ind);
	fwi_self.hops = 0;
	if (likely(v == FWI_PERMIT))
		return v;
	fwi_ask_ended(pkt, v);
	return v;
}

enum fwi_verdict
fwi_ask_in_ip(struct fwi_packet *pkt, uint32_t flags)
{
	const struct fwi_layer *layer = fwi_layer(pkt->version == 4
							  ? FWPS_LAYER_INBOUND_IPPACKET_V4
							  : FWPS_LAYER_INBOUND_IPPACKET_V6);
	struct shown s;

	if (layer == NULL)
		return FWI_PERMIT;
	s.ind.prepare = prepare_in_ip;
	s.pkt = pkt;
	s.start = (uint32_t)pkt->l2_len + pkt->ip_len;
	s.len = pkt->total - pkt->ip_len;
	key_common(pkt, false);
	key_addresses(pkt, false);
	pkt->key.flags |= flags;
	return ask(layer, &s);
}

/* Where the transport header has been taken off. */
static enum fwi_verdict
ask_payload(struct fwi_packet *pkt, unsigned id)
{
	const struct fwi_layer *layer = fwi_layer(id);
	struct shown s;

	if (layer == NULL)
		return FWI_PERMIT;
	s.ind.prepare = prepare_transport;
	s.pkt = pkt;
	s.start = (uint32_t)pkt->l2_len + pkt->ip_len + pkt->l4_len;
	s.len = pkt->total - pkt->ip_len - pkt->l4_len;
	key_common(pkt, false);
	key_addresses(pkt, false);
	key_ports(pkt, false);
	return ask(layer, &s);
}

enum fwi_verdict
fwi_ask_in_transport(struct fwi_packet *pkt)
{
	return ask_payload(pkt, pkt->version == 4 ? FWPS_LAYER_INBOUND_TRANSPORT_V4
						  : FWPS_LAYER_INBOUND_TRANSPORT_V6);
}

enum fwi_verdict
fwi_ask_in_datagram(struct fwi_packet *pkt)
{
	return ask_payload(
		pkt, pkt->version == 4 ? FWPS_LAYER_DATAGRAM_DATA_V4 : FWPS_LAYER_DATAGRAM_DATA_V6);
}

enum fwi_verdict
fwi_ask_forward(struct fwi_packet *pkt, uint32_t out_if)
{
	const struct fwi_layer *layer = fwi_layer(
		pkt->version == 4 ? FWPS_LAYER_IPFORWARD_V4 : FWPS_LAYER_IPFORWARD_V6);
	struct shown s;

	if (layer == NULL)
		return FWI_PERMIT;
	s.ind.prepare = prepare_forward;
	s.pkt = pkt;
	s.start = pkt->l2_len;
	s.len = pkt->total;
	key_common(pkt, false);
	key_addresses(pkt, true);
	pkt->key.out_if_index = out_if;
	pkt->key.flags |= pkt->fragment ? FWP_CONDITION_FLAG_IS_FRAGMENT : 0;
	return ask(layer, &s);
}

enum fwi_verdict
fwi_ask_out_ip(struct fwi_packet *pkt, uint32_t out_if)
{
	const struct fwi_layer *layer = fwi_layer(pkt->version == 4
							  ? FWPS_LAYER_OUTBOUND_IPPACKET_V4
							  : FWPS_LAYER_OUTBOUND_IPPACKET_V6);
	struct shown s;

	if (layer == NULL || pkt->fragment) /* R72 */
		return FWI_PERMIT;
	s.ind.prepare = prepare_out_ip;
	s.pkt = pkt;
	s.start = pkt->l2_len;
	s.len = pkt->total;
	key_common(pkt, true);
	key_addresses(pkt, true);
	pkt->key.if_index = out_if;
	return ask(layer, &s);
}

/* Before there is an IP header. */
static enum fwi_verdict
ask_out_payload(struct fwi_packet *pkt, unsigned id, uint32_t out_if)
{
	const struct fwi_layer *layer = fwi_layer(id);
	struct shown s;

	if (layer == NULL)
		return FWI_PERMIT;
	s.ind.prepare = prepare_out_transport;
	s.pkt = pkt;
	s.start = (uint32_t)pkt->l2_len + pkt->ip_len;
	s.len = pkt->total - pkt->ip_len;
	key_common(pkt, true);
	key_addresses(pkt, true);
	key_ports(pkt, true);
	pkt->key.if_index = out_if;
	return ask(layer, &s);
}

enum fwi_verdict
fwi_ask_out_all(struct fwi_packet *pkt, uint32_t out_if)
{
	bool four = pkt->version == 4;
	enum fwi_verdict v = FWI_PERMIT;

	if (!pkt->fragment && pkt->proto != IPPROTO_TCP)
		v = ask_out_payload(pkt,
			four ? FWPS_LAYER_DATAGRAM_DATA_V4 : FWPS_LAYER_DATAGRAM_DATA_V6, out_if);
	if (v == FWI_PERMIT && !pkt->fragment)
		v = ask_out_payload(pkt,
			four ? FWPS_LAYER_OUTBOUND_TRANSPORT_V4 : FWPS_LAYER_OUTBOUND_TRANSPORT_V6,
			out_if);
	return v == FWI_PERMIT ? fwi_ask_out_ip(pkt, out_if) : v;
}

static void
key_mac(struct fwi_packet *pkt, uint32_t if_index, const struct rte_ether_addr *own, bool outbound)
{
	const uint8_t *frame = rte_pktmbuf_mtod(pkt->m, const uint8_t *);
	struct fwi_key *k = &pkt->key;

	k->version = pkt->version;
	k->direction = outbound ? FWP_DIRECTION_OUTBOUND : FWP_DIRECTION_INBOUND;
	k->if_index = if_index;
	k->vlan_id = pkt->vlan_id;
	k->flags = 0;
	memcpy(k->if_mac, own->addr_bytes, 6);
	memcpy(k->local_mac, frame + (outbound ? 6 : 0), 6);
	memcpy(k->remote_mac, frame + (outbound ? 0 : 6), 6);
}

enum fwi_verdict
fwi_ask_in_mac(struct fwi_packet *pkt)
{
	const struct fwi_layer *layer = fwi_layer(FWPS_LAYER_INBOUND_MAC_FRAME_ETHERNET);
	static const struct rte_ether_addr none;
	struct shown s;

	if (layer == NULL)
		return FWI_PERMIT;
	s.ind.prepare = prepare_mac;
	s.pkt = pkt;
	s.start = pkt->l2_len;
	s.len = rte_pktmbuf_pkt_len(pkt->m) - pkt->l2_len;
	key_mac(pkt, pkt->iface != NULL ? pkt->iface->if_index : 0,
		pkt->iface != NULL ? &pkt->iface->mac : &none, false);
	pkt->key.compartment = pkt->iface != NULL ? pkt->iface->comp_id : 0;
	return ask(layer, &s);
}

enum fwi_verdict
fwi_ask_out_mac(struct fwi_packet *pkt, uint32_t out_if)
{
	const struct fwi_layer *layer = fwi_layer(FWPS_LAYER_OUTBOUND_MAC_FRAME_ETHERNET);
	const struct fwi_in_if *out = fwi_stack_in_if_index(out_if);
	struct shown s;

	if (layer == NULL || out == NULL)
		return FWI_PERMIT;
	s.ind.prepare = prepare_mac;
	s.pkt = pkt;
	s.start = 0;
	s.len = rte_pktmbuf_pkt_len(pkt->m);
	key_mac(pkt, out_if, &out->mac, true);
	pkt->key.compartment = out->comp_id;
	return ask(layer, &s);
}
