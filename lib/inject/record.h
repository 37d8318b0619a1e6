/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Injection state and history (R75..R82). The latest injection lives in the first line of
 * the NBL, up to FWI_HISTORY_MAX earlier handles in its tail, newest first; a handle is
 * there once at most, the oldest falls out. Clones copy both.
 */
#ifndef FWI_RECORD_H
#define FWI_RECORD_H

#include <rte_branch_prediction.h>

#include <fwpsk.h>

#include "nbl/nbl_obj.h"

/* What an accepted call writes into each NBL. */
struct fwi_request {
	FWPS_INJECT_COMPLETE0 complete;
	void *context;
	uint64_t handle;
	void *inj_context;
	uint32_t compartment; /* table index */
	uint32_t stamp;	      /* fwi_stamp() */
	uint32_t if_index;    /* receive, forward */
	uint8_t path;	      /* enum fwi_nbl_path */
	uint8_t hops;	      /* of the packet that is being classified on this thread */
};

/*
 * The list was injected through another handle before. The slot that goes: the coming
 * handle's own, else a free one, else the oldest; those before it move up.
 */
static inline void
fwi_history_push(NET_BUFFER_LIST *nbl, uint64_t next_handle)
{
	const struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	struct fwi_history *h = FWI_NBL(nbl)->history;
	unsigned i;

	for (i = 0; i < FWI_HISTORY_MAX - 1; i++)
		if (h[i].handle == next_handle || h[i].handle == 0)
			break;
	for (; i > 0; i--)
		h[i] = h[i - 1];
	h[0].handle = hot->handle;
	h[0].context = hot->inj_context;
}

/* Data path. The call is accepted: from here on the list is the library's. */
static inline void
fwi_record(NET_BUFFER_LIST *nbl, const struct fwi_request *r)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	struct fwi_nbl *l = FWI_NBL(nbl);

	if (unlikely(hot->handle != 0 && hot->handle != r->handle))
		fwi_history_push(nbl, r->handle);
	hot->context = r->context;
	hot->handle = r->handle;
	hot->inj_context = r->inj_context;
	hot->status = 0;
	hot->pending = 0;
	/* The same as last time: another CPU that has read them keeps its copy of the lines. */
	if (unlikely(l->compartment != r->compartment))
		l->compartment = r->compartment;
	if (unlikely(l->map_nb != NULL))
		l->map_nb = NULL;
	if (unlikely(l->path != r->path))
		l->path = r->path;
	if (unlikely(l->if_index != r->if_index))
		l->if_index = r->if_index;
	if (unlikely(r->hops > l->hops)) {
		l->hops = r->hops;
		hot->pending = FWI_PENDING_HOPS; /* until it is over */
	}
	hot->first_nb->FwpdkStamp = r->stamp;
}

#endif
