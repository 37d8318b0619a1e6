/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: a received mbuf as a NET_BUFFER_LIST, without copying. One list is used again for
 * packet after packet, until a callout keeps a reference on it or a clone: then it goes with its
 * mbuf, and another one is taken.
 */
#include "input/shown.h"

VOID NTAPI
fwi_not_yours(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	(void)context;
	(void)nbl;
	(void)dispatch;
}

static __rte_noinline struct fwi_nbl *
list_make(struct fwi_input *in)
{
	struct fwi_nbl *l = fwi_nbl_take(fwi_pool_clone_nbl, __builtin_return_address(0));

	if (unlikely(l == NULL))
		return NULL;
	l->owned_data = fwi_mdl_make(FWI_MDL_CLONE, l, 0);
	if (unlikely(l->owned_data == NULL)) {
		fwi_nbl_release(l);
		return NULL;
	}
	((struct fwi_mdl *)l->owned_data)->owned_next = NULL;
	l->nbl.FirstNetBuffer = &l->nb;
	l->home = in;
	__atomic_store_n(&l->keeper, in, __ATOMIC_RELAXED);
	return l;
}

/* One MDL for each further segment. */
static __rte_noinline bool
more_segments(struct fwi_nbl *l, const struct rte_mbuf *m)
{
	struct fwi_mdl *first = l->owned_data, *mdl;
	MDL *last = &first->mdl;

	for (; m != NULL; m = m->next) {
		mdl = fwi_mdl_make(FWI_MDL_CLONE, rte_pktmbuf_mtod(m, void *), m->data_len);
		if (mdl == NULL)
			return false;
		mdl->owned_next = first->owned_next;
		first->owned_next = mdl;
		last->Next = &mdl->mdl;
		last = &mdl->mdl;
	}
	return true;
}

/* Injection state and history of the list that this packet was injected as (R86). */
static __rte_noinline void
carry_on(struct fwi_nbl *l, const struct fwi_packet *pkt)
{
	struct fwi_nbl_hot *to = FWI_NBL_HOT(l);
	const struct fwi_nbl_hot *from = (const void *)pkt->injected;

	to->handle = from->handle;
	to->inj_context = from->inj_context;
	memcpy(l->history, ((const struct fwi_nbl *)(const void *)from)->history,
		sizeof(l->history));
}

__rte_noinline void
fwi_receive_sums(struct fwi_nbl *l, uint64_t f)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};

	sum.Receive.IpChecksumSucceeded = (f & RTE_MBUF_F_RX_IP_CKSUM_MASK) ==
					  RTE_MBUF_F_RX_IP_CKSUM_GOOD;
	sum.Receive.IpChecksumFailed = (f & RTE_MBUF_F_RX_IP_CKSUM_MASK) ==
				       RTE_MBUF_F_RX_IP_CKSUM_BAD;
	l->nbl.NetBufferListInfo[TcpIpChecksumNetBufferListInfo] = sum.Value;
}

static NET_BUFFER_LIST *
begin(struct fwi_packet *pkt)
{
	struct fwi_nbl *l = fwi_shown_next(pkt->in);

	if (unlikely(l == NULL)) {
		l = list_make(pkt->in);
		if (l == NULL)
			return NULL;
		pkt->in->shown = l;
	}
	fwi_shown_mdl(&((struct fwi_mdl *)l->owned_data)->mdl, pkt->m);
	l->hops = pkt->hops;
	if (unlikely(pkt->injected != NULL))
		carry_on(l, pkt);
	fwi_receive_info(l, pkt->m);
	FWI_NBL_HOT(l)->complete = (void *)fwi_not_yours;
	pkt->nbl = &l->nbl;
	if (unlikely(pkt->m->next != NULL) && !more_segments(l, pkt->m->next)) {
		fwi_show_end(pkt, true);
		return NULL;
	}
	return &l->nbl;
}

NET_BUFFER_LIST *
fwi_show(struct fwi_packet *pkt, uint32_t start, uint32_t len)
{
	NET_BUFFER_LIST *nbl = pkt->nbl != NULL ? pkt->nbl : begin(pkt);
	struct fwi_pos pos;
	struct fwi_nbl *l;
	MDL *first;

	if (unlikely(nbl == NULL))
		return NULL;
	l = FWI_NBL(nbl);
	first = &((struct fwi_mdl *)l->owned_data)->mdl;
	fwi_pos_seek(&pos, first, start);
	fwi_nb_set(&l->nb, first, pos, start, len);
	nbl->FirstNetBuffer = &l->nb;
	nbl->Next = NULL;
	return nbl;
}

__rte_noinline void
fwi_shown_clean(struct fwi_nbl *l)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(l);
	struct fwi_mdl *first = l->owned_data;

	if (first->owned_next != NULL) {
		fwi_mdl_free_list(first->owned_next);
		first->owned_next = NULL;
	}
	fwi_nb_drop_added(&l->nb);
	hot->handle = 0;
	hot->inj_context = NULL;
	memset(l->history, 0, sizeof(l->history));
}

/* The last reference went, on any thread: on the poller's own the list is used again. */
static bool
mbuf_gone(struct fwi_nbl *l)
{
	struct fwi_input *in = fwi_self.poller != NULL ? fwi_self.poller->input : NULL;

	rte_pktmbuf_free(l->shows);
	l->gone = NULL;
	FWI_NBL_HOT(l)->complete = NULL;
	if (unlikely(in == NULL || in != l->home || in->nspare == FWI_SPARE))
		return false;
	fwi_shown_again(l);
	l->hops = 0;
	l->refs = 1;
	__atomic_store_n(&l->keeper, in, __ATOMIC_RELAXED);
	__atomic_store_n(&l->state, FWI_NBL_LIVE, __ATOMIC_RELAXED);
	in->spare[in->nspare++] = l;
	return true;
}

/* Its own way, with the mbuf. */
static void
let_go(struct fwi_nbl *l)
{
	l->gone = mbuf_gone;
	__atomic_store_n(&l->keeper, NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&l->state, FWI_NBL_ZOMBIE, __ATOMIC_RELAXED);
	if (fwi_nbl_unref(l))
		fwi_nbl_release(l);
}

__rte_noinline void
fwi_shown_let_go(struct fwi_input *in, struct fwi_nbl *l, struct rte_mbuf *m)
{
	l->shows = m;
	in->shown = NULL;
	let_go(l);
}

/* The packet goes on too, so it gets a reference on each segment. */
static __rte_noinline void
let_go_shared(struct fwi_packet *pkt, struct fwi_nbl *l)
{
	struct rte_mbuf *s;

	for (s = pkt->m; s != NULL; s = s->next)
		rte_mbuf_refcnt_update(s, 1);
	fwi_shown_let_go(pkt->in, l, pkt->m);
}

/* Nobody else's, and with nothing to undo. */
static inline bool
goes_as_it_is(const struct rte_mbuf *m, const struct rte_mempool *pool)
{
	return likely(m->pool == pool && m->next == NULL && m->nb_segs == 1 &&
		      rte_mbuf_refcnt_read(m) == 1 && RTE_MBUF_DIRECT(m));
}

/* Mbufs that go together, or one alone. */
static uint32_t
free_some(struct rte_mbuf **m, uint32_t n)
{
	struct rte_mempool *pool = m[0]->pool;
	uint64_t i = 0;

	while (i < n && goes_as_it_is(m[i], pool))
		i++;
	if (likely(i != 0)) {
		rte_mempool_put_bulk(pool, (void **)m, (unsigned)i);
		return (uint32_t)i;
	}
	rte_pktmbuf_free(m[0]);
	return 1;
}

__rte_noinline void
fwi_show_settle(struct fwi_input *in)
{
	struct rte_mbuf *m[FWI_LEAVING];
	uint32_t i, n = 0, left = in->nleaving;
	struct fwi_nbl *l;

	in->nleaving = 0;
	for (i = 0; i < left; i++) {
		l = in->leaving[i];
		if (unlikely(!fwi_nbl_refs_are(l, 1) || in->nspare == FWI_SPARE)) {
			let_go(l);
			continue;
		}
		m[n++] = l->shows;
		fwi_shown_again(l);
		in->spare[in->nspare++] = l;
	}
	for (i = 0; i < n;)
		i += free_some(m + i, n - i);
}

void
fwi_show_end(struct fwi_packet *pkt, bool goes_on)
{
	struct fwi_nbl *l = FWI_NBL(pkt->nbl);

	if (l == NULL) {
		if (!goes_on)
			rte_pktmbuf_free(pkt->m);
		return;
	}
	pkt->nbl = NULL;
	if (unlikely(__atomic_load_n(&l->refs, __ATOMIC_ACQUIRE) != 1)) {
		if (goes_on)
			let_go_shared(pkt, l);
		else
			fwi_shown_leaves(pkt->in, l, pkt->m);
		return;
	}
	fwi_shown_again(l);
	if (!goes_on)
		rte_pktmbuf_free(pkt->m);
}
