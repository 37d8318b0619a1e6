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
	/* NULL: nothing to do, releases come by themselves or never */
	void (*flush)(struct fwi_txq *q);
	bool track;   /* remember what was sent: flush completes without a release */
	bool bounded; /* an idle queue completes within flush_us plus one poll */
};

const struct fwi_reclaim *fwi_reclaim_of(enum fwpdk_strategy strategy);

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
