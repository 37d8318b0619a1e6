/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: accepted NBLs are routed, mapped and staged, in order. */
#include <errno.h>

#include <rte_prefetch.h>

#include <ntstatus.h>

#include "map/oob.h"
#include "map/tag.h"
#include "stack/facts.h"
#include "tx/cpool.h"
#include "tx/events.h"
#include "tx/frames.h"
#include "tx/path.h"
#include "tx/poller.h"
#include "tx/quick.h"

void
fwi_wait_push(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	nbl->Next = NULL;
	*p->wait_tail = nbl;
	p->wait_tail = &nbl->Next;
	__atomic_store_n(&p->waiting, true, __ATOMIC_RELAXED);
	p->nwait++;
}

/* The cache knows that it depends on the flow; what it is for this one is not kept. */
static __rte_noinline const struct fwi_hop *
hop_by_flow(struct fwpdk_poller *p, uint32_t comp, const NET_BUFFER *nb, const struct fwi_ip *ip,
	struct fwi_hop *hop)
{
	struct fwi_flow flow = {.hash = fwi_ip_flow_hash(nb, ip)};
	bool other;

	fwi_flow_src(&flow, ip->hdr);
	other = ip->version == 4 ? fwi_stack_lookup4_flow(comp, fwi_ip_dst4(ip), &flow, hop)
				 : fwi_stack_lookup6_flow(comp, ip->hdr + 24, &flow, hop);
	if (unlikely(other))
		fwi_path_ops.other_way(p, comp, ip, flow.hash);
	return hop;
}

/* The queue that dst leads to, or NULL with the reason. flow: room for a hop. */
static struct fwi_txq *
route(struct fwpdk_poller *p, uint32_t comp, const NET_BUFFER *nb, const struct fwi_ip *ip,
	struct fwi_hop *flow, const struct fwi_hop **hop, int32_t *status)
{
	uint8_t i;

	*hop = ip->version == 4 ? fwi_hop4(p, p->hops, comp, fwi_ip_dst4(ip))
				: fwi_hop6(p, p->hops, comp, ip->hdr + 24);
	if (unlikely((*hop)->status == FWI_HOP_BY_FLOW))
		*hop = hop_by_flow(p, comp, nb, ip, flow);
	*status = (*hop)->status;
	if (unlikely(*status != 0))
		return NULL;
	i = p->q_of_port[(*hop)->port_id];
	if (likely(i != 0xff && p->q[i]->seen_state == FWI_TXQ_RUNNING))
		return p->q[i];
	*status = STATUS_INVALID_DEVICE_STATE;
	return NULL;
}

void
fwi_map_stage(struct fwpdk_poller *p, struct fwi_txq *q, NET_BUFFER_LIST *nbl,
	const struct fwi_mapped *pkt)
{
	uint32_t units = pkt->refs != 0 ? pkt->refs : 1;

	q->blocked = false;
	nbl->FwpdkPending += units;
	p->extra += units;
	fwi_txq_stage(q, pkt, pkt->refs != 0 ? 0 : (uintptr_t)nbl);
	if (fwi_recording(p))
		fwi_event_mapped(q, 1);
}

/* Does it leave as it is, behind 14 bytes of header? */
static inline bool
as_it_is(const NET_BUFFER_LIST *nbl, const struct fwi_ip *ip, const struct fwi_hop *hop)
{
	return !fwi_oob_asks(nbl) && ip->total <= hop->mtu &&
	       fwi_if_facts_of(hop->iface).tags == 0 && FWI_NBL(nbl)->map_done == 0;
}

/* Try to map and stage; -ENOBUFS = no room now. */
static int
try_map(struct fwpdk_poller *p, struct fwi_txq *q, NET_BUFFER_LIST *nbl, NET_BUFFER *nb, bool solo,
	const struct fwi_ip *ip, const struct fwi_hop *hop)
{
	struct fwi_mapped pkt;
	int rc;

	if (unlikely(fwi_txq_room(q) == 0))
		return -ENOBUFS;
	if (unlikely(!as_it_is(nbl, ip, hop)))
		return fwi_map_frames(p, q, nbl, nb, solo, ip, hop);
	rc = fwi_map_nb(&q->map, nbl, nb, solo, ip, hop, &pkt);
	if (likely(rc == 0))
		fwi_map_stage(p, q, nbl, &pkt);
	return rc;
}

/* There was no room: make some, as long as that gets us on. */
static __rte_noinline int
try_again(struct fwpdk_poller *p, struct fwi_txq *q, NET_BUFFER_LIST *nbl, NET_BUFFER *nb,
	bool solo, const struct fwi_ip *ip, const struct fwi_hop *hop)
{
	const uint32_t *done = &FWI_NBL(nbl)->map_done;
	uint32_t before;
	int rc;

	do {
		before = *done;
		fwi_txq_collect(q);
		fwi_txq_burst(q);
		fwi_txq_unready(q);
		rc = try_map(p, q, nbl, nb, solo, ip, hop);
	} while (rc == -ENOBUFS && *done != before);
	return rc;
}

enum mapped {
	MAP_DONE, /* staged, delivered or failed: the next one */
	MAP_FULL, /* no room: it waits, and all behind it */
	MAP_ASIDE /* it waits for a neighbour, and does not hold up others */
};

/* This packet ends here. */
static __rte_noinline enum mapped
give_up(NET_BUFFER_LIST *nbl, int32_t status)
{
	fwi_nbl_fail(nbl, status);
	fwi_frames_end(nbl);
	return MAP_DONE;
}

/* No room in front of this queue. True = give the packet up. */
static __rte_noinline bool
no_room(struct fwpdk_poller *p, struct fwi_txq *q, NET_BUFFER_LIST *nbl)
{
	if (fwi_txq_staged(q) == 0 && q->cpool != NULL && fwi_txq_free(q) == q->pool_size &&
		rte_mempool_in_use_count(q->map.copy_pool) == 0) {
		/* Everything is here and it is not enough. */
		give_up(nbl, STATUS_INSUFFICIENT_RESOURCES);
		return true;
	}
	if (p->nports > 1) { /* must not hold up the other ports */
		q->expired++;
		give_up(nbl, STATUS_DATA_NOT_ACCEPTED);
		return true;
	}
	q->blocked = true;
	return false;
}

static bool
stack_moved(const struct fwpdk_poller *p)
{
	return __atomic_load_n(&fwi_stack_generation, __ATOMIC_ACQUIRE) != p->generation;
}

static enum mapped
map_packet(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl, NET_BUFFER *nb, bool solo)
{
	const struct fwi_hop *hop;
	struct fwi_hop flow;
	struct fwi_txq *q;
	struct fwi_ip ip;
	int32_t status;
	int rc;

	/* Checked at inject already; the bytes may have changed since. */
	if (unlikely(!(unlikely(fwi_oob_cuts(nbl)) ? fwi_ip_parse_large(nb, &ip)
						   : fwi_ip_parse(nb, &ip))))
		return give_up(nbl, STATUS_INVALID_PARAMETER);
	if (unlikely(FWI_NBL(nbl)->path == FWI_PATH_FORWARD))
		q = fwi_path_ops.forward_hop(p, nbl, nb, &flow, &hop, &status);
	else
		q = route(p, FWI_NBL(nbl)->compartment, nb, &ip, &flow, &hop, &status);
	if (unlikely(q == NULL)) {
		/* Looked up before the stack changed: once more, in the next round. */
		if (stack_moved(p))
			return MAP_FULL;
		p->wait_at = fwi_path_ops.no_way(p, nbl, nb, &ip, &status);
		if (unlikely(p->wait_at == FWI_PATH_LATER))
			return MAP_FULL;
		if (p->wait_at != NULL)
			return MAP_ASIDE;
		return give_up(nbl, status);
	}
	if (unlikely(p->nunresolved != 0) &&
		fwi_path_ops.overtakes(p, ip.version, ip.hdr + (ip.version == 4 ? 16 : 24)))
		return MAP_FULL;
	if (unlikely(q->drop_status != 0)) {
		q->expired++;
		return give_up(nbl, q->drop_status);
	}
	rc = try_map(p, q, nbl, nb, solo, &ip, hop);
	if (unlikely(rc == -ENOBUFS)) {
		rc = try_again(p, q, nbl, nb, solo, &ip, hop);
		if (rc == -ENOBUFS)
			return no_room(p, q, nbl) ? MAP_DONE : MAP_FULL;
	}
	if (unlikely(rc == -EAGAIN)) /* enough for this poll */
		return MAP_FULL;
	if (unlikely(rc != 0))
		return give_up(nbl, rc);
	return MAP_DONE;
}

/* What the rooms above have to say about it. False: it ends here. */
static __rte_noinline bool
ask_above(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	int32_t status = 0;

	nbl->FwpdkPending |= FWI_PENDING_SHOWN;
	if (FWI_NBL(nbl)->path == FWI_PATH_RECEIVE) {
		status = fwi_path_ops.take(p, nbl);
		fwi_nbl_fail(nbl, status);
		return false;
	}
	if (FWI_NBL(nbl)->path == FWI_PATH_SEND)
		status = fwi_path_ops.outbound(p, nbl);
	fwi_nbl_fail(nbl, status);
	return status == 0;
}

/* Nobody but the mapper has to look at it. */
static inline bool
is_plain_send(const NET_BUFFER_LIST *nbl)
{
	return FWI_NBL(nbl)->path == FWI_PATH_SEND &&
	       !__atomic_load_n(&fwi_outbound_asked, __ATOMIC_RELAXED);
}

/* Not MAP_DONE: not all of it could be mapped. */
static enum mapped
map_list(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	struct fwi_nbl *l = FWI_NBL(nbl);
	NET_BUFFER *nb = l->map_nb;
	bool solo = nbl->FirstNetBuffer->Next == NULL;
	enum mapped m;

	if (nb == NULL) {
		nb = nbl->FirstNetBuffer;
		nbl->FwpdkPending |= FWI_PENDING_BIAS;
		l->map_done = 0;
		if (unlikely(!is_plain_send(nbl)) && !ask_above(p, nbl))
			return MAP_DONE;
	}
	for (; nb != NULL; nb = nb->Next) {
		m = map_packet(p, nbl, nb, solo);
		if (unlikely(m != MAP_DONE)) {
			l->map_nb = nb;
			return m;
		}
	}
	return MAP_DONE;
}

static NET_BUFFER_LIST *
wait_unlink(struct fwpdk_poller *p)
{
	NET_BUFFER_LIST *nbl = p->wait_head;

	p->wait_head = nbl->Next;
	if (p->wait_head == NULL) {
		p->wait_tail = &p->wait_head;
		__atomic_store_n(&p->waiting, false, __ATOMIC_RELAXED);
	}
	p->nwait--;
	nbl->Next = NULL;
	return nbl;
}

static void
map_end(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	if (fwi_pending_sub(nbl, FWI_PENDING_BIAS) == 0)
		fwi_done_failed(p, nbl); /* nothing of it is out, or no longer */
	else
		p->extra--;
}

/* The head of the list leaves it; false: it has to stay. */
static bool
map_head(struct fwpdk_poller *p)
{
	switch (map_list(p, p->wait_head)) {
	case MAP_DONE:
		map_end(p, wait_unlink(p));
		return true;
	case MAP_ASIDE:
		fwi_path_ops.wait_for(p, p->wait_at, wait_unlink(p));
		return true;
	default:
		return false;
	}
}

void
fwi_wait_first(struct fwpdk_poller *p, NET_BUFFER_LIST *head, NET_BUFFER_LIST **tail, uint32_t n)
{
	if (p->wait_head == NULL)
		p->wait_tail = tail;
	*tail = p->wait_head;
	p->wait_head = head;
	p->nwait += n;
	p->nfirst += n;
	__atomic_store_n(&p->waiting, true, __ATOMIC_RELAXED);
}

bool
fwi_wait_failed(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl, int32_t status)
{
	struct fwi_nbl *l = FWI_NBL(nbl);

	give_up(nbl, status);
	l->map_nb = l->map_nb->Next;
	nbl->Next = NULL;
	if (l->map_nb != NULL) /* its other packets may have a way */
		return false;
	map_end(p, nbl);
	return true;
}

/* The head of the list in one pass; false: nothing was done. */
static bool
map_quick(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	struct fwi_quick k;

	if (!p->quick || FWI_NBL(nbl)->map_nb != NULL || unlikely(!is_plain_send(nbl)))
		return false;
	fwi_quick_init(&k, FWI_NBL(nbl)->compartment);
	k.sampled = (nbl->FwpdkPending & FWI_PENDING_SPECIAL) != 0;
	if (unlikely(!fwi_quick_add(p, &k, nbl))) {
		fwi_quick_undo(&k);
		return false;
	}
	nbl->FwpdkPending += k.pending[0]; /* beside a latency sample's mark */
	k.q->blocked = false;
	fwi_quick_commit(p, &k);
	if (fwi_recording(p))
		fwi_event_mapped(k.q, k.packets);
	return true;
}

void
fwi_map_waiting(struct fwpdk_poller *p)
{
	/* What came back is beside the budget: else it could do so for ever, and nothing behind. */
	unsigned budget = 2 * FWI_TAKE + p->nfirst;

	p->nfirst = 0;
	while (p->wait_head != NULL && budget-- > 0) {
		if (p->wait_head->Next != NULL)
			rte_prefetch0(p->wait_head->Next);
		if (likely(map_quick(p, p->wait_head))) {
			wait_unlink(p);
			continue;
		}
		if (!map_head(p))
			break;
	}
}

/*
 * The queue expired: what waits for it now ends too. With one port that includes what had to
 * stay in the inject rings; with several nothing has to.
 */
void
fwi_fail_stuck(struct fwpdk_poller *p, struct fwi_txq *q)
{
	uint32_t n;

	if (p->nports == 1)
		fwi_take_all(p);
	n = p->nwait;
	while (n-- > 0 && p->wait_head != NULL) {
		if (!map_head(p))
			break;
	}
	q->drop_status = 0;
	q->blocked = false;
}
