/* SPDX-License-Identifier: BSD-3-Clause */
/* NdisAllocate/FreeNetBuffer(List)Pool: accounts over the slabs. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_malloc.h>
#include <rte_spinlock.h>

#include <fwpdk/pool.h>

#include "core/log.h"
#include "nbl/nbl_debug.h"
#include "nbl/nbl_pool.h"
#include "nbl/nbl_slab.h"

struct fwi_pool *fwi_pool_clone_nbl, *fwi_pool_clone_nb;

static struct fwi_pool *pools; /* all accounts, those freed too early included */
static rte_spinlock_t pools_lock = RTE_SPINLOCK_INITIALIZER;

static struct fwi_pool *
pool_create(uint32_t magic, uint32_t tag)
{
	struct fwi_pool *p = rte_zmalloc("fwpdk_pool", sizeof(*p), RTE_CACHE_LINE_SIZE);

	if (p == NULL)
		return NULL;
	p->magic = magic;
	p->tag = tag;
	rte_spinlock_lock(&pools_lock);
	p->next = pools;
	pools = p;
	rte_spinlock_unlock(&pools_lock);
	return p;
}

/* Link that points at this pool; NULL: no such pool. Lock held. */
static struct fwi_pool **
pool_find(const void *pool)
{
	struct fwi_pool **l;

	for (l = &pools; *l != NULL; l = &(*l)->next)
		if (*l == pool)
			return l;
	return NULL;
}

static void
count_add(const struct fwi_pool_count *c, uint64_t *out, uint64_t *back, uint64_t *exhausted)
{
	*out += __atomic_load_n(&c->allocated, __ATOMIC_RELAXED);
	*back += __atomic_load_n(&c->freed, __ATOMIC_RELAXED);
	*exhausted += __atomic_load_n(&c->exhausted, __ATOMIC_RELAXED);
}

/* Exact when no other thread allocates or frees, else near the truth and never negative. */
static uint64_t
pool_live(const struct fwi_pool *p, uint64_t *exhausted)
{
	uint64_t out = 0, back = 0, none = 0;
	unsigned i;

	count_add(&p->other, &out, &back, &none);
	for (i = 0; i < RTE_MAX_LCORE; i++)
		count_add(&p->lcore[i], &out, &back, &none);
	if (exhausted != NULL)
		*exhausted = none;
	return out > back ? out - back : 0;
}

static const char *
tag_text(uint32_t tag, char *buf)
{
	unsigned i;

	for (i = 0; i < 4; i++) {
		int c = (int)(tag >> (8 * i) & 0xff);

		buf[i] = (char)(isprint(c) ? c : '.');
	}
	buf[4] = '\0';
	return buf;
}

const char *
fwi_pool_tag(const void *pool, char *buf)
{
	struct fwi_pool **l;

	strcpy(buf, "????");
	rte_spinlock_lock(&pools_lock);
	l = pool_find(pool);
	if (l != NULL)
		tag_text((*l)->tag, buf);
	rte_spinlock_unlock(&pools_lock);
	return buf;
}

static bool
header_ok(const NDIS_OBJECT_HEADER *h, unsigned max_revision, size_t size1, size_t size2)
{
	if (h->Type != NDIS_OBJECT_TYPE_DEFAULT || h->Revision == 0 || h->Revision > max_revision)
		return false;
	return h->Size >= (h->Revision == 1 ? size1 : size2);
}

NDIS_HANDLE NTAPI
NdisAllocateNetBufferListPool(
	NDIS_HANDLE NdisHandle, NET_BUFFER_LIST_POOL_PARAMETERS const *Parameters)
{
	struct fwi_pool *p;

	(void)NdisHandle;
	if (!fwi_slab_ready || Parameters == NULL ||
		!header_ok(&Parameters->Header, NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_2,
			NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
			NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_2))
		return NULL;
	if (Parameters->DataSize != 0 && !Parameters->fAllocateNetBuffer)
		return NULL;
	p = pool_create(FWI_POOL_MAGIC_NBL, Parameters->PoolTag);
	if (p != NULL) {
		p->with_nb = Parameters->fAllocateNetBuffer;
		p->data_size = Parameters->DataSize;
		if (p->with_nb && p->data_size == 0)
			p->plain = FWI_POOL_MAGIC_NBL;
	}
	return p;
}

NDIS_HANDLE NTAPI
NdisAllocateNetBufferPool(NDIS_HANDLE NdisHandle, NET_BUFFER_POOL_PARAMETERS const *Parameters)
{
	(void)NdisHandle;
	if (!fwi_slab_ready || Parameters == NULL ||
		!header_ok(&Parameters->Header, NET_BUFFER_POOL_PARAMETERS_REVISION_1,
			NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1, 0))
		return NULL;
	/* Packets with data come from NdisAllocateNetBufferMdlAndData, which is not here. */
	if (Parameters->DataSize != 0)
		return NULL;
	return pool_create(FWI_POOL_MAGIC_NB, Parameters->PoolTag);
}

/* With objects out the account stays, dead, so that their free finds it (R112). */
static void
pool_destroy(void *pool, uint32_t magic)
{
	struct fwi_pool **l, *p = NULL;
	uint64_t live = 0;
	char tag[5];

	if (pool == NULL)
		return;
	rte_spinlock_lock(&pools_lock);
	l = pool_find(pool);
	if (l != NULL && (*l)->magic == magic) {
		p = *l;
		live = pool_live(p, NULL);
		p->magic = p->plain = 0;
		if (live == 0)
			*l = p->next;
	}
	rte_spinlock_unlock(&pools_lock);
	if (p == NULL) {
		fwi_debug_report(NULL, "%p is not a pool of this kind, or was freed before", pool);
	} else if (live != 0) {
		fwi_debug_report(NULL, "pool '%s' freed with %" PRIu64 " %s still out",
			tag_text(p->tag, tag), live, magic == FWI_POOL_MAGIC_NBL ? "NBLs" : "NBs");
	} else {
		rte_free(p);
	}
}

VOID NTAPI
NdisFreeNetBufferListPool(NDIS_HANDLE PoolHandle)
{
	pool_destroy(PoolHandle, FWI_POOL_MAGIC_NBL);
}

VOID NTAPI
NdisFreeNetBufferPool(NDIS_HANDLE PoolHandle)
{
	pool_destroy(PoolHandle, FWI_POOL_MAGIC_NB);
}

int
fwpdk_pool_usage(void *pool, uint64_t *live, uint64_t *exhausted)
{
	struct fwi_pool **l;
	uint64_t n = 0, none = 0;
	int rc = -EINVAL;

	rte_spinlock_lock(&pools_lock);
	l = pool_find(pool);
	if (l != NULL && (*l)->magic != 0) {
		n = pool_live(*l, &none);
		rc = 0;
	}
	rte_spinlock_unlock(&pools_lock);
	if (rc == 0 && live != NULL)
		*live = n;
	if (rc == 0 && exhausted != NULL)
		*exhausted = none;
	return rc;
}

int
fwi_pool_init(void)
{
	fwi_pool_clone_nbl = pool_create(FWI_POOL_MAGIC_NBL, 0x6e6c6366 /* "fcln" */);
	fwi_pool_clone_nb = pool_create(FWI_POOL_MAGIC_NB, 0x6e6c6366);
	if (fwi_pool_clone_nbl == NULL || fwi_pool_clone_nb == NULL) {
		fwi_pool_fini();
		return -ENOMEM;
	}
	fwi_pool_clone_nbl->with_nb = true;
	return 0;
}

void
fwi_pool_fini(void)
{
	struct fwi_pool *p;
	char tag[5];

	while ((p = pools) != NULL) {
		uint64_t live = pool_live(p, NULL);

		if (live != 0)
			FWI_LOG(nbl, ERR, "pool '%s': %" PRIu64 " %s not freed",
				tag_text(p->tag, tag), live, p->with_nb ? "NBLs" : "objects");
		pools = p->next;
		rte_free(p);
	}
	fwi_pool_clone_nbl = fwi_pool_clone_nb = NULL;
}
