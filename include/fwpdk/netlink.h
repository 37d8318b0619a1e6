/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A mirror of what Linux knows: its interfaces, addresses, routes and neighbours become those
 * of this library, so that whatever manages the kernel's tables (ip, NetworkManager, FRR)
 * manages injection too. It starts with a dump and follows the kernel's notifications; when
 * some were lost (ENOBUFS) it compares everything again.
 *
 * There is no hidden thread: one thread of the host's polls fwpdk_netlink_fd() for POLLIN and
 * calls fwpdk_netlink_process(). One thread at a time may use a mirror; it need not be the
 * one that opened it, and it must not be inside a completion function.
 *
 * What the host has set itself stays: a route or neighbour of its own is never overwritten
 * or removed, and hides the mirrored one for as long as it is there. Only what leads over a
 * mirrored interface goes with that, which is made anew when its MAC or its compartment changes.
 *
 * Rules (`ip rule`) by source and destination prefix are followed: `lookup TABLE` and blackhole,
 * unreachable, prohibit. A table that a rule names becomes one here (fwpdk_table_add(), with the
 * kernel's number if no compartment has it) with its routes over all mirrored interfaces, unless
 * the options say which compartment it is. Compartments of VRFs have the rules in front of
 * `l3mdev`. The compartment's own table is the last always; the tables local and default are not
 * looked up. Rules that ask for more (marks, interfaces, users, protocols, ports, `not`,
 * suppress_prefixlength, goto), and those beyond FWPDK_MAX_RULES, are as if they were not there:
 * they are counted as unsupported, and the first one is logged.
 *
 * Not followed: routes by TOS or source prefix, local and broadcast routes, IPv4
 * over IPv6 gateways, per-route metrics such as an MTU, encapsulations. Of routes that leave by
 * interfaces which are not mirrored nothing is known here.
 */
#ifndef FWPDK_NETLINK_H
#define FWPDK_NETLINK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FWPDK_NETLINK_MAX_IFS	 64u
#define FWPDK_NETLINK_MAX_TABLES 64u

/** A kernel interface to be mirrored. It need not exist yet, and may come and go. */
struct fwpdk_netlink_if {
	const char *ifname; /**< the kernel's name, up to 15 characters, copied; NULL: by ifindex */
	uint32_t ifindex;   /**< the kernel's index, if ifname is NULL */
	uint16_t port_id;   /**< the attached port by which its packets leave */
	uint32_t table;	    /**< its routing table while it is in no VRF; 0 = main (254) */
};

/** A routing table of the kernel's, main (254) or a VRF's, and the compartment it becomes. */
struct fwpdk_netlink_table {
	uint32_t table;		 /**< the kernel's id, not 0 */
	uint32_t compartment_id; /**< exists already; 0 = default. Each at most once */
};

/** Options of a mirror. */
struct fwpdk_netlink_opts {
	size_t size; /**< sizeof(struct fwpdk_netlink_opts), checked */
	const struct fwpdk_netlink_if *ifs;
	uint32_t n_ifs;				  /**< 1..FWPDK_NETLINK_MAX_IFS */
	const struct fwpdk_netlink_table *tables; /**< NULL: main is the default compartment */
	uint32_t n_tables;			  /**< 0..FWPDK_NETLINK_MAX_TABLES */
	uint32_t rcvbuf; /**< bytes that may wait in the socket; 0 = 32 MB */
};

/** A mirror. */
struct fwpdk_netlink;

/**
 * Open a mirror of the network namespace that the calling thread is in, and fill it. For each
 * kernel interface an interface of the library's is created on its port, with the kernel's name,
 * MAC and MTU, in the compartment of its VRF (or table); it belongs to the mirror.
 *
 * @param opts copied
 * @param nl set to the mirror
 * @return 0; -ENODEV library not initialised; -EINVAL; -ENOENT no such compartment; -ENOMEM;
 * -EPERM; -ETIMEDOUT or another negative errno of the socket
 */
int fwpdk_netlink_open(const struct fwpdk_netlink_opts *opts, struct fwpdk_netlink **nl);

/** The descriptor to poll for POLLIN; valid until fwpdk_netlink_close(). @return it; -EINVAL */
int fwpdk_netlink_fd(const struct fwpdk_netlink *nl);

/**
 * Take what has come and make the changes: routes of one call are one batch
 * (fwpdk_route_batch()). Does not wait for notifications; waits for the kernel's answer when
 * everything has to be compared again. To be called again while it returns more than 0.
 *
 * @return notifications taken; -ENODEV library not initialised; -EINVAL; -ENOMEM or -ENOSPC: some
 *         changes are not made yet, each call tries again; another negative errno of the socket
 */
int fwpdk_netlink_process(struct fwpdk_netlink *nl);

/** Compare everything with the kernel now. @return as fwpdk_netlink_process(), 0 instead of a
 * number
 */
int fwpdk_netlink_resync(struct fwpdk_netlink *nl);

/** Take the mirror's interfaces, routes and neighbours away and free it; before fwpdk_fini(). NULL
 * does nothing. @return 0; -ENOMEM nothing taken away, may be called again */
int fwpdk_netlink_close(struct fwpdk_netlink *nl);

/** Figures of a mirror. */
struct fwpdk_netlink_stats {
	size_t size; /**< sizeof(struct fwpdk_netlink_stats), set by the caller */
	/* now */
	uint64_t interfaces; /**< kernel interfaces that are there and have one of ours */
	uint64_t addresses;  /**< of these */
	uint64_t neighbours; /**< usable ones */
	uint64_t nexthops;   /**< nexthop objects known */
	uint64_t routes;     /**< routes known, all metrics */
	uint64_t prefixes;   /**< different prefixes of them */
	uint64_t installed;  /**< prefixes that lead somewhere by a mirrored interface */
	uint64_t rules;	     /**< rules in force, counted per compartment and family */
	/* since it was opened */
	uint64_t messages;    /**< of the kernel, dumps included */
	uint64_t batches;     /**< batches of route changes */
	uint64_t changes;     /**< route changes in them */
	uint64_t overruns;    /**< times that notifications were lost */
	uint64_t resyncs;     /**< times that everything was compared, the first included */
	uint64_t gave_way;    /**< changes not made because of a route or neighbour of the host's */
	uint64_t unsupported; /**< routes, next hops and rules that cannot be mirrored */
	uint64_t failed;      /**< attempts that ended with an error */
};

/** Any thread while the mirror is open. @return 0; -EINVAL */
int fwpdk_netlink_stats(const struct fwpdk_netlink *nl, struct fwpdk_netlink_stats *stats);

#ifdef __cplusplus
}
#endif

#endif
