/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The routing table of one family in one compartment. NULL is the empty table. A small
 * table is immutable: sorted address ranges, searched by halving. A big one is an rte_fib
 * or rte_fib6, to which routes may be added in place (doc/decisions/stack-tables.md).
 */
#ifndef FWI_STACK_TABLE_H
#define FWI_STACK_TABLE_H

#include <stddef.h>

#include <rte_fib.h>
#include <rte_fib6.h>

#include "stack/nexthop.h"
#include "stack/prefix.h"

#define FWI_SMALL_ROUTES 1024u /* more make the table big */
#define FWI_BIG_ROUTES	 256u  /* fewer make it small again */

/*
 * What a big table stores per prefix, 31 bits. Depth and last bit of the prefix make
 * sure that no group of 256 entries is ever uniform, which would free it under readers.
 * A dead prefix was deleted, and leads where the prefix around it leads.
 */
#define FWI_VALUE_NH(v)	   ((v) & ((1u << FWI_NH_BITS) - 1))
#define FWI_VALUE_DEPTH(v) ((v) >> FWI_NH_BITS & 0xFFu)
#define FWI_VALUE_DEAD	   (1u << 30)

/* A route; its reference to the next hop belongs to the caller's books, not to a table. */
struct fwi_rt {
	fwi_u128 key;
	uint32_t nh;
	uint32_t seq; /* of two for one prefix, the higher stays */
	uint8_t depth;
};

struct fwi_dead {
	fwi_u128 key;
	uint8_t depth;
};

struct fwi_table {
	/* Data path. */
	uint32_t n;   /* ranges; 0: big */
	uint32_t *nh; /* of each range */
	union {
		uint32_t *start4; /* first address of each range, host order */
		fwi_u128 *start6;
		struct rte_fib *fib4;
		struct rte_fib6 *fib6;
	};
	/*
	 * Big: prefixes that end with the address space (all ones, and the default route)
	 * are kept out of the fib. Value of an address by its number of leading ones.
	 */
	uint32_t top[129];
	/* Control path. */
	enum fwi_family family;
	uint32_t n_routes;
	struct fwi_rt *routes; /* small: all, sorted */
	uint32_t top_route[129];
	struct fwi_dead *dead;
	uint32_t n_dead, dead_size;
	struct fwi_retired retired;
};

/* Of n > 0 sorted routes without doubles. NULL: no memory. */
struct fwi_table *fwi_table_build(enum fwi_family family, const struct fwi_rt *routes, uint32_t n);
/* For fwi_rcu_defer. */
void fwi_table_free(void *table);
/* The next hop of exactly that route, or FWI_NH_NONE. */
uint32_t fwi_table_get(const struct fwi_table *t, fwi_u128 key, unsigned depth);
/* Copy all routes, in any order. */
void fwi_table_collect(const struct fwi_table *t, struct fwi_rt *routes);
/* Change in place, readers or not. Negative: nothing done, the table must be rebuilt. */
int fwi_table_set(struct fwi_table *t, fwi_u128 key, unsigned depth, uint32_t nh);
int fwi_table_unset(struct fwi_table *t, fwi_u128 key, unsigned depth);

/* small.c: ranges of sorted routes. */
int fwi_small_fill(struct fwi_table *t, const struct fwi_rt *routes, uint32_t n);

/* big4.c and big6.c: the fib behind a big table. */
struct fwi_big_size {
	uint32_t prefixes, groups;
};
int fwi_big4_create(struct fwi_table *t, const struct fwi_big_size *size);
int fwi_big6_create(struct fwi_table *t, const struct fwi_big_size *size);
int fwi_big4_set(struct fwi_table *t, fwi_u128 key, unsigned depth, uint32_t value);
int fwi_big6_set(struct fwi_table *t, fwi_u128 key, unsigned depth, uint32_t value);
/* Value of exactly that prefix, 0 if it is not there. */
uint32_t fwi_big4_get(const struct fwi_table *t, fwi_u128 key, unsigned depth);
uint32_t fwi_big6_get(const struct fwi_table *t, fwi_u128 key, unsigned depth);
/* Value of the closest prefix around it that is not dead, or 0. The prefix must be there. */
uint32_t fwi_big4_parent(const struct fwi_table *t, fwi_u128 key, unsigned depth);
uint32_t fwi_big6_parent(const struct fwi_table *t, fwi_u128 key, unsigned depth);
/* Append all prefixes that are not dead; returns how many. */
uint32_t fwi_big4_collect(const struct fwi_table *t, struct fwi_rt *routes);
uint32_t fwi_big6_collect(const struct fwi_table *t, struct fwi_rt *routes);

#endif
