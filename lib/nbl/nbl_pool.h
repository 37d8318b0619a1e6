/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * NDIS pools as accounts: parameters, and who has how many objects out. The objects
 * themselves come from the slabs, so a pool holds no memory besides this structure.
 */
#ifndef FWI_NBL_POOL_H
#define FWI_NBL_POOL_H

#include <rte_branch_prediction.h>
#include <rte_lcore.h>

#include "nbl/nbl_obj.h"

#define FWI_POOL_MAGIC_NBL 0x6e626c50u
#define FWI_POOL_MAGIC_NB  0x6e625050u

/* Written by one lcore with plain stores, read by anybody. */
struct fwi_pool_count {
	uint64_t allocated;
	uint64_t freed;
	uint64_t exhausted;
} __rte_cache_aligned;

struct fwi_pool {
	uint32_t magic; /* kind; 0 once the client freed the pool */
	uint32_t plain; /* the same if its NBLs have an NB and no data, else 0 */
	uint32_t tag;
	uint32_t data_size;
	bool with_nb; /* fAllocateNetBuffer */
	struct fwi_pool *next;
	struct fwi_pool_count other; /* threads without lcore id: atomic */
	struct fwi_pool_count lcore[RTE_MAX_LCORE];
};

/* Accounts of clones for which the client gave no pool. */
extern struct fwi_pool *fwi_pool_clone_nbl, *fwi_pool_clone_nb;

int fwi_pool_init(void);
void fwi_pool_fini(void);

/* The tag as text; "????" if it is no pool of ours. buf has 5 bytes. */
const char *fwi_pool_tag(const void *pool, char *buf);

#define FWI_POOL_COUNT(pool, lc, field)                                                \
	do {                                                                           \
		if (likely((lc) < RTE_MAX_LCORE)) {                                    \
			uint64_t *c_ = &(pool)->lcore[lc].field;                       \
			__atomic_store_n(c_, *c_ + 1, __ATOMIC_RELAXED);               \
		} else {                                                               \
			__atomic_fetch_add(&(pool)->other.field, 1, __ATOMIC_RELAXED); \
		}                                                                      \
	} while (0)

/* Counters of a thread whose lcore is known: at an offset that it has. */
static __rte_always_inline struct fwi_pool_count *
fwi_pool_count_at(struct fwi_pool *pool, uint32_t at)
{
	return (struct fwi_pool_count *)(void *)((char *)pool + at);
}

static inline bool
fwi_pool_is_nbl(const struct fwi_pool *pool)
{
	return pool != NULL && pool->magic == FWI_POOL_MAGIC_NBL;
}

static inline bool
fwi_pool_is_nb(const struct fwi_pool *pool)
{
	return pool != NULL && pool->magic == FWI_POOL_MAGIC_NB;
}

#endif
