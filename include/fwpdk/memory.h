/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Client memory and the devices that read it (P9).
 *
 * Memory from ExAllocatePool2() and its relatives, and any DPDK memory, can be read by
 * every port. Other memory is copied for ports that read by DMA, unless registered here.
 */
#ifndef FWPDK_MEMORY_H
#define FWPDK_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Register memory and map it for DMA on every attached port that reads by DMA; ports
 * attached later get the mapping too, or fail to attach.
 *
 * @param addr   start, aligned to page_size
 * @param len    bytes, a multiple of page_size
 * @param iova   IO address of every page, or NULL: IOVA = VA
 * @param n_pages entries of iova (len / page_size), 0 with NULL
 * @param page_size 4096 or a hugepage size
 * @return 0; -EINVAL; -EEXIST overlaps a registration; -ENOMEM; -ENOSPC (64 regions);
 *         or the error of rte_dev_dma_map(): nothing stays registered then
 */
int fwpdk_mem_register(
	void *addr, size_t len, const rte_iova_t *iova, uint32_t n_pages, size_t page_size);

/**
 * Undo fwpdk_mem_register(). No NBL over this memory may be in flight.
 * @return 0; -ENOENT; -EBUSY an injection is in flight somewhere
 */
int fwpdk_mem_unregister(void *addr, size_t len);

#ifdef __cplusplus
}
#endif

#endif
