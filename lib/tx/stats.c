/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: fwpdk_stats(), fwpdk_port_stats(), fwpdk_poller_info(). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <fwpdk/stats.h>

#include "core/compat.h"
#include "core/ctl.h"
#include "tx/lane.h"
#include "tx/poller_ctl.h"
#include "tx/producer.h"
#include "tx/stats.h"

#define LOAD(x) __atomic_load_n(&(x), __ATOMIC_ACQUIRE)

struct sums {
	uint64_t packets, bytes, header_mbufs, linearised, copied_memory, copied, host_packets;
	uint64_t checksums, checksums_nic, segments, fragments, tagged;
};

static struct {
	struct fwi_count *count; /* of destroyed pollers, [max_handles] */
	struct sums sums;
	struct fwi_status_count failed[FWI_STATUS_SLOTS];
} kept;
static struct fwi_status_count refused[FWI_STATUS_SLOTS]; /* atomic */
static struct fwpdk_stats base;				  /* subtracted after a reset */

static void
slot_add(struct fwi_status_count *slots, int32_t status, uint64_t n)
{
	unsigned i;

	for (i = 0; i < FWI_STATUS_SLOTS - 1; i++)
		if (slots[i].status == status || slots[i].count == 0)
			break;
	slots[i].status = status;
	slots[i].count += n;
}

void
fwi_count_refused(int32_t status)
{
	int32_t seen;
	unsigned i;

	for (i = 0; i < FWI_STATUS_SLOTS - 1; i++) {
		seen = 0;
		if (__atomic_load_n(&refused[i].status, __ATOMIC_RELAXED) == status ||
			__atomic_compare_exchange_n(&refused[i].status, &seen, status, false,
				__ATOMIC_RELAXED, __ATOMIC_RELAXED) ||
			seen == status)
			break;
	}
	__atomic_fetch_add(&refused[i].count, 1, __ATOMIC_RELAXED);
}

int
fwi_stats_init(void)
{
	memset(&kept.sums, 0, sizeof(kept.sums));
	memset(kept.failed, 0, sizeof(kept.failed));
	memset(refused, 0, sizeof(refused));
	memset(&base, 0, sizeof(base));
	free(kept.count);
	kept.count = calloc(fwi_config.max_handles, sizeof(*kept.count));
	return kept.count != NULL ? 0 : -ENOMEM;
}

FWI_APPROXIMATE static void
sums_add(struct sums *s, const struct fwpdk_poller *p)
{
	const struct fwi_txq *q;
	unsigned i;

	for (i = 0; i < p->nports; i++) {
		q = p->q[i];
		s->packets += LOAD(q->packets);
		s->bytes += LOAD(q->bytes);
		s->header_mbufs += LOAD(q->map.header_mbufs);
		s->linearised += LOAD(q->map.linearised);
		s->copied_memory += LOAD(q->map.copied_memory);
		s->copied += LOAD(q->map.copied);
		s->host_packets += LOAD(q->host_packets);
		s->checksums += LOAD(q->map.sums);
		s->checksums_nic += LOAD(q->map.nic_summed);
		s->segments += LOAD(q->map.segments);
		s->fragments += LOAD(q->map.fragments);
		s->tagged += LOAD(q->map.tagged);
	}
}

void
fwi_stats_keep(const struct fwpdk_poller *p)
{
	uint32_t i;

	sums_add(&kept.sums, p);
	for (i = 0; i < FWI_STATUS_SLOTS && p->failed[i].count != 0; i++)
		slot_add(kept.failed, p->failed[i].status, p->failed[i].count);
	for (i = 0; i < fwi_config.max_handles; i++) {
		kept.count[i].in += p->count[i].in;
		kept.count[i].out += p->count[i].out;
	}
}

void
fwi_handle_totals(uint32_t h, struct fwi_totals *t)
{
	const struct fwpdk_poller *p;
	uint32_t i;

	*t = (struct fwi_totals){0};
	fwi_ctl_lock();
	if (kept.count != NULL)
		t->completed = kept.count[h].out;
	for (i = 0; i < FWI_MAX_POLLERS; i++)
		if ((p = fwi_pollers[i]) != NULL)
			t->completed += LOAD(p->count[h].out);
	if (kept.count != NULL)
		t->injected = kept.count[h].in;
	for (i = 0; i < FWI_MAX_POLLERS; i++)
		if ((p = fwi_pollers[i]) != NULL)
			t->injected += LOAD(p->count[h].in);
	for (i = 0; i < fwi_config.max_producers; i++)
		t->injected += LOAD(fwi_producers[i].count[h].in);
	t->injected += LOAD(fwi_shared_producer.count[h].in);
	fwi_ctl_unlock();
}

void
fwi_totals_read(struct fwi_totals *t)
{
	struct fwi_totals one;
	uint32_t h;

	*t = (struct fwi_totals){0};
	fwi_ctl_lock();
	for (h = 0; h < fwi_config.max_handles; h++) {
		fwi_handle_totals(h, &one);
		t->completed += one.completed;
		t->injected += one.injected;
	}
	fwi_ctl_unlock();
}

FWI_APPROXIMATE void
fwi_poller_places(const struct fwpdk_poller *p, struct fwpdk_poller_info *info)
{
	uint64_t used = __atomic_load_n(&fwi_lanes_used, __ATOMIC_ACQUIRE);
	unsigned i;

	info->in_rings = rte_ring_count(p->shared);
	for (; used != 0; used &= used - 1)
		info->in_rings += fwi_lane_count(p->lane[__builtin_ctzll(used)]);
	info->waiting = p->nwait;
	info->unresolved = p->nunresolved;
	info->staged = info->in_driver = 0;
	for (i = 0; i < p->nports; i++) {
		info->staged += fwi_txq_staged_seen(p->q[i]);
		info->in_driver += fwi_txq_in_driver(p->q[i]);
	}
}

/* NBLs that sit somewhere in this poller; exact while it is not polled. */
FWI_APPROXIMATE static uint64_t
poller_in_flight(const struct fwpdk_poller *p)
{
	struct fwpdk_poller_info info = {.size = sizeof(info)};
	int64_t mapped = -p->extra;
	unsigned i;

	for (i = 0; i < p->nports; i++) {
		mapped += p->q[i]->ncredit;
		if (p->q[i]->cpool != NULL)
			mapped += p->q[i]->pool_size - fwi_txq_free_seen(p->q[i]);
	}
	fwi_poller_places(p, &info);
	mapped += (int64_t)(info.in_rings + info.waiting + p->ndone + p->nfail + p->nheld +
			    p->nunresolved);
	return mapped > 0 ? (uint64_t)mapped : 0;
}

static void
stats_raw(struct fwpdk_stats *s)
{
	struct sums sums;
	struct fwi_status_count failed[FWI_STATUS_SLOTS];
	struct fwi_totals t;
	const struct fwpdk_poller *p;
	unsigned i, k;

	memset(s, 0, sizeof(*s));
	s->size = sizeof(*s);
	fwi_ctl_lock();
	sums = kept.sums;
	memcpy(failed, kept.failed, sizeof(failed));
	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		p = fwi_pollers[i];
		if (p == NULL)
			continue;
		sums_add(&sums, p);
		for (k = 0; k < FWI_STATUS_SLOTS && LOAD(p->failed[k].count) != 0; k++)
			slot_add(failed, p->failed[k].status, LOAD(p->failed[k].count));
		s->in_flight += poller_in_flight(p);
	}
	fwi_totals_read(&t);
	fwi_ctl_unlock();

	s->injected = t.injected;
	s->completed = t.completed;
	s->packets = sums.packets;
	s->bytes = sums.bytes;
	s->header_mbufs = sums.header_mbufs;
	s->linearised = sums.linearised;
	s->copied_memory = sums.copied_memory;
	s->copied = sums.copied;
	s->host_packets = sums.host_packets;
	s->checksums = sums.checksums;
	s->checksums_nic = sums.checksums_nic;
	s->segments = sums.segments;
	s->fragments = sums.fragments;
	s->tagged = sums.tagged;
	for (i = 0; i < FWI_STATUS_SLOTS; i++) {
		s->failed += failed[i].count;
		if (i + 1 < FWPDK_STATUS_SLOTS) {
			s->by_status[i + 1].status = (uint32_t)failed[i].status;
			s->by_status[i + 1].count = failed[i].count;
		}
		s->refused_by_status[i].status = (uint32_t)LOAD(refused[i].status);
		s->refused_by_status[i].count = LOAD(refused[i].count);
		s->refused += s->refused_by_status[i].count;
	}
	s->by_status[0].count = s->completed > s->failed ? s->completed - s->failed : 0;
}

static void
stats_subtract(struct fwpdk_stats *s, const struct fwpdk_stats *b)
{
	unsigned i, k;

	s->injected -= b->injected;
	s->completed -= b->completed;
	s->failed -= b->failed;
	s->refused -= b->refused;
	s->packets -= b->packets;
	s->bytes -= b->bytes;
	s->header_mbufs -= b->header_mbufs;
	s->linearised -= b->linearised;
	s->copied_memory -= b->copied_memory;
	s->copied -= b->copied;
	s->host_packets -= b->host_packets;
	s->checksums -= b->checksums;
	s->checksums_nic -= b->checksums_nic;
	s->segments -= b->segments;
	s->fragments -= b->fragments;
	s->tagged -= b->tagged;
	for (i = 0; i < FWPDK_STATUS_SLOTS; i++) {
		for (k = 0; k < FWPDK_STATUS_SLOTS; k++) {
			if (s->by_status[i].count != 0 && b->by_status[k].count != 0 &&
				s->by_status[i].status == b->by_status[k].status)
				s->by_status[i].count -= b->by_status[k].count;
			if (s->refused_by_status[i].count != 0 &&
				b->refused_by_status[k].count != 0 &&
				s->refused_by_status[i].status == b->refused_by_status[k].status)
				s->refused_by_status[i].count -= b->refused_by_status[k].count;
		}
	}
}

int
fwpdk_stats(struct fwpdk_stats *stats)
{
	if (!fwi_ready())
		return -ENODEV;
	if (!FWI_SIZE_OK(stats, struct fwpdk_stats))
		return -EINVAL;
	fwi_ctl_lock();
	stats_raw(stats);
	stats_subtract(stats, &base);
	fwi_ctl_unlock();
	return 0;
}

int
fwpdk_stats_reset(void)
{
	if (!fwi_ready())
		return -ENODEV;
	fwi_ctl_lock();
	stats_raw(&base);
	base.injected = base.completed; /* what is in flight counts as injected from here on */
	fwi_latency_reset();
	fwi_ctl_unlock();
	return 0;
}
