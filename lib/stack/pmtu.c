/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_cycles.h>
#include <rte_jhash.h>
#include <rte_random.h>

#include "stack/pmtu_table.h"
#include "stack/room.h"

#define LEAST4 552u
#define LEAST6 1280u
#define TRIES  4u /* of a reader */

struct fwi_paths fwi_paths[FWI_PMTU_BUCKETS];
uint64_t fwi_pmtu_due = UINT64_MAX;
uint32_t fwi_pmtu_count;
static uint32_t seed;

#define LOAD(x)	    __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define STORE(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)

struct fwi_paths *
fwi_paths_of(uint32_t comp, enum fwi_family family, fwi_u128 dst)
{
	const uint32_t key[] = {(uint32_t)(dst >> 96), (uint32_t)(dst >> 64), (uint32_t)(dst >> 32),
		(uint32_t)dst, comp, (uint32_t)family};

	return &fwi_paths[rte_jhash_32b(key, RTE_DIM(key), seed) & (FWI_PMTU_BUCKETS - 1)];
}

static void
path_load(const struct fwi_path *from, struct fwi_path *to)
{
	to->dst[0] = LOAD(from->dst[0]);
	to->dst[1] = LOAD(from->dst[1]);
	to->expires = LOAD(from->expires);
	to->comp = LOAD(from->comp);
	to->mtu = LOAD(from->mtu);
	to->family = LOAD(from->family);
}

bool
fwi_paths_read(const struct fwi_paths *b, struct fwi_path out[FWI_PMTU_WAYS])
{
	unsigned i, tries;
	uint32_t seq;

	for (tries = 0; tries < TRIES; tries++) {
		seq = __atomic_load_n(&b->seq, __ATOMIC_ACQUIRE);
		for (i = 0; i < FWI_PMTU_WAYS; i++)
			path_load(&b->path[i], &out[i]);
		rte_smp_rmb();
		if ((seq & 1) == 0 && LOAD(b->seq) == seq)
			return true;
	}
	return false;
}

bool
fwi_paths_lock(struct fwi_paths *b)
{
	uint32_t seq = LOAD(b->seq);

	if ((seq & 1) != 0 || !__atomic_compare_exchange_n(&b->seq, &seq, seq + 1, false,
				      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return false;
	rte_smp_wmb(); /* odd before anything is written */
	return true;
}

void
fwi_paths_unlock(struct fwi_paths *b)
{
	__atomic_store_n(&b->seq, b->seq + 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&b->missed, __ATOMIC_SEQ_CST) != 0 &&
		__atomic_exchange_n(&b->missed, 0, __ATOMIC_SEQ_CST) != 0)
		fwi_stack_changed();
}

static bool
path_is(const struct fwi_path *p, uint32_t comp, enum fwi_family family, fwi_u128 dst)
{
	return p->expires != 0 && p->comp == comp && p->family == family &&
	       p->dst[0] == (uint64_t)(dst >> 64) && p->dst[1] == (uint64_t)dst;
}

int
fwi_paths_find(const struct fwi_paths *b, uint32_t comp, enum fwi_family family, fwi_u128 dst)
{
	unsigned i;

	for (i = 0; i < FWI_PMTU_WAYS; i++)
		if (path_is(&b->path[i], comp, family, dst))
			return (int)i;
	return -1;
}

/* A poll at that time or earlier has to look for what has expired. */
static void
due_by(uint64_t when)
{
	uint64_t due = LOAD(fwi_pmtu_due);

	while (when < due && !__atomic_compare_exchange_n(&fwi_pmtu_due, &due, when, false,
				     __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

void
fwi_paths_put(struct fwi_paths *b, const struct fwi_path *path)
{
	int way = fwi_paths_find(b, path->comp, (enum fwi_family)path->family,
		(fwi_u128)path->dst[0] << 64 | path->dst[1]);
	struct fwi_path *p;
	unsigned i;

	if (way < 0) { /* a free one expires at 0 */
		way = 0;
		for (i = 1; i < FWI_PMTU_WAYS; i++)
			if (b->path[i].expires < b->path[way].expires)
				way = (int)i;
		if (b->path[way].expires == 0)
			__atomic_fetch_add(&fwi_pmtu_count, 1, __ATOMIC_RELAXED);
	}
	p = &b->path[way];
	STORE(p->dst[0], path->dst[0]);
	STORE(p->dst[1], path->dst[1]);
	STORE(p->comp, path->comp);
	STORE(p->family, path->family);
	STORE(p->mtu, path->mtu);
	STORE(p->expires, path->expires);
	due_by(path->expires);
}

void
fwi_paths_drop(struct fwi_paths *b, unsigned way)
{
	STORE(b->path[way].expires, 0);
	__atomic_fetch_sub(&fwi_pmtu_count, 1, __ATOMIC_RELAXED);
}

uint16_t
fwi_pmtu_limit(uint32_t comp, enum fwi_family family, fwi_u128 dst, uint16_t mtu)
{
	struct fwi_paths *b = fwi_paths_of(comp, family, dst);
	struct fwi_path path[FWI_PMTU_WAYS];
	unsigned i;

	if (unlikely(!fwi_paths_read(b, path))) {
		/* Either this look finds nobody, or whoever writes finds the mark. */
		__atomic_store_n(&b->missed, 1, __ATOMIC_SEQ_CST);
		if (!fwi_paths_read(b, path))
			return mtu;
	}
	for (i = 0; i < FWI_PMTU_WAYS; i++)
		if (path_is(&path[i], comp, family, dst) && path[i].expires > rte_rdtsc())
			return RTE_MIN(mtu, path[i].mtu);
	return mtu;
}

bool
fwi_pmtu_learn(uint32_t comp, enum fwi_family family, fwi_u128 dst, uint32_t mtu)
{
	struct fwi_paths *b = fwi_paths_of(comp, family, dst);
	uint64_t now = rte_rdtsc();
	struct fwi_path path = {.dst = {(uint64_t)(dst >> 64), (uint64_t)dst},
		.expires = now + FWPDK_PMTU_SECONDS * rte_get_tsc_hz(),
		.comp = comp,
		.family = (uint16_t)family};
	bool lower;
	int way;

	mtu = RTE_MAX(mtu, family == FWI_V4 ? LEAST4 : LEAST6);
	path.mtu = (uint16_t)RTE_MIN(mtu, (uint32_t)UINT16_MAX);
	if (!fwi_paths_lock(b)) /* another one is being learnt; this one will be told again */
		return false;
	way = fwi_paths_find(b, comp, family, dst);
	lower = way < 0 || b->path[way].expires <= now || path.mtu < b->path[way].mtu;
	if (lower)
		fwi_paths_put(b, &path);
	fwi_paths_unlock(b);
	if (lower)
		fwi_stack_changed();
	return lower;
}

/* What of this bucket has expired; *next: when the next one will have. True: some have. */
static bool
expire_bucket(struct fwi_paths *b, uint64_t now, uint64_t *next)
{
	bool gone = false;
	unsigned i;

	if (!fwi_paths_lock(b)) {
		*next = now; /* look again */
		return false;
	}
	for (i = 0; i < FWI_PMTU_WAYS; i++) {
		if (b->path[i].expires == 0)
			continue;
		if (b->path[i].expires <= now) {
			fwi_paths_drop(b, i);
			gone = true;
		} else {
			*next = RTE_MIN(*next, b->path[i].expires);
		}
	}
	fwi_paths_unlock(b);
	return gone;
}

void
fwi_pmtu_expire(uint64_t now)
{
	uint64_t due = LOAD(fwi_pmtu_due), next = UINT64_MAX;
	bool gone = false;
	unsigned i;

	/* One thread does it; not more often than once a second, however many there are. */
	if (due > now || !__atomic_compare_exchange_n(&fwi_pmtu_due, &due, UINT64_MAX, false,
				 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return;
	for (i = 0; i < FWI_PMTU_BUCKETS; i++)
		gone |= expire_bucket(&fwi_paths[i], now, &next);
	if (next != UINT64_MAX)
		due_by(RTE_MAX(next, now + rte_get_tsc_hz()));
	if (gone)
		fwi_stack_changed();
}

void
fwi_pmtu_init(void)
{
	seed = (uint32_t)rte_rand();
}

void
fwi_pmtu_fini(void)
{
	memset(fwi_paths, 0, sizeof(fwi_paths));
	fwi_pmtu_count = 0;
	fwi_pmtu_due = UINT64_MAX;
}
