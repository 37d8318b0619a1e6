/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: NBLs that are done, and their completion functions. */
#include <rte_cycles.h>

#include <fwpsk.h>

#include "core/ctl.h"
#include "tx/cpool.h"
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
	if (hot->pending & FWI_PENDING_SAMPLED)
		sample_latency(p, nbl);
	if (hot->status != 0)
		count_failed(p, hot->status);
	return true;
}

/* Next is NULL already. */
static inline void
complete(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl, struct fwi_own_count *counts, uint64_t mask)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	FWPS_INJECT_COMPLETE0 fn = (FWPS_INJECT_COMPLETE0)hot->complete;
	struct fwi_own_count *count = &counts[hot->handle & mask];

	if (unlikely(fwi_nbl_outcome(hot) != 0) && !complete_special(p, nbl))
		return;
	/* From here on the list is the client's again. */
	__atomic_store_n(&hot->complete, NULL, __ATOMIC_RELEASE);
	fn(hot->context, nbl, p->dispatch);
	fwi_bump(&count->out, 1);
}

int
fwi_run_completions(struct fwpdk_poller *p)
{
	struct fwi_own_count *counts = p->count;
	const uint64_t mask = p->handle_mask;
	NET_BUFFER_LIST *nbl, *next;
	uint32_t i;
	int n;

	if (p->ndone == 0 && p->fail_head == NULL)
		return 0;
	fwi_self.callbacks++;
	/* A callback may inject, and may free mbufs it received from our own queue (net_ring). */
	for (i = 0; i < p->ndone; i++)
		complete(p, p->done[i], counts, mask);
	n = (int)p->ndone;
	p->ndone = 0;

	nbl = p->fail_head;
	p->fail_head = NULL;
	p->fail_tail = &p->fail_head;
	for (; nbl != NULL; nbl = next, n++) {
		next = nbl->Next;
		nbl->Next = NULL;
		p->ending = next;
		complete(p, nbl, counts, mask);
		p->nfail--;
	}
	fwi_self.callbacks--;
	return n;
}
