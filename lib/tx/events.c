/* SPDX-License-Identifier: BSD-3-Clause */
/* Owner thread, while it is recorded: writing events. */
#include "tx/events.h"

#include <rte_cycles.h>

#include "map/tag.h"
#include "tx/cpool.h"

static void
put(struct fwi_events *e, uint64_t number, uint64_t tsc, uint64_t nbl, uint64_t what)
{
	struct fwi_event *s = &e->slot[number & e->mask];

	__atomic_store_n(&s->turn, 0, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	__atomic_store_n(&s->tsc, tsc, __ATOMIC_RELAXED);
	__atomic_store_n(&s->nbl, nbl, __ATOMIC_RELAXED);
	__atomic_store_n(&s->what, what, __ATOMIC_RELAXED);
	__atomic_store_n(&s->turn, number + 1, __ATOMIC_RELEASE);
}

static void
add(struct fwi_events *e, uint64_t nbl, uint64_t what)
{
	uint64_t number = e->next;

	put(e, number, rte_rdtsc(), nbl, what);
	__atomic_store_n(&e->next, number + 1, __ATOMIC_RELEASE);
}

/* NULL: not recorded, perhaps since a moment. Valid until the owner's next poll. */
static struct fwi_events *
events_of(const struct fwpdk_poller *p)
{
	return __atomic_load_n(&p->events, __ATOMIC_ACQUIRE);
}

void
fwi_event_inject(struct fwpdk_poller *p, int producer, NET_BUFFER_LIST **nbl, unsigned n)
{
	struct fwi_events *e = events_of(p);
	unsigned i;

	if (e == NULL)
		return;
	for (i = 0; i < n; i++) {
		nbl[i]->FwpdkPending |= FWI_PENDING_RECORDED;
		add(e, (uintptr_t)nbl[i], FWI_EVENT_WHAT(FWPDK_EVENT_INJECT, 0, producer));
	}
}

/* The NBL of a packet that is staged; 0: it is the host's. */
static uint64_t
nbl_of_staged(const struct fwi_txq *q, uint32_t i)
{
	struct rte_mbuf *record;

	if (q->credit[i] != 0)
		return (uintptr_t)fwi_credit_nbl(q->credit[i]);
	record = fwi_txq_record(q, q->stage[i]);
	return record != NULL ? *fwi_tag(record) & ~FWI_TAG_BITS : 0;
}

static uint64_t
at_queue(enum fwpdk_event_kind kind, const struct fwi_txq *q)
{
	return FWI_EVENT_WHAT(kind, q->port_id, q->queue_id);
}

void
fwi_event_mapped(struct fwi_txq *q, uint32_t n)
{
	struct fwi_events *e = events_of(q->poller);

	for (; e != NULL && n > 0; n--)
		add(e, nbl_of_staged(q, fwi_txq_tail(q) - n), at_queue(FWPDK_EVENT_MAP, q));
}

/* What the driver releases inside the call comes after the bursts of that call. */
void
fwi_event_offer(struct fwi_txq *q, uint16_t n)
{
	struct fwi_events *e = events_of(q->poller);
	uint32_t i;

	if (e == NULL)
		return;
	e->offered = 0;
	for (i = 0; i < n; i++) {
		e->offer[i] = nbl_of_staged(q, q->head + i);
		e->offered++;
	}
	e->offer_from = e->next;
	e->offer_tsc = rte_rdtsc();
	__atomic_store_n(&e->next, e->next + n, __ATOMIC_RELEASE);
}

void
fwi_event_sent(struct fwi_txq *q, uint16_t sent)
{
	struct fwi_events *e = events_of(q->poller);
	uint64_t end;
	uint32_t i;

	if (e == NULL || e->offered == 0) /* recorded only since the driver was called */
		return;
	end = e->offer_from + e->offered;
	for (i = 0; i < sent; i++)
		if (e->offer[i] != 0 && e->next - (e->offer_from + i) <= e->mask + UINT64_C(1))
			put(e, e->offer_from + i, e->offer_tsc, e->offer[i],
				at_queue(FWPDK_EVENT_BURST, q));
	if (e->next == end) /* nothing behind them: give back what was not needed */
		__atomic_store_n(&e->next, e->offer_from + sent, __ATOMIC_RELEASE);
	e->offered = 0;
}

void
fwi_event_released(struct fwi_txq *q, void *const *m, uint32_t n)
{
	struct fwi_events *e = events_of(q->poller);
	uint64_t tag;
	uint32_t i;

	for (i = 0; e != NULL && i < n; i++) {
		tag = *fwi_tag(m[i]);
		if ((tag & FWI_TAG_EMPTY) == 0 && (tag & ~FWI_TAG_BITS) != 0)
			add(e, tag & ~FWI_TAG_BITS, at_queue(FWPDK_EVENT_RELEASE, q));
	}
}

void
fwi_event_complete(struct fwpdk_poller *p, const NET_BUFFER_LIST *nbl)
{
	struct fwi_events *e = events_of(p);

	if (e != NULL)
		add(e, (uintptr_t)nbl, FWI_EVENT_WHAT(FWPDK_EVENT_COMPLETE, 0, nbl->Status));
}
