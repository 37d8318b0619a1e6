/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading the window of a NET_BUFFER and copying between windows. */
#include <string.h>

#include <ndis.h>

#include "nbl/nbl_alloc.h"

/* Address of the first byte of an MDL; NULL when it was never built. */
static inline uint8_t *
mdl_bytes(MDL *mdl)
{
	return MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
}

static bool
aligned(const void *p, uint32_t multiple, uint32_t offset)
{
	return multiple <= 1 || (uintptr_t)p % multiple == offset % multiple;
}

/* Copy n bytes out of a chain from pos on; false: it is too short or not built. */
static bool
gather(struct fwi_pos pos, uint8_t *to, uint32_t n)
{
	while (n != 0) {
		uint32_t part;
		uint8_t *from;

		if (pos.mdl == NULL)
			return false;
		if (pos.off >= pos.mdl->ByteCount) {
			pos.off -= pos.mdl->ByteCount;
			pos.mdl = pos.mdl->Next;
			continue;
		}
		from = mdl_bytes(pos.mdl);
		if (from == NULL)
			return false;
		part = RTE_MIN(pos.mdl->ByteCount - pos.off, n);
		memcpy(to, from + pos.off, part);
		to += part;
		n -= part;
		pos.off += part;
	}
	return true;
}

PVOID NTAPI
NdisGetDataBuffer(NET_BUFFER *NetBuffer, ULONG BytesNeeded, PVOID Storage, UINT AlignMultiple,
	UINT AlignOffset)
{
	struct fwi_pos pos = {NetBuffer->CurrentMdl, NetBuffer->CurrentMdlOffset};
	uint8_t *p;

	if (NetBuffer->DataLength < BytesNeeded)
		return NULL;
	while (pos.mdl != NULL && pos.off >= pos.mdl->ByteCount) {
		pos.off -= pos.mdl->ByteCount;
		pos.mdl = pos.mdl->Next;
	}
	if (pos.mdl == NULL)
		return BytesNeeded == 0 ? Storage : NULL;
	p = mdl_bytes(pos.mdl);
	if (p == NULL)
		return NULL;
	p += pos.off;
	if (pos.mdl->ByteCount - pos.off >= BytesNeeded && aligned(p, AlignMultiple, AlignOffset))
		return p;
	if (Storage == NULL || !gather(pos, Storage, BytesNeeded))
		return NULL;
	return Storage;
}

/* Position of byte off of a window; mdl NULL when the chain ends before. */
static struct fwi_pos
window_pos(const NET_BUFFER *nb, uint32_t off)
{
	uint64_t at = (uint64_t)nb->CurrentMdlOffset + off;
	struct fwi_pos pos = {nb->CurrentMdl, 0};

	while (pos.mdl != NULL && at >= pos.mdl->ByteCount) {
		at -= pos.mdl->ByteCount;
		pos.mdl = pos.mdl->Next;
	}
	pos.off = (uint32_t)at;
	return pos;
}

static inline void
step(struct fwi_pos *pos, uint32_t n)
{
	pos->off += n;
	while (pos->mdl != NULL && pos->off >= pos->mdl->ByteCount) {
		pos->off -= pos->mdl->ByteCount;
		pos->mdl = pos->mdl->Next;
	}
}

NDIS_STATUS NTAPI
NdisCopyFromNetBufferToNetBuffer(NET_BUFFER *Destination, ULONG DestinationOffset,
	ULONG BytesToCopy, NET_BUFFER const *Source, ULONG SourceOffset, ULONG *BytesCopied)
{
	struct fwi_pos to = window_pos(Destination, DestinationOffset);
	struct fwi_pos from = window_pos(Source, SourceOffset);
	uint32_t left, done = 0;

	/* The source is bounded by its window, the destination by its MDLs (R108). */
	left = SourceOffset < Source->DataLength ? Source->DataLength - SourceOffset : 0;
	left = RTE_MIN(left, BytesToCopy);
	*BytesCopied = 0;
	while (left != 0 && to.mdl != NULL && from.mdl != NULL) {
		uint32_t n = RTE_MIN(from.mdl->ByteCount - from.off, to.mdl->ByteCount - to.off);
		uint8_t *d = mdl_bytes(to.mdl), *s = mdl_bytes(from.mdl);

		if (d == NULL || s == NULL)
			return NDIS_STATUS_RESOURCES;
		n = RTE_MIN(n, left);
		memmove(d + to.off, s + from.off, n);
		done += n;
		left -= n;
		*BytesCopied = done;
		step(&to, n);
		step(&from, n);
	}
	return NDIS_STATUS_SUCCESS;
}

ULONG NTAPI
NdisQueryNetBufferPhysicalCount(NET_BUFFER *NetBuffer)
{
	struct fwi_pos pos = {NetBuffer->CurrentMdl, NetBuffer->CurrentMdlOffset};
	uint32_t left = NetBuffer->DataLength;
	ULONG pages = 0;

	while (left != 0 && pos.mdl != NULL) {
		uint32_t n;

		if (pos.off >= pos.mdl->ByteCount) {
			pos.off -= pos.mdl->ByteCount;
			pos.mdl = pos.mdl->Next;
			continue;
		}
		n = RTE_MIN(pos.mdl->ByteCount - pos.off, left);
		pages += ADDRESS_AND_SIZE_TO_SPAN_PAGES(fwi_mdl_va(pos.mdl) + pos.off, n);
		left -= n;
		pos.off += n;
	}
	return pages;
}
