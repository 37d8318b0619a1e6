/* SPDX-License-Identifier: BSD-3-Clause */
/* One packet of sys_requests.c: made, asking for something, given back. */
#ifndef SYS_REQUEST_H
#define SYS_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include <fwpdk/fwpdk.h>
#include <fwpsk.h>

#include "sys_frame.h"

#define REQUEST_MDLS 5u

enum proto { TCP = 6, UDP = 17, ICMP = 1, ICMP6 = 58 };

struct request {
	/* Set before it is made. */
	const struct target *to;
	uint32_t page; /* its data are within one page of this size; 0: anywhere */
	bool six;
	enum proto proto;
	/* What it is. */
	NET_BUFFER_LIST *nbl;
	MDL *mdl[REQUEST_MDLS];
	uint8_t *block, *data, *copy, *ip; /* data is in the block */
	uint32_t len, l4;
	/* How it went. */
	NTSTATUS refused, want, status;
	unsigned times, mtu;
	bool same;
};

/*
 * Headers, all sums as a sender without NIC, and a payload that follows from the position. With
 * several MDLs the first ends in the IP header, the second in the transport header.
 */
void request_make(struct request *p, NDIS_HANDLE pool, uint32_t payload, unsigned n, unsigned mdls);
/* The fields are left as for a NIC: the pseudo header's sum, not complemented. */
void request_ask_sums(struct request *p);
void request_ask_segments(struct request *p, uint32_t mss);
void request_ask_tag(struct request *p);
/* It has completed: note how, and overwrite it, so that whoever reads too late sends that. */
void request_ended(struct request *p, const NET_BUFFER_LIST *nbl);
void request_free(struct request *p);

#endif
