/* SPDX-License-Identifier: BSD-3-Clause */
/* MDLs: the client's (IoAllocateMdl and its relatives) and the library's own. */
#include <rte_malloc.h>

#include <ndis.h>

#include "nbl/nbl_debug.h"
#include "nbl/nbl_slab.h"

#define LEN_MAX 0xFFFFF000u /* 4 GiB less a page */
static __rte_always_inline MDL *
mdl_take(void *va, uint32_t len, enum fwi_mdl_kind kind)
{
	struct fwi_mdl *m = fwi_slab_get(FWI_SLAB_MDL, rte_lcore_id());

	if (unlikely(m == NULL))
		return NULL;
	m->state = FWI_NBL_LIVE;
	m->kind = (uint16_t)kind;
	fwi_mdl_set(&m->mdl, va, len);
	return &m->mdl;
}

static __rte_noinline MDL *
allocate_slow(void *va, uint32_t len)
{
	return mdl_take(va, len, FWI_MDL_CLIENT);
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
	const struct fwi_slab_lcore *here = fwi_slab_here();
	struct rte_mempool_cache *c = here->cache[FWI_SLAB_MDL];
	uint32_t have = c->len;
	struct fwi_mdl *m;

	(void)SecondaryBuffer;
	(void)ChargeQuota;
	if (unlikely(Irp != NULL || Length > LEN_MAX))
		return NULL;
	if (FWI_FAIL())
		return NULL;
	if (unlikely(have == 0))
		return allocate_slow(VirtualAddress, Length);
	m = fwi_cache_pop(c, have);
	*fwi_mdl_life(m) = here->mdl_life; /* of this lcore's slab, as all in its cache */
	fwi_mdl_set(&m->mdl, VirtualAddress, Length);
	return &m->mdl;
}

/* Not a client's own of this lcore's slab, or no room in the cache. */
static __rte_noinline void
free_slow(struct fwi_mdl *m, const void *pc)
{
	if (m == NULL || !fwi_slab_ready)
		return;
	if (m->state != FWI_NBL_LIVE) {
		fwi_debug_report(NULL, "double free of MDL %p by %p", (void *)m, pc);
		return;
	}
	/*
	 * A client that frees all MDLs of a packet also finds those of a clone or a
	 * retreat there. Their lists free them.
	 */
	if (m->kind != FWI_MDL_CLIENT)
		return;
	mdl_give(m);
}

VOID NTAPI
IoFreeMdl(PMDL Mdl)
{
	struct fwi_mdl *m = FWI_MDL(Mdl);
	const struct fwi_slab_lcore *here = fwi_slab_here();
	struct rte_mempool_cache *c = here->cache[FWI_SLAB_MDL];
	uint32_t len = c->len;

	if (unlikely(m == NULL || len >= c->flushthresh || *fwi_mdl_life(m) != here->mdl_life)) {
		free_slow(m, __builtin_return_address(0));
		return;
	}
	m->state = FWI_NBL_FREE;
	FWI_TSAN_RELEASE(m);
	c->objs[len] = m;
	c->len = len + 1;
}

VOID NTAPI
NdisFreeMdl(PMDL Mdl) __attribute__((alias("IoFreeMdl")));

VOID NTAPI
MmBuildMdlForNonPagedPool(PMDL Mdl)
{
	fwi_mdl_build(Mdl);
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
	fwi_mdl_point(TargetMdl, VirtualAddress, Length);
	TargetMdl->MdlFlags = (CSHORT)(MDL_PARTIAL | (SourceMdl->MdlFlags & FWI_MDL_BUILT));
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
		fwi_mdl_build(mdl);
	return mdl;
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
		fwi_mdl_build(mdl);
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
