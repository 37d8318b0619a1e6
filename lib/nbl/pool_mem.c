/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ExAllocatePool and its relatives: DPDK heap memory, which every port can read (P9),
 * aligned to a cache line. Tags are taken and not kept.
 */
#include <stdlib.h>
#include <string.h>

#include <rte_malloc.h>

#include <wdm.h>

#include "core/tsan.h"
#include "nbl/nbl_slab.h"

static void *
pool_alloc(size_t bytes, bool zero)
{
	void *p;

	if (!fwi_slab_ready || bytes == 0)
		return NULL;
	p = zero ? rte_zmalloc("ExPool", bytes, 0) : rte_malloc("ExPool", bytes, 0);
	FWI_TSAN_ACQUIRE(FWI_TSAN_HEAP);
	return p;
}

PVOID NTAPI
ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag)
{
	if (Tag == 0) /* documented as invalid here, unlike in the older functions */
		return NULL;
	return pool_alloc(NumberOfBytes, (Flags & POOL_FLAG_UNINITIALIZED) == 0);
}

PVOID NTAPI
ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	(void)PoolType;
	(void)Tag;
	return pool_alloc(NumberOfBytes, false);
}

PVOID NTAPI
ExAllocatePoolZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	(void)PoolType;
	(void)Tag;
	return pool_alloc(NumberOfBytes, true);
}

VOID NTAPI
ExFreePoolWithTag(PVOID P, ULONG Tag)
{
	(void)Tag;
	FWI_TSAN_RELEASE(FWI_TSAN_HEAP);
	rte_free(P);
}

VOID NTAPI
ExFreePool(PVOID P)
{
	FWI_TSAN_RELEASE(FWI_TSAN_HEAP);
	rte_free(P);
}
