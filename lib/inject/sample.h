/* SPDX-License-Identifier: BSD-3-Clause */
/* Every FWI_SAMPLE_EVERY-th injection of a thread carries a time stamp. */
#ifndef FWI_SAMPLE_H
#define FWI_SAMPLE_H

#include <rte_cycles.h>

#include "nbl/nbl_obj.h"
#include "tx/cpool.h"

#define FWI_SAMPLE_EVERY 256u

static inline void
fwi_sample(uint16_t *left, NET_BUFFER_LIST *nbl)
{
	if (likely(--*left != 0))
		return;
	*left = FWI_SAMPLE_EVERY;
	FWI_NBL(nbl)->t0 = rte_rdtsc();
	nbl->FwpdkPending |= FWI_PENDING_SAMPLED;
}

#endif
