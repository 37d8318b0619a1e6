/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Retreat and advance: moving the data start of a NET_BUFFER over its MDL chain.
 *
 * A retreat by d > DataOffset puts one MDL of d + backfill bytes in front of the chain.
 * The DataOffset bytes that were unused before stay between the new MDL and the old data,
 * so they are consumed first and DataOffset becomes backfill + old DataOffset. Thus the
 * window stays contiguous over the chain, and advancing by d with FreeMdl restores it.
 *
 * Added MDLs are on a list of the NB (NdisReserved[0], newest first; Reserved says so).
 * Freeing an NB frees the library's of them by that list, not by the chain.
 */
#include <rte_malloc.h>

#include <ndis.h>

#include "nbl/nbl_alloc.h"

static inline MDL *
added_mdl(struct fwi_mdl *m)
{
	return m->kind == FWI_MDL_TRACK ? (MDL *)(void *)m->mdl.Process : &m->mdl;
}

static void
added_push(NET_BUFFER *nb, struct fwi_mdl *m)
{
	m->owned_next = (nb->Reserved & FWI_NB_ADDED_MDLS) != 0 ? nb->NdisReserved[0] : NULL;
	nb->NdisReserved[0] = m;
	nb->Reserved |= FWI_NB_ADDED_MDLS;
}

static struct fwi_mdl *
added_pop(NET_BUFFER *nb)
{
	struct fwi_mdl *m = nb->NdisReserved[0];

	nb->NdisReserved[0] = m->owned_next;
	if (m->owned_next == NULL)
		nb->Reserved &= (USHORT)~FWI_NB_ADDED_MDLS;
	m->owned_next = NULL;
	return m;
}

void
fwi_nb_drop_added(NET_BUFFER *nb)
{
	if ((nb->Reserved & FWI_NB_ADDED_MDLS) == 0)
		return;
	fwi_mdl_free_list(nb->NdisReserved[0]);
	nb->NdisReserved[0] = NULL;
	nb->Reserved &= (USHORT)~FWI_NB_ADDED_MDLS;
}

VOID NTAPI
NdisAdjustNetBufferCurrentMdl(NET_BUFFER *NetBuffer)
{
	struct fwi_pos pos = {NULL, 0};

	if (NetBuffer->MdlChain != NULL)
		fwi_pos_seek(&pos, NetBuffer->MdlChain, NetBuffer->DataOffset);
	NetBuffer->CurrentMdl = pos.mdl;
	NetBuffer->CurrentMdlOffset = pos.off;
}

/* An MDL from the client's handler, remembered by a node of ours. */
static struct fwi_mdl *
mdl_from_handler(NET_BUFFER_ALLOCATE_MDL_HANDLER handler, uint32_t bytes)
{
	struct fwi_mdl *track = fwi_mdl_make(FWI_MDL_TRACK, NULL, 0);
	ULONG size = bytes;
	MDL *mdl;

	if (track == NULL)
		return NULL;
	track->owned_next = NULL;
	mdl = handler(&size);
	if (mdl == NULL) {
		fwi_mdl_free_list(track);
		return NULL;
	}
	track->mdl.Process = (void *)mdl;
	return track;
}

static __rte_noinline NDIS_STATUS
retreat_beyond(
	NET_BUFFER *nb, uint32_t delta, uint32_t backfill, NET_BUFFER_ALLOCATE_MDL_HANDLER handler)
{
	uint32_t need = delta - nb->DataOffset;
	uint64_t room = (uint64_t)delta + backfill;
	struct fwi_mdl *m;
	MDL *mdl;

	if (room > UINT32_MAX || room + nb->DataOffset > UINT32_MAX)
		return NDIS_STATUS_FAILURE;
	if (handler != NULL)
		m = mdl_from_handler(handler, (uint32_t)room);
	else
		m = fwi_mdl_make_data(FWI_MDL_RETREAT, (uint32_t)room);
	if (m == NULL)
		return NDIS_STATUS_RESOURCES;
	mdl = added_mdl(m);
	added_push(nb, m);
	mdl->Next = nb->MdlChain;
	nb->MdlChain = mdl;
	if (mdl->ByteCount < need) {
		/* The handler gave less than it was asked for. It stays, as backfill. */
		nb->DataOffset += mdl->ByteCount;
		NdisAdjustNetBufferCurrentMdl(nb);
		return NDIS_STATUS_FAILURE;
	}
	nb->DataOffset = mdl->ByteCount - need;
	nb->DataLength += delta;
	nb->CurrentMdl = mdl;
	nb->CurrentMdlOffset = nb->DataOffset;
	return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS NTAPI
NdisRetreatNetBufferDataStart(NET_BUFFER *NetBuffer, ULONG DataOffsetDelta, ULONG DataBackFill,
	NET_BUFFER_ALLOCATE_MDL_HANDLER AllocateMdlHandler)
{
	if (unlikely((uint64_t)NetBuffer->DataLength + DataOffsetDelta > UINT32_MAX))
		return NDIS_STATUS_FAILURE;
	if (unlikely(DataOffsetDelta > NetBuffer->DataOffset))
		return retreat_beyond(NetBuffer, DataOffsetDelta, DataBackFill, AllocateMdlHandler);
	NetBuffer->DataOffset -= DataOffsetDelta;
	FWI_READ_AGAIN(); /* not as a vector: they were written one by one */
	NetBuffer->DataLength += DataOffsetDelta;
	if (likely(DataOffsetDelta <= NetBuffer->CurrentMdlOffset))
		NetBuffer->CurrentMdlOffset -= DataOffsetDelta;
	else
		NdisAdjustNetBufferCurrentMdl(NetBuffer);
	return NDIS_STATUS_SUCCESS;
}

/* Take MDLs that retreats added off the chain's head, as far as no data is in them. */
static void
drop_unused(NET_BUFFER *nb, NET_BUFFER_FREE_MDL_HANDLER handler)
{
	while ((nb->Reserved & FWI_NB_ADDED_MDLS) != 0) {
		MDL *mdl = added_mdl(nb->NdisReserved[0]);
		bool foreign = FWI_MDL(nb->NdisReserved[0])->kind == FWI_MDL_TRACK;

		if (mdl != nb->MdlChain || mdl->ByteCount > nb->DataOffset)
			break;
		nb->DataOffset -= mdl->ByteCount;
		nb->MdlChain = mdl->Next;
		mdl->Next = NULL;
		fwi_mdl_free_list(added_pop(nb));
		if (foreign && handler != NULL)
			handler(mdl);
	}
	NdisAdjustNetBufferCurrentMdl(nb);
}

/* More than there is, beyond the first MDL, or with MDLs to free. */
static __rte_noinline void
advance(NET_BUFFER *NetBuffer, ULONG DataOffsetDelta, BOOLEAN FreeMdl,
	NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler, const void *pc)
{
	struct fwi_pos pos;

	if (unlikely(DataOffsetDelta > NetBuffer->DataLength ||
		     (uint64_t)NetBuffer->DataOffset + DataOffsetDelta > UINT32_MAX)) {
		fwi_debug_report(NULL, "advance of NB %p by %u, it has %u bytes, from %p",
			(void *)NetBuffer, DataOffsetDelta, NetBuffer->DataLength, pc);
		DataOffsetDelta = RTE_MIN(
			NetBuffer->DataLength, UINT32_MAX - NetBuffer->DataOffset);
	}
	NetBuffer->DataOffset += DataOffsetDelta;
	NetBuffer->DataLength -= DataOffsetDelta;
	if (unlikely(FreeMdl && (NetBuffer->Reserved & FWI_NB_ADDED_MDLS) != 0)) {
		drop_unused(NetBuffer, FreeMdlHandler);
	} else if (likely(NetBuffer->CurrentMdl != NULL)) {
		fwi_pos_seek(&pos, NetBuffer->CurrentMdl,
			(uint64_t)NetBuffer->CurrentMdlOffset + DataOffsetDelta);
		NetBuffer->CurrentMdl = pos.mdl;
		NetBuffer->CurrentMdlOffset = pos.off;
	}
}

VOID NTAPI
NdisAdvanceNetBufferDataStart(NET_BUFFER *NetBuffer, ULONG DataOffsetDelta, BOOLEAN FreeMdl,
	NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler)
{
	const MDL *mdl = NetBuffer->CurrentMdl;

	if (unlikely(FreeMdl || mdl == NULL || DataOffsetDelta > NetBuffer->DataLength ||
		     NetBuffer->CurrentMdlOffset >= mdl->ByteCount ||
		     DataOffsetDelta >= mdl->ByteCount - NetBuffer->CurrentMdlOffset ||
		     DataOffsetDelta > UINT32_MAX - NetBuffer->DataOffset)) {
		advance(NetBuffer, DataOffsetDelta, FreeMdl, FreeMdlHandler,
			__builtin_return_address(0));
		return;
	}
	NetBuffer->DataOffset += DataOffsetDelta;
	FWI_READ_AGAIN();
	NetBuffer->DataLength -= DataOffsetDelta;
	FWI_READ_AGAIN();
	NetBuffer->CurrentMdlOffset += DataOffsetDelta;
}

NDIS_STATUS NTAPI
NdisRetreatNetBufferListDataStart(NET_BUFFER_LIST *NetBufferList, ULONG DataOffsetDelta,
	ULONG DataBackFill, NET_BUFFER_ALLOCATE_MDL_HANDLER AllocateMdlHandler)
{
	NET_BUFFER *nb, *undo;

	for (nb = NetBufferList->FirstNetBuffer; nb != NULL; nb = nb->Next) {
		NDIS_STATUS status = NdisRetreatNetBufferDataStart(
			nb, DataOffsetDelta, DataBackFill, AllocateMdlHandler);

		if (status == NDIS_STATUS_SUCCESS)
			continue;
		/*
		 * MDLs of a client's handler stay as backfill, for the client to free by an
		 * advance: nobody else knows how.
		 */
		for (undo = NetBufferList->FirstNetBuffer; undo != nb; undo = undo->Next)
			NdisAdvanceNetBufferDataStart(
				undo, DataOffsetDelta, AllocateMdlHandler == NULL, NULL);
		return status;
	}
	return NDIS_STATUS_SUCCESS;
}

VOID NTAPI
NdisAdvanceNetBufferListDataStart(NET_BUFFER_LIST *NetBufferList, ULONG DataOffsetDelta,
	BOOLEAN FreeMdl, NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler)
{
	NET_BUFFER *nb;

	for (nb = NetBufferList->FirstNetBuffer; nb != NULL; nb = nb->Next)
		NdisAdvanceNetBufferDataStart(nb, DataOffsetDelta, FreeMdl, FreeMdlHandler);
}
