/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Life of the library inside a DPDK process.
 */
#ifndef FWPDK_INIT_H
#define FWPDK_INIT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * fwpdk_fini() that finds anything left ends the process with abort() after it has named it, so
 * that a leak is found where it happens and a core file has it. For tests and development.
 */
#define FWPDK_CONFIG_ABORT_ON_LEAK UINT32_C(1)

/**
 * Sizes fixed at fwpdk_init(). A field that is 0 takes its default.
 *
 * NDIS pools have no size in their API: every pool draws on the slabs sized here.
 */
struct fwpdk_config {
	size_t size;		/**< sizeof(struct fwpdk_config), checked */
	uint32_t nbl_count;	/**< NET_BUFFER_LISTs (each with one NET_BUFFER) per NUMA socket;
				   default 32767 */
	uint32_t nb_count;	/**< further NET_BUFFERs per socket; default 16383 */
	uint32_t mdl_count;	/**< MDLs per socket; default 65535 */
	uint32_t max_handles;	/**< live injection handles, 2..65536, rounded up to a power of two;
				   default 4096 */
	uint32_t max_producers; /**< threads that inject without owning a poller and get an own
				 * ring, 1..64; default 16. Further threads share one ring and pay
				 * for it; under overload one of them may take it all. */
	uint32_t max_neighbours; /**< neighbours over all interfaces; default 65536 */
	uint32_t flags;		 /**< FWPDK_CONFIG_ bits; others are refused */
};

/**
 * Initialise the library. Call once, after rte_eal_init(), from a control thread.
 *
 * @param config sizes, or NULL for the defaults. Not kept.
 * @return 0; -EINVAL bad size field or value; -EALREADY already initialised;
 *         -ENOTSUP in a secondary process; -ENOMEM; -ENOSPC no mempool ops slot is
 *         free in this process (the message names the limit); -EAGAIN no key of
 *         pthread_key_create() is free.
 */
int fwpdk_init(const struct fwpdk_config *config);

/**
 * Release everything. All pollers, ports, handles, sessions and callouts must be gone.
 *
 * @return 0; -ENODEV not initialised; -EBUSY something is still alive: it is named in
 *         the log (handles, pollers, ports, open sessions, registered callouts, and NBLs or MDLs by
 *         pool tag) and nothing is released, except that leaked NBLs and MDLs, and filters and
 *         other objects of the management side, alone do not keep the library:
 *         then their number is returned as a positive value and all is released.
 *         With FWPDK_CONFIG_ABORT_ON_LEAK neither is returned: the process is aborted.
 */
int fwpdk_fini(void);

/** @return "major.minor.patch", static. */
const char *fwpdk_version(void);

#ifdef __cplusplus
}
#endif

#endif
