/* SPDX-License-Identifier: BSD-3-Clause */
/* Everything that depends on the DPDK release (22.11 and newer) or reaches beyond its API. */
#ifndef FWI_COMPAT_H
#define FWI_COMPAT_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_version.h>

#if RTE_VERSION < RTE_VERSION_NUM(22, 11, 0, 0)
#error "DPDK 22.11 or newer is needed"
#endif

/*
 * For readers of another thread's plain counters: a value that is a moment old, never torn.
 * TSan is told so.
 */
#define FWI_APPROXIMATE __attribute__((no_sanitize("thread")))

/*
 * Does the device run? ethdev has no such question. It points the burst functions of a
 * stopped port at the same dummies as those of a port that does not exist.
 */
bool fwi_eth_started(uint16_t port_id);

#endif
