/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several next hops for one route (ECMP). A flow's hash picks a slot, the slot names the
 * member. Slots are dealt out by rendezvous hashing: each goes to the member that draws the
 * highest number for it. So a member that goes away takes only its own flows with it, and one
 * that comes takes only its share; nobody has to remember how it was before.
 */
#ifndef FWI_STACK_GROUP_H
#define FWI_STACK_GROUP_H

#include "stack/nexthop.h"

#define FWI_GROUP_MAX	     FWPDK_MAX_NEXT_HOPS
#define FWI_GROUP_SLOTS	     1024u /* a power of two */
#define FWI_GROUP_MAX_WEIGHT 256u

/* Immutable once published. */
struct fwi_nh_group {
	uint32_t n;
	uint32_t nh[FWI_GROUP_MAX]; /* ascending; each holds a reference */
	uint16_t weight[FWI_GROUP_MAX];
	uint8_t slot[FWI_GROUP_SLOTS]; /* index of a member */
};

/*
 * Numbers ascending, with a reference each, which the caller keeps. The keys decide who gets
 * which slot. NULL: no memory.
 */
struct fwi_nh_group *fwi_group_make(const uint32_t *nh, const uint16_t *weight,
	const struct fwi_nh_key *const *keys, uint32_t n);
/* m[n] joins the n before it; a hop that is there already gets its weight. Returns how many. */
uint32_t fwi_members_merge(struct fwi_nh_member *m, uint32_t n);
bool fwi_group_equal(
	const struct fwi_nh_group *g, const uint32_t *nh, const uint16_t *weight, uint32_t n);

#endif
