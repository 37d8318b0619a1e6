/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: the NET_BUFFER_LIST through which an mbuf of one segment is shown, and back again. */
#ifndef FWI_SHOWN_H
#define FWI_SHOWN_H

#include "input/input.h"
#include "nbl/nbl_alloc.h"

#define FWI_RX_SUMS (RTE_MBUF_F_RX_IP_CKSUM_MASK | RTE_MBUF_F_RX_L4_CKSUM_MASK)

/* complete != NULL is what refuses injection and free of a list that is not the callout's. */
VOID NTAPI
fwi_not_yours(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch);
/* show.c: more than window and slots were changed. */
void fwi_shown_clean(struct fwi_nbl *l);

/* What the NIC found of checksums. */
void fwi_receive_sums(struct fwi_nbl *l, uint64_t ol_flags);

static inline void
fwi_receive_info(struct fwi_nbl *l, const struct rte_mbuf *m)
{
	if (unlikely((m->ol_flags & FWI_RX_SUMS) != 0))
		fwi_receive_sums(l, m->ol_flags);
}

/* The one for the next packet, NULL: none is made. */
static inline struct fwi_nbl *
fwi_shown_next(struct fwi_input *in)
{
	if (unlikely(in->shown == NULL) && likely(in->nspare != 0))
		in->shown = in->spare[--in->nspare];
	return in->shown;
}

static inline void
fwi_shown_mdl(MDL *mdl, const struct rte_mbuf *m)
{
	uint8_t *va = rte_pktmbuf_mtod(m, uint8_t *);

	mdl->Next = NULL;
	mdl->MappedSystemVa = va;
	mdl->StartVa = PAGE_ALIGN(va);
	mdl->ByteCount = m->data_len;
	mdl->ByteOffset = BYTE_OFFSET(va);
}

/* Parent and out-of-band slots, which callouts may write, in one piece. */
static inline void
fwi_shown_no_info(NET_BUFFER_LIST *nbl)
{
	const fwi_pair zero = {0, 0};
	fwi_pair *pair = (fwi_pair *)(void *)&nbl->ParentNetBufferList;
	unsigned i;

	_Static_assert(offsetof(NET_BUFFER_LIST, ParentNetBufferList) % sizeof(zero) == 0 &&
			       offsetof(NET_BUFFER_LIST, NetBufferListInfo) ==
				       offsetof(NET_BUFFER_LIST, ParentNetBufferList) + 8 &&
			       sizeof(nbl->NetBufferListInfo) == 27 * 8,
		"layout");
#pragma GCC unroll 14
	for (i = 0; i < 14; i++)
		pair[i] = zero;
}

/* Nobody refers to it any more: as it was before, but for the window. */
static inline void
fwi_shown_again(struct fwi_nbl *l)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(l);
	const struct fwi_mdl *first = l->owned_data;

	hot->complete = NULL;
	l->clone = NULL;
	fwi_shown_no_info(&l->nbl);
	memset(&hot->child_refs, 0, 8); /* and NblFlags */
	if (unlikely(((uintptr_t)first->owned_next | l->nb.Reserved | hot->handle) != 0))
		fwi_shown_clean(l);
}

/* show.c: goes its own way, with that mbuf. */
void fwi_shown_let_go(struct fwi_input *in, struct fwi_nbl *l, struct rte_mbuf *m);

/*
 * Taken from the host while somebody refers to it. A clone that is in flight ends in a poll, and
 * most are freed there: until then the list stays ours.
 */
static inline void
fwi_shown_leaves(struct fwi_input *in, struct fwi_nbl *l, struct rte_mbuf *m)
{
	const struct fwi_nbl_hot *clone = (const void *)l->clone;

	if (unlikely(clone == NULL || __atomic_load_n(&clone->complete, __ATOMIC_RELAXED) == NULL ||
		     in->nleaving == FWI_LEAVING)) {
		fwi_shown_let_go(in, l, m);
		return;
	}
	l->shows = m;
	in->shown = NULL;
	in->leaving[in->nleaving++] = l;
}

#endif
