/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A poller's ring of events: written by its owner only, read by any thread at any time. A reader
 * that finds the number of the event it looks for in a slot, before and after it has read the
 * rest, has read that event.
 *
 * While it is recorded the gate of the fast path is closed (poller.h), so it is the
 * general way and what lies behind it that call these, each behind fwi_recording().
 */
#ifndef FWI_EVENTS_H
#define FWI_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include <fwpdk/events.h>

#include "core/rcu.h"
#include "tx/poller.h"

struct fwi_event {
	uint64_t turn; /* number of the event + 1, 0 = it is being written. Atomic, as all here */
	uint64_t tsc;
	uint64_t nbl;
	uint64_t what; /* FWI_EVENT_WHAT() */
};

/* Kind, and a port and queue, or a producer, or a status. */
#define FWI_EVENT_WHAT(kind, high, low) \
	((uint64_t)(kind) << 56 | (uint64_t)(uint16_t)(high) << 32 | (uint32_t)(low))

struct fwi_events {
	uint64_t next; /* number of the next event. Atomic, the owner's */
	uint32_t mask;
	/* the owner's: packets offered to a driver whose call has not returned */
	uint32_t offered;
	uint64_t offer_from; /* their places in the ring are kept free */
	uint64_t offer_tsc;
	uint64_t offer[FWI_TX_BURST]; /* NBLs */
	struct fwi_retired retired;
	struct fwi_event slot[] __rte_cache_aligned;
};

static inline bool
fwi_recording(const struct fwpdk_poller *p)
{
	return unlikely(__atomic_load_n(&p->events, __ATOMIC_RELAXED) != NULL);
}

/* events.c, owner thread */
/* Accepted, or taken from the inject ring of that producer (FWPDK_PRODUCER_..., or its slot). */
void fwi_event_inject(struct fwpdk_poller *p, int producer, NET_BUFFER_LIST **nbl, unsigned n);
/* The last n packets of the stage. */
void fwi_event_mapped(struct fwi_txq *q, uint32_t n);
/* Before and after the driver is called with n packets from the head of the stage. */
void fwi_event_offer(struct fwi_txq *q, uint16_t n);
void fwi_event_sent(struct fwi_txq *q, uint16_t sent);
/* Completion mbufs that come back, with their tags. */
void fwi_event_released(struct fwi_txq *q, void *const *m, uint32_t n);
void fwi_event_complete(struct fwpdk_poller *p, const NET_BUFFER_LIST *nbl);

/* events_ctl.c, control, under the mutex: a new poller records if the others do. */
int fwi_events_join(struct fwpdk_poller *p);

#endif
