/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: FwpsInjectNetworkSendAsync0. */
#include <rte_eal.h>

#include <fwpsk.h>

#include <fwpdk/stack.h>

#include "core/ctl.h"
#include "inject/accept.h"
#include "inject/handle.h"
#include "inject/send_fast.h"
#include "tx/poller.h"
#include "tx/stats.h"

/* On a poller's own thread an NBL goes to that poller (P8). */
static struct fwpdk_poller *
own_poller(uint32_t compartment)
{
	struct fwpdk_poller *p = fwi_self.poller;
	uint32_t comp;

	if (p == NULL || (fwi_poller_mine(p) && fwi_poller_serves(p, compartment)))
		return p;
	comp = fwi_stack_compartment(compartment);
	return comp < 64 ? fwi_poller_own(UINT64_C(1) << comp) : NULL;
}

/* Out of line and by tail call, so that the fast path saves no registers. */
static __rte_noinline NTSTATUS
send_general(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, HANDLE context)
{
	struct fwpdk_poller *p;
	struct fwi_call c;
	NTSTATUS status;

	if (unlikely(!fwi_ready()))
		return rte_eal_process_type() == RTE_PROC_SECONDARY ? STATUS_NOT_SUPPORTED
								    : STATUS_FWP_TCPIP_NOT_READY;
	c.handle = handle;
	c.flags = flags;
	c.compartment = compartment;
	c.nbl = nbl;
	c.req.complete = fn;
	c.req.context = context;
	c.req.handle = (uintptr_t)handle;
	c.req.inj_context = inj_context;
	p = own_poller((uint32_t)compartment);
	status = p != NULL ? fwi_send_local(p, &c) : fwi_send_remote(&c);
	if (unlikely(status != STATUS_SUCCESS))
		fwi_count_refused(status);
	return status;
}

NTSTATUS
FwpsInjectNetworkSendAsync0(HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags,
	COMPARTMENT_ID compartmentId, NET_BUFFER_LIST *netBufferList,
	FWPS_INJECT_COMPLETE0 completionFn, HANDLE completionContext)
{
	struct fwpdk_poller *p = fwi_self.poller;

	if (likely(p != NULL &&
		    fwi_send_fast(p, injectionHandle, injectionContext, flags, compartmentId,
			    netBufferList, completionFn, completionContext)))
		return STATUS_SUCCESS;
	return send_general(injectionHandle, injectionContext, flags, compartmentId, netBufferList,
		completionFn, completionContext);
}
