/* SPDX-License-Identifier: BSD-3-Clause */
/* Counters summed over pollers and producers; those of destroyed pollers are kept. */
#ifndef FWI_STATS_H
#define FWI_STATS_H

#include <stdint.h>

#include "tx/poller.h"

struct fwi_totals {
	uint64_t injected, completed;
};

/* completed is read first: never completed > injected. */
void fwi_totals_read(struct fwi_totals *t);
/* The same for one handle's index. */
void fwi_handle_totals(uint32_t handle_index, struct fwi_totals *t);

/* Any thread, rare path of an inject call. */
void fwi_count_refused(int32_t status);

void fwi_latency_reset(void); /* under fwi_ctl_lock() */
int fwi_stats_init(void);
/* Under fwi_ctl_lock(), before p is freed. */
void fwi_stats_keep(const struct fwpdk_poller *p);

#endif
