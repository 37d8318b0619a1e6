/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: when the device is finished, and how mbufs go back. */
#include <string.h>

#include <rte_cycles.h>
#include <rte_hash_crc.h>
#include <rte_mbuf.h>

#include "core/tsan.h"
#include "fault/fault.h"

/* splitmix64 */
uint64_t
fwi_fault_random(struct fwi_fault_queue *q)
{
	uint64_t z = q->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint32_t
fwi_fault_crc(const struct rte_mbuf *m)
{
	const uint8_t *at = rte_pktmbuf_mtod(m, const uint8_t *);
	uint32_t left = m->data_len, crc = 0, n;
	uint64_t block[32]; /* rte_hash_crc() wants its bytes aligned */

	for (; left > 0; left -= n, at += n) {
		n = RTE_MIN(left, (uint32_t)sizeof(block));
		memcpy(block, at, n);
		crc = rte_hash_crc(block, n, crc);
	}
	return crc;
}

static inline struct fwi_fault_entry *
at(struct fwi_fault_queue *q, uint64_t i)
{
	return &q->entry[i & q->mask];
}

/* It has the bytes no longer: the last moment to look at them. */
static void
finish_one(struct fwi_fault_queue *q, uint64_t i)
{
	const struct fwi_fault_entry *e = at(q, i);

	if (q->verify && fwi_fault_crc(e->m) != e->crc)
		q->n.changed++;
}

void
fwi_fault_ripen(struct fwi_fault_queue *q, uint64_t now)
{
	const struct fwpdk_fault_knobs *k = &q->knobs;
	const struct fwi_fault_entry *e;

	if (k->finish_never || k->link_down || k->vanished)
		return;
	for (; q->done != q->tail; q->done++) {
		e = at(q, q->done);
		if (q->packets - e->packet < k->finish_after || now - e->when < q->finish_ticks)
			break;
		finish_one(q, q->done);
	}
}

uint32_t
fwi_fault_finish_n(struct fwi_fault_queue *q, uint32_t n)
{
	uint32_t i;

	n = (uint32_t)RTE_MIN((uint64_t)n, q->tail - q->done);
	for (i = 0; i < n; i++)
		finish_one(q, q->done++);
	return n;
}

static void
pick_first(struct fwi_fault_queue *q, uint32_t n, struct rte_mbuf **out)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		out[i] = at(q, q->head++)->m;
}

/* The last n before end, last one first; the others move up. */
static void
pick_last(struct fwi_fault_queue *q, uint32_t n, uint64_t end, struct rte_mbuf **out)
{
	uint64_t i, taken = end > q->done ? RTE_MIN((uint64_t)n, end - q->done) : 0;

	for (i = 0; i < n; i++)
		out[i] = at(q, end - 1 - i)->m;
	for (i = end - n; i > q->head; i--)
		*at(q, i - 1 + n) = *at(q, i - 1);
	q->head += n;
	q->done += taken; /* as many as left the part behind it */
}

static void
pick_any(struct fwi_fault_queue *q, uint32_t n, uint64_t end, struct rte_mbuf **out)
{
	uint64_t j;
	uint32_t i;

	for (i = 0; i < n; i++) {
		j = q->head + ((fwi_fault_random(q) >> 32) * (end - q->head) >> 32);
		out[i] = at(q, j)->m;
		if (j >= q->done) { /* its place goes to the oldest unfinished one, */
			*at(q, j) = *at(q, q->done);
			*at(q, q->done++) = *at(q, q->head);
		} else {
			*at(q, j) = *at(q, q->head);
		}
		q->head++; /* whose place goes to the oldest of all */
	}
}

static uint32_t
pick(struct fwi_fault_queue *q, uint32_t n, bool unfinished, struct rte_mbuf **out)
{
	uint64_t end = unfinished ? q->tail : fwi_fault_reported(q), i;

	n = (uint32_t)RTE_MIN((uint64_t)n, end - q->head);
	if (unfinished && q->verify)
		for (i = q->done; i != end; i++) /* released too early: compare now */
			finish_one(q, i), at(q, i)->crc = fwi_fault_crc(at(q, i)->m);
	switch (n == 0 ? FWPDK_FAULT_FIFO : q->knobs.order) {
	case FWPDK_FAULT_REVERSE:
		pick_last(q, n, end, out);
		break;
	case FWPDK_FAULT_RANDOM:
		pick_any(q, n, end, out);
		break;
	default:
		pick_first(q, n, out);
		break;
	}
	if (q->done < q->head)
		q->done = q->head;
	q->n.released += n;
	return n;
}

static void
to_pool(struct rte_mbuf **m, uint32_t n)
{
	FWI_TSAN_RELEASE(m[0]->pool);
	rte_mempool_put_bulk(m[0]->pool, (void **)m, n);
}

/* As drivers do: mbufs of the same pool go back together. */
static void
put_together(struct rte_mbuf **mbufs, uint32_t n)
{
	struct rte_mbuf *run[FWI_FAULT_CHUNK], *m;
	uint32_t i, len = 0;

	for (i = 0; i < n; i++) {
		m = rte_pktmbuf_prefree_seg(mbufs[i]);
		if (m == NULL)
			continue;
		if (len != 0 && m->pool != run[0]->pool) {
			to_pool(run, len);
			len = 0;
		}
		run[len++] = m;
	}
	if (len != 0)
		to_pool(run, len);
}

uint32_t
fwi_fault_give(struct fwi_fault_queue *q, uint32_t n, bool unfinished)
{
	struct rte_mbuf *out[FWI_FAULT_CHUNK];
	uint32_t k, i, total = 0;
	bool single;

	while (total < n) {
		pthread_mutex_lock(&q->lock);
		fwi_fault_ripen(q, rte_rdtsc());
		k = pick(q, RTE_MIN(n - total, FWI_FAULT_CHUNK), unfinished, out);
		single = q->knobs.one_by_one;
		pthread_mutex_unlock(&q->lock);
		if (k == 0)
			break;
		if (single)
			for (i = 0; i < k; i++)
				put_together(out + i, 1);
		else
			put_together(out, k);
		total += k;
	}
	return total;
}
