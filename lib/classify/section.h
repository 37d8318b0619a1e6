/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who is inside a classify: one sequence number per poller, odd inside. The data path pays two
 * plain stores for it, control membarrier(2). Also the counters of filters, one set per
 * poller.
 */
#ifndef FWI_SECTION_H
#define FWI_SECTION_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#define FWI_FILTERS_MAX 4096u

struct fwi_filter_count {
	uint64_t hits, blocks, absorbs;
};

/* Written by the poller's owner alone. */
struct fwi_section {
	uint64_t seq __rte_cache_aligned; /* atomic */
	uint32_t depth;
	struct fwi_filter_count *count; /* [FWI_FILTERS_MAX], by fwi_filter.slot */
};

/* Of the poller whose section this thread entered last. */
extern __thread struct fwi_section *fwi_here;

/* Control. Waits until all classifies that run now have returned; never for the mutex's holder:
 * call it without. */
void fwi_sections_grace(void);

/* Does a classify run? Of what was published or unlinked before, none that runs later knows. */
bool fwi_sections_any(void);

/* Control, under the mutex. */
int fwi_sections_init(void);
void fwi_sections_fini(void);
/* Nobody meets the filter of that slot, now or since the last grace. */
void fwi_count_clear(unsigned slot);
struct fwi_filter_count fwi_count_sum(unsigned slot);

#endif
