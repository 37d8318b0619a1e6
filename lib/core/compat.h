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

/* What is in a ring of pointers while others use it; at most n. Returns how many. */
struct rte_ring;
uint32_t fwi_ring_peek(const struct rte_ring *r, void **out, uint32_t n);

/* Does this address lie in the memory of the pool's objects? */
struct rte_mempool;
bool fwi_mempool_has(const struct rte_mempool *mp, const void *addr);

#endif
