/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: the mempool ops of completion pools. A driver that is done with a packet
 * puts its mbufs back, and this put is the completion signal.
 *
 * One ops struct serves all queues of the process (the table has 16 slots, most taken).
 */
#include <errno.h>
#include <string.h>

#include <rte_mempool.h>
#include <rte_prefetch.h>

#include <ntstatus.h>

#include "core/tsan.h"
#include "map/tag.h"
#include "tx/cpool.h"
#include "tx/events.h"
#include "tx/poller.h"
#include "tx/txq.h"

/* The NBL of this mbuf is one mbuf closer to done. */
static void
settle(struct fwpdk_poller *p, uint64_t tag)
{
	NET_BUFFER_LIST *nbl = (NET_BUFFER_LIST *)(uintptr_t)(tag & ~FWI_TAG_BITS);

	if (tag & FWI_TAG_ABORT)
		fwi_nbl_fail(nbl, STATUS_REQUEST_ABORTED);
	if (!(tag & FWI_TAG_PART) || fwi_pending_sub(nbl, 1) == 0)
		fwi_done(p, nbl);
	else
		p->extra--;
}

static __rte_noinline void
release_special(struct fwi_txq *q, struct rte_mbuf *m, uint64_t tag)
{
	if (tag & FWI_TAG_EMPTY) {
		q->detached--;
		q->poller->extra--;
	} else {
		settle(q->poller, tag);
	}
	*fwi_tag(m) = 0;
}

void
fwi_cpool_release(struct fwi_txq *q, struct rte_mbuf *m)
{
	uint64_t tag = *fwi_tag(m);

	q->map.free[q->map.nfree++] = m;
	if (fwi_recording(q->poller))
		fwi_event_released(q, (void *const *)&m, 1);
	if (likely((tag & FWI_TAG_BITS) == 0))
		fwi_done(q->poller, (NET_BUFFER_LIST *)(uintptr_t)tag);
	else
		release_special(q, m, tag);
}

/* One mbuf, no part, that is already on its way to the free ones. Returns the end of done[]. */
static inline NET_BUFFER_LIST **
harvest_one(struct fwi_txq *q, struct rte_mbuf *m, NET_BUFFER_LIST **done)
{
	struct fwpdk_poller *p = q->poller;
	uint64_t tag = *fwi_tag(m);

	if (unlikely((tag & FWI_TAG_BITS) != 0)) {
		p->ndone = (uint32_t)(done - p->done);
		release_special(q, m, tag);
		return p->done + p->ndone;
	}
	*done++ = (NET_BUFFER_LIST *)(uintptr_t)tag;
	return done;
}

static inline uint64_t
tag_at(const struct rte_mbuf *m, int64_t offset)
{
	return *(const uint64_t *)((const char *)m + offset);
}

/* The mbufs of a packet come back one behind the other: counted together. */
static __rte_noinline NET_BUFFER_LIST **
harvest_each(struct fwi_txq *q, struct rte_mbuf **m, struct rte_mbuf **end, NET_BUFFER_LIST **done)
{
	const int64_t offset = fwi_tag_offset;
	struct fwpdk_poller *p = q->poller;
	uint64_t tag, outcomes = 0;
	int64_t ended = 0, parts = 0;
	NET_BUFFER_LIST *nbl;
	uint32_t n;

	for (; m != end; m += n) {
		n = 1;
		tag = tag_at(*m, offset);
		if (unlikely((tag & FWI_TAG_BITS) != FWI_TAG_PART)) {
			done = harvest_one(q, *m, done);
			continue;
		}
		while (m + n != end && tag_at(m[n], offset) == tag)
			n++;
		parts += n;
		nbl = (NET_BUFFER_LIST *)(uintptr_t)(tag - FWI_TAG_PART);
		if (fwi_pending_sub(nbl, n) != 0)
			continue;
		ended++;
		outcomes |= fwi_nbl_outcome(FWI_NBL_HOT(nbl));
		*done++ = nbl;
	}
	p->extra += ended - parts;
	p->done_mixed |= outcomes != 0;
	return done;
}

#define TOGETHER 8

/* All at once if each of them is an NBL of its own, as almost always: tags are addresses. */
static __rte_always_inline bool
harvest_many(struct rte_mbuf **m, NET_BUFFER_LIST **done, int64_t offset, bool cold)
{
	uint64_t tag[TOGETHER], all = 0;
	unsigned i;

#pragma GCC unroll 8
	for (i = 0; i < TOGETHER; i++)
		all |= tag[i] = tag_at(m[i], offset);
	if (unlikely((all & FWI_TAG_BITS) != 0))
		return false;
#pragma GCC unroll 8
	for (i = 0; i < TOGETHER; i++) {
		done[i] = (NET_BUFFER_LIST *)(uintptr_t)tag[i];
		if (cold)
			rte_prefetch0(done[i]);
	}
	return true;
}

/*
 * NBL pointers leave the mbufs before the first completion function runs: that may inject,
 * and the same mbufs go out again. There is room in done[].
 */
static __rte_always_inline void
harvest(struct fwi_txq *q, struct rte_mbuf **to, uint32_t n, bool cold)
{
	struct rte_mbuf **m = (struct rte_mbuf **)q->cache->objs, **end = m + n, **part;
	NET_BUFFER_LIST **done = q->poller->done + q->poller->ndone;
	const int64_t offset = fwi_tag_offset;

	memcpy(to, m, n * sizeof(to[0]));
	if (fwi_recording(q->poller))
		fwi_event_released(q, q->cache->objs, n);
	for (part = m + n / TOGETHER * TOGETHER; m != part; m += TOGETHER) {
		if (likely(harvest_many(m, done, offset, cold)))
			done += TOGETHER;
		else
			done = harvest_each(q, m, m + TOGETHER, done);
	}
	if (m != end)
		done = harvest_each(q, m, end, done);
	q->poller->ndone = (uint32_t)(done - q->poller->done);
}

void
fwi_cpool_harvest(struct fwi_txq *q)
{
	struct rte_mempool_cache *c = q->cache;
	uint32_t i, n = c->len;

	c->len = 0;
	if (unlikely(n > q->poller->done_cap - q->poller->ndone)) {
		for (i = 0; i < n; i++)
			fwi_cpool_release(q, c->objs[i]);
		return;
	}
	harvest(q, q->map.free + q->map.nfree, n, true);
	q->map.nfree += n;
}

bool
fwi_cpool_harvest_ready(struct fwi_txq *q)
{
	struct rte_mempool_cache *c = q->cache;
	uint32_t n = c->len;

	if (unlikely(n == 0 || n > FWI_TX_BURST || n > q->cap ||
		     n > q->poller->done_cap - q->poller->ndone))
		return false;
	c->len = 0;
	fwi_txq_rewind(q, n);
	harvest(q, q->stage, n, false); /* they were just sent */
	return true;
}

void
fwi_cpool_detach(struct fwi_txq *q, struct rte_mbuf *m)
{
	if (fwi_recording(q->poller))
		fwi_event_released(q, (void *const *)&m, 1);
	settle(q->poller, *fwi_tag(m));
	*fwi_tag(m) = FWI_TAG_EMPTY;
	q->detached++;
	q->poller->extra++; /* out, but without an NBL */
}

static int
cpool_enqueue(struct rte_mempool *mp, void *const *objs, unsigned n)
{
	struct fwi_txq *q = mp->pool_data;
	unsigned i;

	if (likely(fwi_poller_mine(q->poller))) {
		for (i = 0; i < n; i++)
			fwi_cpool_release(q, objs[i]);
		return 0;
	}
	if (unlikely(q->foreign_ring == NULL)) { /* the pool is being populated */
		for (i = 0; i < n; i++)
			q->map.free[q->map.nfree++] = objs[i];
		return 0;
	}
	FWI_TSAN_RELEASE(q->foreign_ring);
	/* As large as the pool: cannot be full. */
	return rte_ring_mp_enqueue_bulk(q->foreign_ring, objs, n, NULL) == n ? 0 : -ENOBUFS;
}

/* Nobody but the mapper takes mbufs out, and it does not ask the mempool. */
static int
cpool_dequeue(struct rte_mempool *mp, void **objs, unsigned n)
{
	RTE_SET_USED(mp);
	RTE_SET_USED(objs);
	RTE_SET_USED(n);
	return -ENOBUFS;
}

static unsigned
cpool_count(const struct rte_mempool *mp)
{
	const struct fwi_txq *q = mp->pool_data;

	return fwi_txq_free(q);
}

static int
cpool_alloc(struct rte_mempool *mp)
{
	mp->pool_data = mp->pool_config;
	return 0;
}

static void
cpool_free(struct rte_mempool *mp)
{
	RTE_SET_USED(mp);
}

static const struct rte_mempool_ops cpool_ops = {
	.name = FWI_CPOOL_OPS,
	.alloc = cpool_alloc,
	.free = cpool_free,
	.enqueue = cpool_enqueue,
	.dequeue = cpool_dequeue,
	.get_count = cpool_count,
};

int
fwi_cpool_ops_register(void)
{
	static bool registered;
	int rc;

	if (registered)
		return 0;
	rc = rte_mempool_register_ops(&cpool_ops);
	if (rc < 0)
		return rc;
	registered = true;
	return 0;
}
