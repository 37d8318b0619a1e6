/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of pmtu.c, for its control side too. */
#ifndef FWI_STACK_PMTU_TABLE_H
#define FWI_STACK_PMTU_TABLE_H

#include <rte_common.h>

#include <fwpdk/pmtu.h>

#include "stack/pmtu.h"

#define FWI_PMTU_WAYS	 4u
#define FWI_PMTU_BUCKETS (FWPDK_PMTU_MAX / FWI_PMTU_WAYS)

struct fwi_path {
	uint64_t dst[2];  /* high, low */
	uint64_t expires; /* TSC; 0 = no entry */
	uint32_t comp;
	uint16_t mtu;
	uint16_t family;
};

/* Read and changed under the bucket's sequence number, word by word. */
struct fwi_paths {
	uint32_t seq;	 /* atomic; odd: somebody writes */
	uint32_t missed; /* atomic; somebody could not read: who writes tells all to look again */
	struct fwi_path path[FWI_PMTU_WAYS];
} __rte_cache_aligned;

extern struct fwi_paths fwi_paths[FWI_PMTU_BUCKETS];

struct fwi_paths *fwi_paths_of(uint32_t comp, enum fwi_family family, fwi_u128 dst);
/* A consistent copy. False: written to all the time. */
bool fwi_paths_read(const struct fwi_paths *b, struct fwi_path out[FWI_PMTU_WAYS]);
/* False: somebody else writes. */
bool fwi_paths_lock(struct fwi_paths *b);
void fwi_paths_unlock(struct fwi_paths *b);
/* Locked: the place of that path, -1 = none. */
int fwi_paths_find(const struct fwi_paths *b, uint32_t comp, enum fwi_family family, fwi_u128 dst);
/* Locked: write it, in the place of an old one if need be. */
void fwi_paths_put(struct fwi_paths *b, const struct fwi_path *path);
void fwi_paths_drop(struct fwi_paths *b, unsigned way);

#endif
