/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Path MTUs: destinations that take smaller packets than the interface they are reached by.
 *
 * A packet is too large (STATUS_INVALID_BUFFER_SIZE, fwpdk_nbl_mtu()) or fragmented
 * (fwpdk_if_set_fragment()) by the smaller one of the interface's MTU and that of its path. An
 * entry is for one address in one compartment and expires. It is set by the host, or learnt by
 * fwpdk_input() from ICMP about a packet that one of our addresses has sent: that only ever lowers
 * it. The table has FWPDK_PMTU_MAX places; a new entry that finds those for its hash taken replaces
 * the one that expires next.
 */
#ifndef FWPDK_PMTU_H
#define FWPDK_PMTU_H

#include <stdint.h>

#include <fwpdk/stack.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FWPDK_PMTU_MAX	   2048u
#define FWPDK_PMTU_SECONDS 600u /**< life of an entry unless said otherwise (RFC 1191, 8201) */

/**
 * Set the path MTU of a destination, for some time. Pollers see it from their next poll on.
 *
 * @param compartment_id 0 = default
 * @param dst     the destination
 * @param mtu     bytes of an IP packet: 68..65535, for IPv6 1280..65535
 * @param seconds how long, 1..86400; 0 = FWPDK_PMTU_SECONDS
 * @return 0; -EINVAL; -ENOENT no such compartment; -ENODEV library not initialised
 */
int fwpdk_pmtu_set(
	uint32_t compartment_id, const struct fwpdk_addr *dst, uint16_t mtu, uint32_t seconds);

/**
 * What is known of a path.
 *
 * @param mtu     set to it, or NULL
 * @param seconds set to how long it holds, rounded up, or NULL
 * @return 0; -ENOENT nothing known; -EINVAL; -ENODEV
 */
int fwpdk_pmtu_get(
	uint32_t compartment_id, const struct fwpdk_addr *dst, uint16_t *mtu, uint32_t *seconds);

/** Forget a path. @return 0; -ENOENT; -EINVAL; -ENODEV */
int fwpdk_pmtu_del(uint32_t compartment_id, const struct fwpdk_addr *dst);

/** Called for each entry of a walk; return nonzero to stop. */
typedef int (*fwpdk_pmtu_walk_fn)(uint32_t compartment_id, const struct fwpdk_addr *dst,
	uint16_t mtu, uint32_t seconds, void *arg);

/**
 * Walk over all entries under the library's mutex: no control call from the function.
 * @return what the last call returned, or 0; -EINVAL fn NULL; -ENODEV
 */
int fwpdk_pmtu_walk(fwpdk_pmtu_walk_fn fn, void *arg);

#ifdef __cplusplus
}
#endif

#endif
