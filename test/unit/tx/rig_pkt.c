/* SPDX-License-Identifier: BSD-3-Clause */
/* The packets of a test and the ledger of their completions. */
#include "rig.h"

void (*pkt_hook)(struct pkt *p);
unsigned pkt_completions;
static uint32_t next_number;

static MDL *
chain(struct pkt *p, uint8_t *buf, uint32_t size, unsigned segs)
{
	MDL *first = NULL, **link = &first;
	uint32_t off = 0, len;
	unsigned i;

	for (i = 0; i < segs; i++) {
		len = i + 1 < segs ? 30 : size - off;
		*link = IoAllocateMdl(buf + off, len, FALSE, FALSE, NULL);
		assert_non_null(*link);
		MmBuildMdlForNonPagedPool(*link);
		p->mdl[p->nmdl++] = *link;
		off += len;
		if (i + 1 < segs && size - off < 30)
			segs = i + 2;
		link = &(*link)->Next;
	}
	return first;
}

static void
fill(uint8_t *ip, unsigned net, uint32_t number)
{
	memset(ip, 0xa5, RIG_PKT_LEN);
	ip[0] = 0x45;
	ip[2] = 0;
	ip[3] = RIG_PKT_LEN;
	ip[6] = ip[7] = 0;
	ip[9] = 17;
	ip[16] = 10;
	ip[17] = (uint8_t)net;
	ip[18] = 0;
	ip[19] = 1;
	ip[20] = (uint8_t)(number >> 8); /* source port: another flow */
	ip[21] = (uint8_t)number;
	ip[24] = (uint8_t)(number >> 24);
	ip[25] = (uint8_t)(number >> 16);
	ip[26] = (uint8_t)(number >> 8);
	ip[27] = (uint8_t)number;
}

struct pkt *
pkt_new(unsigned nbs, unsigned segs, unsigned net, bool backfill)
{
	uint32_t lead = backfill ? 14 : 0;
	struct pkt *p = calloc(1, sizeof(*p));
	NET_BUFFER *last = NULL;
	unsigned i;
	MDL *m;

	p->number = next_number;
	for (i = 0; i < nbs; i++) {
		fill(p->buf[i] + lead, net, next_number++);
		m = chain(p, p->buf[i], lead + RIG_PKT_LEN, segs);
		if (i == 0) {
			p->nbl = NdisAllocateNetBufferAndNetBufferList(
				rig.pool, 0, 0, m, lead, RIG_PKT_LEN);
			assert_non_null(p->nbl);
			last = p->nbl->FirstNetBuffer;
		} else {
			p->more[i] = NdisAllocateNetBuffer(rig.nb_pool, m, lead, RIG_PKT_LEN);
			assert_non_null(p->more[i]);
			last->Next = p->more[i];
			last = p->more[i];
		}
	}
	return p;
}

void
pkt_del(struct pkt *p)
{
	unsigned i;

	p->nbl->FirstNetBuffer->Next = NULL;
	NdisFreeNetBufferList(p->nbl);
	for (i = 0; i < RIG_NBS; i++)
		if (p->more[i] != NULL)
			NdisFreeNetBuffer(p->more[i]);
	for (i = 0; i < p->nmdl; i++)
		IoFreeMdl(p->mdl[i]);
	free(p);
}

VOID NTAPI
pkt_completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	struct pkt *p = context;

	p->done += p->nbl == nbl && nbl->Next == NULL ? 1 : 100;
	p->status = nbl->Status;
	p->by = fwi_self.poller;
	p->dispatch = dispatch;
	__atomic_fetch_add(&pkt_completions, 1, __ATOMIC_RELEASE);
	if (pkt_hook != NULL)
		pkt_hook(p);
}

NTSTATUS
pkt_inject(struct pkt *p)
{
	return FwpsInjectNetworkSendAsync0(rig.h, NULL, 0, 0, p->nbl, pkt_completed, p);
}
