/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: making and unmaking completion pools. */
#include <errno.h>
#include <stdio.h>

#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_mbuf_dyn.h>

#include "core/log.h"
#include "map/tag.h"
#include "tx/cpool.h"
#include "tx/txq.h"

int fwi_tag_offset = -1;

static int
tag_register(void)
{
	static const struct rte_mbuf_dynfield field = {
		.name = "fwpdk_nbl_tag",
		.size = sizeof(uint64_t),
		.align = __alignof__(uint64_t),
	};

	int offset;

	_Static_assert(FWI_TAG_AT + sizeof(uint64_t) == sizeof(struct rte_mbuf), "the last ones");
	offset = rte_mbuf_dynfield_register_offset(&field, FWI_TAG_AT);
	if (offset < 0) { /* somebody else is there */
		offset = rte_mbuf_dynfield_register(&field);
		if (offset < 0)
			return -rte_errno;
		if (fwi_tag_offset < 0)
			FWI_LOG(tx, NOTICE,
				"the host's fields are at the end of the mbuf: no short ways for "
				"single packets");
	}
	if (offset != fwi_tag_offset) /* pollers look at it, once it is there it stays */
		fwi_tag_offset = offset;
	return 0;
}

static void
record_init(struct rte_mempool *mp, void *arg, void *obj, unsigned idx)
{
	RTE_SET_USED(mp);
	RTE_SET_USED(arg);
	RTE_SET_USED(idx);
	fwi_extbuf_init(obj);
}

/* A closed cache: every put goes to the pool's ops. */
static void
cache_shut(struct rte_mempool_cache *c)
{
	c->size = c->flushthresh = 0;
}

static int
pool_populate(struct fwi_txq *q, int socket, uint32_t size, const char *name)
{
	struct rte_pktmbuf_pool_private priv = {.mbuf_priv_size = FWI_PRIV_ROOM};
	unsigned i;
	int rc;

	q->cpool = rte_mempool_create_empty(name, size, sizeof(struct rte_mbuf) + FWI_PRIV_ROOM,
		RTE_MIN(size / 2, (uint32_t)RTE_MEMPOOL_CACHE_MAX_SIZE), sizeof(priv), socket, 0);
	if (q->cpool == NULL)
		return -rte_errno;
	for (i = 0; q->cpool->cache_size != 0 && i < RTE_MAX_LCORE; i++)
		cache_shut(&q->cpool->local_cache[i]);
	rc = rte_mempool_set_ops_byname(q->cpool, FWI_CPOOL_OPS, q);
	if (rc != 0)
		return rc;
	rte_pktmbuf_pool_init(q->cpool, &priv);
	rc = rte_mempool_populate_default(q->cpool);
	if (rc < 0)
		return rc;
	rte_mempool_obj_iter(q->cpool, rte_pktmbuf_init, NULL);
	rte_mempool_obj_iter(q->cpool, record_init, NULL);
	return 0;
}

int
fwi_cpool_create(struct fwi_txq *q, int socket, uint32_t size, unsigned serial)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	struct rte_ring *ring;
	int rc;

	rc = tag_register();
	if (rc != 0)
		return rc;
	q->pool_size = size;
	q->map.free = rte_zmalloc_socket(
		"fwpdk_free", size * sizeof(void *), RTE_CACHE_LINE_SIZE, socket);
	if (q->map.free == NULL)
		return -ENOMEM;
	snprintf(name, sizeof(name), "fwpdk_c%u", serial);
	rc = pool_populate(q, socket, size, name);
	if (rc != 0)
		goto fail;
	snprintf(name, sizeof(name), "fwpdk_f%u", serial);
	ring = rte_ring_create(name, rte_align32pow2(size + 1), socket, RING_F_SC_DEQ);
	if (ring == NULL) {
		rc = -rte_errno;
		goto fail;
	}
	q->foreign_ring = ring;
	return 0;
fail:
	fwi_cpool_destroy(q);
	return rc;
}

void
fwi_cpool_destroy(struct fwi_txq *q)
{
	rte_mempool_free(q->cpool);
	rte_ring_free(q->foreign_ring);
	rte_free(q->map.free);
	q->cpool = NULL;
	q->foreign_ring = NULL;
	q->map.free = NULL;
	q->map.nfree = 0;
}

void
fwi_cpool_open_cache(struct fwi_txq *q)
{
	if (q->cpool == NULL)
		return;
	q->cache = rte_mempool_default_cache(q->cpool, rte_lcore_id());
	if (q->cache == NULL)
		return;
	q->cache->size = q->cpool->cache_size;
	q->cache->flushthresh = q->cpool->cache_size + q->cpool->cache_size / 2;
}

void
fwi_cpool_close_cache(struct fwi_txq *q)
{
	if (q->cache == NULL)
		return;
	cache_shut(q->cache);
	fwi_txq_collect(q);
	q->cache = NULL;
}

static void
mark_aborted(struct rte_mempool *mp, void *arg, void *obj, unsigned idx)
{
	RTE_SET_USED(mp);
	RTE_SET_USED(arg);
	RTE_SET_USED(idx);
	if ((*fwi_tag(obj) & FWI_TAG_EMPTY) == 0)
		*fwi_tag(obj) |= FWI_TAG_ABORT;
}

void
fwi_cpool_mark_aborted(struct fwi_txq *q)
{
	/* Marking the free ones too does no harm: mapping writes the whole tag. */
	if (q->cpool != NULL)
		rte_mempool_obj_iter(q->cpool, mark_aborted, NULL);
}
