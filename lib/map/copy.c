/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: a packet copied into mbufs of the library. */
#include <errno.h>
#include <string.h>

#include <ntstatus.h>

#include "core/tsan.h"
#include "map/ip.h"
#include "map/mapq.h"

/* The next piece of the packet into one mbuf; returns bytes taken. */
static uint32_t
fill(struct rte_mbuf *m, const NET_BUFFER *nb, uint32_t skip, uint32_t left)
{
	uint32_t n = RTE_MIN((uint32_t)rte_pktmbuf_tailroom(m), left);

	n = fwi_nb_read(nb, skip, rte_pktmbuf_mtod_offset(m, void *, m->data_len), n);
	m->data_len = (uint16_t)(m->data_len + n);
	return n;
}

int
fwi_map_copy(struct fwi_mapq *q, const NET_BUFFER *nb, const struct fwi_ip *ip,
	const struct fwi_hop *hop, struct fwi_mapped *out)
{
	uint32_t room = rte_pktmbuf_data_room_size(q->copy_pool) - RTE_PKTMBUF_HEADROOM;
	struct rte_mbuf *m[FWI_COPY_BURST];
	uint32_t done = 0, segs = 1, fit = room, n;

	while (fit < ip->total + FWI_L2_LEN && segs < FWI_COPY_BURST) {
		segs++;
		fit += room;
	}
	if (fit < ip->total + FWI_L2_LEN || segs > q->max_segs)
		return STATUS_INVALID_BUFFER_SIZE;
	FWI_TSAN_ACQUIRE(q->copy_pool);
	if (rte_pktmbuf_alloc_bulk(q->copy_pool, m, segs) != 0)
		return -ENOBUFS;

	memcpy(rte_pktmbuf_mtod(m[0], void *), hop->l2, FWI_L2_LEN);
	m[0]->data_len = FWI_L2_LEN;
	for (n = 0; n < segs; n++) {
		done += fill(m[n], nb, done, ip->total - done);
		if (n > 0)
			m[n - 1]->next = m[n];
	}
	if (unlikely(done != ip->total)) { /* the chain shrank under our hands */
		m[0]->nb_segs = (uint16_t)segs;
		rte_pktmbuf_free(m[0]);
		return STATUS_INVALID_PARAMETER;
	}
	m[0]->pkt_len = ip->total + FWI_L2_LEN;
	m[0]->nb_segs = (uint16_t)segs;
	out->m = m[0];
	out->refs = 0;
	return 0;
}
