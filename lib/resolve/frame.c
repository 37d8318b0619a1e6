/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: questions and answers as frames, on the poller's own queue. */
#include <netinet/in.h>
#include <string.h>

#include <rte_arp.h>
#include <rte_ether.h>
#include <rte_ip.h>

#include "resolve/resolve.h"

#define FRAME_MIN 60u
#define ND_LEN	  32u /* with one option */

struct rte_mempool *fwi_resolve_pool;

/* Ethernet and IPv6 header, message and option. */
struct nd_frame {
	struct rte_ether_hdr eth;
	struct rte_ipv6_hdr ip;
	uint8_t type, code;
	rte_be16_t checksum;
	rte_be32_t flags;
	uint8_t target[16];
	uint8_t opt_type, opt_len;
	struct rte_ether_addr opt_mac;
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct nd_frame) == 14 + 40 + ND_LEN, "layout");

struct arp_frame {
	struct rte_ether_hdr eth;
	struct rte_arp_hdr arp;
} __attribute__((packed, aligned(2)));

static void *
begin(uint16_t len, struct rte_mbuf **m)
{
	struct rte_mempool *pool = __atomic_load_n(&fwi_resolve_pool, __ATOMIC_ACQUIRE);
	void *data;

	*m = pool != NULL ? rte_pktmbuf_alloc(pool) : NULL;
	if (*m == NULL)
		return NULL;
	data = rte_pktmbuf_append(*m, RTE_MAX(len, FRAME_MIN));
	memset(data, 0, RTE_MAX(len, FRAME_MIN));
	return data;
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
	struct arp_frame *f;
	struct rte_mbuf *m;

	f = begin(sizeof(*f), &m);
	if (f == NULL) {
		fwi_resolve_count(&p->resolve->n.no_memory);
		return false;
	}
	f->eth.dst_addr = to_mac != NULL ? *to_mac : all;
	f->eth.src_addr = iface->mac;
	f->eth.ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_ARP);
	f->arp.arp_hardware = rte_cpu_to_be_16(RTE_ARP_HRD_ETHER);
	f->arp.arp_protocol = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	f->arp.arp_hlen = 6;
	f->arp.arp_plen = 4;
	f->arp.arp_opcode = rte_cpu_to_be_16(op);
	f->arp.arp_data.arp_sha = iface->mac;
	if (from != NULL) /* else as RFC 5227 asks: whoever has the address answers that too */
		memcpy(&f->arp.arp_data.arp_sip, from, 4);
	if (to_mac != NULL && !probe)
		f->arp.arp_data.arp_tha = *to_mac;
	memcpy(&f->arp.arp_data.arp_tip, to, 4);
	return frame_send(p, iface->port_id, m);
}

static void
checksum_set(struct nd_frame *f)
{
	f->checksum = 0;
	f->checksum = rte_ipv6_udptcp_cksum(&f->ip, &f->type);
}

static bool
send_nd(struct fwpdk_poller *p, const struct fwi_in_if *iface, const struct nd_frame *what,
	const uint8_t *from, const uint8_t *to)
{
	struct nd_frame *f;
	struct rte_mbuf *m;

	f = begin(sizeof(*f), &m);
	if (f == NULL) {
		fwi_resolve_count(&p->resolve->n.no_memory);
		return false;
	}
	*f = *what;
	f->eth.src_addr = iface->mac;
	f->eth.ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV6);
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
	struct nd_frame f = {.type = 135, .opt_type = 1};
	uint8_t to[16];

	memcpy(f.target, ask->next.addr, 16);
	if (!rte_is_zero_ether_addr(&ask->mac)) {
		f.eth.dst_addr = ask->mac;
		return send_nd(p, iface, &f, from, ask->next.addr);
	}
	memcpy(to, solicited_node, sizeof(solicited_node));
	memcpy(to + 13, ask->next.addr + 13, 3);
	memset(f.eth.dst_addr.addr_bytes, 0x33, 2);
	memcpy(f.eth.dst_addr.addr_bytes + 2, to + 12, 4);
	return send_nd(p, iface, &f, from, to);
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
	struct nd_frame f = {.type = 136, .opt_type = 2};

	if (!nobody)
		flags |= 0x40000000; /* solicited */
	f.flags = rte_cpu_to_be_32(flags);
	memcpy(f.target, h->target, 16);
	f.eth.dst_addr = nobody ? all_mac : *to;
	return send_nd(p, iface, &f, h->target, nobody ? all_nodes : h->who.addr);
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
