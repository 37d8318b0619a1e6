/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: what a double is told and asked from outside, by any thread. */
#include <errno.h>
#include <stddef.h>

#include <rte_cycles.h>

#include "core/ctl.h"
#include "fault/fault.h"

static uint64_t
ticks(uint32_t us)
{
	return us * (rte_get_tsc_hz() / 1000000);
}

static void
queue_set(struct fwi_fault_queue *q, const struct fwpdk_fault_knobs *k, uint64_t now)
{
	pthread_mutex_lock(&q->lock);
	fwi_fault_ripen(q, now); /* what is finished by the old rules stays so */
	q->knobs = *k;
	q->finish_ticks = ticks(k->finish_us);
	q->refuse_until = k->refuse_us != 0 ? now + ticks(k->refuse_us) : 0;
	q->refuse_left = k->refuse_calls;
	q->drop_left = k->drop_one_in;
	pthread_mutex_unlock(&q->lock);
}

int
fwpdk_fault_set(struct fwpdk_fault *f, const struct fwpdk_fault_knobs *k)
{
	uint64_t now = rte_rdtsc();
	unsigned i;

	if (!FWI_SIZE_OK(k, struct fwpdk_fault_knobs) || k->release > FWPDK_FAULT_NEVER ||
		k->order > FWPDK_FAULT_RANDOM || k->end > FWPDK_FAULT_KEEP || k->fail_rc > 0)
		return -EINVAL;
	if (f->queue == NULL)
		return -ENOTSUP;
	for (i = 0; i < f->nb_queues; i++)
		queue_set(&f->queue[i], k, now);
	__atomic_store_n(&f->link_down, k->link_down, __ATOMIC_RELAXED);
	__atomic_store_n(&f->vanished, k->vanished, __ATOMIC_RELAXED);
	pthread_mutex_lock(&f->lock);
	f->fail_starts = k->fail_starts;
	f->fail_stops = k->fail_stops;
	f->fail_rc = k->fail_rc != 0 ? k->fail_rc : -EIO;
	f->end = k->end;
	pthread_mutex_unlock(&f->lock);
	return 0;
}

uint32_t
fwpdk_fault_release(struct fwpdk_fault *f, uint32_t n)
{
	uint32_t total = 0;
	unsigned i;

	if (f->nic != NULL)
		return fwi_fault_nic_give(f->nic, n);
	for (i = 0; i < f->nb_queues && total < n; i++)
		total += fwi_fault_give(&f->queue[i], n - total, true);
	return total;
}

uint32_t
fwpdk_fault_finish(struct fwpdk_fault *f, uint32_t n)
{
	uint32_t total = 0;
	unsigned i;

	for (i = 0; f->queue != NULL && i < f->nb_queues && total < n; i++) {
		pthread_mutex_lock(&f->queue[i].lock);
		total += fwi_fault_finish_n(&f->queue[i], n - total);
		pthread_mutex_unlock(&f->queue[i].lock);
	}
	return total;
}

static void
add(struct fwpdk_fault_counts *sum, const struct fwpdk_fault_counts *n)
{
	sum->bursts += n->bursts;
	sum->offered += n->offered;
	sum->taken += n->taken;
	sum->dropped += n->dropped;
	sum->long_chains += n->long_chains;
	sum->empty_bursts += n->empty_bursts;
	sum->cleanups += n->cleanups;
	sum->status += n->status;
	sum->released += n->released;
	sum->checked += n->checked;
	sum->wrong += n->wrong;
	sum->changed += n->changed;
	if (sum->first_wrong == NULL)
		sum->first_wrong = n->first_wrong;
}

int
fwpdk_fault_counts(struct fwpdk_fault *f, struct fwpdk_fault_counts *counts)
{
	struct fwi_fault_queue *q;
	unsigned i;

	if (!FWI_SIZE_OK(counts, struct fwpdk_fault_counts))
		return -EINVAL;
	*counts = (struct fwpdk_fault_counts){.size = counts->size};
	if (f->nic != NULL)
		fwi_fault_nic_counts(f->nic, counts);
	for (i = 0; f->queue != NULL && i < f->nb_queues; i++) {
		q = &f->queue[i];
		pthread_mutex_lock(&q->lock);
		fwi_fault_ripen(q, rte_rdtsc());
		add(counts, &q->n);
		counts->held += q->tail - q->head;
		counts->finished += q->done - q->head;
		pthread_mutex_unlock(&q->lock);
	}
	pthread_mutex_lock(&f->lock);
	counts->starts = f->starts;
	counts->stops = f->stops;
	pthread_mutex_unlock(&f->lock);
	return 0;
}
