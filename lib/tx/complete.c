/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: NBLs that are done, and their completion functions. */
#include <rte_cycles.h>
#include <rte_prefetch.h>

#include <fwpsk.h>

#include "core/ctl.h"
#include "tx/cpool.h"
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

static __rte_noinline void
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

static __rte_noinline void
sample_latency(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	fwi_hist_add(&p->latency, rte_rdtsc() - FWI_NBL(nbl)->t0);
}

static inline void
complete(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	FWPS_INJECT_COMPLETE0 fn = (FWPS_INJECT_COMPLETE0)hot->complete;
	struct fwi_count *count = &p->count[hot->handle & p->handle_mask];

	if (unlikely(hot->pending & FWI_PENDING_SAMPLED))
		sample_latency(p, nbl);
	if (unlikely(hot->status != 0))
		count_failed(p, hot->status);
	hot->next = NULL;
	/* From here on the list is the client's again. */
	__atomic_store_n(&hot->complete, NULL, __ATOMIC_RELEASE);
	fn(hot->context, nbl, p->dispatch);
	__atomic_store_n(&count->out, count->out + 1, __ATOMIC_RELEASE);
}

int
fwi_run_completions(struct fwpdk_poller *p)
{
	NET_BUFFER_LIST *nbl, *next;
	uint32_t i;
	int n;

	if (p->ndone == 0 && p->fail_head == NULL)
		return 0;
	fwi_self.callbacks++;
	/* A callback may inject, and may free mbufs it received from our own queue (net_ring). */
	for (i = 0; i < p->ndone; i++) {
		if (i + 4 < p->ndone)
			rte_prefetch0(p->done[i + 4]);
		complete(p, p->done[i]);
	}
	n = (int)p->ndone;
	p->ndone = 0;

	nbl = p->fail_head;
	p->fail_head = NULL;
	p->fail_tail = &p->fail_head;
	for (; nbl != NULL; nbl = next, n++) {
		next = nbl->Next;
		complete(p, nbl);
		p->nfail--;
	}
	fwi_self.callbacks--;
	return n;
}
