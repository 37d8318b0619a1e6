/* SPDX-License-Identifier: BSD-3-Clause */
/* The library's rte_log types: fwpdk.core, fwpdk.nbl, ... Control path only. */
#ifndef FWI_LOG_H
#define FWI_LOG_H

#include <rte_log.h>

extern int fwi_log_core, fwi_log_nbl, fwi_log_inject, fwi_log_stack, fwi_log_map, fwi_log_tx,
	fwi_log_classify, fwi_log_netlink;

/* FWI_LOG(tx, ERR, "port %u ...", port): one line, newline added. */
#define FWI_LOG(area, level, fmt, ...) \
	rte_log(RTE_LOG_##level, fwi_log_##area, "fwpdk." #area ": " fmt "\n", ##__VA_ARGS__)

#endif
