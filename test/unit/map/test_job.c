/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checksums, segments, fragments and tags over any split of a packet, against an oracle that
 * works byte by byte in one buffer. The client's bytes stay as they are.
 */
#include <rte_ethdev.h>

#include <ntstatus.h>

#include "map/job.h"
#include "map/tags.h"
#include "offload_oracle.h"
#include "shape.h"

#define LEAD 64u
#define MOST 70000u

static struct mapq mq;
static struct or_frames want;
static uint8_t bytes[LEAD + MOST], scratch[MOST], frame[MOST];

static int
setup(void **state)
{
	(void)state;
	mapq_make(&mq, 512);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	mapq_end(&mq);
	return 0;
}

/* IPv6 extension headers, n bytes of them; the next header of the last one is proto. */
static uint32_t
extensions(uint8_t *p, uint8_t *next, uint8_t proto)
{
	static const uint8_t types[] = {0, 60, 43, 44, 51, 135};
	uint32_t at = 0, n = rnd(4), i, len, units;
	uint8_t type;

	for (i = 0; i < n; i++) {
		type = types[rnd(6)];
		units = rnd(3);
		len = type == 44 ? 8 : type == 51 ? units * 4 + 8 : units * 8 + 8;
		if (type == 43) {
			units = 2 + 2 * rnd(2); /* one or two addresses */
			len = units * 8 + 8;
		}
		*next = type;
		next = p + at;
		p[at + 1] = (uint8_t)units;
		if (type == 43) {
			p[at + 2] = (uint8_t[]){0, 2, 4}[rnd(3)];
			p[at + 3] = (uint8_t)rnd(3);
		} else if (type == 44) {
			p[at + 2] = p[at + 3] = 0;
		}
		at += len;
	}
	*next = proto;
	return at;
}

/* A packet with random everything that is nobody's business. Returns its length. */
static uint32_t
packet(uint8_t *p, unsigned version, uint8_t proto, uint32_t payload)
{
	uint32_t l4, len, i;

	for (i = 0; i < 600 + payload; i++)
		p[i] = (uint8_t)rnd(256);
	if (version == 4) {
		l4 = 20 + 4 * (rnd(3) == 0 ? rnd(11) : 0);
		p[0] = (uint8_t)(0x40 | l4 / 4);
		p[6] = p[7] = 0;
		p[9] = proto;
		for (i = 20; i < l4; i += 4) { /* options: timestamp-like, copied or not */
			p[i] = rnd(4) == 0 ? 1 : rnd(2) ? 0x88 : 7;
			p[i + 1] = p[i] == 1 ? 1 : 4;
			if (p[i] == 1)
				p[i + 2] = p[i + 3] = 1;
			if (i + 12 <= l4 && rnd(4) == 0) { /* a source route, used up or not */
				p[i] = rnd(2) ? 131 : 137;
				p[i + 1] = 11;
				p[i + 2] = (uint8_t)(4 + 4 * rnd(3));
				p[i + 11] = 1;
				i += 8;
			}
		}
	} else {
		p[0] = 0x60;
		l4 = 40 + extensions(p + 40, p + 6, proto);
	}
	len = l4 + payload + 8;
	if (proto == 6) {
		i = 20 + 4 * rnd(11);
		p[l4 + 12] = (uint8_t)(i / 4 << 4);
		p[l4 + 13] &= (uint8_t)~0x26;
		len = l4 + i + payload;
	} else {
		or_put16(p + l4 + 4, len - l4);
	}
	or_put16(p + (version == 4 ? 2 : 4), version == 4 ? len : len - 40);
	return len;
}

static void
ask(NET_BUFFER_LIST *nbl, const uint8_t *p, const struct or_ask *a, uint8_t proto, uint32_t l4)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};
	NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO lso = {.Value = NULL};
	NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO uso = {.Value = NULL};

	if (a->ip_sum || a->l4_sum) {
		sum.Transmit.IsIPv4 = p[0] >> 4 == 4;
		sum.Transmit.IsIPv6 = p[0] >> 4 == 6;
		sum.Transmit.IpHeaderChecksum = a->ip_sum;
		sum.Transmit.TcpChecksum = a->l4_sum && proto == 6;
		sum.Transmit.UdpChecksum = a->l4_sum && proto == 17;
		sum.Transmit.TcpHeaderOffset = rnd(2) ? l4 : 0;
	}
	if (a->mss != 0 && proto == 6) {
		lso.LsoV2Transmit.MSS = a->mss;
		lso.LsoV2Transmit.TcpHeaderOffset = l4;
		lso.LsoV2Transmit.Type = NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE;
		lso.LsoV2Transmit.IPVersion = p[0] >> 4 == 6;
	} else if (a->mss != 0) {
		uso.Transmit.MSS = a->mss;
		uso.Transmit.UdpHeaderOffset = l4;
		uso.Transmit.IPVersion = p[0] >> 4 == 6;
	}
	nbl->NetBufferListInfo[TcpIpChecksumNetBufferListInfo] = sum.Value;
	nbl->NetBufferListInfo[TcpLargeSendNetBufferListInfo] = lso.Value;
	nbl->NetBufferListInfo[UdpSegmentationOffloadInfo] = uso.Value;
}

static void
check_frame(const struct fwi_mapped *pkt, unsigned i)
{
	assert_true(i < want.n);
	assert_int_equal(chain_read(pkt->m, frame, sizeof(frame)), want.len[i]);
	assert_memory_equal(frame, want.bytes + want.at[i], want.len[i]);
	assert_int_equal(pkt->len, want.len[i] - 14);
	assert_true(pkt->m->nb_segs <= mq.q.max_segs);
	if (pkt->refs == 0)
		rte_pktmbuf_free(pkt->m);
	else
		assert_int_equal(pkt->refs, pkt->m->nb_segs);
}

/* All frames of the packet; those that find no mbuf are tried again with all of them. */
static void
run(struct shape *s, const struct or_ask *a, const struct fwi_ip *ip)
{
	struct fwi_at at;
	struct fwi_mapped pkt;
	struct fwi_frame f;
	struct fwi_oob oob;
	struct fwi_job job;
	uint32_t done = 0;
	unsigned i = 0;
	int rc;

	assert_true(fwi_oob_read(&s->l->nbl, &oob));
	do {
		assert_int_equal(fwi_job_init(&job, s->nb, &oob, ip), 0);
		if (job.kind != FWI_JOB_SEGMENTS && job.total > a->mtu)
			assert_int_equal(fwi_job_fragment(&job, s->nb, a->mtu), 0);
		fwi_job_l2(&job, a->l2, a->l2_len);
		at = fwi_at_start(s->nb);
		assert_true(fwi_at_skip(&at, fwi_job_position(&job, done)));
		fwi_job_resume(&job, done);
		for (rc = 0; rc == 0 && done != job.total;) {
			assert_int_equal(fwi_job_frame(&job, &at, done, a->mtu, &f), 0);
			if (job.kind == FWI_JOB_PLAIN)
				f.backfill = fwi_backfill_offered(&s->l->nbl, s->nb, f.head_len);
			rc = fwi_map_frame(&mq.q, &s->l->nbl, false, &f, &at, &pkt);
			if (rc == 0) {
				check_frame(&pkt, i++);
				done = fwi_job_position(&job, done) + f.len;
			}
		}
		assert_true(rc == 0 || rc == -ENOBUFS);
		mapq_refill(&mq);
	} while (done != job.total);
	assert_int_equal(i, want.n);
}

/* Cut anyhow, asked for anyhow. payload: at most. */
static void
one(unsigned version, uint8_t proto, uint32_t payload, struct or_ask *a, unsigned mdls)
{
	uint8_t *p = bytes + LEAD, was_proto;
	uint32_t len = packet(p, version, proto, payload), cuts[64], dst, l4;
	struct shape s;
	struct fwi_ip ip;

	l4 = or_l4(p, &was_proto, &dst);
	assert_int_equal(was_proto, proto);
	assert_true(or_frames(p, len, scratch, a, &want));
	cut(cuts, mdls, len + LEAD);
	s = shape_make(bytes, cuts, mdls, LEAD, len);
	ask(&s.l->nbl, p, a, proto, l4);
	if (a->mss != 0) { /* the header need not tell the length */
		assert_true(fwi_ip_parse_large(s.nb, &ip));
	} else {
		assert_true(fwi_ip_parse(s.nb, &ip));
	}
	run(&s, a, &ip);
	shape_check_untouched(&s, NULL);
	shape_free(&s);
}

static const uint8_t l2_plain[14] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
static const uint8_t l2_two[22] = {
	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xa8, 0, 7, 0x81, 0, 0xa0, 8, 8, 0};

static void
limits(void)
{
	mq.q.max_segs = rnd(8) == 0 ? (uint16_t)(1 + rnd(3)) : 64;
	mq.q.copy_mode = rnd(6) == 0;
}

static void
no_limits(void)
{
	mq.q.max_segs = 64;
	mq.q.copy_mode = false;
}

static struct or_ask
anything(uint32_t mtu)
{
	return (struct or_ask){.mtu = mtu, .l2 = rnd(3) != 0 ? l2_plain : l2_two, .l2_len = 0};
}

static void
test_sums(void **state)
{
	struct or_ask a;
	unsigned i;

	(void)state;
	for (i = 0; i < 4000; i++) {
		unsigned version = rnd(2) ? 4 : 6;

		a = anything(65535);
		a.l2_len = a.l2 == l2_plain ? 14 : 22;
		a.l4_sum = rnd(4) != 0;
		a.ip_sum = version == 4 && (!a.l4_sum || rnd(2));
		if (version == 6)
			a.l4_sum = true;
		limits();
		one(version, rnd(2) ? 6 : 17,
			mq.q.max_segs == 64 && rnd(8) == 0 ? rnd(9000) : rnd(300), &a, 1 + rnd(12));
	}
	no_limits();
}

static void
test_segments(void **state)
{
	struct or_ask a;
	unsigned i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		a = anything(65535);
		a.l2_len = a.l2 == l2_plain ? 14 : 22;
		a.mss = 1 + rnd(1500);
		a.l4_sum = rnd(2);
		limits();
		one(rnd(2) ? 4 : 6, rnd(2) ? 6 : 17,
			a.mss > 100 && rnd(20) == 0 ? rnd(60000) : rnd(RTE_MIN(20 * a.mss, 9000u)),
			&a, 1 + rnd(12));
	}
	no_limits();
}

static void
test_fragments(void **state)
{
	struct or_ask a;
	unsigned i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		a = anything(128 + rnd(1500));
		a.l2_len = a.l2 == l2_plain ? 14 : 22;
		a.fragment = true;
		a.l4_sum = rnd(3) == 0;
		a.ip_sum = rnd(2);
		limits();
		one(4, rnd(2) ? 6 : 17, a.mtu + rnd(8000), &a, 1 + rnd(12));
	}
	no_limits();
}

/* More frames than mbufs: they come in several goes. */
static void
test_goes_on(void **state)
{
	struct or_ask a = {.l2 = l2_plain, .l2_len = 14, .mtu = 68, .fragment = true};

	(void)state;
	one(4, 17, 60000, &a, 3);
	a = (struct or_ask){.l2 = l2_plain, .l2_len = 14, .mtu = 1500, .mss = 7};
	one(4, 6, 20000, &a, 5);
	one(6, 17, 20000, &a, 5);
}

/* A sum that comes out as 0 is sent as 0xffff with UDP, and as it is with TCP. */
static void
test_zero_sum(void **state)
{
	struct or_ask a = {.l2 = l2_plain, .l2_len = 14, .mtu = 1500, .l4_sum = true};
	uint8_t *p = bytes + LEAD;
	uint8_t proto;
	unsigned k;

	(void)state;
	for (k = 0; k < 2; k++) {
		uint32_t len, l4 = 20, dst, cuts[2] = {LEAD + 31, 0}, sum, field;
		struct shape s;
		struct fwi_ip ip;

		proto = k == 0 ? 17 : 6;
		do {
			len = packet(p, 4, proto, 20);
			l4 = or_l4(p, &proto, &dst);
		} while (l4 != 20);
		field = l4 + (proto == 6 ? 16 : 6);
		/* the last word takes up what the sum lacks */
		or_put16(p + len - 2, 0);
		or_l4_sum(p, len);
		sum = or_get16(p + field);
		or_put16(p + len - 2, sum);
		or_l4_sum(p, len);
		assert_int_equal(or_get16(p + field), proto == 17 ? 0xffff : 0);
		or_put16(p + field, 0x1234);
		assert_true(or_frames(p, len, scratch, &a, &want));
		assert_int_equal(or_get16(want.bytes + 14 + field), proto == 17 ? 0xffff : 0);
		cuts[1] = LEAD + len - cuts[0];
		s = shape_make(bytes, cuts, 2, LEAD, len);
		ask(&s.l->nbl, p, &a, proto, l4);
		assert_true(fwi_ip_parse(s.nb, &ip));
		run(&s, &a, &ip);
		shape_check_untouched(&s, NULL);
		shape_free(&s);
	}
}

/* What a NIC does with a frame: the rest of the sums that its flags name. */
static void
as_a_nic(const struct rte_mbuf *m, uint8_t *f, uint32_t len)
{
	uint32_t l3 = m->l2_len, l4 = l3 + m->l3_len, field, sum;

	if (m->ol_flags & RTE_MBUF_F_TX_IP_CKSUM) {
		assert_int_equal(or_get16(f + l3 + 10), 0);
		or_ip_sum(f + l3);
	}
	if ((m->ol_flags & RTE_MBUF_F_TX_L4_MASK) == 0)
		return;
	field = l4 + ((m->ol_flags & RTE_MBUF_F_TX_L4_MASK) == RTE_MBUF_F_TX_TCP_CKSUM ? 16 : 6);
	sum = or_end(or_add(0, f + l4, len - l4)); /* the pseudo header is in the field */
	if (sum == 0 && field == l4 + 6)
		sum = 0xffff;
	or_put16(f + field, sum);
}

static void
test_left_to_the_nic(void **state)
{
	struct or_ask a = {.mtu = 65535};
	unsigned i, left = 0;
	uint8_t proto;

	(void)state;
	for (i = 0; i < 2000; i++) {
		unsigned version = rnd(2) ? 4 : 6;
		uint32_t len, dst, l4, cuts[3];
		struct fwi_mapped pkt;
		struct fwi_frame f;
		struct fwi_job job;
		struct fwi_oob oob;
		struct fwi_at at;
		struct fwi_ip ip;
		struct shape s;
		bool plain;

		a.l2 = rnd(2) ? l2_plain : l2_two;
		a.l2_len = a.l2 == l2_plain ? 14 : 22;
		a.l4_sum = version == 6 || rnd(3) != 0;
		a.ip_sum = version == 4 && (!a.l4_sum || rnd(2));
		len = packet(bytes + LEAD, version, rnd(2) ? 6 : 17, rnd(400));
		l4 = or_l4(bytes + LEAD, &proto, &dst);
		assert_true(or_frames(bytes + LEAD, len, scratch, &a, &want));
		cut(cuts, 3, LEAD + len);
		s = shape_make(bytes, cuts, 3, LEAD, len);
		ask(&s.l->nbl, bytes + LEAD, &a, proto, l4);
		assert_true(fwi_ip_parse(s.nb, &ip) && fwi_oob_read(&s.l->nbl, &oob));
		assert_int_equal(fwi_job_init(&job, s.nb, &oob, &ip), 0);
		job.nic_sums = RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM |
			       (rnd(4) != 0 ? RTE_ETH_TX_OFFLOAD_UDP_CKSUM : 0);
		fwi_job_l2(&job, a.l2, a.l2_len);
		at = fwi_at_start(s.nb);
		assert_true(fwi_at_skip(&at, job.own));
		assert_int_equal(fwi_job_frame(&job, &at, 0, a.mtu, &f), 0);
		mq.q.copy_mode = rnd(2);
		assert_int_equal(fwi_map_frame(&mq.q, &s.l->nbl, true, &f, &at, &pkt), 0);
		plain = (!a.l4_sum || (l4 == ip.hdr_len && (version == 6 || dst == 16))) &&
			a.l2_len + job.own <= FWI_HDR_ROOM &&
			!(a.l4_sum && proto == 17 &&
				!(job.nic_sums & RTE_ETH_TX_OFFLOAD_UDP_CKSUM));
		assert_int_equal(pkt.m->ol_flags != 0, plain);
		assert_int_equal(chain_read(pkt.m, frame, sizeof(frame)), want.len[0]);
		if (plain) {
			left++;
			assert_int_equal(pkt.m->l2_len, a.l2_len);
			assert_int_equal(pkt.m->l3_len, ip.hdr_len);
			assert_true(
				pkt.m->data_len >= a.l2_len + job.own); /* headers in one piece */
			as_a_nic(pkt.m, frame, want.len[0]);
		}
		assert_memory_equal(frame, want.bytes, want.len[0]);
		if (pkt.refs == 0)
			rte_pktmbuf_free(pkt.m);
		mapq_refill(&mq);
		shape_check_untouched(&s, NULL);
		shape_free(&s);
	}
	mq.q.copy_mode = false;
	assert_true(left > 500);
}

/* Requests that cannot be meant: job or slots say so, and nothing else happens. */
static int32_t
verdict(uint32_t len, const struct or_ask *a, uint8_t asked, uint32_t l4)
{
	uint32_t cuts[1] = {LEAD + len};
	struct shape s = shape_make(bytes, cuts, 1, LEAD, len);
	struct fwi_oob oob;
	struct fwi_job job;
	struct fwi_ip ip;
	int32_t status = STATUS_INVALID_PARAMETER;

	ask(&s.l->nbl, bytes + LEAD, a, asked, l4);
	if (l4 != 0 && a->mss == 0) {
		NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {
			.Value = s.l->nbl.NetBufferListInfo[TcpIpChecksumNetBufferListInfo]};

		sum.Transmit.TcpHeaderOffset = l4;
		s.l->nbl.NetBufferListInfo[TcpIpChecksumNetBufferListInfo] = sum.Value;
	}
	assert_true(fwi_oob_read(&s.l->nbl, &oob));
	if (a->mss != 0 ? fwi_ip_parse_large(s.nb, &ip) : fwi_ip_parse(s.nb, &ip))
		status = fwi_job_init(&job, s.nb, &oob, &ip);
	shape_check_untouched(&s, NULL);
	shape_free(&s);
	return status;
}

static void
test_refused(void **state)
{
	struct or_ask sum = {.l4_sum = true}, cuts = {.mss = 100};
	uint8_t *p = bytes + LEAD;
	uint32_t len;

	(void)state;
	do
		len = packet(p, 4, 17, 100);
	while (p[0] != 0x45);
	assert_int_equal(verdict(len, &sum, 17, 20), 0);
	assert_int_equal(verdict(len, &sum, 17, 0), 0);
	assert_int_equal(verdict(len, &sum, 6, 0), STATUS_INVALID_PARAMETER);	/* it is UDP */
	assert_int_equal(verdict(len, &sum, 17, 24), STATUS_INVALID_PARAMETER); /* not there */
	assert_int_equal(verdict(len, &cuts, 6, 20), STATUS_INVALID_PARAMETER);
	assert_int_equal(verdict(len, &cuts, 17, 28), STATUS_INVALID_PARAMETER);
	p[25]++; /* UDP length */
	assert_int_equal(verdict(len, &sum, 17, 0), STATUS_INVALID_PARAMETER);
	assert_int_equal(verdict(len, &cuts, 17, 20), 0); /* it is written anew */
	p[25]--;
	p[6] = 0x20; /* a fragment */
	assert_int_equal(verdict(len, &sum, 17, 0), STATUS_INVALID_PARAMETER);
	assert_int_equal(verdict(len, &cuts, 17, 20), STATUS_INVALID_PARAMETER);
	p[6] = 0;
	do
		len = packet(p, 4, 6, 100);
	while (p[0] != 0x45);
	assert_int_equal(verdict(len, &cuts, 6, 20), 0);
	p[33] |= 2; /* SYN */
	assert_int_equal(verdict(len, &sum, 6, 20), 0);
	assert_int_equal(verdict(len, &cuts, 6, 20), STATUS_INVALID_PARAMETER);
	p[32] = 0x40; /* header of 16 bytes */
	assert_int_equal(verdict(len, &sum, 6, 20), STATUS_INVALID_PARAMETER);
	p[32] = 0xf0; /* longer than the packet */
	p[2] = 0;
	p[3] = 60;
	assert_int_equal(verdict(len, &sum, 6, 20), STATUS_INVALID_PARAMETER);
	/* IPv6: extension headers without end, and longer than is copied */
	memset(p, 0, 2048);
	p[0] = 0x60;
	p[6] = 60;
	or_put16(p + 4, 2000);
	p[40] = 60;
	p[41] = 255;
	assert_int_equal(verdict(2040, &sum, 6, 0), STATUS_NOT_SUPPORTED);
	p[40] = 17;
	p[41] = 56; /* 456 bytes, UDP to the end of the 512 */
	or_put16(p + 40 + 456 + 4, 2040 - 496);
	assert_int_equal(verdict(2040, &sum, 17, 496), 0);
	p[41] = 58;
	or_put16(p + 40 + 472 + 4, 2040 - 512);
	assert_int_equal(verdict(2040, &sum, 17, 512), STATUS_NOT_SUPPORTED);
	/* a routing header of a kind that is not known */
	p[6] = 43;
	p[41] = 2;
	p[42] = 3;
	p[43] = 1;
	or_put16(p + 64 + 4, 2040 - 64);
	assert_int_equal(verdict(2040, &sum, 17, 64), STATUS_NOT_SUPPORTED);
	p[43] = 0;
	assert_int_equal(verdict(2040, &sum, 17, 64), 0);
}

static void
test_not_fragmented(void **state)
{
	const struct or_ask a = {.l2 = l2_plain, .l2_len = 14, .mtu = 1500, .fragment = true};
	uint32_t cuts[1] = {LEAD + 3000};
	struct fwi_oob oob = {0};
	struct fwi_job job;
	struct shape s;
	struct fwi_ip ip;
	uint8_t *p;

	(void)state;
	packet_fill(bytes + LEAD, 4, 3000);
	s = shape_make(bytes, cuts, 1, LEAD, 3000);
	p = fwi_mdl_va(s.mdl) + LEAD;
	p[6] = p[7] = 0;
	assert_true(fwi_ip_parse(s.nb, &ip));
	assert_int_equal(fwi_job_init(&job, s.nb, &oob, &ip), 0);
	assert_int_equal(fwi_job_fragment(&job, s.nb, 1500), 0);
	p[6] = 0x40;
	assert_int_equal(fwi_job_init(&job, s.nb, &oob, &ip), 0);
	assert_int_equal(fwi_job_fragment(&job, s.nb, 1500), STATUS_INVALID_BUFFER_SIZE);
	/* a fragment whose end lies beyond what an offset can say */
	p[6] = 0x1f;
	p[7] = 0x00;
	assert_int_equal(fwi_job_init(&job, s.nb, &oob, &ip), 0);
	assert_int_equal(fwi_job_fragment(&job, s.nb, 1500), STATUS_INVALID_PARAMETER);
	/* options that contradict themselves */
	p[0] = 0x46;
	p[6] = p[7] = 0;
	p[20] = 0x83;
	p[21] = 9;
	assert_true(fwi_ip_parse(s.nb, &ip));
	assert_int_equal(fwi_job_init(&job, s.nb, &oob, &ip), 0);
	assert_int_equal(fwi_job_fragment(&job, s.nb, 1500), STATUS_INVALID_PARAMETER);
	p[0] = 0x45;
	/* a fragment that is cut further keeps its place */
	p[6] = 0x20;
	p[7] = 10;
	assert_true(fwi_ip_parse(s.nb, &ip));
	memcpy(bytes + LEAD, p, 3000);
	memcpy(s.before, bytes, LEAD + 3000);
	assert_true(or_frames(p, 3000, scratch, &a, &want));
	assert_int_equal(or_get16(want.bytes + want.at[2] + 14 + 6) & 0x2000, 0x2000);
	run(&s, &a, &ip);
	shape_check_untouched(&s, NULL);
	shape_free(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_sums, setup, teardown),
	cmocka_unit_test_setup_teardown(test_segments, setup, teardown),
	cmocka_unit_test_setup_teardown(test_fragments, setup, teardown),
	cmocka_unit_test_setup_teardown(test_goes_on, setup, teardown),
	cmocka_unit_test_setup_teardown(test_zero_sum, setup, teardown),
	cmocka_unit_test_setup_teardown(test_left_to_the_nic, setup, teardown),
	cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
	cmocka_unit_test_setup_teardown(test_not_fragmented, setup, teardown),
};

int
main(void)
{
	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
