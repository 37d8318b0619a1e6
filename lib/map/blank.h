/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: mbufs for copies, taken from their pool many at once. */
#ifndef FWI_BLANK_H
#define FWI_BLANK_H

#include <stdbool.h>

#include <rte_branch_prediction.h>

#include "map/mapq.h"

/* One is there. */
static inline bool
fwi_blank_ready(struct fwi_mapq *q)
{
	return likely(q->nblank != 0) || likely(fwi_map_blanks(q));
}

/* The next one; it stays where it is until fwi_blank_used(). */
static inline struct rte_mbuf *
fwi_blank_next(const struct fwi_mapq *q)
{
	return q->blank[q->nblank - 1];
}

/* m->buf_addr is not asked for: mbufs of the pool have their buffer behind them. */
static inline uint8_t *
fwi_blank_frame(struct rte_mbuf *m)
{
	return (uint8_t *)m + sizeof(*m) + RTE_PKTMBUF_HEADROOM;
}

/*
 * The one that is so many packets ahead comes from the cache of the CPU that had it last. A few at
 * a time: 32 at once, or 16 ahead, are slower than 2 to 8.
 */
static inline void
fwi_blank_fetch(const struct fwi_mapq *q, uint32_t ahead)
{
	uint8_t *frame;

	if (unlikely(q->nblank <= ahead))
		return;
	frame = fwi_blank_frame(q->blank[q->nblank - 1 - ahead]);
	__builtin_prefetch(frame, 1);
	/* virtio's header: most drivers write it only if it is another one than last time */
	__builtin_prefetch(frame - 1);
}

/*
 * It carries a frame of len bytes now. What rte_pktmbuf_reset() would do, less what mbufs of a pool
 * are anyway (next NULL) and what no flag speaks of (tx_offload).
 */
static inline struct rte_mbuf *
fwi_blank_used(struct fwi_mapq *q, uint32_t len)
{
	struct rte_mbuf *m = q->blank[--q->nblank];

	m->data_off = RTE_PKTMBUF_HEADROOM; /* these four are one store */
	m->refcnt = 1;
	m->nb_segs = 1;
	m->port = RTE_MBUF_PORT_INVALID;
	m->ol_flags = 0;
	m->packet_type = 0;
	m->pkt_len = len;
	m->data_len = (uint16_t)len;
	m->vlan_tci = 0;
	q->copied++;
	fwi_blank_fetch(q, FWI_BLANKS_AHEAD);
	return m;
}

#endif
