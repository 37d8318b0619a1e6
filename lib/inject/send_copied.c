/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: one packet for a queue whose port copies, on the poller's own thread: checked,
 * copied into an mbuf of the library and staged at once. What takes more than one mbuf, or a
 * next hop that is not known yet, goes the general way; nothing has been changed by then.
 *
 * fwi_send_copy(): what the plain way of send.c would have taken; fwi_send_copied(): other
 * compartments, IPv6, several MDLs.
 */
#include <string.h>

#include "inject/accept.h"
#include "inject/sample.h"
#include "inject/send_fast.h"
#include "inject/send_quick.h"
#include "map/at.h"
#include "map/blank.h"
#include "map/oob.h"
#include "stack/facts.h"
#include "tx/events.h"
#include "tx/path.h"
#include "tx/producer.h"

/* A call like any other, what is known is of now, and nothing that waits would be overtaken. */
static inline bool
ordinary(const struct fwpdk_poller *p, const struct fwi_call *c)
{
	return c->req.path == FWI_PATH_SEND && c->flags == 0 && c->req.hops == 0 && p->nwait == 0 &&
	       __atomic_load_n(&fwi_stack_generation, __ATOMIC_ACQUIRE) == p->generation &&
	       c->nbl != NULL && c->req.complete != NULL &&
	       __atomic_load_n(&p->accepting, __ATOMIC_RELAXED) && !fwi_recording(p) &&
	       !__atomic_load_n(&fwi_outbound_asked, __ATOMIC_RELAXED);
}

/* One packet, nothing asked for, not in flight. */
static inline bool
plain(const NET_BUFFER_LIST *nbl, struct fwi_ip *ip)
{
	const struct fwi_nbl_hot *hot = (const void *)nbl;
	const NET_BUFFER *nb = hot->first_nb;

	return nb != NULL && hot->next == NULL && nb->Next == NULL &&
	       __atomic_load_n(&hot->complete, __ATOMIC_RELAXED) == NULL && !fwi_oob_asks(nbl) &&
	       fwi_ip_parse(nb, ip);
}

/* The next hop if it is known, else NULL. */
static inline const struct fwi_hop *
known(const struct fwpdk_poller *p, uint32_t comp, const struct fwi_ip *ip)
{
	const struct fwi_hop6 *e6;
	const struct fwi_hop4 *e4;

	if (likely(ip->version == 4)) {
		e4 = fwi_hop4_slot(p->hops, fwi_ip_dst4(ip));
		return likely(e4->key == fwi_hop4_key(comp, fwi_ip_dst4(ip))) ? &e4->hop : NULL;
	}
	e6 = fwi_hop6_slot(p->hops, comp, ip->hdr + 24);
	return likely(e6->comp == comp + 1 && memcmp(e6->dst, ip->hdr + 24, 16) == 0) ? &e6->hop
										      : NULL;
}

/* A running queue that copies, with room, and the packet fits into one of its mbufs; or NULL. */
static inline struct fwi_txq *
queue_for(const struct fwpdk_poller *p, const struct fwi_hop *hop, uint32_t total)
{
	struct fwi_txq *q;
	uint8_t i;

	if (unlikely(hop == NULL || hop->status != 0 || total > hop->mtu ||
		     fwi_if_facts_of(hop->iface).tags != 0))
		return NULL;
	i = p->q_of_port[hop->port_id];
	if (unlikely(i == 0xff))
		return NULL;
	q = p->q[i];
	if (unlikely(!q->map.copy_mode || q->seen_state != FWI_TXQ_RUNNING ||
		     __atomic_load_n(&q->state, __ATOMIC_RELAXED) != FWI_TXQ_RUNNING ||
		     total + FWI_L2_LEN > q->map.copy_room || fwi_txq_room(q) == 0))
		return NULL;
	return q;
}

static inline bool
fill(uint8_t *frame, const NET_BUFFER *nb, const struct fwi_ip *ip, const struct fwi_hop *hop)
{
	struct fwi_at at;

	memcpy(frame, hop->l2, FWI_L2_LEN);
	if (likely(ip->whole_in_mdl)) {
		memcpy(frame + FWI_L2_LEN, ip->hdr, ip->total);
		return true;
	}
	at = fwi_at_start(nb);
	return likely(fwi_at_read(&at, frame + FWI_L2_LEN, ip->total) == ip->total);
}

/* False: that handle cannot send this; it is counted in otherwise. */
static inline bool
count_in(struct fwpdk_poller *p, const struct fwi_call *c, uint8_t version)
{
	struct fwi_own_count *count = &p->count[(uint32_t)(uintptr_t)c->handle & p->handle_mask];
	const uint64_t *may = version == 4 ? &count->send4 : &count->send6;

	/* Counted before the handle is looked at: see destroy.c. */
	fwi_bump(&count->in, 1);
	fwi_announce_fence();
	if (likely(__atomic_load_n(may, __ATOMIC_RELAXED) == (uintptr_t)c->handle))
		return true;
	fwi_bump(&count->in, -(uint64_t)1);
	return false;
}

bool
fwi_send_copied(struct fwpdk_poller *p, struct fwi_call *c)
{
	struct fwi_mapped pkt = {0};
	const struct fwi_hop *hop;
	struct fwi_txq *q;
	struct fwi_ip ip;

	if (unlikely(!ordinary(p, c) || !plain(c->nbl, &ip)))
		return false;
	hop = known(p, c->req.compartment, &ip);
	q = queue_for(p, hop, ip.total);
	if (unlikely(q == NULL))
		return false;
	if (unlikely(!fwi_blank_ready(&q->map) ||
		     !fill(fwi_blank_frame(fwi_blank_next(&q->map)), c->nbl->FirstNetBuffer, &ip,
			     hop) ||
		     !count_in(p, c, ip.version)))
		return false;
	pkt.m = fwi_blank_used(&q->map, ip.total + FWI_L2_LEN);
	pkt.len = ip.total;
	c->req.stamp = p->stamp;
	fwi_record(c->nbl, &c->req);
	c->nbl->FwpdkPending = 1;
	fwi_sample_own(p, c->nbl);
	FWI_NBL_HOT(c->nbl)->complete = (void *)c->req.complete;
	fwi_txq_stage(q, &pkt, (uintptr_t)c->nbl);
	return true;
}

/* 16 to FWI_FEW_BYTES of them. */
static inline void
copy_few(uint8_t *to, const uint8_t *from, uint64_t n)
{
	memcpy(to, from, 16);
	if (n > 32) {
		memcpy(to + 16, from + 16, 16);
		memcpy(to + n - 32, from + n - 32, 16);
	}
	memcpy(to + n - 16, from + n - 16, 16);
}

/* There is room in the stage, and an mbuf. */
static __rte_always_inline void
stage_copy(struct fwi_txq *q, HANDLE handle, HANDLE inj_context, const struct fwi_near *near,
	uint64_t total, NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn,
	const volatile HANDLE *context, bool few)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	const uint8_t *ip = fwi_plain_at(hot->first_nb);
	struct rte_mbuf **next = q->next;
	uint8_t *frame = fwi_blank_frame(fwi_blank_next(&q->map));

	fwi_near_l2(frame, near);
	if (few)
		copy_few(frame + FWI_L2_LEN, ip, total);
	else
		memcpy(frame + FWI_L2_LEN, ip, total);
	*next = fwi_blank_used(&q->map, (uint32_t)total + FWI_L2_LEN);
	q->credit[next - q->stage] = (uintptr_t)nbl | FWI_CREDIT_WHOLE;
	q->ncredit++;
	q->bytes += total;
	q->limit = q->next = next + 1;
	if (unlikely(hot->handle != (uintptr_t)handle && hot->handle != 0))
		fwi_history_push(nbl, (uintptr_t)handle);
	hot->handle = (uintptr_t)handle;
	hot->context = *context;
	hot->inj_context = inj_context;
	fwi_nbl_outcome_clear(hot);
	hot->complete = (void *)fn; /* last, as in send_plain() */
}

/* Of any length, or there may be no mbuf; or the queue does not copy, or is full. */
FWI_AS_CALLED NTSTATUS
send_copy_any(HANDLE handle, HANDLE inj_context, const struct fwi_near_row *row, uint64_t total,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, volatile HANDLE context)
{
	struct fwi_txq *q = row->near.q;

	if (likely(total <= q->map.copy_span && q->next != q->stage + q->cap &&
		    fwi_blank_ready(&q->map))) {
		stage_copy(q, handle, inj_context, &row->near, total, nbl, fn, &context, false);
		return STATUS_SUCCESS;
	}
	fwi_bump(&fwi_self.poller->last->in, -(uint64_t)1);
	return fwi_send_other(handle, inj_context, 0, FWPDK_DEFAULT_COMPARTMENT, nbl, fn, context);
}

/* As send_plain() does, so that no registers are saved for a few bytes. */
NTSTATUS
fwi_send_copy(HANDLE handle, HANDLE inj_context, const struct fwi_near_row *row, uint64_t total,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, volatile HANDLE context)
{
	struct fwi_txq *q = row->near.q;

	if (unlikely(total > q->map.copy_few || q->next == q->stage + q->cap || q->map.nblank == 0))
		return send_copy_any(handle, inj_context, row, total, nbl, fn, context);
	stage_copy(q, handle, inj_context, &row->near, total, nbl, fn, &context, true);
	return STATUS_SUCCESS;
}
