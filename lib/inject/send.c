/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: FwpsInjectNetworkSendAsync0. */
#include <fwpsk.h>

#include <fwpdk/stack.h>

#include "inject/accept.h"
#include "inject/handle.h"
#include "inject/send_fast.h"
#include "inject/send_quick.h"
#include "map/small.h"
#include "tx/poller.h"

static __rte_noinline __rte_cold NTSTATUS
send_general(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, HANDLE context)
{
	struct fwi_call c;

	if (likely(nbl != NULL)) {
		__builtin_prefetch(nbl, 1);
		__builtin_prefetch(&FWI_NBL(nbl)->nb, 1);
	}
	c.handle = handle;
	c.flags = flags;
	c.compartment = compartment;
	c.nbl = nbl;
	c.req.complete = fn;
	c.req.context = context;
	c.req.inj_context = inj_context;
	c.req.path = FWI_PATH_SEND;
	c.req.if_index = 0;
	return fwi_call_run(&c);
}

enum send_end {
	SEND_NOT,     /* not taken, nothing changed */
	SEND_EMPTY,   /* the same: it has no NB */
	SEND_CLOSER,  /* the same: by another handle before, or its next hop is not in the first
			 place */
	SEND_COUNTED, /* the same, but it is counted in already */
	SEND_FULL,    /* as that one, and all is in order, but no mbuf lies ready on its queue */
	SEND_DONE
};

/*
 * The plain packet. Values that are read a second time are read again rather than kept. closer: of
 * any handle, its next hop in any place.
 */
static __rte_always_inline enum send_end
send_plain(struct fwpdk_poller *p, HANDLE handle, HANDLE inj_context, NET_BUFFER_LIST *nbl,
	FWPS_INJECT_COMPLETE0 fn, const volatile HANDLE *context, bool closer, struct fwi_plain *pl)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	NET_BUFFER *nb = hot->first_nb;
	struct fwi_own_count *count;
	struct rte_mbuf **next;
	struct fwi_txq *q;
	uint64_t odd;

	if (unlikely(nb == NULL))
		return SEND_EMPTY;
	odd = fwi_odd_list(nbl, fwi_odd_room(nbl));
	FWI_OR(odd, fwi_glance(&p->gate));
	FWI_OR(odd, (uintptr_t)hot->next);
	FWI_OR(odd, (uintptr_t)nb->Next);
	if (unlikely((odd | fwi_odd_window(nb)) != 0))
		return SEND_NOT;
	if (!closer && unlikely(hot->handle != (uintptr_t)handle)) {
		FWI_READ_AGAIN();
		if (hot->handle != 0)
			return SEND_CLOSER;
	}
	nb->FwpdkStamp = p->stamp;
	if (unlikely(!fwi_plain_packet(nb, pl)))
		return SEND_NOT;
	if (unlikely(!fwi_plain_hop(p, pl, !closer)))
		return closer ? SEND_NOT : SEND_CLOSER;
	/* Counted before the handle is looked at: see destroy.c. */
	count = p->last;
	fwi_bump(&count->in, 1);
	if (unlikely(fwi_glance(&count->send4) != (uintptr_t)handle))
		return SEND_COUNTED;
	q = pl->row->near.q;
	next = q->next;
	if (unlikely(next == q->limit))
		return SEND_FULL;

	if (closer && hot->handle != (uintptr_t)handle && hot->handle != 0)
		fwi_history_push(nbl, (uintptr_t)handle);
	hot->handle = (uintptr_t)handle;
	FWI_READ_AGAIN(); /* handle's register is free from here on */
	hot->context = *context;
	hot->inj_context = inj_context;
	fwi_nbl_outcome_clear(hot);
	hot->complete = (void *)fn; /* last: pending.c looks at the others when it is there */
	fwi_fast_stage(q, *next, pl, nbl);
	return SEND_DONE;
}

/* None of the short ways for a single packet. */
NTSTATUS
fwi_send_other(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, HANDLE context)
{
	struct fwpdk_poller *p = fwi_self.poller;

	if (likely(p != NULL && fwi_gate_quick(p) && nbl != NULL && fn != NULL && flags == 0 &&
		    (uint32_t)compartment <= FWPDK_DEFAULT_COMPARTMENT) &&
		likely(fwi_send_quick(p, handle, inj_context, nbl, fn, context)))
		return STATUS_SUCCESS;
	return send_general(handle, inj_context, flags, compartment, nbl, fn, context);
}

/*
 * Of another handle than the one before, or injected by another one before, or to a destination
 * that shares its place with others.
 */
FWI_AS_CALLED NTSTATUS
send_closer(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, volatile HANDLE context)
{
	struct fwpdk_poller *p = fwi_self.poller;
	struct fwi_plain pl;
	enum send_end end;

	p->last = &p->count[(uint32_t)(uintptr_t)handle & p->handle_mask];
	end = send_plain(p, handle, inj_context, nbl, fn, &context, true, &pl);
	if (likely(end == SEND_DONE))
		return STATUS_SUCCESS;
	if (end == SEND_FULL)
		return fwi_send_copy(handle, inj_context, pl.row, pl.total, nbl, fn, context);
	if (end == SEND_COUNTED)
		fwi_bump(&p->last->in, -(uint64_t)1);
	return fwi_send_other(handle, inj_context, flags, compartment, nbl, fn, context);
}

/* Counted in by the fast path, which then could not go on. */
FWI_AS_CALLED NTSTATUS
send_counted(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, HANDLE context)
{
	fwi_bump(&fwi_self.poller->last->in, -(uint64_t)1);
	return send_closer(handle, inj_context, flags, compartment, nbl, fn, context);
}

/*
 * What goes on elsewhere goes by tail call with the arguments as they came, so that the fast
 * path saves no registers; the volatile one stays on the stack until it is stored.
 */
NTSTATUS
FwpsInjectNetworkSendAsync0(HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags,
	COMPARTMENT_ID compartmentId, NET_BUFFER_LIST *netBufferList,
	FWPS_INJECT_COMPLETE0 completionFn, volatile HANDLE completionContext)
{
	struct fwpdk_poller *p = fwi_self.near;
	const NET_BUFFER *nb;
	struct fwi_plain pl;
	enum send_end end;

	if (unlikely(netBufferList == NULL))
		goto other;
	FWI_APART();
	if (unlikely(completionFn == NULL))
		goto other;
	FWI_APART();
	if (unlikely((uint32_t)compartmentId > FWPDK_DEFAULT_COMPARTMENT))
		goto other;
	FWI_APART();
	if (unlikely(flags != 0))
		goto other;
	end = send_plain(p, injectionHandle, injectionContext, netBufferList, completionFn,
		&completionContext, false, &pl);
	if (likely(end == SEND_DONE))
		return STATUS_SUCCESS;
	if (end == SEND_FULL)
		return fwi_send_copy(injectionHandle, injectionContext, pl.row, pl.total,
			netBufferList, completionFn, completionContext);
	if (end == SEND_COUNTED)
		return send_counted(injectionHandle, injectionContext, 0, FWPDK_DEFAULT_COMPARTMENT,
			netBufferList, completionFn, completionContext);
	if (end == SEND_CLOSER)
		return send_closer(injectionHandle, injectionContext, 0, FWPDK_DEFAULT_COMPARTMENT,
			netBufferList, completionFn, completionContext);
	if (unlikely(end == SEND_EMPTY))
		goto other;
	FWI_READ_AGAIN();
	nb = netBufferList->FirstNetBuffer;
	if (nb->DataLength > FWI_SMALL_MAX)
		goto large;
	if (nb->CurrentMdlOffset < FWI_L2_LEN)
		return fwi_send_small(injectionHandle, injectionContext, 0,
			FWPDK_DEFAULT_COMPARTMENT, netBufferList, completionFn, completionContext);
	return fwi_send_gather(injectionHandle, injectionContext, 0, FWPDK_DEFAULT_COMPARTMENT,
		netBufferList, completionFn, completionContext);
large:
	if (nb->CurrentMdlOffset < FWI_L2_LEN)
		return fwi_send_behind(injectionHandle, injectionContext, 0,
			FWPDK_DEFAULT_COMPARTMENT, netBufferList, completionFn, completionContext);
	return fwi_send_parts(injectionHandle, injectionContext, 0, FWPDK_DEFAULT_COMPARTMENT,
		netBufferList, completionFn, completionContext);
other:
	return fwi_send_other(injectionHandle, injectionContext, flags, compartmentId,
		netBufferList, completionFn, completionContext);
}
