/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: a call that took no short cut. Whose thread is this? */
#include <rte_eal.h>

#include "core/ctl.h"
#include "inject/accept.h"
#include "tx/poller.h"
#include "tx/stats.h"

/* On a poller's own thread an NBL goes to that poller (P8). */
static struct fwpdk_poller *
own_poller(uint32_t comp)
{
	struct fwpdk_poller *p = fwi_self.poller;

	if (p == NULL || (fwi_poller_mine(p) && comp < 64 && (p->comps >> comp & 1)))
		return p;
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
	c->req.compartment = fwi_stack_compartment((uint32_t)c->compartment);
	p = own_poller(c->req.compartment);
	if (p != NULL && p->copies && likely(fwi_send_copied(p, c)))
		return STATUS_SUCCESS;
	status = p != NULL ? fwi_send_local(p, c) : fwi_send_remote(c);
	if (unlikely(status != STATUS_SUCCESS))
		fwi_count_refused(status);
	return status;
}
