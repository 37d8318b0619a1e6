/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the mirror knows of the kernel. Messages only write down facts here; afterwards
 * settle.c and apply.c bring the stack into line with them. Control path.
 */
#ifndef FWI_NETLINK_MIRROR_H
#define FWI_NETLINK_MIRROR_H

#include <stddef.h>

#include <libmnl/libmnl.h>
#include <rte_ether.h>

#include <fwpdk/netlink.h>

#include "netlink/node.h"
#include "stack/group.h"
#include "stack/route.h"

struct fwi_nl_link {
	char name[16]; /* asked for; "" if by index */
	uint32_t asked_index, asked_table;
	uint16_t port_id;
	/* facts */
	char kernel_name[16];
	uint32_t ifindex; /* 0: not there */
	uint32_t master, mtu;
	struct rte_ether_addr mac;
	bool up, running, stale;
	/* ours */
	uint32_t if_index; /* 0: none */
	uint32_t comp;	   /* of it */
	struct rte_ether_addr if_mac;
	uint32_t if_mtu;
	char if_name[16];
	bool usable;  /* as apply.c used it last */
	bool refused; /* it was logged that there can be none */
};

struct fwi_nl_vrf {
	struct fwi_nl_node node; /* hash: ifindex */
	uint32_t ifindex, table;
};

struct fwi_nl_addr {
	struct fwi_nl_node node;
	fwi_u128 key;
	uint32_t ifindex;
	uint8_t family, prefix_len;
	bool set, gone;
};

struct fwi_nl_neigh {
	struct fwi_nl_node node;
	fwi_u128 key;
	uint32_t ifindex;
	struct rte_ether_addr mac;
	uint8_t family;
	bool set; /* in the stack, or it gave way there */
	bool gone;
};

struct fwi_nl_hop {
	fwi_u128 gateway;
	uint32_t oif;
	uint16_t weight;
	uint8_t family;	  /* enum fwi_family of the gateway, or FWI_NH_ON_LINK */
	bool dead, alien; /* as the kernel said last; never, the stack cannot have it */
};

/* A nexthop object: a hop, a blackhole, or ids of others. */
struct fwi_nl_nexthop {
	struct fwi_nl_node node; /* hash: id */
	uint32_t id;
	bool blackhole;
	struct fwi_nl_hop hop;
	uint32_t n_ids;
	struct {
		uint32_t id;
		uint16_t weight;
	} ids[];
};

struct fwi_nl_route {
	struct fwi_nl_route *next;
	uint32_t priority, nh_id;
	uint32_t rest; /* as of struct fwi_nl_route_facts */
	uint8_t type;  /* RTN_* */
	bool stale;
	bool twice; /* the kernel has two that are one here */
	uint32_t n_hops;
	struct fwi_nl_hop hops[];
};

/* Of one compartment and family, with its routes by ascending priority. */
struct fwi_nl_prefix {
	struct fwi_nl_node node;
	fwi_u128 key;
	struct fwi_nl_route *routes;
	struct fwi_nl_prefix *next_dirty;
	uint64_t installed; /* digest of what the stack was told last; 0: no route */
	uint8_t table;	    /* index of tables[] */
	uint8_t family, len;
	bool dirty, force;
	bool unsure; /* installed may be wrong: the batch failed half-way */
};

struct fwi_nl_table {
	uint32_t table, comp; /* table 0: the place is free */
	bool for_rules;	      /* because a rule leads there: its routes may use all links */
	bool closing;	      /* no rule does any more */
};

enum fwi_nl_rule_kind {
	FWI_NL_RULE_TABLE,
	FWI_NL_RULE_REJECT,
	FWI_NL_RULE_VRF /* each VRF's packets to its own table */
};

struct fwi_nl_rule {
	struct fwi_nl_rule *next;
	fwi_u128 from, to;
	uint32_t priority, table;
	uint8_t family, from_len, to_len;
	uint8_t kind;
	bool stale;
};

struct fwpdk_netlink {
	struct fwpdk_netlink *next; /* of the open ones */
	struct mnl_socket *events, *dump;
	uint32_t seq;
	bool resync;	    /* everything has to be compared */
	bool dead;	    /* there are dead hops: when they live again nobody says so */
	bool pending;	    /* something could not be done: try again */
	uint32_t uncovered; /* fwi_stack_uncovered as followed, */
	uint32_t seen;	    /* and as settle.c saw it last */
	struct fwi_nl_link links[FWPDK_NETLINK_MAX_IFS];
	uint32_t n_links;
	struct fwi_nl_table tables[FWPDK_NETLINK_MAX_TABLES];
	uint32_t n_tables;
	struct fwi_nl_rule *rules; /* of both families, by ascending priority */
	uint32_t n_rules;
	bool rules_changed;
	bool closing;	   /* there are tables that no rule names any more, */
	uint64_t listed;   /* and nobody looks there when this has passed (fwi_rcu) */
	bool rule_refused; /* it was logged that there are rules that cannot be followed */
	struct fwi_nl_nodes vrfs, addrs, neighs, nexthops, prefixes;
	/* what apply.c has to look at again */
	bool nexthops_changed, nexthops_gone, links_changed;
	bool addrs_changed, neighs_changed; /* the same for settle.c */
	struct fwi_nl_prefix *dirty;
	uint32_t n_dirty;
	struct fwpdk_netlink_stats stats; /* written by the mirror's thread, read by any */
	uint8_t buf[32768] __attribute__((aligned(16)));
};

/* stats have one writer. */
static inline void
fwi_nl_count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

/* message.c: one message of a dump or a notification. 0 or -ENOMEM. */
int fwi_nl_message(struct fwpdk_netlink *nl, const struct nlmsghdr *msg);

/* link.c: facts about links, VRFs and addresses */
int fwi_nl_link_message(struct fwpdk_netlink *nl, const struct nlmsghdr *msg);
int fwi_nl_addr_message(struct fwpdk_netlink *nl, const struct nlmsghdr *msg);
struct fwi_nl_link *fwi_nl_link_by_index(struct fwpdk_netlink *nl, uint32_t ifindex);
/* The compartment that a link belongs to now, or FWI_NO_COMPARTMENT. */
uint32_t fwi_nl_link_comp(struct fwpdk_netlink *nl, const struct fwi_nl_link *link);
/* Index of tables[], or -1, also if it is closing. */
int fwi_nl_table(const struct fwpdk_netlink *nl, uint32_t table);

/* neigh.c */
int fwi_nl_neigh_message(struct fwpdk_netlink *nl, const struct nlmsghdr *msg);

/* nexthop.c */
int fwi_nl_nexthop_message(struct fwpdk_netlink *nl, const struct nlmsghdr *msg);
const struct fwi_nl_nexthop *fwi_nl_nexthop(const struct fwpdk_netlink *nl, uint32_t id);

/* route.c: a message as the RIB wants it */
struct fwi_nl_route_facts {
	uint32_t table, priority, nh_id, n_hops;
	uint32_t rest; /* digest of what else makes it another route to the kernel */
	enum fwi_family family;
	fwi_u128 key;
	uint8_t len, type;
	uint16_t flags; /* of the message: NLM_F_REPLACE, NLM_F_APPEND, NLM_F_MULTI */
	struct fwi_nl_hop hops[FWI_GROUP_MAX];
};
int fwi_nl_route_message(struct fwpdk_netlink *nl, const struct nlmsghdr *msg);
/* A gateway attribute. False: none that we know. */
bool fwi_nl_gateway(const struct nlattr *attr, struct fwi_nl_hop *hop);

/* rule.c: facts about rules */
int fwi_nl_rule_message(struct fwpdk_netlink *nl, const struct nlmsghdr *msg);
void fwi_nl_rules_mark(struct fwpdk_netlink *nl); /* all stale */
void fwi_nl_rules_sweep(struct fwpdk_netlink *nl, bool all);
/* Counted, and logged once. */
void fwi_nl_rule_refused(struct fwpdk_netlink *nl, uint32_t priority, const char *why);

/* rule_apply.c: the table that the rule leads to becomes one of ours, if it is none */
void fwi_nl_rule_table(struct fwpdk_netlink *nl, const struct fwi_nl_rule *r);
/* After routes are applied; then the tables without a rule go, with their routes. 0 or -ENOMEM. */
int fwi_nl_rules_apply(struct fwpdk_netlink *nl);
/* All away, and the tables without routes too. */
int fwi_nl_rules_unsettle(struct fwpdk_netlink *nl);

/* rib.c */
int fwi_nl_rib_add(struct fwpdk_netlink *nl, const struct fwi_nl_route_facts *r);
void fwi_nl_rib_del(struct fwpdk_netlink *nl, const struct fwi_nl_route_facts *r);
void fwi_nl_rib_mark(struct fwpdk_netlink *nl);	 /* all routes stale */
void fwi_nl_rib_sweep(struct fwpdk_netlink *nl); /* those that are still */
/* Routes whose nexthop object is gone. */
void fwi_nl_rib_drop_orphans(struct fwpdk_netlink *nl);
void fwi_nl_dirty(struct fwpdk_netlink *nl, struct fwi_nl_prefix *p);
/* All: force them, or only those whose result may differ. */
void fwi_nl_dirty_all(struct fwpdk_netlink *nl, bool force);
void fwi_nl_prefix_free(struct fwpdk_netlink *nl, struct fwi_nl_prefix *p);
/* All its routes; apply.c takes it away. */
void fwi_nl_prefix_drop(struct fwpdk_netlink *nl, struct fwi_nl_prefix *p);

/* settle.c: interfaces, addresses and neighbours of the stack as the facts say */
void fwi_nl_settle(struct fwpdk_netlink *nl);
/* Take away all that is ours. 0 or -ENOMEM. */
int fwi_nl_unsettle(struct fwpdk_netlink *nl);

/* apply.c: routes of the stack as the facts say. 0, -ENOMEM or -ENOSPC. */
int fwi_nl_apply(struct fwpdk_netlink *nl);

/* socket.c */
int fwi_nl_sockets_open(struct fwpdk_netlink *nl, uint32_t rcvbuf);
void fwi_nl_sockets_close(struct fwpdk_netlink *nl);
/* Notifications, as many as there are, up to max. Count or -errno; -ENOBUFS: some were lost. */
int fwi_nl_receive(struct fwpdk_netlink *nl, unsigned max);
/* All that the kernel has of one kind. 0 or -errno; -EINTR: it changed meanwhile. */
int fwi_nl_dump(struct fwpdk_netlink *nl, uint16_t type, uint8_t family);

/* resync.c: mark, dump, sweep. 0 or -errno. */
int fwi_nl_resync(struct fwpdk_netlink *nl);

/* telemetry.c: /fwpdk/netlink, once per process */
void fwi_nl_telemetry(void);

#endif
