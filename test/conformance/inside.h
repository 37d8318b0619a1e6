/* SPDX-License-Identifier: BSD-3-Clause */
/* The receive side under test: frames that come in, and what is delivered. */
#ifndef CONFORMANCE_INSIDE_H
#define CONFORMANCE_INSIDE_H

#include "fixture.h"

#define INSIDE_LOCAL  "192.0.2.9"
#define INSIDE_LOCAL6 "fd02::9"

/*
 * Two net_ring ports, started, with a receive side; 192.0.2.9/24 and fd02::9/64 are local on
 * port 0, which forwards. 10.9/16 and fd09::/16 lead to port 1, all else to port 0.
 */
int inside_up(void **state);
int inside_up_no_receiver(void **state); /* local packets go on too */
int inside_down(void **state);

/* A frame for the interface of that port with these bytes behind the Ethernet header. */
struct rte_mbuf *inside_frame(unsigned port, const void *ip, uint32_t len);
/* The bytes of a test packet. */
struct rte_mbuf *inside_packet(unsigned port, const struct pkt *p);
/* Hand one in. True: it goes on, the caller's again. */
bool inside_input(unsigned port, struct rte_mbuf *m);

/* What the receive function got, the test's; NULL = nothing (more). */
struct rte_mbuf *inside_received(void);
extern uint32_t inside_if; /* interface of the last one */

/* Do not free it now but with inside_free_kept(). */
void inside_keep(struct rte_mbuf *m);
void inside_free_kept(void);

struct fwpdk_input_stats inside_stats(void);
/* Frames of the test that somebody has. */
unsigned inside_out(void);
/* All mbufs of the test are back. */
void inside_all_back(void);

#endif
