/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Chains of lists of any shape, also such as have to be refused, made again and again from one
 * seed: once for each way that they are sent by. See test_ways.c.
 */
#ifndef TEST_TX_WAYS_H
#define TEST_TX_WAYS_H

#include "rig.h"

#define WAYS_LISTS   70u
#define WAYS_NBS     20u
#define WAYS_MDLS    24u /* of one buffer */
#define WAYS_HANDLES 7u
#define WAYS_L2	     18u /* most bytes that a header may take in front of a packet */

struct ways_list {
	NET_BUFFER_LIST *nbl; /* is injected: the original, or its clone */
	NET_BUFFER_LIST *original, *clone;
	NET_BUFFER *nb[WAYS_NBS];
	uint8_t *buf[WAYS_NBS], *was[WAYS_NBS];
	uint32_t size[WAYS_NBS], at[WAYS_NBS], len[WAYS_NBS]; /* at: the window in its buffer */
	unsigned nbs, nbuf, nmdl;
	MDL *mdl[WAYS_NBS * WAYS_MDLS], *end; /* end: of a chain that is a ring, else NULL */
	int done;
	NTSTATUS status;
};

extern uint64_t ways_random;

/* splitmix64; 0..n-1 */
static inline uint32_t
below(uint32_t n)
{
	uint64_t z = ways_random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return (uint32_t)((z >> 32) * n >> 32);
}

static inline bool
one_in(uint32_t n)
{
	return below(n) == 0;
}

/* tame: nothing that is to be refused or asked for. */
void ways_list_make(struct ways_list *l, bool tame);
void ways_list_free(struct ways_list *l);
/* Bytes that are not as they were, but for headers in front of packets. */
uint32_t ways_list_changed(const struct ways_list *l);

#endif
