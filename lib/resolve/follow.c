/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: what waits for a neighbour when the stack has changed, and what must not overtake it
 * when it has changed a moment ago and the poller has not followed yet.
 */
#include <string.h>

#include <ntstatus.h>

#include "resolve/resolve.h"

bool
fwi_asked_leads(const struct fwi_sought *s)
{
	struct fwi_hop hop;
	uint32_t dst4;

	memcpy(&dst4, s->dst, sizeof(dst4));
	if (s->flow.if_index != 0 && s->version == 4)
		fwi_stack_lookup4_via(s->comp, dst4, &s->flow, &hop);
	else if (s->flow.if_index != 0)
		fwi_stack_lookup6_via(s->comp, s->dst, &s->flow, &hop);
	else if (s->version == 4)
		fwi_stack_lookup4_flow(s->comp, dst4, &s->flow, &hop);
	else
		fwi_stack_lookup6_flow(s->comp, s->dst, &s->flow, &hop);
	return hop.status == 0;
}

/* Is there still something to ask for, of what came last? */
static bool
still_asked(const struct fwpdk_poller *p, const struct fwi_asked *a)
{
	struct fwi_next next[FWPDK_MAX_NEXT_HOPS];
	unsigned i, n;

	if (!fwi_asked_can_send(p, a->next.if_index) || !fwi_asked_resolves(&a->next) ||
		((a->n != 0 || a->nkept != 0) && fwi_asked_leads(&a->sought)))
		return false;
	n = fwi_asked_missing(&a->sought, next, FWPDK_MAX_NEXT_HOPS);
	for (i = 0; i < n; i++)
		if (memcmp(&next[i], &a->next, sizeof(a->next)) == 0)
			return true;
	return false;
}

/*
 * What waits is looked up anew, before what came later. goes: nobody asks for it any more. Else
 * those that still lack this neighbour come back, to as many questions as there have been.
 */
static void
release(struct fwpdk_poller *p, struct fwi_asked *a, bool goes)
{
	if (a->n != 0) {
		fwi_wait_first(p, a->head, a->tail, a->n);
		p->nunresolved -= a->n;
		a->n = 0;
		a->head = NULL;
		a->tail = &a->head;
		p->resolve->waits[a - p->resolve->asked] = 0;
	}
	a->mixed = false;
	if (a->nkept == 0) {
		if (goes)
			fwi_asked_free(p->resolve, a);
		return;
	}
	if (goes)
		a->state = FWI_ASKED_RELEASED;
	a->again = true;
	p->resolve_due = 0;
}

/* A place whose packets are to be looked up anew. */
struct leaving {
	uint32_t since;
	uint16_t place;
	bool goes;
};

/* The youngest first, since each goes in front of those before. */
static void
leave(struct leaving *l, unsigned n, const struct fwi_asked *a, uint16_t place, bool goes)
{
	for (; n > 0 && (int32_t)(l[n - 1].since - a->since) < 0; n--)
		l[n] = l[n - 1];
	l[n] = (struct leaving){.since = a->since, .place = place, .goes = goes};
}

void
fwi_asked_follow(struct fwpdk_poller *p)
{
	struct leaving leaving[FWPDK_RESOLVE_ASKED];
	struct fwi_resolve *r = p->resolve;
	struct fwi_asked *a;
	unsigned i, left, n = 0;
	bool still;

	if (fwi_learn_is_open())
		p->resolve_due = 0;
	for (i = 0, left = r->nused; left != 0; i++) {
		a = &r->asked[i];
		if (a->state == FWI_ASKED_FREE)
			continue;
		left--;
		still = still_asked(p, a);
		if (!still || a->mixed)
			leave(leaving, n++, a, (uint16_t)i, !still);
	}
	for (i = 0; i < n; i++)
		release(p, &r->asked[leaving[i].place], leaving[i].goes);
}

bool
fwi_asked_overtakes(struct fwpdk_poller *p, uint8_t version, const uint8_t *dst)
{
	uint32_t generation = __atomic_load_n(&fwi_stack_generation, __ATOMIC_ACQUIRE);
	uint64_t bit = fwi_asked_bit(version, dst);
	struct fwi_resolve *r = p->resolve;
	/* All that waited where several flows do has been looked up anew since the last change. */
	bool once = r->followed == generation && p->generation == generation;
	const struct fwi_asked *a;
	unsigned i;

	for (i = 0; i < FWPDK_RESOLVE_ASKED; i++) {
		a = &r->asked[i];
		if (likely((r->waits[i] & bit) == 0) || ((!a->mixed || once) && still_asked(p, a)))
			continue;
		r->followed = generation;
		fwi_follow_again(p);
		return true;
	}
	return false;
}
