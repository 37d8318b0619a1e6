/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What time does to learned neighbours: one that is used is asked again and removed when it is
 * silent, one that nobody uses goes. Under the control mutex, some of them at a time.
 *
 * Use is seen by look-ups (fwi_adj.used), which happen when pollers' caches are empty: so taking
 * the mark away means telling pollers to look up again.
 */
#include "resolve/learn.h"
#include "stack/iface.h"

#define LIVE_MAX 64u  /* looked at in one go */
#define WORD_MAX 256u /* of the bits, in use or not */

/* Its time has come: ask it, or go on without. False: not now, or another poller. */
static bool
probe(struct fwi_look *look, struct fwi_learned *e)
{
	struct fwi_ask *ask;

	if (e->tries == FWI_TRIES) {
		look->changed |= fwi_learned_remove(e);
		look->removed++;
		return false;
	}
	if (look->nask == FWI_ASK_BURST || !look->serves(look->p, e->who.if_index))
		return false;
	ask = &look->ask[look->nask++];
	ask->next = e->who;
	ask->mac = e->mac;
	e->state = FWI_LEARNED_PROBED;
	e->tries++;
	e->due = look->now + fwi_resolve_times.retry;
	return true;
}

static void
stale(struct fwi_look *look, struct fwi_learned *e)
{
	if (fwi_learned_used(e, false)) {
		probe(look, e);
	} else if (look->now - e->due > fwi_resolve_times.stale) {
		look->changed |= fwi_learned_remove(e);
		look->removed++;
	}
}

static void
due(struct fwi_look *look, struct fwi_learned *e)
{
	switch (e->state) {
	case FWI_LEARNED_WANTED:
		fwi_learned_remove(e);
		return;
	case FWI_LEARNED_REACHABLE:
		if (!fwi_learned_used(e, false)) {
			e->state = FWI_LEARNED_STALE;
		} else if (probe(look, e)) {
			fwi_learned_used(e, true);
			look->changed = true;
		}
		return;
	case FWI_LEARNED_STALE:
		stale(look, e);
		return;
	default:
		probe(look, e);
	}
}

static void
one(struct fwi_look *look, struct fwi_learned *e)
{
	const struct fwi_if *iface = fwi_if_get(e->who.if_index);

	if (iface == NULL || !iface->resolve ||
		(e->state != FWI_LEARNED_WANTED && fwi_learned_adj(e) == NULL))
		look->changed |= fwi_learned_remove(e); /* not ours any more */
	else if (look->now >= e->due)
		due(look, e);
}

bool
fwi_learn_look(struct fwi_look *look, uint32_t *hand)
{
	uint32_t words = fwi_learned.size / 64 + 1, left = LIVE_MAX, i;
	uint64_t bits;

	for (i = 0; i < WORD_MAX; i++) {
		if (*hand >= words) {
			*hand = 0;
			return true;
		}
		bits = fwi_learned.live[*hand];
		if ((uint32_t)__builtin_popcountll(bits) > left)
			return false;
		for (; bits != 0; bits &= bits - 1, left--)
			one(look, &fwi_learned.all[*hand * 64 + __builtin_ctzll(bits)]);
		++*hand;
	}
	return false;
}
