/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: a ring from one injecting thread to one poller, for NBLs that come one at a time.
 *
 * A slot's lowest bit tells whether it is full: it changes with each lap, so that the poller only
 * reads slots and the injecting thread only writes them. Neither looks at where the other one is,
 * but for a full ring: then the injecting thread looks how far the poller has come. Beside
 * rte_ring that saves two cache lines going to and fro with each NBL: doc/decisions/rings.md.
 */
#ifndef FWI_LANE_H
#define FWI_LANE_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include <ndis.h>

struct fwi_lane {
	/* the injecting thread */
	uint32_t tail __rte_cache_aligned; /* atomic for others: of the next one put */
	uint32_t room;			   /* slots known to be free, at most as many as are */
	/* its owner writes, the injecting thread looks seldom */
	uint32_t head __rte_cache_aligned; /* atomic: of the next one taken */
	/* for ever the same */
	uint32_t capacity __rte_cache_aligned; /* NBLs */
	uint32_t size;			       /* slots, a power of two */
	uintptr_t slot[] __rte_cache_aligned;  /* atomic: NBL | 1 in even laps, NBL in odd ones */
};

/* What a full slot of this turn has in its lowest bit. */
static inline uintptr_t
fwi_lane_lap(const struct fwi_lane *lane, uint32_t turn)
{
	return (turn & lane->size) == 0;
}

/* Injecting thread: is there room for n more? */
static inline bool
fwi_lane_reserve(struct fwi_lane *lane, uint32_t n)
{
	if (unlikely(lane->room < n))
		lane->room = lane->capacity -
			     (lane->tail - __atomic_load_n(&lane->head, __ATOMIC_ACQUIRE));
	return likely(lane->room >= n);
}

/* Injecting thread, after fwi_lane_reserve(). */
static inline void
fwi_lane_put(struct fwi_lane *lane, NET_BUFFER_LIST *const *nbl, uint32_t n)
{
	uint32_t tail = lane->tail, i;

	for (i = 0; i < n; i++, tail++)
		__atomic_store_n(&lane->slot[tail & (lane->size - 1)],
			(uintptr_t)nbl[i] | fwi_lane_lap(lane, tail), __ATOMIC_RELEASE);
	__atomic_store_n(&lane->tail, tail, __ATOMIC_RELEASE);
	lane->room -= n;
}

/* Slot of this turn; 0: there is none yet. */
static inline uintptr_t
fwi_lane_look(const struct fwi_lane *lane, uint32_t turn)
{
	uintptr_t slot = __atomic_load_n(&lane->slot[turn & (lane->size - 1)], __ATOMIC_ACQUIRE);

	return (slot & 1) == fwi_lane_lap(lane, turn) ? slot & ~(uintptr_t)1 : 0;
}

/* Owner. */
static inline bool
fwi_lane_empty(const struct fwi_lane *lane)
{
	return fwi_lane_look(lane, lane->head) == 0;
}

/* Owner: up to n, in order. */
static inline uint32_t
fwi_lane_take(struct fwi_lane *lane, NET_BUFFER_LIST **nbl, uint32_t n)
{
	uint32_t head = lane->head, i;
	uintptr_t one;

	for (i = 0; i < n; i++) {
		one = fwi_lane_look(lane, head + i);
		if (one == 0)
			break;
		nbl[i] = (NET_BUFFER_LIST *)one;
	}
	if (i != 0)
		__atomic_store_n(&lane->head, head + i, __ATOMIC_RELEASE);
	return i;
}

/*
 * Any thread; exact while neither side does anything. A full slot may be taken before tail is
 * moved past it: then head is in front of tail.
 */
static inline uint32_t
fwi_lane_count(const struct fwi_lane *lane)
{
	uint32_t head = __atomic_load_n(&lane->head, __ATOMIC_ACQUIRE);
	uint32_t n = __atomic_load_n(&lane->tail, __ATOMIC_ACQUIRE) - head;

	return (int32_t)n < 0 ? 0 : RTE_MIN(n, lane->capacity);
}

#endif
