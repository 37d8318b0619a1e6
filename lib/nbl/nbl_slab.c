/* SPDX-License-Identifier: BSD-3-Clause */
/* The mempools behind NBLs, NBs and MDLs; start and end of the room. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_errno.h>

#include "core/log.h"
#include "nbl/nbl_debug.h"
#include "nbl/nbl_pool.h"
#include "nbl/nbl_slab.h"

#define CACHE_SIZE   256u
#define LEAKS_LOGGED 8u

static struct rte_mempool_cache no_cache; /* len and flushthresh 0, always */
#define NO_CACHES                                            \
	{                                                    \
		.cache = { &no_cache, &no_cache, &no_cache } \
	}
static const struct fwi_slab_lcore nothing = NO_CACHES;
struct fwi_slab_lcore fwi_slab_lcore[RTE_MAX_LCORE + 1] = {[0 ... RTE_MAX_LCORE] = NO_CACHES};
bool fwi_slab_ready;

static struct rte_mempool *slabs[RTE_MAX_NUMA_NODES][FWI_SLAB_KINDS];
static int slab_socket[RTE_MAX_NUMA_NODES];
static unsigned n_slabs;

static const char *const kind_name[FWI_SLAB_KINDS] = {"nbl", "nb", "mdl"};
static const unsigned kind_size[FWI_SLAB_KINDS] = {
	sizeof(struct fwi_nbl), sizeof(struct fwi_nb), sizeof(struct fwi_mdl)};

static unsigned
slab_of_socket(int socket)
{
	unsigned i;

	for (i = 0; i < n_slabs; i++)
		if (slab_socket[i] == socket)
			return i;
	return 0;
}

struct rte_mempool *
fwi_slab_pool(unsigned slab, enum fwi_slab_kind kind)
{
	return slab < n_slabs ? slabs[slab][kind] : NULL;
}

/* Where a thread looks first: its lcore's socket, else the one it runs on, else slab 0. */
static unsigned
slab_here(unsigned lcore)
{
	if (lcore < RTE_MAX_LCORE)
		return fwi_slab_lcore[lcore + 1].slab;
	return slab_of_socket((int)rte_socket_id());
}

__rte_noinline void *
fwi_slab_get_slow(enum fwi_slab_kind kind, unsigned lcore)
{
	unsigned first, i, s;
	void *obj;

	if (!fwi_slab_ready)
		return NULL;
	first = slab_here(lcore);
	for (i = 0; i < n_slabs; i++) {
		struct rte_mempool *mp;
		struct rte_mempool_cache *cache = NULL;

		s = first + i < n_slabs ? first + i : first + i - n_slabs;
		mp = slabs[s][kind];
		if (i == 0)
			cache = rte_mempool_default_cache(mp, lcore);
		if (rte_mempool_generic_get(mp, &obj, 1, cache) == 0)
			return obj;
	}
	return NULL;
}

__rte_noinline void
fwi_slab_put_slow(enum fwi_slab_kind kind, void *obj, unsigned slab, unsigned lcore)
{
	struct rte_mempool *mp = slabs[slab][kind];

	rte_mempool_generic_put(mp, &obj, 1, rte_mempool_default_cache(mp, lcore));
}

/* Few objects: small caches or none, so that idle lcores do not sit on them. */
static unsigned
cache_size(uint32_t n)
{
	unsigned c = n / 16;

	return c < 16 ? 0 : RTE_MIN(c, CACHE_SIZE);
}

static void
obj_construct(struct rte_mempool *mp, void *arg, void *obj, unsigned idx)
{
	const uint16_t *where = arg; /* slab, kind */

	RTE_SET_USED(idx);
	memset(obj, 0, mp->elt_size);
	switch ((enum fwi_slab_kind)where[1]) {
	case FWI_SLAB_NBL: {
		struct fwi_nbl *f = obj;

		f->refs = 1;
		f->state = FWI_NBL_FREE;
		f->has_nb = true;
		f->socket = where[0];
		f->own_mdl.state = FWI_NBL_LIVE;
		f->own_mdl.kind = FWI_MDL_CLONE;
		f->own_mdl.slab = where[0];
		fwi_debug_poison(f);
		break;
	}
	case FWI_SLAB_NB:
		((struct fwi_nb *)obj)->state = FWI_NBL_FREE;
		((struct fwi_nb *)obj)->slab = where[0];
		break;
	default:
		((struct fwi_mdl *)obj)->state = FWI_NBL_FREE;
		((struct fwi_mdl *)obj)->slab = where[0];
		break;
	}
}

static struct rte_mempool *
slab_create(unsigned slab, enum fwi_slab_kind kind, uint32_t n, int socket)
{
	uint16_t where[2] = {(uint16_t)slab, (uint16_t)kind};
	char name[RTE_MEMPOOL_NAMESIZE];
	struct rte_mempool *mp;

	snprintf(name, sizeof(name), "fwpdk_%s_%u", kind_name[kind], slab);
	/* NO_IOVA_CONTIG: no device reads these objects. */
	mp = rte_mempool_create_empty(
		name, n, kind_size[kind], cache_size(n), 0, socket, RTE_MEMPOOL_F_NO_IOVA_CONTIG);
	/*
	 * Plain threads have no cache and may be preempted in the middle of a ring's update,
	 * for which all others then wait: not so in a lock-free stack. (Not ring_mt_rts: that of
	 * 22.11 loses objects, see doc/decisions/rings.md.)
	 */
	if (mp != NULL)
		rte_mempool_set_ops_byname(mp, "lf_stack", NULL);
	if (mp != NULL && rte_mempool_populate_default(mp) < 0) {
		rte_mempool_free(mp);
		mp = NULL;
	}
	if (mp != NULL)
		rte_mempool_obj_iter(mp, obj_construct, where);
	else
		FWI_LOG(nbl, WARNING, "no memory for %" PRIu32 " %s on socket %d: %s", n,
			kind_name[kind], socket, rte_strerror(rte_errno));
	return mp;
}

static void
slab_free(unsigned slab)
{
	unsigned k;

	for (k = 0; k < FWI_SLAB_KINDS; k++) {
		rte_mempool_free(slabs[slab][k]);
		slabs[slab][k] = NULL;
	}
}

static bool
socket_has_lcore(int socket)
{
	unsigned lcore;

	RTE_LCORE_FOREACH(lcore)
	if ((int)rte_lcore_to_socket_id(lcore) == socket)
		return true;
	return false;
}

static void
slab_add(const struct fwi_slab_conf *conf, int socket)
{
	const uint32_t n[FWI_SLAB_KINDS] = {conf->nbl_count, conf->nb_count, conf->mdl_count};
	uint64_t bytes = 0;
	unsigned k;

	for (k = 0; k < FWI_SLAB_KINDS; k++) {
		struct rte_mempool *mp = slab_create(n_slabs, (enum fwi_slab_kind)k, n[k], socket);

		if (mp == NULL) {
			slab_free(n_slabs);
			return;
		}
		slabs[n_slabs][k] = mp;
		bytes += (uint64_t)mp->populated_size *
			 (mp->header_size + mp->elt_size + mp->trailer_size);
	}
	slab_socket[n_slabs++] = socket;
	FWI_LOG(nbl, INFO,
		"socket %d: %" PRIu32 " NBLs, %" PRIu32 " NBs, %" PRIu32 " MDLs, %" PRIu64 " KiB",
		socket, n[0], n[1], n[2], bytes >> 10);
}

static struct rte_mempool_cache *
cache_of(struct rte_mempool *mp, unsigned lcore)
{
	struct rte_mempool_cache *c = rte_mempool_default_cache(mp, lcore);

	return c != NULL ? c : &no_cache;
}

static void
lives_set(struct fwi_slab_lcore *l)
{
	static struct fwi_nbl f;
	static struct fwi_mdl m;

	f.state = m.state = FWI_NBL_LIVE;
	f.has_nb = true;
	f.socket = m.slab = l->slab;
	m.kind = FWI_MDL_CLIENT;
	l->nbl_life = fwi_nbl_life(&f);
	f.is_clone = true;
	l->clone_life = fwi_nbl_life(&f);
	f.is_clone = false;
	l->mdl_life = *fwi_mdl_life(&m);
}

static void
lcores_set(void)
{
	unsigned lcore, k;

	for (lcore = 0; lcore < RTE_MAX_LCORE; lcore++) {
		struct fwi_slab_lcore *l = &fwi_slab_lcore[lcore + 1];

		l->slab = (uint16_t)slab_of_socket((int)rte_lcore_to_socket_id(lcore));
		l->count_at = (uint32_t)(offsetof(struct fwi_pool, lcore) +
					 lcore * sizeof(struct fwi_pool_count));
		lives_set(l);
#ifndef RTE_LIBRTE_MEMPOOL_DEBUG /* whose cookies only the mempool's own functions keep */
		for (k = 0; k < FWI_SLAB_KINDS; k++)
			l->cache[k] = cache_of(slabs[l->slab][k], lcore);
#else
		RTE_SET_USED(k);
#endif
	}
}

int
fwi_nbl_init(const struct fwi_slab_conf *conf)
{
	unsigned i;

	if (fwi_slab_ready)
		return -EALREADY;
	if (conf == NULL || conf->nbl_count == 0 || conf->nb_count == 0 || conf->mdl_count == 0)
		return -EINVAL;
	n_slabs = 0;
	for (i = 0; i < rte_socket_count() && i < RTE_MAX_NUMA_NODES; i++)
		if (socket_has_lcore(rte_socket_id_by_idx(i)))
			slab_add(conf, rte_socket_id_by_idx(i));
	/* No local memory anywhere an lcore is: take what there is. */
	if (n_slabs == 0)
		slab_add(conf, SOCKET_ID_ANY);
	if (n_slabs == 0)
		return -ENOMEM;
	if (fwi_pool_init() != 0) {
		while (n_slabs != 0)
			slab_free(--n_slabs);
		return -ENOMEM;
	}
	lcores_set();
	__atomic_store_n(&fwi_slab_ready, true, __ATOMIC_RELEASE);
	return 0;
}

static void
leak_log(struct rte_mempool *mp, void *arg, void *obj, unsigned idx)
{
	const struct fwi_nbl *f = obj;
	unsigned *left = arg;
	char tag[5];

	RTE_SET_USED(mp);
	RTE_SET_USED(idx);
	if (f->state == FWI_NBL_FREE || *left == 0)
		return;
	(*left)--;
	FWI_LOG(nbl, ERR, "leaked %sNBL %p, pool '%s', allocated by %p, %" PRIu32 " references",
		f->is_clone ? "clone " : "", (const void *)f,
		fwi_pool_tag(f->nbl.NdisPoolHandle, tag), f->alloc_pc, f->refs);
}

unsigned
fwi_nbl_fini(void)
{
	unsigned total = 0, s, k;

	if (!fwi_slab_ready)
		return 0;
	__atomic_store_n(&fwi_slab_ready, false, __ATOMIC_RELEASE);
	for (s = 0; s < RTE_DIM(fwi_slab_lcore); s++)
		fwi_slab_lcore[s] = nothing;
	for (s = 0; s < n_slabs; s++) {
		for (k = 0; k < FWI_SLAB_KINDS; k++) {
			unsigned out = rte_mempool_in_use_count(slabs[s][k]);

			if (out == 0)
				continue;
			total += out;
			FWI_LOG(nbl, ERR, "socket %d: %u %s not freed", slab_socket[s], out,
				kind_name[k]);
			if (k == FWI_SLAB_NBL) {
				unsigned left = LEAKS_LOGGED;

				rte_mempool_obj_iter(slabs[s][k], leak_log, &left);
			}
		}
	}
	fwi_pool_fini();
	while (n_slabs != 0)
		slab_free(--n_slabs);
	return total;
}
