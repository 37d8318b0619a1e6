/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: what is ordinary, but not the one plain packet of send_fast.h. */
#include "inject/send_quick.h"

#include "inject/record.h"
#include "inject/sample.h"
#include "inject/send_fast.h"
#include "inject/send_own.h"
#include "tx/poller.h"
#include "tx/quick.h"

/* The first n of the chain are not in flight after all. */
static __rte_noinline void
unmark(NET_BUFFER_LIST *chain, uint32_t n)
{
	for (; n > 0; n--, chain = chain->Next)
		__atomic_store_n(&FWI_NBL_HOT(chain)->complete, NULL, __ATOMIC_RELAXED);
}

/* The first packet's queue, and the mbufs ready there; false: there are none, or q is another one.
 */
static inline bool
queue_begin(struct fwi_txq **q, struct fwi_txq *to, struct rte_mbuf ***ready, uint32_t *room)
{
	if (*q != NULL || to->next == to->limit)
		return false;
	*q = to;
	*ready = to->next;
	*room = RTE_MIN(fwi_txq_ready(to), FWI_TX_BURST);
	return true;
}

/*
 * Chains of plain NBLs for one queue, up to as many as have mbufs lying ready. Those are filled in
 * at once: until q->next moves they are nobody's.
 */
static bool
send_plain_chain(struct fwpdk_poller *p, HANDLE handle, HANDLE inj_context, NET_BUFFER_LIST *chain,
	FWPS_INJECT_COMPLETE0 fn, HANDLE context)
{
	const struct fwi_near_row *row[FWI_TX_BURST];
	uint32_t n = 0, room = 1, i, stamp = p->stamp;
	struct rte_mbuf **ready = NULL;
	struct fwi_nbl_hot *hot;
	NET_BUFFER_LIST *nbl, *next;
	struct fwi_txq *q = NULL;
	const NET_BUFFER *nb;
	struct fwi_plain pl;
	uint64_t bytes = 0;

	for (nbl = chain; nbl != NULL; nbl = hot->next, n++) {
		hot = FWI_NBL_HOT(nbl);
		nb = hot->first_nb;
		if (unlikely(n == room || nb == NULL ||
			     (fwi_odd_list(nbl, fwi_odd_room(nbl)) | fwi_odd_window(nb) |
				     (uintptr_t)nb->Next) != 0 ||
			     !fwi_plain_packet(nb, &pl) || !fwi_plain_hop(p, &pl, false)))
			goto refuse;
		if (unlikely(pl.row->near.q != q) &&
			!queue_begin(&q, pl.row->near.q, &ready, &room))
			goto refuse;
		row[n] = pl.row;
		bytes += pl.total;
		FWI_KNOWN(ready != NULL); /* a place that is found has a queue */
		fwi_fast_mbuf(ready[n], pl.ip - FWI_L2_LEN, (uint32_t)pl.total + FWI_L2_LEN,
			(uintptr_t)nbl);
		__atomic_store_n(&hot->complete, (void *)fn, __ATOMIC_RELAXED);
	}
	if (unlikely(!fwi_count_in_own(p, handle, 4, n)))
		goto refuse;
	for (nbl = chain, i = 0; i < n; nbl = next, i++) {
		next = nbl->Next;
		fwi_record_own(nbl, stamp, (uintptr_t)handle, inj_context, context, 0);
		fwi_near_l2(ready[i]->buf_addr, &row[i]->near);
	}
	q->bytes += bytes;
	q->next = ready + n;
	return true;
refuse:
	unmark(chain, n);
	return false;
}

/* Does an NB of the list in front of nb begin in the same MDL? Its bytes are no backfill then. */
static __rte_noinline bool
shared(const NET_BUFFER *first, const NET_BUFFER *nb)
{
	const NET_BUFFER *other;

	for (other = first; other != nb; other = other->Next)
		if (other->CurrentMdl == nb->CurrentMdl)
			return true;
	return false;
}

/* One NBL of several plain packets, each in an MDL of its own; as above. */
static bool
send_plain_nbs(struct fwpdk_poller *p, HANDLE handle, HANDLE inj_context, NET_BUFFER_LIST *nbl,
	FWPS_INJECT_COMPLETE0 fn, HANDLE context)
{
	const NET_BUFFER *first = nbl->FirstNetBuffer, *nb;
	const struct fwi_near_row *row[FWI_TX_BURST];
	uint64_t bytes = 0, seen = 0, bit; /* seen: which MDLs there may have been */
	uint32_t n = 0, room = 1, i;
	struct rte_mbuf **ready = NULL;
	struct fwi_txq *q = NULL;
	struct fwi_plain pl;

	if (unlikely(fwi_odd_list(nbl, fwi_odd_room(nbl)) != 0))
		return false;
	for (nb = first; nb != NULL; nb = nb->Next, n++) {
		if (unlikely(n == room || fwi_odd_window(nb) != 0 || !fwi_plain_packet(nb, &pl) ||
			     !fwi_plain_hop(p, &pl, false)))
			return false;
		if (unlikely(nb->MdlChain != nb->CurrentMdl || nb->MdlChain->Next != NULL))
			return false;
		bit = UINT64_C(1) << ((uintptr_t)nb->CurrentMdl / 64 % 64);
		if (unlikely((seen & bit) != 0) && shared(first, nb))
			return false;
		seen |= bit;
		if (unlikely(pl.row->near.q != q) &&
			!queue_begin(&q, pl.row->near.q, &ready, &room))
			return false;
		row[n] = pl.row;
		bytes += pl.total;
		FWI_KNOWN(ready != NULL);
		fwi_fast_mbuf(ready[n], pl.ip - FWI_L2_LEN, (uint32_t)pl.total + FWI_L2_LEN,
			(uintptr_t)nbl | FWI_TAG_PART);
	}
	if (unlikely(!fwi_count_in_own(p, handle, 4, 1)))
		return false;
	fwi_record_own(nbl, p->stamp, (uintptr_t)handle, inj_context, context, n);
	__atomic_store_n(&FWI_NBL_HOT(nbl)->complete, (void *)fn, __ATOMIC_RELAXED);
	for (i = 0; i < n; i++)
		fwi_near_l2(ready[i]->buf_addr, &row[i]->near);
	q->bytes += bytes;
	q->next = ready + n;
	p->extra += (int64_t)n - 1;
	return true;
}

bool
fwi_send_quick(struct fwpdk_poller *p, HANDLE handle, HANDLE inj_context, NET_BUFFER_LIST *chain,
	FWPS_INJECT_COMPLETE0 fn, HANDLE context)
{
	struct fwi_quick k;
	struct fwi_nbl_hot *hot;
	NET_BUFFER_LIST *nbl, *next;
	uint32_t i;

	if (chain->Next != NULL) {
		if (!p->sample &&
			likely(send_plain_chain(p, handle, inj_context, chain, fn, context)))
			return true;
	} else if (chain->FirstNetBuffer != NULL && chain->FirstNetBuffer->Next != NULL) {
		if (!p->sample &&
			likely(send_plain_nbs(p, handle, inj_context, chain, fn, context)))
			return true;
	}
	fwi_quick_init(&k, p->default_comp);
	k.sampled = p->sample;
	for (nbl = chain; nbl != NULL; nbl = hot->next) {
		hot = FWI_NBL_HOT(nbl);
		/* In flight already, or a second time in this chain. */
		if (unlikely(__atomic_load_n(&hot->complete, __ATOMIC_RELAXED) != NULL ||
			     !fwi_quick_add(p, &k, nbl))) {
			unmark(chain, k.lists);
			fwi_quick_undo(&k);
			return false;
		}
		__atomic_store_n(&hot->complete, (void *)fn, __ATOMIC_RELAXED);
	}
	if (unlikely(!fwi_count_in_own(p, handle, k.version, k.lists))) {
		unmark(chain, k.lists);
		fwi_quick_undo(&k);
		return false;
	}
	for (nbl = chain, i = 0; nbl != NULL; nbl = next, i++) {
		next = nbl->Next;
		fwi_record_own(
			nbl, p->stamp, (uintptr_t)handle, inj_context, context, k.pending[i]);
		fwi_sample_own(p, nbl);
	}
	fwi_quick_commit(p, &k);
	return true;
}
