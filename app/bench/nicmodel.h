/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A double of a hardware transmit queue: 1024 descriptors, packets stay with the "device"
 * until blocks of 32 of them are released by a later burst, when fewer than 960 are free.
 * The device itself is infinitely fast. It takes the place of a net_null port's queues.
 */
#ifndef BENCH_NICMODEL_H
#define BENCH_NICMODEL_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#define NICMODEL_DESC	     1024u
#define NICMODEL_BLOCK	     32u  /* descriptors released at a time */
#define NICMODEL_FREE_THRESH 960u /* release when fewer are free */
#define NICMODEL_QUEUES	     2u

struct nicmodel;

/* A packet as the device would see it. Returns what is wrong with it, or NULL. */
typedef const char *(*nicmodel_check)(const struct rte_mbuf *m, void *arg);

/* Replace the queues of a started port. check may be NULL. NULL: no memory. */
struct nicmodel *nicmodel_install(uint16_t port_id, nicmodel_check check, void *arg);
/* Give the queues back; they must be empty. The port may be stopped already. */
void nicmodel_remove(struct nicmodel *model);
/* Release all that the device holds, like a device that stops. By the polling thread. */
void nicmodel_flush(struct nicmodel *model);

/* Packets sent; of them, how many were looked at and how many were wrong. */
struct nicmodel_counts {
	uint64_t packets, checked, wrong;
	const char *first_wrong; /* what was wrong with the first of them */
};
void nicmodel_counts(const struct nicmodel *model, struct nicmodel_counts *counts);

#endif
