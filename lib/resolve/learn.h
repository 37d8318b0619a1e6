/* SPDX-License-Identifier: BSD-3-Clause */
/* The learned neighbours as the two files of them see them. Under the control mutex. */
#ifndef FWI_RESOLVE_LEARN_H
#define FWI_RESOLVE_LEARN_H

#include <rte_hash.h>

#include "resolve/resolve.h"

enum fwi_learned_state {
	FWI_LEARNED_WANTED,    /* no MAC: answers are listened to until due */
	FWI_LEARNED_REACHABLE, /* confirmed; until due */
	FWI_LEARNED_STALE,     /* nobody has used it of late, or what it said is to be confirmed */
	FWI_LEARNED_PROBED     /* asked again tries times, the next time when due */
};

struct fwi_learned {
	struct fwi_next who;
	struct rte_ether_addr mac;
	uint8_t state, tries;
	uint64_t due;
	uint64_t changed; /* when it got this MAC */
};

struct fwi_learned_table {
	struct rte_hash *hash; /* positions are indexes of all[] */
	struct fwi_learned *all;
	uint64_t *live; /* bit n: all[n] is in use */
	uint32_t size, count, max;
};
extern struct fwi_learned_table fwi_learned;

/* Out of the stack, if it is there, and forgotten. True: the stack has changed. */
bool fwi_learned_remove(struct fwi_learned *e);
/* Its adjacency in the stack, if that is still ours; else NULL. */
struct fwi_adj *fwi_learned_adj(const struct fwi_learned *e);
/* Looked up since this was asked last? */
bool fwi_learned_used(const struct fwi_learned *e, bool clear);

#endif
