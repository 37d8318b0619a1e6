/* SPDX-License-Identifier: BSD-3-Clause */
/* One thing that a sender injects: an NBL of some shape, or an original with its clones. */
#ifndef SYS_SHOT_H
#define SYS_SHOT_H

#include <fwpsk.h>

#include "sys_frame.h"

enum shape {
	SHAPE_MDLS,   /* one packet in 1..4 MDLs, every other four with backfill */
	SHAPE_NBS,    /* two NET_BUFFERs for two targets */
	SHAPE_SHARED, /* two NET_BUFFERs over one MDL */
	SHAPE_CLONES, /* a list and two clones of it, all in flight */
};

struct shots {
	NDIS_HANDLE nbl_pool, nb_pool;
	HANDLE handle[2]; /* IPv4, IPv6 */
	uint64_t accepted, completed, failed, refused, damaged;
	NTSTATUS first_error;
	uint64_t together; /* originals of which all clones were in flight with them */
	/* NULL, or told of each completion, on the thread where it runs */
	void (*done)(const struct datagram *d, NTSTATUS status);
};

struct shot {
	struct shots *shots;
	struct datagram d[2];
	uint8_t *data[2];
	NET_BUFFER_LIST *nbl[3];
	unsigned nb_nbls, next; /* next: to inject */
	unsigned in_flight, left;
};

extern struct shots shots;

/* Pools and handles. Returns 0, -1 after a line. */
int shots_open(void);
int shots_close(void);
/* Build; NULL when a pool is empty. targets: one, or two for SHAPE_NBS. */
struct shot *shot_make(enum shape shape, struct target *const *targets, const struct datagram *d);
/* For a shot that was never injected. */
void shot_discard(struct shot *shot);
/* How many datagrams arrive at each target. */
unsigned shape_copies(enum shape shape);
/* Inject what is left of the shot; after an error the call may be repeated. */
NTSTATUS shot_try(struct shot *shot, int family);
/* The same; false: back-pressure, try again after a poll. Exits after a line on other errors. */
bool shot_inject(struct shot *shot, int family);

#endif
