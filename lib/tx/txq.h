/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One TX queue in the hands of one poller.
 *
 * stage[head..tail) are packets in order, waiting for rte_eth_tx_burst(). A staged copy
 * carries its NBL in credit[] beside it: no release will tell of a copy, so its NBL is
 * credited when the burst takes it. For completion mbufs and the host's own credit is 0.
 *
 * stage[next..limit) holds free completion mbufs, each where the next packet will be: the
 * fast path fills them in and moves next.
 *
 * The completion pool has a mempool cache on the owner's lcore and on no other. What a
 * driver releases there is found in it by fwi_txq_collect(); releases elsewhere, and those
 * that overflow it, come through the pool's ops.
 */
#ifndef FWI_TXQ_H
#define FWI_TXQ_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mempool.h>
#include <rte_ring.h>

#include "core/compat.h"
#include "core/hint.h"
#include "map/mapq.h"

struct fwpdk_poller;
struct fwi_port;

#define FWI_TX_BURST 64u /* packets per rte_eth_tx_burst() call */
#define FWI_READY    32u /* free mbufs kept in front of the stage */

/* In credit[]: the NBL is this one packet, and its FwpdkPending does not count it. */
#define FWI_CREDIT_WHOLE 1u

/* Written by the side named; a parked queue is not touched by its poller. */
enum fwi_txq_state {
	FWI_TXQ_PARKED,	 /* poller -> control: nothing staged, driver not called */
	FWI_TXQ_RUNNING, /* control -> poller */
	FWI_TXQ_PARK	 /* control -> poller: let go of the queue */
};

/* What was seen of the driver, reclaim_watch.c. */
#define FWI_CANDIDATES 2u
struct fwi_watch {
	uint64_t packets;
	bool lost; /* atomic for control: a forced strategy that does not do what it promised */
	uint8_t late, refused, turn, hits[FWI_CANDIDATES];
};

struct fwi_txq {
	/* what the fast path touches */
	struct rte_mbuf **next, **limit; /* stage + tail, stage + ready */
	uint64_t bytes;
	struct rte_mbuf **stage;
	uint32_t head, cap;
	struct rte_mempool_cache *cache; /* the owner's lcore's, open; NULL = none */
	uint64_t packets;		 /* of stage[..counted) and all before */
	uint32_t counted;
	uint64_t *credit;

	struct fwi_mapq map;
	uint16_t port_id, queue_id;
	uint32_t ncredit;    /* entries of credit[] in head..tail that are not 0 */
	int32_t drop_status; /* not 0: expired, what is mapped for this queue fails so */
	bool fast; /* send_fast.h may stage here: zero-copy, any address, mbufs come back clean */
	bool for_nic;	    /* something staged leaves checksums to the NIC */
	bool blocked;	    /* the mapper waits for mbufs or for room here */
	uint8_t seen_state; /* the owner's copy of state */
	struct fwpdk_poller *poller;
	uint16_t nb_desc;
	const struct fwi_reclaim *reclaim; /* atomic for control, which reads it */
	struct fwi_watch watch;
	bool forced;			  /* the strategy was asked for: no other one is tried */
	const struct fwi_reclaim *chosen; /* to begin with, after each start */
	uint64_t next_flush, flush_every; /* TSC */
	struct rte_mbuf **sent;		  /* reclaim->track: mbufs sent, in order */
	uint32_t sent_head, sent_tail, sent_mask;
	uint32_t sent_end[FWI_TX_BURST];
	uint32_t detached;    /* mbufs with the driver whose NBLs are done */
	uint64_t stuck_since; /* TSC since when nothing moved, 0 = moving */
	uint64_t max_hold;    /* TSC ticks */

	uint64_t bursts, partial_bursts, expired, host_packets, foreign;

	/* other threads write these */
	uint8_t state __rte_cache_aligned; /* enum fwi_txq_state, atomic */
	struct rte_ring *foreign_ring;	   /* completion mbufs released elsewhere */
	struct rte_mempool *cpool;
	uint32_t pool_size;
	struct fwi_port *port;
};

static inline uint32_t
fwi_txq_tail(const struct fwi_txq *q)
{
	return (uint32_t)(q->next - q->stage);
}

/* Free completion mbufs in front of the stage. */
static inline uint32_t
fwi_txq_ready(const struct fwi_txq *q)
{
	return (uint32_t)(q->limit - q->next);
}

static inline uint32_t
fwi_txq_staged(const struct fwi_txq *q)
{
	return (uint32_t)(q->next - (q->stage + q->head));
}

static inline bool
fwi_txq_empty(const struct fwi_txq *q)
{
	return q->next == q->stage + q->head;
}

/* Nothing is staged: the next packet goes to the front, where n free mbufs lie ready. */
static inline void
fwi_txq_rewind(struct fwi_txq *q, uint32_t n)
{
	q->head = q->counted = 0;
	q->next = q->stage;
	FWI_READ_AGAIN(); /* as one vector it takes more */
	q->limit = q->stage + n;
}

/* The completion mbuf behind an mbuf on the way, NULL = it is a copy or the host's. */
static inline struct rte_mbuf *
fwi_txq_record(const struct fwi_txq *q, struct rte_mbuf *m)
{
	if (likely(m->pool == q->cpool))
		return m;
	return m->pool == q->map.ext_pool ? fwi_extbuf_record(m) : NULL;
}

/* The NBL of an entry of credit[]. */
static inline NET_BUFFER_LIST *
fwi_credit_nbl(uint64_t credit)
{
	return (NET_BUFFER_LIST *)(uintptr_t)(credit & ~(uint64_t)FWI_CREDIT_WHOLE);
}

/* Releases that the poller has not looked at. */
static inline bool
fwi_txq_returned(const struct fwi_txq *q)
{
	return (q->cache != NULL && q->cache->len != 0) ||
	       (q->foreign_ring != NULL && !rte_ring_empty(q->foreign_ring));
}

/* Packets are counted when there is a burst, or when it matters, not one by one. */
static inline void
fwi_txq_count(struct fwi_txq *q)
{
	uint32_t tail = fwi_txq_tail(q);

	q->packets += tail - q->counted;
	q->counted = tail;
}

/* Completion mbufs that carry no packet and are not with a driver. */
static inline uint32_t
fwi_txq_free(const struct fwi_txq *q)
{
	return q->map.nfree + fwi_txq_ready(q);
}

/* The same for threads that only look. */
FWI_APPROXIMATE static inline uint32_t
fwi_txq_tail_seen(const struct fwi_txq *q)
{
	return (uint32_t)(q->next - q->stage);
}
FWI_APPROXIMATE static inline uint32_t
fwi_txq_staged_seen(const struct fwi_txq *q)
{
	int64_t n = q->next - q->stage - q->head;

	return n < 0 || n > q->cap ? 0 : (uint32_t)n; /* it has begun at the front just now */
}
FWI_APPROXIMATE static inline uint32_t
fwi_txq_free_seen(const struct fwi_txq *q)
{
	return q->map.nfree + (uint32_t)(q->limit - q->next);
}

/*
 * Completion mbufs that are neither free nor staged, and whose NBLs are not done: the driver
 * or a receiver has them.
 */
uint32_t fwi_txq_in_driver(const struct fwi_txq *q);

/* cpool.c, control */
int fwi_cpool_ops_register(void);
int fwi_cpool_create(struct fwi_txq *q, int socket, uint32_t size, unsigned serial);
void fwi_cpool_destroy(struct fwi_txq *q);
/* Owner thread: releases on its lcore go into the pool's cache from now on, or no longer. */
void fwi_cpool_open_cache(struct fwi_txq *q);
void fwi_cpool_close_cache(struct fwi_txq *q);

/* burst.c, owner thread. Free stage slots after compaction. */
uint32_t fwi_txq_room(struct fwi_txq *q);
void fwi_txq_stage(struct fwi_txq *q, const struct fwi_mapped *pkt, uint64_t credit);
/* An ordinary mbuf that no NBL waits for; there is room. */
void fwi_txq_stage_host(struct fwi_txq *q, struct rte_mbuf *m);
/* True: all of it is with the driver, and the mapper waits for nothing. */
bool fwi_txq_burst(struct fwi_txq *q);
/* Take in what was released since: from elsewhere by ring, here by the pool's cache. */
void fwi_txq_collect(struct fwi_txq *q);
/* Free mbufs in front of an empty stage; and back from there. */
void fwi_txq_make_ready(struct fwi_txq *q);
void fwi_txq_unready(struct fwi_txq *q);
void fwi_txq_expire(struct fwi_txq *q, uint64_t now);

/* credit.c, owner thread. After a burst of n from the head, of which sent were taken. */
void fwi_credit_follow(
	struct fwi_txq *q, struct rte_mbuf *const *before, uint16_t n, uint16_t sent);

/* park.c, owner thread: act on a state change. */
void fwi_txq_state_changed(struct fwi_txq *q);
/* Take back everything staged; its NBLs end with status. */
void fwi_txq_flush(struct fwi_txq *q, int32_t status);

#endif
