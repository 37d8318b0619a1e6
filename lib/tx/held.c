/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: NBLs that callouts were shown and still refer to when all else of their injection
 * is over. Their memory is the client's after the completion, so that waits.
 */
#include "tx/path.h"
#include "tx/poller.h"

bool
fwi_hold(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	struct fwi_nbl *l = FWI_NBL(nbl);

	l->held_by = p;
	p->nheld++;
	if (__atomic_add_fetch(&l->refs, FWI_NBL_HELD, __ATOMIC_ACQ_REL) != (FWI_NBL_HELD | 1))
		return true;
	__atomic_store_n(&l->refs, 1, __ATOMIC_RELAXED);
	p->nheld--;
	return false;
}

void
fwi_hand_back(struct fwi_nbl *l)
{
	struct fwpdk_poller *p = l->held_by;
	NET_BUFFER_LIST *head = __atomic_load_n(&p->returned, __ATOMIC_RELAXED);

	do {
		l->nbl.Next = head;
	} while (!__atomic_compare_exchange_n(
		&p->returned, &head, &l->nbl, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

void
fwi_take_returned(struct fwpdk_poller *p)
{
	NET_BUFFER_LIST *nbl = __atomic_exchange_n(&p->returned, NULL, __ATOMIC_ACQUIRE), *next;

	for (; nbl != NULL; nbl = next) {
		next = nbl->Next;
		__atomic_store_n(&FWI_NBL(nbl)->refs, 1, __ATOMIC_RELAXED);
		p->nheld--;
		fwi_done_failed(p, nbl);
	}
}
