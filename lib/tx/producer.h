/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads that inject without owning the poller.
 *
 * The first injections get a slot each: an own lane (lane.h) to every poller and own
 * counters. Threads beyond max_producers share one MP ring per poller and atomic counters.
 *
 * A call runs between fwi_producer_enter() and _leave(). Control code that has unpublished
 * something calls fwi_producer_grace(): when it returns, every call that may have seen the
 * old state has left. The calls pay one plain store each for it; the grace side pays with
 * membarrier(2).
 */
#ifndef FWI_PRODUCER_H
#define FWI_PRODUCER_H

#include <stdint.h>

#include "tx/poller.h"

struct fwi_producer {
	uint64_t seq __rte_cache_aligned; /* odd inside a call; shared: see producer.c */
	struct fwi_count *count;	  /* [max_handles] */
	uint32_t id;
	uint32_t taken; /* atomic */
	uint16_t sample_left;
};

#define FWI_MAX_PRODUCERS 64u

extern struct fwi_producer fwi_producers[FWI_MAX_PRODUCERS];
extern struct fwi_producer fwi_shared_producer;
/* Bit n: slot n has been used at some time, its lanes may hold NBLs. Atomic. */
extern uint64_t fwi_lanes_used;

/* This thread's slot, or the shared one. */
struct fwi_producer *fwi_producer_get(void);
/* Returns a cookie for leave. */
unsigned fwi_producer_enter(struct fwi_producer *pr);
void fwi_producer_leave(struct fwi_producer *pr, unsigned cookie);
void fwi_producer_release(struct fwi_producer *pr);

static inline bool
fwi_producer_is_shared(const struct fwi_producer *pr)
{
	return pr == &fwi_shared_producer;
}

static inline void
fwi_count_in(struct fwi_producer *pr, uint32_t handle_index, int64_t n)
{
	uint64_t *c = &pr->count[handle_index].in;

	if (unlikely(fwi_producer_is_shared(pr)))
		__atomic_fetch_add(c, (uint64_t)n, __ATOMIC_RELAXED);
	else
		__atomic_store_n(c, *c + (uint64_t)n, __ATOMIC_RELAXED);
}

/* membarrier.c: order every other thread's earlier stores before our later loads. */
int fwi_membarrier_init(void);
void fwi_membarrier(void);
/* The fence a call needs after its announcing store; free where membarrier(2) works. */
extern bool fwi_fence_needed;
static inline void
fwi_announce_fence(void)
{
	if (unlikely(fwi_fence_needed))
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	else
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

int fwi_producers_init(void);
void fwi_producers_fini(void);
void fwi_producer_grace(void);

#endif
