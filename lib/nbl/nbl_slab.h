/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Slabs: one mempool per NUMA socket and kind of object.
 *
 * What holds for every object that lies in a slab, so that taking one needs few stores:
 * NBL   Status line may be dirty, but complete is NULL; from ParentNetBufferList to Context, and
 * Scratch, SourceHandle, Flags all 0; nb.Reserved, nb.NdisReserved 0; history handles 0; refs 1,
 * state FREE, has_nb, !is_clone, no context area, no owned MDLs or NBs; own_mdl is for good what it
 * is for clones
 * NB    Reserved, NdisReserved 0, state FREE
 * MDL   state FREE
 */
#ifndef FWI_NBL_SLAB_H
#define FWI_NBL_SLAB_H

#include <rte_branch_prediction.h>
#include <rte_lcore.h>
#include <rte_mempool.h>

#include "core/fail.h"
#include "core/hint.h"
#include "core/tsan.h"
#include "nbl/nbl_obj.h"

/* A NET_BUFFER of the NB slab; the embedded ones are not in this structure. */
struct fwi_nb {
	NET_BUFFER nb;
	struct fwi_nb *owned_next; /* next NB of the same clone */
	uint32_t state;
	uint16_t slab;
};

_Static_assert(sizeof(struct fwi_nb) == 192, "three lines per NB");

/* nb->Reserved: NdisReserved[0] is a list of struct fwi_mdl, newest first. */
#define FWI_NB_ADDED_MDLS 1u

#define FWI_NB(n) ((struct fwi_nb *)(void *)(n))

enum fwi_slab_kind { FWI_SLAB_NBL, FWI_SLAB_NB, FWI_SLAB_MDL, FWI_SLAB_KINDS };

/*
 * What an EAL lcore needs to take an object without asking anybody. Where there is no cache
 * stands one out of which nothing comes and into which nothing goes.
 */
struct fwi_slab_lcore {
	struct rte_mempool_cache *cache[FWI_SLAB_KINDS];
	uint64_t nbl_life, mdl_life; /* of a plain live one of this lcore's slab */
	uint64_t clone_life;	     /* of a clone */
	uint32_t count_at;	     /* in struct fwi_pool: what this lcore counts */
	uint16_t slab;
} __rte_cache_aligned;

/* By lcore id + 1; the first one is for threads without. */
extern struct fwi_slab_lcore fwi_slab_lcore[RTE_MAX_LCORE + 1]
	__attribute__((visibility("hidden")));
extern bool fwi_slab_ready; /* between fwi_nbl_init() and fwi_nbl_fini() */

static inline const struct fwi_slab_lcore *
fwi_slab_here(void)
{
	_Static_assert(LCORE_ID_ANY == UINT32_MAX, "the first one");
	return &fwi_slab_lcore[1] + (int32_t)rte_lcore_id();
}

/*
 * The words in which an object's life stands: state, slab and what else makes it special, as
 * one value. An NBL's: state, socket, has_nb, is_clone; an MDL's: state, slab, kind.
 */
static inline uint64_t
fwi_nbl_life(const struct fwi_nbl *f)
{
	_Static_assert(
		offsetof(struct fwi_nbl, state) % 8 == 0 &&
			offsetof(struct fwi_nbl, is_clone) == offsetof(struct fwi_nbl, state) + 7,
		"layout");
	return fwi_glance((const uint64_t *)(const void *)&f->state);
}

static inline uint64_t *
fwi_mdl_life(struct fwi_mdl *m)
{
	_Static_assert(
		offsetof(struct fwi_mdl, state) % 8 == 0 &&
			offsetof(struct fwi_mdl, kind) == offsetof(struct fwi_mdl, state) + 6,
		"layout");
	return (uint64_t *)(void *)&m->state;
}

/* One object out of a cache that has len of them, not 0. */
static __rte_always_inline void *
fwi_cache_pop(struct rte_mempool_cache *c, uint32_t len)
{
	void *obj = c->objs[len - 1];

	c->len = len - 1;
	FWI_TSAN_ACQUIRE(obj);
	return obj;
}

void *fwi_slab_get_slow(enum fwi_slab_kind kind, unsigned lcore);
void fwi_slab_put_slow(enum fwi_slab_kind kind, void *obj, unsigned slab, unsigned lcore);

/* NULL when every slab is empty. */
static __rte_always_inline void *
fwi_slab_get(enum fwi_slab_kind kind, unsigned lcore)
{
	struct rte_mempool_cache *c = fwi_slab_here()->cache[kind];
	void *obj;

	if (FWI_FAIL())
		return NULL;
	if (likely(c->len != 0))
		return fwi_cache_pop(c, c->len);
	obj = fwi_slab_get_slow(kind, lcore);
	if (obj != NULL)
		FWI_TSAN_ACQUIRE(obj);
	return obj;
}

static __rte_always_inline void
fwi_slab_put(enum fwi_slab_kind kind, void *obj, unsigned slab, unsigned lcore)
{
	const struct fwi_slab_lcore *here = fwi_slab_here();
	struct rte_mempool_cache *c = here->cache[kind];

	FWI_TSAN_RELEASE(obj);
	if (likely(here->slab == slab && c->len < c->flushthresh)) {
		c->objs[c->len++] = obj;
		return;
	}
	fwi_slab_put_slow(kind, obj, slab, lcore);
}

/* What MmBuildMdlForNonPagedPool() adds. */
#define FWI_MDL_BUILT (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)

static inline void
fwi_mdl_point(MDL *mdl, void *va, uint32_t len)
{
	mdl->StartVa = PAGE_ALIGN(va);
	mdl->ByteOffset = BYTE_OFFSET(va);
	mdl->ByteCount = len;
}

static inline void
fwi_mdl_build(MDL *mdl)
{
	mdl->MappedSystemVa = fwi_mdl_va(mdl);
	mdl->MdlFlags |= FWI_MDL_BUILT;
}

static __rte_always_inline void
fwi_mdl_set(MDL *mdl, void *va, uint32_t len)
{
	mdl->Next = NULL;
	mdl->Size = sizeof(MDL);
	mdl->MdlFlags = 0;
	mdl->Process = NULL;
	mdl->MappedSystemVa = NULL;
	fwi_mdl_point(mdl, va, len);
}

/* Built over a part of another one. */
static __rte_always_inline void
fwi_mdl_set_clone(MDL *mdl, uint8_t *va, uint32_t len)
{
	mdl->Next = NULL;
	mdl->Size = sizeof(MDL);
	mdl->MdlFlags = FWI_MDL_BUILT | MDL_PARTIAL;
	mdl->Process = NULL;
	mdl->MappedSystemVa = va;
	fwi_mdl_point(mdl, va, len);
}

/* Control: the mempools, NULL past the last slab. */
struct rte_mempool *fwi_slab_pool(unsigned slab, enum fwi_slab_kind kind);

/* mdl.c: an MDL of the library's own, built, over len bytes at va; NULL when none is left. */
struct fwi_mdl *fwi_mdl_make(enum fwi_mdl_kind kind, void *va, uint32_t len);
/* The same with a buffer from pool memory, freed with the MDL. */
struct fwi_mdl *fwi_mdl_make_data(enum fwi_mdl_kind kind, uint32_t len);
/* Free a list linked by owned_next: MDLs and the buffers that are the library's. */
void fwi_mdl_free_list(struct fwi_mdl *m);

/* nbl_window.c: give back what retreats added to this NB. Never looks at its MDL chain. */
void fwi_nb_drop_added(NET_BUFFER *nb);

#endif
