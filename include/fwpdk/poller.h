/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Pollers: one owner thread each, one TX queue on each of their ports. All completions of
 * an NBL run from the fwpdk_poll() of the poller that took it.
 */
#ifndef FWPDK_POLLER_H
#define FWPDK_POLLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_mbuf.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fwpdk_poller; /**< opaque */

/** Options of a poller. Zero means default for every field but the size. */
struct fwpdk_poller_opts {
	size_t size;	    /**< sizeof(struct fwpdk_poller_opts), checked */
	const char *name;   /**< up to 23 characters, copied; default "pN" */
	int socket_id;	    /**< NUMA socket of its memory; SOCKET_ID_ANY (-1) = that of the calling
			       thread */
	uint32_t ring_size; /**< NBLs per injecting thread's ring, power of two, 64..32768; default
			       512 */
	uint32_t backlog;   /**< accepted NBLs waiting in the poller to be mapped; default 4096 */
};

/**
 * Create a poller. It serves no compartment and no port yet.
 *
 * @param opts   options or NULL; not kept
 * @param poller set on success
 * @return 0; -ENODEV library not initialised; -EINVAL; -ENOMEM; -ENOSPC (64 pollers)
 */
int fwpdk_poller_create(const struct fwpdk_poller_opts *opts, struct fwpdk_poller **poller);

/**
 * Give the poller one TX queue of an attached port. The poller must not be started, nor
 * polled at the same time.
 *
 * @param queue_id a queue inside the range given to attach/open
 * @return 0; -ENODEV port not attached; -EBUSY queue taken by another poller, or poller
 *         started; -EEXIST poller already has a queue on this port; -EINVAL; -ENOSPC (16 ports);
 * -ENOMEM
 */
int fwpdk_poller_add_port(struct fwpdk_poller *poller, uint16_t port_id, uint16_t queue_id);

/**
 * Let the poller serve a compartment. Without this call a started poller serves the
 * default compartment (1). The poller must not be started.
 *
 * @return 0; -ENOENT no such compartment; -EBUSY started; -EEXIST
 */
int fwpdk_poller_add_compartment(struct fwpdk_poller *poller, uint32_t compartment_id);

/**
 * Accept injections. Refused unless the poller has a queue on every port that its
 * compartments can route to (P8).
 *
 * @return 0; -EXDEV a port is missing (the log names it); -EALREADY; -EINVAL no port; -EBUSY
 *         it is being destroyed
 */
int fwpdk_poller_start(struct fwpdk_poller *poller);

/**
 * Accept no more injections; what was accepted goes on to completion as the poller is polled.
 * @return 0; -EALREADY not started
 */
int fwpdk_poller_stop(struct fwpdk_poller *poller);

/**
 * Destroy a stopped poller. A poller nobody owns is claimed and polled until empty.
 *
 * @return 0; -EBUSY started, owned by another thread, or packets are still with a driver
 *         (named in the log; stop and close those ports first); -EALREADY another thread is
 *         inside this call for it; -ENODEV no such poller, it may just have been destroyed;
 *         -EDEADLK from a completion
 */
int fwpdk_poller_destroy(struct fwpdk_poller *poller);

/**
 * Do one round of work: take new injections, map and send them, run completions.
 * Owner thread only; the first call claims. Never blocks. Nested calls from a completion
 * function do nothing.
 *
 * @return number of completion functions run, or -EPERM if another thread owns the poller
 */
int fwpdk_poll(struct fwpdk_poller *poller);

/**
 * Become the owner of a poller. fwpdk_poll() does so by itself.
 * @return 0 (also if already ours); -EPERM another thread owns it; -ENOMEM
 */
int fwpdk_poller_claim(struct fwpdk_poller *poller);

/**
 * Stop being the owner, e.g. before an lcore function returns. A poller without owner is
 * served by whoever needs it empty (destroy, stop). Also done when the owning thread
 * ends. An EAL worker lcore whose function has returned counts as no owner; a host that
 * may launch it again should release instead, so that the two cannot meet.
 * @return 0; -EPERM not the owner; -EDEADLK from a completion function
 */
int fwpdk_poller_release(struct fwpdk_poller *poller);

/**
 * When must the poller be polled next? For hosts that sleep.
 *
 * @return 0 = there is work now; UINT64_MAX = nothing outstanding: sleep until the
 *         host injects; otherwise a TSC value
 */
uint64_t fwpdk_poller_deadline(const struct fwpdk_poller *poller);

/**
 * Poll until *stop becomes true, then release. For rte_eal_remote_launch() wrappers.
 * @return 0, or -EPERM
 */
int fwpdk_poller_loop(struct fwpdk_poller *poller, const volatile bool *stop);

/**
 * Register the poller as a DPDK service; the host maps it to a service core and starts it.
 *
 * @param service_id set on success
 * @return 0; -EALREADY; or what rte_service_component_register() returned
 */
int fwpdk_poller_service_register(struct fwpdk_poller *poller, uint32_t *service_id);

/**
 * Send the host's own mbufs on the poller's queue, in order with injections. Owner thread.
 * Same ownership rule as rte_eth_tx_burst(): what is not taken stays the caller's.
 * Frames leave with the next fwpdk_poll(). Mbufs that ask the NIC for something have been through
 * rte_eth_tx_prepare() before; the library does not call it for them.
 *
 * @return number taken, 0..n
 */
uint16_t fwpdk_tx(
	struct fwpdk_poller *poller, uint16_t port_id, struct rte_mbuf **mbufs, uint16_t n);

/** Figures of a poller; counts since creation. */
struct fwpdk_poller_info {
	size_t size; /**< sizeof(struct fwpdk_poller_info), set by the caller */
	char name[24];
	bool owned, started;
	int owner_lcore; /**< lcore id, or -1 for a plain thread or no owner */
	uint16_t nb_ports;
	uint64_t polls, injected, completed;
	uint64_t in_rings;   /**< NBLs sitting in inject rings */
	uint64_t waiting;    /**< NBLs accepted, not yet mapped */
	uint64_t staged;     /**< mbufs waiting for the driver */
	uint64_t in_driver;  /**< completion mbufs with a driver */
	uint64_t unresolved; /**< NBLs waiting for the answer of a neighbour */
};

/** @return 0; -EINVAL bad size field. Any thread. */
int fwpdk_poller_info(const struct fwpdk_poller *poller, struct fwpdk_poller_info *info);

/** @return the n-th poller (n from 0) or NULL past the last one. */
struct fwpdk_poller *fwpdk_poller_next(unsigned n);

#ifdef __cplusplus
}
#endif

#endif
