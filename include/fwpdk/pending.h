/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What is in flight, one by one: for those who look for what hangs.
 */
#ifndef FWPDK_PENDING_H
#define FWPDK_PENDING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Where an NBL is. One that is in several places (its packets are on different ways) is where
 * it has come least far.
 */
enum fwpdk_place {
	FWPDK_PLACE_RING,	/**< in an inject ring: the poller has not taken it */
	FWPDK_PLACE_WAITING,	/**< accepted by its poller, not or not wholly mapped: no room */
	FWPDK_PLACE_UNRESOLVED, /**< waits for the answer of a neighbour, seconds at most */
	FWPDK_PLACE_STAGED,	/**< in front of a queue: the driver does not take it */
	FWPDK_PLACE_DRIVER,	/**< the driver or a receiver has it and does not give it back */
	FWPDK_PLACE_DONE,	/**< given back; its poller has to run the completion function */
	FWPDK_PLACE_HELD,   /**< all else is over, but callouts hold references or clones of it */
	FWPDK_PLACE_MOVING, /**< was on its way from one place to another during the look */
};
#define FWPDK_PLACES 8u /**< how many there are */

/** An NBL in flight. Filled by the library, which may know more fields than the caller. */
struct fwpdk_pending {
	size_t size;	 /**< of this struct in the library */
	const void *nbl; /**< the NET_BUFFER_LIST: the library's, do not look into it */
	void *handle;	 /**< injected through */
	void *context;	 /**< completionContext of that injection */
	uint64_t age_us; /**< since the injection, or since the last poll before it if the
			      owner of a poller injected; goes round after a day or more */
	enum fwpdk_place place;
	int32_t port_id;  /**< -1 = not known yet */
	int32_t queue_id; /**< -1 = not known yet */
	char poller[24];  /**< name, "" = not known */
};

/** Called for each NBL; return nonzero to stop. */
typedef int (*fwpdk_pending_fn)(const struct fwpdk_pending *pending, void *arg);

/**
 * List what is in flight, oldest first. A snapshot is taken under the library's mutex, then the
 * function is called without it, so it may make control calls. Pollers and injecting
 * threads go on meanwhile and are not held up; what moves during the look may be missed, shown
 * where it no longer is or as FWPDK_PLACE_MOVING. If nothing moves all of it is exact.
 * An NBL whose completion function is running is the client's again and is not listed.
 * Reads every NBL there is, in flight or not: some milliseconds.
 *
 * @return what the last call returned, or 0; -ENODEV not initialised; -EINVAL no function;
 *         -ENOMEM
 */
int fwpdk_pending_walk(fwpdk_pending_fn fn, void *arg);

/** @return "ring", "waiting", "unresolved", "staged", "driver", "done", "held" or "moving"; "?";
 * static */
const char *fwpdk_place_name(enum fwpdk_place place);

#ifdef __cplusplus
}
#endif

#endif
