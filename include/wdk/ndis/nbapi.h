/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Functions on one NET_BUFFER: allocate, free, move its window, read and copy bytes. */
#ifndef FWPDK_WDK_NDIS_NBAPI_H
#define FWPDK_WDK_NDIS_NBAPI_H

#include <ndis/nbl.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Client's allocator for retreats: an MDL with its buffer.
 *
 * @param BufferSize in: bytes wanted; out: bytes the MDL has
 * @return a built MDL, the packet's until the paired handler gets it; NULL = none
 *
 * Called on the thread of the retreat; must not block (R104).
 */
typedef MDL *(NET_BUFFER_ALLOCATE_MDL)(ULONG *BufferSize);
typedef NET_BUFFER_ALLOCATE_MDL *NET_BUFFER_ALLOCATE_MDL_HANDLER;

/**
 * Client's counterpart: takes MDL and buffer back.
 *
 * @param Mdl what the paired allocator returned; the client's from now on
 *
 * Called on the thread of the advance; must not block (R105).
 */
typedef VOID(NET_BUFFER_FREE_MDL)(MDL *Mdl);
typedef NET_BUFFER_FREE_MDL *NET_BUFFER_FREE_MDL_HANDLER;

/**
 * Allocates a packet over an MDL chain.
 *
 * @param PoolHandle pool of NdisAllocateNetBufferPool
 * @param MdlChain the data, or NULL, which needs DataOffset and DataLength 0 (R89)
 * @param DataOffset bytes of the chain in front of the window
 * @param DataLength bytes of the window, up to 0xFFFFFFFF
 * @return the packet, owned by the caller until NdisFreeNetBuffer; NULL on bad
 *         arguments or when none is left
 *
 * MDL chain and data stay the caller's. Any thread, lcores included; does not block.
 */
NET_BUFFER *NTAPI
NdisAllocateNetBuffer(NDIS_HANDLE PoolHandle, MDL *MdlChain, ULONG DataOffset, SIZE_T DataLength);

/**
 * Frees a packet of NdisAllocateNetBuffer; MDL chain and data are not touched (R87).
 *
 * @param NetBuffer a packet the caller owns and has taken out of its list
 *
 * Any thread, lcores included; does not block.
 */
VOID NTAPI
NdisFreeNetBuffer(NET_BUFFER *NetBuffer);

/**
 * Moves the start of the window towards the front. Unused bytes in front are taken
 * as they are (R103); when they do not suffice an MDL is put in front of the
 * chain (R104).
 *
 * @param NetBuffer packet the caller owns
 * @param DataOffsetDelta bytes to gain
 * @param DataBackFill bytes of unused space wanted in a new MDL besides
 * @param AllocateMdlHandler where a new MDL comes from; NULL = the library, which
 *        then owns it until NdisAdvanceNetBufferDataStart frees it
 * @return NDIS_STATUS_SUCCESS; NDIS_STATUS_RESOURCES when no MDL or memory is left;
 *         NDIS_STATUS_FAILURE on a length that overflows. Unchanged unless SUCCESS
 *
 * Gained bytes may span MDLs: read them through NdisGetDataBuffer. Any thread,
 * lcores included; does not block (R48, R109).
 */
NDIS_STATUS NTAPI
NdisRetreatNetBufferDataStart(NET_BUFFER *NetBuffer, ULONG DataOffsetDelta, ULONG DataBackFill,
	NET_BUFFER_ALLOCATE_MDL_HANDLER AllocateMdlHandler);

/**
 * Moves the start of the window towards the end.
 *
 * @param NetBuffer packet the caller owns
 * @param DataOffsetDelta bytes to give up, up to the data length
 * @param FreeMdl TRUE: MDLs that a retreat put in front and that no longer hold data
 *        leave the chain and are freed (R105, R106); FALSE: they stay
 * @param FreeMdlHandler pair of the retreat's handler, or NULL for the library's
 *
 * Any thread, lcores included; does not block (R109).
 */
VOID NTAPI
NdisAdvanceNetBufferDataStart(NET_BUFFER *NetBuffer, ULONG DataOffsetDelta, BOOLEAN FreeMdl,
	NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler);

/**
 * Gives the first bytes of the window as one piece.
 *
 * @param NetBuffer the packet
 * @param BytesNeeded bytes wanted from the start of the window
 * @param Storage room for BytesNeeded bytes, or NULL
 * @param AlignMultiple power of two the address is wanted to be a multiple of; 1 = any
 * @param AlignOffset wanted remainder of that division
 * @return the bytes in place when contiguous and aligned; else Storage with a copy
 *         of them; else NULL: window shorter than that, or no Storage (R107)
 *
 * Memory in place stays the packet's; writes to a copy do not reach the packet. Any
 * thread, lcores included; does not block (R53).
 */
PVOID NTAPI
NdisGetDataBuffer(NET_BUFFER *NetBuffer, ULONG BytesNeeded, PVOID Storage, UINT AlignMultiple,
	UINT AlignOffset);

/**
 * Copies bytes between two packets.
 *
 * @param Destination packet to write; its window is not changed
 * @param DestinationOffset bytes from the start of its window
 * @param BytesToCopy bytes wanted
 * @param Source packet to read
 * @param SourceOffset bytes from the start of its window
 * @param BytesCopied out: bytes copied, less than wanted when the source's window or
 *        the destination's MDLs ended (R108)
 * @return NDIS_STATUS_SUCCESS, also for a partial copy; NDIS_STATUS_RESOURCES when an
 *         MDL is not built
 *
 * No memory changes hands. Any thread, lcores included; does not block.
 */
NDIS_STATUS NTAPI
NdisCopyFromNetBufferToNetBuffer(NET_BUFFER *Destination, ULONG DestinationOffset,
	ULONG BytesToCopy, NET_BUFFER const *Source, ULONG SourceOffset, ULONG *BytesCopied);

/**
 * Computes CurrentMdl and CurrentMdlOffset from MdlChain and DataOffset (R109).
 *
 * @param NetBuffer packet the caller owns
 *
 * Any thread, lcores included; does not block.
 */
VOID NTAPI
NdisAdjustNetBufferCurrentMdl(NET_BUFFER *NetBuffer);

/**
 * Upper bound of the number of physically contiguous pieces of the window (R51).
 *
 * @param NetBuffer the packet
 * @return the number, 0 for an empty window
 *
 * Any thread, lcores included; does not block.
 */
ULONG NTAPI
NdisQueryNetBufferPhysicalCount(NET_BUFFER *NetBuffer);

#ifdef __cplusplus
}
#endif

#endif
