/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A double in front of a port's transmit queues.
 *
 * A queue is a ring of segments: [head, done) the device is finished with, [done, tail) it
 * still has. Bursts come from one thread; knobs, releases and figures from any, so
 * everything in a queue is under its lock. mbufs are released outside of it.
 */
#ifndef FWI_FAULT_H
#define FWI_FAULT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_config.h>
#include <rte_ethdev.h>

#include <fwpdk/fault.h>

#define FWI_FAULT_QUEUES 64u
#define FWI_FAULT_CHUNK	 64u /* mbufs picked, or packets taken, under one lock */

struct fwi_fault_entry {
	struct rte_mbuf *m;
	uint64_t when;	 /* TSC at which it was taken */
	uint64_t packet; /* its number */
	uint32_t crc;
};

struct fwi_fault_queue {
	pthread_mutex_t lock; /* threads may share a core: who spins keeps the owner from it */
	bool verify;
	struct fwpdk_fault_knobs knobs;
	uint64_t finish_ticks, refuse_until; /* TSC */
	uint32_t refuse_left, drop_left;
	uint64_t random;
	uint64_t head, done, tail;
	uint32_t nb_desc, mask, rs_mask, free_thresh;
	fwpdk_fault_check check;
	void *check_arg;
	struct fwi_fault_entry *entry;
	struct fwpdk_fault_counts n;
	uint64_t packets; /* held so far */
} __rte_cache_aligned;

struct fwi_fault_nic;

struct fwpdk_fault {
	uint16_t port_id, nb_queues;
	struct fwpdk_fault_opts opts;
	struct fwi_fault_queue *queue;
	struct fwi_fault_nic *nic;
	void *data[RTE_MAX_QUEUES_PER_PORT]; /* what txq.data points to */
	eth_tx_burst_t burst;
	eth_tx_descriptor_status_t status;

	/* of the driver */
	eth_tx_burst_t real_burst;
	eth_tx_prep_t real_prepare;
	eth_tx_descriptor_status_t real_status;
	void **real_data;

	bool link_down, vanished; /* atomic */
	pthread_mutex_t lock;	  /* of what follows */
	bool closed;
	uint32_t fail_starts, fail_stops;
	int fail_rc;
	enum fwpdk_fault_end end;
	uint64_t starts, stops;
};

/* fp_ops.c */
bool fwi_fault_in_front(const struct fwpdk_fault *f);
void fwi_fault_put(struct fwpdk_fault *f);
void fwi_fault_take_away(struct fwpdk_fault *f);

/* calls.c */
void fwi_fault_divert(struct fwpdk_fault *f);
void fwi_fault_undivert(struct fwpdk_fault *f);

/* take.c, data path */
uint16_t fwi_fault_burst(void *queue, struct rte_mbuf **mbufs, uint16_t n);
int fwi_fault_status(void *queue, uint16_t offset);

/* give.c, data path and any other thread */
uint64_t fwi_fault_random(struct fwi_fault_queue *q);
uint32_t fwi_fault_crc(const struct rte_mbuf *m);
/* Under the lock: move done over what is ripe. */
void fwi_fault_ripen(struct fwi_fault_queue *q, uint64_t now);
/* Under the lock: the device is finished with the oldest n it has. */
uint32_t fwi_fault_finish_n(struct fwi_fault_queue *q, uint32_t n);
/* Finished descriptors that have reported. */
static inline uint64_t
fwi_fault_reported(const struct fwi_fault_queue *q)
{
	uint64_t reported = q->done & ~(uint64_t)q->rs_mask;

	return reported > q->head ? reported : q->head;
}
/* Release up to n; also what the device still has, or only what has reported. */
uint32_t fwi_fault_give(struct fwi_fault_queue *q, uint32_t n, bool unfinished);

/* nic.c, data path */
struct fwi_fault_nic *fwi_fault_nic_new(struct fwpdk_fault *f);
uint16_t fwi_fault_nic_burst(void *queue, struct rte_mbuf **mbufs, uint16_t n);
uint32_t fwi_fault_nic_give(struct fwi_fault_nic *nic, uint32_t n);
void fwi_fault_nic_counts(const struct fwi_fault_nic *nic, struct fwpdk_fault_counts *counts);

#endif
