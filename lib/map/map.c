/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: one NET_BUFFER becomes one chain of bare mbufs that point at the client's
 * memory. The Ethernet header goes into offered backfill, else into a header mbuf.
 */
#include <errno.h>
#include <string.h>

#include <ntstatus.h>

#include "core/fail.h"
#include "map/frame.h"
#include "map/tag.h"

/* Another NB of the list may start inside the bytes that would be this NB's backfill. */
static bool
mdl_shared(const NET_BUFFER_LIST *nbl, const NET_BUFFER *nb)
{
	const NET_BUFFER *other;
	const MDL *mdl;
	unsigned n = 0, k;

	if (nbl->FirstNetBuffer == nb && nb->Next == NULL)
		return false;
	for (other = nbl->FirstNetBuffer; other != NULL; other = other->Next) {
		/* Long lists are not searched to the end: a header mbuf is always right. */
		if (++n > 16)
			return true;
		if (other == nb)
			continue;
		for (mdl = other->MdlChain, k = 0; mdl != NULL; mdl = mdl->Next)
			if (mdl == nb->CurrentMdl || ++k > 16)
				return true;
	}
	return false;
}

/* Offered backfill (architecture, section 3): bytes the owner of the NBL lets us write. */
static inline bool
backfill_offered(const NET_BUFFER_LIST *nbl, const NET_BUFFER *nb, uint32_t len)
{
	return nb->CurrentMdlOffset >= len && nb->DataOffset >= len &&
	       nbl->ParentNetBufferList == NULL &&
	       !(nbl->NblFlags & NDIS_NBL_FLAGS_SEND_READ_ONLY) &&
	       __atomic_load_n(&nbl->ChildRefCount, __ATOMIC_RELAXED) == 0 && !mdl_shared(nbl, nb);
}

bool
fwi_backfill_offered(const NET_BUFFER_LIST *nbl, const NET_BUFFER *nb, uint32_t len)
{
	return backfill_offered(nbl, nb, len);
}

static inline void
segment_set(struct rte_mbuf *m, void *addr, rte_iova_t iova, uint32_t len)
{
	m->buf_addr = addr;
	m->buf_iova = iova;
	m->buf_len = (uint16_t)len;
	m->data_off = 0;
	m->data_len = (uint16_t)len;
	m->ol_flags = 0;
	m->tx_offload = 0;
}

struct cursor {
	struct fwi_mapq *q;
	struct rte_mbuf *head, **link;
	uint32_t segs;
};

/* Takes the top of the free stack; the caller pops for real when the packet is whole. */
static struct rte_mbuf *
cursor_next(struct cursor *c)
{
	struct rte_mbuf *m;

	if (c->segs == c->q->nfree || FWI_FAIL())
		return NULL;
	m = c->q->free[c->q->nfree - 1 - c->segs];
	c->segs++;
	*c->link = m;
	c->link = &m->next;
	return m;
}

static void
cursor_undo(struct cursor *c)
{
	uint32_t i;

	for (i = 0; i < c->segs; i++)
		c->q->free[c->q->nfree - 1 - i]->next = NULL;
}

enum walk_end { WALK_OK, WALK_NO_MBUF, WALK_UNREADABLE, WALK_TOO_MANY, WALK_BAD };

/* Append the next `left` bytes, each run of readable memory one segment. */
static inline enum walk_end
walk_mdls(struct cursor *c, struct fwi_at *at, uint32_t left)
{
	uint32_t here, run;
	struct rte_mbuf *m;
	rte_iova_t iova;
	uint8_t *va;

	while (left > 0) {
		va = fwi_at_run(at, left, &here);
		if (unlikely(va == NULL))
			return WALK_BAD;
		left -= here;
		while (here > 0) {
			/* data_len has 16 bits */
			run = fwi_mem_readable(
				c->q->mem_class, va, RTE_MIN(here, UINT32_C(0xffff)), &iova);
			if (run == 0)
				return WALK_UNREADABLE;
			if (c->segs == c->q->max_segs)
				return WALK_TOO_MANY;
			m = cursor_next(c);
			if (m == NULL)
				return WALK_NO_MBUF;
			segment_set(m, va, iova, run);
			va += run;
			here -= run;
		}
	}
	return WALK_OK;
}

/* Bytes of the library, in the private areas of as many mbufs as they take. */
static inline enum walk_end
head_mbufs(struct cursor *c, const uint8_t *head, uint32_t len)
{
	struct rte_mbuf *m;
	uint32_t here;
	uint8_t *room;

	for (; len > 0; len -= here, head += here) {
		if (unlikely(c->segs == c->q->max_segs))
			return WALK_TOO_MANY;
		m = cursor_next(c);
		if (unlikely(m == NULL))
			return WALK_NO_MBUF;
		here = RTE_MIN(len, FWI_HDR_ROOM);
		room = rte_mbuf_to_priv(m);
		memcpy(room, head, here);
		segment_set(m, room, rte_mempool_virt2iova(m) + sizeof(*m), here);
	}
	return WALK_OK;
}

/* The packet, or NULL: no mbufs now. */
static struct rte_mbuf *
chain_finish(struct cursor *c, NET_BUFFER_LIST *nbl, bool solo, uint32_t len)
{
	bool whole = solo && c->segs == 1 && !(nbl->FwpdkPending & FWI_PENDING_SPECIAL);
	uint64_t tag = (uintptr_t)nbl | (whole ? 0 : FWI_TAG_PART);
	struct rte_mbuf *m;

	*c->link = NULL;
	c->head->pkt_len = len;
	c->head->nb_segs = (uint16_t)c->segs;
	for (m = c->head; m != NULL; m = m->next)
		*fwi_tag(m) = tag;
	m = c->head;
	if (unlikely(c->q->ext_pool != NULL))
		m = fwi_map_extbuf(c->q, c->head, c->segs, len);
	if (likely(m != NULL))
		c->q->nfree -= c->segs;
	return m;
}

static int
copy_counted(struct fwi_mapq *q, const struct fwi_frame *f, struct fwi_at *at,
	struct fwi_mapped *out, uint64_t *counter)
{
	int rc = fwi_map_copy(q, f, at, out);

	if (rc == 0)
		++*counter;
	return rc;
}

static inline int
map_frame(struct fwi_mapq *q, NET_BUFFER_LIST *nbl, bool solo, const struct fwi_frame *f,
	struct fwi_at *at, struct fwi_mapped *out)
{
	struct cursor c = {.q = q, .link = &c.head};
	uint32_t lead = f->backfill ? f->head_len : 0;
	struct fwi_at walk = *at;
	enum walk_end end = WALK_OK;

	out->len = f->head_len + f->len - FWI_L2_LEN;
	if (q->copy_mode)
		return copy_counted(q, f, at, out, &q->copied);

	walk.off -= lead;
	if (!f->backfill)
		end = head_mbufs(&c, f->head, f->head_len);
	if (likely(end == WALK_OK))
		end = walk_mdls(&c, &walk, f->len + lead);
	if (likely(end == WALK_OK)) {
		out->m = chain_finish(&c, nbl, solo, f->head_len + f->len);
		if (unlikely(out->m == NULL))
			end = WALK_NO_MBUF;
	}
	if (likely(end == WALK_OK)) {
		if (f->backfill)
			fwi_frame_head(fwi_mdl_va(at->mdl) + at->off - lead, f);
		else
			q->header_mbufs++;
		if (unlikely(f->ol_flags != 0)) {
			out->m->ol_flags |= f->ol_flags;
			out->m->tx_offload = f->tx_offload;
		}
		*at = walk;
		out->refs = c.segs;
		return 0;
	}

	cursor_undo(&c);
	switch (end) {
	case WALK_NO_MBUF:
		return -ENOBUFS;
	case WALK_UNREADABLE:
		return copy_counted(q, f, at, out, &q->copied_memory);
	case WALK_TOO_MANY:
		return copy_counted(q, f, at, out, &q->linearised);
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

int
fwi_map_frame(struct fwi_mapq *q, NET_BUFFER_LIST *nbl, bool solo, const struct fwi_frame *f,
	struct fwi_at *at, struct fwi_mapped *out)
{
	return map_frame(q, nbl, solo, f, at, out);
}

int
fwi_map_nb(struct fwi_mapq *q, NET_BUFFER_LIST *nbl, NET_BUFFER *nb, bool solo,
	const struct fwi_ip *ip, const struct fwi_hop *hop, struct fwi_mapped *out)
{
	struct fwi_frame f = {.head = hop->l2, .head_len = FWI_L2_LEN, .len = ip->total};
	struct fwi_at at = fwi_at_start(nb);

	if (unlikely(ip->total > hop->mtu))
		return STATUS_INVALID_BUFFER_SIZE;
	if (q->copy_mode) {
		out->len = ip->total;
		return copy_counted(q, &f, &at, out, &q->copied);
	}
	f.backfill = backfill_offered(nbl, nb, FWI_L2_LEN);
	return map_frame(q, nbl, solo, &f, &at, out);
}
