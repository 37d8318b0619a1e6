/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: staging packets and handing them to the driver. */
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include <ndis.h>

#include "core/ethdev.h"
#include "core/tsan.h"
#include "map/tag.h"
#include "tx/cpool.h"
#include "tx/events.h"
#include "tx/poller.h"
#include "tx/reclaim.h"
#include "tx/txq.h"

uint32_t
fwi_txq_room(struct fwi_txq *q)
{
	uint32_t n = fwi_txq_staged(q), tail = fwi_txq_tail(q);

	if (likely(tail < q->cap))
		return q->cap - tail;
	if (q->head == 0)
		return 0;
	memmove(q->stage, q->stage + q->head, n * sizeof(q->stage[0]));
	if (q->ncredit != 0) {
		memmove(q->credit, q->credit + q->head, n * sizeof(q->credit[0]));
		memset(q->credit + n, 0, (q->cap - n) * sizeof(q->credit[0]));
	}
	fwi_txq_count(q);
	q->head = 0;
	q->counted = n;
	q->next = q->limit = q->stage + n; /* limit was at cap too */
	return q->cap - n;
}

void
fwi_txq_unready(struct fwi_txq *q)
{
	uint32_t n = fwi_txq_ready(q);

	if (n == 0) /* in copy mode there is no list */
		return;
	memcpy(q->map.free + q->map.nfree, q->next, n * sizeof(q->stage[0]));
	q->map.nfree += n;
	q->limit = q->next;
}

void
fwi_txq_make_ready(struct fwi_txq *q)
{
	uint32_t n;

	fwi_txq_unready(q);
	n = RTE_MIN(RTE_MIN(q->map.nfree, q->cap - fwi_txq_tail(q)), FWI_READY);
	q->map.nfree -= n;
	memcpy(q->next, q->map.free + q->map.nfree, n * sizeof(q->stage[0]));
	q->limit = q->next + n;
}

/* In place of the free mbuf that may lie there. */
static inline void
stage(struct fwi_txq *q, struct rte_mbuf *m)
{
	if (q->next != q->limit)
		q->map.free[q->map.nfree++] = *q->next;
	else
		q->limit++;
	*q->next++ = m;
}

void
fwi_txq_stage(struct fwi_txq *q, const struct fwi_mapped *pkt, uint64_t credit)
{
	if (credit != 0) {
		q->credit[fwi_txq_tail(q)] = credit;
		q->ncredit++;
	}
	stage(q, pkt->m);
	q->bytes += pkt->len;
	if (q->fast && q->next == q->limit)
		fwi_txq_make_ready(q);
}

void
fwi_txq_stage_host(struct fwi_txq *q, struct rte_mbuf *m)
{
	fwi_txq_count(q);
	stage(q, m);
	q->counted++;
	q->host_packets++;
	if (q->fast && q->next == q->limit)
		fwi_txq_make_ready(q);
}

/* One copy of the NBL's packets is with the driver. */
static inline void
taken(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);

	if (unlikely(fwi_pending_sub(nbl, 1) != 0)) {
		p->extra--;
		return;
	}
	if (unlikely(p->ndone == p->done_cap)) {
		fwi_done_failed(p, nbl);
		return;
	}
	p->done_mixed |= (hot->pending | (uint32_t)hot->status) != 0; /* not as one: just written */
	p->done[p->ndone++] = nbl;
}

/* Credits that may be of anything. */
static __rte_noinline void
credit_taken_mixed(struct fwi_txq *q, uint32_t i, uint32_t end)
{
	struct fwpdk_poller *p = q->poller;
	NET_BUFFER_LIST *nbl;

	for (; i < end; i++) {
		if (q->credit[i] == 0)
			continue;
		nbl = fwi_credit_nbl(q->credit[i]);
		if ((q->credit[i] & FWI_CREDIT_WHOLE) == 0)
			taken(p, nbl);
		else if (likely(p->ndone != p->done_cap))
			p->done[p->ndone++] = nbl;
		else
			fwi_done_failed(p, nbl);
		q->credit[i] = 0;
		q->ncredit--;
	}
}

/*
 * Copies that the driver took: their NBLs need not wait for a release. Returns how many packets it
 * has dealt with, all of them in most cases.
 */
static inline uint32_t
credit_taken(struct fwi_txq *q, uint32_t n)
{
	struct fwpdk_poller *p = q->poller;
	uint64_t *credit = q->credit + q->head;
	NET_BUFFER_LIST **done = p->done + p->ndone;
	uint32_t i;

	if (unlikely(p->done_cap - p->ndone < n))
		n = 0;
	for (i = 0; i < n; i++) {
		if (unlikely((credit[i] & FWI_CREDIT_WHOLE) == 0))
			break;
		done[i] = fwi_credit_nbl(credit[i]);
		credit[i] = 0;
	}
	p->ndone += i;
	q->ncredit -= i;
	return i;
}

/* Nothing is staged: take in what came back, and begin at the front again. */
static void
restock(struct fwi_txq *q)
{
	if (likely(q->fast && q->cache != NULL && q->next == q->limit) &&
		likely(rte_ring_empty(q->foreign_ring)) && likely(fwi_cpool_harvest_ready(q)))
		return;
	fwi_txq_collect(q);
	fwi_txq_unready(q);
	fwi_txq_rewind(q, 0);
	if (q->fast)
		fwi_txq_make_ready(q);
}

/* To the driver, with what follows the packets in arrays beside them. */
static __rte_noinline uint16_t
hand_over_followed(struct fwi_txq *q, uint16_t n)
{
	struct rte_mbuf *before[FWI_TX_BURST];
	uint32_t ended;
	uint16_t sent;

	if (fwi_recording(q->poller))
		fwi_event_offer(q, n);
	if (q->sent != NULL)
		fwi_sent_note(q, q->stage + q->head, n);
	/* On their way from another CPU's cache while the driver is at work. */
	if (q->map.copy_span != 0 && q->map.nblank < FWI_BLANKS)
		(void)fwi_map_blanks(&q->map);
	if (q->ncredit != 0)
		memcpy(before, q->stage + q->head, n * sizeof(before[0]));
	sent = rte_eth_tx_burst(q->port_id, q->queue_id, q->stage + q->head, n);
	if (q->sent != NULL)
		fwi_sent_keep(q, q->stage + q->head, n, sent);
	if (q->ncredit != 0) {
		if (sent < n)
			fwi_credit_follow(q, before, n, sent);
		ended = credit_taken(q, sent);
		if (unlikely(ended != sent))
			credit_taken_mixed(q, q->head + ended, q->head + sent);
	}
	if (fwi_recording(q->poller))
		fwi_event_sent(q, sent);
	return sent;
}

/* One staged packet will not be sent. */
static void
unstage(struct fwi_txq *q, struct rte_mbuf *m, uint64_t credit, int32_t status)
{
	struct rte_mbuf *next, *record;

	if (credit == 0 && fwi_txq_record(q, m) == NULL) { /* the host's, fwpdk_tx() */
		q->host_packets--;
		rte_pktmbuf_free(m);
		return;
	}
	q->packets--;
	q->bytes -= m->pkt_len - FWI_L2_LEN;
	if (credit != 0) {
		rte_pktmbuf_free(m);
		if (credit & FWI_CREDIT_WHOLE)
			fwi_credit_nbl(credit)->FwpdkPending++;
		fwi_nbl_credit(q->poller, fwi_credit_nbl(credit), 1, status);
		return;
	}
	for (; m != NULL; m = next) {
		next = m->next;
		m->next = NULL;
		m->nb_segs = 1;
		record = fwi_txq_record(q, m);
		fwi_nbl_fail(
			(NET_BUFFER_LIST *)(uintptr_t)(*fwi_tag(record) & ~FWI_TAG_BITS), status);
		if (record == m)
			fwi_cpool_release(q, m);
		else
			rte_pktmbuf_free_seg(m); /* which releases the record */
	}
}

/* A frame of fwpdk_tx(). */
static inline bool
is_hosts(const struct fwi_txq *q, uint32_t at)
{
	return q->credit[at] == 0 && fwi_txq_record(q, q->stage[at]) == NULL;
}

/*
 * Packets that leave something to the NIC are shown to the driver before. How many of n may
 * go; the one that it does not like is given up. Drivers whose checksums are used (the table)
 * may see a packet twice. The host's mbufs are its own business.
 */
static __rte_noinline uint16_t
prepare(struct fwi_txq *q, uint16_t n)
{
	bool hosts = is_hosts(q, q->head);
	uint16_t ok, i;
	uint64_t credit;

	for (i = 1; i < n && is_hosts(q, q->head + i) == hosts; i++)
		;
	n = i;
	if (hosts)
		return n;
	ok = rte_eth_tx_prepare(q->port_id, q->queue_id, q->stage + q->head, n);
	if (ok != 0)
		return ok;
	credit = q->credit[q->head];
	q->credit[q->head] = 0;
	q->ncredit -= credit != 0;
	q->expired++;
	unstage(q, q->stage[q->head++], credit, STATUS_DATA_NOT_ACCEPTED);
	return 0;
}

/* What follows the packets in arrays beside them, or is asked about them: not 0. */
static inline uint64_t
followed(const struct fwi_txq *q)
{
	uint64_t odd = q->ncredit;

	FWI_OR(odd, (uintptr_t)q->sent);
	FWI_OR(odd, fwi_glance((const uint64_t *)(const void *)&q->poller->events));
	return odd;
}

bool
fwi_txq_burst(struct fwi_txq *q)
{
	struct rte_mbuf **first = q->stage + q->head, **at = first;
	uint32_t n, sent;

	if (unlikely(q->seen_state != FWI_TXQ_RUNNING))
		return false;
	fwi_txq_count(q);
	while (at != q->next) {
		n = RTE_MIN((uint32_t)(q->next - at), FWI_TX_BURST);
		if (unlikely(q->for_nic)) {
			n = prepare(q, (uint16_t)n);
			at = q->stage + q->head;
			if (n == 0)
				continue;
		}
		if (unlikely(followed(q) != 0))
			sent = hand_over_followed(q, (uint16_t)n);
		else
			sent = rte_eth_tx_burst(q->port_id, q->queue_id, at, (uint16_t)n);
		q->bursts++;
		q->head += sent;
		at += sent;
		if (unlikely(sent < n)) {
			q->partial_bursts++;
			fwi_txq_collect(q);
			if (at != first)
				q->stuck_since = 0;
			return false;
		}
	}
	if (likely(at != first) || !fwi_txq_blocked(q))
		q->stuck_since = 0;
	q->for_nic = false;
	restock(q);
	return !fwi_txq_blocked(q);
}

static __rte_noinline void
drain_foreign(struct fwi_txq *q)
{
	struct rte_mbuf *m[64];
	unsigned n, i, left = q->pool_size;

	while (left > 0) {
		n = rte_ring_sc_dequeue_burst(q->foreign_ring, (void **)m, RTE_DIM(m), NULL);
		if (n == 0)
			break;
		FWI_TSAN_ACQUIRE(q->foreign_ring);
		for (i = 0; i < n; i++)
			fwi_cpool_release(q, m[i]);
		q->foreign += n;
		left -= RTE_MIN(left, n);
	}
}

void
fwi_txq_collect(struct fwi_txq *q)
{
	if (q->foreign_ring != NULL && unlikely(!rte_ring_empty(q->foreign_ring)))
		drain_foreign(q);
	if (q->cache != NULL && q->cache->len != 0)
		fwi_cpool_harvest(q);
}

void
fwi_txq_flush(struct fwi_txq *q, int32_t status)
{
	uint32_t i;

	fwi_txq_unready(q);
	fwi_txq_count(q);
	for (i = q->head; i < fwi_txq_tail(q); i++) {
		unstage(q, q->stage[i], q->credit[i], status);
		q->credit[i] = 0;
	}
	fwi_txq_rewind(q, 0);
	q->ncredit = 0;
}

/* Nothing has moved for max_hold (P13): this port's NBLs end, other ports go on. */
static __rte_noinline void
expire(struct fwi_txq *q)
{
	struct rte_eth_link link;
	int32_t status = STATUS_DATA_NOT_ACCEPTED;
	uint64_t before;

	fwi_txq_count(q);
	before = q->packets;
	memset(&link, 0, sizeof(link));
	if (fwi_eth(q->port_id)->link(q->port_id, &link) == 0 &&
		link.link_status == RTE_ETH_LINK_DOWN)
		status = NDIS_STATUS_MEDIA_DISCONNECTED;
	fwi_txq_flush(q, status);
	q->expired += before - q->packets;
	q->drop_status = status;
	fwi_fail_stuck(q->poller, q);
}

void
fwi_txq_expire(struct fwi_txq *q, uint64_t now)
{
	if (q->stuck_since == 0)
		q->stuck_since = now;
	else if (unlikely(now - q->stuck_since > q->max_hold)) {
		expire(q);
		q->stuck_since = 0;
	}
}
