/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way back. The MDL chain and the data are never looked at: the client may have freed
 * them (R87, R88). What the library added itself is on lists of its own.
 */
#include <string.h>

#include <rte_malloc.h>

#include <fwpsk.h>

#include "nbl/nbl_alloc.h"

#define CALLER __builtin_return_address(0)

/* Parent, all out-of-band slots and Context lie in one piece. */
#define SCRUB_START offsetof(NET_BUFFER_LIST, ParentNetBufferList)
#define SCRUB_WORDS ((offsetof(NET_BUFFER_LIST, Context) + sizeof(void *) - SCRUB_START) / 8)
_Static_assert(offsetof(NET_BUFFER_LIST, NetBufferListInfo) == SCRUB_START + 8, "layout");
_Static_assert(SCRUB_WORDS == MaxNetBufferListInfo + 2, "layout");

static __rte_always_inline const fwi_pair *
first_pair(const struct fwi_nbl *f)
{
	return (const fwi_pair *)(const void *)((const char *)&f->nbl + SCRUB_START);
}

/* Flags and the 4 bytes behind, which are nobody's. */
static __rte_always_inline uint64_t
flags_word(const struct fwi_nbl *f)
{
	_Static_assert(offsetof(NET_BUFFER_LIST, Flags) % 8 == 0, "layout");
	return *(const uint64_t *)(const void *)&f->nbl.Flags;
}

/*
 * Has a client written what must be gone, or is there more; `both` is the first pair. Clients
 * rarely write there, and reading is cheaper than writing: it leaves the lines clean. Of the
 * history one entry tells: a new one always goes to the front.
 */
static __rte_always_inline bool
dirty_with(const struct fwi_nbl *f, fwi_pair both, uint64_t more)
{
	const fwi_pair *pair = first_pair(f);
	unsigned i;

	_Static_assert(SCRUB_START % sizeof(fwi_pair) == 0, "layout");
	_Static_assert(offsetof(NET_BUFFER_LIST, Scratch) % sizeof(fwi_pair) == 0 &&
			       offsetof(NET_BUFFER_LIST, SourceHandle) ==
				       offsetof(NET_BUFFER_LIST, Scratch) + 8,
		"layout");
#pragma GCC unroll 16
	for (i = 1; i < SCRUB_WORDS / 2; i++)
		FWI_OR_PAIR(both, pair[i]);
	FWI_OR_PAIR(both, *(const fwi_pair *)(const void *)&f->nbl.Scratch);
	more |= ((const uint64_t *)(const void *)pair)[SCRUB_WORDS - 1];
	more |= flags_word(f) | f->history[0].handle;
	return more != 0 || fwi_pair_any(both);
}

static __rte_always_inline bool
dirty(const struct fwi_nbl *f, uint64_t more)
{
	return dirty_with(f, *first_pair(f), more);
}

/* A clone: it has a parent. */
static __rte_always_inline bool
dirty_clone(const struct fwi_nbl *f, uint64_t more)
{
	const fwi_pair second = {0, ~UINT64_C(0)};

	return dirty_with(f, *first_pair(f) & second, more);
}

static __rte_noinline void
scrub(struct fwi_nbl *f)
{
	memset((char *)&f->nbl + SCRUB_START, 0, SCRUB_WORDS * 8);
	f->nbl.Scratch = NULL;
	f->nbl.SourceHandle = NULL;
	memset(&f->nbl.Flags, 0, 8);
	memset(f->history, 0, sizeof(f->history));
}

static __rte_always_inline void
give(struct fwi_nbl *f)
{
	unsigned lcore = rte_lcore_id();
	struct fwi_pool *pool = f->nbl.NdisPoolHandle;

	if (unlikely(dirty(f, 0)))
		scrub(f);
	FWI_POOL_COUNT(pool, lcore, freed);
	fwi_debug_poison(f);
	__atomic_store_n(&f->state, FWI_NBL_FREE, __ATOMIC_RELAXED);
	fwi_slab_put(FWI_SLAB_NBL, f, f->socket, lcore);
}

__rte_noinline void
fwi_nbl_release(struct fwi_nbl *f)
{
	/* A clone holds a reference on its parent, which may be waiting for that alone. */
	while (f != NULL) {
		struct fwi_nbl *parent = FWI_NBL(f->parent);
		struct fwi_nb *n = f->own_nbs;

		if (unlikely(f->gone != NULL) && f->gone(f))
			return;
		while (n != NULL) {
			struct fwi_nb *next = n->owned_next;

			fwi_nb_give(n);
			n = next;
		}
		fwi_nb_drop_added(&f->nb);
		fwi_mdl_free_list(f->owned_data);
		FWI_TSAN_RELEASE(FWI_TSAN_HEAP);
		rte_free(f->context_area);
		f->gone = NULL;
		f->shows = f->home = NULL;
		__atomic_store_n(&f->keeper, NULL, __ATOMIC_RELAXED);
		f->clone = NULL;
		f->hops = 0;
		f->own_nbs = NULL;
		f->owned_data = NULL;
		f->context_area = NULL;
		f->parent = NULL;
		f->is_clone = false;
		f->has_nb = true;
		f->refs = 1;
		give(f);
		if (parent != NULL && !fwi_nbl_unref(parent))
			parent = NULL;
		f = parent;
	}
}

/* Anything but a plain list without references. */
static __rte_noinline void
free_special(struct fwi_nbl *f, const void *pc)
{
	if (f->is_clone && f->parent != NULL)
		__atomic_fetch_sub(&f->parent->ChildRefCount, 1, __ATOMIC_RELAXED);
	f->free_pc = pc;
	__atomic_store_n(&f->state, FWI_NBL_ZOMBIE, __ATOMIC_RELAXED);
	if (fwi_nbl_unref(f))
		fwi_nbl_release(f);
}

static __rte_noinline void
free_refused(struct fwi_nbl *f, const void *pc)
{
	if (__atomic_load_n(&f->state, __ATOMIC_RELAXED) == FWI_NBL_LIVE)
		fwi_debug_misuse(f, "free of an NBL in flight", pc);
	else
		fwi_debug_misuse(f, "double free", pc);
}

__rte_noinline void
fwi_nbl_free(NET_BUFFER_LIST *nbl, const void *pc)
{
	struct fwi_nbl *f = FWI_NBL(nbl);

	if (unlikely(f == NULL || !fwi_slab_ready))
		return;
	if (unlikely(__atomic_load_n(&f->state, __ATOMIC_RELAXED) != FWI_NBL_LIVE ||
		     FWI_NBL_HOT(f)->complete != NULL)) {
		free_refused(f, pc);
		return;
	}
	/* One reference: nobody else can reach the list, so no atomic operation is needed. */
	if (unlikely(__atomic_load_n(&f->refs, __ATOMIC_ACQUIRE) != 1 || f->is_clone ||
		     !f->has_nb || f->nb.Reserved != 0 || f->owned_data != NULL ||
		     f->context_area != NULL)) {
		free_special(f, pc);
		return;
	}
#if FWPDK_NBL_DEBUG
	f->free_pc = pc;
#endif
	give(f);
}

/* The common case: plain, clean, of this lcore's slab, room in its cache. Else as above. */
VOID NTAPI
FwpsFreeNetBufferList0(NET_BUFFER_LIST *netBufferList)
{
	const struct fwi_slab_lcore *here = fwi_slab_here();
	struct rte_mempool_cache *c = here->cache[FWI_SLAB_NBL];
	struct fwi_nbl *f = FWI_NBL(netBufferList);
	struct fwi_pool *pool;
	uint32_t len = c->len;

	if (unlikely(FWPDK_NBL_DEBUG || f == NULL))
		goto other;
	FWI_APART();
	if (unlikely(len >= c->flushthresh)) /* never below where there is no cache */
		goto other;
	FWI_APART();
	if (unlikely(fwi_nbl_life(f) != here->nbl_life))
		goto other;
	FWI_APART();
	if (unlikely(!fwi_nbl_refs_are(f, 1)))
		goto other;
	FWI_APART();
	if (unlikely(f->nb.Reserved != 0))
		goto other;
	FWI_APART();
	if (unlikely(dirty(f, (uintptr_t)FWI_NBL_HOT(f)->complete | (uintptr_t)f->owned_data |
				      (uintptr_t)f->context_area)))
		goto other;
	pool = f->nbl.NdisPoolHandle;
	fwi_bump(&fwi_pool_count_at(pool, here->count_at)->freed, 1);
	__atomic_store_n(&f->state, FWI_NBL_FREE, __ATOMIC_RELAXED);
	FWI_TSAN_RELEASE(f);
	c->objs[len] = f;
	c->len = len + 1;
	return;
other:
	fwi_nbl_free(netBufferList, CALLER);
}

VOID NTAPI
NdisFreeNetBufferList(NET_BUFFER_LIST *NetBufferList)
	__attribute__((alias("FwpsFreeNetBufferList0")));

/* A clone that held it is gone. */
static inline void
parent_left(struct fwi_nbl *parent)
{
	if (likely(fwi_nbl_kept_here(parent, 2))) { /* the keeper looks at it later */
		__atomic_store_n(&parent->nbl.ChildRefCount, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&parent->refs, 1, __ATOMIC_RELAXED);
		return;
	}
	__atomic_fetch_sub(&parent->nbl.ChildRefCount, 1, __ATOMIC_RELAXED);
	if (fwi_nbl_unref(parent))
		fwi_nbl_release(parent);
}

/* The common case: a clone of one packet in one MDL, clean, of this lcore's slab. */
VOID NTAPI
FwpsFreeCloneNetBufferList0(NET_BUFFER_LIST *netBufferList, ULONG freeCloneFlags)
{
	const struct fwi_slab_lcore *here = fwi_slab_here();
	struct rte_mempool_cache *nbls = here->cache[FWI_SLAB_NBL];
	struct fwi_nbl *f = FWI_NBL(netBufferList), *parent;
	uint32_t len = nbls->len;

	(void)freeCloneFlags; /* they add nothing: how a clone was made is known */
	if (unlikely(FWPDK_NBL_DEBUG || f == NULL || len >= nbls->flushthresh ||
		     fwi_nbl_life(f) != here->clone_life || !fwi_nbl_refs_are(f, 1) ||
		     f->nb.Reserved != 0))
		goto other;
	if (unlikely(dirty_clone(f, (uintptr_t)f->own_nbs | (uintptr_t)FWI_NBL_HOT(f)->complete |
					    (uintptr_t)f->owned_data | (uintptr_t)f->context_area)))
		goto other;
	fwi_bump(&fwi_pool_count_at(f->nbl.NdisPoolHandle, here->count_at)->freed, 1);
	parent = FWI_NBL(f->parent);
	f->nbl.ParentNetBufferList = NULL;
	f->parent = NULL;
	f->hops = 0;
	f->is_clone = false;
	__atomic_store_n(&f->state, FWI_NBL_FREE, __ATOMIC_RELAXED);
	FWI_TSAN_RELEASE(f);
	nbls->objs[len] = f;
	nbls->len = len + 1;
	parent_left(parent);
	return;
other:
	fwi_nbl_free(netBufferList, CALLER);
}

VOID NTAPI
NdisFreeCloneNetBufferList(NET_BUFFER_LIST *CloneNetBufferList, ULONG FreeCloneFlags)
	__attribute__((alias("FwpsFreeCloneNetBufferList0")));
