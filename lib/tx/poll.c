/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: fwpdk_poll(), one round of work, and fwpdk_tx(). */
#include <errno.h>
#include <string.h>

#include <rte_cycles.h>

#include "core/rcu.h"
#include "core/tsan.h"
#include "stack/pmtu.h"
#include "stack/stack.h"
#include "tx/events.h"
#include "tx/lane.h"
#include "tx/path.h"
#include "tx/poller.h"
#include "tx/producer.h"
#include "tx/reclaim.h"

static void
taken(struct fwpdk_poller *p, int producer, NET_BUFFER_LIST **nbl, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		__builtin_prefetch(nbl[i], 1);
		__builtin_prefetch(&FWI_NBL(nbl[i])->nb);
	}
	if (fwi_recording(p))
		fwi_event_inject(p, producer, nbl, n);
	for (i = 0; i < n; i++)
		fwi_wait_push(p, nbl[i]);
}

static void
take_shared(struct fwpdk_poller *p)
{
	NET_BUFFER_LIST *nbl[FWI_TAKE];
	unsigned n = rte_ring_sc_dequeue_burst(p->shared, (void **)nbl, FWI_TAKE, NULL);

	FWI_TSAN_ACQUIRE(p->shared);
	taken(p, FWPDK_PRODUCER_SHARED, nbl, n);
	if (n != 0)
		__atomic_fetch_add(&p->shared_credit, (int32_t)n, __ATOMIC_RELEASE);
}

static void
take_lane(struct fwpdk_poller *p, int producer)
{
	NET_BUFFER_LIST *nbl[FWI_TAKE];
	unsigned n = fwi_lane_take(p->lane[producer], nbl, FWI_TAKE);

	if (n != 0)
		taken(p, producer, nbl, n);
}

/* One turn over the inject rings, beginning with another one each time. */
static void
take(struct fwpdk_poller *p)
{
	uint64_t used = __atomic_load_n(&fwi_lanes_used, __ATOMIC_ACQUIRE), high;
	unsigned turn;

	if (unlikely(!rte_ring_empty(p->shared)))
		take_shared(p);
	if (likely(used == 0))
		return;
	turn = p->lane_turn++ & 63;
	high = used & ~UINT64_C(0) << turn;
	used &= ~high;
	for (; high != 0; high &= high - 1)
		take_lane(p, __builtin_ctzll(high));
	for (; used != 0; used &= used - 1)
		take_lane(p, __builtin_ctzll(used));
}

/* What is in it by now. */
static void
take_all_shared(struct fwpdk_poller *p)
{
	unsigned left = rte_ring_count(p->shared);

	for (; left > 0; left -= RTE_MIN(left, FWI_TAKE))
		take_shared(p);
}

static void
take_all_of_lane(struct fwpdk_poller *p, int producer)
{
	uint32_t left = fwi_lane_count(p->lane[producer]);

	for (; left > 0; left -= RTE_MIN(left, FWI_TAKE))
		take_lane(p, producer);
}

void
fwi_take_all(struct fwpdk_poller *p)
{
	uint64_t used = __atomic_load_n(&fwi_lanes_used, __ATOMIC_ACQUIRE);

	for (; used != 0; used &= used - 1)
		take_all_of_lane(p, __builtin_ctzll(used));
	take_all_shared(p);
}

void
fwi_take_own_lane(struct fwpdk_poller *p)
{
	const struct fwi_producer *pr = fwi_self.producer;

	/* Without a lane, then or now: what is in the shared ring may be ours. */
	take_all_shared(p);
	if (pr != NULL && fwi_self.life == __atomic_load_n(&fwi_life, __ATOMIC_RELAXED))
		while (!fwi_lane_empty(p->lane[pr->id]))
			take_lane(p, (int)pr->id);
}

/* Packets are out on a queue whose driver has to be asked. */
static void
flush_due(struct fwi_txq *q)
{
	uint64_t now = rte_rdtsc();

	if (now < q->next_flush || q->seen_state != FWI_TXQ_RUNNING)
		return;
	q->next_flush = now + q->flush_every;
	q->reclaim->flush(q);
}

static inline void
serve_queue(struct fwi_txq *q)
{
	bool settled;

	if (likely(!fwi_txq_empty(q))) {
		settled = fwi_txq_burst(q); /* and takes in what was released */
	} else {
		if (fwi_txq_returned(q))
			fwi_txq_collect(q);
		settled = !fwi_txq_blocked(q);
	}
	if (unlikely(!settled))
		fwi_txq_expire(q, rte_rdtsc());
	if (q->reclaim->flush != NULL && fwi_txq_free(q) + q->detached != q->pool_size) {
		flush_due(q);
		fwi_txq_collect(q);
	}
}

static inline void
follow_control(struct fwpdk_poller *p)
{
	uint32_t gen = __atomic_load_n(&fwi_stack_generation, __ATOMIC_ACQUIRE);
	bool changed = false;
	unsigned i;

	for (i = 0; i < p->nports; i++)
		if (unlikely(__atomic_load_n(&p->q[i]->state, __ATOMIC_RELAXED) !=
			     p->q[i]->seen_state)) {
			fwi_txq_state_changed(p->q[i]);
			changed = true;
		}
	if (unlikely(gen != p->generation)) {
		fwi_poller_forget_hops(p);
		p->generation = gen;
		changed = true;
	}
	if (unlikely(changed))
		fwi_path_ops.follow(p);
}

void
fwi_follow_control(struct fwpdk_poller *p)
{
	follow_control(p);
}

void
fwi_follow_again(struct fwpdk_poller *p)
{
	p->generation = __atomic_load_n(&fwi_stack_generation, __ATOMIC_RELAXED) - 1;
}

int
fwpdk_poll(struct fwpdk_poller *p)
{
	bool ends = false;
	uint64_t now;
	unsigned i;
	int n;

	if (unlikely(!fwi_poller_mine(p)) && fwi_poller_try_claim(p) != 0)
		return -EPERM;
	if (unlikely(p->in_poll))
		return 0;
	p->in_poll = true;
	fwi_bump(&p->polls, 1);
	now = rte_rdtsc();
	p->stamp = fwi_stamp(now);
	if (unlikely(now >= __atomic_load_n(&fwi_pmtu_due, __ATOMIC_RELAXED)))
		fwi_pmtu_expire(now);
	fwi_rcu_quiescent(p->id);
	follow_control(p);
	if (unlikely(now >= p->resolve_due))
		fwi_path_ops.resolve(p, now);

	if (p->nwait < 4 * FWI_TAKE + p->nfirst)
		take(p);
	if (p->wait_head != NULL)
		fwi_map_waiting(p);
	for (i = 0; i < p->nports; i++)
		serve_queue(p->q[i]);
	if (unlikely(p->nheld != 0))
		fwi_take_returned(p);
	if (p->input != NULL)
		ends = fwi_path_ops.poll(p);
	n = fwi_run_completions(p);
	p->sample_left -= n;
	if (unlikely(p->sample_left < 0)) {
		p->sample_left = FWI_SAMPLE_EVERY;
		p->sample = true;
	}
	if (unlikely(ends))
		fwi_path_ops.poll_ends(p);

	p->in_poll = false;
	return n;
}

uint16_t
fwpdk_tx(struct fwpdk_poller *p, uint16_t port_id, struct rte_mbuf **mbufs, uint16_t n)
{
	struct fwi_txq *q;
	uint32_t room;
	uint8_t i = port_id < RTE_MAX_ETHPORTS ? p->q_of_port[port_id] : 0xff;

	if (unlikely(!fwi_poller_mine(p)) && fwi_poller_try_claim(p) != 0)
		return 0;
	if (unlikely(i == 0xff || p->q[i]->seen_state != FWI_TXQ_RUNNING))
		return 0;
	q = p->q[i];
	if (p->wait_head != NULL) /* in order with what was injected before */
		fwi_map_waiting(p);
	room = p->wait_head != NULL ? 0 : fwi_txq_room(q);
	if (n > room)
		n = (uint16_t)room;
	fwi_txq_unready(q);
	fwi_txq_count(q);
	memcpy(q->next, mbufs, n * sizeof(mbufs[0]));
	q->next += n;
	q->limit = q->next;
	q->counted += n;
	q->host_packets += n;
	return n;
}

uint64_t
fwpdk_poller_deadline(const struct fwpdk_poller *p)
{
	unsigned i, turn;
	uint64_t used = __atomic_load_n(&fwi_lanes_used, __ATOMIC_ACQUIRE);
	uint64_t when = p->resolve_due;
	const struct fwi_txq *q;

	if (p->nwait != 0 || p->ndone != 0 || p->fail_head != NULL || !rte_ring_empty(p->shared))
		return 0;
	if (__atomic_load_n(&p->returned, __ATOMIC_RELAXED) != NULL)
		return 0;
	for (; used != 0; used &= used - 1) {
		turn = (unsigned)__builtin_ctzll(used);
		if (!fwi_lane_empty(p->lane[turn]))
			return 0;
	}
	for (i = 0; i < p->nports; i++) {
		q = p->q[i];
		if (q->foreign_ring != NULL && !rte_ring_empty(q->foreign_ring))
			return 0;
		if (fwi_txq_staged(q) != 0 || (q->cache != NULL && q->cache->len != 0))
			return 0;
		/* A receiver may give back at any time and cannot wake us: look again soon. */
		if (fwi_txq_in_driver(q) != 0)
			when = RTE_MIN(when, q->reclaim->flush != NULL
						     ? q->next_flush
						     : rte_rdtsc() + rte_get_tsc_hz() / 20000);
	}
	return when;
}
