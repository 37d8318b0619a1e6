/* SPDX-License-Identifier: BSD-3-Clause */
/* R57, R60, P5: what was asked for out of band, as it arrives at the other end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "offload.h"

static struct pkt *
random_packet(unsigned version, bool tcp, unsigned payload, const char *dst)
{
	struct pkt_spec s = {.version = version,
		.payload = payload,
		.nseg = 1 + (unsigned)rand() % 5,
		.lead = (unsigned)rand() % 60,
		.tail = rand() % 3 == 0 ? 30 : 0,
		.dst = dst};
	struct pkt *p;
	unsigned i;

	for (i = 0; i < s.nseg; i++)
		s.seg[i] = (unsigned)rand() % (i == 0 ? 100 : 400);
	p = pkt_make(&s);
	if (tcp)
		off_tcp(p, 0x19); /* ACK, PSH, FIN */
	return p;
}

/* The field holds anything: with the pseudo-header sum or without, the result is the same. */
static void
r057_checksums(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 400; i++) {
		bool tcp = i & 1, l4 = (i & 12) != 0;
		unsigned version = i & 2 ? 6 : 4, l4_off = version == 6 ? 40 : 20;
		struct or_ask ask = {.ip_sum = version == 4 && (!l4 || (i & 16)), .l4_sum = l4};
		struct pkt *p = random_packet(version, tcp, 20 + (unsigned)rand() % 1400, NULL);

		if (!ask.ip_sum && !l4)
			ask.l4_sum = l4 = true;
		memset(p->ip + l4_off + (tcp ? 16 : 6), rand(), 2);
		if (ask.ip_sum)
			p->ip[10] ^= 0x55;
		pkt_refresh(p);
		off_sums(p, ask.ip_sum, l4 && tcp, l4 && !tcp, i & 32 ? l4_off : 0);
		off_send(p, &ask);
		pkt_free(p);
	}
}

static void
r057_every_packet_of_a_list(void **state)
{
	struct pkt *p = PKT(.payload = 100, .lead = 20), *q = PKT(.payload = 200);
	uint8_t scratch[400], l2[14], frame[400];
	struct or_ask ask = {.ip_sum = true, .l4_sum = true, .mtu = 1500, .l2 = l2, .l2_len = 14};
	static struct or_frames want;
	struct rte_mbuf *m[3];
	unsigned i;

	(void)state;
	off_l2(fx.port[0].ifi, 4, l2);
	p->ip[26] ^= 9;
	q->ip[26] ^= 9;
	pkt_refresh(p);
	pkt_refresh(q);
	off_sums(p, true, false, true, 20);
	pkt_add_nb(p, q);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(2);
	assert_int_equal(fx_ring_rx(0, m, 3), 2);
	for (i = 0; i < 2; i++) {
		struct pkt *of = i == 0 ? p : q;

		or_frames(of->copy + of->lead, of->ip_len, scratch, &ask, &want);
		assert_int_equal(fx_mbuf_read(m[i], frame, sizeof(frame)), want.len[0]);
		assert_memory_equal(frame, want.bytes, want.len[0]);
		rte_pktmbuf_free(m[i]);
	}
	assert_true(fx_poll_done(1));
	assert_status(p->status, STATUS_SUCCESS);
}

/* A clone has no backfill and shares the bytes: they are not written either. */
static void
r057_a_clone(void **state)
{
	struct pkt *p = PKT(.payload = 300, .lead = 30), *c;
	struct or_ask ask = {.l4_sum = true};

	(void)state;
	p->ip[26] ^= 9;
	pkt_refresh(p);
	c = pkt_clone(p);
	off_sums(c, false, false, true, 0);
	off_send(c, &ask);
	pkt_free(c);
}

static void
large_send(unsigned version, bool tcp, unsigned payload, unsigned mss, unsigned type)
{
	struct or_ask ask = {.mss = mss};
	struct pkt *p = random_packet(version, tcp, payload, NULL);
	NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO lso;
	unsigned l4 = version == 6 ? 40 : 20, i;

	for (i = 0; i < 3; i++) { /* the header's length: right, 0, far too long */
		memset(p->ip + (version == 6 ? 4 : 2), i == 1 ? 0 : 0xff, i == 0 ? 0 : 2);
		pkt_refresh(p);
		if (tcp)
			off_lso(p, mss, l4, type);
		else
			off_uso(p, mss, l4);
		off_send(p, &ask);
		lso.Value = NET_BUFFER_LIST_INFO(p->nbl, TcpLargeSendNetBufferListInfo);
		if (tcp && type == NDIS_TCP_LARGE_SEND_OFFLOAD_V1_TYPE) {
			assert_int_equal(lso.LsoV1TransmitComplete.TcpPayload, payload - 12);
			assert_int_equal(lso.LsoV1TransmitComplete.Type, type);
		} else if (tcp) {
			assert_int_equal(lso.LsoV2TransmitComplete.Reserved, 0);
			assert_int_equal(lso.LsoV2TransmitComplete.Type, type);
		}
	}
	pkt_free(p);
}

static void
p05_large_sends(void **state)
{
	static const unsigned payload[] = {13, 1012, 1013, 3012, 9000, 64000};
	unsigned i;

	(void)state;
	for (i = 0; i < 6; i++) {
		large_send(4, true, payload[i], 1000, NDIS_TCP_LARGE_SEND_OFFLOAD_V1_TYPE);
		large_send(4, true, payload[i], 1460, NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE);
		large_send(6, true, payload[i], 1000, NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE);
		large_send(4, false, payload[i], 1000, 0);
		large_send(6, false, payload[i], 1452, 0);
	}
}

/* More than an IP header could say; 256 KB at most. */
static void
p05_more_than_64_kb(void **state)
{
	const unsigned v2 = NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE;
	struct pkt *p = PKT(.payload = 65507, .pad = 262144 - 65535, .nseg = 2, .seg = {100000});
	struct pkt *q = PKT(.payload = 65507, .pad = 262144 - 65535 + 1);
	struct or_ask ask = {.mss = 1460};

	(void)state;
	off_tcp(p, 0x10);
	off_lso(p, 1460, 20, v2);
	off_send(p, &ask);
	off_tcp(q, 0x10);
	off_lso(q, 1460, 20, v2);
	off_refused(q, STATUS_INVALID_PARAMETER);
}

/* Tiny segments: more of them than one poll does, and than the queue has mbufs. */
static void
p13_segments_wait_for_room(void **state)
{
	struct or_ask ask = {.mss = 8};
	struct pkt *p = PKT(.payload = 60000, .nseg = 4, .seg = {20, 10, 1000});

	(void)state;
	off_tcp(p, 0x18);
	off_lso(p, 8, 0, NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE);
	off_send(p, &ask);
}

/* A segment has to fit the MTU, and a failure tells what went out. */
static void
r060_segments_larger_than_the_mtu(void **state)
{
	NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO lso;
	struct pkt *p = PKT(.payload = 9000);
	const unsigned v1 = NDIS_TCP_LARGE_SEND_OFFLOAD_V1_TYPE;

	(void)state;
	off_tcp(p, 0x18);
	off_lso(p, 1461, 20, v1);
	off_ends_with(p, STATUS_INVALID_BUFFER_SIZE);
	assert_int_equal(fwpdk_nbl_mtu(p->nbl), 1500);
	lso.Value = NET_BUFFER_LIST_INFO(p->nbl, TcpLargeSendNetBufferListInfo);
	assert_int_equal(lso.LsoV1TransmitComplete.TcpPayload, 0);
	off_lso(p, 1460, 20, v1);
	off_send(p, &(struct or_ask){.mss = 1460});
	assert_int_equal(fwpdk_nbl_mtu(p->nbl), 0);
}

static void
use_tagged(
	struct fwpdk_if_opts *o, unsigned priority, unsigned id, const uint16_t *tags, unsigned n)
{
	uint8_t l2[14], tagged[22];
	struct or_ask ask = {.l2 = tagged};
	uint32_t ifi = off_interface(o);
	unsigned i;

	for (i = 0; i < 12; i++) {
		unsigned version = i & 1 ? 6 : 4;
		struct pkt *p = random_packet(version, false, 10 + (unsigned)rand() % 1400,
			i & 1 ? "fd08::9" : "10.8.9.9");

		off_l2(ifi, version, l2);
		ask.l2_len = off_tagged(l2, tags, n, tagged);
		ask.l4_sum = i & 2;
		if (ask.l4_sum)
			off_sums(p, false, false, true, 0);
		if (id != 0 || priority != 0)
			off_tag(p, priority, id);
		off_send(p, &ask);
		pkt_free(p);
	}
	assert_int_equal(fwpdk_if_del(ifi), 0);
}

/* As the table of fwpdk_if_add() has it. */
static void
p05_tags(void **state)
{
	struct fwpdk_if_opts none = {0}, one = {.vlan_id = 20, .vlan_priority = 3};
	struct fwpdk_if_opts two = {.vlan_id = 30, .outer_vlan_id = 4094};
	struct fwpdk_if_opts old = {.vlan_id = 30, .outer_vlan_id = 1, .outer_tpid = 0x9100};

	(void)state;
	use_tagged(&none, 0, 7, (uint16_t[]){0x8100, 7}, 1);
	use_tagged(&none, 5, 0, (uint16_t[]){0x8100, 0xa000}, 1);
	use_tagged(&none, 5, 4094, (uint16_t[]){0x8100, 0xaffe}, 1);
	use_tagged(&one, 0, 0, (uint16_t[]){0x8100, 0x6014}, 1);
	use_tagged(&one, 6, 0, (uint16_t[]){0x8100, 0xc014}, 1);
	use_tagged(&one, 6, 7, (uint16_t[]){0x8100, 0x6014, 0x8100, 0xc007}, 2);
	use_tagged(&two, 0, 0, (uint16_t[]){0x88a8, 0x0ffe, 0x8100, 30}, 2);
	use_tagged(&two, 1, 0, (uint16_t[]){0x88a8, 0x2ffe, 0x8100, 0x201e}, 2);
	use_tagged(&old, 0, 0, (uint16_t[]){0x9100, 1, 0x8100, 30}, 2);
}

static void
p07_a_third_tag(void **state)
{
	struct fwpdk_if_opts two = {.vlan_id = 30, .outer_vlan_id = 40};
	struct pkt *p = PKT(.dst = "10.8.1.1");
	uint32_t ifi = off_interface(&two);

	(void)state;
	off_tag(p, 0, 7);
	off_ends_with(p, STATUS_INVALID_PARAMETER);
	assert_int_equal(fwpdk_if_del(ifi), 0);
}

/* 4,000 bytes over an MTU of 1500: three fragments and one completion; and all sizes. */
static void
p05_fragments(void **state)
{
	struct or_ask ask = {.fragment = true, .mtu = 1500};
	struct pkt *p = PKT(.payload = 3972, .nseg = 3, .seg = {21, 1000}), *q;
	struct fwpdk_stats before = fx_stats(), after;
	unsigned i;

	(void)state;
	assert_int_equal(fwpdk_if_set_fragment(fx.port[0].ifi, 1), 0);
	off_send(p, &ask);
	after = fx_stats();
	assert_int_equal(after.fragments - before.fragments, 3);
	assert_int_equal(after.completed - before.completed, 1);
	off_send(PKT(.payload = 1472), &ask); /* just fits */
	off_send(PKT(.payload = 1473), &ask);
	off_send(PKT(.payload = 65507), &ask);
	for (i = 0; i < 60; i++) {
		ask.mtu = 100 + (unsigned)rand() % 1400;
		assert_int_equal(fwpdk_if_set_mtu(fx.port[0].ifi, (uint16_t)ask.mtu), 0);
		q = random_packet(4, i & 1, 20 + (unsigned)rand() % 6000, NULL);
		ask.l4_sum = i & 2;
		if (ask.l4_sum)
			off_sums(q, false, i & 1, !(i & 1), 0);
		off_send(q, &ask);
		pkt_free(q);
	}
	/* as small as can be: 1365 fragments, more than one poll does */
	ask = (struct or_ask){.fragment = true, .mtu = 68};
	assert_int_equal(fwpdk_if_set_mtu(fx.port[0].ifi, 68), 0);
	off_send(PKT(.payload = 65507, .nseg = 4, .seg = {3, 3, 30000}), &ask);
}

static void
r060_what_is_not_fragmented(void **state)
{
	struct pkt *df = PKT(.payload = 2000), *six = PKT(.version = 6, .payload = 2000);
	struct pkt *plain = PKT(.payload = 2000);

	(void)state;
	off_ends_with(plain, STATUS_INVALID_BUFFER_SIZE); /* the interface has not been told to */
	assert_int_equal(fwpdk_nbl_mtu(plain->nbl), 1500);
	assert_int_equal(fwpdk_if_set_fragment(fx.port[0].ifi, 1), 0);
	df->ip[6] = 0x40;
	pkt_ip_checksum(df);
	off_ends_with(df, STATUS_INVALID_BUFFER_SIZE);
	assert_int_equal(fwpdk_nbl_mtu(df->nbl), 1500);
	off_ends_with(six, STATUS_INVALID_BUFFER_SIZE);
	assert_int_equal(fwpdk_nbl_mtu(six->nbl), 1500);
	off_send(plain, &(struct or_ask){.fragment = true});
	assert_int_equal(fwpdk_nbl_mtu(plain->nbl), 0);
	assert_int_equal(fwpdk_if_set_fragment(fx.port[0].ifi, 0), 0);
	off_ends_with(plain, STATUS_INVALID_BUFFER_SIZE);
	assert_int_equal(fwpdk_if_set_fragment(99, 1), -ENOENT);
}

static void
r060_path_mtu(void **state)
{
	struct pkt *p = PKT(.payload = 1400), *other = PKT(.payload = 1400, .dst = "10.1.2.4");
	struct pkt *six = PKT(.version = 6, .payload = 1400);
	struct or_ask ask = {.fragment = true, .mtu = 1000};
	struct fwpdk_addr a, b;

	(void)state;
	assert_int_equal(fwpdk_addr_parse("10.1.2.3", &a), 0);
	assert_int_equal(fwpdk_addr_parse("fd01::3", &b), 0);
	off_send(p, &(struct or_ask){0});
	off_send(six, &(struct or_ask){0});
	assert_int_equal(fwpdk_pmtu_set(0, &a, 1000, 0), 0);
	assert_int_equal(fwpdk_pmtu_set(0, &b, 1300, 0), 0);
	off_ends_with(p, STATUS_INVALID_BUFFER_SIZE);
	assert_int_equal(fwpdk_nbl_mtu(p->nbl), 1000);
	off_ends_with(six, STATUS_INVALID_BUFFER_SIZE);
	assert_int_equal(fwpdk_nbl_mtu(six->nbl), 1300);
	off_send(other, &(struct or_ask){0});
	assert_int_equal(fwpdk_if_set_fragment(fx.port[0].ifi, 1), 0);
	off_send(p, &ask);
	assert_int_equal(fwpdk_pmtu_del(0, &a), 0);
	off_send(p, &(struct or_ask){0});
}

static bool
sent_whole(void *arg)
{
	struct pkt *p = arg;
	uint64_t packets = fx_stats().packets;
	uint64_t before = pkt_completions;

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(1);
	fx_ring_discard(0);
	assert_true(fx_poll_done(before + 1));
	return p->status == STATUS_SUCCESS && fx_stats().packets == packets + 1;
}

/* Nothing else changes meanwhile: the polls themselves notice. */
static void
r060_path_mtu_expires(void **state)
{
	struct pkt *p = PKT(.payload = 1400);
	struct fwpdk_addr a;
	uint32_t seconds;
	uint16_t mtu;

	(void)state;
	assert_int_equal(fwpdk_addr_parse("10.1.2.3", &a), 0);
	assert_int_equal(fwpdk_pmtu_set(0, &a, 1000, 1), 0);
	assert_int_equal(fwpdk_pmtu_get(0, &a, &mtu, &seconds), 0);
	assert_int_equal(mtu, 1000);
	assert_int_equal(seconds, 1);
	off_ends_with(p, STATUS_INVALID_BUFFER_SIZE);
	assert_true(fx_poll_until(sent_whole, p));
	assert_int_equal(fwpdk_pmtu_get(0, &a, NULL, NULL), -ENOENT);
}

#define R(t) cmocka_unit_test_setup_teardown(t, fx_up_ring, fx_down)

static const struct CMUnitTest tests[] = {
	R(r057_checksums),
	R(r057_every_packet_of_a_list),
	R(r057_a_clone),
	R(p05_large_sends),
	R(p05_more_than_64_kb),
	R(p13_segments_wait_for_room),
	R(r060_segments_larger_than_the_mtu),
	R(p05_tags),
	R(p07_a_third_tag),
	R(p05_fragments),
	R(r060_what_is_not_fragmented),
	R(r060_path_mtu),
	R(r060_path_mtu_expires),
};
FX_MAIN(tests)
