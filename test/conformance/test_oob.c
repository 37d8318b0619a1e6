/* SPDX-License-Identifier: BSD-3-Clause */
/* P7, R57, R58: out-of-band requests. What nobody does yet is refused, not ignored. */
#include "fixture.h"

static void
refuse(struct pkt *p)
{
	struct snap *s = snap_take(p);
	uint64_t before = pkt_completions;

	assert_status(pkt_inject(p), STATUS_NOT_SUPPORTED);
	fx_poll_n(3);
	assert_int_equal(pkt_completions, before);
	snap_same(s, p);
}

static void
taken(struct pkt *p)
{
	uint64_t before = pkt_completions;

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_done(before + 1));
	assert_status(p->status, STATUS_SUCCESS);
	pkt_check_restored(p);
}

static void
r057_checksum_work_is_refused_before_its_issue(void **state)
{
	unsigned bits, work;

	(void)state;
	for (bits = 1; bits < 4; bits++) {
		for (work = 1; work < 8; work++) {
			NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};
			struct pkt *p = PKT(0);

			sum.Transmit.IsIPv4 = bits & 1;
			sum.Transmit.IsIPv6 = bits >> 1;
			sum.Transmit.TcpChecksum = work & 1;
			sum.Transmit.UdpChecksum = work >> 1 & 1;
			sum.Transmit.IpHeaderChecksum = work >> 2;
			NET_BUFFER_LIST_INFO(p->nbl, TcpIpChecksumNetBufferListInfo) = sum.Value;
			refuse(p);
			NET_BUFFER_LIST_INFO(p->nbl, TcpIpChecksumNetBufferListInfo) = NULL;
			taken(p);
			pkt_free(p);
		}
	}
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
p07_large_send_is_refused(void **state)
{
	NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO lso = {.Value = NULL};
	struct pkt *p = PKT(0);

	(void)state;
	lso.LsoV2Transmit.MSS = 1460;
	lso.LsoV2Transmit.TcpHeaderOffset = 20;
	lso.LsoV2Transmit.Type = NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE;
	NET_BUFFER_LIST_INFO(p->nbl, TcpLargeSendNetBufferListInfo) = lso.Value;
	refuse(p);
	lso.Value = NULL;
	lso.LsoV1Transmit.MSS = 1460;
	NET_BUFFER_LIST_INFO(p->nbl, TcpLargeSendNetBufferListInfo) = lso.Value;
	refuse(p);
	lso.LsoV1Transmit.MSS = 0; /* not a large send */
	lso.LsoV2Transmit.Type = NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE;
	NET_BUFFER_LIST_INFO(p->nbl, TcpLargeSendNetBufferListInfo) = lso.Value;
	taken(p);
}

static void
p07_udp_segmentation_is_refused(void **state)
{
	NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO uso = {.Value = NULL};
	struct pkt *p = PKT(0);

	(void)state;
	uso.Transmit.MSS = 1000;
	NET_BUFFER_LIST_INFO(p->nbl, UdpSegmentationOffloadInfo) = uso.Value;
	refuse(p);
	NET_BUFFER_LIST_INFO(p->nbl, UdpSegmentationOffloadInfo) = NULL;
	taken(p);
}

static void
p07_vlan_tag_is_refused(void **state)
{
	NDIS_NET_BUFFER_LIST_8021Q_INFO tag = {.Value = NULL};
	struct pkt *p = PKT(0);

	(void)state;
	tag.TagHeader.VlanId = 100;
	NET_BUFFER_LIST_INFO(p->nbl, Ieee8021QNetBufferListInfo) = tag.Value;
	refuse(p);
	tag.Value = NULL;
	tag.TagHeader.UserPriority = 5; /* a priority tag is a tag */
	NET_BUFFER_LIST_INFO(p->nbl, Ieee8021QNetBufferListInfo) = tag.Value;
	refuse(p);
	NET_BUFFER_LIST_INFO(p->nbl, Ieee8021QNetBufferListInfo) = NULL;
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
p12_a_request_in_a_chain_refuses_the_chain(void **state)
{
	NDIS_NET_BUFFER_LIST_8021Q_INFO tag = {.Value = NULL};
	struct pkt *p = PKT(0), *q = PKT(0);
	struct snap *s;

	(void)state;
	tag.TagHeader.VlanId = 1;
	NET_BUFFER_LIST_INFO(q->nbl, Ieee8021QNetBufferListInfo) = tag.Value;
	p->nbl->Next = q->nbl;
	s = snap_take(q);
	refuse(p);
	snap_same(s, q);
	p->nbl->Next = NULL;
	taken(p);
}

#define N(t) cmocka_unit_test_setup_teardown(t, fx_up_null, fx_down)

static const struct CMUnitTest tests[] = {
	N(r057_checksum_work_is_refused_before_its_issue),
	N(r058_without_an_ip_bit_nothing_is_asked),
	N(r058_an_ip_bit_without_work_is_nothing),
	N(p07_large_send_is_refused),
	N(p07_udp_segmentation_is_refused),
	N(p07_vlan_tag_is_refused),
	N(p07_other_slots_do_not_matter),
	N(p12_a_request_in_a_chain_refuses_the_chain),
};
FX_MAIN(tests)
