/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: injection on the poller's own thread. No ring, no atomics. */
#include <rte_cycles.h>

#include "inject/accept.h"
#include "inject/handle.h"
#include "inject/sample.h"
#include "tx/events.h"
#include "tx/path.h"
#include "tx/poller.h"
#include "tx/producer.h"

static NTSTATUS
take(struct fwpdk_poller *p, struct fwi_call *c, struct fwi_own_count *count)
{
	NTSTATUS status = fwi_accept_arguments(c);
	uint32_t i;

	if (unlikely(status != STATUS_SUCCESS))
		return status;
	if (unlikely(!__atomic_load_n(&p->accepting, __ATOMIC_RELAXED)))
		return STATUS_FWP_TCPIP_NOT_READY;
	if (unlikely(!fwi_call_fits(c, p)))
		return STATUS_FWP_TCPIP_NOT_READY;
	status = fwi_accept_chain(c, false);
	if (unlikely(status != STATUS_SUCCESS))
		return status;
	if (unlikely(p->nwait + c->n > p->max_wait)) {
		fwi_accept_undo(c);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	__atomic_store_n(&count->in, count->in + c->n - 1, __ATOMIC_RELAXED);
	for (i = 0; i < c->n; i++) {
		fwi_record(c->list[i], &c->req);
		fwi_sample_own(p, c->list[i]);
		fwi_wait_push(p, c->list[i]);
	}
	if (fwi_recording(p))
		fwi_event_inject(p, FWPDK_PRODUCER_OWNER, c->list, c->n);
	/*
	 * Mapped at once where nothing waits: else all that follows would have to wait too. But
	 * callouts are not run inside the call.
	 */
	if (likely(p->nwait == c->n) && likely(c->req.path != FWI_PATH_RECEIVE) &&
		likely(!__atomic_load_n(&fwi_outbound_asked, __ATOMIC_RELAXED))) {
		fwi_follow_control(p);
		fwi_map_waiting(p);
	}
	return STATUS_SUCCESS;
}

NTSTATUS
fwi_send_local(struct fwpdk_poller *p, struct fwi_call *c)
{
	struct fwi_own_count *count = &p->count[fwi_handle_index(c->handle)];
	NTSTATUS status;

	/* Counted before the handle is looked at: see destroy.c. */
	__atomic_store_n(&count->in, count->in + 1, __ATOMIC_RELAXED);
	fwi_announce_fence();
	c->req.stamp = p->stamp;
	status = take(p, c, count);
	if (unlikely(status != STATUS_SUCCESS))
		__atomic_store_n(&count->in, count->in - 1, __ATOMIC_RELAXED);
	return status;
}
