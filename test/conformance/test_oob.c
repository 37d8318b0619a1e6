/* SPDX-License-Identifier: BSD-3-Clause */
/* P7, R57, R58: which out-of-band requests are refused, which mean nothing. */
#include "offload.h"

static void
taken(struct pkt *p)
{
	uint64_t before = pkt_completions;

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_done(before + 1));
	assert_status(p->status, STATUS_SUCCESS);
	pkt_check_restored(p);
}

/* All bits over a UDP/IPv4 packet: those that contradict it or each other are refused. */
static void
r057_contradictions_are_refused(void **state)
{
	unsigned bits, work;

	(void)state;
	for (bits = 0; bits < 4; bits++) {
		for (work = 0; work < 8; work++) {
			NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};
			struct pkt *p = PKT(0);

			sum.Transmit.IsIPv4 = bits & 1;
			sum.Transmit.IsIPv6 = bits >> 1;
			sum.Transmit.TcpChecksum = work & 1;
			sum.Transmit.UdpChecksum = work >> 1 & 1;
			sum.Transmit.IpHeaderChecksum = work >> 2;
			NET_BUFFER_LIST_INFO(p->nbl, TcpIpChecksumNetBufferListInfo) = sum.Value;
			if (bits == 0 || work == 0 || (bits == 1 && (work & 1) == 0))
				taken(p);
			else
				off_refused(p, STATUS_INVALID_PARAMETER);
			pkt_free(p);
		}
	}
}

static void
r057_the_version_has_to_be_that_of_the_packet(void **state)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};
	struct pkt *p = PKT(.version = 6);

	(void)state;
	sum.Transmit.IsIPv4 = 1;
	sum.Transmit.UdpChecksum = 1;
	NET_BUFFER_LIST_INFO(p->nbl, TcpIpChecksumNetBufferListInfo) = sum.Value;
	off_refused(p, STATUS_INVALID_PARAMETER);
	sum.Transmit.IsIPv4 = 0;
	sum.Transmit.IsIPv6 = 1;
	NET_BUFFER_LIST_INFO(p->nbl, TcpIpChecksumNetBufferListInfo) = sum.Value;
	taken(p);
	sum.Transmit.IpHeaderChecksum = 1; /* IPv6 has none */
	NET_BUFFER_LIST_INFO(p->nbl, TcpIpChecksumNetBufferListInfo) = sum.Value;
	off_refused(p, STATUS_INVALID_PARAMETER);
}

static void
r057_the_offset_is_right_or_left_out(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(.version = 6);
	unsigned offset;

	(void)state;
	for (offset = 0; offset < 64; offset++) {
		off_sums(p, false, false, true, offset);
		off_sums(q, false, false, true, offset);
		if (offset == 0 || offset == 20)
			taken(p);
		else
			off_refused(p, STATUS_INVALID_PARAMETER);
		if (offset == 0 || offset == 40)
			taken(q);
		else
			off_refused(q, STATUS_INVALID_PARAMETER);
	}
}

/* There is no transport checksum of a part of a packet; its header can be summed up. */
static void
r057_fragments(void **state)
{
	struct pkt *p = PKT(.payload = 64), *q = PKT(.payload = 64);

	(void)state;
	p->ip[6] = 0x20;
	pkt_ip_checksum(p);
	q->ip[7] = 3;
	pkt_ip_checksum(q);
	off_sums(p, false, false, true, 0);
	off_sums(q, false, false, true, 0);
	off_refused(p, STATUS_INVALID_PARAMETER);
	off_refused(q, STATUS_INVALID_PARAMETER);
	off_sums(p, true, false, false, 0);
	off_sums(q, true, false, false, 0);
	taken(p);
	taken(q);
}

static void
r058_without_an_ip_bit_nothing_is_asked(void **state)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};
	struct pkt *p = PKT(0);

	(void)state;
	sum.Transmit.TcpChecksum = sum.Transmit.UdpChecksum = sum.Transmit.IpHeaderChecksum = 1;
	NET_BUFFER_LIST_INFO(p->nbl, TcpIpChecksumNetBufferListInfo) = sum.Value;
	taken(p);
}

static void
r058_an_ip_bit_without_work_is_nothing(void **state)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};
	struct pkt *p = PKT(0);

	(void)state;
	sum.Transmit.IsIPv4 = 1;
	NET_BUFFER_LIST_INFO(p->nbl, TcpIpChecksumNetBufferListInfo) = sum.Value;
	taken(p);
}

static void
p07_large_sends_that_cannot_be(void **state)
{
	struct pkt *udp = PKT(.payload = 3000), *tcp = PKT(.payload = 3000);
	struct pkt *six = PKT(.version = 6, .payload = 3000), *two = PKT(.payload = 100);
	const unsigned v1 = NDIS_TCP_LARGE_SEND_OFFLOAD_V1_TYPE;
	const unsigned v2 = NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE;

	(void)state;
	off_lso(udp, 1000, 20, v2); /* not TCP */
	off_refused(udp, STATUS_INVALID_PARAMETER);
	off_lso(udp, 0, 20, v2); /* MSS 0: not a large send, but too long */
	off_ends_with(udp, STATUS_INVALID_BUFFER_SIZE);
	off_tcp(tcp, 0x10);
	off_lso(tcp, 1000, 24, v2); /* no header there */
	off_refused(tcp, STATUS_INVALID_PARAMETER);
	off_tcp(six, 0x10);
	off_lso(six, 1000, 40, v1); /* version 1 knows IPv4 only */
	off_refused(six, STATUS_INVALID_PARAMETER);
	off_tcp(tcp, 0x02); /* a SYN is no stream */
	off_lso(tcp, 1000, 20, v2);
	off_refused(tcp, STATUS_INVALID_PARAMETER);
	off_tcp(tcp, 0x10);
	off_uso(tcp, 1000, 20); /* and UDP segmentation too */
	off_refused(tcp, STATUS_INVALID_PARAMETER);
	off_uso(tcp, 0, 0);
	off_sums(tcp, false, false, true, 20); /* and a UDP checksum */
	off_refused(tcp, STATUS_INVALID_PARAMETER);
	off_sums(tcp, true, true, false, 20);
	pkt_add_nb(tcp, two); /* one packet, no more */
	off_refused(tcp, STATUS_INVALID_PARAMETER);
}

static void
p07_udp_segmentation_that_cannot_be(void **state)
{
	struct pkt *udp = PKT(.payload = 3000), *tcp = PKT(.payload = 3000);

	(void)state;
	off_tcp(tcp, 0x10);
	off_uso(tcp, 1000, 20);
	off_refused(tcp, STATUS_INVALID_PARAMETER);
	off_uso(udp, 1000, 28);
	off_refused(udp, STATUS_INVALID_PARAMETER);
	off_uso(udp, 1000, 20);
	off_sums(udp, false, true, false, 0);
	off_refused(udp, STATUS_INVALID_PARAMETER);
}

static void
p07_vlan_id_4095_is_refused(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	off_tag(p, 0, 4095);
	off_refused(p, STATUS_INVALID_PARAMETER);
	off_tag(p, 7, 4094);
	taken(p);
}

static void
p07_other_slots_do_not_matter(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	NET_BUFFER_LIST_INFO(p->nbl, NetBufferListHashValue) = (PVOID)(uintptr_t)0x1234;
	NET_BUFFER_LIST_INFO(p->nbl, NetBufferListCancelId) = (PVOID)(uintptr_t)7;
	NET_BUFFER_LIST_INFO(p->nbl, WfpNetBufferListInfo) = (PVOID)(uintptr_t)9;
	taken(p);
	assert_ptr_equal(
		NET_BUFFER_LIST_INFO(p->nbl, NetBufferListHashValue), (PVOID)(uintptr_t)0x1234);
	assert_ptr_equal(NET_BUFFER_LIST_INFO(p->nbl, NetBufferListCancelId), (PVOID)(uintptr_t)7);
}

static void
p12_a_bad_request_in_a_chain_refuses_the_chain(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(0);
	struct snap *s;

	(void)state;
	off_sums(q, false, true, false, 0);
	p->nbl->Next = q->nbl;
	s = snap_take(q);
	off_refused(p, STATUS_INVALID_PARAMETER);
	snap_same(s, q);
	p->nbl->Next = NULL;
	taken(p);
}

#define N(t) cmocka_unit_test_setup_teardown(t, fx_up_null, fx_down)

static const struct CMUnitTest tests[] = {
	N(r057_contradictions_are_refused),
	N(r057_the_version_has_to_be_that_of_the_packet),
	N(r057_the_offset_is_right_or_left_out),
	N(r057_fragments),
	N(r058_without_an_ip_bit_nothing_is_asked),
	N(r058_an_ip_bit_without_work_is_nothing),
	N(p07_large_sends_that_cannot_be),
	N(p07_udp_segmentation_that_cannot_be),
	N(p07_vlan_id_4095_is_refused),
	N(p07_other_slots_do_not_matter),
	N(p12_a_bad_request_in_a_chain_refuses_the_chain),
};
FX_MAIN(tests)
