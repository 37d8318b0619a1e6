/* SPDX-License-Identifier: BSD-3-Clause */
/** @file MDL: the descriptor of one virtually contiguous buffer. */
#ifndef FWPDK_WDK_WDM_MDL_H
#define FWPDK_WDK_WDM_MDL_H

#include <ntdef.h>
#include <wdm/ke.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PAGE_SHIFT 12
#ifndef PAGE_SIZE
#define PAGE_SIZE 0x1000 /**< the page StartVa is rounded to, bytes */
#endif
/** Offset of @p va in its page. */
#define BYTE_OFFSET(va) ((ULONG)((ULONG_PTR)(va) & (0x1000 - 1)))
/** Start of the page of @p va. */
#define PAGE_ALIGN(va) ((PVOID)((ULONG_PTR)(va) & ~(ULONG_PTR)(0x1000 - 1)))
/** Number of pages touched by @p len bytes at @p va. */
#define ADDRESS_AND_SIZE_TO_SPAN_PAGES(va, len) \
	((ULONG)(((SIZE_T)BYTE_OFFSET(va) + (SIZE_T)(len) + (0x1000 - 1)) >> 12))

/** One buffer, or one link of a chain of buffers. The memory belongs to who made the MDL. */
typedef struct _MDL {
	struct _MDL *Next;	   /**< next of the chain, NULL = last */
	CSHORT Size;		   /**< bytes of the descriptor */
	CSHORT MdlFlags;	   /**< MDL_* */
	struct _EPROCESS *Process; /**< unused here */
	PVOID MappedSystemVa;	   /**< first byte of the buffer, once built */
	PVOID StartVa;		   /**< page of the first byte */
	ULONG ByteCount;	   /**< length of the buffer, bytes */
	ULONG ByteOffset;	   /**< first byte = StartVa + ByteOffset */
} MDL, *PMDL;

/** @name MdlFlags */
/** @{ */
#define MDL_MAPPED_TO_SYSTEM_VA	    0x0001
#define MDL_PAGES_LOCKED	    0x0002
#define MDL_SOURCE_IS_NONPAGED_POOL 0x0004 /**< built: addresses are valid */
#define MDL_ALLOCATED_FIXED_SIZE    0x0008
#define MDL_PARTIAL		    0x0010 /**< part of another MDL's buffer */
#define MDL_PARTIAL_HAS_BEEN_MAPPED 0x0020
#define MDL_NETWORK_HEADER	    0x1000
#define MDL_MAPPING_CAN_FAIL	    0x2000
/** @} */

/** Priority argument of the mapping functions; without effect here. */
typedef enum _MM_PAGE_PRIORITY {
	LowPagePriority = 0,
	NormalPagePriority = 16,
	HighPagePriority = 32
} MM_PAGE_PRIORITY;

/* may be ored into a priority; without effect here */
#define MdlMappingNoWrite   0x80000000u
#define MdlMappingNoExecute 0x40000000u

#define MmGetMdlByteCount(mdl)	    ((mdl)->ByteCount)
#define MmGetMdlByteOffset(mdl)	    ((mdl)->ByteOffset)
#define MmGetMdlBaseVa(mdl)	    ((mdl)->StartVa)
#define MmGetMdlVirtualAddress(mdl) ((PVOID)((PCHAR)((mdl)->StartVa) + (mdl)->ByteOffset))

/**
 * Address of the first byte an MDL describes.
 *
 * @param Mdl the MDL, not NULL
 * @param Priority MM_PAGE_PRIORITY, maybe with MdlMappingNoWrite/-NoExecute; ignored
 * @return the address, valid as long as the buffer is; NULL when the MDL was
 *         allocated but never built
 *
 * Any thread, lcores included; does not block; nothing to undo (R110).
 */
FWPDK_INLINE PVOID
MmGetSystemAddressForMdlSafe(MDL *Mdl, ULONG Priority)
{
	(void)Priority;
	if (!(Mdl->MdlFlags &
		    (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL)))
		return NULL;
	return Mdl->MappedSystemVa != NULL ? Mdl->MappedSystemVa : MmGetMdlVirtualAddress(Mdl);
}

/**
 * Allocates an MDL for a buffer, without building it.
 *
 * @param VirtualAddress first byte of the buffer
 * @param Length bytes of the buffer, up to 4 GiB less a page
 * @param SecondaryBuffer FALSE
 * @param ChargeQuota FALSE; ignored
 * @param Irp NULL
 * @return the MDL, owned by the caller until IoFreeMdl; NULL when none is left
 *
 * The buffer stays the caller's and must outlive the MDL's use. Any thread, lcores
 * included; does not block (R110, R111).
 */
PMDL NTAPI
IoAllocateMdl(
	PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer, BOOLEAN ChargeQuota, PIRP Irp);

/**
 * Frees one MDL: neither the rest of its chain nor the buffer (R111).
 *
 * @param Mdl an MDL from IoAllocateMdl that the caller owns; after an accepted
 *        injection that is from the completion on (R21, R22)
 *
 * Legal before the list that held it is freed (R88). Any thread, lcores included;
 * does not block.
 */
VOID NTAPI
IoFreeMdl(PMDL Mdl);

/**
 * Completes an MDL over pinned memory, so that its addresses are valid (R110).
 *
 * @param Mdl an MDL from IoAllocateMdl, owned by the caller
 *
 * Any thread, lcores included; does not block.
 */
VOID NTAPI
MmBuildMdlForNonPagedPool(PMDL Mdl);

/**
 * Makes an MDL describe a part of another one's buffer.
 *
 * @param SourceMdl a built MDL; must stay valid while the target is in use
 * @param TargetMdl an MDL of the caller, allocated large enough
 * @param VirtualAddress first byte, within the source's buffer
 * @param Length bytes; 0 = up to the end of the source
 *
 * No buffer changes hands. Any thread, lcores included; does not block (R111).
 */
VOID NTAPI
IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress, ULONG Length);

#ifdef __cplusplus
}
#endif

#endif
