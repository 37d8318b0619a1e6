/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: the burst of the double, and what it says about its descriptors. */
#include <errno.h>

#include <rte_cycles.h>

#include "fault/fault.h"

enum verdict { TAKE, DROP, REFUSE };

/* How many packets of n this burst takes at most. */
static uint32_t
appetite(struct fwi_fault_queue *q, uint32_t n)
{
	const struct fwpdk_fault_knobs *k = &q->knobs;

	if (k->vanished || k->take == FWPDK_FAULT_NONE)
		return 0;
	if (q->refuse_left != 0) {
		q->refuse_left--;
		return 0;
	}
	if (q->refuse_until != 0) {
		if (rte_rdtsc() < q->refuse_until)
			return 0;
		q->refuse_until = 0;
	}
	if (k->take != 0 && n > k->take)
		n = k->take;
	if (k->take_random)
		n = (uint32_t)(((fwi_fault_random(q) >> 32) * (n + 1)) >> 32);
	return n;
}

static uint32_t
begin(struct fwi_fault_queue *q, uint16_t n)
{
	uint32_t want;

	pthread_mutex_lock(&q->lock);
	if (n == 0) {
		q->n.empty_bursts++;
		want = 0;
	} else {
		q->n.bursts++;
		q->n.offered += n;
		want = appetite(q, n);
	}
	pthread_mutex_unlock(&q->lock);
	return want;
}

/* What a driver of this kind releases before it takes packets. */
static void
release_before(struct fwi_fault_queue *q, uint16_t n)
{
	enum fwpdk_fault_release rule;
	uint64_t used;
	bool vanished;

	pthread_mutex_lock(&q->lock);
	rule = q->knobs.release;
	vanished = q->knobs.vanished;
	used = q->tail - q->head;
	pthread_mutex_unlock(&q->lock);
	if (vanished || rule == FWPDK_FAULT_NEVER)
		return;
	if (rule == FWPDK_FAULT_NEXT_BURST || (rule == FWPDK_FAULT_IN_BURST && n != 0))
		fwi_fault_give(q, FWPDK_FAULT_ALL, false);
	else if (n != 0 && q->nb_desc - used < q->free_thresh)
		fwi_fault_give(q,
			(uint32_t)((q->free_thresh - (q->nb_desc - used) + q->rs_mask) &
				   ~(uint64_t)q->rs_mask),
			false);
}

static void
release_after(struct fwi_fault_queue *q)
{
	bool due;

	pthread_mutex_lock(&q->lock);
	due = q->knobs.release == FWPDK_FAULT_IN_BURST && !q->knobs.vanished;
	pthread_mutex_unlock(&q->lock);
	if (due)
		fwi_fault_give(q, FWPDK_FAULT_ALL, false);
}

static enum verdict
judge(struct fwi_fault_queue *q, const struct rte_mbuf *m)
{
	const struct fwpdk_fault_knobs *k = &q->knobs;

	if (k->max_segs != 0 && m->nb_segs > k->max_segs) {
		q->n.long_chains++;
		return k->drop_long ? DROP : REFUSE;
	}
	if (q->tail - q->head + m->nb_segs > q->nb_desc)
		return REFUSE;
	if (k->drop_one_in != 0 && --q->drop_left == 0) {
		q->drop_left = k->drop_one_in;
		return DROP;
	}
	return TAKE;
}

static void
look_at(struct fwi_fault_queue *q, const struct rte_mbuf *m)
{
	const char *wrong = q->check(m, q->check_arg);

	q->n.checked++;
	if (wrong != NULL && q->n.wrong++ == 0)
		q->n.first_wrong = wrong;
}

static void
hold(struct fwi_fault_queue *q, struct rte_mbuf *m, uint64_t now)
{
	struct fwi_fault_entry *e;

	if (q->check != NULL)
		look_at(q, m);
	q->packets++;
	for (; m != NULL; m = m->next) {
		e = &q->entry[q->tail++ & q->mask];
		e->m = m;
		e->when = now;
		e->packet = q->packets;
		e->crc = q->verify ? fwi_fault_crc(m) : 0;
	}
}

static uint32_t
take_chunk(struct fwi_fault_queue *q, struct rte_mbuf **mbufs, uint32_t n)
{
	struct rte_mbuf *dropped[FWI_FAULT_CHUNK];
	uint32_t i, ndropped = 0;
	enum verdict v = TAKE;
	uint64_t now;

	pthread_mutex_lock(&q->lock);
	now = rte_rdtsc();
	for (i = 0; i < n; i++) {
		v = judge(q, mbufs[i]);
		if (v == REFUSE)
			break;
		if (v == DROP)
			dropped[ndropped++] = mbufs[i];
		else
			hold(q, mbufs[i], now);
	}
	q->n.taken += i;
	q->n.dropped += ndropped;
	pthread_mutex_unlock(&q->lock);
	while (ndropped > 0)
		rte_pktmbuf_free(dropped[--ndropped]);
	return i;
}

uint16_t
fwi_fault_burst(void *queue, struct rte_mbuf **mbufs, uint16_t n)
{
	struct fwi_fault_queue *q = queue;
	uint32_t taken = 0, chunk, k, want;

	release_before(q, n);
	want = begin(q, n);
	while (taken < want) {
		chunk = RTE_MIN(want - taken, FWI_FAULT_CHUNK);
		k = take_chunk(q, mbufs + taken, chunk);
		taken += k;
		if (k < chunk)
			break;
	}
	if (n != 0)
		release_after(q);
	return (uint16_t)taken;
}

int
fwi_fault_status(void *queue, uint16_t offset)
{
	struct fwi_fault_queue *q = queue;
	uint64_t back = q->nb_desc - offset; /* 1 = the last one filled */
	int rc = RTE_ETH_TX_DESC_DONE;

	pthread_mutex_lock(&q->lock);
	q->n.status++;
	fwi_fault_ripen(q, rte_rdtsc());
	if (q->knobs.vanished)
		rc = -ENODEV;
	else if (q->knobs.no_status)
		rc = -ENOTSUP;
	else if (offset >= q->nb_desc)
		rc = -EINVAL;
	else if (back <= q->tail - q->head && q->tail - back >= fwi_fault_reported(q))
		rc = RTE_ETH_TX_DESC_FULL;
	pthread_mutex_unlock(&q->lock);
	return rc;
}
