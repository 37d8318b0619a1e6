/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Lists for injection: allocate, clone, reference. */
#ifndef FWPDK_WDK_FWPSK_BUFFER_H
#define FWPDK_WDK_FWPSK_BUFFER_H

#include <fwpsk/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Allocates a list with one packet over an MDL chain.
 *
 * @param poolHandle pool with fAllocateNetBuffer TRUE and DataSize 0 (R91), not
 *        NULL (R97)
 * @param contextSize bytes of context, multiple of MEMORY_ALLOCATION_ALIGNMENT (R90)
 * @param contextBackFill bytes in front of the context, multiple as well
 * @param mdlChain the data, or NULL, which needs dataOffset and dataLength 0 (R89)
 * @param dataOffset bytes of the chain in front of the window
 * @param dataLength bytes of the window, up to 0xFFFFFFFF
 * @param netBufferList out: the list, the caller's until FwpsFreeNetBufferList0;
 *        written on success only
 * @return STATUS_SUCCESS; STATUS_FWP_NULL_POINTER without netBufferList;
 *         STATUS_INVALID_PARAMETER on bad arguments; STATUS_INSUFFICIENT_RESOURCES
 *         when none is left
 *
 * MDL chain and data stay the caller's (R87). Any thread, lcores included; does not
 * block.
 */
NTSTATUS NTAPI
FwpsAllocateNetBufferAndNetBufferList0(NDIS_HANDLE poolHandle, USHORT contextSize,
	USHORT contextBackFill, MDL *mdlChain, ULONG dataOffset, SIZE_T dataLength,
	NET_BUFFER_LIST **netBufferList);

/**
 * Frees a list and the packet it came with, as NdisFreeNetBufferList does. MDL chain
 * and data are not touched and may be gone already (R87, R88).
 *
 * @param netBufferList a list the caller owns: never injected, refused (R16), or
 *        completed
 *
 * Any thread, lcores included, completions included (R25); does not block.
 */
VOID NTAPI
FwpsFreeNetBufferList0(NET_BUFFER_LIST *netBufferList);

/**
 * Makes a list with packets and MDLs of its own over the same bytes (R92, R94); it
 * inherits the injection history (R82).
 *
 * @param originalNetBufferList one list; it stays alive while a clone exists (R95, R99)
 * @param netBufferListPoolHandle pool, or NULL for the library's own (R97)
 * @param netBufferPoolHandle pool, or NULL for the library's own
 * @param allocateCloneFlags 0
 * @param netBufferList out: the clone, from the original's present data start and
 *        without backfill (R93), the caller's until FwpsFreeCloneNetBufferList0;
 *        written on success only
 * @return STATUS_SUCCESS; STATUS_FWP_NULL_POINTER without a list or netBufferList;
 *         STATUS_INVALID_PARAMETER on bad arguments; STATUS_INSUFFICIENT_RESOURCES
 *         when none is left
 *
 * Any thread, lcores included; does not block.
 */
NTSTATUS NTAPI
FwpsAllocateCloneNetBufferList0(NET_BUFFER_LIST *originalNetBufferList,
	NDIS_HANDLE netBufferListPoolHandle, NDIS_HANDLE netBufferPoolHandle,
	ULONG allocateCloneFlags, NET_BUFFER_LIST **netBufferList);

/**
 * Frees a clone with its own packets and MDLs and gives back its hold on the
 * original (R95). Changes to its lists are to be undone before (R96).
 *
 * @param netBufferList a clone the caller owns: never injected, refused (R16), or
 *        completed
 * @param freeCloneFlags 0
 *
 * Any thread, lcores included, completions included (R25); does not block.
 */
VOID NTAPI
FwpsFreeCloneNetBufferList0(NET_BUFFER_LIST *netBufferList, ULONG freeCloneFlags);

/**
 * Keeps a list alive beyond its owner's use.
 *
 * @param netBufferList the list
 * @param intendToModify TRUE when a clone of it is going to be changed (R101)
 *
 * The caller owns one reference until FwpsDereferenceNetBufferList0 (R98, R100). Any
 * thread, lcores included; does not block.
 */
VOID NTAPI
FwpsReferenceNetBufferList0(NET_BUFFER_LIST *netBufferList, BOOLEAN intendToModify);

/**
 * Gives one reference back; the list may be gone afterwards (R98).
 *
 * @param netBufferList the list
 * @param dispatchLevel TRUE when the caller must not block; ignored
 *
 * Any thread, lcores included; does not block.
 */
VOID NTAPI
FwpsDereferenceNetBufferList0(NET_BUFFER_LIST *netBufferList, BOOLEAN dispatchLevel);

#ifdef __cplusplus
}
#endif

#endif
