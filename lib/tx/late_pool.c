/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control: pools whose queue is gone while a driver or a receiver still has mbufs of them.
 * Copies complete when the burst takes them, so nobody waits for the mbufs; but they do come
 * back, at the latest when the device is closed.
 */
#include <rte_mempool.h>

#include "core/ctl.h"
#include "core/log.h"
#include "tx/poller_ctl.h"

#define LATE_POOLS 256u

static struct rte_mempool *late[LATE_POOLS];

static bool
freed(struct rte_mempool *mp)
{
	if (!rte_mempool_full(mp))
		return false;
	rte_mempool_free(mp);
	return true;
}

void
fwi_pools_sweep(void)
{
	unsigned i;

	fwi_ctl_lock();
	for (i = 0; i < LATE_POOLS; i++)
		if (late[i] != NULL && freed(late[i]))
			late[i] = NULL;
	fwi_ctl_unlock();
}

void
fwi_pool_retire(struct rte_mempool *mp)
{
	unsigned i;

	if (mp == NULL || freed(mp))
		return;
	fwi_pools_sweep();
	fwi_ctl_lock();
	for (i = 0; i < LATE_POOLS && late[i] != NULL; i++)
		;
	if (i < LATE_POOLS)
		late[i] = mp;
	else
		FWI_LOG(tx, ERR, "pool %s is still in use: it is leaked", mp->name);
	fwi_ctl_unlock();
}

unsigned
fwi_pools_fini(void)
{
	unsigned i, n = 0;

	fwi_pools_sweep();
	for (i = 0; i < LATE_POOLS; i++) {
		if (late[i] == NULL)
			continue;
		FWI_LOG(tx, WARNING, "pool %s is still in use: it is not freed", late[i]->name);
		late[i] = NULL;
		n++;
	}
	return n;
}
