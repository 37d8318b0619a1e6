/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What all conformance programs share: EAL once per program, and per test a fresh library
 * with ports, routes, a poller, two handles and a pool, taken down completely afterwards.
 * The take-down is part of every test: it fails if an NBL is lost, completed twice, or
 * if fwpdk_fini() finds anything that was not given back.
 */
#ifndef CONFORMANCE_FIXTURE_H
#define CONFORMANCE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fwpsk.h>

#include <fwpdk/fwpdk.h>
#include <fwpdk/pool.h>

#include "packet.h"

#define FX_PORTS 3

struct fx_port {
	const char *dev; /* "net_null0", "net_ring0", ... */
	uint16_t id;
	uint32_t ifi, ifi2; /* ifi2: a second interface, the test deletes it */
	bool open;
};

struct fx_conf {
	const char *dev[FX_PORTS]; /* the first one has the default routes */
	const char *args[FX_PORTS];
	struct fwpdk_port_opts port;
	struct fwpdk_poller_opts poller;
	unsigned max_producers;
	bool no_poller_start;
	void (*before_open)(uint16_t port_id);
	bool held; /* the test keeps packets from being released: never in copy mode */
};

struct fx {
	struct fx_port port[FX_PORTS];
	unsigned nports;
	struct fwpdk_poller *poller;
	HANDLE h4, h6;
	NDIS_HANDLE pool, nb_pool;
};
extern struct fx fx;

/* main() of every program. */
int fx_eal(void);
int fx_run(const char *name, const struct CMUnitTest *tests, size_t n);
#define FX_MAIN(tests)                                                              \
	int main(void)                                                              \
	{                                                                           \
		return fx_run(__FILE__, tests, sizeof(tests) / sizeof((tests)[0])); \
	}
void fx_test_begins(void **state);
extern bool fx_unusable; /* something is alive that fwpdk_fini() waits for */

/* cmocka setups. Port 1 of the two-port ones gets 10.9.0.0/16 and fd09::/16. */
int fx_up(void **state, const struct fx_conf *conf);
int fx_up_null(void **state);
int fx_up_ring(void **state);
int fx_up_ring_null(void **state);
int fx_up_held(void **state); /* net_ring, and the test relies on what is with the reader */
int fx_up_held_null(void **state);
int fx_up_bare(void **state); /* library only: no port, poller or handle */
int fx_down(void **state);

/* Waits: a condition, bounded by polls and by time. False = the bound was hit. */
typedef bool (*fx_cond)(void *arg);
bool fx_poll_until(fx_cond cond, void *arg);
bool fx_wait_until(fx_cond cond, void *arg); /* somebody else polls */
bool fx_poll_done(uint64_t completions);     /* poll until that many completions ran */
void fx_poll_n(unsigned n);
/* Does that port send copies? Then a list completes once the driver has them. */
bool fx_copies(unsigned port);
uint64_t fx_now_us(void);

/* The other end of a net_ring port. Received mbufs stay with the caller. */
unsigned fx_ring_rx(unsigned port, struct rte_mbuf **m, unsigned n);
void fx_ring_discard(unsigned port); /* receive and free what is there */
uint32_t fx_mbuf_read(const struct rte_mbuf *m, void *buf, uint32_t size);
/* Fails the test unless the frame is the Ethernet header of that port + the packet. */
void fx_check_frame(const struct rte_mbuf *m, unsigned port, const struct pkt *p);

/* Through net_ring (port 0): inject, compare the frame, give it back, complete. */
void fx_send_and_check(struct pkt *p);
void fx_send_random(unsigned seed, unsigned count);

struct fwpdk_stats fx_stats(void);
/* injected == completed + in_flight, in_flight counted where NBLs sit. */
void fx_check_conserved(void);

/* A thread that polls fx.poller until told to stop. */
void fx_thread_start(void);
void fx_thread_stop(void);
bool fx_thread_is(pthread_t t);

/*
 * In front of the driver of a port: counts, notes that we are inside the driver, and
 * can refuse packets.
 */
struct fx_shim {
	uint64_t offered, taken;
	uint32_t limit; /* packets taken per burst */
};
extern struct fx_shim fx_shim;
extern __thread int fx_in_driver;
void fx_shim_on(unsigned port);
void fx_shim_off(void);

#define assert_status(call, want) assert_int_equal((uint32_t)(call), (uint32_t)(want))

#endif
