/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Address families.
 *
 * AF_INET6 is the host's number (10), not the 23 of Windows; the library takes
 * both, WFP_AF_INET6 is the latter. The macros repeat the host C library's
 * definitions token by token, so that <sys/socket.h> may come before or after.
 */
#ifndef FWPDK_WDK_WS2AF_H
#define FWPDK_WDK_WS2AF_H

#include <basetsd.h>

#ifndef AF_UNSPEC
#ifndef PF_UNSPEC
#define PF_UNSPEC 0
#endif
#define AF_UNSPEC PF_UNSPEC
#endif
#ifndef AF_INET
#ifndef PF_INET
#define PF_INET 2
#endif
#define AF_INET PF_INET
#endif
#ifndef AF_INET6
#ifndef PF_INET6
#define PF_INET6 10
#endif
#define AF_INET6 PF_INET6
#endif

#define WFP_AF_INET  2
#define WFP_AF_INET6 23

typedef USHORT ADDRESS_FAMILY; /**< AF_UNSPEC, AF_INET, AF_INET6 or WFP_AF_INET6 */

#endif
