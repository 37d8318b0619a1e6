/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How an idle queue is made to tell that it is done: one small file per strategy behind
 * this interface. Owner thread.
 */
#ifndef FWI_RECLAIM_H
#define FWI_RECLAIM_H

#include <stdbool.h>

#include <fwpdk/port.h>

struct fwi_txq;
struct rte_mbuf;

struct fwi_reclaim {
	const char *name;
	enum fwpdk_strategy strategy;
	/* NULL: nothing to do, releases come by themselves or never */
	void (*flush)(struct fwi_txq *q);
	bool track;   /* remember what was sent: flush completes without a release */
	bool bounded; /* an idle queue completes within flush_us plus one poll */
};

const struct fwi_reclaim *fwi_reclaim_of(enum fwpdk_strategy strategy);
struct fwi_port;
/* Control: what the queues of a port have come to; the weakest of them. */
const struct fwi_reclaim *fwi_port_reclaim(const struct fwi_port *port);

/* reclaim_watch.c: no strategy known, candidates are tried on the idle queue. */
extern const struct fwi_reclaim fwi_reclaim_learn;
void fwi_reclaim_set(struct fwi_txq *q, const struct fwi_reclaim *r);
/* The queue's strategy does not do what it promised. */
void fwi_reclaim_lost(struct fwi_txq *q);
/* What a flush call said: a few refusals running and the strategy is lost, until one works. */
void fwi_reclaim_answer(struct fwi_txq *q, bool refused);

void fwi_flush_watch(struct fwi_txq *q);
void fwi_flush_learn(struct fwi_txq *q);
void fwi_flush_cleanup(struct fwi_txq *q);
void fwi_flush_empty(struct fwi_txq *q);
void fwi_flush_desc(struct fwi_txq *q);

/* sent.c: completion mbufs in the order in which they went to the driver. */
int fwi_sent_create(struct fwi_txq *q, int socket);
void fwi_sent_destroy(struct fwi_txq *q);
/* Before a burst of n packets: note them all; after it: keep those that were taken. */
void fwi_sent_note(struct fwi_txq *q, struct rte_mbuf **pkts, uint16_t n);
void fwi_sent_keep(struct fwi_txq *q, struct rte_mbuf **pkts, uint16_t n, uint16_t taken);
/* The device is done with everything: NBLs complete, the driver keeps empty mbufs. */
void fwi_sent_all_done(struct fwi_txq *q);

#endif
