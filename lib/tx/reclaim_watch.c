/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Real bursts are watched, no frame of our own is sent.
 *
 * A driver that is said to release inside the burst and holds mbufs through a silence is
 * found out here (a healthy one never gets here: it leaves nothing to flush). And where
 * nothing is known, the calls that may make a driver release are tried in turn while the
 * queue is idle: one that brings everything back several times running is adopted.
 */
#include <string.h>

#include <rte_ethdev.h>

#include "core/ethdev.h"
#include "tx/port.h"
#include "tx/reclaim.h"
#include "tx/txq.h"

#define ENOUGH 8u /* observations running before anything is believed */

void
fwi_reclaim_set(struct fwi_txq *q, const struct fwi_reclaim *r)
{
	__atomic_store_n(&q->watch.lost, false, __ATOMIC_RELAXED);
	q->watch.packets = 0;
	q->watch.late = q->watch.refused = q->watch.turn = 0;
	memset(q->watch.hits, 0, sizeof(q->watch.hits));
	__atomic_store_n(&q->reclaim, r, __ATOMIC_RELAXED);
}

void
fwi_reclaim_lost(struct fwi_txq *q)
{
	if (q->forced)
		__atomic_store_n(&q->watch.lost, true, __ATOMIC_RELAXED);
	else
		fwi_reclaim_set(q, &fwi_reclaim_learn);
}

void
fwi_reclaim_answer(struct fwi_txq *q, bool refused)
{
	if (likely(!refused)) {
		q->watch.refused = 0;
		if (unlikely(q->watch.lost))
			__atomic_store_n(&q->watch.lost, false, __ATOMIC_RELAXED);
	} else if (q->watch.refused < ENOUGH && ++q->watch.refused == ENOUGH) {
		fwi_reclaim_lost(q);
	}
}

/* Nothing waits for room, and nothing was sent since the last look. */
static bool
silent(struct fwi_txq *q)
{
	bool same = q->watch.packets == q->packets + q->host_packets;

	q->watch.packets = q->packets + q->host_packets;
	return same && fwi_txq_staged(q) == 0 && !q->blocked;
}

void
fwi_flush_watch(struct fwi_txq *q)
{
	if (!silent(q))
		q->watch.late = 0;
	else if (++q->watch.late == ENOUGH)
		fwi_reclaim_lost(q);
}

static void
try_cleanup(struct fwi_txq *q)
{
	fwi_eth(q->port_id)->cleanup(q->port_id, q->queue_id, 0);
}

static const struct {
	void (*call)(struct fwi_txq *q);
	enum fwpdk_strategy strategy;
} candidates[FWI_CANDIDATES] = {
	{fwi_flush_empty, FWPDK_STRATEGY_EMPTY_BURST},
	{try_cleanup, FWPDK_STRATEGY_DONE_CLEANUP},
};

void
fwi_flush_learn(struct fwi_txq *q)
{
	unsigned i = q->watch.turn;
	uint32_t before;

	if (!silent(q))
		return;
	before = fwi_txq_free(q);
	candidates[i].call(q);
	fwi_txq_collect(q); /* what came back lies in the pool's cache */
	if (fwi_txq_free(q) + q->detached == q->pool_size) {
		if (++q->watch.hits[i] == ENOUGH)
			fwi_reclaim_set(q, fwi_reclaim_of(candidates[i].strategy));
	} else if (fwi_txq_free(q) == before) {
		q->watch.hits[i] = 0;
		q->watch.turn = (uint8_t)((i + 1) % FWI_CANDIDATES);
	}
}

const struct fwi_reclaim fwi_reclaim_learn = {
	"none", FWPDK_STRATEGY_NONE, fwi_flush_learn, false, false};
