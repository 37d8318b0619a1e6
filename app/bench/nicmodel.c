/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <rte_ethdev.h>
#include <rte_malloc.h>

#include "nicmodel.h"

/* What a device reads: as large as that of common NICs. */
struct desc {
	uint64_t addr;
	uint32_t len_cmd;
	uint32_t status;
};

#define CMD_END 0x01000000u

struct queue {
	struct nicmodel *model;
	uint32_t next;	 /* descriptor to be written */
	uint32_t oldest; /* descriptor to be released */
	uint32_t free;
	uint64_t packets, checked, wrong;
	const char *first_wrong;
	struct desc desc[NICMODEL_DESC] __rte_cache_aligned;
	struct rte_mbuf *mbuf[NICMODEL_DESC] __rte_cache_aligned;
};

struct nicmodel {
	uint16_t port_id;
	nicmodel_check check;
	void *arg;
	void *data[NICMODEL_QUEUES]; /* what txq.data points to */
	struct rte_eth_fp_ops saved;
	struct queue queue[NICMODEL_QUEUES];
};

/* As drivers do: mbufs of the same pool go back together. */
static void
release(struct queue *q, uint32_t n)
{
	struct rte_mbuf *run[NICMODEL_BLOCK];
	uint32_t len = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct rte_mbuf *m = rte_pktmbuf_prefree_seg(q->mbuf[q->oldest]);

		q->oldest = (q->oldest + 1) & (NICMODEL_DESC - 1);
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
	const char *wrong = q->model->check(m, q->model->arg);

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
	q->next = (q->next + 1) & (NICMODEL_DESC - 1);
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

	while (q->free < NICMODEL_FREE_THRESH)
		release(q, NICMODEL_BLOCK);
	for (i = 0; i < n; i++) {
		struct rte_mbuf *m = mbufs[i];

		if (unlikely(m->nb_segs > q->free))
			break;
		q->free -= m->nb_segs;
		if (unlikely(q->model->check != NULL))
			look_at(q, m);
		if (likely(m->nb_segs == 1))
			write_desc(q, m, CMD_END);
		else
			write_chain(q, m);
	}
	q->packets += i;
	return i;
}

static uint16_t
send_burst(void *queue, struct rte_mbuf **mbufs, uint16_t n)
{
	uint16_t sent = 0;

	while (sent < n) {
		uint16_t want = RTE_MIN((uint16_t)(n - sent), (uint16_t)NICMODEL_BLOCK);
		uint16_t done = send_block(queue, mbufs + sent, want);

		sent += done;
		if (done < want)
			break;
	}
	return sent;
}

struct nicmodel *
nicmodel_install(uint16_t port_id, nicmodel_check check, void *arg)
{
	struct nicmodel *model = rte_zmalloc("bench_nicmodel", sizeof(*model), RTE_CACHE_LINE_SIZE);

	if (model == NULL)
		return NULL;
	model->port_id = port_id;
	model->check = check;
	model->arg = arg;
	for (unsigned i = 0; i < NICMODEL_QUEUES; i++) {
		model->queue[i].model = model;
		model->queue[i].free = NICMODEL_DESC;
		model->data[i] = &model->queue[i];
	}
	model->saved = rte_eth_fp_ops[port_id];
	rte_eth_fp_ops[port_id].txq.data = model->data;
	rte_eth_fp_ops[port_id].tx_pkt_burst = send_burst;
	return model;
}

void
nicmodel_remove(struct nicmodel *model)
{
	struct rte_eth_fp_ops *ops = &rte_eth_fp_ops[model->port_id];

	/* A stop of the port has put dummies there: they stay. */
	if (ops->tx_pkt_burst == send_burst)
		*ops = model->saved;
	rte_free(model);
}

void
nicmodel_flush(struct nicmodel *model)
{
	for (unsigned i = 0; i < NICMODEL_QUEUES; i++) {
		struct queue *q = &model->queue[i];

		while (q->free < NICMODEL_DESC)
			release(q, RTE_MIN(NICMODEL_BLOCK, NICMODEL_DESC - q->free));
	}
}

void
nicmodel_counts(const struct nicmodel *model, struct nicmodel_counts *counts)
{
	*counts = (struct nicmodel_counts){0};
	for (unsigned i = 0; i < NICMODEL_QUEUES; i++) {
		const struct queue *q = &model->queue[i];

		counts->packets += q->packets;
		counts->checked += q->checked;
		counts->wrong += q->wrong;
		if (counts->first_wrong == NULL)
			counts->first_wrong = q->first_wrong;
	}
}
