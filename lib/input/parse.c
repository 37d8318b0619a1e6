/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: what a frame says it is, checked against what is there. */
#include <netinet/in.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_tcp.h>

#include "input/input.h"

#define EXT_MAX	 8u /* IPv6 extension headers looked at */
#define VLAN_MAX 2u

/* One with id 0 has a priority and nothing else. */
static void
tag(struct fwi_packet *pkt, uint16_t tci)
{
	if ((tci & 0xfff) == 0)
		return;
	pkt->outer_vlan_id = pkt->vlan_id;
	pkt->vlan_id = tci & 0xfff;
}

bool
fwi_parse_l2(struct fwi_packet *pkt)
{
	const uint8_t *frame = rte_pktmbuf_mtod(pkt->m, const uint8_t *);
	uint32_t have = rte_pktmbuf_data_len(pkt->m), at = 12, tags = 0;
	uint16_t type;

	pkt->vlan_id = pkt->outer_vlan_id = 0;
	if (pkt->m->ol_flags & RTE_MBUF_F_RX_QINQ_STRIPPED)
		tag(pkt, pkt->m->vlan_tci_outer);
	if (pkt->m->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED)
		tag(pkt, pkt->m->vlan_tci);
	pkt->version = 0;
	if (unlikely(have < RTE_ETHER_HDR_LEN))
		return false;
	type = (uint16_t)(frame[at] << 8 | frame[at + 1]);
	while (unlikely(type == RTE_ETHER_TYPE_VLAN || type == RTE_ETHER_TYPE_QINQ)) {
		if (have < at + 6 || ++tags > VLAN_MAX)
			return false;
		tag(pkt, (uint16_t)(frame[at + 2] << 8 | frame[at + 3]));
		at += 4;
		type = (uint16_t)(frame[at] << 8 | frame[at + 1]);
	}
	pkt->key.ether_type = type;
	pkt->l2_len = (uint16_t)(at + 2);
	pkt->ip = rte_pktmbuf_mtod_offset(pkt->m, uint8_t *, at + 2);
	if (type == RTE_ETHER_TYPE_IPV4)
		pkt->version = 4;
	else if (type == RTE_ETHER_TYPE_IPV6)
		pkt->version = 6;
	return true;
}

struct fwi_ext
fwi_skip_ext6(uint8_t proto, const uint8_t *data, uint32_t have)
{
	struct fwi_ext e = {.proto = proto};
	uint32_t at = 0, len;
	unsigned n;

	for (n = 0; n <= EXT_MAX; n++) {
		switch (e.proto) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
		case 135: /* mobility */
			len = at + 8 <= have ? (data[at + 1] + 1u) * 8 : 0;
			break;
		case IPPROTO_AH:
			len = at + 8 <= have ? (data[at + 1] + 2u) * 4 : 0;
			break;
		case IPPROTO_FRAGMENT:
			e.frag_at = (uint16_t)(at + 1);
			len = 8;
			break;
		default:
			e.len = (uint16_t)at;
			e.ok = true;
			return e;
		}
		if (len == 0 || at + len > have)
			return e;
		e.proto = data[at];
		at += len;
		if (e.frag_at != 0) { /* what follows may be in another fragment */
			e.len = (uint16_t)at;
			e.ok = true;
			return e;
		}
	}
	return e;
}

uint16_t
fwi_l4_len(uint8_t proto, const uint8_t *l4, uint32_t have)
{
	uint16_t len = 0;

	if (proto == IPPROTO_UDP)
		len = 8;
	else if (proto == IPPROTO_TCP && have >= 20)
		len = (uint16_t)((l4[12] >> 4) * 4);
	return len <= have && (proto != IPPROTO_TCP || len >= 20) ? len : 0;
}

static bool
parse4(struct fwi_packet *pkt, uint32_t have)
{
	const struct rte_ipv4_hdr *h = (const void *)pkt->ip;
	uint16_t off;

	if (unlikely(have < sizeof(*h) || h->version_ihl >> 4 != 4))
		return false;
	pkt->ip_len = (uint16_t)((h->version_ihl & 15) * 4);
	pkt->total = rte_be_to_cpu_16(h->total_length);
	if (unlikely(pkt->ip_len < sizeof(*h) || pkt->ip_len > have || pkt->total < pkt->ip_len))
		return false;
	pkt->proto = h->next_proto_id;
	off = rte_be_to_cpu_16(h->fragment_offset);
	pkt->fragment = (off & (RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK)) != 0;
	pkt->frag_offset = (uint16_t)((off & RTE_IPV4_HDR_OFFSET_MASK) * RTE_IPV4_HDR_OFFSET_UNITS);
	pkt->first_fragment = pkt->frag_offset == 0;
	pkt->frag_id = rte_be_to_cpu_16(h->packet_id);
	return true;
}

static bool
parse6(struct fwi_packet *pkt, uint32_t have)
{
	const struct rte_ipv6_hdr *h = (const void *)pkt->ip;
	struct fwi_ext e;

	if (unlikely(have < sizeof(*h) || pkt->ip[0] >> 4 != 6))
		return false;
	pkt->total = (uint32_t)sizeof(*h) + rte_be_to_cpu_16(h->payload_len);
	have = RTE_MIN(have, pkt->total) - (uint32_t)sizeof(*h);
	e = fwi_skip_ext6(h->proto, pkt->ip + sizeof(*h), have);
	if (unlikely(!e.ok))
		return false;
	pkt->proto = e.proto;
	pkt->ip_len = (uint16_t)(sizeof(*h) + e.len);
	pkt->fragment = false;
	pkt->first_fragment = true;
	if (unlikely(e.frag_at != 0)) {
		pkt->frag6 = (const void *)(pkt->ip + sizeof(*h) + e.frag_at - 1);
		pkt->frag_offset = (uint16_t)(rte_be_to_cpu_16(pkt->frag6->frag_data) & 0xfff8);
		pkt->first_fragment = pkt->frag_offset == 0;
		pkt->fragment = (rte_be_to_cpu_16(pkt->frag6->frag_data) & 0xfff9) != 0;
		pkt->frag_id = rte_be_to_cpu_32(pkt->frag6->id);
	}
	return true;
}

bool
fwi_parse_ip(struct fwi_packet *pkt)
{
	uint32_t have = rte_pktmbuf_data_len(pkt->m) - pkt->l2_len;
	bool ok;

	ok = pkt->version == 4 ? parse4(pkt, have) : parse6(pkt, have);
	if (unlikely(!ok || pkt->total > rte_pktmbuf_pkt_len(pkt->m) - pkt->l2_len))
		return false;
	have = RTE_MIN(have, pkt->total) - pkt->ip_len;
	pkt->l4_len = pkt->first_fragment ? fwi_l4_len(pkt->proto, pkt->ip + pkt->ip_len, have) : 0;
	return true;
}
