/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the data path asks the stack, and the two hooks by which the stack learns about
 * ports without knowing lib/tx (dependencies run inject -> tx -> map -> stack).
 */
#ifndef FWI_STACK_H
#define FWI_STACK_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_ether.h>

/* Where a packet goes. status != 0: nowhere, and the NBL completes with it. */
struct fwi_hop {
	uint8_t l2[14]; /* complete Ethernet header, type included */
	uint16_t mtu;	/* largest IP packet */
	uint16_t port_id;
	uint8_t user;	/* the caller's, look-ups leave it alone */
	uint8_t iface;	/* index of the interface - 1, see facts.h */
	int32_t status; /* 0, STATUS_NETWORK_UNREACHABLE, STATUS_HOST_UNREACHABLE, or: */
};

/*
 * No NTSTATUS of ours: the route has several next hops, or the compartment rules by source, and
 * the answer depends on the flow. Such a hop may be kept for the destination; what the _flow
 * functions answer may not.
 */
#define FWI_HOP_BY_FLOW 1

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

/* Which of several next hops, and in which table. */
struct fwi_flow {
	uint32_t hash;	   /* map/ip.h */
	uint32_t if_index; /* the way out that is given, or 0 */
	uint8_t src[16];   /* IPv4 in the first 4 */
};

/* The source address of the packet whose IP header that is. */
static inline void
fwi_flow_src(struct fwi_flow *flow, const uint8_t *header)
{
	if (header[0] >> 4 == 6)
		memcpy(flow->src, header + 8, 16);
	else
		memcpy(flow->src, header + 12, 4);
}

/*
 * The same for one flow: never FWI_HOP_BY_FLOW. True: the flow's own next hop has no neighbour,
 * this is another one that has.
 */
bool fwi_stack_lookup4_flow(
	uint32_t comp, uint32_t dst, const struct fwi_flow *flow, struct fwi_hop *hop);
bool fwi_stack_lookup6_flow(
	uint32_t comp, const uint8_t dst[16], const struct fwi_flow *flow, struct fwi_hop *hop);

/*
 * The same for a way out that is given: of several next hops one over that interface, best one
 * whose neighbour is known. Without such a one as by hash alone.
 */
void fwi_stack_lookup4_via(
	uint32_t comp, uint32_t dst, const struct fwi_flow *flow, struct fwi_hop *hop);
void fwi_stack_lookup6_via(
	uint32_t comp, const uint8_t dst[16], const struct fwi_flow *flow, struct fwi_hop *hop);

/* A next hop by its address. Compared and hashed as bytes: no padding. */
struct fwi_next {
	uint32_t if_index;
	uint32_t version; /* 4 or 6 */
	uint8_t addr[16]; /* IPv4 in the first 4, the rest 0 */
};
_Static_assert(sizeof(struct fwi_next) == 24, "padding");
/*
 * As the look-ups above: the way to dst is known but for the MAC of next[0]. Returns how many of
 * next[] there are, 0 = that is not so. Of several next hops the first is the flow's own, then
 * others without a neighbour up to max.
 */
unsigned fwi_stack_missing4(uint32_t comp, uint32_t dst, const struct fwi_flow *flow,
	struct fwi_next *next, unsigned max);
unsigned fwi_stack_missing6(uint32_t comp, const uint8_t dst[16], const struct fwi_flow *flow,
	struct fwi_next *next, unsigned max);

/* An address of an interface; IPv4 in the first 4 bytes. */
struct fwi_in_addr {
	uint8_t bytes[16];
	uint8_t version, prefix_len;
};

/* An interface as packets that come in see it. */
struct fwi_in_if {
	uint32_t if_index;
	uint32_t comp; /* table index */
	uint32_t comp_id;
	uint16_t port_id;
	struct rte_ether_addr mac;
	const uint16_t *mtu; /* atomic */
	bool forward;	     /* packets for others are sent on */
	bool resolve;	     /* neighbours are asked for */
	uint16_t naddrs;
	const struct fwi_in_addr *addrs;
	uint16_t vlan_id;	/* 0 = untagged frames, and those of VLANs without an interface */
	uint16_t outer_vlan_id; /* of the tag in front of it, 0 = none */
	uint16_t stack_port;	/* where its own stack is, FWI_NO_PORT = in the host */
};
#define FWI_NO_PORT UINT16_MAX

enum fwi_addr_kind { FWI_ADDR_OTHER, FWI_ADDR_LOCAL, FWI_ADDR_BROADCAST, FWI_ADDR_MULTICAST };

/*
 * inbound.c, as the look-ups above; the result is valid until the poller's next quiescent state.
 * The interface that a frame for dst is for, or NULL. VLAN ids 0: no such tag.
 */
const struct fwi_in_if *fwi_stack_in_if(uint16_t port_id, const struct rte_ether_addr *dst,
	uint16_t vlan_id, uint16_t outer_vlan_id);
/* All of a port, one behind the other. */
const struct fwi_in_if *fwi_stack_in_port(uint16_t port_id, uint32_t *n);
const struct fwi_in_if *fwi_stack_in_if_index(uint32_t if_index);
/* The interface whose stack is behind that port, or NULL. */
const struct fwi_in_if *fwi_stack_in_front_of(uint16_t port_id);
/* What an address is to this compartment. */
enum fwi_addr_kind fwi_stack_addr4(uint32_t comp, uint32_t addr);
enum fwi_addr_kind fwi_stack_addr6(uint32_t comp, const uint8_t addr[16]);
/* The interface of that compartment that has the address, or 0. */
uint32_t fwi_stack_local4(uint32_t comp, uint32_t addr);
uint32_t fwi_stack_local6(uint32_t comp, const uint8_t addr[16]);
/* For packets that never leave (127/8, ::1): an interface of that compartment, or 0. */
uint32_t fwi_stack_any_if(uint32_t comp);

/* Compartment of an interface, FWI_NO_COMPARTMENT if there is none; any thread, lock-free. */
uint32_t fwi_stack_if_compartment(uint32_t if_index);

/* Compartment id (0 = default) to table index; any thread, lock-free, never invalidated. */
uint32_t fwi_stack_compartment(uint32_t compartment_id);
uint32_t fwi_stack_compartment_id(uint32_t comp);

/* Set of port ids (bit n of word n/64) with an interface in that compartment. Control. */
#define FWI_PORT_WORDS 16 /* RTE_MAX_ETHPORTS <= 1024 */
void fwi_stack_ports(uint32_t comp, uint64_t ports[FWI_PORT_WORDS]);
bool fwi_stack_port_used(uint16_t port_id);

/* The link of a port went down: look-ups end with NDIS_STATUS_MEDIA_DISCONNECTED. Any thread. */
void fwi_stack_link(uint16_t port_id, bool down);

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
