/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The word that a completion mbuf carries home: its NBL and what kind of release it is.
 * It lives in a registered mbuf dynfield, so drivers and receivers leave it alone.
 */
#ifndef FWI_TAG_H
#define FWI_TAG_H

#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>

#define FWI_TAG_PART  UINT64_C(1)  /* one of several mbufs: FwpdkPending counts. Else: all of it */
#define FWI_TAG_ABORT UINT64_C(2)  /* was with the driver when its queue was stopped */
#define FWI_TAG_TRACK UINT64_C(4)  /* sent on a queue that completes by descriptor */
#define FWI_TAG_EMPTY UINT64_C(8)  /* detached: the driver has it, its NBL is done */
#define FWI_TAG_BITS  UINT64_C(63) /* NBLs are 64-byte aligned */

/* Where it is unless somebody else was there first: then the fast path has to do without. */
#define FWI_TAG_AT 120

extern int fwi_tag_offset __attribute__((visibility("hidden")));

static inline uint64_t *
fwi_tag(struct rte_mbuf *m)
{
	return RTE_MBUF_DYNFIELD(m, fwi_tag_offset, uint64_t *);
}

#endif
