/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: NBLs that are done, and their completion functions. */
#include <rte_cycles.h>

#include <fwpsk.h>

#include "core/ctl.h"
#include "tx/cpool.h"
#include "tx/events.h"
#include "tx/path.h"
#include "tx/poller.h"

void
fwi_done_failed(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	nbl->Next = NULL;
	*p->fail_tail = nbl;
	p->fail_tail = &nbl->Next;
	p->nfail++;
}

void
fwi_nbl_credit(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl, uint32_t n, int32_t status)
{
	if (unlikely(status != 0))
		fwi_nbl_fail(nbl, status);
	if (fwi_pending_sub(nbl, n) == 0)
		fwi_done_failed(p, nbl);
	else
		p->extra -= n;
}

static void
count_failed(struct fwpdk_poller *p, int32_t status)
{
	struct fwi_status_count *s = p->failed;
	unsigned i;

	for (i = 0; i < FWI_STATUS_SLOTS - 1; i++, s++)
		if (s->status == status || s->count == 0)
			break;
	s->status = status;
	__atomic_store_n(&s->count, s->count + 1, __ATOMIC_RELAXED);
}

static void
sample_latency(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	fwi_hist_add(&p->latency, rte_rdtsc() - FWI_NBL(nbl)->t0);
}

/* Not the plain case: status, sample or way to be looked at. False: not yet. */
static __rte_noinline bool
complete_special(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);

	if (hot->pending & FWI_PENDING_SHOWN) {
		hot->pending &= ~FWI_PENDING_SHOWN;
		FWI_NBL(nbl)->path = FWI_PATH_SEND;
		FWI_NBL(nbl)->hops = 0;
		if (fwi_hold(p, nbl))
			return false;
	}
	if (hot->pending & FWI_PENDING_HOPS)
		FWI_NBL(nbl)->hops = 0;
	if (hot->pending & FWI_PENDING_SAMPLED)
		sample_latency(p, nbl);
	if (hot->pending & FWI_PENDING_RECORDED)
		fwi_event_complete(p, nbl);
	if (hot->status != 0)
		count_failed(p, hot->status);
	return true;
}

/* Next is NULL already. */
static inline void
complete(NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	FWPS_INJECT_COMPLETE0 fn = (FWPS_INJECT_COMPLETE0)hot->complete;

	/* From here on the list is the client's again. */
	__atomic_store_n(&hot->complete, NULL, __ATOMIC_RELEASE);
	fn(hot->context, nbl, dispatch);
}

/* Those of the same handle that follow each other are counted together, after the last one. */
static __rte_always_inline void
complete_done(struct fwpdk_poller *p, NET_BUFFER_LIST **at, NET_BUFFER_LIST **end, bool mixed)
{
	BOOLEAN dispatch = p->dispatch;
	NET_BUFFER_LIST **first, *nbl;
	uint64_t handle;

	while (at != end) {
		first = at;
		nbl = *at;
		handle = FWI_NBL_HOT(nbl)->handle;
		do {
			if (mixed && unlikely(fwi_nbl_outcome(FWI_NBL_HOT(nbl)) != 0) &&
				!complete_special(p, nbl))
				first++; /* not counted */
			else
				complete(nbl, dispatch);
			if (++at == end)
				break;
			nbl = *at;
		} while (likely(FWI_NBL_HOT(nbl)->handle == handle));
		fwi_bump(&p->count[handle & p->handle_mask].out, (uint64_t)(at - first));
	}
}

static __rte_noinline void
complete_mixed(struct fwpdk_poller *p, NET_BUFFER_LIST **at, NET_BUFFER_LIST **end)
{
	complete_done(p, at, end, true);
}

static __rte_noinline int
complete_failed(struct fwpdk_poller *p)
{
	NET_BUFFER_LIST *nbl = p->fail_head, *next;
	uint64_t handle;
	int n = 0;

	p->fail_head = NULL;
	p->fail_tail = &p->fail_head;
	for (; nbl != NULL; nbl = next, n++) {
		next = nbl->Next;
		nbl->Next = NULL;
		p->ending = next;
		handle = FWI_NBL_HOT(nbl)->handle;
		if (fwi_nbl_outcome(FWI_NBL_HOT(nbl)) == 0 || complete_special(p, nbl)) {
			complete(nbl, p->dispatch);
			fwi_bump(&p->count[handle & p->handle_mask].out, 1);
		}
		p->nfail--;
	}
	return n;
}

int
fwi_run_completions(struct fwpdk_poller *p)
{
	uint32_t i, end;
	int n;

	if (p->ndone == 0 && p->fail_head == NULL)
		return 0;
	fwi_self.callbacks++;
	/* A callback may inject, and may free mbufs it received from our own queue (net_ring). */
	for (i = 0; i != p->ndone; i = end) {
		end = p->ndone;
		if (unlikely(p->done_mixed))
			complete_mixed(p, p->done + i, p->done + end);
		else
			complete_done(p, p->done + i, p->done + end, false);
	}
	n = (int)p->ndone;
	p->ndone = 0;
	p->done_mixed = false;
	if (unlikely(p->fail_head != NULL))
		n += complete_failed(p);
	fwi_self.callbacks--;
	return n;
}
