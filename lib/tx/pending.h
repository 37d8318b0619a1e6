/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A look at what is in flight while others work on it. Only pointers to NBLs that the slabs
 * are known to hold, and to mbufs of the queue's own pools, are followed; whatever else a
 * torn or old value may be, it is compared and not read through.
 */
#ifndef FWI_PENDING_H
#define FWI_PENDING_H

#include <stdint.h>

#include <fwpdk/pending.h>

#include "nbl/nbl_obj.h"

struct fwi_pending {
	const NET_BUFFER_LIST *nbl;
	uint64_t handle;
	void *context;
	uint32_t stamp; /* fwi_stamp() */
	uint8_t place;
	uint8_t poller; /* index of fwi_pollers[], 0xff = not known */
	int32_t port, queue;
};

struct fwi_snapshot {
	struct fwi_pending *list; /* by address of the NBL */
	uint32_t n, cap;
};

struct fwpdk_poller;

/* pending_place.c, under the mutex: where are those in the list? 0 or -ENOMEM. */
int fwi_pending_place(struct fwi_snapshot *s, const struct fwpdk_poller *p);

#endif
