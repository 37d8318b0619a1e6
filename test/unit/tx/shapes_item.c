/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of random shape: made, compared with what they were, freed. */
#include "shapes.h"

#define GUARD	     64u /* bytes at both ends of a buffer that are nobody's */
#define IP_HEADER    20u
#define WITH_OPTIONS 24u /* bytes of an IP header with one word of them */
#define UDP_HEADER   8u
#define SHORTEST     (IP_HEADER + UDP_HEADER)
#define ETHER_MTU    1500u

static MDL *
mdl_add(struct shapes_item *it, uint8_t *at, uint32_t n)
{
	MDL *m = IoAllocateMdl(at, n, FALSE, FALSE, NULL);

	assert_non_null(m);
	MmBuildMdlForNonPagedPool(m);
	assert_true(it->nmdl < RTE_DIM(it->mdl));
	it->mdl[it->nmdl++] = m;
	return m;
}

/* Bytes of the next MDL, of those from off on; the packet begins at lead. */
static uint32_t
cut(uint32_t off, uint32_t size, uint32_t lead)
{
	uint32_t n = size - off;

	if (off == 0 && one_in(2)) /* where the IP header ends */
		return RTE_MIN(n, lead + IP_HEADER + below(3));
	if (off == 0 && lead != 0 && one_in(4)) /* where the packet begins, or a bit before */
		return one_in(2) ? lead : lead - RTE_MIN(lead, below(3));
	if (one_in(8))
		return 0;
	return 1 + below(n);
}

static MDL *
chain(struct shapes_item *it, uint8_t *buf, uint32_t size, uint32_t lead)
{
	unsigned left = one_in(3) ? 1 + below(SHAPES_MDLS - 1) : 1;
	MDL *first = NULL, **link = &first;
	uint32_t off = 0, n;

	for (; off < size; off += n) {
		n = left > 1 ? cut(off, size, lead) : size - off;
		left -= left > 1;
		*link = mdl_add(it, buf + off, n);
		link = &(*link)->Next;
	}
	if (one_in(8)) /* one more, that no packet reaches */
		*link = mdl_add(it, buf + off, one_in(2) ? 0 : 5);
	return first;
}

static uint32_t
any_total(void)
{
	uint16_t mtu = shapes.conf.mtu;

	if (mtu != 0 && one_in(3))
		return mtu - below(25);
	if (!one_in(5))
		return SHORTEST + below(120);
	return one_in(3) ? ETHER_MTU : SHORTEST + below(ETHER_MTU - SHORTEST + 1);
}

/* By its id the receiving end knows it again. */
static void
write_packet(struct shapes_window *w, uint8_t *ip, uint16_t id)
{
	uint32_t header = IP_HEADER;

	if (one_in(12) && w->total >= WITH_OPTIONS + UDP_HEADER) {
		header = WITH_OPTIONS;
		memset(ip + IP_HEADER, 1, WITH_OPTIONS - IP_HEADER); /* no operation */
	}
	ip[0] = (uint8_t)(0x40 | header / 4);
	ip[2] = (uint8_t)(w->total >> 8);
	ip[3] = (uint8_t)w->total;
	ip[4] = (uint8_t)(id >> 8);
	ip[5] = (uint8_t)id;
	ip[6] = ip[7] = 0;
	ip[9] = 17;
	ip[16] = 10; /* routes of the rig */
	ip[17] = w->port == 1 ? 9 : 1;
	ip[18] = 0;
	ip[19] = (uint8_t)(1 + below(3));
	ip[header + 4] = (uint8_t)((w->total - header) >> 8);
	ip[header + 5] = (uint8_t)(w->total - header);
}

/* Guard, room for a header (or too little of it), packet, bytes behind it, guard. */
static void
window_make(struct shapes_window *w, uint16_t id)
{
	uint32_t lead = below(SHAPES_L2), i;

	if (!one_in(3))
		lead = SHAPES_L2 + (one_in(2) ? below(20) : 0);
	w->total = any_total();
	w->len = w->total + (one_in(4) ? below(40) : 0);
	w->at = GUARD + lead;
	w->size = w->at + w->len + GUARD;
	w->port = rig.ports > 1 ? below(2) : 0;
	w->buf = malloc(w->size);
	w->was = malloc(w->size);
	assert_true(w->buf != NULL && w->was != NULL);
	for (i = 0; i < w->size; i++)
		w->buf[i] = (uint8_t)below(256);
	write_packet(w, w->buf + w->at, id);
	memcpy(w->was, w->buf, w->size);
}

static void
list_make(struct shapes_item *it, MDL *m, uint32_t lead, uint32_t len)
{
	if (one_in(2))
		assert_int_equal(FwpsAllocateNetBufferAndNetBufferList0(
					 rig.pool, 0, 0, m, lead, len, &it->original),
			STATUS_SUCCESS);
	else
		it->original = NdisAllocateNetBufferAndNetBufferList(rig.pool, 0, 0, m, lead, len);
	assert_non_null(it->original);
	it->w[0].nb = it->original->FirstNetBuffer;
}

static void
packet_make(struct shapes_item *it, unsigned k)
{
	struct shapes_window *w = &it->w[k];
	uint32_t lead;
	MDL *m;

	window_make(w, (uint16_t)((unsigned)(it - shapes.item) * SHAPES_NBS + k));
	lead = w->at - GUARD;
	m = chain(it, w->buf + GUARD, lead + w->len, lead);
	if (k == 0) {
		list_make(it, m, lead, w->len);
		return;
	}
	w->nb = NdisAllocateNetBuffer(rig.nb_pool, m, lead, w->len);
	assert_non_null(w->nb);
	it->w[k - 1].nb->Next = w->nb;
}

static void
ask_sums(struct shapes_item *it)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};

	it->ask_ip = one_in(2);
	it->ask_udp = !it->ask_ip || one_in(2);
	sum.Transmit.IsIPv4 = 1;
	sum.Transmit.IpHeaderChecksum = it->ask_ip;
	sum.Transmit.UdpChecksum = it->ask_udp;
	it->original->NetBufferListInfo[TcpIpChecksumNetBufferListInfo] = sum.Value;
}

/* With a clone both share what a header would be written to. */
static void
clone_make(struct shapes_item *it)
{
	if (one_in(2))
		assert_int_equal(
			FwpsAllocateCloneNetBufferList0(it->original, NULL, NULL, 0, &it->clone),
			STATUS_SUCCESS);
	else
		it->clone = NdisAllocateCloneNetBufferList(
			it->original, NULL, NULL, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
	assert_non_null(it->clone);
	it->untouched = true;
	if (!one_in(3))
		it->nbl = it->clone;
}

void
shapes_item_make(struct shapes_item *it)
{
	unsigned k;

	memset(it, 0, sizeof(*it));
	it->nbs = one_in(6) ? 1 + below(SHAPES_NBS) : 1;
	for (k = 0; k < it->nbs; k++)
		packet_make(it, k);
	it->nbl = it->original;
	if (shapes.conf.nic && one_in(2))
		ask_sums(it);
	if (one_in(8)) {
		it->nbl->NblFlags |= NDIS_NBL_FLAGS_SEND_READ_ONLY;
		it->untouched = true;
	} else if (one_in(8)) {
		clone_make(it);
	}
}

/* All is as it was, but for a header's bytes in front of the packet where there is room. */
void
shapes_item_check(const struct shapes_item *it)
{
	const struct shapes_window *w;
	uint32_t before;

	for (w = it->w; w < it->w + it->nbs; w++) {
		before = w->at;
		if (!it->untouched && before >= GUARD + SHAPES_L2)
			before -= SHAPES_L2;
		assert_memory_equal(w->buf, w->was, before);
		assert_memory_equal(w->buf + w->at, w->was + w->at, w->size - w->at);
	}
}

void
shapes_item_free(struct shapes_item *it)
{
	unsigned k;

	if (it->nbl == NULL)
		return;
	shapes_item_check(it);
	if (it->clone != NULL)
		FwpsFreeCloneNetBufferList0(it->clone, 0);
	it->original->FirstNetBuffer->Next = NULL;
	if (one_in(2))
		FwpsFreeNetBufferList0(it->original);
	else
		NdisFreeNetBufferList(it->original);
	for (k = 0; k < it->nbs; k++) {
		if (k > 0)
			NdisFreeNetBuffer(it->w[k].nb);
		free(it->w[k].buf);
		free(it->w[k].was);
	}
	for (k = 0; k < it->nmdl; k++) {
		if (one_in(2))
			IoFreeMdl(it->mdl[k]);
		else
			NdisFreeMdl(it->mdl[k]);
	}
	memset(it, 0, sizeof(*it));
}
