/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Native additions around NDIS pools.
 *
 * A pool has no memory of its own: it is an account over the slabs sized at fwpdk_init().
 */
#ifndef FWPDK_POOL_H
#define FWPDK_POOL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * How many objects of a pool are out, and how often the slabs had none for it.
 *
 * Any thread. While others allocate and free the number is near the truth, exact otherwise.
 * An original freed before its clones counts until the last of them is gone.
 *
 * @param pool      an NDIS_HANDLE of NdisAllocateNetBufferListPool() or NdisAllocateNetBufferPool()
 * @param live      set to the number of NET_BUFFER_LISTs or NET_BUFFERs out, or NULL
 * @param exhausted set to the number of allocations that failed for want of objects or
 *                  memory, or NULL
 * @return 0; -EINVAL not a pool, or freed
 */
int fwpdk_pool_usage(void *pool, uint64_t *live, uint64_t *exhausted);

#ifdef __cplusplus
}
#endif

#endif
