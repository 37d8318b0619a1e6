/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Direct-mapped caches of resolved next hops, one set per poller. Emptied when the stack's
 * generation changes, checked once per poll.
 */
#ifndef FWI_HOP_CACHE_H
#define FWI_HOP_CACHE_H

#include <stdint.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_common.h>

#include "stack/stack.h"

#define FWI_HOPS4_BITS 12
#define FWI_HOPS4      (1u << FWI_HOPS4_BITS)
#define FWI_HOPS6      256u /* a power of two */

struct fwi_hop4 {
	uint64_t key; /* destination | compartment << 32 | valid << 63 */
	struct fwi_hop hop;
};
_Static_assert(sizeof(struct fwi_hop4) == 32, "two to a cache line");

struct fwi_hop6 {
	uint8_t dst[16];
	uint32_t comp; /* index + 1, 0 = empty */
	struct fwi_hop hop;
} __rte_aligned(64);

/*
 * What the fast path asks: IPv4, default compartment, a queue that it may use as it is. Filled
 * and emptied together with the others. A destination lies in the place that its index names, or in
 * one of the three whose index differs in the lowest two bits only. A free entry has no queue, and
 * a key that leads elsewhere.
 */
struct fwi_near {
	uint32_t dst;
	uint16_t span; /* longest packet less the 20 bytes of its header */
	uint16_t unused;
	uint64_t l2[2]; /* bytes 0 to 7 and 6 to 13 of the Ethernet header */
	struct fwi_txq *q;
};
_Static_assert(sizeof(struct fwi_near) == 32, "two to a cache line");
#define FWI_IP4_HEADER 20u
#define FWI_NEAR_WAYS  4u
#define FWI_NEAR_GROUP (FWI_NEAR_WAYS * sizeof(struct fwi_near)) /* how they are aligned */

struct fwi_hop_cache {
	struct fwi_hop4 v4[FWI_HOPS4] __rte_cache_aligned;
	struct fwi_hop6 v6[FWI_HOPS6];
};

static inline void
fwi_hops_clear(struct fwi_hop_cache *c)
{
	memset(c, 0, sizeof(*c));
}

/*
 * hop_cache.c: look up in the stack, remember. hop.user becomes 1 + the index in q[] of
 * the queue if the fast path may use it as it is, else 0; emptied when a queue changes.
 */
struct fwpdk_poller;
const struct fwi_hop *fwi_hop4_miss(struct fwpdk_poller *p, struct fwi_hop4 *e, uint64_t key);
const struct fwi_hop *fwi_hop6_miss(
	struct fwpdk_poller *p, struct fwi_hop6 *e, uint32_t comp, const uint8_t dst[16]);

static inline uint64_t
fwi_hop4_key(uint32_t comp, uint32_t dst)
{
	return dst | (uint64_t)comp << 32 | UINT64_C(1) << 63;
}

/* 4096 addresses in a row, 1024 /24 networks in a row: each has a slot of its own. */
static inline uint32_t
fwi_hop4_index(uint32_t dst)
{
	return dst * UINT32_C(0x19200b11) >> (32 - FWI_HOPS4_BITS);
}

static inline struct fwi_hop4 *
fwi_hop4_slot(struct fwi_hop_cache *c, uint32_t dst)
{
	return &c->v4[fwi_hop4_index(dst)];
}

/* All is 0 but for the places where 0 may lie. */
static inline void
fwi_near_clear(struct fwi_near *near)
{
	memset(near, 0, FWI_HOPS4 * sizeof(*near));
	for (uint32_t way = 0; way < FWI_NEAR_WAYS; way++)
		near[fwi_hop4_index(0) ^ way].dst = 1;
}

static inline const struct fwi_hop *
fwi_hop4(struct fwpdk_poller *p, struct fwi_hop_cache *c, uint32_t comp, uint32_t dst)
{
	struct fwi_hop4 *e = fwi_hop4_slot(c, dst);
	uint64_t key = fwi_hop4_key(comp, dst);

	return likely(e->key == key) ? &e->hop : fwi_hop4_miss(p, e, key);
}

static inline struct fwi_hop6 *
fwi_hop6_slot(struct fwi_hop_cache *c, uint32_t comp, const uint8_t dst[16])
{
	uint64_t w[2];

	memcpy(w, dst, sizeof(w));
	return &c->v6[((w[0] ^ w[1]) * UINT64_C(0x9e3779b97f4a7c15) >> 48 ^ comp) &
		      (FWI_HOPS6 - 1)];
}

static inline const struct fwi_hop *
fwi_hop6(struct fwpdk_poller *p, struct fwi_hop_cache *c, uint32_t comp, const uint8_t dst[16])
{
	struct fwi_hop6 *e = fwi_hop6_slot(c, comp, dst);

	if (likely(e->comp == comp + 1 && memcmp(e->dst, dst, 16) == 0))
		return &e->hop;
	return fwi_hop6_miss(p, e, comp, dst);
}

#endif
