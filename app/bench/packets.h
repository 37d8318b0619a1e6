/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decks: NBLs of one shape, made once and injected again and again. An NBL is in flight,
 * or its pointer lies in the deck: on top of a stack (LIFO) or at the end of a ring (FIFO).
 */
#ifndef BENCH_PACKETS_H
#define BENCH_PACKETS_H

#include <stdint.h>

#include <fwpsk.h>

struct env;
struct target;

/* A packet: so many NET_BUFFERs, each of so many MDLs and len bytes from the IP header on. */
struct shape {
	uint16_t nbs, mdls, len;
	uint16_t backfill; /* unused bytes in front, in the first MDL */
	uint32_t count;	   /* NBLs, a power of two */
};

struct deck {
	NET_BUFFER_LIST **at;  /* those at home */
	NET_BUFFER_LIST **top; /* LIFO: behind the last one; the next one is top[-1] */
	uint32_t head, tail;   /* FIFO: at[head & mask] is the next one */
	uint32_t mask;
	struct shape shape;
	NET_BUFFER_LIST **all;
	NET_BUFFER **more; /* NET_BUFFERs beyond each NBL's first */
	uint8_t *data;
	uint32_t stride; /* bytes of data per NET_BUFFER */
	struct deck *next;
};

/* The deck of that shape, made if there is none yet. NULL after an error line. */
struct deck *deck_get(struct env *env, const struct shape *shape);
/* All NBLs home, in order, and their packets for those destinations, in turn. */
void deck_aim(struct deck *deck, const struct target *target, uint32_t dests);
void decks_free(struct env *env);

/* The next n, to be injected before the next poll: until then nothing comes back. NULL: too few. */
static inline NET_BUFFER_LIST **
deck_pop(struct deck *deck, uint32_t n)
{
	if (unlikely(deck->top - deck->at < (ptrdiff_t)n))
		return NULL;
	deck->top -= n;
	return deck->top;
}

/* Address (network order) and checksum of a packet, as a client that sends to many writes them. */
struct flow {
	uint32_t dst;
	uint16_t cksum;
};

/* Destination in host order, for packets of len bytes. */
struct flow flow_make(uint32_t dst, uint16_t len);

static inline void
flow_write(NET_BUFFER_LIST *nbl, const struct flow *flow)
{
	NET_BUFFER *nb = NET_BUFFER_LIST_FIRST_NB(nbl);
	uint8_t *ip = (uint8_t *)MmGetSystemAddressForMdlSafe(
			      NET_BUFFER_CURRENT_MDL(nb), NormalPagePriority) +
		      NET_BUFFER_CURRENT_MDL_OFFSET(nb);

	*(uint16_t *)(void *)(ip + 10) = flow->cksum;
	*(uint32_t *)(void *)(ip + 16) = flow->dst;
}

#endif
