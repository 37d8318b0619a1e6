/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Some injections carry a time stamp: every FWI_SAMPLE_EVERY-th of a thread that injects
 * elsewhere; on a poller's own thread the first one after so many completions, which of its
 * burst is the one that waits longest.
 */
#ifndef FWI_SAMPLE_H
#define FWI_SAMPLE_H

#include <rte_cycles.h>

#include "nbl/nbl_obj.h"
#include "tx/poller.h"

static inline void
fwi_sample_take(NET_BUFFER_LIST *nbl)
{
	FWI_NBL(nbl)->t0 = rte_rdtsc();
	nbl->FwpdkPending |= FWI_PENDING_SAMPLED;
}

static inline void
fwi_sample_remote(uint16_t *left, NET_BUFFER_LIST *nbl)
{
	if (likely(--*left != 0))
		return;
	*left = FWI_SAMPLE_EVERY;
	fwi_sample_take(nbl);
}

static inline void
fwi_sample_own(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	if (likely(!p->sample))
		return;
	p->sample = false;
	fwi_sample_take(nbl);
}

#endif
