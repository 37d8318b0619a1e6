/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Pool memory: data of packets and client contexts. */
#ifndef FWPDK_WDK_WDM_POOL_H
#define FWPDK_WDK_WDM_POOL_H

#include <ntdef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Pool kinds; all of them give the same pinned memory here. */
typedef enum _POOL_TYPE {
	NonPagedPool = 0,
	NonPagedPoolExecute = NonPagedPool,
	PagedPool = 1,
	NonPagedPoolCacheAligned = 4, /**< 64-byte aligned */
	PagedPoolCacheAligned = 5,
	MaxPoolType = 7,
	NonPagedPoolNx = 512,
	NonPagedPoolNxCacheAligned = 516
} POOL_TYPE;

typedef ULONG64 POOL_FLAGS;

/** @name Flags of ExAllocatePool2 */
/** @{ */
#define POOL_FLAG_USE_QUOTA	    0x0000000000000001ull
#define POOL_FLAG_UNINITIALIZED	    0x0000000000000002ull /**< do not zero */
#define POOL_FLAG_SESSION	    0x0000000000000004ull
#define POOL_FLAG_CACHE_ALIGNED	    0x0000000000000008ull
#define POOL_FLAG_RAISE_ON_FAILURE  0x0000000000000020ull /**< not honoured: NULL is returned */
#define POOL_FLAG_NON_PAGED	    0x0000000000000040ull
#define POOL_FLAG_NON_PAGED_EXECUTE 0x0000000000000080ull
#define POOL_FLAG_PAGED		    0x0000000000000100ull
/** @} */

/**
 * Allocates zeroed pool memory.
 *
 * @param Flags POOL_FLAG_*; POOL_FLAG_UNINITIALIZED leaves the contents undefined
 * @param NumberOfBytes size in bytes, at least 1
 * @param Tag four characters for reports
 * @return 16-byte aligned memory owned by the caller until ExFreePoolWithTag or
 *         ExFreePool; NULL when there is none
 *
 * Any thread, lcores included; does not block. Memory of an injected packet is
 * kept until its completion (R22).
 */
PVOID NTAPI
ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag);

/**
 * Allocates pool memory with undefined contents.
 *
 * @param PoolType kind, see POOL_TYPE
 * @param NumberOfBytes size in bytes, at least 1
 * @param Tag four characters for reports
 * @return memory as ExAllocatePool2 gives, NULL when there is none
 *
 * Any thread, lcores included; does not block (R22 for its lifetime).
 */
PVOID NTAPI
ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);

/**
 * Allocates zeroed pool memory.
 *
 * @param PoolType kind, see POOL_TYPE
 * @param NumberOfBytes size in bytes, at least 1
 * @param Tag four characters for reports
 * @return memory as ExAllocatePool2 gives, NULL when there is none
 *
 * Any thread, lcores included; does not block (R22 for its lifetime).
 */
PVOID NTAPI
ExAllocatePoolZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);

/**
 * Frees pool memory. The caller must own it; after an accepted injection of the
 * bytes it does so again from the completion on (R22).
 *
 * @param P what an ExAllocatePool function returned
 * @param Tag the tag of the allocation, or 0 for any
 *
 * Any thread, lcores included; does not block.
 */
VOID NTAPI
ExFreePoolWithTag(PVOID P, ULONG Tag);

/**
 * Frees pool memory of any tag.
 *
 * @param P what an ExAllocatePool function returned
 *
 * Any thread, lcores included; does not block. Ownership as ExFreePoolWithTag (R22).
 */
VOID NTAPI
ExFreePool(PVOID P);

#ifdef __cplusplus
}
#endif

#endif
