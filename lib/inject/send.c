/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: FwpsInjectNetworkSendAsync0. */
#include <fwpsk.h>

#include <fwpdk/stack.h>

#include "inject/accept.h"
#include "inject/handle.h"
#include "inject/send_fast.h"
#include "inject/send_quick.h"
#include "tx/poller.h"

/*
 * Out of line and by tail call, so that the fast path saves no registers; the context comes
 * in fwi_self, since an argument on the stack would have to be moved for that.
 */
static __rte_noinline __rte_cold NTSTATUS
send_general(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn)
{
	struct fwi_call c;

	c.handle = handle;
	c.flags = flags;
	c.compartment = compartment;
	c.nbl = nbl;
	c.req.complete = fn;
	c.req.context = fwi_self.context;
	c.req.inj_context = inj_context;
	c.req.path = FWI_PATH_SEND;
	c.req.if_index = 0;
	return fwi_call_run(&c);
}

/* The fast path gives up behind its countdown to the next latency sample. */
static __rte_noinline NTSTATUS
send_not_plain(HANDLE handle, HANDLE inj_context, NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn)
{
	struct fwpdk_poller *p = fwi_self.poller;

	fwi_self.context = p->context;
	p->sample_left++;
	if (likely(fn != NULL && fwi_send_quick(p, handle, inj_context, nbl, fn, fwi_self.context)))
		return STATUS_SUCCESS;
	return send_general(handle, inj_context, 0, FWPDK_DEFAULT_COMPARTMENT, nbl, fn);
}

/*
 * False: not taken, nothing changed. What is asked for here is asked for with arguments that
 * the caller has looked at, so that few of them stay in registers.
 */
static inline bool
send_fast(struct fwpdk_poller *p, HANDLE handle, HANDLE inj_context, NET_BUFFER_LIST *nbl,
	FWPS_INJECT_COMPLETE0 fn, const volatile HANDLE *context)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	const NET_BUFFER *nb = hot->first_nb;
	struct fwi_plain pl;

	if (unlikely(hot->next != NULL))
		return false;
	if (unlikely(nb == NULL))
		return false;
	if (unlikely(!fwi_plain_list(nbl, nb)))
		return false;
	if (unlikely(!fwi_plain_packet(nb, &pl)))
		return false;
	if (unlikely(!fwi_plain_hop(p, &pl)))
		return false;
	if (unlikely(pl.q->tail == pl.q->ready))
		return false;
	if (hot->handle != (uintptr_t)handle && unlikely(hot->handle != 0))
		return false;
	if (unlikely(!fwi_fast_count(p, handle, 1)))
		return false;

	hot->first_nb->FwpdkStamp = p->stamp;
	hot->complete = (void *)fn;
	hot->context = *context;
	hot->handle = (uintptr_t)handle;
	hot->inj_context = inj_context;
	fwi_nbl_outcome_clear(hot);
	fwi_fast_stage(pl.q, &pl, nbl);
	return true;
}

/* completionContext is volatile so that it stays on the stack until it is stored. */
NTSTATUS
FwpsInjectNetworkSendAsync0(HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags,
	COMPARTMENT_ID compartmentId, NET_BUFFER_LIST *netBufferList,
	FWPS_INJECT_COMPLETE0 completionFn, volatile HANDLE completionContext)
{
	struct fwpdk_poller *p = fwi_self.poller;

	if (unlikely(p == NULL))
		goto general;
	if (unlikely(__atomic_load_n(&p->gate, __ATOMIC_RELAXED) != FWI_GATE_OPEN))
		goto general;
	if (unlikely((flags | ((uint32_t)compartmentId & ~FWPDK_DEFAULT_COMPARTMENT)) != 0))
		goto general;
	if (unlikely(netBufferList == NULL))
		goto general;
	if (likely(--p->sample_left != 0 && completionFn != NULL &&
		    send_fast(p, injectionHandle, injectionContext, netBufferList, completionFn,
			    &completionContext)))
		return STATUS_SUCCESS;
	p->context = completionContext;
	return send_not_plain(injectionHandle, injectionContext, netBufferList, completionFn);
general:
	fwi_self.context = completionContext;
	return send_general(injectionHandle, injectionContext, flags, compartmentId, netBufferList,
		completionFn);
}
