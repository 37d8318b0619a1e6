/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: what is due of one poller's questions, and its share of looking after the learned
 * neighbours. Everything that needs the control mutex is done in one go, if it can be had.
 */
#include <errno.h>
#include <string.h>

#include "core/ctl.h"
#include "resolve/resolve.h"
#include "stack/room.h"

#define BUSY_WAIT 20u /* part of the batch time until the mutex is tried again */

struct fwi_resolve_times fwi_resolve_times;
void (*fwi_resolve_resume)(struct fwpdk_poller *p, const struct fwi_kept *kept);

/* What this round has to do. */
struct round {
	struct fwpdk_poller *p;
	struct fwi_resolve *r;
	struct fwi_look look; /* its ask[] for all questions */
	struct fwi_asked *want[FWI_ASK_BURST];
	uint32_t nwant;
	uint64_t next; /* when the next round is due */
};

static void
next_at(struct round *rd, uint64_t when)
{
	rd->next = RTE_MIN(rd->next, when);
}

static void
resume(struct fwpdk_poller *p, struct fwi_asked *a)
{
	struct fwi_kept kept[FWPDK_RESOLVE_FORWARDED];
	unsigned i, n = a->nkept;

	memcpy(kept, a->kept, sizeof(kept));
	a->nkept = 0;
	a->again = false;
	if (a->state == FWI_ASKED_RELEASED)
		fwi_asked_free(p->resolve, a); /* before anybody is called who may need a place */
	for (i = 0; i < n; i++)
		fwi_resolve_resume(p, &kept[i]);
}

static void
asked_due(struct round *rd, struct fwi_asked *a)
{
	switch (a->state) {
	case FWI_ASKED_SILENT:
		fwi_asked_free(rd->r, a);
		return;
	case FWI_ASKED_ASKING:
		if (a->tries == FWI_TRIES) {
			fwi_asked_silent(rd->p, a, rd->look.now);
			next_at(rd, a->due);
			return;
		}
		/* fallthrough */
	default:
		if (rd->nwant == FWI_ASK_BURST)
			next_at(rd, 0);
		else
			rd->want[rd->nwant++] = a;
	}
}

static void
find_due(struct round *rd)
{
	struct fwi_asked *a;
	unsigned i;

	for (i = 0; rd->r->nused != 0 && i < FWPDK_RESOLVE_ASKED; i++) {
		a = &rd->r->asked[i];
		if (a->state == FWI_ASKED_FREE)
			continue;
		if (a->again)
			resume(rd->p, a);
		if (a->state == FWI_ASKED_FREE)
			continue;
		if (rd->look.now >= a->due)
			asked_due(rd, a);
		else
			next_at(rd, a->due);
	}
}

static void
want(struct round *rd)
{
	struct fwi_asked *a;
	struct fwi_ask *ask;
	unsigned i;

	for (i = 0; i < rd->nwant; i++) {
		a = rd->want[i];
		a->due = rd->look.now + fwi_resolve_times.retry;
		a->state = FWI_ASKED_ASKING;
		switch (fwi_learn_want(&a->next, rd->look.now)) {
		case 0:
			break;
		case -EEXIST: /* published: the next change of the stack releases it */
			next_at(rd, a->due);
			continue;
		default:
			fwi_resolve_count(&rd->r->n.table_full);
			a->tries = FWI_TRIES;
			a->due = rd->look.now;
			next_at(rd, 0);
			continue;
		}
		if (rd->look.nask == FWI_ASK_BURST) {
			a->due = rd->look.now;
			next_at(rd, 0);
			continue;
		}
		a->tries++;
		ask = &rd->look.ask[rd->look.nask++];
		ask->next = a->next;
		memset(&ask->mac, 0, sizeof(ask->mac));
		next_at(rd, a->due);
	}
}

static void
learn(struct round *rd)
{
	struct fwpdk_resolve_stats *n = &rd->r->n;
	unsigned i;

	for (i = 0; i < rd->r->nheard; i++) {
		fwi_resolve_count(&n->heard);
		switch (fwi_learn_heard(&rd->r->heard[i], rd->look.now)) {
		case FWI_LEARNT_NEW:
			fwi_resolve_count(&n->learned);
			rd->look.changed = true;
			break;
		case FWI_LEARNT_CHANGED:
			fwi_resolve_count(&n->changed);
			rd->look.changed = true;
			break;
		case FWI_LEARNT_NOT_ASKED:
			fwi_resolve_count(&n->not_asked);
			break;
		case FWI_LEARNT_FIXED:
			fwi_resolve_count(&n->fixed);
			break;
		case FWI_LEARNT_TOO_SOON:
			fwi_resolve_count(&n->too_soon);
			break;
		case FWI_LEARNT_FULL:
			fwi_resolve_count(&n->table_full);
			break;
		default:
			break;
		}
	}
	rd->r->nheard = 0;
}

static bool
serves(const struct fwpdk_poller *p, uint32_t if_index)
{
	const struct fwi_in_if *iface = fwi_stack_in_if_index(if_index);
	uint8_t q = iface != NULL ? p->q_of_port[iface->port_id] : 0xff;

	return q != 0xff && p->q[q]->seen_state == FWI_TXQ_RUNNING;
}

static void
look_after(struct round *rd)
{
	rd->look.serves = serves;
	rd->look.p = rd->p;
	rd->r->next_look = rd->look.now + (fwi_learn_look(&rd->look, &rd->r->hand)
							  ? fwi_resolve_times.tick
							  : fwi_resolve_times.batch);
	fwi_bump(&rd->r->n.removed, rd->look.removed);
}

static void
under_the_mutex(struct round *rd)
{
	struct fwi_resolve *r = rd->r;
	bool hear = r->nheard != 0 && rd->look.now - r->last_change >= fwi_resolve_times.batch;
	bool look = rd->look.now >= r->next_look;

	if (rd->nwant == 0 && !hear && !look)
		return;
	if (!fwi_ctl_trylock()) {
		fwi_resolve_count(&r->n.lock_busy);
		next_at(rd, rd->look.now + fwi_resolve_times.batch / BUSY_WAIT);
		return;
	}
	if (fwi_ready() && fwi_learn_is_open()) {
		if (hear)
			learn(rd);
		if (look)
			look_after(rd);
		want(rd);
		if (rd->look.changed) {
			r->last_change = rd->look.now;
			fwi_stack_changed();
		}
	}
	fwi_ctl_unlock();
}

void
fwi_resolve_round(struct fwpdk_poller *p, uint64_t now)
{
	struct round rd = {.p = p, .r = p->resolve, .next = UINT64_MAX};
	uint32_t i;

	p->resolve_due = UINT64_MAX;
	rd.look.now = now;
	find_due(&rd);
	under_the_mutex(&rd);
	for (i = 0; i < rd.look.nask; i++)
		fwi_send_question(p, &rd.look.ask[i]);
	if (rd.r->nheard != 0)
		next_at(&rd, RTE_MAX(rd.r->last_change + fwi_resolve_times.batch,
				     now + fwi_resolve_times.batch / BUSY_WAIT));
	if (fwi_learn_is_open())
		next_at(&rd, rd.r->next_look);
	p->resolve_due = RTE_MIN(p->resolve_due, rd.next);
}
