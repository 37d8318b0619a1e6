/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * IP protocol numbers, besides the address families.
 *
 * Left out when <netinet/in.h>, which has the same names, came first. That header
 * cannot be included after this one; define FWPDK_NO_IPPROTO where it must be.
 */
#ifndef FWPDK_WDK_WS2DEF_H
#define FWPDK_WDK_WS2DEF_H

#include <ws2af.h>

#if !defined(FWPDK_NO_IPPROTO) && !defined(_NETINET_IN_H) && !defined(IPPROTO_TCP)
typedef enum {
	IPPROTO_HOPOPTS = 0,
	IPPROTO_ICMP = 1,
	IPPROTO_IGMP = 2,
	IPPROTO_IPV4 = 4,
	IPPROTO_TCP = 6,
	IPPROTO_UDP = 17,
	IPPROTO_IPV6 = 41,
	IPPROTO_ROUTING = 43,
	IPPROTO_FRAGMENT = 44,
	IPPROTO_ESP = 50,
	IPPROTO_AH = 51,
	IPPROTO_ICMPV6 = 58,
	IPPROTO_NONE = 59,
	IPPROTO_DSTOPTS = 60,
	IPPROTO_SCTP = 132,
	IPPROTO_RAW = 255,
	IPPROTO_MAX = 256
} IPPROTO;
#else
typedef int IPPROTO;
#endif

#endif
