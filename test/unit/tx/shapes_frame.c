/* SPDX-License-Identifier: BSD-3-Clause */
/* A frame as the device gets it, byte for byte. */
#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "shapes.h"

#define LONGEST (SHAPES_L2 + 65535u)
#define IP_ID	4u

/* All its bytes; 0: the lengths do not add up. */
static uint32_t
flatten(const struct rte_mbuf *head, uint8_t *to)
{
	const struct rte_mbuf *m;
	uint32_t n = 0, segs = 0;

	for (m = head; m != NULL; m = m->next, segs++) {
		if (m->data_len == 0 || n + m->data_len > LONGEST)
			return 0;
		memcpy(to + n, rte_pktmbuf_mtod(m, const uint8_t *), m->data_len);
		n += m->data_len;
	}
	return segs == head->nb_segs && n == head->pkt_len ? n : 0;
}

/* The checksums that were asked for. by_nic: the UDP field holds the pseudo header's sum. */
static void
sum_up(const struct shapes_item *it, uint8_t *packet, bool by_nic)
{
	struct rte_ipv4_hdr *ip = (void *)packet;
	uint32_t header = rte_ipv4_hdr_len(ip);
	struct rte_udp_hdr *udp = (void *)(packet + header);
	uint16_t sum;

	if (it->ask_ip) {
		ip->hdr_checksum = 0;
		ip->hdr_checksum = rte_ipv4_cksum(ip);
	}
	if (!it->ask_udp)
		return;
	if (by_nic) {
		sum = (uint16_t)~rte_raw_cksum(udp, rte_be_to_cpu_16(ip->total_length) - header);
		udp->dgram_cksum = sum == 0 ? UINT16_MAX : sum;
	} else {
		udp->dgram_cksum = 0;
		udp->dgram_cksum = rte_ipv4_udptcp_cksum(ip, udp);
	}
}

static const char *
flags_wrong(const struct shapes_item *it, const struct shapes_window *w, const struct rte_mbuf *m,
	const uint8_t *ip)
{
	uint64_t flags = RTE_MBUF_F_TX_IPV4;

	flags |= it->ask_ip ? RTE_MBUF_F_TX_IP_CKSUM : 0;
	flags |= it->ask_udp ? RTE_MBUF_F_TX_UDP_CKSUM : 0;
	if (!shapes.conf.nic || flags == RTE_MBUF_F_TX_IPV4 ||
		(m->ol_flags & ~RTE_MBUF_F_EXTERNAL) != flags)
		return "offload flags";
	if (m->l2_len != SHAPES_L2 || m->l3_len != (ip[0] & 15u) * 4)
		return "lengths of the headers";
	if (it->ask_ip && (ip[10] | ip[11]) != 0)
		return "IP checksum is not 0 for the NIC";
	if (!w->prepared || w->disliked)
		return "for the NIC, and its driver did not agree";
	return NULL;
}

static bool
ether_right(const uint8_t *frame, unsigned port)
{
	static const struct rte_ether_addr gateway = {{2, 0, 0, 0, 0, 1}};
	struct rte_ether_addr self;

	return rte_eth_macaddr_get(rig.dev[port].id, &self) == 0 &&
	       memcmp(frame, &gateway, sizeof(gateway)) == 0 &&
	       memcmp(frame + 6, &self, sizeof(self)) == 0 && frame[12] == 0x08 && frame[13] == 0;
}

/* Where these first bytes of a frame come from. */
static struct shapes_item *
item_of(const uint8_t *frame, unsigned *k)
{
	unsigned id = (unsigned)frame[SHAPES_L2 + IP_ID] << 8 | frame[SHAPES_L2 + IP_ID + 1];
	struct shapes_item *it;

	*k = id % SHAPES_NBS;
	if (id / SHAPES_NBS >= SHAPES_ITEMS)
		return NULL;
	it = &shapes.item[id / SHAPES_NBS];
	return it->live && *k < it->nbs ? it : NULL;
}

struct shapes_window *
shapes_frame_window(const struct rte_mbuf *m)
{
	uint8_t head[SHAPES_L2 + IP_ID + 2];
	const uint8_t *h = rte_pktmbuf_read(m, 0, sizeof(head), head);
	struct shapes_item *it;
	unsigned k;

	if (h == NULL || h[0] == SHAPES_HOST)
		return NULL;
	it = item_of(h, &k);
	return it != NULL ? &it->w[k] : NULL;
}

static const char *
host_wrong(const struct rte_mbuf *m, const uint8_t *frame, uint32_t n, unsigned port)
{
	uint32_t i;

	shapes.host_frames++;
	for (i = 0; i < n; i++)
		if (frame[i] != SHAPES_HOST)
			return "bytes of the host's frame";
	return n == SHAPES_HOST_LEN && port == 0 && m->ol_flags == 0 ? NULL : "the host's frame";
}

/* Of the packet in it; got is what the NIC makes of it. */
static const char *
packet_wrong(
	const struct rte_mbuf *m, struct shapes_item *it, struct shapes_window *w, uint8_t *got)
{
	static uint8_t want[LONGEST];
	const char *wrong = NULL;

	if ((m->ol_flags & ~RTE_MBUF_F_EXTERNAL) != 0) {
		shapes.for_nic++;
		wrong = flags_wrong(it, w, m, got);
		sum_up(it, got, true);
	}
	if (wrong != NULL)
		return wrong;
	memcpy(want, w->was + w->at, w->total);
	sum_up(it, want, false);
	if (memcmp(got, want, w->total) != 0)
		return "bytes";
	shapes.frames++;
	shapes.bytes += w->total;
	return w->sent++ == 0 ? NULL : "a second time";
}

const char *
shapes_frame(const struct rte_mbuf *m, unsigned port)
{
	static uint8_t frame[LONGEST];
	uint32_t n = flatten(m, frame);
	struct shapes_window *w;
	struct shapes_item *it;
	unsigned k;

	if (n < SHAPES_L2 + sizeof(struct rte_ipv4_hdr))
		return "lengths of the segments";
	if (frame[0] == SHAPES_HOST)
		return host_wrong(m, frame, n, port);
	it = item_of(frame, &k);
	if (it == NULL)
		return "none of those that are out";
	w = &it->w[k];
	if (n != SHAPES_L2 + w->total)
		return "length";
	if (port != w->port || !ether_right(frame, port))
		return "port, or Ethernet header";
	return packet_wrong(m, it, w, frame + SHAPES_L2);
}
