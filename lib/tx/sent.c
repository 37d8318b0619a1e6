/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path of queues that complete by descriptor: a ring of the completion mbufs sent,
 * oldest overwritten. Drivers release in order, so what falls out was released long ago.
 *
 * A tracked mbuf that is with the driver has FWI_TAG_TRACK set; its release clears the
 * tag. So a ring entry is current if and only if its mbuf still has that bit.
 */
#include <errno.h>

#include <rte_malloc.h>

#include "map/tag.h"
#include "tx/cpool.h"
#include "tx/poller.h"
#include "tx/reclaim.h"

int
fwi_sent_create(struct fwi_txq *q, int socket)
{
	uint32_t size = rte_align32pow2(q->pool_size + 1);

	q->sent = rte_zmalloc_socket(
		"fwpdk_sent", size * sizeof(q->sent[0]), RTE_CACHE_LINE_SIZE, socket);
	q->sent_mask = size - 1;
	return q->sent == NULL ? -ENOMEM : 0;
}

void
fwi_sent_destroy(struct fwi_txq *q)
{
	rte_free(q->sent);
	q->sent = NULL;
}

void
fwi_sent_note(struct fwi_txq *q, struct rte_mbuf **pkts, uint16_t n)
{
	uint32_t tail = q->sent_tail;
	struct rte_mbuf *m, *record;
	uint16_t i;

	for (i = 0; i < n; i++) {
		for (m = pkts[i]; m != NULL; m = m->next) {
			record = fwi_txq_record(q, m);
			if (record == NULL)
				break;
			*fwi_tag(record) |= FWI_TAG_TRACK;
			q->sent[tail++ & q->sent_mask] = record;
		}
		q->sent_end[i] = tail;
	}
}

void
fwi_sent_keep(struct fwi_txq *q, struct rte_mbuf **pkts, uint16_t n, uint16_t taken)
{
	struct rte_mbuf *m, *record;
	uint16_t i;

	/* Still ours: an older entry of the ring must not take them for sent. */
	for (i = taken; i < n; i++) {
		for (m = pkts[i]; m != NULL; m = m->next) {
			record = fwi_txq_record(q, m);
			if (record == NULL)
				break;
			*fwi_tag(record) &= ~FWI_TAG_TRACK;
		}
	}
	if (taken != 0)
		q->sent_tail = q->sent_end[taken - 1];
	if (q->sent_tail - q->sent_head > q->sent_mask)
		q->sent_head = q->sent_tail - q->sent_mask;
}

void
fwi_sent_all_done(struct fwi_txq *q)
{
	struct rte_mbuf *m;

	for (; q->sent_head != q->sent_tail; q->sent_head++) {
		m = q->sent[q->sent_head & q->sent_mask];
		if (*fwi_tag(m) & FWI_TAG_TRACK)
			fwi_cpool_detach(q, m);
	}
}
