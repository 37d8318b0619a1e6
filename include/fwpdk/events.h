/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What pollers did, one event after the other: a ring of the latest events in each of them,
 * switched on and off while traffic runs. For those who look for what went wrong just now.
 */
#ifndef FWPDK_EVENTS_H
#define FWPDK_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Kinds of events, in the order in which an NBL meets them. One that fails on its way has
 * no more of those in between; each has its inject and its complete.
 */
enum fwpdk_event_kind {
	FWPDK_EVENT_INJECT,   /**< the poller has the NBL: accepted on its owner's thread, or taken
			       *   from the ring of another thread that injected it before */
	FWPDK_EVENT_MAP,      /**< a packet of it stands in front of a queue; one for each packet */
	FWPDK_EVENT_BURST,    /**< the driver took a packet of it; the time is that of the call's
			       *   beginning */
	FWPDK_EVENT_RELEASE,  /**< an mbuf of it is back, or it is known that the device is done
			       *   with it; one for each mbuf that points at the client's memory,
			       *   so that copies have none */
	FWPDK_EVENT_COMPLETE, /**< its completion function is called next */
};
#define FWPDK_EVENTS 5u /**< how many kinds there are */

#define FWPDK_EVENTS_DEFAULT 4096u		 /**< kept per poller */
#define FWPDK_EVENTS_MIN     256u		 /**< fewest that can be kept */
#define FWPDK_EVENTS_MAX     (UINT32_C(1) << 20) /**< most that can be kept */
#define FWPDK_PRODUCER_OWNER (-1)		 /**< injected by the poller's owner */
#define FWPDK_PRODUCER_SHARED                                               \
	(-2) /**< by one of the threads that share a ring, see fwpdk_config \
	      */

/** One event. Filled by the library, which may know more fields than the caller. */
struct fwpdk_event {
	size_t size;	 /**< of this struct in the library */
	uint64_t number; /**< in its poller, from 0; numbers that are missing were overwritten
			  * during the look, or belong to packets that the driver did not take */
	uint64_t tsc;	 /**< rte_rdtsc() of the poller's thread, in units of rte_get_tsc_hz() */
	const void *nbl; /**< the NET_BUFFER_LIST, which may be gone by now: do not look into it */
	enum fwpdk_event_kind kind;
	int32_t producer; /**< inject: 0.. = ring of an injecting thread, or FWPDK_PRODUCER_OWNER or
			   *   _SHARED; else -1 */
	int32_t port_id;  /**< map, burst and release; else -1 */
	int32_t queue_id; /**< map, burst and release; else -1 */
	int32_t status;	  /**< complete: NTSTATUS of the NBL; else 0 */
	char poller[24];  /**< name */
};

/**
 * Record from now on, in every poller there is and will be. Forgets what was recorded before.
 *
 * While it records the fast paths of the inject call are closed and every event costs some
 * ten nanoseconds; else nothing. An injection that another thread is just making may be
 * recorded from a later event on, as all those that are in flight already.
 *
 * @param events kept per poller, 32 bytes each: a power of two, FWPDK_EVENTS_MIN to
 *               FWPDK_EVENTS_MAX; 0 = FWPDK_EVENTS_DEFAULT
 * @return 0; -ENODEV not initialised; -EINVAL; -ENOMEM: nothing has changed
 */
int fwpdk_events_start(uint32_t events);

/**
 * Record no longer. What was recorded can be looked at until the next start; that of a
 * poller goes with the poller.
 *
 * @return 0; -ENODEV not initialised; -EALREADY it is not recorded
 */
int fwpdk_events_stop(void);

/** @return events kept per poller, 0 = it is not recorded. Any thread, at any time. */
uint32_t fwpdk_events_recording(void);

/** Called for each event; return nonzero to stop. */
typedef int (*fwpdk_event_fn)(const struct fwpdk_event *event, void *arg);

/**
 * Go through what was recorded: one poller after the other, oldest event first. A copy is taken of
 * each ring in turn, under the library's mutex; the function is called without it, so it may
 * make control calls. Pollers go on meanwhile, are not held up and may overwrite the
 * oldest events, which are left out then. Different pollers' events compare by their tsc.
 *
 * @return what the last call returned, or 0; -ENODEV not initialised; -EINVAL no function;
 *         -ENOMEM
 */
int fwpdk_events_walk(fwpdk_event_fn fn, void *arg);

/** @return "inject", "map", "burst", "release" or "complete"; "?"; static */
const char *fwpdk_event_name(enum fwpdk_event_kind kind);

#ifdef __cplusplus
}
#endif

#endif
