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
fill(struct rte_mbuf *m, const NET_BUFFER *nb, const struct fwi_ip *ip, const struct fwi_hop *hop)
{
	uint8_t *frame = rte_pktmbuf_mtod(m, uint8_t *);
	struct fwi_at at;

	memcpy(frame, hop->l2, FWI_L2_LEN);
	m->data_len = (uint16_t)(ip->total + FWI_L2_LEN);
	m->pkt_len = ip->total + FWI_L2_LEN;
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
	if (unlikely(q->map.nblank == 0 && !fwi_map_blanks(&q->map)))
		return false;
	pkt.m = q->map.blank[q->map.nblank - 1];
	if (unlikely(!fill(pkt.m, c->nbl->FirstNetBuffer, &ip, hop) || !count_in(p, c, ip.version)))
		return false;
	q->map.nblank--;
	pkt.len = ip.total;
	c->req.stamp = p->stamp;
	fwi_record(c->nbl, &c->req);
	c->nbl->FwpdkPending = 1;
	fwi_sample_own(p, c->nbl);
	FWI_NBL_HOT(c->nbl)->complete = (void *)c->req.complete;
	q->map.copied++;
	fwi_txq_stage(q, &pkt, (uintptr_t)c->nbl);
	return true;
}

bool
fwi_send_copy(struct fwpdk_poller *p, uint64_t handle, HANDLE inj_context, NET_BUFFER_LIST *nbl,
	FWPS_INJECT_COMPLETE0 fn, HANDLE context)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	struct fwi_plain pl;
	struct rte_mbuf *m;
	struct fwi_txq *q;
	uint8_t *frame;

	if (unlikely(!fwi_plain_packet(hot->first_nb, &pl) || !fwi_plain_hop(p, &pl, false)))
		return false;
	q = pl.row->near.q;
	if (unlikely(!q->map.copy_mode || pl.total + FWI_L2_LEN > q->map.copy_room ||
		     __atomic_load_n(&fwi_stack_generation, __ATOMIC_ACQUIRE) != p->generation ||
		     __atomic_load_n(&q->state, __ATOMIC_RELAXED) != FWI_TXQ_RUNNING))
		return false;
	if (unlikely(fwi_txq_tail(q) == q->cap || (q->map.nblank == 0 && !fwi_map_blanks(&q->map))))
		return false;

	m = q->map.blank[--q->map.nblank];
	frame = rte_pktmbuf_mtod(m, uint8_t *);
	fwi_near_l2(frame, &pl.row->near);
	memcpy(frame + FWI_L2_LEN, pl.ip, pl.total);
	m->data_len = (uint16_t)(pl.total + FWI_L2_LEN);
	m->pkt_len = (uint32_t)pl.total + FWI_L2_LEN;
	if (unlikely(hot->handle != handle && hot->handle != 0))
		fwi_history_push(nbl, handle);
	hot->context = context;
	hot->handle = handle;
	hot->inj_context = inj_context;
	hot->status = 0;
	hot->pending = 1;
	hot->complete = (void *)fn;
	q->map.copied++;
	q->credit[fwi_txq_tail(q)] = (uintptr_t)nbl;
	q->ncredit++;
	q->bytes += pl.total;
	*q->next++ = m;
	q->limit = q->next;
	return true;
}
