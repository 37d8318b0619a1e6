/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the data path asks the stack, and the two hooks by which the stack learns about
 * ports without knowing lib/tx (dependencies run inject -> tx -> map -> stack).
 */
#ifndef FWI_STACK_H
#define FWI_STACK_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

/* Where a packet goes. status != 0: nowhere, and the NBL completes with it. */
struct fwi_hop {
	uint8_t l2[14]; /* complete Ethernet header, type included */
	uint16_t mtu;	/* largest IP packet */
	uint16_t port_id;
	uint8_t user;	/* the caller's, look-ups leave it alone */
	uint8_t iface;	/* index of the interface - 1, see facts.h */
	int32_t status; /* 0, STATUS_NETWORK_UNREACHABLE or STATUS_HOST_UNREACHABLE */
};

#define FWI_NO_COMPARTMENT UINT32_MAX

/*
 * Grows with every change that can alter the result of a look-up: a poller that keeps
 * results drops them when it sees another value. Written with release after the change
 * is published, read with acquire before the look-up.
 */
extern uint32_t fwi_stack_generation;

/*
 * Look up on a poller's thread, online in fwi_rcu, results copied out. No lock, no
 * allocation, bounded. dst in network byte order.
 */
void fwi_stack_lookup4(uint32_t comp, uint32_t dst, struct fwi_hop *hop);
void fwi_stack_lookup6(uint32_t comp, const uint8_t dst[16], struct fwi_hop *hop);

/* Compartment id (0 = default) to table index; any thread, lock-free, never invalidated. */
uint32_t fwi_stack_compartment(uint32_t compartment_id);
uint32_t fwi_stack_compartment_id(uint32_t comp);

/* Set of port ids (bit n of word n/64) with an interface in that compartment. Control. */
#define FWI_PORT_WORDS 16 /* RTE_MAX_ETHPORTS <= 1024 */
void fwi_stack_ports(uint32_t comp, uint64_t ports[FWI_PORT_WORDS]);
bool fwi_stack_port_used(uint16_t port_id);

struct fwi_stack_hooks {
	/* 0 and MAC of an attached port, else -ENODEV */
	int (*port)(uint16_t port_id, struct rte_ether_addr *mac);
	/* false: a started poller serves comp and has no queue on that port */
	bool (*may_route)(uint32_t comp, uint16_t port_id);
};

int fwi_stack_init(uint32_t max_neighbours);
void fwi_stack_hook(const struct fwi_stack_hooks *hooks); /* copied */
void fwi_stack_fini(void);

#endif
