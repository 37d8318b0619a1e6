/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_common.h>

#include "tx/reclaim.h"

static const struct fwi_reclaim table[] = {
#define ROW(id, ...) [FWPDK_STRATEGY_##id] = {.strategy = FWPDK_STRATEGY_##id, __VA_ARGS__}
	ROW(AUTO, .name = "none"),
	ROW(IN_BURST, .name = "in-burst", .flush = fwi_flush_watch, .bounded = true),
	ROW(RECEIVER, .name = "receiver"),
	ROW(DONE_CLEANUP, .name = "done-cleanup", .flush = fwi_flush_cleanup, .bounded = true),
	ROW(EMPTY_BURST, .name = "empty-burst", .flush = fwi_flush_empty, .bounded = true),
	ROW(DESC_DONE, .name = "desc-done", .flush = fwi_flush_desc, .bounded = true,
		.track = true),
	ROW(NONE, .name = "none"),
	ROW(COPIED, .name = "copied", .bounded = true),
};

const struct fwi_reclaim *
fwi_reclaim_of(enum fwpdk_strategy strategy)
{
	return &table[(unsigned)strategy < RTE_DIM(table) ? strategy : FWPDK_STRATEGY_NONE];
}
