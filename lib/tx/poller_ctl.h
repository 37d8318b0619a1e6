/* SPDX-License-Identifier: BSD-3-Clause */
/* Control side of pollers, shared between the files of this room. */
#ifndef FWI_POLLER_CTL_H
#define FWI_POLLER_CTL_H

#include "tx/poller.h"
#include "tx/port.h"

/* poller_ctl.c: nobody can find it any more */
void fwi_poller_free(struct fwpdk_poller *p);

/* txq_ctl.c */
int fwi_txq_create(
	struct fwpdk_poller *p, struct fwi_port *port, uint16_t queue_id, struct fwi_txq **out);
void fwi_txq_destroy(struct fwi_txq *q);

/* late_pool.c: free a pool of ordinary mbufs, now or when all of them are back */
void fwi_pool_retire(struct rte_mempool *mp);
void fwi_pools_sweep(void);
unsigned fwi_pools_fini(void); /* how many could not be freed, named in the log */

/* service.c */
void fwi_service_unregister(struct fwpdk_poller *p);

/* NBLs and mbufs that sit in the poller, by place. Exact when nobody polls. */
void fwi_poller_places(const struct fwpdk_poller *p, struct fwpdk_poller_info *info);

#endif
