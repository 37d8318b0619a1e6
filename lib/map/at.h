/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: a place in the used data of a NET_BUFFER, going forward run by run. Reads
 * nothing outside the chain, and looks at FWI_MDL_MAX MDLs at most.
 */
#ifndef FWI_AT_H
#define FWI_AT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include <ndis.h>

#include "map/ip.h"
#include "map/sum.h"

struct fwi_at {
	const MDL *mdl;
	uint32_t off;
	unsigned n; /* MDLs passed */
};

static inline struct fwi_at
fwi_at_start(const NET_BUFFER *nb)
{
	return (struct fwi_at){.mdl = nb->CurrentMdl, .off = nb->CurrentMdlOffset};
}

/* The next bytes that lie in one piece, at most want > 0. NULL: the chain has no more. */
static inline uint8_t *
fwi_at_run(struct fwi_at *at, uint32_t want, uint32_t *got)
{
	uint8_t *run;

	for (; at->mdl != NULL && at->n < FWI_MDL_MAX; at->mdl = at->mdl->Next, at->off = 0) {
		if (unlikely(at->off > at->mdl->ByteCount))
			break;
		*got = RTE_MIN(at->mdl->ByteCount - at->off, want);
		if (likely(*got != 0)) {
			run = fwi_mdl_va(at->mdl) + at->off;
			at->off += *got;
			return run;
		}
		at->n++;
	}
	return NULL;
}

/* False: there are fewer. */
static inline bool
fwi_at_skip(struct fwi_at *at, uint32_t n)
{
	uint32_t got;

	for (; n > 0; n -= got)
		if (fwi_at_run(at, n, &got) == NULL)
			return false;
	return true;
}

/* Copies up to n bytes; returns how many. */
static inline uint32_t
fwi_at_read(struct fwi_at *at, void *to, uint32_t n)
{
	uint32_t done, got;
	const uint8_t *run;

	for (done = 0; done < n; done += got) {
		run = fwi_at_run(at, n - done, &got);
		if (run == NULL)
			break;
		memcpy((uint8_t *)to + done, run, got);
	}
	return done;
}

/* False: there are fewer. */
static inline bool
fwi_at_sum(struct fwi_at at, uint32_t n, struct fwi_sum *sum)
{
	const uint8_t *run;
	uint32_t got;

	for (; n > 0; n -= got) {
		run = fwi_at_run(&at, n, &got);
		if (run == NULL)
			return false;
		fwi_sum_add(sum, run, got);
	}
	return true;
}

#endif
