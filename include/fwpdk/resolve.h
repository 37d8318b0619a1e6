/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Neighbours that resolve themselves: on an interface that does so, packets to a next hop whose
 * MAC is not known wait while ARP (RFC 826) or neighbour discovery (RFC 4861) asks for it. Answers
 * come in by fwpdk_input(), on any poller; that is also where questions for our own addresses are
 * answered. A neighbour of fwpdk_neigh_add() always wins and is never changed by what is heard.
 *
 * Asked 3 times, a second apart; then what waits ends with STATUS_HOST_UNREACHABLE, and so does at
 * once what comes within one more second. A learned neighbour that is used is asked again after 30
 * s, 3 times, and removed if it is silent; one that nobody uses goes after 5 minutes. All timers
 * run in fwpdk_poll(). At most ::FWPDK_RESOLVE_WAITING NET_BUFFER_LISTs wait for one neighbour and
 * ::FWPDK_RESOLVE_WAITING_ALL in one poller, for ::FWPDK_RESOLVE_ASKED neighbours at a time; the
 * oldest makes room and ends with STATUS_HOST_UNREACHABLE.
 */
#ifndef FWPDK_RESOLVE_H
#define FWPDK_RESOLVE_H

#include <stddef.h>
#include <stdint.h>

#include <fwpdk/poller.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FWPDK_RESOLVE_WAITING	  128u	/**< NET_BUFFER_LISTs for one neighbour, per poller */
#define FWPDK_RESOLVE_WAITING_ALL 1024u /**< in all, per poller */
#define FWPDK_RESOLVE_FORWARDED	  4u	/**< mbufs of forwarded packets for one neighbour */
#define FWPDK_RESOLVE_ASKED	  256u	/**< neighbours asked for at a time, per poller */

/**
 * Let an interface ask for neighbours, answer for its addresses, and follow changes. Off when an
 * interface is made. Switched off, what it learned is forgotten. It needs fwpdk_input() on a
 * poller that sees its ARP and ICMPv6 frames, group addresses included, and an IPv6 address to
 * ask IPv6 neighbours. With a stack behind the interface (fwpdk_if_set_stack()) that one answers,
 * and the library only learns.
 *
 * @param on 0 = off
 * @return 0; -ENOENT no such interface; -ENOMEM not changed; -ENODEV not initialised
 */
int fwpdk_if_set_resolve(uint32_t if_index, int on);

/** What a poller has done for resolution; counts since its creation. */
struct fwpdk_resolve_stats {
	size_t size;	      /**< sizeof(struct fwpdk_resolve_stats), set by the caller */
	uint64_t waiting;     /**< NET_BUFFER_LISTs waiting now */
	uint64_t asking;      /**< neighbours asked for now */
	uint64_t neighbours;  /**< learned ones now, of all pollers */
	uint64_t waited;      /**< NET_BUFFER_LISTs that had to wait; again if the stack
				   changed meanwhile and they still have to */
	uint64_t solicits;    /**< questions sent */
	uint64_t probes;      /**< of these to neighbours that were known */
	uint64_t answers;     /**< sent for our own addresses */
	uint64_t heard;	      /**< messages that told the MAC of a neighbour asked for or known */
	uint64_t learned;     /**< neighbours that became known */
	uint64_t changed;     /**< MACs that changed */
	uint64_t removed;     /**< neighbours that were silent or unused */
	uint64_t unreachable; /**< NET_BUFFER_LISTs ended: no answer */
	uint64_t overflow;    /**< ended: too many waited */
	uint64_t negative;    /**< packets ended at once: no answer a moment ago */
	uint64_t no_slot;     /**< packets ended at once: too many neighbours asked for */
	uint64_t table_full;  /**< not asked: as many neighbours as max_neighbours allows */
	uint64_t forward_waited;  /**< forwarded packets that had to wait, likewise */
	uint64_t forward_dropped; /**< of these dropped: no answer, or too many waited */
	uint64_t malformed;	  /**< ARP or discovery messages dropped: not valid */
	uint64_t not_asked;	  /**< messages about neighbours that nobody asked for, ignored */
	uint64_t conflicts;	  /**< ignored: somebody else claims one of our addresses */
	uint64_t fixed;		  /**< ignored: about a neighbour that the host has set */
	uint64_t too_soon;	  /**< changes ignored: another one within a second before */
	uint64_t heard_lost;	  /**< ignored: too many at a time */
	uint64_t no_source;	  /**< not asked: the interface has no address of that family */
	uint64_t no_memory;	  /**< not sent: no mbuf, or no room in the queue */
	uint64_t lock_busy;	  /**< put off to a later poll: a control call was going on */
};

/** @return 0; -EINVAL bad size field or no poller. Any thread. */
int fwpdk_resolve_stats(const struct fwpdk_poller *poller, struct fwpdk_resolve_stats *stats);

#ifdef __cplusplus
}
#endif

#endif
