/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Functions on NET_BUFFER_LIST: allocate, clone, free, move the window of every
 * packet, copy out-of-band values. Those on one packet are in nbapi.h.
 */
#ifndef FWPDK_WDK_NDIS_NBLAPI_H
#define FWPDK_WDK_NDIS_NBLAPI_H

#include <ndis/nbapi.h>
#include <ndis/nblaccessors.h>
#include <ndis/nblpool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @name Flags of NdisAllocateCloneNetBufferList */
/** @{ */
#define NDIS_CLONE_FLAGS_RESERVED	   0x00000001u
#define NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS 0x00000002u /**< no MDLs of its own */
/** @} */

/**
 * Allocates a list with one packet over an MDL chain.
 *
 * @param PoolHandle pool with fAllocateNetBuffer TRUE and DataSize 0 (R91)
 * @param ContextSize bytes of context, multiple of MEMORY_ALLOCATION_ALIGNMENT (R90)
 * @param ContextBackFill bytes in front of the context, multiple as well
 * @param MdlChain the data, or NULL, which needs DataOffset and DataLength 0 (R89)
 * @param DataOffset bytes of the chain in front of the window
 * @param DataLength bytes of the window, up to 0xFFFFFFFF
 * @return the list, owned by the caller until NdisFreeNetBufferList or
 *         FwpsFreeNetBufferList0; NULL on bad arguments or when none is left
 *
 * MDL chain and data stay the caller's (R87). Any thread, lcores included; does not
 * block.
 */
NET_BUFFER_LIST *NTAPI
NdisAllocateNetBufferAndNetBufferList(NDIS_HANDLE PoolHandle, USHORT ContextSize,
	USHORT ContextBackFill, MDL *MdlChain, ULONG DataOffset, SIZE_T DataLength);

/**
 * Allocates a list; from a pool with DataSize it has a packet with MDL and data,
 * otherwise no packet unless the pool says fAllocateNetBuffer.
 *
 * @param PoolHandle the pool
 * @param ContextSize bytes of context, multiple of MEMORY_ALLOCATION_ALIGNMENT (R90)
 * @param ContextBackFill bytes in front of the context, multiple as well
 * @return the list, owned by the caller until NdisFreeNetBufferList; NULL on bad
 *         arguments or when none is left
 *
 * Any thread, lcores included; does not block.
 */
NET_BUFFER_LIST *NTAPI
NdisAllocateNetBufferList(NDIS_HANDLE PoolHandle, USHORT ContextSize, USHORT ContextBackFill);

/**
 * Frees a list and the packet it came with; not its other packets, nor an MDL chain
 * or data the client gave, which may be gone already (R87, R88).
 *
 * @param NetBufferList a list the caller owns: never injected, refused (R16), or
 *        completed
 *
 * Any thread, lcores included, completions included (R25); does not block.
 */
VOID NTAPI
NdisFreeNetBufferList(NET_BUFFER_LIST *NetBufferList);

/**
 * Makes a list that shares the bytes of another one (R92, R94).
 *
 * @param OriginalNetBufferList the original; stays alive while a clone exists (R95)
 * @param NetBufferListPoolHandle pool, or NULL for the library's own (R97)
 * @param NetBufferPoolHandle pool, or NULL for the library's own
 * @param AllocateCloneFlags 0 or NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS
 * @return the clone, from the original's present data start and without backfill
 *         (R93), owned by the caller until NdisFreeCloneNetBufferList; NULL on bad
 *         arguments or when none is left
 *
 * Any thread, lcores included; does not block.
 */
NET_BUFFER_LIST *NTAPI
NdisAllocateCloneNetBufferList(NET_BUFFER_LIST *OriginalNetBufferList,
	NDIS_HANDLE NetBufferListPoolHandle, NDIS_HANDLE NetBufferPoolHandle,
	ULONG AllocateCloneFlags);

/**
 * Frees a clone with its own packets and MDLs and gives back its hold on the
 * original (R95). Changes to its lists are to be undone before (R96).
 *
 * @param CloneNetBufferList a clone the caller owns
 * @param FreeCloneFlags the flags of the allocation
 *
 * Any thread, lcores included, completions included; does not block.
 */
VOID NTAPI
NdisFreeCloneNetBufferList(NET_BUFFER_LIST *CloneNetBufferList, ULONG FreeCloneFlags);

/**
 * NdisRetreatNetBufferDataStart for every packet of a list; all or none.
 *
 * @param NetBufferList list the caller owns
 * @param DataOffsetDelta bytes to gain in front
 * @param DataBackFill extra bytes for a new MDL
 * @param AllocateMdlHandler where new MDLs come from, or NULL
 * @return NDIS_STATUS_SUCCESS; NDIS_STATUS_RESOURCES when no MDL or memory is left;
 *         NDIS_STATUS_FAILURE on a length that overflows. Unchanged unless SUCCESS
 *
 * Memory and threads as there (R103, R104).
 */
NDIS_STATUS NTAPI
NdisRetreatNetBufferListDataStart(NET_BUFFER_LIST *NetBufferList, ULONG DataOffsetDelta,
	ULONG DataBackFill, NET_BUFFER_ALLOCATE_MDL_HANDLER AllocateMdlHandler);

/**
 * NdisAdvanceNetBufferDataStart for every packet of a list.
 *
 * @param NetBufferList list the caller owns
 * @param DataOffsetDelta bytes to give up in front, up to the shortest packet
 * @param FreeMdl TRUE: free MDLs a retreat added
 * @param FreeMdlHandler pair of the retreat's handler, or NULL
 *
 * Memory and threads as there (R105, R106).
 */
VOID NTAPI
NdisAdvanceNetBufferListDataStart(NET_BUFFER_LIST *NetBufferList, ULONG DataOffsetDelta,
	BOOLEAN FreeMdl, NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler);

/**
 * Copies the out-of-band values that matter on send: checksum, IPsec, large send,
 * 802.1Q, media, cancel id, protocol id, virtual subnet, filtering. Injection
 * history is not among them (R82).
 *
 * @param Destination list the caller owns
 * @param Source list to copy from; values only, no memory changes hands
 *
 * Any thread, lcores included; does not block.
 */
VOID NTAPI
NdisCopySendNetBufferListInfo(NET_BUFFER_LIST *Destination, NET_BUFFER_LIST const *Source);

/**
 * Copies the out-of-band values that matter on receive: those of send with frame
 * type, hash and no-push in place of large send, cancel id and protocol id.
 * Injection history is not among them (R82).
 *
 * @param Destination list the caller owns
 * @param Source list to copy from; values only, no memory changes hands
 *
 * Any thread, lcores included; does not block.
 */
VOID NTAPI
NdisCopyReceiveNetBufferListInfo(NET_BUFFER_LIST *Destination, NET_BUFFER_LIST const *Source);

#ifdef __cplusplus
}
#endif

#endif
