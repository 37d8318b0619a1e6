/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: making a poller's TX queue ready, and its end. */
#include <errno.h>
#include <stdio.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "core/compat.h"
#include "core/log.h"
#include "tx/cpool.h"
#include "tx/poller_ctl.h"
#include "tx/reclaim.h"

#define COPY_CACHE 64u	/* where copies are the exception */
#define MODE_CACHE 256u /* copy mode: drivers give them back by the hundred */
#define EXT_CACHE  64u
#define COPY_SPARE 256u /* copies a zero-copy queue may have out */

static unsigned serial; /* names of pools and rings */

static int
copy_pool_create(struct fwi_txq *q, const struct fwi_port *port, int socket)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	uint32_t cache = q->map.copy_mode ? MODE_CACHE : COPY_CACHE;
	uint32_t room = RTE_MBUF_DEFAULT_DATAROOM, n = COPY_SPARE;
	struct rte_mempool *pool;
	uint16_t mtu = 0;

	rte_eth_dev_get_mtu(port->id, &mtu);
	if (port->max_segs == 1 && mtu + FWI_L2_LEN > room)
		room = mtu + FWI_L2_LEN;
	if (q->map.copy_mode)
		n += q->cap;
	n += RTE_DIM(q->map.blank);
	/* A driver that releases lazily may keep as many copies as it has descriptors. */
	if (port->strategy != FWPDK_STRATEGY_IN_BURST)
		n += port->nb_desc;
	snprintf(name, sizeof(name), "fwpdk_y%u", serial);
	pool = rte_pktmbuf_pool_create(name, n + 4 * cache, cache, 0,
		(uint16_t)RTE_MIN(room + RTE_PKTMBUF_HEADROOM, UINT32_C(0xffff)), socket);
	if (pool == NULL)
		return -rte_errno;
	fwi_mapq_copy_into(&q->map, pool);
	return 0;
}

/*
 * What travels instead of the completion mbufs. Those who release keep some in their
 * caches: these must not be missed.
 */
static int
ext_pool_create(struct fwi_txq *q, int socket)
{
	unsigned n = q->pool_size + rte_lcore_count() * EXT_CACHE * 3 / 2 + 64;
	char name[RTE_MEMPOOL_NAMESIZE];

	snprintf(name, sizeof(name), "fwpdk_e%u", serial);
	q->map.ext_pool = rte_pktmbuf_pool_create(name, n, EXT_CACHE, 0, 0, socket);
	return q->map.ext_pool == NULL ? -rte_errno : 0;
}

int
fwi_txq_create(
	struct fwpdk_poller *p, struct fwi_port *port, uint16_t queue_id, struct fwi_txq **out)
{
	struct fwi_txq *q;
	int rc = -ENOMEM;

	q = rte_zmalloc_socket("fwpdk_txq", sizeof(*q), RTE_CACHE_LINE_SIZE, p->socket);
	if (q == NULL)
		return -ENOMEM;
	q->poller = p;
	q->port = port;
	q->port_id = port->id;
	q->queue_id = queue_id;
	q->cap = port->opts.backlog;
	q->nb_desc = port->nb_desc;
	q->forced = port->opts.strategy != FWPDK_STRATEGY_AUTO;
	q->chosen = port->strategy == FWPDK_STRATEGY_NONE && !q->forced
			    ? &fwi_reclaim_learn
			    : fwi_reclaim_of(port->strategy);
	q->reclaim = q->chosen;
	q->flush_every = (uint64_t)port->opts.flush_us * (rte_get_tsc_hz() / 1000000);
	q->max_hold = (uint64_t)port->opts.max_hold_us * (rte_get_tsc_hz() / 1000000);
	q->map.max_segs = port->max_segs;
	q->map.nic_sums = port->nic_sums;
	q->map.mem_class = port->driver->mem_class;
	q->map.copy_mode = port->mode == FWPDK_MODE_COPY;
	q->fast = port->mode == FWPDK_MODE_CPOOL && q->map.mem_class == FWI_MEM_ANY &&
		  port->strategy == FWPDK_STRATEGY_IN_BURST;
	q->stage = rte_zmalloc_socket(
		"fwpdk_stage", q->cap * sizeof(q->stage[0]), RTE_CACHE_LINE_SIZE, p->socket);
	q->credit = rte_zmalloc_socket(
		"fwpdk_credit", q->cap * sizeof(q->credit[0]), RTE_CACHE_LINE_SIZE, p->socket);
	if (q->stage == NULL || q->credit == NULL)
		goto fail;
	fwi_txq_rewind(q, 0);
	serial++;
	rc = copy_pool_create(q, port, p->socket);
	if (rc == 0 && !q->map.copy_mode)
		rc = fwi_cpool_create(q, p->socket, port->opts.pool_size, serial);
	if (rc == 0 && port->mode == FWPDK_MODE_EXTBUF)
		rc = ext_pool_create(q, p->socket);
	if (rc == 0 && q->reclaim->track)
		rc = fwi_sent_create(q, p->socket);
	if (rc != 0)
		goto fail;
	*out = q;
	return 0;
fail:
	FWI_LOG(tx, ERR, "port %u queue %u: no memory for its pools (%s)", port->id, queue_id,
		rte_strerror(-rc));
	fwi_txq_destroy(q);
	return rc;
}

void
fwi_txq_destroy(struct fwi_txq *q)
{
	fwi_sent_destroy(q);
	fwi_pool_retire(q->map.ext_pool);
	fwi_cpool_destroy(q);
	fwi_map_blanks_back(&q->map);
	fwi_pool_retire(q->map.copy_pool);
	rte_free(q->stage);
	rte_free(q->credit);
	rte_free(q);
}

FWI_APPROXIMATE uint32_t
fwi_txq_in_driver(const struct fwi_txq *q)
{
	uint32_t out = q->pool_size - fwi_txq_free_seen(q) - q->detached, i;
	struct rte_mbuf *m;

	if (q->cpool == NULL)
		return 0;
	for (i = q->head; i < fwi_txq_tail_seen(q); i++) {
		m = q->stage[i];
		if (m != NULL && (m->pool == q->cpool || m->pool == q->map.ext_pool))
			out -= m->nb_segs;
	}
	return out;
}
