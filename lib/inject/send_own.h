/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: what the short ways on a poller's own thread share. */
#ifndef FWI_SEND_OWN_H
#define FWI_SEND_OWN_H

#include "inject/record.h"
#include "tx/poller.h"

/* False: that handle cannot send these packets; they are counted in otherwise. */
static inline bool
fwi_count_in_own(struct fwpdk_poller *p, HANDLE handle, uint8_t version, uint32_t n)
{
	struct fwi_own_count *c = &p->count[(uint32_t)(uintptr_t)handle & p->handle_mask];

	/* Counted before the handle is looked at: see destroy.c. */
	fwi_bump(&c->in, n);
	if (likely(__atomic_load_n(version == 4 ? &c->send4 : &c->send6, __ATOMIC_RELAXED) ==
		    (uintptr_t)handle))
		return true;
	fwi_bump(&c->in, -(uint64_t)n);
	return false;
}

/* What an injection on the own thread writes into its NBL; the mark is there already. */
static __rte_always_inline void
fwi_record_own(NET_BUFFER_LIST *nbl, uint32_t stamp, uint64_t handle, HANDLE inj_context,
	HANDLE context, uint32_t pending)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);

	if (unlikely(hot->handle != handle)) {
		FWI_READ_AGAIN();
		if (hot->handle != 0)
			fwi_history_push(nbl, handle);
	}
	hot->next = NULL;
	hot->context = context;
	hot->handle = handle;
	hot->inj_context = inj_context;
	hot->status = 0;
	hot->pending = pending;
	hot->first_nb->FwpdkStamp = stamp;
}

#endif
