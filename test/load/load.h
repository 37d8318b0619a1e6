/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the two programs share: EAL and a library with one port behind a double, a few
 * pollers, packets that count for themselves.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <fwpsk.h>

#include <fwpdk/fault.h>
#include <fwpdk/fwpdk.h>

#define LOAD(x)	    __atomic_load_n(&(x), __ATOMIC_ACQUIRE)
#define STORE(x, v) __atomic_store_n(&(x), v, __ATOMIC_RELEASE)
#define ADD(x, v)   __atomic_add_fetch(&(x), v, __ATOMIC_ACQ_REL)

#define MUST(c)                                                                         \
	do {                                                                            \
		if (!(c)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #c); \
			exit(1);                                                        \
		}                                                                       \
	} while (0)

#define LOAD_POLLERS 2u

struct load_conf {
	uint32_t ring_size, backlog, max_hold_us, max_producers;
	unsigned pollers;
	enum fwpdk_strategy strategy;
	fwpdk_fault_check check;
};

extern struct fwpdk_poller *load_poller[LOAD_POLLERS];
extern struct fwpdk_fault *load_fault;
extern uint16_t load_port;

void load_up(const struct load_conf *c);
void load_down(void); /* everything has to be given back */

/* One IPv4 packet in one MDL; flow spreads over the pollers. */
NET_BUFFER_LIST *load_packet(uint16_t flow);
void load_packet_free(NET_BUFFER_LIST *nbl);

/* --NAME=number of the command line, or what is given here. */
uint64_t load_option(int argc, char **argv, const char *name, uint64_t otherwise);
/* A number 0..n-1 */
uint32_t load_random(uint64_t *state, uint32_t n);

#endif
