/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: injection from a thread that does not own a poller of the compartment. One
 * ring slot per NBL; the poller is chosen by flow, so that a flow keeps its order.
 */
#include "core/fail.h"
#include "core/tsan.h"
#include "inject/accept.h"
#include "inject/handle.h"
#include "inject/sample.h"
#include "tx/lane.h"
#include "tx/poller.h"
#include "tx/producer.h"

static inline uint32_t
slot_of(const struct fwi_pollers_of *set, uint32_t hash)
{
	return (uint32_t)((uint64_t)hash * set->n >> 32); /* no division */
}

static bool
reserve(struct fwi_producer *pr, struct fwpdk_poller *p, uint32_t n)
{
	if (likely(!fwi_producer_is_shared(pr)))
		return fwi_lane_reserve(p->lane[pr->id], n) && !FWI_FAIL();
	if (__atomic_sub_fetch(&p->shared_credit, (int32_t)n, __ATOMIC_ACQUIRE) >= 0 && !FWI_FAIL())
		return true;
	__atomic_fetch_add(&p->shared_credit, (int32_t)n, __ATOMIC_RELEASE);
	return false;
}

static void
enqueue(struct fwi_producer *pr, struct fwpdk_poller *p, NET_BUFFER_LIST **list, uint32_t n)
{
	/* Reserved before: cannot fail. */
	if (likely(!fwi_producer_is_shared(pr))) {
		fwi_lane_put(p->lane[pr->id], list, n);
	} else {
		FWI_TSAN_RELEASE(p->shared);
		rte_ring_enqueue_bulk(p->shared, (void **)list, n, NULL);
	}
}

static void
record_all(struct fwi_producer *pr, struct fwi_call *c)
{
	uint32_t i;

	for (i = 0; i < c->n; i++) {
		fwi_record(c->list[i], &c->req);
		if (likely(!fwi_producer_is_shared(pr)))
			fwi_sample_remote(&pr->sample_left, c->list[i]);
	}
}

/* All or nothing over several pollers. */
static bool
spread(struct fwi_producer *pr, struct fwi_call *c, const struct fwi_pollers_of *set)
{
	uint32_t n[FWI_MAX_POLLERS] = {0}, i, s;

	for (i = 0; i < c->n; i++)
		n[slot_of(set, c->hash[i])]++;
	for (s = 0; s < set->n; s++) {
		if (n[s] == 0 || reserve(pr, set->p[s], n[s]))
			continue;
		while (s-- > 0)
			if (n[s] != 0 && fwi_producer_is_shared(pr))
				__atomic_fetch_add(
					&set->p[s]->shared_credit, (int32_t)n[s], __ATOMIC_RELEASE);
		return false;
	}
	record_all(pr, c);
	for (i = 0; i < c->n; i++)
		enqueue(pr, set->p[slot_of(set, c->hash[i])], &c->list[i], 1);
	return true;
}

/* Every poller that the flows of this call may lead to can take it. */
static bool
all_fit(const struct fwi_call *c, const struct fwi_pollers_of *set)
{
	uint32_t i;

	for (i = 0; i < set->n; i++)
		if (!fwi_call_fits(c, set->p[i]))
			return false;
	return set->n != 0;
}

static NTSTATUS
take(struct fwi_producer *pr, struct fwi_call *c)
{
	const struct fwi_pollers_of *set;
	NTSTATUS status = fwi_accept_arguments(c);

	if (unlikely(status != STATUS_SUCCESS))
		return status;
	set = fwi_pollers_of(c->req.compartment);
	if (unlikely(!all_fit(c, set)))
		return STATUS_FWP_TCPIP_NOT_READY;
	status = fwi_accept_chain(c, set->n > 1);
	if (unlikely(status != STATUS_SUCCESS))
		return status;

	fwi_count_in(pr, fwi_handle_index(c->handle), (int64_t)c->n - 1);
	if (likely(set->n == 1)) {
		if (likely(reserve(pr, set->p[0], c->n))) {
			record_all(pr, c);
			enqueue(pr, set->p[0], c->list, c->n);
			return STATUS_SUCCESS;
		}
	} else if (spread(pr, c, set)) {
		return STATUS_SUCCESS;
	}
	fwi_count_in(pr, fwi_handle_index(c->handle), 1 - (int64_t)c->n);
	fwi_accept_undo(c);
	return STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS
fwi_send_remote(struct fwi_call *c)
{
	struct fwi_producer *pr = fwi_producer_get();
	uint32_t index = fwi_handle_index(c->handle);
	unsigned cookie = fwi_producer_enter(pr);
	NTSTATUS status;

	/* Counted before the handle is looked at: see destroy.c. */
	fwi_count_in(pr, index, 1);
	fwi_announce_fence();
	c->req.stamp = fwi_stamp(rte_rdtsc());
	status = take(pr, c);
	if (unlikely(status != STATUS_SUCCESS))
		fwi_count_in(pr, index, -1);
	fwi_producer_leave(pr, cookie);
	return status;
}
