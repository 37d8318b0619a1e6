/* SPDX-License-Identifier: BSD-3-Clause */
/* What the kernel says itself: where it would send a packet, and which neighbours it has. */
#ifndef TEST_RANDOM_KERNEL_H
#define TEST_RANDOM_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "stack/prefix.h"

#define SAY_HOPS 64

struct say_hop {
	int ifindex;
	fwi_u128 to; /* the gateway, or the destination itself */
};

struct say {
	bool local; /* for the kernel itself */
	unsigned n; /* 0: it leads nowhere */
	struct say_hop hop[SAY_HOPS];
};

struct say_neigh {
	int ifindex;
	enum fwi_family family;
	fwi_u128 addr;
	uint8_t mac[6];
};

void say_open(void);
void say_close(void);
/* Of the route that a packet from src (0: any) to dst takes, the next hops that are not dead. */
struct say say_route(enum fwi_family family, fwi_u128 src, fwi_u128 dst);
/* Those with a MAC that it would use. Returns how many. */
unsigned say_neighs(struct say_neigh *n, unsigned max);

#endif
