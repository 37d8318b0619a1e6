/* SPDX-License-Identifier: BSD-3-Clause */
/* Items of random shape, and how they are compared with what they were. */
#include <stdlib.h>
#include <string.h>

#include <rte_hash_crc.h>

#include "soak.h"

#define TAG	'kaoS'
#define PACKETS (SOAK_INJECTORS * SOAK_ITEMS * SOAK_PACKETS)

/* What the wire has to show of each packet. */
static struct {
	uint32_t len, crc;
} wire[PACKETS];

static uint32_t
crc_of(const void *bytes, uint32_t left, uint32_t crc)
{
	const uint8_t *at = bytes;
	uint64_t block[32]; /* rte_hash_crc() wants its bytes aligned */
	uint32_t n;

	for (; left > 0; left -= n, at += n) {
		n = RTE_MIN(left, (uint32_t)sizeof(block));
		memcpy(block, at, n);
		crc = rte_hash_crc(block, n, crc);
	}
	return crc;
}

static uint32_t
write_ip(uint8_t *ip, bool v6, uint32_t payload, uint32_t id, unsigned net, uint64_t *random)
{
	uint32_t len = (v6 ? 48 : 28) + payload, udp = v6 ? 40 : 20, i;

	memset(ip, 0, udp + 8);
	if (v6) {
		ip[0] = 0x60;
		ip[4] = (uint8_t)((len - 40) >> 8), ip[5] = (uint8_t)(len - 40);
		ip[6] = 17, ip[7] = 64;
		ip[8] = 0xfd, ip[23] = 1;
		ip[24] = 0xfd, ip[25] = (uint8_t)net, ip[39] = (uint8_t)soak_random(random);
	} else {
		ip[0] = 0x45;
		ip[2] = (uint8_t)(len >> 8), ip[3] = (uint8_t)len;
		ip[8] = 64, ip[9] = 17;
		ip[12] = 10, ip[15] = 1;
		ip[16] = 10, ip[17] = (uint8_t)net, ip[19] = (uint8_t)soak_random(random);
	}
	ip[udp] = (uint8_t)soak_random(random), ip[udp + 3] = 9;
	ip[udp + 4] = (uint8_t)((payload + 8) >> 8), ip[udp + 5] = (uint8_t)(payload + 8);
	memcpy(ip + udp + 8, &id, sizeof(id));
	for (i = udp + 12; i < len; i++)
		ip[i] = (uint8_t)(i * 7 + id);
	return len;
}

static void
cut(struct soak_packet *p, uint64_t *random)
{
	unsigned n = 1 + (soak_one_in(random, 2) ? soak_below(random, SOAK_MDLS) : 0), i;
	uint32_t at = 0, len;

	for (i = 0; i < n; i++) {
		len = i + 1 == n ? p->size - at
				 : soak_below(random, RTE_MIN(p->size - at, UINT32_C(90)) + 1);
		p->mdl[i] = IoAllocateMdl(p->buf + at, len, FALSE, FALSE, NULL);
		MmBuildMdlForNonPagedPool(p->mdl[i]);
		if (i > 0)
			p->mdl[i - 1]->Next = p->mdl[i];
		at += len;
	}
	p->nmdl = n;
}

static void
packet_build(struct soak_packet *p, struct soak_item *item, uint32_t id, uint64_t *random)
{
	bool over = soak_one_in(random, 100);
	uint32_t payload = over ? 1600 + soak_below(random, 400) : 4 + soak_below(random, 300), len;

	if (!over && soak_one_in(random, 8))
		payload = 4 + soak_below(random, 1400);
	item->oversize |= over;
	p->id = id;
	p->lead = soak_one_in(random, 3) ? 0 : soak_below(random, 48);
	len = (item->v6 ? 48 : 28) + payload;
	p->len = len + (soak_one_in(random, 4) ? soak_below(random, 30) : 0);
	p->size = p->lead + p->len + (soak_one_in(random, 4) ? soak_below(random, 60) : 0);
	p->pool_memory = soak_one_in(random, 2);
	p->buf = p->pool_memory ? ExAllocatePool2(POOL_FLAG_NON_PAGED, p->size, TAG)
				: calloc(1, p->size);
	if (p->buf == NULL)
		rte_panic("no memory\n");
	write_ip(p->buf + p->lead, item->v6, payload, id, soak_below(random, SOAK_NETS), random);
	wire[id].len = len;
	wire[id].crc = crc_of(p->buf + p->lead, len, 0);
	cut(p, random);
}

/* Used bytes and what lies behind them; the backfill may have been written. */
static uint32_t
item_crc(const struct soak_item *item)
{
	const struct soak_packet *p;
	uint32_t crc = 0;
	unsigned i;

	for (i = 0; i < item->npackets; i++) {
		p = &item->packet[i];
		crc = crc_of(p->buf + p->lead, p->size - p->lead, crc);
	}
	return crc;
}

void
soak_item_build(struct soak_item *item, uint32_t id, uint64_t *random)
{
	NET_BUFFER *nb, **link;
	struct soak_packet *p;
	unsigned i;

	item->v6 = soak_one_in(random, 2);
	item->oversize = false;
	item->parent = NULL;
	item->npackets = soak_one_in(random, 3) ? 1 + soak_below(random, SOAK_PACKETS) : 1;
	for (i = 0; i < item->npackets; i++)
		packet_build(&item->packet[i], item, id + i, random);
	p = &item->packet[0];
	if (FwpsAllocateNetBufferAndNetBufferList0(
		    soak_nbl_pool, 0, 0, p->mdl[0], p->lead, p->len, &item->nbl) != STATUS_SUCCESS)
		rte_panic("no NBL\n");
	p->nb = item->nbl->FirstNetBuffer;
	link = &p->nb->Next;
	for (i = 1; i < item->npackets; i++) {
		p = &item->packet[i];
		nb = NdisAllocateNetBuffer(soak_nb_pool, p->mdl[0], p->lead, p->len);
		if (nb == NULL)
			rte_panic("no NET_BUFFER\n");
		p->nb = *link = nb;
		link = &nb->Next;
	}
	item->nbl->ProtocolReserved[0] = item;
	item->crc = item_crc(item);
}

void
soak_item_clone(struct soak_item *item, struct soak_item *parent)
{
	item->v6 = parent->v6;
	item->oversize = parent->oversize;
	item->parent = parent;
	item->npackets = 0;
	if (FwpsAllocateCloneNetBufferList0(parent->nbl, NULL, NULL, 0, &item->nbl) !=
		STATUS_SUCCESS)
		rte_panic("no clone\n");
	item->nbl->ProtocolReserved[0] = item;
}

void
soak_item_free(struct soak_item *item)
{
	struct soak_packet *p;
	unsigned i, k;

	if (item->nbl == NULL)
		return;
	if (item->parent != NULL) {
		FwpsFreeCloneNetBufferList0(item->nbl, 0);
		item->nbl = NULL;
		return;
	}
	item->nbl->FirstNetBuffer->Next = NULL;
	FwpsFreeNetBufferList0(item->nbl);
	item->nbl = NULL;
	for (i = 0; i < item->npackets; i++) {
		p = &item->packet[i];
		if (i > 0)
			NdisFreeNetBuffer(p->nb);
		for (k = 0; k < p->nmdl; k++)
			IoFreeMdl(p->mdl[k]);
		if (p->pool_memory)
			ExFreePoolWithTag(p->buf, TAG);
		else
			free(p->buf);
	}
}

static bool
packet_same(const struct soak_packet *p, const NET_BUFFER *nb)
{
	const MDL *mdl;
	uint32_t before = 0;
	unsigned i;

	if (nb != p->nb || nb->MdlChain != p->mdl[0] || nb->DataOffset != p->lead ||
		nb->DataLength != p->len)
		return false;
	for (i = 0; i < p->nmdl; i++)
		if (p->mdl[i]->Next != (i + 1 < p->nmdl ? p->mdl[i + 1] : NULL))
			return false;
	for (mdl = nb->MdlChain; mdl != nb->CurrentMdl; mdl = mdl->Next)
		before += mdl->ByteCount;
	return before + nb->CurrentMdlOffset == p->lead;
}

bool
soak_item_same(const struct soak_item *item)
{
	const NET_BUFFER *nb = item->nbl->FirstNetBuffer;
	const struct soak_item *bytes = item->parent != NULL ? item->parent : item;
	unsigned i;

	for (i = 0; item->parent == NULL && i < item->npackets; i++, nb = nb->Next)
		if (nb == NULL || !packet_same(&item->packet[i], nb))
			return false;
	if (item->parent == NULL && nb != NULL)
		return false;
	return item_crc(bytes) == bytes->crc;
}

/* As the device sees it: Ethernet header for that port, then exactly the IP packet. */
const char *
soak_frame_check(const struct rte_mbuf *m, void *arg)
{
	const struct soak_port *port = arg;
	uint8_t head[14 + 48 + 4], mac[6] = {0x02, 0, 0, 0, 0, (uint8_t)port->ifi};
	const uint8_t *h;
	uint32_t id, crc = 0, skip = 14, n = 0;
	bool v6;

	if (m->pkt_len < 14 + 28 + 4)
		return "too short";
	h = rte_pktmbuf_read(m, 0, RTE_MIN(m->pkt_len, (uint32_t)sizeof(head)), head);
	if (h == NULL)
		return "segments do not add up";
	v6 = h[14] >> 4 == 6;
	if (memcmp(h, mac, 6) != 0 || h[12] != (v6 ? 0x86 : 0x08) || h[13] != (v6 ? 0xdd : 0x00))
		return "Ethernet header";
	memcpy(&id, h + 14 + (v6 ? 48 : 28), sizeof(id));
	if (id >= PACKETS)
		return "none of our packets";
	if (m->pkt_len != wire[id].len + 14)
		return "length";
	for (; m != NULL; m = m->next) {
		n += m->data_len;
		if (m->data_len <= skip) {
			skip -= m->data_len;
			continue;
		}
		crc = crc_of(
			rte_pktmbuf_mtod_offset(m, const void *, skip), m->data_len - skip, crc);
		skip = 0;
	}
	return n != wire[id].len + 14 ? "segments" : crc != wire[id].crc ? "bytes" : NULL;
}
