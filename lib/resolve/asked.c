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

static bool
can_send(const struct fwpdk_poller *p, uint32_t if_index)
{
	const struct fwi_in_if *iface = fwi_stack_in_if_index(if_index);
	uint8_t q = iface != NULL ? p->q_of_port[iface->port_id] : 0xff;

	return q != 0xff && p->q[q]->seen_state == FWI_TXQ_RUNNING;
}

static bool
missing(uint32_t comp, uint8_t version, const uint8_t *dst, struct fwi_next *next)
{
	const struct fwi_in_if *iface;
	uint32_t dst4;
	bool is;

	memcpy(&dst4, dst, sizeof(dst4));
	is = version == 4 ? fwi_stack_missing4(comp, dst4, next)
			  : fwi_stack_missing6(comp, dst, next);
	iface = is ? fwi_stack_in_if_index(next->if_index) : NULL;
	return iface != NULL && iface->resolve;
}

struct fwi_asked *
fwi_asked_place(struct fwpdk_poller *p, uint32_t comp, uint8_t version, const uint8_t *dst,
	bool forwarded, int32_t *status)
{
	struct fwi_resolve *r = p->resolve;
	struct fwi_asked *a;
	struct fwi_next next;

	if (!missing(comp, version, dst, &next))
		return NULL;
	if (!can_send(p, next.if_index)) {
		*status = STATUS_INVALID_DEVICE_STATE;
		return NULL;
	}
	a = find(r, &next);
	if (a == NULL) {
		a = take(r, &next, forwarded);
		if (a == NULL) {
			fwi_resolve_count(&r->n.no_slot);
			return NULL;
		}
		p->resolve_due = 0;
	}
	if (a->state == FWI_ASKED_SILENT) {
		fwi_resolve_count(&r->n.negative);
		return NULL;
	}
	if (a->state == FWI_ASKED_RELEASED) { /* known for a moment only */
		a->state = FWI_ASKED_NEW;
		a->tries = 0;
	}
	a->comp = comp;
	memcpy(a->dst, dst, version == 4 ? 4 : 16);
	return a;
}

/* Its packet ends; what else it has goes to *rest. */
static void
end_one(struct fwpdk_poller *p, struct fwi_asked *a, NET_BUFFER_LIST ***rest, uint32_t *nrest)
{
	NET_BUFFER_LIST *nbl = a->head;

	a->head = nbl->Next;
	if (a->head == NULL)
		a->tail = &a->head;
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

/* What waits is looked up anew, before what came later. */
static void
release(struct fwpdk_poller *p, struct fwi_asked *a)
{
	if (a->n != 0) {
		fwi_wait_first(p, a->head, a->tail, a->n);
		p->nunresolved -= a->n;
		a->n = 0;
		a->head = NULL;
		a->tail = &a->head;
	}
	if (a->nkept == 0) {
		fwi_asked_free(p->resolve, a);
		return;
	}
	a->state = FWI_ASKED_RELEASED;
	p->resolve_due = 0;
}

void
fwi_asked_follow(struct fwpdk_poller *p)
{
	struct fwi_resolve *r = p->resolve;
	struct fwi_next next;
	struct fwi_asked *a;
	unsigned i;

	if (fwi_learn_is_open())
		p->resolve_due = 0;
	for (i = 0; r->nused != 0 && i < FWPDK_RESOLVE_ASKED; i++) {
		a = &r->asked[i];
		if (a->state == FWI_ASKED_FREE)
			continue;
		memset(&next, 0, sizeof(next));
		if (!missing(a->comp, (uint8_t)a->next.version, a->dst, &next) ||
			memcmp(&next, &a->next, sizeof(next)) != 0 || !can_send(p, next.if_index))
			release(p, a);
	}
}

const NET_BUFFER_LIST *
fwi_asked_list(const struct fwpdk_poller *p, unsigned i, uint32_t *n)
{
	*n = p->resolve->asked[i].n;
	return p->resolve->asked[i].head;
}
