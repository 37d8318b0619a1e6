/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The learned neighbours of all pollers, under the control mutex, which pollers only try. There
 * is one for each next hop that somebody asks for or knows by an answer; messages about others are
 * of no consequence. What has a MAC is published in lib/stack.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_hash_crc.h>
#include <rte_malloc.h>

#include "resolve/learn.h"
#include "stack/neigh.h"

#define HINTS	  4096u
#define EVICT_TRY 256u /* looked at for one that may go */

struct fwi_learned_table fwi_learned;
static uint16_t hints[HINTS]; /* atomic: entries by hash */
static uint32_t evict_hand;

static uint16_t *
hint_of(const struct fwi_next *who)
{
	return &hints[rte_hash_crc(who, sizeof(*who), 1) % HINTS];
}

bool
fwi_learn_may_know(const struct fwi_next *who)
{
	return __atomic_load_n(hint_of(who), __ATOMIC_RELAXED) != 0;
}

bool
fwi_learn_is_open(void)
{
	return __atomic_load_n(&fwi_learned.hash, __ATOMIC_RELAXED) != NULL;
}

uint32_t
fwi_learn_count(void)
{
	return __atomic_load_n(&fwi_learned.count, __ATOMIC_RELAXED);
}

int
fwi_learn_open(uint32_t max)
{
	struct rte_hash_parameters params = {
		.name = "fwpdk_learned",
		.key_len = sizeof(struct fwi_next),
		.hash_func = rte_hash_crc,
		.socket_id = SOCKET_ID_ANY,
	};
	struct rte_hash *hash;

	if (fwi_learned.hash != NULL)
		return 0;
	fwi_learned.max = RTE_MAX(max, 64u);
	params.entries = fwi_learned.size = 2 * fwi_learned.max; /* half full: always room */
	hash = rte_hash_create(&params);
	fwi_learned.all = calloc(fwi_learned.size, sizeof(*fwi_learned.all));
	fwi_learned.live = calloc(fwi_learned.size / 64 + 1, sizeof(*fwi_learned.live));
	if (hash == NULL || fwi_learned.all == NULL || fwi_learned.live == NULL) {
		rte_hash_free(hash);
		fwi_learn_close();
		return -ENOMEM;
	}
	__atomic_store_n(&fwi_learned.hash, hash, __ATOMIC_RELEASE);
	return 0;
}

void
fwi_learn_close(void)
{
	rte_hash_free(fwi_learned.hash);
	free(fwi_learned.all);
	free(fwi_learned.live);
	memset(&fwi_learned, 0, sizeof(fwi_learned));
	memset(hints, 0, sizeof(hints));
}

static struct fwi_learned *
find(const struct fwi_next *who)
{
	int32_t at = rte_hash_lookup(fwi_learned.hash, who);

	return at >= 0 ? &fwi_learned.all[at] : NULL;
}

static void
key_of(const struct fwi_next *who, enum fwi_family *family, fwi_u128 *key)
{
	struct fwpdk_addr addr = {.family = who->version == 4 ? 2 : 10};

	memcpy(addr.bytes, who->addr, sizeof(addr.bytes));
	fwi_addr_key(&addr, family, key);
}

struct fwi_adj *
fwi_learned_adj(const struct fwi_learned *e)
{
	enum fwi_family family;
	struct fwi_adj *adj;
	fwi_u128 key;

	key_of(&e->who, &family, &key);
	adj = fwi_neigh_find(e->who.if_index, family, key);
	return adj != NULL && adj->learned ? adj : NULL;
}

bool
fwi_learned_used(const struct fwi_learned *e, bool clear)
{
	struct fwi_adj *adj = fwi_learned_adj(e);
	bool used = adj != NULL && __atomic_load_n(&adj->used, __ATOMIC_RELAXED) != 0;

	if (used && clear)
		__atomic_store_n(&adj->used, 0, __ATOMIC_RELAXED);
	return used;
}

static int
publish(const struct fwi_learned *e, const struct rte_ether_addr *mac)
{
	enum fwi_family family;
	fwi_u128 key;

	key_of(&e->who, &family, &key);
	return fwi_neigh_learn(e->who.if_index, family, key, mac);
}

bool
fwi_learned_remove(struct fwi_learned *e)
{
	uint32_t at = (uint32_t)(e - fwi_learned.all);
	bool was = e->state != FWI_LEARNED_WANTED && fwi_learned_adj(e) != NULL;
	uint16_t *hint = hint_of(&e->who);

	if (was)
		publish(e, NULL);
	__atomic_store_n(hint, (uint16_t)(*hint - 1), __ATOMIC_RELAXED);
	rte_hash_del_key(fwi_learned.hash, &e->who);
	fwi_learned.live[at / 64] &= ~(UINT64_C(1) << at % 64);
	__atomic_store_n(&fwi_learned.count, fwi_learned.count - 1, __ATOMIC_RELAXED);
	return was;
}

/* One that nobody uses, or that did not answer. */
static bool
evict(uint64_t now)
{
	struct fwi_learned *e;
	uint32_t i, at;

	for (i = 0; i < EVICT_TRY; i++) {
		at = evict_hand++ % fwi_learned.size;
		e = &fwi_learned.all[at];
		if ((fwi_learned.live[at / 64] >> at % 64 & 1) == 0)
			continue;
		if (e->state == FWI_LEARNED_WANTED
				? now >= e->due
				: e->state == FWI_LEARNED_STALE && !fwi_learned_used(e, false)) {
			fwi_learned_remove(e);
			return true;
		}
	}
	return false;
}

static struct fwi_learned *
make(const struct fwi_next *who, uint64_t now)
{
	uint16_t *hint = hint_of(who);
	struct fwi_learned *e;
	int32_t at;

	if (*hint == UINT16_MAX || (fwi_learned.count == fwi_learned.max && !evict(now)))
		return NULL;
	at = rte_hash_add_key(fwi_learned.hash, who);
	if (at < 0)
		return NULL;
	e = &fwi_learned.all[at];
	memset(e, 0, sizeof(*e));
	e->who = *who;
	fwi_learned.live[at / 64] |= UINT64_C(1) << at % 64;
	__atomic_store_n(hint, (uint16_t)(*hint + 1), __ATOMIC_RELAXED);
	__atomic_store_n(&fwi_learned.count, fwi_learned.count + 1, __ATOMIC_RELAXED);
	return e;
}

int
fwi_learn_want(const struct fwi_next *who, uint64_t now)
{
	struct fwi_learned *e = find(who);

	if (e != NULL && e->state != FWI_LEARNED_WANTED && fwi_learned_adj(e) != NULL)
		return -EEXIST;
	if (e == NULL)
		e = make(who, now);
	if (e == NULL)
		return -ENOSPC;
	e->state = FWI_LEARNED_WANTED;
	e->due = now + fwi_resolve_times.retry + fwi_resolve_times.retry / 2;
	return 0;
}

static enum fwi_learnt
set(struct fwi_learned *e, const struct fwi_heard *h, uint64_t now)
{
	bool is_new = e->state == FWI_LEARNED_WANTED;

	switch (publish(e, &h->mac)) {
	case 0:
		break;
	case -EEXIST:
		fwi_learned_remove(e);
		return FWI_LEARNT_FIXED;
	case -ENOSPC:
		return FWI_LEARNT_FULL;
	default:
		fwi_learned_remove(e); /* the interface is gone, or no memory */
		return FWI_LEARNT_NOTHING;
	}
	e->mac = h->mac;
	e->changed = now;
	e->tries = 0;
	e->state = h->asked ? FWI_LEARNED_REACHABLE : FWI_LEARNED_STALE;
	e->due = h->asked ? now + fwi_resolve_times.reachable : now;
	return is_new ? FWI_LEARNT_NEW : FWI_LEARNT_CHANGED;
}

/* What it said confirms the MAC, or (RFC 4861, 7.2.5) throws doubt on it. */
static enum fwi_learnt
same_or_doubt(struct fwi_learned *e, const struct fwi_heard *h, bool same, uint64_t now)
{
	if (same && h->asked) {
		e->state = FWI_LEARNED_REACHABLE;
		e->due = now + fwi_resolve_times.reachable;
		e->tries = 0;
	} else if (!same && e->state == FWI_LEARNED_REACHABLE) {
		e->state = FWI_LEARNED_STALE;
		e->due = now;
	}
	return FWI_LEARNT_NOTHING;
}

enum fwi_learnt
fwi_learn_heard(const struct fwi_heard *h, uint64_t now)
{
	struct fwi_learned *e = find(&h->who);
	bool same;

	if (e == NULL)
		return FWI_LEARNT_NOT_ASKED;
	if (e->state == FWI_LEARNED_WANTED)
		return h->has_mac ? set(e, h, now) : FWI_LEARNT_NOTHING;
	if (fwi_learned_adj(e) == NULL) { /* the host has set it since, or removed it */
		fwi_learned_remove(e);
		return FWI_LEARNT_FIXED;
	}
	same = !h->has_mac || rte_is_same_ether_addr(&h->mac, &e->mac);
	if (same || !h->overriding)
		return same_or_doubt(e, h, same, now);
	if (now - e->changed < fwi_resolve_times.settle)
		return FWI_LEARNT_TOO_SOON;
	return set(e, h, now);
}

void
fwi_learn_drop(uint32_t if_index)
{
	uint32_t at;

	if (fwi_learned.hash == NULL)
		return;
	for (at = 0; at < fwi_learned.size; at++)
		if ((fwi_learned.live[at / 64] >> at % 64 & 1) != 0 &&
			fwi_learned.all[at].who.if_index == if_index)
			fwi_learned_remove(&fwi_learned.all[at]);
}
