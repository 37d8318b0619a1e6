/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: one IPv4 packet that takes several mbufs - a header mbuf, several MDLs or both -
 * or is a plain one but for bytes behind it. Else as the plain packet of send_fast.h.
 */
#include "inject/send_fast.h"
#include "inject/send_own.h"
#include "inject/send_quick.h"

/* On its way: nothing is taken and nothing of the client's written until it is whole. */
struct parts {
	struct fwi_txq *q;
	struct rte_mbuf *head, *last;
	uint32_t segs;
	uint64_t tag;
};

static inline void
segment(struct rte_mbuf *m, uint8_t *addr, rte_iova_t iova, uint32_t len, uint64_t tag)
{
	m->buf_addr = addr;
	m->buf_iova = iova;
	m->buf_len = (uint16_t)len;
	m->data_len = (uint16_t)len;
	*RTE_MBUF_DYNFIELD(m, FWI_TAG_AT, uint64_t *) = tag;
}

/* One mbuf more behind the last one. False: there is none, or the port takes no more. */
static inline bool
add(struct parts *s, uint8_t *addr, uint32_t len)
{
	struct rte_mbuf *m;

	if (unlikely(s->segs > s->q->map.nfree || s->segs == s->q->map.max_segs))
		return false;
	m = s->q->map.free[s->q->map.nfree - s->segs++];
	segment(m, addr, (uintptr_t)addr, len, s->tag);
	s->last->next = m;
	s->last = m;
	return true;
}

/* Bytes behind the first MDL. MDLs that are not needed may be a ring: not this way. */
static inline bool
add_rest(struct parts *s, const NET_BUFFER *nb, uint32_t left)
{
	const MDL *mdl = nb->CurrentMdl;
	uint32_t here;

	while ((mdl = mdl->Next) != NULL) {
		here = RTE_MIN(mdl->ByteCount, left);
		if (unlikely(here == 0 || !add(s, fwi_mdl_va(mdl), here)))
			return false;
		left -= here;
	}
	return likely(left == 0);
}

static __rte_noinline void
undo(struct parts *s)
{
	struct rte_mbuf *m, *next;

	for (m = s->head; m != NULL; m = next) {
		next = m->next;
		m->next = NULL;
	}
}

/*
 * The IP header lies whole in the first MDL, of which the packet takes `here` bytes. That it has a
 * header at all is seen with its next hop.
 */
static inline bool
first_mdl(const NET_BUFFER *nb, struct fwi_plain *pl, uint32_t *here)
{
	const MDL *mdl = nb->CurrentMdl;
	uint32_t off = nb->CurrentMdlOffset, len = nb->DataLength, have;

	if (unlikely(mdl == NULL || off > mdl->ByteCount))
		return false;
	have = mdl->ByteCount - off;
	if (unlikely(have < FWI_IP4_HEADER))
		return false;
	pl->ip = fwi_mdl_va(mdl) + off;
	if (unlikely(pl->ip[0] != 0x45))
		return false;
	pl->total = fwi_read16(pl->ip + 2);
	*here = RTE_MIN(have, (uint32_t)pl->total);
	/* Bytes behind the packet would have to be walked too, where they are in other MDLs. */
	return likely(pl->total == len || (pl->total < len && len <= have));
}

static inline bool
build(struct parts *s, const NET_BUFFER *nb, const struct fwi_plain *pl, uint32_t here, bool lead)
{
	uint8_t *room = rte_mbuf_to_priv(s->head);

	s->head->pkt_len = (uint32_t)pl->total + FWI_L2_LEN;
	if (lead) {
		segment(s->head, pl->ip - FWI_L2_LEN, (uintptr_t)pl->ip - FWI_L2_LEN,
			here + FWI_L2_LEN, s->tag);
	} else {
		segment(s->head, room, rte_mempool_virt2iova(s->head) + sizeof(*s->head),
			FWI_L2_LEN, s->tag);
		if (unlikely(!add(s, pl->ip, here)))
			return false;
	}
	return here == pl->total || likely(add_rest(s, nb, (uint32_t)pl->total - here));
}

static inline bool
send_parts(struct fwpdk_poller *p, HANDLE handle, HANDLE inj_context, NET_BUFFER_LIST *nbl,
	FWPS_INJECT_COMPLETE0 fn, const volatile HANDLE *context)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	const NET_BUFFER *nb = hot->first_nb;
	struct fwi_plain pl;
	struct parts s;
	uint8_t *to;
	uint32_t here;
	bool lead;

	if (unlikely((fwi_odd_list(nbl, fwi_glance(&p->gate)) | (uintptr_t)hot->next |
			     (uintptr_t)nb->Next) != 0))
		return false;
	if (unlikely(!first_mdl(nb, &pl, &here) || !fwi_plain_hop(p, &pl, false)))
		return false;
	s.q = pl.row->near.q;
	if (unlikely(s.q->next == s.q->limit))
		return false;
	s.head = s.last = *s.q->next;
	s.segs = 1;
	lead = nb->CurrentMdlOffset >= FWI_L2_LEN && nb->DataOffset >= FWI_L2_LEN &&
	       fwi_odd_room(nbl) == 0;
	s.tag = (uintptr_t)nbl | (lead && here == pl.total ? 0 : FWI_TAG_PART);
	if (unlikely(!build(&s, nb, &pl, here, lead) || !fwi_count_in_own(p, handle, 4, 1)))
		goto not_this_way;

	s.head->nb_segs = (uint16_t)s.segs;
	to = s.head->buf_addr;
	fwi_near_l2(to, &pl.row->near);
	fwi_record_own(
		nbl, p->stamp, (uintptr_t)handle, inj_context, *context, s.segs == 1 ? 0 : s.segs);
	hot->complete = (void *)fn;
	s.q->map.nfree -= s.segs - 1;
	s.q->map.header_mbufs += !lead;
	s.q->bytes += pl.total;
	s.q->next++;
	p->extra += s.segs - 1;
	return true;

not_this_way:
	undo(&s);
	return false;
}

/*
 * The commonest of these: all in one MDL, and no room in front of it, as with clones. One mbuf for
 * the header, one for the packet. There is an NB, and its CurrentMdlOffset is below FWI_L2_LEN.
 */
static __rte_always_inline bool
send_behind(struct fwpdk_poller *p, HANDLE handle, HANDLE inj_context, NET_BUFFER_LIST *nbl,
	FWPS_INJECT_COMPLETE0 fn, const volatile HANDLE *context)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	const NET_BUFFER *nb = hot->first_nb;
	struct rte_mbuf *head, *m;
	struct fwi_plain pl;
	struct fwi_txq *q;
	uint64_t odd;

	odd = fwi_odd_list(nbl, fwi_glance(&p->gate));
	FWI_OR(odd, (uintptr_t)hot->next);
	FWI_OR(odd, (uintptr_t)nb->Next);
	if (unlikely(odd != 0))
		return false;
	FWI_APART();
	if (unlikely(nb->DataLength - FWI_IP4_HEADER > INT32_MAX - FWI_IP4_HEADER))
		return false;
	FWI_APART();
	if (unlikely(!fwi_plain_packet(nb, &pl) || !fwi_plain_hop(p, &pl, false)))
		return false;
	q = pl.row->near.q;
	if (unlikely(q->next == q->limit || q->map.nfree == 0 || q->map.max_segs < 2))
		return false;
	if (unlikely(!fwi_count_in_own(p, handle, 4, 1)))
		return false;
	fwi_record_own(nbl, p->stamp, (uintptr_t)handle, inj_context, *context, 2);
	hot->complete = (void *)fn;
	head = *q->next++;
	m = q->map.free[--q->map.nfree];
	q->map.header_mbufs++;
	q->bytes += pl.total;
	p->extra++;
	fwi_near_l2(rte_mbuf_to_priv(head), &pl.row->near);
	head->pkt_len = (uint32_t)pl.total + FWI_L2_LEN;
	head->nb_segs = 2;
	head->next = m;
	segment(head, rte_mbuf_to_priv(head), rte_mempool_virt2iova(head) + sizeof(*head),
		FWI_L2_LEN, (uintptr_t)nbl | FWI_TAG_PART);
	segment(m, pl.ip, (uintptr_t)pl.ip, (uint32_t)pl.total, (uintptr_t)nbl | FWI_TAG_PART);
	return true;
}

NTSTATUS
fwi_send_parts(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, volatile HANDLE context)
{
	/* Of a thread without a poller the gate is shut. */
	if (likely(send_parts(fwi_self.near, handle, inj_context, nbl, fn, &context)))
		return STATUS_SUCCESS;
	return fwi_send_other(handle, inj_context, flags, compartment, nbl, fn, context);
}

NTSTATUS
fwi_send_behind(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, volatile HANDLE context)
{
	if (likely(send_behind(fwi_self.near, handle, inj_context, nbl, fn, &context)))
		return STATUS_SUCCESS;
	return fwi_send_parts(handle, inj_context, flags, compartment, nbl, fn, context);
}
