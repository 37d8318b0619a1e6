/* SPDX-License-Identifier: BSD-3-Clause */
/* The datagrams of the system tests: numbered, and every byte follows from the number. */
#ifndef SYS_FRAME_H
#define SYS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX   1500u
#define SOURCE_PORT 20000u /* + 16 * thread + flow */

/* Where datagrams go, in network order. */
struct target {
	int family; /* 4 or 6 */
	uint8_t source[16], address[16];
	uint8_t mac[6];
	uint16_t udp_port, eth_port;
	uint64_t *progress; /* [0]: the receiver listens, [1]: datagrams it has received */
	uint64_t sent;
};

/* Payload: thread, flow, sequence, total length as little-endian words, then a pattern. */
struct datagram {
	uint32_t thread, flow, sequence;
};

/* "ethport,address,mac,udpport,progressfile"; exits after a line on a bad one. */
void target_parse(const char *text, struct target *target);
/* Writes an IP packet of at most FRAME_MAX bytes, returns its length. */
size_t frame_write(uint8_t *packet, const struct target *target, const struct datagram *d);
/* Is the IP packet one of frame_write(), bit by bit? */
bool frame_check(const uint8_t *packet, size_t len, struct datagram *d);
/* A file's two words, shared. */
uint64_t *progress_map(const char *file);
/* Poll until the receiver of the target listens; exits after a line at the deadline. */
void progress_wait(const struct target *target);

#endif
