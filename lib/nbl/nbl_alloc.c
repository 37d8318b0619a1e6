/* SPDX-License-Identifier: BSD-3-Clause */
/* Allocation of NBLs and NBs under both families of names, and of single NBs. */
#include <rte_malloc.h>

#include <fwpsk.h>

#include "nbl/nbl_alloc.h"

#define ALIGNED(a, b) ((((a) | (b)) & (MEMORY_ALLOCATION_ALIGNMENT - 1)) == 0)
#define CALLER	      __builtin_return_address(0)

/* A context area: small ones have room in the NBL. */
static bool
context_add(struct fwi_nbl *f, uint16_t size, uint16_t backfill)
{
	size_t bytes = sizeof(NET_BUFFER_LIST_CONTEXT) + size + backfill;
	NET_BUFFER_LIST_CONTEXT *c = (void *)f->context_room;

	if (bytes > sizeof(f->context_room)) {
		c = rte_malloc("fwpdk_context", bytes, 0);
		FWI_TSAN_ACQUIRE(FWI_TSAN_HEAP);
		if (c == NULL)
			return false;
		f->context_area = c;
	}
	c->Next = NULL;
	c->Size = size;
	c->Offset = backfill;
	f->nbl.Context = c;
	return true;
}

/* Undo an allocation that did not succeed as a whole. */
static __rte_noinline void
undo(struct fwi_nbl *f, struct fwi_pool *pool)
{
	unsigned lcore = rte_lcore_id();

	FWI_POOL_COUNT(pool, lcore, exhausted);
	fwi_nbl_release(f);
}

struct fwi_nbl *
fwi_nbl_take(struct fwi_pool *pool, const void *pc)
{
	unsigned lcore = rte_lcore_id();
	struct fwi_nbl *f = fwi_slab_get(FWI_SLAB_NBL, lcore);

	if (f == NULL) {
		FWI_POOL_COUNT(pool, lcore, exhausted);
		return NULL;
	}
	FWI_POOL_COUNT(pool, lcore, allocated);
#if FWPDK_NBL_DEBUG
	fwi_debug_unpoison(f);
	f->alloc_pc = pc;
	f->free_pc = NULL;
	f->pool = pool;
#else
	RTE_SET_USED(pc);
#endif
	fwi_nbl_reset(f, pool);
	f->nbl.FirstNetBuffer = NULL;
	return f;
}

/* Every case. pc is for debug builds alone. */
static __rte_always_inline NTSTATUS
alloc_any(struct fwi_pool *pool, uint16_t ctx, uint16_t backfill, MDL *mdl, uint32_t off,
	uint64_t len, NET_BUFFER_LIST **out, const void *pc)
{
	struct fwi_pos pos = {mdl, off};
	struct fwi_nbl *f;

	if (!fwi_slab_ready)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (!fwi_pool_is_nbl(pool) || !pool->with_nb || pool->data_size != 0)
		return STATUS_INVALID_PARAMETER;
	if (!ALIGNED(ctx, backfill) || len > UINT32_MAX)
		return STATUS_INVALID_PARAMETER;
	if (mdl != NULL ? !fwi_pos_seek(&pos, mdl, off) : (off | len) != 0)
		return STATUS_INVALID_PARAMETER;
	f = fwi_nbl_take(pool, pc);
	if (f == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	fwi_nb_set(&f->nb, mdl, pos, off, (uint32_t)len);
	f->nbl.FirstNetBuffer = &f->nb;
	if ((ctx | backfill) != 0 && !context_add(f, ctx, backfill)) {
		undo(f, pool);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	*out = &f->nbl;
	return STATUS_SUCCESS;
}

static __rte_noinline NTSTATUS
alloc_slow(NDIS_HANDLE pool, USHORT ctx, USHORT backfill, MDL *mdl, ULONG off, SIZE_T len,
	NET_BUFFER_LIST **out)
{
	if (out == NULL)
		return STATUS_FWP_NULL_POINTER;
	return alloc_any(pool, ctx, backfill, mdl, off, len, out, NULL);
}

#if FWPDK_NBL_DEBUG
#define FAST_PATH 0
#else
#define FAST_PATH 1
#endif

/*
 * The common case, an lcore with free NBLs at hand and no context area, without a stack
 * frame; everything else goes on with the same arguments to the function that has one.
 */
NTSTATUS NTAPI
FwpsAllocateNetBufferAndNetBufferList0(NDIS_HANDLE poolHandle, USHORT contextSize,
	USHORT contextBackFill, MDL *mdlChain, ULONG dataOffset, SIZE_T dataLength,
	NET_BUFFER_LIST **netBufferList)
{
	const struct fwi_slab_lcore *here = fwi_slab_here();
	struct fwi_pool *pool = poolHandle;
	struct fwi_nbl *f;
	uint32_t have;

#if FWPDK_NBL_DEBUG
	if (netBufferList != NULL)
		return alloc_any(pool, contextSize, contextBackFill, mdlChain, dataOffset,
			dataLength, netBufferList, CALLER);
#endif
	if (unlikely(!FAST_PATH || pool == NULL))
		goto slow;
	FWI_APART();
	if (unlikely(pool->plain != FWI_POOL_MAGIC_NBL))
		goto slow;
	FWI_APART();
	if (unlikely((contextSize | contextBackFill) != 0))
		goto slow;
	FWI_APART();
	if (unlikely(dataLength >> 32 != 0))
		goto slow;
	FWI_APART();
	if (unlikely(mdlChain == NULL))
		goto slow;
	FWI_APART();
	if (unlikely(dataOffset >= mdlChain->ByteCount))
		goto slow;
	FWI_APART();
	if (unlikely(netBufferList == NULL))
		goto slow;
	have = here->cache[FWI_SLAB_NBL]->len;
	if (unlikely(have == 0))
		goto slow;
	f = fwi_cache_pop(here->cache[FWI_SLAB_NBL], have);
	fwi_bump(&fwi_pool_count_at(pool, here->count_at)->allocated, 1);
	fwi_nbl_reset(f, pool);
	fwi_nb_set(&f->nb, mdlChain, (struct fwi_pos){mdlChain, dataOffset}, dataOffset,
		(uint32_t)dataLength);
	f->nbl.FirstNetBuffer = &f->nb;
	*netBufferList = &f->nbl;
	return STATUS_SUCCESS;

slow:
	return alloc_slow(poolHandle, contextSize, contextBackFill, mdlChain, dataOffset,
		dataLength, netBufferList);
}

NET_BUFFER_LIST *NTAPI
NdisAllocateNetBufferAndNetBufferList(NDIS_HANDLE PoolHandle, USHORT ContextSize,
	USHORT ContextBackFill, MDL *MdlChain, ULONG DataOffset, SIZE_T DataLength)
{
	NET_BUFFER_LIST *nbl = NULL;

	if (alloc_any(PoolHandle, ContextSize, ContextBackFill, MdlChain, DataOffset, DataLength,
		    &nbl, CALLER) != STATUS_SUCCESS)
		return NULL;
	return nbl;
}

/*
 * Pool with DataSize: the packet has one MDL over that many bytes, all of them in front of
 * an empty window, so that a retreat hands them out without allocating.
 */
static bool
data_add(struct fwi_nbl *f, uint32_t size)
{
	struct fwi_mdl *m = fwi_mdl_make_data(FWI_MDL_DATA, size);

	if (m == NULL)
		return false;
	m->owned_next = NULL;
	f->owned_data = m;
	fwi_nb_set(&f->nb, &m->mdl, (struct fwi_pos){&m->mdl, size}, size, 0);
	return true;
}

NET_BUFFER_LIST *NTAPI
NdisAllocateNetBufferList(NDIS_HANDLE PoolHandle, USHORT ContextSize, USHORT ContextBackFill)
{
	struct fwi_pool *pool = PoolHandle;
	struct fwi_nbl *f;

	if (!fwi_pool_is_nbl(pool) || !ALIGNED(ContextSize, ContextBackFill))
		return NULL;
	f = fwi_nbl_take(pool, CALLER);
	if (f == NULL)
		return NULL;
	f->has_nb = pool->with_nb;
	if (pool->with_nb) {
		fwi_nb_set(&f->nb, NULL, (struct fwi_pos){NULL, 0}, 0, 0);
		f->nbl.FirstNetBuffer = &f->nb;
	}
	if ((pool->data_size != 0 && !data_add(f, pool->data_size)) ||
		((ContextSize | ContextBackFill) != 0 &&
			!context_add(f, ContextSize, ContextBackFill))) {
		undo(f, pool);
		return NULL;
	}
	return &f->nbl;
}

struct fwi_nb *
fwi_nb_take(struct fwi_pool *pool)
{
	unsigned lcore = rte_lcore_id();
	struct fwi_nb *n = fwi_slab_get(FWI_SLAB_NB, lcore);

	if (unlikely(n == NULL)) {
		FWI_POOL_COUNT(pool, lcore, exhausted);
		return NULL;
	}
	FWI_POOL_COUNT(pool, lcore, allocated);
	n->state = FWI_NBL_LIVE;
	n->nb.NdisPoolHandle = pool;
	return n;
}

void
fwi_nb_give(struct fwi_nb *n)
{
	unsigned lcore = rte_lcore_id();
	struct fwi_pool *pool = n->nb.NdisPoolHandle;

	if (unlikely(n->nb.Reserved != 0))
		fwi_nb_drop_added(&n->nb);
	FWI_POOL_COUNT(pool, lcore, freed);
	n->state = FWI_NBL_FREE;
	fwi_slab_put(FWI_SLAB_NB, n, n->slab, lcore);
}

NET_BUFFER *NTAPI
NdisAllocateNetBuffer(NDIS_HANDLE PoolHandle, MDL *MdlChain, ULONG DataOffset, SIZE_T DataLength)
{
	struct fwi_pos pos = {MdlChain, DataOffset};
	struct fwi_nb *n;

	if (!fwi_pool_is_nb(PoolHandle) || DataLength > UINT32_MAX)
		return NULL;
	if (MdlChain != NULL ? !fwi_pos_seek(&pos, MdlChain, DataOffset)
			     : (DataOffset | DataLength) != 0)
		return NULL;
	n = fwi_nb_take(PoolHandle);
	if (n == NULL)
		return NULL;
	fwi_nb_set(&n->nb, MdlChain, pos, DataOffset, (uint32_t)DataLength);
	return &n->nb;
}

VOID NTAPI
NdisFreeNetBuffer(NET_BUFFER *NetBuffer)
{
	struct fwi_nb *n = FWI_NB(NetBuffer);

	if (n == NULL || !fwi_slab_ready)
		return;
	/* An embedded NB has no pool handle: it goes with its list. */
	if (NetBuffer->NdisPoolHandle == NULL || n->state != FWI_NBL_LIVE) {
		fwi_debug_report(NULL, "%s NB %p by %p",
			NetBuffer->NdisPoolHandle == NULL ? "free of a list's own"
							  : "double free of",
			(void *)NetBuffer, CALLER);
		return;
	}
	fwi_nb_give(n);
}
