/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path, extbuf mode: for ports whose mbufs may be cloned. A clone finds its origin
 * through buf_addr, which a bare mbuf points elsewhere. So the completion mbuf stays at
 * home as a record, and an ordinary mbuf with an external buffer travels: whoever drops
 * the last reference to that buffer, clone or not, puts the record back into its pool,
 * and that is the completion signal as in the other zero-copy mode.
 */
#include <rte_mempool.h>

#include "core/tsan.h"
#include "map/mapq.h"
#include "map/tag.h"

static struct rte_mbuf_ext_shared_info *
shared_info(struct rte_mbuf *record)
{
	return RTE_PTR_ADD(rte_mbuf_to_priv(record), FWI_HDR_ROOM);
}

static void
record_home(void *addr, void *record)
{
	RTE_SET_USED(addr);
	rte_mempool_generic_put(((struct rte_mbuf *)record)->pool, &record, 1, NULL);
}

void
fwi_extbuf_init(struct rte_mbuf *record)
{
	struct rte_mbuf_ext_shared_info *info = shared_info(record);

	RTE_BUILD_BUG_ON(sizeof(*info) > FWI_PRIV_ROOM - FWI_HDR_ROOM);
	info->free_cb = record_home;
	info->fcb_opaque = record;
	rte_mbuf_ext_refcnt_set(info, 0);
}

struct rte_mbuf *
fwi_map_extbuf(struct fwi_mapq *q, struct rte_mbuf *head, uint32_t n, uint32_t pkt_len)
{
	struct rte_mbuf *m[FWI_CHAIN_MAX], *record = head, *next;
	struct rte_mbuf_ext_shared_info *info;
	uint32_t i;

	FWI_TSAN_ACQUIRE(q->ext_pool);
	if (unlikely(rte_pktmbuf_alloc_bulk(q->ext_pool, m, n) != 0))
		return NULL;
	for (i = 0; i < n; i++, record = next) {
		next = record->next;
		record->next = NULL;
		info = shared_info(record);
		rte_mbuf_ext_refcnt_set(info, 1);
		rte_pktmbuf_attach_extbuf(
			m[i], record->buf_addr, record->buf_iova, record->buf_len, info);
		m[i]->data_len = record->data_len;
		if (i != 0)
			m[i - 1]->next = m[i];
	}
	m[0]->nb_segs = (uint16_t)n;
	m[0]->pkt_len = pkt_len;
	return m[0];
}
