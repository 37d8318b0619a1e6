/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The stack below the injection: compartments (= routing tables), interfaces, addresses,
 * routes and neighbours. All calls are control calls and may be made while traffic runs;
 * the data path sees each change whole, at the latest from the poll after next.
 *
 * Addresses are network-order bytes: 4 for AF_INET, 16 for AF_INET6 (10, or 23 as on Windows).
 */
#ifndef FWPDK_STACK_H
#define FWPDK_STACK_H

#include <stddef.h>
#include <stdint.h>

#include <rte_ether.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FWPDK_DEFAULT_COMPARTMENT 1u /**< always exists; 0 (unspecified) means it too */
#define FWPDK_MAX_COMPARTMENTS	  64u
#define FWPDK_MAX_INTERFACES	  256u
#define FWPDK_MAX_NEXT_HOPS	  64u /**< of one route */
#define FWPDK_MAX_RULES		  64u /**< per compartment and address family */

/** An IPv4 or IPv6 address. */
struct fwpdk_addr {
	uint8_t family;	   /**< AF_INET (2) or AF_INET6 (10 or 23) */
	uint8_t bytes[16]; /**< network order, first 4 for IPv4 */
};

/**
 * Create a compartment. Id 1 exists from fwpdk_init() on.
 * @return 0; -EINVAL id 0; -EEXIST; -ENOSPC; -ENOMEM; -ENODEV library not initialised
 */
int fwpdk_compartment_add(uint32_t compartment_id);

/**
 * Create a routing table beside those of the compartments, for rules to lead to. Its routes are
 * made like those of a compartment with that id, and may leave by interfaces of any compartment;
 * nothing is injected into it and no interface is in it. Counts as one of the compartments, whose
 * ids it shares.
 * @return 0; -EINVAL id 0; -EEXIST; -ENOSPC; -ENODEV library not initialised
 */
int fwpdk_table_add(uint32_t table_id);

/** Options of an interface. */
struct fwpdk_if_opts {
	size_t size;		   /**< sizeof(struct fwpdk_if_opts), checked */
	uint32_t compartment_id;   /**< 0 = default */
	uint16_t port_id;	   /**< an attached port */
	uint16_t mtu;		   /**< largest IP packet in bytes, 68..65535; 0 = 1500 */
	struct rte_ether_addr mac; /**< all zero = the port's */
	const char *name;	   /**< up to 15 characters, copied; NULL = "ifN" */
	uint16_t vlan_id;	   /**< 1..4094: every frame gets an 802.1Q tag; 0 = none */
	uint16_t outer_vlan_id;	   /**< QinQ: 1..4094, a tag in front of it; 0 = none */
	uint16_t outer_tpid;	   /**< Ethernet type of that tag; 0 = 0x88a8 (802.1ad) */
	uint8_t vlan_priority;	   /**< of both tags, 0..7 */
	uint8_t fragment;	   /**< not 0: as fwpdk_if_set_fragment() */
};

/**
 * Create an interface on a port.
 *
 * Tags: the MTU is that of the IP packet, tags come on top of it. A NET_BUFFER_LIST whose
 * slot Ieee8021QNetBufferListInfo asks for a tag of its own is sent so:
 *
 * | interface | VlanId of the slot | frame |
 * |---|---|---|
 * | no tag | any | one tag: that of the slot (VlanId 0 = a priority tag) |
 * | one or two tags | 0 | tags of the interface, both with the priority and CFI of the slot |
 * | one tag | 1..4094 | tag of the interface, behind it that of the slot |
 * | two tags | 1..4094 | none: completes with STATUS_INVALID_PARAMETER |
 *
 * @param if_index set to the new index (1..)
 * @return 0; -EINVAL; -ENOENT no such compartment; -ENODEV port not attached; -EEXIST name
 *         taken; -EBUSY a started poller of that compartment has no queue on that port; -ENOSPC;
 * -ENOMEM
 */
int fwpdk_if_add(const struct fwpdk_if_opts *opts, uint32_t *if_index);

/** Remove an interface and its routes and neighbours. @return 0; -ENOENT; -EBUSY it belongs to a
 * mirror (netlink.h); -ENOMEM nothing removed */
int fwpdk_if_del(uint32_t if_index);

/** Change the MTU. @return 0; -ENOENT; -EINVAL */
int fwpdk_if_set_mtu(uint32_t if_index, uint16_t mtu);

/**
 * Let an interface send on packets that come in through it and are for others (not 0), as
 * fwpdk_input() describes. Off when an interface is made.
 * @return 0; -ENOENT; -ENOMEM not changed
 */
int fwpdk_if_set_forwarding(uint32_t if_index, int on);
/**
 * Put a stack behind an interface: a port whose other side is a kernel (net_tap, virtio_user) or
 * another program. What fwpdk_input() finds to be for the interface itself, and what is not IP,
 * leaves by that port as it came; what comes in by that port passes the outbound layers and
 * leaves by the interface. The kernel's device has to have the interface's MAC, MTU and addresses.
 *
 * @param port_id an attached port without interfaces, of which the pollers have a queue; -1: none,
 *                local packets go to the host's receive function
 * @return 0; -ENOENT; -ENODEV port not attached; -EBUSY it has an interface or is another's
 *         stack, or a started poller has no queue on it; -ENOMEM not changed
 */
int fwpdk_if_set_stack(uint32_t if_index, int port_id);
/**
 * What becomes of an IPv4 packet larger than the MTU that may be fragmented (DF not set): it
 * completes with STATUS_INVALID_BUFFER_SIZE (0, the default), or it is sent as fragments with
 * one completion for all of them. A packet with DF and an IPv6 packet always complete so;
 * fwpdk_nbl_mtu() tells the MTU. Counts from the next packet of each poller on.
 *
 * @return 0; -ENOENT; -ENODEV library not initialised
 */
int fwpdk_if_set_fragment(uint32_t if_index, int fragment);

/**
 * Give an interface an address; the prefix becomes an on-link route.
 * @return 0; -ENOENT; -EINVAL; -EEXIST; -ENOMEM
 */
int fwpdk_addr_add(uint32_t if_index, const struct fwpdk_addr *addr, uint8_t prefix_len);

/** Facts about an interface. */
struct fwpdk_if_info {
	size_t size; /**< sizeof(struct fwpdk_if_info), set by the caller */
	char name[16];
	uint32_t if_index, compartment_id;
	uint16_t port_id, mtu;
	struct rte_ether_addr mac;
	uint16_t vlan_id, outer_vlan_id, outer_tpid; /**< 0 = no such tag */
	uint8_t vlan_priority, fragment, forwarding, resolve;
};

/** @return 0; -ENOENT; -EINVAL bad size field */
int fwpdk_if_info(uint32_t if_index, struct fwpdk_if_info *info);

/** @return index of the interface with that name, or 0. */
uint32_t fwpdk_if_by_name(const char *name);

/** A route. */
struct fwpdk_route {
	size_t size;		    /**< sizeof(struct fwpdk_route), checked */
	uint32_t compartment_id;    /**< or of a table (fwpdk_table_add()); 0 = default */
	uint32_t if_index;	    /**< egress interface, of that compartment */
	struct fwpdk_addr prefix;   /**< host bits must be 0 */
	uint8_t prefix_len;	    /**< 0..32 or 0..128 */
	struct fwpdk_addr next_hop; /**< family 0 = on-link */
	uint8_t throws;		    /**< not 0, without next hops: in a table that a rule names the
					 search goes on with the next rule (Linux' throw) */
};

/**
 * Add a route with one next hop. A second route for the same prefix replaces the first.
 * @return 0; -EINVAL, also if it throws; -ENOENT compartment or interface; -ENOMEM; -ENOSPC
 */
int fwpdk_route_add(const struct fwpdk_route *route);

/** Remove a route; only compartment, prefix and prefix_len are looked at. @return 0; -ENOENT;
 * -EINVAL; -EBUSY it belongs to a mirror (netlink.h); -ENOMEM not removed */
int fwpdk_route_del(const struct fwpdk_route *route);

/**
 * Add many routes at once: one rebuild of the table.
 * @return 0, all added; or a negative value and none added
 */
int fwpdk_route_add_bulk(const struct fwpdk_route *routes, uint32_t n);

/** One of several next hops of a route. */
struct fwpdk_next_hop {
	struct fwpdk_addr gateway; /**< of the route's family; family 0 = on-link */
	uint32_t if_index;	   /**< egress interface, of the route's compartment */
	uint16_t weight;	   /**< share of the flows, 1..256; 0 = 1 */
};

/**
 * Add a route with several next hops. A hash of the flow (addresses, protocol, TCP and UDP
 * ports unless fragmented) chooses one, the same for all packets of the flow. When a next hop
 * is taken out of the route, or has no neighbour, only its own flows move to others.
 * A second route for the same prefix replaces the first, whichever call made it.
 *
 * @param route its if_index and next_hop are not looked at
 * @param hops copied; the same one twice counts with both weights
 * @param n 0..FWPDK_MAX_NEXT_HOPS. 0: the route leads nowhere, packets complete with
 *          STATUS_NETWORK_UNREACHABLE instead of following a shorter prefix; with
 *          route->throws only if no other rule has a route for them
 * @return 0; -EINVAL; -ENOENT compartment or interface; -ENOMEM; -ENOSPC
 */
int fwpdk_route_add_multi(
	const struct fwpdk_route *route, const struct fwpdk_next_hop *hops, uint32_t n);

/** A change of fwpdk_route_batch(). */
struct fwpdk_route_change {
	size_t size;			   /**< sizeof(struct fwpdk_route_change), checked */
	const struct fwpdk_route *route;   /**< as for the call that makes one change */
	const struct fwpdk_next_hop *hops; /**< as fwpdk_route_add_multi(); NULL: the route's own */
	uint32_t n_hops;		   /**< of hops */
	int remove;			   /**< nonzero: remove it; no error if there is none */
};

/**
 * Add and remove many routes, in their order: one rebuild per table, or, if the table is
 * large and the changes are few, each in place. Look-ups meanwhile find each route either
 * as it was or as asked. Nothing is changed if one of the changes is invalid.
 *
 * @return 0; -EINVAL; -ENOENT compartment or interface; -EBUSY a route to be removed belongs to a
 *         mirror (netlink.h); -ENOMEM or -ENOSPC, then some of the changes may have been made
 */
int fwpdk_route_batch(const struct fwpdk_route_change *changes, uint32_t n);

/** A rule, as of Linux' `ip rule`: where packets are looked up first. */
struct fwpdk_rule {
	size_t size;		 /**< sizeof(struct fwpdk_rule), checked */
	uint32_t compartment_id; /**< whose packets; 0 = default */
	uint32_t priority;	 /**< lower ones first; equal ones as they were added */
	uint32_t table_id;	 /**< a table or compartment to look in; 0 = default compartment */
	struct fwpdk_addr from;	 /**< source prefix; its family is that of the rule, host bits 0 */
	struct fwpdk_addr to;	 /**< destination prefix of that family, or family 0 = any */
	uint8_t from_len;	 /**< 0..32 or 0..128; 0 = any source */
	uint8_t to_len;		 /**< the same */
	uint8_t reject;		 /**< not 0: no table, packets complete with
				      STATUS_NETWORK_UNREACHABLE */
	uint8_t mirrored;	 /**< set by fwpdk_rule_walk(): a mirror's (netlink.h) */
};

/**
 * Add a rule. A packet, injected or forwarded, is looked up in the tables of all rules that fit
 * it, one after another, until one has a route for it with a link that is not known to be down
 * (fwpdk_port_follow_link()); last in the table of its compartment. A route that leads nowhere
 * ends the search, one that throws does not. What is for an address of the compartment's own is
 * delivered before any rule.
 *
 * Every packet of a compartment with rules is looked up anew, by the general way; those of
 * compartments without cost what they did. A poller needs a queue on the ports that the tables
 * lead to, else such packets complete with STATUS_INVALID_DEVICE_STATE.
 *
 * @return 0; -EINVAL; -ENOENT compartment or table; -EEXIST the same rule; -ENOSPC FWPDK_MAX_RULES
 *         are there; -ENOMEM; -ENODEV library not initialised
 */
int fwpdk_rule_add(const struct fwpdk_rule *rule);

/** Remove the rule that is the same in all but `mirrored`. @return 0; -ENOENT; -EINVAL; -EBUSY it
 * belongs to a mirror (netlink.h); -ENOMEM not removed; -ENODEV library not initialised */
int fwpdk_rule_del(const struct fwpdk_rule *rule);

/** Add or replace a static neighbour; addr not all zero, mac not zero. @return 0; -ENOENT
 * interface; -EINVAL; -ENOSPC; -ENOMEM */
int fwpdk_neigh_add(
	uint32_t if_index, const struct fwpdk_addr *addr, const struct rte_ether_addr *mac);

/** Remove a neighbour. @return 0; -ENOENT; -EINVAL; -EBUSY it belongs to a mirror (netlink.h) */
int fwpdk_neigh_del(uint32_t if_index, const struct fwpdk_addr *addr);

/** Called for each item of a walk; return nonzero to stop. */
typedef int (*fwpdk_route_walk_fn)(const struct fwpdk_route *route, void *arg);
typedef int (*fwpdk_route_hops_walk_fn)(
	const struct fwpdk_route *route, const struct fwpdk_next_hop *hops, uint32_t n, void *arg);
typedef int (*fwpdk_rule_walk_fn)(const struct fwpdk_rule *rule, void *arg);
typedef int (*fwpdk_neigh_walk_fn)(uint32_t if_index, const struct fwpdk_addr *addr,
	const struct rte_ether_addr *mac, void *arg);
typedef int (*fwpdk_if_walk_fn)(const struct fwpdk_if_info *info, void *arg);

/** Walk under the library's mutex: no control call from the function. @return what the last call
 * returned, or 0; -ENOENT; -EINVAL; -ENOMEM. fwpdk_route_walk() calls once per next hop, and
 * once with if_index 0 for a route that leads nowhere */
int fwpdk_route_walk(uint32_t compartment_id, fwpdk_route_walk_fn fn, void *arg);
int fwpdk_route_hops_walk(uint32_t compartment_id, fwpdk_route_hops_walk_fn fn, void *arg);
/** In the order in which they count, IPv4 first. As the walks above. */
int fwpdk_rule_walk(uint32_t compartment_id, fwpdk_rule_walk_fn fn, void *arg);
int fwpdk_neigh_walk(fwpdk_neigh_walk_fn fn, void *arg);
int fwpdk_if_walk(fwpdk_if_walk_fn fn, void *arg);

/** Parse "a.b.c.d" or IPv6 text. @return 0; -EINVAL */
int fwpdk_addr_parse(const char *text, struct fwpdk_addr *addr);
/** Write an address as text; buf of at least 46 bytes. @return buf */
const char *fwpdk_addr_format(const struct fwpdk_addr *addr, char *buf, size_t len);

#ifdef __cplusplus
}
#endif

#endif
