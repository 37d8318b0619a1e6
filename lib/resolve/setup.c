/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: which interfaces resolve, each poller's part, figures; the room's life. */
#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_malloc.h>
#include <stdio.h>

#include "core/ctl.h"
#include "core/hint.h"
#include "core/log.h"
#include "resolve/resolve.h"
#include "stack/iface.h"
#include "stack/inbound.h"
#include "stack/room.h"
#include "tx/poller_ctl.h"

#define POOL_MBUFS 1023u
#define ROOM	   (RTE_PKTMBUF_HEADROOM + 128u)

static unsigned serial; /* of pool names */

void
fwi_resolve_init(void)
{
	uint64_t hz = rte_get_tsc_hz();

	fwi_resolve_times = (struct fwi_resolve_times){
		.retry = hz,
		.negative = hz,
		.reachable = 30 * hz,
		.settle = hz,
		.stale = 300 * hz,
		.batch = hz / 1000,
		.tick = hz / 10,
	};
	fwi_resolve_telemetry();
}

void
fwi_resolve_fini(void)
{
	struct rte_mempool *pool = fwi_resolve_pool;

	__atomic_store_n(&fwi_resolve_pool, NULL, __ATOMIC_RELEASE);
	fwi_pool_retire(pool);
	fwi_learn_close();
}

int
fwi_resolve_begin(struct fwpdk_poller *p)
{
	p->resolve = rte_zmalloc_socket(
		"fwpdk_resolve", sizeof(*p->resolve), RTE_CACHE_LINE_SIZE, p->socket);
	return p->resolve != NULL ? 0 : -ENOMEM;
}

/* No NBL waits by now; forwarded packets may. */
void
fwi_resolve_poller_ends(struct fwpdk_poller *p)
{
	unsigned i;

	for (i = 0; i < FWPDK_RESOLVE_ASKED; i++)
		if (p->resolve->asked[i].state != FWI_ASKED_FREE)
			fwi_asked_drop_kept(p->resolve, &p->resolve->asked[i]);
	rte_free(p->resolve);
	p->resolve = NULL;
}

/* What all interfaces share, from the first one on. */
static int
ready_to_ask(void)
{
	struct rte_mempool *pool;
	char name[RTE_MEMPOOL_NAMESIZE];

	if (fwi_resolve_pool == NULL) {
		snprintf(name, sizeof(name), "fwpdk_nd%u", serial++);
		pool = rte_pktmbuf_pool_create(name, POOL_MBUFS, 0, 0, ROOM, SOCKET_ID_ANY);
		if (pool == NULL)
			return -ENOMEM;
		__atomic_store_n(&fwi_resolve_pool, pool, __ATOMIC_RELEASE);
	}
	return fwi_learn_open(fwi_config.max_neighbours);
}

static int
set_resolve(uint32_t if_index, bool on)
{
	struct fwi_if *iface = fwi_if_get(if_index);
	bool was;
	int rc;

	if (iface == NULL)
		return -ENOENT;
	was = iface->resolve;
	rc = on ? ready_to_ask() : 0;
	if (rc != 0 || was == on)
		return rc;
	iface->resolve = on;
	rc = fwi_inbound_rebuild();
	if (rc != 0) {
		iface->resolve = was;
		return rc;
	}
	if (!on)
		fwi_learn_drop(if_index);
	fwi_stack_changed(); /* pollers follow */
	return 0;
}

int
fwpdk_if_set_resolve(uint32_t if_index, int on)
{
	int rc;

	fwi_ctl_lock();
	rc = fwi_ready() ? set_resolve(if_index, on != 0) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}

int
fwpdk_resolve_stats(const struct fwpdk_poller *poller, struct fwpdk_resolve_stats *stats)
{
	const size_t first = offsetof(struct fwpdk_resolve_stats, waiting);

	if (!FWI_SIZE_OK(stats, struct fwpdk_resolve_stats) || poller == NULL)
		return -EINVAL;
	fwi_glance_all((uint8_t *)stats + first, (const uint8_t *)&poller->resolve->n + first,
		(sizeof(*stats) - first) / sizeof(uint64_t));
	stats->waiting = __atomic_load_n(&poller->nunresolved, __ATOMIC_RELAXED);
	stats->asking = __atomic_load_n(&poller->resolve->nused, __ATOMIC_RELAXED);
	stats->neighbours = fwi_learn_count();
	return 0;
}
