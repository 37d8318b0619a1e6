/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: a call that took no short cut. Whose thread is this? */
#include <rte_eal.h>

#include "core/ctl.h"
#include "inject/accept.h"
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

NTSTATUS
fwi_call_run(struct fwi_call *c)
{
	struct fwpdk_poller *p;
	NTSTATUS status;

	if (unlikely(!fwi_ready()))
		return rte_eal_process_type() == RTE_PROC_SECONDARY ? STATUS_NOT_SUPPORTED
								    : STATUS_FWP_TCPIP_NOT_READY;
	c->req.handle = (uintptr_t)c->handle;
	c->req.hops = fwi_self.hops;
	p = own_poller((uint32_t)c->compartment);
	status = p != NULL ? fwi_send_local(p, c) : fwi_send_remote(c);
	if (unlikely(status != STATUS_SUCCESS))
		fwi_count_refused(status);
	return status;
}
