/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: where NBLs in flight are. */
#include <errno.h>
#include <stdlib.h>

#include "core/compat.h"
#include "map/tag.h"
#include "tx/lane.h"
#include "tx/path.h"
#include "tx/pending.h"
#include "tx/poller.h"
#include "tx/producer.h"

#define HOME_PARTS 4u /* foreign ring, cache, free ones, those ready in the stage */

/* Where we look just now. */
struct spot {
	struct fwi_snapshot *s;
	enum fwpdk_place place;
	uint8_t poller;
	const struct fwi_txq *q; /* NULL = no queue yet */
	void **home;		 /* completion mbufs that the driver has not, sorted */
	uint32_t nhome;
};

static struct fwi_pending *
find(const struct fwi_snapshot *s, uintptr_t nbl)
{
	uint32_t low = 0, high = s->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if ((uintptr_t)s->list[mid].nbl < nbl)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->n && (uintptr_t)s->list[low].nbl == nbl ? &s->list[low] : NULL;
}

/* False = not one that was in flight when we began, if an NBL at all. */
static bool
seen(const struct spot *at, uintptr_t nbl)
{
	struct fwi_pending *e = find(at->s, nbl);

	if (e == NULL)
		return false;
	if (at->place < e->place) {
		e->place = (uint8_t)at->place;
		e->poller = at->poller;
		e->port = at->q != NULL ? at->q->port_id : -1;
		e->queue = at->q != NULL ? at->q->queue_id : -1;
	}
	return true;
}

FWI_APPROXIMATE static uintptr_t
nbl_of(struct rte_mbuf *m)
{
	uint64_t tag = *RTE_MBUF_DYNFIELD(m, fwi_tag_offset, uint64_t *);

	return (uintptr_t)(tag & ~FWI_TAG_BITS);
}

static int
look_at_ring(struct spot *at, const struct rte_ring *r)
{
	uint32_t n = rte_ring_get_capacity(r), i;
	void **nbl = malloc(n * sizeof(*nbl));

	if (nbl == NULL)
		return -ENOMEM;
	n = fwi_ring_peek(r, nbl, n);
	for (i = 0; i < n; i++)
		seen(at, (uintptr_t)nbl[i]);
	free(nbl);
	return 0;
}

/* Its owner may take them meanwhile, and the slots may have others then. */
FWI_APPROXIMATE static void
look_at_lane(const struct spot *at, const struct fwi_lane *lane)
{
	uint32_t turn = __atomic_load_n(&lane->head, __ATOMIC_ACQUIRE);
	uint32_t n = fwi_lane_count(lane);

	for (; n > 0; n--, turn++)
		seen(at, fwi_lane_look(lane, turn));
}

/* Ends at the first one that we do not know: another thread changes the list. */
FWI_APPROXIMATE static void
look_at_list(const struct spot *at, const NET_BUFFER_LIST *nbl, uint32_t n)
{
	while (n-- > 0 && nbl != NULL && seen(at, (uintptr_t)nbl))
		nbl = __atomic_load_n(&nbl->Next, __ATOMIC_RELAXED);
}

FWI_APPROXIMATE static int
look_at_poller(struct spot *at, const struct fwpdk_poller *p)
{
	uint64_t used = __atomic_load_n(&fwi_lanes_used, __ATOMIC_ACQUIRE);
	const NET_BUFFER_LIST *list;
	uint32_t i, n;
	int rc;

	at->place = FWPDK_PLACE_RING;
	rc = look_at_ring(at, p->shared);
	for (; used != 0; used &= used - 1)
		look_at_lane(at, p->lane[__builtin_ctzll(used)]);
	at->place = FWPDK_PLACE_WAITING;
	look_at_list(at, p->wait_head, p->nwait);
	at->place = FWPDK_PLACE_UNRESOLVED;
	for (i = 0; i < FWI_UNRESOLVED; i++) {
		list = fwi_path_ops.unresolved(p, i, &n);
		look_at_list(at, list, n);
	}
	at->place = FWPDK_PLACE_DONE;
	look_at_list(at, p->fail_head, p->nfail);
	look_at_list(at, p->ending, p->nfail);
	n = RTE_MIN(p->ndone, p->done_cap);
	for (i = 0; i < n; i++)
		seen(at, (uintptr_t)p->done[i]);
	return rc;
}

/* The completion mbuf behind a staged one, or NULL. Like fwi_txq_record(), of an old value. */
FWI_APPROXIMATE static struct rte_mbuf *
record_of(const struct fwi_txq *q, struct rte_mbuf *m)
{
	const struct rte_mbuf_ext_shared_info *info;

	if (m == NULL || q->cpool == NULL || fwi_mempool_has(q->cpool, m))
		return q->cpool != NULL ? m : NULL;
	if (q->map.ext_pool == NULL || !fwi_mempool_has(q->map.ext_pool, m))
		return NULL;
	info = m->shinfo;
	if (!fwi_mempool_has(q->cpool, info))
		return NULL;
	return fwi_mempool_has(q->cpool, info->fcb_opaque) ? info->fcb_opaque : NULL;
}

/* The NBL of a chain is found by its first mbuf: its place is the one that counts. */
FWI_APPROXIMATE static void
look_at_stage(struct spot *at, const struct fwi_txq *q)
{
	uint32_t i, to = RTE_MIN(fwi_txq_tail_seen(q), q->cap);
	struct rte_mbuf *m;

	at->place = FWPDK_PLACE_STAGED;
	for (i = q->head; i < to; i++) {
		if (q->credit[i] != 0) {
			seen(at, (uintptr_t)fwi_credit_nbl(q->credit[i]));
			continue;
		}
		m = record_of(q, q->stage[i]);
		if (m != NULL)
			seen(at, nbl_of(m));
	}
}

static int
by_value(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t) * (void *const *)a, y = (uintptr_t) * (void *const *)b;

	return x < y ? -1 : x > y;
}

FWI_APPROXIMATE static void
add_home(struct spot *at, const struct fwi_txq *q, void *const *m, uint32_t n)
{
	uint32_t i;

	n = RTE_MIN(n, q->pool_size);
	for (i = 0; i < n && at->nhome < HOME_PARTS * q->pool_size; i++)
		at->home[at->nhome++] = __atomic_load_n(&m[i], __ATOMIC_RELAXED);
}

/* Completion mbufs that were given back and that the poller has not looked at. */
FWI_APPROXIMATE static void
look_at_returned(struct spot *at, const struct fwi_txq *q)
{
	struct rte_mempool_cache *cache = q->cache;
	uint32_t i;

	at->place = FWPDK_PLACE_DONE;
	at->nhome = fwi_ring_peek(q->foreign_ring, at->home, q->pool_size);
	if (cache != NULL)
		add_home(at, q, cache->objs, RTE_MIN(cache->len, (uint32_t)RTE_DIM(cache->objs)));
	for (i = 0; i < at->nhome; i++)
		if (fwi_mempool_has(q->cpool, at->home[i]))
			seen(at, nbl_of(at->home[i]));
}

/* Those and the free ones: what the driver has not. */
FWI_APPROXIMATE static int
collect_home(struct spot *at, const struct fwi_txq *q)
{
	uint32_t from = RTE_MIN(fwi_txq_tail_seen(q), q->cap);
	uint32_t to = RTE_MIN((uint32_t)(q->limit - q->stage), q->cap);

	at->home = malloc(HOME_PARTS * (size_t)q->pool_size * sizeof(at->home[0]));
	if (at->home == NULL)
		return -ENOMEM;
	look_at_returned(at, q);
	add_home(at, q, (void *const *)q->map.free, q->map.nfree);
	if (to > from)
		add_home(at, q, (void *const *)q->stage + from, to - from);
	qsort(at->home, at->nhome, sizeof(at->home[0]), by_value);
	return 0;
}

static void
look_at_mbuf(struct rte_mempool *mp, void *arg, void *m, unsigned idx)
{
	struct spot *at = arg;

	RTE_SET_USED(mp);
	RTE_SET_USED(idx);
	if (bsearch(&m, at->home, at->nhome, sizeof(at->home[0]), by_value) == NULL)
		seen(at, nbl_of(m));
}

static int
look_at_pool(struct spot *at, const struct fwi_txq *q)
{
	int rc;

	if (q->cpool == NULL)
		return 0;
	rc = collect_home(at, q);
	if (rc != 0)
		return rc;
	at->place = FWPDK_PLACE_DRIVER; /* unless it is staged, which was seen already */
	rte_mempool_obj_iter(q->cpool, look_at_mbuf, at);
	free(at->home);
	return 0;
}

int
fwi_pending_place(struct fwi_snapshot *s, const struct fwpdk_poller *p)
{
	struct spot at = {.s = s, .poller = (uint8_t)p->id};
	unsigned i;
	int rc;

	rc = look_at_poller(&at, p);
	for (i = 0; i < p->nports && rc == 0; i++) {
		at.q = p->q[i];
		look_at_stage(&at, p->q[i]);
		rc = look_at_pool(&at, p->q[i]);
	}
	return rc;
}
