/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What the library knows about a NET_BUFFER_LIST beyond its public members.
 */
#ifndef FWPDK_NBL_H
#define FWPDK_NBL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct _NET_BUFFER_LIST;

/**
 * The MTU that a packet was too large for, for whoever wants to tell the sender of it
 * (ICMP "fragmentation needed", ICMPv6 "packet too big"). Call it in the completion function,
 * or later as long as the NBL has not been injected anew or freed.
 *
 * @param nbl completed with Status STATUS_INVALID_BUFFER_SIZE
 * @return the smaller one of the interface's MTU and the path's (fwpdk/pmtu.h) at the time; 0: any
 *         other Status, or no MTU was to blame (a packet that had to be copied did not fit)
 */
uint16_t fwpdk_nbl_mtu(const struct _NET_BUFFER_LIST *nbl);

#ifdef __cplusplus
}
#endif

#endif
