/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: the commonest injection in one pass - own thread, default compartment, one
 * IPv4 packet without options in one MDL, header room offered, next hop known, room in
 * front of the queue. It is checked, recorded, mapped and staged at once. Whatever is
 * different goes the general way, where every check is made again: nothing has been
 * changed by then.
 *
 * Written for few instructions: doc/decisions/fastpath.md.
 */
#ifndef FWI_SEND_FAST_H
#define FWI_SEND_FAST_H

#include <string.h>

#include "inject/check.h"
#include "inject/handle.h"
#include "inject/record.h"
#include "map/tag.h"
#include "tx/cpool.h"
#include "tx/poller.h"
#include "tx/producer.h"

/* What the checks of a plain NBL found. */
struct fwi_plain {
	uint8_t *ip;
	uint32_t total;
	const struct fwi_hop4 *e;
	struct fwi_txq *q;
};

/* All that makes an NBL ordinary but its Next. One OR: none of it is ever set. */
static inline bool
fwi_plain_list(const NET_BUFFER_LIST *nbl, const NET_BUFFER *nb)
{
	const struct fwi_nbl_hot *hot = (const void *)nbl;

	return ((uintptr_t)__atomic_load_n(&hot->complete, __ATOMIC_RELAXED) |
		       (hot->nbl_flags & NDIS_NBL_FLAGS_SEND_READ_ONLY) |
		       (uint32_t)__atomic_load_n(&hot->child_refs, __ATOMIC_RELAXED) |
		       (uintptr_t)nbl->ParentNetBufferList |
		       (uintptr_t)nbl->NetBufferListInfo[TcpIpChecksumNetBufferListInfo] |
		       (uintptr_t)nbl->NetBufferListInfo[TcpLargeSendNetBufferListInfo] |
		       (uintptr_t)nbl->NetBufferListInfo[Ieee8021QNetBufferListInfo] |
		       (uintptr_t)nbl->NetBufferListInfo[UdpSegmentationOffloadInfo] |
		       (uintptr_t)nb->Next) == 0;
}

/* One MDL with the whole IPv4 packet, and room for the Ethernet header before it. */
static inline bool
fwi_plain_packet(const NET_BUFFER *nb, struct fwi_plain *pl)
{
	const MDL *mdl = nb->CurrentMdl;
	uint32_t off = nb->CurrentMdlOffset, len = nb->DataLength;

	if (unlikely(mdl == NULL))
		return false;
	if (unlikely(off < FWI_L2_LEN))
		return false;
	if (unlikely(len < 20))
		return false;
	if (unlikely((uint64_t)off + len > mdl->ByteCount))
		return false;
	if (unlikely(nb->DataOffset < FWI_L2_LEN))
		return false;
	pl->ip = fwi_mdl_va(mdl) + off;
	if (unlikely(pl->ip[0] != 0x45))
		return false;
	pl->total = (uint32_t)pl->ip[2] << 8 | pl->ip[3];
	return likely(pl->total - 20 <= len - 20);
}

/* Next hop known, and a queue that the fast path may use. */
static inline bool
fwi_plain_hop(const struct fwpdk_poller *p, struct fwi_plain *pl)
{
	uint32_t dst;

	memcpy(&dst, pl->ip + 16, sizeof(dst));
	pl->e = fwi_hop4_slot(p->hops, dst);
	if (unlikely(pl->e->key != (p->default_key | dst)))
		return false;
	if (unlikely(pl->total > pl->e->hop.mtu))
		return false;
	pl->q = p->of_hop[pl->e->hop.user];
	return true;
}

/*
 * The pool's invariants make up for what is not written: refcnt 1, nb_segs 1, next NULL,
 * data_off 0, no offload flags. Queues with q->fast get their mbufs back like that.
 */
static inline void
fwi_fast_mbuf(struct rte_mbuf *m, uint8_t *frame, uint32_t len, NET_BUFFER_LIST *nbl)
{
	m->buf_addr = frame;
	m->buf_iova = (uintptr_t)frame;
	m->pkt_len = len;
	m->data_len = (uint16_t)len;
	m->buf_len = (uint16_t)len;
	*fwi_tag(m) = (uintptr_t)nbl + FWI_TAG_SOLO;
}

/* The caller has recorded the NBL, and there is a free mbuf at the tail. */
static inline void
fwi_fast_stage(struct fwi_txq *q, const struct fwi_plain *pl, NET_BUFFER_LIST *nbl)
{
	uint8_t *frame = pl->ip - FWI_L2_LEN;

	memcpy(frame, pl->e->hop.l2, FWI_L2_LEN);
	/* of_hop[] has no NULL. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	fwi_fast_mbuf(q->stage[q->tail], frame, pl->total + FWI_L2_LEN, nbl);
	q->tail++;
	q->packets++;
	q->bytes += pl->total;
}

/* False: the handle cannot send that packet; it is counted in otherwise. */
static inline bool
fwi_fast_count(struct fwpdk_poller *p, HANDLE handle, uint32_t n)
{
	struct fwi_own_count *count = &p->count[(uint32_t)(uintptr_t)handle & p->handle_mask];

	/* Counted before the handle is looked at: see destroy.c. */
	fwi_bump(&count->in, n);
	if (likely(__atomic_load_n(&count->send4, __ATOMIC_RELAXED) == (uintptr_t)handle))
		return true;
	fwi_bump(&count->in, -(uint64_t)n);
	return false;
}

#endif
