/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of any shape. */
#include "ways.h"

#define GUARD 40u

static void
put16(uint8_t *to, uint32_t value)
{
	to[0] = (uint8_t)(value >> 8);
	to[1] = (uint8_t)value;
}

static uint32_t
any_total(bool six)
{
	static const uint32_t edge[] = {
		20, 21, 28, 34, 40, 41, 46, 64, 81, 82, 83, 96, 97, 98, 1486, 1499, 1500, 1501};
	uint32_t total = edge[below(RTE_DIM(edge))];

	if (one_in(2))
		total = 20 + below(150);
	else if (one_in(12))
		total = 1400 + below(3000);
	else if (one_in(200))
		total = 65535 - below(16);
	return six && total < 40 ? 40 + total : total;
}

static void
write4(uint8_t *ip, uint32_t total, bool tame)
{
	uint32_t words = one_in(10) ? 5 + below(11) : 5;

	if (words * 4 > total)
		words = 5;
	ip[0] = (uint8_t)(0x40 | words);
	put16(ip + 2, total);
	put16(ip + 6, one_in(6) ? 0x4000 : !tame && one_in(20) ? below(0x4000) : 0);
	ip[8] = 64;
	ip[9] = (uint8_t[]){17, 6, 1}[below(3)];
	ip[16] = 10;
	ip[17] = (uint8_t[]){
		1, 1, 1, 9, 9, 5, 6, 8}[below(tame ? 5 : 8)]; /* routes of test_ways.c */
	ip[18] = 0;
	ip[19] = (uint8_t)(1 + below(4));
	if (words > 5)
		memset(ip + 20, 1, words * 4 - 20); /* no operation */
}

static void
write6(uint8_t *ip, uint32_t total)
{
	ip[0] = 0x60;
	put16(ip + 4, total - 40);
	ip[6] = (uint8_t[]){17, 6, 59, 0}[below(4)];
	memset(ip + 24, 0, 16);
	ip[24] = 0xfd;
	ip[25] = (uint8_t[]){1, 1, 9, 8}[below(4)];
	ip[39] = (uint8_t)(1 + below(4));
}

/* One thing that may be wrong with it; mostly it is. */
static void
spoil(uint8_t *ip)
{
	uint32_t at = (uint32_t[]){0, 2, 3, 4, 5, 6, 9}[below(7)];

	ip[at] = (uint8_t)below(256);
	if (one_in(3))
		ip[0] = (uint8_t)(below(16) << 4 | below(16));
}

/* A packet and perhaps bytes behind it. Returns bytes of the window. */
static uint32_t
write_packet(uint8_t *ip, uint32_t total, bool six, bool tame)
{
	if (six)
		write6(ip, total);
	else
		write4(ip, total, tame);
	if (!tame && one_in(8))
		spoil(ip);
	return total + (one_in(5) ? below(30) : 0);
}

static MDL *
mdl_add(struct ways_list *l, uint8_t *at, uint32_t n)
{
	MDL *m = IoAllocateMdl(at, n, FALSE, FALSE, NULL);

	assert_non_null(m);
	MmBuildMdlForNonPagedPool(m);
	l->mdl[l->nmdl++] = m;
	return m;
}

/* The bytes of a buffer between its guards, cut anywhere, also into nothing; perhaps a ring. */
static MDL *
cut(struct ways_list *l, uint8_t *from, uint32_t size, uint32_t lead, bool tame)
{
	unsigned left = one_in(3) ? below(WAYS_MDLS - 3) : 0, first = l->nmdl;
	uint32_t off = 0, n;

	if (one_in(2))
		left = RTE_MIN(left, 3u);
	for (; off < size && left > 0; off += n, left--) {
		n = one_in(8) ? 0 : 1 + below(RTE_MIN(size - off, one_in(2) ? 40u : size));
		if (off == 0 && lead != 0 && one_in(4))
			n = lead;
		if (off == 0 && one_in(2))
			n = RTE_MIN(size, lead + 20 + below(45));
		mdl_add(l, from + off, n);
	}
	if (off < size || l->nmdl == first)
		mdl_add(l, from + off, size - off);
	if (one_in(8)) /* one more, that no packet reaches */
		mdl_add(l, from + size, one_in(2) ? 0 : 5);
	for (n = first; n + 1 < l->nmdl; n++)
		l->mdl[n]->Next = l->mdl[n + 1];
	if (!tame && l->nbuf == 1 && l->nmdl > 1 && one_in(12)) {
		l->end = l->mdl[l->nmdl - 1];
		l->end->Next = l->mdl[below(l->nmdl)];
	}
	return l->mdl[first];
}

static void
nb_add(struct ways_list *l, MDL *m, uint32_t offset, uint32_t len)
{
	unsigned k = l->nbs++;

	l->len[k] = len;
	if (k == 0) {
		l->original = NdisAllocateNetBufferAndNetBufferList(rig.pool, 0, 0, m, offset, len);
		assert_non_null(l->original);
		l->nb[0] = l->original->FirstNetBuffer;
		return;
	}
	l->nb[k] = NdisAllocateNetBuffer(rig.nb_pool, m, offset, len);
	assert_non_null(l->nb[k]);
	l->nb[k - 1]->Next = l->nb[k];
}

/* n packets in one buffer and one chain of MDLs. */
static void
packets_add(struct ways_list *l, unsigned n, bool six, bool tame)
{
	uint32_t lead[WAYS_NBS], total[WAYS_NBS], size = 0, off = 0, i, len;
	uint8_t *buf;
	MDL *m = NULL;

	for (i = 0; i < n; i++) {
		lead[i] = one_in(3) ? below(WAYS_L2) : 14 + (one_in(2) ? below(30) : 0);
		total[i] = any_total(six != (!tame && one_in(40)));
		size += lead[i] + total[i] + 30;
	}
	buf = malloc(size + 2 * GUARD);
	l->was[l->nbuf] = malloc(size + 2 * GUARD);
	assert_true(buf != NULL && l->was[l->nbuf] != NULL);
	for (i = 0; i < size + 2 * GUARD; i++)
		buf[i] = (uint8_t)below(256);
	l->buf[l->nbuf] = buf;
	l->size[l->nbuf++] = size + 2 * GUARD;
	if (n > 1)
		m = cut(l, buf + GUARD, size, lead[0], true);
	for (i = 0; i < n; i++) {
		off += lead[i];
		l->at[l->nbs] = GUARD + off;
		len = write_packet(buf + GUARD + off, total[i], six && total[i] >= 40, tame);
		if (n == 1) /* exactly as long as it has to be */
			m = cut(l, buf + GUARD, lead[0] + len, lead[0], tame);
		nb_add(l, m, off, len);
		off += total[i] + 30;
	}
	memcpy(l->was[l->nbuf - 1], buf, size + 2 * GUARD);
}

static void
ask(struct ways_list *l)
{
	PVOID *info = l->original->NetBufferListInfo;
	NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO lso = {.Value = NULL};
	NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO uso = {.Value = NULL};
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};
	NDIS_NET_BUFFER_LIST_8021Q_INFO tag = {.Value = NULL};

	switch (below(6)) {
	case 0:
		tag.TagHeader.UserPriority = below(8);
		tag.TagHeader.VlanId = one_in(3) ? 0 : one_in(5) ? 0xfff : below(0xfff);
		info[Ieee8021QNetBufferListInfo] = tag.Value;
		break;
	case 1:
		lso.LsoV2Transmit.MSS = 1 + below(one_in(2) ? 1460 : 100);
		lso.LsoV2Transmit.TcpHeaderOffset = one_in(3) ? 0 : 20;
		lso.LsoV2Transmit.Type = NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE;
		info[TcpLargeSendNetBufferListInfo] = lso.Value;
		break;
	case 2:
		uso.Transmit.MSS = 1 + below(one_in(2) ? 1460 : 100);
		uso.Transmit.UdpHeaderOffset = one_in(3) ? 0 : 20;
		info[UdpSegmentationOffloadInfo] = uso.Value;
		break;
	default:
		sum.Transmit.IsIPv4 = !one_in(6);
		sum.Transmit.IsIPv6 = one_in(6);
		sum.Transmit.TcpChecksum = one_in(3);
		sum.Transmit.UdpChecksum = one_in(3);
		sum.Transmit.IpHeaderChecksum = one_in(2);
		info[TcpIpChecksumNetBufferListInfo] = sum.Value;
	}
}

/* The window of one of its NBs does not fit. */
static void
spoil_window(struct ways_list *l)
{
	NET_BUFFER *nb = l->nb[below(l->nbs)];

	switch (below(5)) {
	case 0:
		nb->DataLength += 1 + below(100);
		break;
	case 1:
		nb->DataLength = below(nb->DataLength);
		break;
	case 2:
		nb->CurrentMdlOffset = nb->CurrentMdl->ByteCount + below(2);
		break;
	case 3:
		nb->DataLength = one_in(2) ? UINT32_MAX - below(70) : INT32_MAX - below(30);
		break;
	default:
		nb->CurrentMdl = NULL;
	}
}

static void
clone_make(struct ways_list *l)
{
	assert_int_equal(FwpsAllocateCloneNetBufferList0(l->original, NULL, NULL, 0, &l->clone),
		STATUS_SUCCESS);
	if (!one_in(3))
		l->nbl = l->clone;
}

void
ways_list_make(struct ways_list *l, bool tame)
{
	bool six = one_in(4);
	unsigned n = one_in(5) ? 1 + below(one_in(6) ? WAYS_NBS : 4) : 1;

	memset(l, 0, sizeof(*l));
	if (n > 1 && one_in(3))
		packets_add(l, n, six, tame);
	else
		for (; n > 0; n--)
			packets_add(l, 1, six, tame);
	l->nbl = l->original;
	if (!tame && one_in(5))
		ask(l);
	if (one_in(8))
		l->original->NblFlags |= NDIS_NBL_FLAGS_SEND_READ_ONLY;
	else if (l->end == NULL && one_in(8))
		clone_make(l);
	if (l->clone == NULL && one_in(8))
		l->nb[below(l->nbs)]->DataOffset = below(WAYS_L2); /* offers less than there is */
	if (!tame && l->clone == NULL && one_in(8))
		spoil_window(l);
}

/* Bytes in front of a packet that are offered for its header. */
static uint32_t
offered(const struct ways_list *l, unsigned k)
{
	if (l->clone != NULL || (l->original->NblFlags & NDIS_NBL_FLAGS_SEND_READ_ONLY) != 0 ||
		l->nbs != l->nbuf || l->nb[k]->CurrentMdlOffset < 14)
		return 0;
	return l->nb[k]->DataOffset < 14 ? 0 : RTE_MIN(l->nb[k]->DataOffset, WAYS_L2);
}

uint32_t
ways_list_changed(const struct ways_list *l)
{
	uint32_t i, k, n = 0, front;

	for (k = 0; k < l->nbuf; k++) {
		front = offered(l, k);
		for (i = 0; i < l->size[k]; i++)
			n += (i >= l->at[k] || i + front < l->at[k]) &&
			     l->buf[k][i] != l->was[k][i];
	}
	return n;
}

void
ways_list_free(struct ways_list *l)
{
	unsigned k;

	if (l->end != NULL)
		l->end->Next = NULL;
	if (l->clone != NULL)
		FwpsFreeCloneNetBufferList0(l->clone, 0);
	l->original->FirstNetBuffer = l->nb[0];
	l->nb[0]->Next = NULL;
	NdisFreeNetBufferList(l->original);
	for (k = 1; k < l->nbs; k++)
		NdisFreeNetBuffer(l->nb[k]);
	for (k = 0; k < l->nmdl; k++)
		IoFreeMdl(l->mdl[k]);
	for (k = 0; k < l->nbuf; k++) {
		free(l->buf[k]);
		free(l->was[k]);
	}
}
