/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: questions and answers as frames, on the poller's own queue. */
#include <netinet/in.h>
#include <string.h>

#include <rte_arp.h>
#include <rte_ether.h>
#include <rte_ip.h>

#include "map/bytes.h"
#include "map/tags.h"
#include "resolve/resolve.h"

#define FRAME_MIN 60u /* without tags, which somebody may take out on the way */
#define ND_LEN	  32u /* with one option */

struct rte_mempool *fwi_resolve_pool;

/* IPv6 header, message and option. */
struct nd_packet {
	struct rte_ipv6_hdr ip;
	uint8_t type, code;
	rte_be16_t checksum;
	rte_be32_t flags;
	uint8_t target[16];
	uint8_t opt_type, opt_len;
	struct rte_ether_addr opt_mac;
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct nd_packet) == 40 + ND_LEN, "layout");

/* The Ethernet header, with the tags of the interface, and room for len bytes behind it. */
static void *
begin(const struct fwi_in_if *iface, const struct rte_ether_addr *dst, uint16_t type, uint16_t len,
	struct rte_mbuf **m)
{
	struct rte_mempool *pool = __atomic_load_n(&fwi_resolve_pool, __ATOMIC_ACQUIRE);
	struct fwi_hop hop = {.iface = (uint8_t)(iface->if_index - 1)};
	uint8_t l2[FWI_L2_MAX], *data;
	uint32_t l2_len, size;

	*m = pool != NULL ? rte_pktmbuf_alloc(pool) : NULL;
	if (*m == NULL)
		return NULL;
	memcpy(hop.l2, dst, 6);
	memcpy(hop.l2 + 6, &iface->mac, 6);
	fwi_put16(hop.l2 + 12, type);
	l2_len = fwi_tags_write(l2, &hop, false, 0);
	size = RTE_MAX(l2_len + len, FRAME_MIN + l2_len - RTE_ETHER_HDR_LEN);
	data = (uint8_t *)rte_pktmbuf_append(*m, (uint16_t)size);
	memset(data, 0, size);
	memcpy(data, l2, l2_len);
	return data + l2_len;
}

/* The mbuf is gone in any case. */
static bool
frame_send(struct fwpdk_poller *p, uint16_t port_id, struct rte_mbuf *m)
{
	uint8_t i = p->q_of_port[port_id];
	struct fwi_txq *q = i != 0xff ? p->q[i] : NULL;

	if (q != NULL && q->seen_state == FWI_TXQ_RUNNING && fwi_txq_room(q) == 0) {
		fwi_txq_collect(q);
		fwi_txq_burst(q);
	}
	if (q == NULL || q->seen_state != FWI_TXQ_RUNNING || fwi_txq_room(q) == 0) {
		fwi_resolve_count(&p->resolve->n.no_memory);
		rte_pktmbuf_free(m);
		return false;
	}
	fwi_txq_stage_host(q, m);
	return true;
}

static unsigned
common_bits(const uint8_t *a, const uint8_t *b)
{
	unsigned i;

	for (i = 0; i < 128 && ((a[i / 8] ^ b[i / 8]) & 0x80 >> i % 8) == 0; i++)
		;
	return i;
}

/* The address to ask from: of the longest network that target is in, else any of the family. */
static const uint8_t *
source(const struct fwi_in_if *iface, const struct fwi_next *next)
{
	const struct fwi_in_addr *a, *best = NULL;
	int depth, best_depth = -1;
	uint16_t i;

	for (i = 0; i < iface->naddrs; i++) {
		a = &iface->addrs[i];
		if (a->version != next->version)
			continue;
		depth = common_bits(a->bytes, next->addr) >= a->prefix_len ? a->prefix_len + 1 : 0;
		if (depth > best_depth) {
			best = a;
			best_depth = depth;
		}
	}
	return best != NULL ? best->bytes : NULL;
}

static bool
send_arp(struct fwpdk_poller *p, const struct fwi_in_if *iface, uint16_t op, const uint8_t *from,
	const struct rte_ether_addr *to_mac, const uint8_t *to, bool probe)
{
	static const struct rte_ether_addr all = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
	struct rte_arp_hdr *f;
	struct rte_mbuf *m;

	f = begin(iface, to_mac != NULL ? to_mac : &all, RTE_ETHER_TYPE_ARP, sizeof(*f), &m);
	if (f == NULL) {
		fwi_resolve_count(&p->resolve->n.no_memory);
		return false;
	}
	f->arp_hardware = rte_cpu_to_be_16(RTE_ARP_HRD_ETHER);
	f->arp_protocol = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	f->arp_hlen = 6;
	f->arp_plen = 4;
	f->arp_opcode = rte_cpu_to_be_16(op);
	f->arp_data.arp_sha = iface->mac;
	if (from != NULL) /* else as RFC 5227 asks: whoever has the address answers that too */
		memcpy(&f->arp_data.arp_sip, from, 4);
	if (to_mac != NULL && !probe)
		f->arp_data.arp_tha = *to_mac;
	memcpy(&f->arp_data.arp_tip, to, 4);
	return frame_send(p, iface->port_id, m);
}

static void
checksum_set(struct nd_packet *f)
{
	f->checksum = 0;
	f->checksum = rte_ipv6_udptcp_cksum(&f->ip, &f->type);
}

static bool
send_nd(struct fwpdk_poller *p, const struct fwi_in_if *iface, const struct nd_packet *what,
	const struct rte_ether_addr *to_mac, const uint8_t *from, const uint8_t *to)
{
	struct nd_packet *f;
	struct rte_mbuf *m;

	f = begin(iface, to_mac, RTE_ETHER_TYPE_IPV6, sizeof(*f), &m);
	if (f == NULL) {
		fwi_resolve_count(&p->resolve->n.no_memory);
		return false;
	}
	*f = *what;
	f->ip.vtc_flow = rte_cpu_to_be_32(6u << 28);
	f->ip.payload_len = rte_cpu_to_be_16(ND_LEN);
	f->ip.proto = IPPROTO_ICMPV6;
	f->ip.hop_limits = 255;
	memcpy(f->ip.src_addr, from, 16);
	memcpy(f->ip.dst_addr, to, 16);
	f->opt_len = 1;
	f->opt_mac = iface->mac;
	checksum_set(f);
	return frame_send(p, iface->port_id, m);
}

/* To the solicited-node address, or as a probe to the neighbour that is known. */
static bool
question6(struct fwpdk_poller *p, const struct fwi_in_if *iface, const struct fwi_ask *ask,
	const uint8_t *from)
{
	static const uint8_t solicited_node[13] = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};
	struct nd_packet f = {.type = 135, .opt_type = 1};
	struct rte_ether_addr group = {{0x33, 0x33}};
	uint8_t to[16];

	memcpy(f.target, ask->next.addr, 16);
	if (!rte_is_zero_ether_addr(&ask->mac))
		return send_nd(p, iface, &f, &ask->mac, from, ask->next.addr);
	memcpy(to, solicited_node, sizeof(solicited_node));
	memcpy(to + 13, ask->next.addr + 13, 3);
	memcpy(group.addr_bytes + 2, to + 12, 4);
	return send_nd(p, iface, &f, &group, from, to);
}

bool
fwi_send_question(struct fwpdk_poller *p, const struct fwi_ask *ask)
{
	const struct fwi_in_if *iface = fwi_stack_in_if_index(ask->next.if_index);
	bool probe = !rte_is_zero_ether_addr(&ask->mac), sent;
	struct fwpdk_resolve_stats *n = &p->resolve->n;
	const uint8_t *from;

	if (iface == NULL)
		return false;
	from = source(iface, &ask->next);
	if (from == NULL && ask->next.version == 6) {
		fwi_resolve_count(&n->no_source);
		return false;
	}
	sent = ask->next.version == 4 ? send_arp(p, iface, RTE_ARP_OP_REQUEST, from,
						probe ? &ask->mac : NULL, ask->next.addr, true)
				      : question6(p, iface, ask, from);
	if (sent)
		fwi_resolve_count(probe ? &n->probes : &n->solicits);
	return sent;
}

/* To a question without a source (somebody tries our address) the answer is for all (RFC
 * 4861, 7.2.4).
 */
static bool
answer6(struct fwpdk_poller *p, const struct fwi_in_if *iface, const struct fwi_heard *h,
	const struct rte_ether_addr *to)
{
	static const uint8_t all_nodes[16] = {0xff, 2, [15] = 1};
	static const struct rte_ether_addr all_mac = {{0x33, 0x33, 0, 0, 0, 1}};
	uint32_t flags = iface->forward ? 0xa0000000 : 0x20000000; /* router, override */
	bool nobody = memcmp(h->who.addr, (uint8_t[16]){0}, 16) == 0;
	struct nd_packet f = {.type = 136, .opt_type = 2};

	if (!nobody)
		flags |= 0x40000000; /* solicited */
	f.flags = rte_cpu_to_be_32(flags);
	memcpy(f.target, h->target, 16);
	return send_nd(
		p, iface, &f, nobody ? &all_mac : to, h->target, nobody ? all_nodes : h->who.addr);
}

void
fwi_send_answer(struct fwpdk_poller *p, const struct fwi_in_if *iface, const struct fwi_heard *h,
	const struct rte_ether_addr *to)
{
	bool sent = h->target_version == 4 ? send_arp(p, iface, RTE_ARP_OP_REPLY, h->target, to,
						     h->who.addr, false)
					   : answer6(p, iface, h, to);

	if (sent)
		fwi_resolve_count(&p->resolve->n.answers);
}
