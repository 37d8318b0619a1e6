/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: the commonest injection in one pass - own thread, default compartment, one
 * IPv4 packet without options in one MDL, header room offered, next hop known, room in
 * front of the queue. It is checked, recorded, mapped and staged at once. Whatever is
 * different goes the general way, where every check is made again: nothing has been
 * changed by then.
 */
#ifndef FWI_SEND_FAST_H
#define FWI_SEND_FAST_H

#include <string.h>

#include "inject/check.h"
#include "inject/handle.h"
#include "inject/record.h"
#include "map/tag.h"
#include "tx/cpool.h"
#include "tx/poller.h"
#include "tx/producer.h"

/* All that makes an NBL ordinary, one NB and one MDL apart. */
static inline bool
fwi_plain_list(const NET_BUFFER_LIST *nbl, const struct fwi_nbl_hot *hot)
{
	return hot->next == NULL && __atomic_load_n(&hot->complete, __ATOMIC_RELAXED) == NULL &&
	       ((hot->nbl_flags & NDIS_NBL_FLAGS_SEND_READ_ONLY) |
		       (uint32_t)__atomic_load_n(&hot->child_refs, __ATOMIC_RELAXED)) == 0 &&
	       ((uintptr_t)nbl->ParentNetBufferList |
		       (uintptr_t)nbl->NetBufferListInfo[TcpIpChecksumNetBufferListInfo] |
		       (uintptr_t)nbl->NetBufferListInfo[TcpLargeSendNetBufferListInfo] |
		       (uintptr_t)nbl->NetBufferListInfo[Ieee8021QNetBufferListInfo] |
		       (uintptr_t)nbl->NetBufferListInfo[UdpSegmentationOffloadInfo]) == 0;
}

/*
 * The pool's invariants make up for what is not written: refcnt 1, nb_segs 1, next NULL,
 * data_off 0, no offload flags. Queues with q->fast get their mbufs back like that.
 */
static inline void
fwi_fast_mbuf(struct rte_mbuf *m, uint8_t *frame, uint32_t len, NET_BUFFER_LIST *nbl)
{
	m->buf_addr = frame;
	m->buf_iova = (uintptr_t)frame;
	m->pkt_len = len;
	m->data_len = (uint16_t)len;
	m->buf_len = (uint16_t)len;
	*fwi_tag(m) = (uintptr_t)nbl | FWI_TAG_SOLO;
}

/* False: not taken, nothing changed. */
static inline bool
fwi_send_fast(struct fwpdk_poller *p, HANDLE handle, HANDLE inj_context, UINT32 flags,
	COMPARTMENT_ID compartment, NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, HANDLE context)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	struct fwi_handle *entry;
	struct fwi_count *count;
	const struct fwi_hop4 *e;
	const NET_BUFFER *nb;
	struct fwi_txq *q;
	const MDL *mdl;
	uint32_t off, total, dst;
	uint8_t *ip;

	if (unlikely(!fwi_poller_mine(p) || !__atomic_load_n(&p->fast, __ATOMIC_RELAXED) ||
		     p->wait_head != NULL || fn == NULL ||
		     (flags | ((uint32_t)compartment & ~FWPDK_DEFAULT_COMPARTMENT)) != 0 ||
		     nbl == NULL || p->sample_left == 1))
		return false;
	nb = hot->first_nb;
	if (unlikely(!fwi_plain_list(nbl, hot) || nb == NULL || nb->Next != NULL))
		return false;

	mdl = nb->CurrentMdl;
	off = nb->CurrentMdlOffset;
	if (unlikely(mdl == NULL || nb->DataLength < 20 || off < FWI_L2_LEN ||
		     off > mdl->ByteCount || nb->DataLength > mdl->ByteCount - off ||
		     nb->DataOffset < FWI_L2_LEN))
		return false;
	ip = fwi_mdl_va(mdl) + off;
	total = (uint32_t)ip[2] << 8 | ip[3];
	memcpy(&dst, ip + 16, sizeof(dst));
	if (unlikely(ip[0] != 0x45 || total < 20 || total > nb->DataLength))
		return false;
	e = fwi_hop4_slot(p->hops, dst);
	if (unlikely(e->key != fwi_hop4_key(p->default_comp, dst) || e->hop.user == 0 ||
		     total > e->hop.mtu))
		return false;
	q = p->q[e->hop.user - 1];
	if (unlikely(q->map.nfree == 0 || q->tail == q->cap))
		return false;
	if (unlikely(hot->handle != 0 && hot->handle != (uintptr_t)handle))
		return false;

	/* Counted before the handle is looked at: see destroy.c. */
	count = &p->count[(uintptr_t)handle & p->handle_mask];
	entry = &fwi_handles[(uintptr_t)handle & p->handle_mask];
	__atomic_store_n(&count->in, count->in + 1, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (unlikely(__atomic_load_n(&entry->send4, __ATOMIC_RELAXED) != (uintptr_t)handle ||
		     handle == NULL)) {
		__atomic_store_n(&count->in, count->in - 1, __ATOMIC_RELAXED);
		return false;
	}

	p->sample_left--;
	hot->complete = (void *)fn;
	hot->context = context;
	hot->handle = (uintptr_t)handle;
	hot->inj_context = inj_context;
	hot->status = 0;
	hot->pending = 0;
	memcpy(ip - FWI_L2_LEN, e->hop.l2, FWI_L2_LEN);
	q->stage[q->tail] = q->map.free[--q->map.nfree];
	fwi_fast_mbuf(q->stage[q->tail], ip - FWI_L2_LEN, total + FWI_L2_LEN, nbl);
	q->tail++;
	q->packets++;
	q->bytes += total;
	return true;
}

#endif
