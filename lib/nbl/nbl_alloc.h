/* SPDX-License-Identifier: BSD-3-Clause */
/* Taking objects out of the slabs and giving them back, for the files of this room. */
#ifndef FWI_NBL_ALLOC_H
#define FWI_NBL_ALLOC_H

#include <string.h>

#ifdef __SSE4_1__
#include <smmintrin.h>
#endif

#include "nbl/nbl_debug.h"
#include "nbl/nbl_pool.h"
#include "nbl/nbl_slab.h"

/* Position of byte off of a chain: the MDL it is in and the offset there. */
struct fwi_pos {
	MDL *mdl;
	uint32_t off;
};

/*
 * MDLs without bytes are skipped. At the very end of the chain the position is behind the
 * last MDL's last byte. False: the chain is shorter than off.
 */
static inline bool
fwi_pos_seek(struct fwi_pos *p, MDL *mdl, uint64_t off)
{
	while (off >= mdl->ByteCount && mdl->Next != NULL) {
		off -= mdl->ByteCount;
		mdl = mdl->Next;
	}
	p->mdl = mdl;
	p->off = (uint32_t)off;
	return off <= mdl->ByteCount;
}

static __rte_always_inline void
fwi_nb_set(NET_BUFFER *nb, MDL *chain, struct fwi_pos pos, uint32_t off, uint32_t len)
{
	nb->Next = NULL;
	nb->CurrentMdl = pos.mdl;
	nb->CurrentMdlOffset = pos.off;
	nb->stDataLength = len;
	nb->MdlChain = chain;
	nb->DataOffset = off;
	/* a stamp, ChecksumBias and Reserved */
	_Static_assert(
		offsetof(NET_BUFFER, ChecksumBias) == offsetof(NET_BUFFER, FwpdkStamp) + 4 &&
			offsetof(NET_BUFFER, Reserved) == offsetof(NET_BUFFER, FwpdkStamp) + 6,
		"layout");
	memset(&nb->FwpdkStamp, 0, 8);
}

/* Two words at once. */
typedef uint64_t fwi_pair __attribute__((vector_size(16), may_alias));

/* As FWI_OR(). */
#ifdef __SSE2__
#define FWI_OR_PAIR(sum, x)              \
	do {                             \
		(sum) |= (x);            \
		__asm__("" : "+x"(sum)); \
	} while (0)
#else
#define FWI_OR_PAIR(sum, x) ((sum) |= (x))
#endif

/* Is either not 0? Where it is one, this is one test more and no word taken out of a vector. */
static __rte_always_inline bool
fwi_pair_any(fwi_pair both)
{
#ifdef __SSE4_1__
	return !_mm_testz_si128((__m128i)both, (__m128i)both);
#else
	return (both[0] | both[1]) != 0;
#endif
}

/* First stores into an NBL fresh from its slab: nothing in it, FirstNetBuffer undefined. */
static __rte_always_inline void
fwi_nbl_reset(struct fwi_nbl *f, struct fwi_pool *pool)
{
	fwi_pair *hot = (fwi_pair *)(void *)f;
	const fwi_pair zero = {0, 0};

	_Static_assert(offsetof(struct fwi_nbl_hot, handle) == 32, "layout");
	f->nbl.Next = NULL;
	hot[1] = zero; /* complete, context */
	hot[2] = zero; /* handle, inj_context */
	hot[3] = zero; /* status, pending, child_refs, nbl_flags */
	f->nbl.NdisPoolHandle = pool;
	f->state = FWI_NBL_LIVE;
}

/* nbl_alloc.c: an NBL without NB, or NULL when none is left. Counts either way. */
struct fwi_nbl *fwi_nbl_take(struct fwi_pool *pool, const void *pc);
/* The same for an NB of the NB slab. */
struct fwi_nb *fwi_nb_take(struct fwi_pool *pool);
void fwi_nb_give(struct fwi_nb *n);

/* nbl_free.c: the owner gives up its NBL, clone or not. pc is who does it. */
void fwi_nbl_free(NET_BUFFER_LIST *nbl, const void *pc);
/* Really give it back: nobody holds it any more. */
void fwi_nbl_release(struct fwi_nbl *f);

/* Are there n references? What others did before they gave up theirs is seen then. */
static inline bool
fwi_nbl_refs_are(const struct fwi_nbl *f, uint32_t n)
{
#if defined(RTE_ARCH_X86_64) && !defined(__SANITIZE_THREAD__)
	if (f->refs != n) /* one instruction, which acquires */
		return false;
	__atomic_signal_fence(__ATOMIC_ACQUIRE);
	return true;
#else
	return __atomic_load_n(&f->refs, __ATOMIC_ACQUIRE) == n;
#endif
}

/*
 * A list that this thread keeps, and n references to it in all, so that nobody else can reach it:
 * its counts need no atomic operations.
 */
static inline bool
fwi_nbl_kept_here(const struct fwi_nbl *f, uint32_t n)
{
	return __atomic_load_n(&f->keeper, __ATOMIC_RELAXED) == fwi_nbl_keeper &&
	       fwi_nbl_refs_are(f, n);
}

/* One reference less; true: it was the last, the caller goes on with fwi_nbl_release(). */
static inline bool
fwi_nbl_unref(struct fwi_nbl *f)
{
	uint32_t left = __atomic_sub_fetch(&f->refs, 1, __ATOMIC_ACQ_REL);

	if (unlikely(left == (FWI_NBL_HELD | 1)))
		fwi_nbl_handed_back(f);
	return left == 0;
}

#endif
