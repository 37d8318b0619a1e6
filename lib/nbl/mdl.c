/* SPDX-License-Identifier: BSD-3-Clause */
/* MDLs: the client's (IoAllocateMdl and its relatives) and the library's own. */
#include <rte_malloc.h>

#include <ndis.h>

#include "nbl/nbl_debug.h"
#include "nbl/nbl_slab.h"

#define LEN_MAX 0xFFFFF000u /* 4 GiB less a page */
#define BUILT	(MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)

static inline void
mdl_point(MDL *mdl, void *va, uint32_t len)
{
	mdl->StartVa = PAGE_ALIGN(va);
	mdl->ByteOffset = BYTE_OFFSET(va);
	mdl->ByteCount = len;
}

static inline void
mdl_build(MDL *mdl)
{
	mdl->MappedSystemVa = fwi_mdl_va(mdl);
	mdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL | MDL_MAPPED_TO_SYSTEM_VA;
}

static __rte_always_inline MDL *
mdl_take(void *va, uint32_t len, enum fwi_mdl_kind kind)
{
	struct fwi_mdl *m = fwi_slab_get(FWI_SLAB_MDL, rte_lcore_id());

	if (unlikely(m == NULL))
		return NULL;
	m->state = FWI_NBL_LIVE;
	m->kind = (uint16_t)kind;
	m->mdl.Next = NULL;
	m->mdl.Size = sizeof(MDL);
	m->mdl.MdlFlags = 0;
	m->mdl.Process = NULL;
	m->mdl.MappedSystemVa = NULL;
	mdl_point(&m->mdl, va, len);
	return &m->mdl;
}

static __rte_always_inline void
mdl_give(struct fwi_mdl *m)
{
	m->state = FWI_NBL_FREE;
	fwi_slab_put(FWI_SLAB_MDL, m, m->slab, rte_lcore_id());
}

PMDL NTAPI
IoAllocateMdl(
	PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer, BOOLEAN ChargeQuota, PIRP Irp)
{
	(void)SecondaryBuffer;
	(void)ChargeQuota;
	if (unlikely(Irp != NULL || Length > LEN_MAX))
		return NULL;
	return mdl_take(VirtualAddress, Length, FWI_MDL_CLIENT);
}

VOID NTAPI
IoFreeMdl(PMDL Mdl)
{
	struct fwi_mdl *m = FWI_MDL(Mdl);

	if (unlikely(m == NULL || !fwi_slab_ready))
		return;
	if (unlikely(m->state != FWI_NBL_LIVE)) {
		fwi_debug_report(NULL, "double free of MDL %p by %p", (void *)Mdl,
			__builtin_return_address(0));
		return;
	}
	/*
	 * A client that frees all MDLs of a packet also finds those of a clone or a
	 * retreat there. Their lists free them.
	 */
	if (unlikely(m->kind != FWI_MDL_CLIENT))
		return;
	mdl_give(m);
}

VOID NTAPI
MmBuildMdlForNonPagedPool(PMDL Mdl)
{
	mdl_build(Mdl);
}

VOID NTAPI
IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress, ULONG Length)
{
	uintptr_t start = (uintptr_t)fwi_mdl_va(SourceMdl);
	uintptr_t va = (uintptr_t)VirtualAddress;
	uint64_t off = va - start;

	if (va < start || off > SourceMdl->ByteCount || Length > SourceMdl->ByteCount - off) {
		/* Windows stops the machine here; an empty MDL cannot harm. */
		fwi_debug_report(NULL, "IoBuildPartialMdl by %p: %p + %u is outside of MDL %p",
			__builtin_return_address(0), VirtualAddress, Length, (void *)SourceMdl);
		TargetMdl->ByteCount = 0;
		return;
	}
	if (Length == 0)
		Length = (ULONG)(SourceMdl->ByteCount - off);
	mdl_point(TargetMdl, VirtualAddress, Length);
	TargetMdl->MdlFlags = (CSHORT)(MDL_PARTIAL | (SourceMdl->MdlFlags & BUILT));
	TargetMdl->MappedSystemVa = VirtualAddress;
}

PMDL NTAPI
NdisAllocateMdl(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, UINT Length)
{
	MDL *mdl;

	(void)NdisHandle;
	if (unlikely(Length > LEN_MAX))
		return NULL;
	mdl = mdl_take(VirtualAddress, Length, FWI_MDL_CLIENT);
	if (likely(mdl != NULL))
		mdl_build(mdl);
	return mdl;
}

VOID NTAPI
NdisFreeMdl(PMDL Mdl)
{
	IoFreeMdl(Mdl);
}

VOID NTAPI
NdisAdjustMdlLength(PMDL Mdl, UINT Length)
{
	Mdl->ByteCount = Length;
}

struct fwi_mdl *
fwi_mdl_make(enum fwi_mdl_kind kind, void *va, uint32_t len)
{
	MDL *mdl = mdl_take(va, len, kind);

	if (mdl != NULL)
		mdl_build(mdl);
	return FWI_MDL(mdl);
}

struct fwi_mdl *
fwi_mdl_make_data(enum fwi_mdl_kind kind, uint32_t len)
{
	struct fwi_mdl *m;
	void *data;

	if (len > LEN_MAX)
		return NULL;
	data = rte_malloc("fwpdk_data", len, 0);
	FWI_TSAN_ACQUIRE(FWI_TSAN_HEAP);
	if (data == NULL)
		return NULL;
	m = fwi_mdl_make(kind, data, len);
	if (m == NULL) {
		FWI_TSAN_RELEASE(FWI_TSAN_HEAP);
		rte_free(data);
		return NULL;
	}
	m->mdl.Process = data;
	return m;
}

void
fwi_mdl_free_list(struct fwi_mdl *m)
{
	while (m != NULL) {
		struct fwi_mdl *next = m->owned_next;

		if (m->kind == FWI_MDL_DATA || m->kind == FWI_MDL_RETREAT)
			FWI_TSAN_RELEASE(FWI_TSAN_HEAP);
		rte_free(m->mdl.Process);
		mdl_give(m);
		m = next;
	}
}
