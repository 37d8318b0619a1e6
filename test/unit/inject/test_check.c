/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/inject/check.c: which lists may be sent, and that looking changes nothing. */
#include <fwpsk.h>

#include "inject/check.h"
#include "map/shape.h"

#define NBS 8

/* A list of several NBs, one shape each. */
struct list {
	struct shape s[NBS];
	unsigned n;
};

static void
list_make(struct list *l, const unsigned *version, unsigned n)
{
	uint8_t bytes[200];
	uint32_t len[3], total;
	unsigned i;

	l->n = n;
	for (i = 0; i < n; i++) {
		total = (version[i] == 4 ? 20 : 40) + rnd(100);
		packet_fill(bytes, version[i], total);
		cut(len, 3, total);
		l->s[i] = shape_make(bytes, len, 3, 0, total);
		if (i > 0)
			l->s[i - 1].nb->Next = l->s[i].nb;
	}
}

static void
list_free(struct list *l)
{
	unsigned i;

	for (i = 0; i < l->n; i++)
		shape_free(&l->s[i]);
}

static NTSTATUS
check(struct list *l)
{
	struct fwi_nbl before = *l->s[0].l;
	struct fwi_ip ip;
	NTSTATUS status = fwi_check_nbl(&l->s[0].l->nbl, &ip);
	unsigned i;

	assert_memory_equal(&before, l->s[0].l, sizeof(before));
	for (i = 0; i < l->n; i++)
		shape_check_untouched(&l->s[i], NULL);
	if (status == STATUS_SUCCESS)
		assert_int_equal(ip.version, l->s[0].before[0] >> 4);
	return status;
}

static void
test_versions(void **state)
{
	unsigned v[NBS], n, i, round;
	struct list l;
	bool same;

	(void)state;
	for (round = 0; round < 2000; round++) {
		n = 1 + rnd(NBS);
		same = true;
		for (i = 0; i < n; i++) {
			v[i] = rnd(4) ? v[0] : 4 + 2 * rnd(2);
			if (i == 0)
				v[0] = 4 + 2 * rnd(2);
			same &= v[i] == v[0];
		}
		list_make(&l, v, n);
		assert_int_equal(check(&l), same ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER);
		list_free(&l);
	}
}

/* One bad NB anywhere spoils the list. */
static void
test_one_bad(void **state)
{
	static const unsigned v[NBS] = {4, 4, 4, 4, 4, 4, 4, 4};
	struct list l;
	unsigned i;

	(void)state;
	for (i = 0; i < NBS; i++) {
		list_make(&l, v, NBS);
		l.s[i].nb->DataLength--;
		assert_int_equal(check(&l), STATUS_INVALID_PARAMETER);
		l.s[i].nb->DataLength = 0;
		assert_int_equal(check(&l), STATUS_INVALID_PARAMETER);
		list_free(&l);
	}
}

static void
test_none_and_ring(void **state)
{
	static const unsigned v[3] = {4, 4, 4};
	struct fwi_nbl *empty = aligned_alloc(64, sizeof(*empty));
	struct fwi_ip ip;
	struct list l;

	(void)state;
	memset(empty, 0, sizeof(*empty));
	assert_int_equal(fwi_check_nbl(&empty->nbl, &ip), STATUS_INVALID_PARAMETER);
	free(empty);
	list_make(&l, v, 3);
	l.s[2].nb->Next = l.s[0].nb;
	assert_int_equal(check(&l), STATUS_INVALID_PARAMETER);
	l.s[2].nb->Next = l.s[2].nb;
	assert_int_equal(check(&l), STATUS_INVALID_PARAMETER);
	l.s[2].nb->Next = NULL;
	assert_int_equal(check(&l), STATUS_SUCCESS);
	list_free(&l);
}

/* The documented number of NBs is taken, one more is not. */
static void
test_longest(void **state)
{
	static const unsigned v[1] = {4};
	NET_BUFFER *nb = calloc(FWI_NB_MAX, sizeof(*nb));
	struct list l;
	unsigned i;

	(void)state;
	list_make(&l, v, 1);
	for (i = 0; i < FWI_NB_MAX; i++) {
		nb[i] = *l.s[0].nb;
		nb[i].Next = i + 1 < FWI_NB_MAX ? &nb[i + 1] : NULL;
	}
	l.s[0].nb->Next = &nb[1];
	assert_int_equal(check(&l), STATUS_SUCCESS);
	l.s[0].nb->Next = &nb[0];
	assert_int_equal(check(&l), STATUS_INVALID_PARAMETER);
	l.s[0].nb->Next = NULL;
	list_free(&l);
	free(nb);
}

/*
 * Work asked for out of band; no work without a version bit, whatever the others say (R58).
 * The packet is neither TCP nor UDP: its header can be summed up, no more.
 */
static void
test_out_of_band(void **state)
{
	static const unsigned v[1] = {4};
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum;
	NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO lso;
	NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO uso;
	PVOID *info;
	struct list l;
	unsigned bits, i;
	uint32_t at;
	MDL *m;

	(void)state;
	list_make(&l, v, 1);
	info = l.s[0].l->nbl.NetBufferListInfo;
	for (m = l.s[0].mdl, at = 9; at >= m->ByteCount; m = m->Next)
		at -= m->ByteCount;
	fwi_mdl_va(m)[at] = l.s[0].before[9] = 253;
	for (bits = 0; bits < 32; bits++) {
		sum.Value = NULL;
		sum.Transmit.IsIPv4 = bits & 1;
		sum.Transmit.IsIPv6 = bits >> 1 & 1;
		sum.Transmit.TcpChecksum = bits >> 2 & 1;
		sum.Transmit.UdpChecksum = bits >> 3 & 1;
		sum.Transmit.IpHeaderChecksum = bits >> 4 & 1;
		info[TcpIpChecksumNetBufferListInfo] = sum.Value;
		assert_int_equal(check(&l), (bits & 3) == 0 || bits >> 2 == 0 || bits == 0x11
						    ? STATUS_SUCCESS
						    : STATUS_INVALID_PARAMETER);
	}
	info[TcpIpChecksumNetBufferListInfo] = NULL;
	lso.Value = NULL;
	lso.LsoV2Transmit.MSS = 1460;
	info[TcpLargeSendNetBufferListInfo] = lso.Value;
	assert_int_equal(check(&l), STATUS_INVALID_PARAMETER);
	info[TcpLargeSendNetBufferListInfo] = NULL;
	uso.Value = NULL;
	uso.Transmit.MSS = 1;
	info[UdpSegmentationOffloadInfo] = uso.Value;
	assert_int_equal(check(&l), STATUS_INVALID_PARAMETER);
	info[UdpSegmentationOffloadInfo] = NULL;
	info[Ieee8021QNetBufferListInfo] = (PVOID)(uintptr_t)0x10;
	assert_int_equal(check(&l), STATUS_SUCCESS);
	info[Ieee8021QNetBufferListInfo] = NULL;
	/* every other slot is nobody's business */
	for (i = 0; i < MaxNetBufferListInfo; i++) {
		if (i == TcpIpChecksumNetBufferListInfo || i == TcpLargeSendNetBufferListInfo ||
			i == UdpSegmentationOffloadInfo || i == Ieee8021QNetBufferListInfo)
			continue;
		info[i] = (PVOID) ~(uintptr_t)0;
		assert_int_equal(check(&l), STATUS_SUCCESS);
	}
	list_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_one_bad),
		cmocka_unit_test(test_none_and_ring),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_out_of_band),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
