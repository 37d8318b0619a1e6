/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Clones: NBs and MDLs of their own over the used bytes of the original.
 *
 * What a clone consists of is kept on lists in its private part, so it is freed
 * completely whatever the client did to the public fields meanwhile (R96).
 */
#include <string.h>

#include <fwpsk.h>

#include "nbl/nbl_alloc.h"

#define CALLER	    __builtin_return_address(0)
#define CLONE_FLAGS (NDIS_CLONE_FLAGS_RESERVED | NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS)
#define NBL_FLAGS   0xff03u /* all public ones */

/* One MDL per piece of the original's window, onto the clone's list. */
static NTSTATUS
clone_mdls(struct fwi_nbl *clone, NET_BUFFER *to, const NET_BUFFER *from)
{
	uint32_t off = from->CurrentMdlOffset, left = from->DataLength;
	MDL *src = from->CurrentMdl, *first = NULL, **tail = &first;

	while (left != 0) {
		struct fwi_mdl *m;
		uint32_t n;

		if (src == NULL)
			return STATUS_INVALID_PARAMETER; /* the chain ends inside the window */
		if (off >= src->ByteCount) {
			off -= src->ByteCount;
			src = src->Next;
			continue;
		}
		n = RTE_MIN(src->ByteCount - off, left);
		m = fwi_mdl_make(FWI_MDL_CLONE, fwi_mdl_va(src) + off, n);
		if (m == NULL)
			return STATUS_INSUFFICIENT_RESOURCES;
		m->mdl.MdlFlags |= MDL_PARTIAL;
		m->owned_next = clone->owned_data;
		clone->owned_data = m;
		*tail = &m->mdl;
		tail = &m->mdl.Next;
		left -= n;
		off = 0;
		src = src->Next;
	}
	fwi_nb_set(to, first, (struct fwi_pos){first, 0}, 0, from->DataLength);
	return STATUS_SUCCESS;
}

static NTSTATUS
clone_nb(struct fwi_nbl *clone, NET_BUFFER *to, const NET_BUFFER *from, bool same_mdls)
{
	if (!same_mdls)
		return clone_mdls(clone, to, from);
	fwi_nb_set(to, from->MdlChain, (struct fwi_pos){from->CurrentMdl, from->CurrentMdlOffset},
		from->DataOffset, from->DataLength);
	return STATUS_SUCCESS;
}

static NTSTATUS
clone_nbs(struct fwi_nbl *clone, const NET_BUFFER_LIST *orig, struct fwi_pool *nb_pool,
	bool same_mdls)
{
	NET_BUFFER **tail = &clone->nbl.FirstNetBuffer;
	const NET_BUFFER *from;
	NTSTATUS status;

	for (from = orig->FirstNetBuffer; from != NULL; from = from->Next) {
		NET_BUFFER *to = &clone->nb;

		if (from != orig->FirstNetBuffer) {
			struct fwi_nb *n = fwi_nb_take(nb_pool);

			if (n == NULL)
				return STATUS_INSUFFICIENT_RESOURCES;
			n->owned_next = clone->own_nbs;
			clone->own_nbs = n;
			to = &n->nb;
		}
		status = clone_nb(clone, to, from, same_mdls);
		if (status != STATUS_SUCCESS)
			return status;
		to->ChecksumBias = from->ChecksumBias;
		*tail = to;
		tail = &to->Next;
	}
	return STATUS_SUCCESS;
}

static __rte_always_inline bool
info_used(const NET_BUFFER_LIST *nbl)
{
	const fwi_pair *pair = (const fwi_pair *)(const void *)&nbl->NetBufferListInfo[1];
	fwi_pair both = {(uintptr_t)nbl->NetBufferListInfo[0], 0};
	unsigned i;

	_Static_assert(offsetof(NET_BUFFER_LIST, NetBufferListInfo[1]) % sizeof(fwi_pair) == 0 &&
			       MaxNetBufferListInfo == 27,
		"layout");
#pragma GCC unroll 13
	for (i = 0; i < 13; i++)
		FWI_OR_PAIR(both, pair[i]);
	return fwi_pair_any(both);
}

/*
 * Out-of-band values, injection state and history (R82); then the hold on the parent. All that is
 * not written is 0, as the clone came.
 */
static __rte_always_inline void
inherit(struct fwi_nbl *clone, NET_BUFFER_LIST *orig)
{
	const struct fwi_nbl_hot *from = FWI_NBL_HOT(orig);
	struct fwi_nbl_hot *to = FWI_NBL_HOT(clone);

	if (unlikely(info_used(orig)))
		memcpy(clone->nbl.NetBufferListInfo, orig->NetBufferListInfo,
			sizeof(orig->NetBufferListInfo));
	to->nbl_flags = from->nbl_flags & NBL_FLAGS;
	if (unlikely(from->handle != 0)) {
		to->handle = from->handle;
		to->inj_context = from->inj_context;
		memcpy(clone->history, FWI_NBL(orig)->history, sizeof(clone->history));
	}
	clone->hops = FWI_NBL(orig)->hops;
	clone->nbl.ParentNetBufferList = orig;
	clone->parent = orig;
	if (likely(fwi_nbl_kept_here(FWI_NBL(orig), 1))) {
		__atomic_store_n(&orig->ChildRefCount, 1, __ATOMIC_RELAXED);
		__atomic_store_n(&FWI_NBL(orig)->refs, 2, __ATOMIC_RELAXED);
		FWI_NBL(orig)->clone = &clone->nbl;
		return;
	}
	__atomic_fetch_add(&orig->ChildRefCount, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&FWI_NBL(orig)->refs, 1, __ATOMIC_RELAXED);
}

/*
 * One packet that lies in one MDL, on an lcore with an NBL at hand: the clone's MDL is part of it.
 * False: not this way, nothing has been done.
 */
static __rte_always_inline bool
clone_plain(NET_BUFFER_LIST *orig, struct fwi_pool *pool, NET_BUFFER_LIST **out)
{
	const struct fwi_slab_lcore *here = fwi_slab_here();
	struct rte_mempool_cache *nbls = here->cache[FWI_SLAB_NBL];
	const NET_BUFFER *from = orig->FirstNetBuffer;
	struct fwi_nbl *clone;
	uint32_t off, len;
	const MDL *src;
	uint8_t *va;
	MDL *mdl;

	if (unlikely(nbls->len == 0))
		return false;
	FWI_APART();
	if (unlikely(from == NULL || from->Next != NULL))
		return false;
	src = from->CurrentMdl;
	off = from->CurrentMdlOffset;
	len = from->DataLength;
	if (unlikely(src == NULL || len == 0 || off > src->ByteCount ||
		     src->ByteCount - off < len ||
		     __atomic_load_n(&FWI_NBL(orig)->state, __ATOMIC_RELAXED) == FWI_NBL_FREE))
		return false;
	va = fwi_mdl_va(src) + off;
	FWI_IN_REGISTER(va);
	clone = fwi_cache_pop(nbls, nbls->len);
	mdl = &clone->own_mdl.mdl;
	fwi_mdl_set_clone(mdl, va, len);
	fwi_bump(&fwi_pool_count_at(pool, here->count_at)->allocated, 1);
	fwi_nbl_reset(clone, pool);
	clone->is_clone = true;
	fwi_nb_set(&clone->nb, mdl, (struct fwi_pos){mdl, 0}, 0, len);
	clone->nb.ChecksumBias = from->ChecksumBias;
	clone->nbl.FirstNetBuffer = &clone->nb;
	inherit(clone, orig);
	*out = &clone->nbl;
	return true;
}

/* Valid ones, or the library's own. Debug builds go the long way. */
static __rte_always_inline bool
quick_pools(const struct fwi_pool *nbls, const struct fwi_pool *nbs)
{
	return !FWPDK_NBL_DEBUG && (nbls == NULL || fwi_pool_is_nbl(nbls)) &&
	       (nbs == NULL || fwi_pool_is_nb(nbs));
}

static __rte_always_inline struct fwi_pool *
account_of(struct fwi_pool *pool)
{
	return pool != NULL ? pool : fwi_pool_clone_nbl;
}

static __rte_noinline NTSTATUS
clone_list(NET_BUFFER_LIST *orig, struct fwi_pool *nbl_pool, struct fwi_pool *nb_pool,
	bool same_mdls, NET_BUFFER_LIST **out, const void *pc)
{
	struct fwi_nbl *clone;
	unsigned lcore = rte_lcore_id();
	NTSTATUS status;

	if (!fwi_slab_ready)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (nbl_pool == NULL)
		nbl_pool = fwi_pool_clone_nbl;
	if (nb_pool == NULL)
		nb_pool = fwi_pool_clone_nb;
	if (!fwi_pool_is_nbl(nbl_pool) || !fwi_pool_is_nb(nb_pool))
		return STATUS_INVALID_PARAMETER;
	if (__atomic_load_n(&FWI_NBL(orig)->state, __ATOMIC_RELAXED) == FWI_NBL_FREE) {
		fwi_debug_misuse(FWI_NBL(orig), "clone of a free NBL", pc);
		return STATUS_INVALID_PARAMETER;
	}
	clone = fwi_nbl_take(nbl_pool, pc);
	if (clone == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	clone->is_clone = true;
	status = clone_nbs(clone, orig, nb_pool, same_mdls);
	if (status != STATUS_SUCCESS) {
		if (status == STATUS_INSUFFICIENT_RESOURCES)
			FWI_POOL_COUNT(nbl_pool, lcore, exhausted);
		fwi_nbl_release(clone);
		return status;
	}
	inherit(clone, orig);
	*out = &clone->nbl;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI
FwpsAllocateCloneNetBufferList0(NET_BUFFER_LIST *originalNetBufferList,
	NDIS_HANDLE netBufferListPoolHandle, NDIS_HANDLE netBufferPoolHandle,
	ULONG allocateCloneFlags, NET_BUFFER_LIST **netBufferList)
{
	if (originalNetBufferList == NULL || netBufferList == NULL)
		return STATUS_FWP_NULL_POINTER;
	if (allocateCloneFlags != 0)
		return STATUS_INVALID_PARAMETER;
	if (likely(quick_pools(netBufferListPoolHandle, netBufferPoolHandle)) &&
		likely(clone_plain(
			originalNetBufferList, account_of(netBufferListPoolHandle), netBufferList)))
		return STATUS_SUCCESS;
	return clone_list(originalNetBufferList, netBufferListPoolHandle, netBufferPoolHandle,
		false, netBufferList, CALLER);
}

NET_BUFFER_LIST *NTAPI
NdisAllocateCloneNetBufferList(NET_BUFFER_LIST *OriginalNetBufferList,
	NDIS_HANDLE NetBufferListPoolHandle, NDIS_HANDLE NetBufferPoolHandle,
	ULONG AllocateCloneFlags)
{
	NET_BUFFER_LIST *nbl = NULL;

	if (OriginalNetBufferList == NULL || (AllocateCloneFlags & ~CLONE_FLAGS) != 0)
		return NULL;
	if ((AllocateCloneFlags & NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS) == 0 &&
		likely(quick_pools(NetBufferListPoolHandle, NetBufferPoolHandle)) &&
		likely(clone_plain(
			OriginalNetBufferList, account_of(NetBufferListPoolHandle), &nbl)))
		return nbl;
	if (clone_list(OriginalNetBufferList, NetBufferListPoolHandle, NetBufferPoolHandle,
		    (AllocateCloneFlags & NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS) != 0, &nbl,
		    CALLER) != STATUS_SUCCESS)
		return NULL;
	return nbl;
}
