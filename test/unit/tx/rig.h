/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A library with net_null ports whose driver is replaced by one that takes, holds and
 * gives back packets as a test wants, a ledger of what was injected and completed.
 */
#ifndef TEST_TX_RIG_H
#define TEST_TX_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fwpsk.h>

#include <fwpdk/fwpdk.h>

#include "eal_fixture.h"
#include "tx/poller.h"
#include "tx/port.h"

#define RIG_PORTS   2
#define RIG_HELD    16384u
#define RIG_NBS	    4u
#define RIG_SEGS    4u
#define RIG_PKT_LEN 100u /* more than is copied instead of pointed at */

/* The replaced driver of one port (all its queues). */
struct rig_dev {
	uint16_t id;
	uint32_t limit;	 /* packets taken per burst */
	bool hold;	 /* keep them instead of releasing inside the burst */
	bool empties;	 /* an empty burst releases them */
	unsigned nempty; /* empty bursts seen */
	struct rte_mbuf *held[RIG_HELD];
	unsigned nheld;
	uint32_t seen[RIG_HELD]; /* numbers of the packets, in order of sending */
	unsigned nseen;
	bool overflow; /* a release wrote behind the poller's done[] */
};

struct rig_conf {
	unsigned ports;	 /* default 1; port 1 has 10.9.0.0/16 */
	unsigned queues; /* per port = pollers; default 1 */
	struct fwpdk_port_opts port;
	struct fwpdk_poller_opts poller;
	unsigned max_producers;
	bool no_start;
	/* Before a port is opened; puts a driver of its own in front of it. */
	void (*replace)(unsigned port);
};

struct rig {
	struct rig_dev dev[RIG_PORTS];
	unsigned ports, queues;
	uint32_t ifi[RIG_PORTS];
	struct fwpdk_poller *p[8];
	HANDLE h;
	NDIS_HANDLE pool, nb_pool;
};
extern struct rig rig;

/* A packet, or several in one list. */
struct pkt {
	NET_BUFFER_LIST *nbl;
	NET_BUFFER *more[RIG_NBS];
	MDL *mdl[RIG_NBS * RIG_SEGS];
	unsigned nmdl;
	uint8_t buf[RIG_NBS][16 + RIG_PKT_LEN];
	uint32_t number; /* of the first packet */
	int done;	 /* completions */
	NTSTATUS status;
	struct fwpdk_poller *by; /* owner's poller when it completed */
	bool dispatch;
};

void rig_up(const struct rig_conf *conf);
void rig_down(void); /* stops, drains and checks that everything came back */
/* Put the replaced driver in front of a port that was (re)started. */
void rig_shim(unsigned port);

/* nbs packets of segs segments each in one list, to 10.<net>.0.1 */
struct pkt *pkt_new(unsigned nbs, unsigned segs, unsigned net, bool backfill);
void pkt_del(struct pkt *p);
NTSTATUS pkt_inject(struct pkt *p);
VOID NTAPI
pkt_completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch);
/* Runs at the end of every completion, if set. */
extern void (*pkt_hook)(struct pkt *p);
extern unsigned pkt_completions; /* atomic */

/* Give back held packets: the n-th, or all from the first or from the last on. */
void rig_release(struct rig_dev *d, unsigned n);
void rig_release_all(struct rig_dev *d, bool reverse);

/* injected = completed + in flight, the latter counted where NBLs sit. */
void rig_check_conserved(void);
uint32_t rig_frame_number(const struct rte_mbuf *m);

#endif
