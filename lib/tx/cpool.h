/* SPDX-License-Identifier: BSD-3-Clause */
/* The completion pool: bare mbufs whose release completes NBLs. */
#ifndef FWI_CPOOL_H
#define FWI_CPOOL_H

#include <ndis.h>

#include "nbl/nbl_obj.h"
#include "tx/txq.h"

#define FWI_CPOOL_OPS "fwpdk"

/* Returns what is left, bias included. */
static inline uint32_t
fwi_pending_sub(NET_BUFFER_LIST *nbl, uint32_t n)
{
	nbl->FwpdkPending -= n;
	return nbl->FwpdkPending & FWI_PENDING_COUNT;
}

/* Owner thread: back on the free stack, its NBL one step closer to done. */
void fwi_cpool_release(struct fwi_txq *q, struct rte_mbuf *m);
/* Owner thread: the same for all that lies in the pool's open cache. */
void fwi_cpool_harvest(struct fwi_txq *q);
/* The stage is empty: the same, and the mbufs lie ready in front of it. False: not done. */
bool fwi_cpool_harvest_ready(struct fwi_txq *q);
/* Owner thread: the device is done with it though the driver still holds it. */
void fwi_cpool_detach(struct fwi_txq *q, struct rte_mbuf *m);
/* Owner thread: everything a driver holds now will end as aborted. */
void fwi_cpool_mark_aborted(struct fwi_txq *q);

#endif
