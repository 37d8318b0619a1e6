/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "offload.h"

#define MOST 300000u

static struct or_frames want;

void
off_sums(struct pkt *p, bool ip, bool tcp, bool udp, unsigned offset)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};

	sum.Transmit.IsIPv4 = p->ip[0] >> 4 == 4;
	sum.Transmit.IsIPv6 = p->ip[0] >> 4 == 6;
	sum.Transmit.IpHeaderChecksum = ip;
	sum.Transmit.TcpChecksum = tcp;
	sum.Transmit.UdpChecksum = udp;
	sum.Transmit.TcpHeaderOffset = offset;
	NET_BUFFER_LIST_INFO(p->nbl, TcpIpChecksumNetBufferListInfo) = sum.Value;
}

void
off_lso(struct pkt *p, unsigned mss, unsigned offset, unsigned type)
{
	NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO lso = {.Value = NULL};

	lso.LsoV2Transmit.MSS = mss;
	lso.LsoV2Transmit.TcpHeaderOffset = offset;
	lso.LsoV2Transmit.Type = type;
	if (type == NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE)
		lso.LsoV2Transmit.IPVersion = p->ip[0] >> 4 == 6;
	NET_BUFFER_LIST_INFO(p->nbl, TcpLargeSendNetBufferListInfo) = lso.Value;
}

void
off_uso(struct pkt *p, unsigned mss, unsigned offset)
{
	NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO uso = {.Value = NULL};

	uso.Transmit.MSS = mss;
	uso.Transmit.UdpHeaderOffset = offset;
	uso.Transmit.IPVersion = p->ip[0] >> 4 == 6;
	NET_BUFFER_LIST_INFO(p->nbl, UdpSegmentationOffloadInfo) = uso.Value;
}

void
off_tag(struct pkt *p, unsigned priority, unsigned id)
{
	NDIS_NET_BUFFER_LIST_8021Q_INFO tag = {.Value = NULL};

	tag.TagHeader.UserPriority = priority;
	tag.TagHeader.VlanId = id;
	NET_BUFFER_LIST_INFO(p->nbl, Ieee8021QNetBufferListInfo) = tag.Value;
}

void
off_tcp(struct pkt *p, uint8_t flags)
{
	bool six = p->ip[0] >> 4 == 6;
	uint8_t *tcp = p->ip + (six ? 40 : 20);

	p->ip[six ? 6 : 9] = 6;
	memcpy(tcp + 4, "\xff\xff\xfe\x00", 4); /* a sequence number that goes round */
	tcp[12] = 0x50;
	tcp[13] = flags;
	if (six)
		pkt_refresh(p);
	else
		pkt_ip_checksum(p);
}

void
off_l2(uint32_t ifi, unsigned version, uint8_t l2[14])
{
	struct fwpdk_if_info info = {.size = sizeof(info)};

	assert_int_equal(fwpdk_if_info(ifi, &info), 0);
	memset(l2, 0, 14);
	l2[0] = 2;
	l2[5] = (uint8_t)ifi;
	memcpy(l2 + 6, &info.mac, 6);
	or_put16(l2 + 12, version == 4 ? 0x0800 : 0x86dd);
}

uint32_t
off_tagged(const uint8_t l2[14], const uint16_t *tags, unsigned n, uint8_t out[22])
{
	unsigned i;

	memcpy(out, l2, 12);
	for (i = 0; i < 2 * n; i++)
		or_put16(out + 12 + 2 * i, tags[i]);
	memcpy(out + 12 + 4 * n, l2 + 12, 2);
	return 14 + 4 * n;
}

struct arrival {
	unsigned frames;
	uint64_t completions;
};

/* Take what has arrived, compare, give back. */
static bool
all_there(void *arg)
{
	static uint8_t frame[MOST];
	struct arrival *a = arg;
	struct rte_mbuf *m[32];
	unsigned n, i;

	n = fx_ring_rx(0, m, 32);
	for (i = 0; i < n; i++, a->frames++) {
		assert_true(a->frames < want.n);
		assert_int_equal(m[i]->pkt_len, want.len[a->frames]);
		assert_int_equal(fx_mbuf_read(m[i], frame, sizeof(frame)), want.len[a->frames]);
		assert_memory_equal(frame, want.bytes + want.at[a->frames], want.len[a->frames]);
		rte_pktmbuf_free(m[i]);
	}
	return a->frames == want.n && pkt_completions > a->completions;
}

void
off_send(struct pkt *p, struct or_ask *ask)
{
	static uint8_t scratch[MOST];
	struct arrival a = {.completions = pkt_completions};
	uint8_t l2[14];

	if (ask->l2 == NULL) {
		off_l2(fx.port[0].ifi, p->ip[0] >> 4, l2);
		ask->l2 = l2;
		ask->l2_len = 14;
	}
	if (ask->mtu == 0)
		ask->mtu = 1500;
	assert_true(or_frames(p->ip, ask->mss != 0 ? p->data_len : p->ip_len, scratch, ask, &want));
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_until(all_there, &a));
	fx_poll_n(3);
	assert_int_equal(pkt_completions, a.completions + 1);
	assert_status(p->status, STATUS_SUCCESS);
	if (p->clone)
		assert_memory_equal(p->ip, p->copy + p->lead, p->ip_len);
	else
		pkt_check_restored(p);
	fx_check_conserved();
	if (ask->l2 == l2)
		ask->l2 = NULL;
}

void
off_ends_with(struct pkt *p, NTSTATUS status)
{
	uint64_t before = pkt_completions, packets = fx_stats().packets;

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_done(before + 1));
	fx_poll_n(3);
	assert_int_equal(pkt_completions, before + 1);
	assert_status(p->status, status);
	assert_int_equal(fx_stats().packets, packets);
	pkt_check_restored(p);
	fx_check_conserved();
}

void
off_refused(struct pkt *p, NTSTATUS status)
{
	struct snap *s = snap_take(p);
	uint64_t before = pkt_completions;

	assert_status(pkt_inject(p), status);
	fx_poll_n(3);
	assert_int_equal(pkt_completions, before);
	snap_same(s, p);
}

uint32_t
off_interface(struct fwpdk_if_opts *o)
{
	struct fwpdk_route r = {.size = sizeof(r), .prefix_len = 16};
	static const char *const net[] = {"10.8.0.0", "fd08::"}, *const hop[] = {
									 "10.8.0.1", "fe80::8"};
	struct rte_ether_addr mac = {{2}};
	uint32_t ifi;
	unsigned i;

	o->size = sizeof(*o);
	o->port_id = fx.port[0].id;
	assert_int_equal(fwpdk_if_add(o, &ifi), 0);
	mac.addr_bytes[5] = (uint8_t)ifi;
	r.if_index = ifi;
	for (i = 0; i < 2; i++) {
		assert_int_equal(fwpdk_addr_parse(net[i], &r.prefix), 0);
		assert_int_equal(fwpdk_addr_parse(hop[i], &r.next_hop), 0);
		assert_int_equal(fwpdk_route_add(&r), 0);
		assert_int_equal(fwpdk_neigh_add(ifi, &r.next_hop, &mac), 0);
	}
	return ifi;
}
