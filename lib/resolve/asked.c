/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: packets that wait for the MAC of their next hop, of one poller. */
#include <string.h>

#include <rte_hash_crc.h>

#include <ntstatus.h>

#include "resolve/resolve.h"

static uint16_t *
bucket_of(struct fwi_resolve *r, const struct fwi_next *next)
{
	return &r->bucket[rte_hash_crc(next, sizeof(*next), 0) % FWPDK_RESOLVE_ASKED];
}

static struct fwi_asked *
find(struct fwi_resolve *r, const struct fwi_next *next)
{
	uint16_t i;

	for (i = *bucket_of(r, next); i != 0; i = r->asked[i - 1].chain)
		if (memcmp(&r->asked[i - 1].next, next, sizeof(*next)) == 0)
			return &r->asked[i - 1];
	return NULL;
}

/* Floods of packets for others may not take all places. */
static struct fwi_asked *
take(struct fwi_resolve *r, const struct fwi_next *next, bool forwarded)
{
	uint16_t *bucket = bucket_of(r, next), i;
	struct fwi_asked *a;

	if (r->nused == FWPDK_RESOLVE_ASKED ||
		(forwarded && r->nforwarded == FWPDK_RESOLVE_ASKED / 2))
		return NULL;
	for (i = 0; r->asked[i].state != FWI_ASKED_FREE; i++)
		;
	a = &r->asked[i];
	memset(a, 0, sizeof(*a));
	a->next = *next;
	a->tail = &a->head;
	a->state = FWI_ASKED_NEW;
	a->forwarded = forwarded;
	a->chain = *bucket;
	*bucket = (uint16_t)(i + 1);
	r->nforwarded += forwarded;
	r->nused++;
	return a;
}

void
fwi_asked_free(struct fwi_resolve *r, struct fwi_asked *a)
{
	uint16_t *at = bucket_of(r, &a->next), number = (uint16_t)(a - r->asked + 1);

	while (*at != number)
		at = &r->asked[*at - 1].chain;
	*at = a->chain;
	r->nforwarded -= a->forwarded;
	r->nused--;
	a->state = FWI_ASKED_FREE;
}

bool
fwi_asked_can_send(const struct fwpdk_poller *p, uint32_t if_index)
{
	const struct fwi_in_if *iface = fwi_stack_in_if_index(if_index);
	uint8_t q = iface != NULL ? p->q_of_port[iface->port_id] : 0xff;

	return q != 0xff && p->q[q]->seen_state == FWI_TXQ_RUNNING;
}

unsigned
fwi_asked_missing(const struct fwi_sought *s, struct fwi_next *next, unsigned max)
{
	uint32_t dst4;

	memcpy(&dst4, s->dst, sizeof(dst4));
	return s->version == 4 ? fwi_stack_missing4(s->comp, dst4, &s->flow, next, max)
			       : fwi_stack_missing6(s->comp, s->dst, &s->flow, next, max);
}

bool
fwi_asked_resolves(const struct fwi_next *next)
{
	const struct fwi_in_if *iface = fwi_stack_in_if_index(next->if_index);

	return iface != NULL && iface->resolve;
}

/* It is asked for from now on, if it was not; NULL: no place. */
static struct fwi_asked *
ask(struct fwpdk_poller *p, const struct fwi_next *next, const struct fwi_sought *sought,
	bool forwarded)
{
	struct fwi_asked *a = find(p->resolve, next);

	if (a != NULL)
		return a;
	a = take(p->resolve, next, forwarded);
	if (a == NULL)
		return NULL;
	a->sought = *sought;
	p->resolve_due = 0;
	return a;
}

/*
 * All that could do are asked, so that one which never answers costs its flows nothing. The
 * packet waits for the first one that has not been silent.
 */
static __rte_noinline struct fwi_asked *
place_anew(struct fwpdk_poller *p, const struct fwi_sought *sought, bool forwarded, int32_t *status)
{
	struct fwi_next next[FWPDK_MAX_NEXT_HOPS];
	unsigned i, n = fwi_asked_missing(sought, next, FWPDK_MAX_NEXT_HOPS), silent = 0, full = 0;
	struct fwi_asked *a, *best = NULL;

	for (i = 0; i < n; i++) {
		if (!fwi_asked_resolves(&next[i]))
			continue;
		if (!fwi_asked_can_send(p, next[i].if_index)) {
			*status = STATUS_INVALID_DEVICE_STATE;
			continue;
		}
		a = ask(p, &next[i], sought, forwarded);
		full += a == NULL;
		silent += a != NULL && a->state == FWI_ASKED_SILENT;
		if (best == NULL && a != NULL && a->state != FWI_ASKED_SILENT)
			best = a;
	}
	if (best == NULL && silent != 0)
		fwi_resolve_count(&p->resolve->n.negative);
	else if (best == NULL && full != 0)
		fwi_resolve_count(&p->resolve->n.no_slot);
	return best;
}

static bool
same_way(const struct fwi_sought *a, const struct fwi_sought *b)
{
	return a->comp == b->comp && a->version == b->version &&
	       memcmp(a->dst, b->dst, a->version == 4 ? 4 : 16) == 0 &&
	       a->flow.hash == b->flow.hash && a->flow.if_index == b->flow.if_index;
}

struct fwi_asked *
fwi_asked_place(
	struct fwpdk_poller *p, const struct fwi_sought *sought, bool forwarded, int32_t *status)
{
	struct fwi_next next;
	struct fwi_asked *a;

	if (fwi_asked_missing(sought, &next, 1) == 0)
		return NULL;
	a = fwi_asked_resolves(&next) ? find(p->resolve, &next) : NULL;
	if (a == NULL || a->state == FWI_ASKED_SILENT || !fwi_asked_can_send(p, next.if_index))
		a = place_anew(p, sought, forwarded, status);
	if (a == NULL)
		return NULL;
	if (a->state == FWI_ASKED_RELEASED) { /* known for a moment only */
		a->state = FWI_ASKED_NEW;
		a->tries = 0;
	}
	a->mixed |= (a->n != 0 || a->nkept != 0) && !same_way(&a->sought, sought);
	a->sought = *sought;
	return a;
}

void
fwi_asked_own(struct fwpdk_poller *p, const struct fwi_sought *sought, bool forwarded)
{
	struct fwi_next own;

	if (fwi_asked_missing(sought, &own, 1) != 0 && fwi_asked_resolves(&own) &&
		fwi_asked_can_send(p, own.if_index))
		ask(p, &own, sought, forwarded);
}

/* Its packet ends; what else it has goes to *rest. */
static void
end_one(struct fwpdk_poller *p, struct fwi_asked *a, NET_BUFFER_LIST ***rest, uint32_t *nrest)
{
	NET_BUFFER_LIST *nbl = a->head;

	a->head = nbl->Next;
	if (a->head == NULL) {
		a->tail = &a->head;
		p->resolve->waits[a - p->resolve->asked] = 0;
	}
	a->n--;
	p->nunresolved--;
	if (fwi_wait_failed(p, nbl, STATUS_HOST_UNREACHABLE))
		return;
	**rest = nbl;
	*rest = &nbl->Next;
	++*nrest;
}

/* The oldest n of them. */
static void
end_some(struct fwpdk_poller *p, struct fwi_asked *a, uint32_t n, uint64_t *counter)
{
	NET_BUFFER_LIST *rest = NULL, **tail = &rest;
	uint32_t nrest = 0;

	fwi_bump(counter, n);
	while (n-- > 0)
		end_one(p, a, &tail, &nrest);
	if (nrest != 0)
		fwi_wait_first(p, rest, tail, nrest);
}

void
fwi_asked_wait(struct fwpdk_poller *p, void *where, NET_BUFFER_LIST *nbl)
{
	struct fwi_resolve *r = p->resolve;
	struct fwi_asked *a = where;

	if (a->n == 0)
		a->since = ++r->turn;
	r->waits[a - r->asked] |= fwi_asked_bit(a->sought.version, a->sought.dst);
	nbl->Next = NULL;
	*a->tail = nbl;
	a->tail = &nbl->Next;
	a->n++;
	p->nunresolved++;
	fwi_resolve_count(&r->n.waited);
	if (a->n > FWPDK_RESOLVE_WAITING || p->nunresolved > FWPDK_RESOLVE_WAITING_ALL)
		end_some(p, a, 1, &r->n.overflow);
}

void
fwi_asked_drop_kept(struct fwi_resolve *r, struct fwi_asked *a)
{
	while (a->nkept > 0) {
		rte_pktmbuf_free(a->kept[--a->nkept].m);
		fwi_resolve_count(&r->n.forward_dropped);
	}
}

void
fwi_asked_keep(struct fwpdk_poller *p, struct fwi_asked *a, const struct fwi_kept *kept)
{
	struct fwi_resolve *r = p->resolve;

	fwi_resolve_count(&r->n.forward_waited);
	if (a->nkept == FWPDK_RESOLVE_FORWARDED) {
		rte_pktmbuf_free(a->kept[0].m);
		fwi_resolve_count(&r->n.forward_dropped);
		a->nkept--;
		memmove(&a->kept[0], &a->kept[1], a->nkept * sizeof(a->kept[0]));
	}
	a->kept[a->nkept++] = *kept;
}

void
fwi_asked_silent(struct fwpdk_poller *p, struct fwi_asked *a, uint64_t now)
{
	struct fwi_resolve *r = p->resolve;

	a->state = FWI_ASKED_SILENT;
	a->due = now + fwi_resolve_times.negative;
	fwi_asked_drop_kept(r, a);
	end_some(p, a, a->n, &r->n.unreachable);
}

const NET_BUFFER_LIST *
fwi_asked_list(const struct fwpdk_poller *p, unsigned i, uint32_t *n)
{
	*n = p->resolve->asked[i].n;
	return p->resolve->asked[i].head;
}
