/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The receive side: the host reads its RX queues and hands the bursts in; filters and callouts
 * see the packets; what nobody takes comes back. Packets for others are sent on where their
 * interface forwards.
 *
 * A frame belongs to the interface of its port that has its destination MAC, to the first one
 * of the port if that is a group address. Frames for no interface, and what is not IP, come
 * back unchanged and unseen, but for the MAC layer.
 */
#ifndef FWPDK_INPUT_H
#define FWPDK_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include <fwpdk/poller.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The host's own stack: packets for a local, group or broadcast address.
 *
 * @param arg     as given to fwpdk_input_open()
 * @param poller  whose thread this is
 * @param if_index the interface they came in by, the same for all of them
 * @param mbufs   whole Ethernet frames, the function's from here on; a packet of a receive
 *                injection has 02:00:00:00:00:00 as its source MAC; reassembled ones
 *                may be chains. Headers are checked, not transport checksums
 * @param n       1..32
 *
 * Called from fwpdk_input() or fwpdk_poll() on the owner's thread, outside all callouts. May
 * inject.
 */
typedef void (*fwpdk_receive_fn)(void *arg, struct fwpdk_poller *poller, uint32_t if_index,
	struct rte_mbuf **mbufs, uint16_t n);

/** Options of a receive side. Zero means default for every field but the size. */
struct fwpdk_input_opts {
	size_t size;		  /**< sizeof(struct fwpdk_input_opts), checked */
	fwpdk_receive_fn receive; /**< gets local packets; NULL: those read come back from
				     fwpdk_input(), those injected end with
				     STATUS_DATA_NOT_ACCEPTED */
	void *arg;		  /**< first argument of receive */
	uint32_t mbufs;	    /**< for packets of receive injections, default 2047; those that receive
			       keeps are missing here */
	uint32_t datagrams; /**< fragmented ones kept for reassembly at a time, default 256 */
	uint32_t reassembly_ms; /**< how long, default 30000 */
};

/**
 * Give a poller a receive side. Before it is started.
 *
 * @param opts options or NULL; not kept
 * @return 0; -EINVAL; -EEXIST it has one; -EBUSY started; -ENOMEM; -ENODEV not initialised
 */
int fwpdk_input_open(struct fwpdk_poller *poller, const struct fwpdk_input_opts *opts);

/**
 * Hand in received packets. Owner thread, outside fwpdk_poll() and completions; the first
 * call claims. Never blocks.
 *
 * What goes on lies at mbufs[0..return) afterwards, the same mbufs in the same order, and is the
 * caller's. The others are the library's: sent on, delivered, dropped (and counted), or kept by a
 * callout. Data of what goes on may have been changed by callouts. An mbuf that a callout still
 * refers to has a reference count above 1; it must not be written and not go to a queue with
 * RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE.
 *
 * @param port_id where they were received
 * @param mbufs   Ethernet frames, IP header in the first segment
 * @return how many go on; n if the poller has no receive side or is another thread's
 */
uint16_t fwpdk_input(
	struct fwpdk_poller *poller, uint16_t port_id, struct rte_mbuf **mbufs, uint16_t n);

/** What became of packets; per poller since fwpdk_input_open(). */
struct fwpdk_input_stats {
	size_t size;	     /**< sizeof(struct fwpdk_input_stats), set by the caller */
	uint64_t read;	     /**< handed in by fwpdk_input() */
	uint64_t injected;   /**< taken from receive injections */
	uint64_t gone_on;    /**< given back by fwpdk_input() */
	uint64_t delivered;  /**< given to the receive function or to the stack behind the interface
			      */
	uint64_t forwarded;  /**< staged for another port */
	uint64_t from_stack; /**< sent by the stack behind an interface */
	uint64_t fragments;  /**< kept for reassembly */
	uint64_t reassembled;	/**< datagrams made of them */
	uint64_t blocked;	/**< dropped by a filter or callout */
	uint64_t absorbed;	/**< taken over by a callout */
	uint64_t malformed;	/**< dropped: not the IP packet it says it is */
	uint64_t ttl_ended;	/**< dropped: TTL or hop limit reached 0 */
	uint64_t hops_ended;	/**< ended: shown too often (R84) */
	uint64_t no_route;	/**< dropped: neither route nor neighbour */
	uint64_t too_big;	/**< dropped: above the MTU, or too many segments for the port */
	uint64_t no_room;	/**< dropped: the other port's queue stands still */
	uint64_t no_memory;	/**< dropped: no mbuf or NBL to go on with */
	uint64_t not_taken;	/**< injected packets that nobody takes */
	uint64_t resolution;	/**< ARP and discovery messages for the library itself */
	uint64_t looped;	/**< copies of sends to our own addresses that came in */
	uint64_t unresolved;	/**< forwarded packets handed to those that wait for a neighbour; as
				     fwpdk_resolve_stats.forward_waited */
	uint64_t paths_lowered; /**< path MTUs learnt from ICMP (fwpdk/pmtu.h) */
	uint64_t paths_put_off; /**< not learnt: another one within a millisecond before */
};

/** @return 0; -EINVAL bad size field; -ENOENT no receive side. Any thread. */
int fwpdk_input_stats(const struct fwpdk_poller *poller, struct fwpdk_input_stats *stats);

#ifdef __cplusplus
}
#endif

#endif
