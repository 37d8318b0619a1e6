/* SPDX-License-Identifier: BSD-3-Clause */
/** @file NDIS functions on MDLs. */
#ifndef FWPDK_WDK_NDIS_MDLAPI_H
#define FWPDK_WDK_NDIS_MDLAPI_H

#include <ndis/types.h>
#include <wdm/mdl.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Allocates and builds an MDL over pinned memory.
 *
 * @param NdisHandle any handle or NULL; ignored
 * @param VirtualAddress first byte of the buffer; stays the caller's
 * @param Length bytes
 * @return the MDL, owned by the caller until NdisFreeMdl (or IoFreeMdl); NULL when
 *         none is left
 *
 * Any thread, lcores included; does not block (R110).
 */
PMDL NTAPI
NdisAllocateMdl(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, UINT Length);

/**
 * Frees one MDL, as IoFreeMdl does: neither its chain nor the buffer (R111).
 *
 * @param Mdl an MDL the caller owns
 *
 * Any thread, lcores included; does not block.
 */
VOID NTAPI
NdisFreeMdl(PMDL Mdl);

/**
 * Sets the byte count of an MDL and nothing else.
 *
 * @param Mdl an MDL the caller owns
 * @param Length bytes; not more than the MDL was allocated for
 *
 * Any thread, lcores included; does not block (R51 on lengths).
 */
VOID NTAPI
NdisAdjustMdlLength(PMDL Mdl, UINT Length);

/** Next MDL of a chain into @p next. */
#define NdisGetNextMdl(mdl, next) ((void)(*(next) = (mdl)->Next))

/** Address (unless @p va is NULL) and byte count of an MDL; see MmGetSystemAddressForMdlSafe. */
#define NdisQueryMdl(mdl, va, len, prio)                                                \
	do {                                                                            \
		PVOID *fwpdk_va = (PVOID *)(va);                                        \
		if (fwpdk_va != NULL)                                                   \
			*fwpdk_va = MmGetSystemAddressForMdlSafe((mdl), (ULONG)(prio)); \
		*(len) = MmGetMdlByteCount(mdl);                                        \
	} while (0)

#ifdef __cplusplus
}
#endif

#endif
