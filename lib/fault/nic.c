/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: the double for measurements. It costs what a simple driver costs, so it has no
 * knobs, and its sizes are constants (install.c tells the same ones).
 */
#include <rte_ethdev.h>
#include <rte_malloc.h>

#include "fault/fault.h"

#define DESC	    1024u
#define BLOCK	    32u	 /* descriptors released at a time */
#define FREE_THRESH 960u /* release when fewer are free */

/* What a device reads: as large as that of common NICs. */
struct desc {
	uint64_t addr;
	uint32_t len_cmd;
	uint32_t status;
};

#define CMD_END 0x01000000u

struct queue {
	fwpdk_fault_check check;
	void *check_arg;
	uint32_t next;	 /* descriptor to be written */
	uint32_t oldest; /* descriptor to be released */
	uint32_t free;
	uint64_t packets, checked, wrong;
	const char *first_wrong;
	struct desc desc[DESC] __rte_cache_aligned;
	struct rte_mbuf *mbuf[DESC] __rte_cache_aligned;
};

struct fwi_fault_nic {
	unsigned nb_queues;
	struct queue queue[] __rte_cache_aligned;
};

/* As drivers do: mbufs of the same pool go back together. */
static void
release(struct queue *q, uint32_t n)
{
	struct rte_mbuf *run[BLOCK];
	uint32_t len = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct rte_mbuf *m = rte_pktmbuf_prefree_seg(q->mbuf[q->oldest]);

		q->oldest = (q->oldest + 1) & (DESC - 1);
		if (unlikely(m == NULL))
			continue;
		if (unlikely(len != 0 && m->pool != run[0]->pool)) {
			rte_mempool_put_bulk(run[0]->pool, (void **)run, len);
			len = 0;
		}
		run[len++] = m;
	}
	if (len != 0)
		rte_mempool_put_bulk(run[0]->pool, (void **)run, len);
	q->free += n;
}

static __rte_noinline void
look_at(struct queue *q, const struct rte_mbuf *m)
{
	const char *wrong = q->check(m, q->check_arg);

	q->checked++;
	if (wrong == NULL)
		return;
	if (q->wrong++ == 0)
		q->first_wrong = wrong;
}

static inline void
write_desc(struct queue *q, struct rte_mbuf *m, uint32_t cmd)
{
	struct desc *desc = &q->desc[q->next];

	desc->addr = rte_pktmbuf_iova(m);
	desc->len_cmd = m->data_len | cmd;
	desc->status = 0;
	q->mbuf[q->next] = m;
	q->next = (q->next + 1) & (DESC - 1);
}

static __rte_noinline void
write_chain(struct queue *q, struct rte_mbuf *m)
{
	for (; m != NULL; m = m->next)
		write_desc(q, m, m->next == NULL ? CMD_END : 0);
}

static uint16_t
send_block(struct queue *q, struct rte_mbuf **mbufs, uint16_t n)
{
	uint16_t i;

	while (q->free < FREE_THRESH)
		release(q, BLOCK);
	for (i = 0; i < n; i++) {
		struct rte_mbuf *m = mbufs[i];

		if (unlikely(m->nb_segs > q->free))
			break;
		q->free -= m->nb_segs;
		if (unlikely(q->check != NULL))
			look_at(q, m);
		if (likely(m->nb_segs == 1))
			write_desc(q, m, CMD_END);
		else
			write_chain(q, m);
	}
	q->packets += i;
	return i;
}

uint16_t
fwi_fault_nic_burst(void *queue, struct rte_mbuf **mbufs, uint16_t n)
{
	uint16_t sent = 0;

	while (sent < n) {
		uint16_t want = RTE_MIN((uint16_t)(n - sent), (uint16_t)BLOCK);
		uint16_t done = send_block(queue, mbufs + sent, want);

		sent += done;
		if (done < want)
			break;
	}
	return sent;
}

struct fwi_fault_nic *
fwi_fault_nic_new(struct fwpdk_fault *f)
{
	struct fwi_fault_nic *nic = rte_zmalloc("fwpdk_fault_nic",
		sizeof(*nic) + f->nb_queues * sizeof(nic->queue[0]), RTE_CACHE_LINE_SIZE);

	if (nic == NULL)
		return NULL;
	nic->nb_queues = f->nb_queues;
	for (unsigned i = 0; i < f->nb_queues; i++) {
		nic->queue[i].check = f->opts.check;
		nic->queue[i].check_arg = f->opts.check_arg;
		nic->queue[i].free = DESC;
		f->data[i] = &nic->queue[i];
	}
	return nic;
}

uint32_t
fwi_fault_nic_give(struct fwi_fault_nic *nic, uint32_t n)
{
	uint32_t total = 0, k;

	for (unsigned i = 0; i < nic->nb_queues; i++) {
		struct queue *q = &nic->queue[i];

		for (; q->free < DESC && total < n; total += k) {
			k = RTE_MIN(BLOCK, DESC - q->free);
			k = RTE_MIN(k, n - total);
			release(q, k);
		}
	}
	return total;
}

void
fwi_fault_nic_counts(const struct fwi_fault_nic *nic, struct fwpdk_fault_counts *counts)
{
	for (unsigned i = 0; i < nic->nb_queues; i++) {
		const struct queue *q = &nic->queue[i];

		counts->taken += q->packets;
		counts->held += DESC - q->free;
		counts->checked += q->checked;
		counts->wrong += q->wrong;
		if (counts->first_wrong == NULL)
			counts->first_wrong = q->first_wrong;
	}
	counts->finished = counts->held;
}
