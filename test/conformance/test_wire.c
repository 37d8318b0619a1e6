/* SPDX-License-Identifier: BSD-3-Clause */
/* R33, R36, R41, R50, R51, R53, R54, R56, R58: the bytes on the other side. */
#include <string.h>

#include "fixture.h"

static void
r041_packet_starts_at_the_ip_header(void **state)
{
	(void)state;
	fx_send_and_check(PKT(0));
	fx_send_and_check(PKT(.version = 6));
	fx_send_and_check(PKT(.lead = 14));
	fx_send_and_check(PKT(.version = 6, .lead = 14));
	fx_send_and_check(PKT(.pool_memory = true, .lead = 100));
}

static void
r053_any_split_of_the_packet(void **state)
{
	(void)state;
	fx_send_random(1, 1500);
}

static void
r053_every_cut_inside_the_headers(void **state)
{
	unsigned cut, v;

	(void)state;
	for (v = 4; v <= 6; v += 2) {
		for (cut = 0; cut <= 60; cut++) {
			struct pkt *p = PKT(.version = v, .nseg = 3, .seg = {cut, 0});

			fx_send_and_check(p);
			pkt_free(p);
		}
	}
}

static void
r053_one_byte_mdls(void **state)
{
	struct pkt_spec s = {.nseg = PKT_SEGS, .payload = 8};
	unsigned i;

	(void)state;
	for (i = 0; i < PKT_SEGS; i++)
		s.seg[i] = 1;
	fx_send_and_check(pkt_make(&s));
}

static void
r050_any_alignment(void **state)
{
	unsigned lead;

	(void)state;
	for (lead = 0; lead < 64; lead++) {
		struct pkt *p = PKT(.lead = lead, .version = lead & 1 ? 6 : 4);

		fx_send_and_check(p);
		pkt_free(p);
	}
}

static void
r051_data_length_counts_not_the_mdl(void **state)
{
	(void)state;
	fx_send_and_check(PKT(.tail = 500));
	fx_send_and_check(PKT(.tail = 500, .nseg = 2, .seg = {33}, .lead = 3));
}

static void
r051_padding_is_not_sent(void **state)
{
	unsigned pad;

	(void)state;
	for (pad = 1; pad < 60; pad += 7) {
		fx_send_and_check(PKT(.payload = 1, .pad = pad)); /* Ethernet padding */
		fx_send_and_check(PKT(.version = 6, .pad = pad, .nseg = 3, .seg = {40, 10}));
	}
}

static void
r054_checksum_is_not_touched(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(.nseg = 2, .seg = {10});

	(void)state;
	p->ip[10] ^= 0xff; /* wrong, and stays wrong */
	pkt_refresh(p);
	fx_send_and_check(p);
	q->ip[26] ^= 0x5a;
	pkt_refresh(q);
	fx_send_and_check(q);
}

static void
r056_udp_checksum_zero(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(.version = 6);

	(void)state;
	memset(p->ip + 26, 0, 2);
	pkt_refresh(p);
	fx_send_and_check(p);
	memset(q->ip + 46, 0, 2); /* the client's fault; taken as it is */
	pkt_refresh(q);
	fx_send_and_check(q);
}

static void
p05_ttl_and_multicast_as_they_are(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(0);

	(void)state;
	p->ip[8] = 1;
	pkt_ip_checksum(p);
	fx_send_and_check(p);
	q->ip[8] = 0;
	pkt_ip_checksum(q);
	fx_send_and_check(q);
}

static void
r033_ipv4_options_and_fragments(void **state)
{
	struct pkt *p = PKT(.payload = 100), *q = PKT(.payload = 80);

	(void)state;
	p->ip[0] = 0x4f; /* 60 bytes of header */
	pkt_ip_checksum(p);
	fx_send_and_check(p);
	q->ip[6] = 0x20; /* a fragment, more to come */
	q->ip[7] = 9;
	pkt_ip_checksum(q);
	fx_send_and_check(q);
}

static void
r036_two_packets_over_one_mdl(void **state)
{
	struct pkt *p = PKT(.payload = 400, .lead = 40), *first, *second;
	NET_BUFFER *nb;
	struct rte_mbuf *m[3];
	unsigned i;

	(void)state;
	/* One MDL: [lead 40][packet 1: 128 bytes][packet 2: 300 bytes] */
	first = PKT(.payload = 100);
	second = PKT(.payload = 272);
	assert_int_equal(first->ip_len + second->ip_len, p->ip_len);
	memcpy(p->ip, first->ip, first->ip_len);
	memcpy(p->ip + first->ip_len, second->ip, second->ip_len);
	pkt_refresh(p);
	nb = p->nbl->FirstNetBuffer;
	nb->DataLength = first->ip_len;
	nb->Next = NdisAllocateNetBuffer(
		fx.nb_pool, p->mdl[0], p->lead + first->ip_len, second->ip_len);
	assert_non_null(nb->Next);
	for (i = 0; i < 3; i++) {
		assert_status(pkt_inject(p), STATUS_SUCCESS);
		fx_poll_n(2);
		assert_int_equal(fx_ring_rx(0, m, 3), 2);
		fx_check_frame(m[0], 0, first);
		fx_check_frame(m[1], 0, second);
		rte_pktmbuf_free(m[0]);
		rte_pktmbuf_free(m[1]);
		assert_true(fx_poll_done(i + 1));
		assert_memory_equal(p->ip, p->copy + p->lead, p->ip_len);
	}
	p->data_len = first->ip_len;
}

static void
r058_no_ip_bit_no_work(void **state)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};
	struct pkt *p = PKT(0);

	(void)state;
	sum.Transmit.UdpChecksum = 1;
	sum.Transmit.TcpChecksum = 1;
	sum.Transmit.IpHeaderChecksum = 1;
	sum.Transmit.TcpHeaderOffset = 20;
	p->ip[26] = p->ip[27] = 0x77;
	pkt_refresh(p);
	NET_BUFFER_LIST_INFO(p->nbl, TcpIpChecksumNetBufferListInfo) = sum.Value;
	fx_send_and_check(p);
	assert_ptr_equal(NET_BUFFER_LIST_INFO(p->nbl, TcpIpChecksumNetBufferListInfo), sum.Value);
}

#define R(t) cmocka_unit_test_setup_teardown(t, fx_up_ring, fx_down)

static const struct CMUnitTest tests[] = {
	R(r041_packet_starts_at_the_ip_header),
	R(r053_any_split_of_the_packet),
	R(r053_every_cut_inside_the_headers),
	R(r053_one_byte_mdls),
	R(r050_any_alignment),
	R(r051_data_length_counts_not_the_mdl),
	R(r051_padding_is_not_sent),
	R(r054_checksum_is_not_touched),
	R(r056_udp_checksum_zero),
	R(p05_ttl_and_multicast_as_they_are),
	R(r033_ipv4_options_and_fragments),
	R(r036_two_packets_over_one_mdl),
	R(r058_no_ip_bit_no_work),
};
FX_MAIN(tests)
