/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: a network send before the outbound layers, from the top (R74). Callouts see the
 * injected list itself; what is changed of its windows is put back.
 */
#include <netinet/in.h>
#include <string.h>

#include "input/input.h"
#include "map/ip.h"
#include "map/oob.h"

#define EXT_BYTES 256u /* of extension headers and the transport header that are looked at */

struct send {
	struct fwi_indication ind;
	struct fwpdk_poller *p;
	NET_BUFFER_LIST *nbl;
	struct fwi_ip ip;
	struct fwi_key key;
	const struct fwi_hop *hop;
	struct fwi_hop flow; /* room for one of several */
	uint32_t ip_len;     /* with extension headers */
	uint16_t l4_len;
	bool fragment, from_us;
};

#define SEND(i) ((struct send *)(void *)(i))

static void
meta_begin(struct send *s, UINT32 fields)
{
	FWPS_INCOMING_METADATA_VALUES0 *m = &s->ind.meta;

	m->currentMetadataValues = fields | FWPS_METADATA_FIELD_COMPARTMENT_ID;
	m->flags = 0;
	m->reserved = 0;
	m->compartmentId = s->key.compartment;
	s->ind.nbl = s->nbl;
}

static bool
prepare_transport(struct fwi_indication *ind)
{
	meta_begin(SEND(ind), FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE);
	ind->meta.transportHeaderSize = SEND(ind)->l4_len;
	fwi_meta_flow(&ind->meta, &SEND(ind)->key);
	return true;
}

static bool
prepare_forward(struct fwi_indication *ind)
{
	meta_begin(SEND(ind), FWPS_METADATA_FIELD_FORWARD_LAYER_OUTBOUND_PASS_THRU);
	return true;
}

static bool
prepare_ip(struct fwi_indication *ind)
{
	struct send *s = SEND(ind);

	meta_begin(s, FWPS_METADATA_FIELD_IP_HEADER_SIZE |
			      FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE |
			      FWPS_METADATA_FIELD_PATH_MTU);
	ind->meta.ipHeaderSize = s->ip_len;
	ind->meta.transportHeaderSize = s->l4_len;
	ind->meta.pathMtu = s->hop->mtu;
	return true;
}

static bool
prepare_mac(struct fwi_indication *ind)
{
	struct send *s = SEND(ind);

	meta_begin(s, 0);
	ind->meta.currentL2MetadataValues = 0;
	ind->meta.l2Flags = 0;
	return true;
}

/* Transport header, whatever stands between it and the fixed IP header. */
static bool
look_inside(struct send *s, const NET_BUFFER *nb)
{
	uint8_t data[EXT_BYTES];
	uint32_t have;
	struct fwi_ext e = {.proto = s->ip.hdr[9], .ok = true};

	have = RTE_MIN(s->ip.total - s->ip.hdr_len, EXT_BYTES);
	have = fwi_nb_read(nb, s->ip.hdr_len, data, have);
	if (s->ip.version == 6) {
		e = fwi_skip_ext6(s->ip.hdr[6], data, have);
		s->fragment = e.frag_at != 0;
	} else {
		s->fragment = ((s->ip.hdr[6] & 0x3f) | s->ip.hdr[7]) != 0;
	}
	if (!e.ok)
		return false;
	s->ip_len = (uint32_t)s->ip.hdr_len + e.len;
	s->key.protocol = e.proto;
	s->key.local_port = s->key.remote_port = 0;
	s->l4_len = s->fragment ? 0 : fwi_l4_len(e.proto, data + e.len, have - e.len);
	if (s->l4_len != 0) {
		s->key.local_port = (uint16_t)(data[e.len] << 8 | data[e.len + 1]);
		s->key.remote_port = (uint16_t)(data[e.len + 2] << 8 | data[e.len + 3]);
	} else if ((e.proto == IPPROTO_ICMP || e.proto == IPPROTO_ICMPV6) && have >= e.len + 2u) {
		s->key.local_port = data[e.len];
		s->key.remote_port = data[e.len + 1];
	}
	return true;
}

static void
addresses(struct send *s, uint32_t comp)
{
	const uint8_t *h = s->ip.hdr;
	uint32_t src, dst;

	if (s->ip.version == 4) {
		memcpy(&src, h + 12, 4);
		memcpy(&dst, h + 16, 4);
		s->key.local.v4 = rte_be_to_cpu_32(src);
		s->key.remote.v4 = rte_be_to_cpu_32(dst);
		s->key.remote_type = fwi_address_type(fwi_stack_addr4(comp, dst));
		s->from_us = fwi_stack_addr4(comp, src) == FWI_ADDR_LOCAL;
		s->hop = fwi_hop4(s->p, s->p->hops, comp, dst);
	} else {
		memcpy(s->key.local.v6, h + 8, 16);
		memcpy(s->key.remote.v6, h + 24, 16);
		s->key.remote_type = fwi_address_type(fwi_stack_addr6(comp, h + 24));
		s->from_us = fwi_stack_addr6(comp, h + 8) == FWI_ADDR_LOCAL;
		s->hop = fwi_hop6(s->p, s->p->hops, comp, h + 24);
	}
	s->key.local_type = 1;
}

/* As the mapper will choose. */
static void
by_flow(struct send *s, uint32_t comp)
{
	struct fwi_flow flow = {.hash = fwi_ip_flow_hash(s->nbl->FirstNetBuffer, &s->ip)};

	fwi_flow_src(&flow, s->ip.hdr);
	if (s->ip.version == 4)
		fwi_stack_lookup4_flow(comp, fwi_ip_dst4(&s->ip), &flow, &s->flow);
	else
		fwi_stack_lookup6_flow(comp, s->ip.hdr + 24, &flow, &s->flow);
	s->hop = &s->flow;
}

/* Of the first packet: it stands for all of a list (R52). */
static bool
key_set(struct send *s)
{
	uint32_t comp = FWI_NBL(s->nbl)->compartment;

	if (!(fwi_oob_cuts(s->nbl) ? fwi_ip_parse_large(s->nbl->FirstNetBuffer, &s->ip)
				   : fwi_ip_parse(s->nbl->FirstNetBuffer, &s->ip)) ||
		!look_inside(s, s->nbl->FirstNetBuffer))
		return false;
	addresses(s, comp);
	if (unlikely(s->hop->status == FWI_HOP_BY_FLOW))
		by_flow(s, comp);
	s->key.version = s->ip.version;
	s->key.direction = FWP_DIRECTION_OUTBOUND;
	s->key.compartment = fwi_stack_compartment_id(comp);
	s->key.if_index = s->hop->status == 0 ? s->hop->iface + 1u : 0;
	s->key.flags = 0;
	return true;
}

static enum fwi_verdict
ask(struct send *s, unsigned id, bool (*prepare)(struct fwi_indication *))
{
	const struct fwi_layer *layer = fwi_layer(s->ip.version == 4 ? id : id + 2);

	if (layer == NULL)
		return FWI_PERMIT;
	s->ind.prepare = prepare;
	return fwi_classify(layer, &s->key, &s->ind);
}

static bool
all_longer(const NET_BUFFER_LIST *nbl, uint32_t n)
{
	const NET_BUFFER *nb;

	for (nb = nbl->FirstNetBuffer; nb != NULL; nb = nb->Next)
		if (nb->DataLength < n)
			return false;
	return true;
}

/* The layers that have no IP header yet (data offsets). */
static enum fwi_verdict
ask_above_ip(struct send *s)
{
	unsigned datagram = s->ip.version == 4 ? FWPS_LAYER_DATAGRAM_DATA_V4
					       : FWPS_LAYER_DATAGRAM_DATA_V6;
	unsigned transport = s->ip.version == 4 ? FWPS_LAYER_OUTBOUND_TRANSPORT_V4
						: FWPS_LAYER_OUTBOUND_TRANSPORT_V6;
	enum fwi_verdict v = FWI_PERMIT;

	if ((fwi_layer(datagram) == NULL && fwi_layer(transport) == NULL) || s->fragment ||
		!all_longer(s->nbl, s->ip_len))
		return FWI_PERMIT;
	NdisAdvanceNetBufferListDataStart(s->nbl, s->ip_len, FALSE, NULL);
	if (s->key.protocol != IPPROTO_TCP)
		v = ask(s, FWPS_LAYER_DATAGRAM_DATA_V4, prepare_transport);
	if (v == FWI_PERMIT)
		v = ask(s, FWPS_LAYER_OUTBOUND_TRANSPORT_V4, prepare_transport);
	NdisRetreatNetBufferListDataStart(s->nbl, s->ip_len, 0, NULL);
	return v;
}

/* A source that is not ours: the packet goes through the forwarding layer too (R65). */
static enum fwi_verdict
ask_forward(struct send *s)
{
	enum fwi_verdict v;

	if (s->from_us)
		return FWI_PERMIT;
	s->key.out_if_index = s->key.if_index;
	s->key.flags = FWP_CONDITION_FLAG_IS_OUTBOUND_PASS_THRU;
	v = ask(s, FWPS_LAYER_IPFORWARD_V4, prepare_forward);
	s->key.flags = 0;
	return v;
}

/*
 * With the Ethernet header in front. A clone is shown, which has room for it that is nobody
 * else's; who keeps it keeps the injected list too.
 */
static enum fwi_verdict
ask_mac(struct send *s)
{
	const struct fwi_layer *layer = fwi_layer(FWPS_LAYER_OUTBOUND_MAC_FRAME_ETHERNET);
	NET_BUFFER_LIST *nbl = s->nbl, *clone;
	enum fwi_verdict v = FWI_BLOCK;
	NET_BUFFER *nb;
	void *room;

	if (layer == NULL || s->hop->status != 0)
		return FWI_PERMIT;
	if (FwpsAllocateCloneNetBufferList0(nbl, NULL, NULL, 0, &clone) != STATUS_SUCCESS)
		return FWI_BLOCK;
	if (NdisRetreatNetBufferListDataStart(clone, FWI_L2_LEN, 0, NULL) == NDIS_STATUS_SUCCESS) {
		for (nb = clone->FirstNetBuffer; nb != NULL; nb = nb->Next) {
			room = NdisGetDataBuffer(nb, FWI_L2_LEN, NULL, 1, 0);
			if (room != NULL)
				memcpy(room, s->hop->l2, FWI_L2_LEN);
		}
		memcpy(s->key.if_mac, &s->hop->l2[6], 6);
		memcpy(s->key.local_mac, &s->hop->l2[6], 6);
		memcpy(s->key.remote_mac, &s->hop->l2[0], 6);
		s->key.ether_type = (uint16_t)(s->hop->l2[12] << 8 | s->hop->l2[13]);
		s->key.vlan_id = 0;
		s->nbl = clone;
		s->ind.prepare = prepare_mac;
		v = fwi_classify(layer, &s->key, &s->ind);
		s->nbl = nbl;
	}
	FwpsFreeCloneNetBufferList0(clone, 0);
	return v;
}

static enum fwi_verdict
ask_all(struct send *s)
{
	enum fwi_verdict v = ask_above_ip(s);

	if (v == FWI_PERMIT)
		v = ask_forward(s);
	if (v == FWI_PERMIT && !s->fragment) /* R72 */
		v = ask(s, FWPS_LAYER_OUTBOUND_IPPACKET_V4, prepare_ip);
	if (v == FWI_PERMIT)
		v = ask_mac(s);
	return v;
}

int32_t
fwi_outbound(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	struct fwi_nbl *l = FWI_NBL(nbl);
	enum fwi_verdict v;
	struct send s;

	if (unlikely(l->hops >= FWI_HOPS_MAX))
		return STATUS_HOPLIMIT_EXCEEDED;
	s.p = p;
	s.nbl = nbl;
	if (unlikely(!key_set(&s)))
		return STATUS_INVALID_PARAMETER;
	l->hops++;
	fwi_self.hops = l->hops;
	fwi_classify_enter(p->id);
	v = ask_all(&s);
	fwi_classify_leave(p->id);
	fwi_self.hops = 0;
	return v == FWI_PERMIT ? 0 : STATUS_FWP_DROP_NOICMP;
}
