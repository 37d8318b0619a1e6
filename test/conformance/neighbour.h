/* SPDX-License-Identifier: BSD-3-Clause */
/* A neighbour on the other side of a net_ring port: what it is asked and what it says. */
#ifndef CONFORMANCE_NEIGHBOUR_H
#define CONFORMANCE_NEIGHBOUR_H

#include "inside.h"
#include "stack/prefix.h"

#define NB_MAC(last) ((const uint8_t[6]){2, 0x77, 0, 0, 0, (last)})

/*
 * inside_up() and port 0 resolves, with times that tests can wait for, and so long that a test
 * which is off the CPU for a while does not miss them.
 */
#define NB_RETRY_MS 100u
int nb_up(void **state);
/* Until a MAC just learned may be given up for another one. */
void nb_settle(void);

struct nb_nd {
	const char *src, *dst, *target;
	const uint8_t *mac; /* option, NULL = none */
	uint8_t type, flags, hop_limit, code;
	uint8_t opt_type, opt_len; /* 0: right */
	bool bad_checksum;
	unsigned cut; /* bytes from the end */
};

/* Frames of the neighbour, to be handed in. sender or target NULL: 0.0.0.0. */
struct rte_mbuf *nb_arp(uint16_t op, const uint8_t *mac, const char *sender, const char *target);
struct rte_mbuf *nb_nd(const struct nb_nd *what);
/* It answers what it was asked: true = the library took it. */
bool nb_answers(const char *addr, const uint8_t *mac);

/* The next frame that left by that port is this question, exactly. mac NULL: to all. */
void nb_asked(unsigned port, const char *addr, const uint8_t *mac);
/* The next frame is that packet, to that MAC. */
void nb_got(unsigned port, struct pkt *p, const uint8_t *mac);
void nb_nothing(unsigned port);
/* Poll until a frame left by that port; the next of the above will see it. */
void nb_wait(unsigned port);

void nb_key(const char *addr, enum fwi_family *family, fwi_u128 *key);
/* Routes by port 0, or by two gateways; a static neighbour there. */
void nb_route(const char *prefix, uint8_t len, const char *gateway);
void nb_route_two(
	const char *prefix, const char *first, unsigned port1, const char *second, unsigned port2);
void nb_known(const char *addr, uint8_t last);
/* By another poller's thread, which has not told of it yet. last 0: forgotten. */
void nb_learned(const char *addr, uint8_t last);
/* By port 1, not for the host. Left by port 0 as it came in, but for the TTL (IPv4). */
void nb_comes_in(struct pkt *p);
void nb_forwarded(struct pkt *p, const uint8_t *mac);

struct fwpdk_resolve_stats nb_stats(void);
/* Completes with that status; conservation. */
void nb_ends(struct pkt *p, NTSTATUS status);

#endif
