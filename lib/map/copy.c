/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: a packet copied into mbufs of the library. */
#include <errno.h>
#include <string.h>

#include <ntstatus.h>

#include "core/tsan.h"
#include "map/blank.h"
#include "map/frame.h"

/* The next piece of the frame into one mbuf; returns bytes taken. */
static uint32_t
fill(struct rte_mbuf *m, struct fwi_at *at, uint32_t left)
{
	uint32_t n = RTE_MIN((uint32_t)rte_pktmbuf_tailroom(m), left);

	n = fwi_at_read(at, rte_pktmbuf_mtod_offset(m, void *, m->data_len), n);
	m->data_len = (uint16_t)(m->data_len + n);
	return n;
}

bool
fwi_map_blanks(struct fwi_mapq *q)
{
	uint32_t i;

	FWI_TSAN_ACQUIRE(q->copy_pool);
	if (unlikely(rte_mempool_get_bulk(
			     q->copy_pool, (void **)q->blank + q->nblank, FWI_BLANKS) != 0))
		return false;
	q->nblank += FWI_BLANKS;
	for (i = 0; i < FWI_BLANKS_AHEAD; i++)
		fwi_blank_fetch(q, i);
	return true;
}

void
fwi_map_blanks_back(struct fwi_mapq *q)
{
	if (q->nblank != 0)
		rte_mempool_put_bulk(q->copy_pool, (void *const *)q->blank, q->nblank);
	q->nblank = 0;
}

int
fwi_map_copy(
	struct fwi_mapq *q, const struct fwi_frame *f, struct fwi_at *at, struct fwi_mapped *out)
{
	uint32_t room = q->copy_room;
	uint32_t len = f->head_len + f->len, done = 0, segs = 1, fit = room, n;
	struct rte_mbuf *m[FWI_COPY_BURST];
	struct fwi_at from = *at;

	while (fit < len && segs < FWI_COPY_BURST) {
		segs++;
		fit += room;
	}
	if (fit < len || segs > q->max_segs || f->head_len > room)
		return STATUS_INVALID_BUFFER_SIZE;
	FWI_TSAN_ACQUIRE(q->copy_pool);
	if (rte_pktmbuf_alloc_bulk(q->copy_pool, m, segs) != 0)
		return -ENOBUFS;

	fwi_frame_head(rte_pktmbuf_mtod(m[0], void *), f);
	m[0]->data_len = (uint16_t)f->head_len;
	for (n = 0; n < segs; n++) {
		done += fill(m[n], &from, f->len - done);
		if (n > 0)
			m[n - 1]->next = m[n];
	}
	if (unlikely(done != f->len)) { /* the chain shrank under our hands */
		m[0]->nb_segs = (uint16_t)segs;
		rte_pktmbuf_free(m[0]);
		return STATUS_INVALID_PARAMETER;
	}
	m[0]->pkt_len = len;
	m[0]->ol_flags = f->ol_flags;
	m[0]->tx_offload = f->tx_offload;
	m[0]->nb_segs = (uint16_t)segs;
	*at = from;
	out->m = m[0];
	out->refs = 0;
	return 0;
}
