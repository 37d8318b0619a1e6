/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_common.h>

#include "tx/reclaim.h"

static const struct fwi_reclaim table[] = {
	[FWPDK_STRATEGY_AUTO] = {"none", NULL, false, false},
	[FWPDK_STRATEGY_IN_BURST] = {"in-burst", NULL, false, true},
	[FWPDK_STRATEGY_RECEIVER] = {"receiver", NULL, false, false},
	[FWPDK_STRATEGY_DONE_CLEANUP] = {"done-cleanup", fwi_flush_cleanup, false, true},
	[FWPDK_STRATEGY_EMPTY_BURST] = {"empty-burst", fwi_flush_empty, false, true},
	[FWPDK_STRATEGY_DESC_DONE] = {"desc-done", fwi_flush_desc, true, true},
	[FWPDK_STRATEGY_NONE] = {"none", NULL, false, false},
	[FWPDK_STRATEGY_COPIED] = {"copied", NULL, false, true},
};

const struct fwi_reclaim *
fwi_reclaim_of(enum fwpdk_strategy strategy)
{
	return &table[(unsigned)strategy < RTE_DIM(table) ? strategy : FWPDK_STRATEGY_NONE];
}
