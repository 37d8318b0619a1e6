/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: accepted NBLs are routed, mapped and staged, in order. */
#include <errno.h>

#include <rte_prefetch.h>

#include <ntstatus.h>

#include "map/oob.h"
#include "map/tag.h"
#include "stack/facts.h"
#include "tx/cpool.h"
#include "tx/frames.h"
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

/* The queue that dst leads to, or NULL with the reason. */
static struct fwi_txq *
route(struct fwpdk_poller *p, uint32_t comp, const struct fwi_ip *ip, const struct fwi_hop **hop,
	int32_t *status)
{
	uint8_t i;

	*hop = ip->version == 4 ? fwi_hop4(p, p->hops, comp, fwi_ip_dst4(ip))
				: fwi_hop6(p, p->hops, comp, ip->hdr + 24);
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

/* This packet ends here. Always true. */
static __rte_noinline bool
give_up(NET_BUFFER_LIST *nbl, int32_t status)
{
	fwi_nbl_fail(nbl, status);
	fwi_frames_end(nbl);
	return true;
}

/* No room in front of this queue. True = give the packet up. */
static __rte_noinline bool
no_room(struct fwpdk_poller *p, struct fwi_txq *q, NET_BUFFER_LIST *nbl)
{
	if (fwi_txq_staged(q) == 0 && q->cpool != NULL && fwi_txq_free(q) == q->pool_size &&
		rte_mempool_in_use_count(q->map.copy_pool) == 0) {
		/* Everything is here and it is not enough. */
		return give_up(nbl, STATUS_INSUFFICIENT_RESOURCES);
	}
	if (p->nports > 1) { /* must not hold up the other ports */
		q->expired++;
		return give_up(nbl, STATUS_DATA_NOT_ACCEPTED);
	}
	q->blocked = true;
	return false;
}

/* False = this NB has to wait. */
static bool
map_packet(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl, NET_BUFFER *nb, bool solo)
{
	const struct fwi_hop *hop;
	struct fwi_txq *q;
	struct fwi_ip ip;
	int32_t status;
	int rc;

	/* Checked at inject already; the bytes may have changed since. */
	if (unlikely(!(unlikely(fwi_oob_cuts(nbl)) ? fwi_ip_parse_large(nb, &ip)
						   : fwi_ip_parse(nb, &ip))))
		return give_up(nbl, STATUS_INVALID_PARAMETER);
	q = route(p, FWI_NBL(nbl)->compartment, &ip, &hop, &status);
	if (unlikely(q == NULL))
		return give_up(nbl, status);
	if (unlikely(q->drop_status != 0)) {
		q->expired++;
		return give_up(nbl, q->drop_status);
	}
	rc = try_map(p, q, nbl, nb, solo, &ip, hop);
	if (unlikely(rc == -ENOBUFS)) {
		rc = try_again(p, q, nbl, nb, solo, &ip, hop);
		if (rc == -ENOBUFS)
			return no_room(p, q, nbl);
	}
	if (unlikely(rc == -EAGAIN)) /* enough for this poll */
		return false;
	if (unlikely(rc != 0))
		return give_up(nbl, rc);
	return true;
}

/* False = not all of it could be mapped; it stays at the head of the list. */
static bool
map_list(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	struct fwi_nbl *l = FWI_NBL(nbl);
	NET_BUFFER *nb = l->map_nb;
	bool solo = nbl->FirstNetBuffer->Next == NULL;

	if (nb == NULL) {
		nb = nbl->FirstNetBuffer;
		nbl->FwpdkPending |= FWI_PENDING_BIAS;
		l->map_done = 0;
	}
	for (; nb != NULL; nb = nb->Next) {
		if (unlikely(!map_packet(p, nbl, nb, solo))) {
			l->map_nb = nb;
			return false;
		}
	}
	return true;
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
wait_pop(struct fwpdk_poller *p)
{
	NET_BUFFER_LIST *nbl = wait_unlink(p);

	if (fwi_pending_sub(nbl, FWI_PENDING_BIAS) == 0)
		fwi_done_failed(p, nbl); /* nothing of it is out, or no longer */
	else
		p->extra--;
}

/* The head of the list in one pass; false: nothing was done. */
static bool
map_quick(struct fwpdk_poller *p, NET_BUFFER_LIST *nbl)
{
	struct fwi_quick k;

	if (FWI_NBL(nbl)->map_nb != NULL)
		return false;
	fwi_quick_init(&k, FWI_NBL(nbl)->compartment);
	if (unlikely(!fwi_quick_add(p, &k, nbl))) {
		fwi_quick_undo(&k);
		return false;
	}
	nbl->FwpdkPending += k.pending[0]; /* beside a latency sample's mark */
	k.q->blocked = false;
	fwi_quick_commit(p, &k);
	return true;
}

void
fwi_map_waiting(struct fwpdk_poller *p)
{
	unsigned budget = 2 * FWI_TAKE;

	while (p->wait_head != NULL && budget-- > 0) {
		if (p->wait_head->Next != NULL)
			rte_prefetch0(p->wait_head->Next);
		if (likely(map_quick(p, p->wait_head))) {
			wait_unlink(p);
			continue;
		}
		if (!map_list(p, p->wait_head))
			break;
		wait_pop(p);
	}
}

/* The queue expired: what waits for it now ends too. */
void
fwi_fail_stuck(struct fwpdk_poller *p, struct fwi_txq *q)
{
	uint32_t n = p->nwait;

	while (n-- > 0 && p->wait_head != NULL) {
		if (!map_list(p, p->wait_head))
			break;
		wait_pop(p);
	}
	q->drop_status = 0;
	q->blocked = false;
}
