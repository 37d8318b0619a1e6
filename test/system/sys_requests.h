/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A sender of packets with requests out of band: every combination of IP version, protocol,
 * MDLs, checksum request and VLAN tag; per version, with and without tag, a TCP send of 64 KB
 * and a UDP segmentation; IPv4 datagrams of 4,000 bytes with and without DF over an MTU of
 * 1500. sysoffload.py has the same rules and knows each frame's bytes.
 */
#ifndef SYS_REQUESTS_H
#define SYS_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "sys_frame.h"

struct fwpdk_poller;

/* Of the library's counters, as far as the requests moved them. */
struct requests_counts {
	unsigned combinations; /* IP version, protocol, ... */
	uint64_t nbls, frames, checksums, checksums_nic, segments, fragments, tagged;
};

struct requests {
	const struct target *to;     /* [0]: IPv4, [1]: IPv6 */
	struct fwpdk_poller *poller; /* polled by the caller's thread */
	uint32_t
		page; /* no packet's data may be in two pages of this size; 0: it does not matter */
	__attribute__((format(printf, 1, 2))) void (*fault)(const char *format, ...);
};

/*
 * Inject all of them at once and poll until they have completed: once each, with the status
 * that it should be, the client's bytes as they were, and counted. False after a fault.
 * The interface fragments and has an MTU of 1500.
 */
bool requests_send(const struct requests *requests, struct requests_counts *counts);

#endif
