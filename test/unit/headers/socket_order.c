/* SPDX-License-Identifier: BSD-3-Clause */
/* Host socket headers before (ORDER 1) or after (ORDER 2) ours; C and C++. */
#if ORDER == 1
#include <sys/queue.h>
#include <sys/socket.h>
#include <netinet/in.h>
#endif

#include <ntddk.h>
#include <fwpsk.h>
#if ORDER == 1
#include <fwpmk.h> /* leaves the IPPROTO names to <netinet/in.h> */
#else
#include <sys/queue.h>
#include <sys/socket.h>
#include <netinet/in.h>
#endif

C_ASSERT(AF_UNSPEC == 0);
C_ASSERT(AF_INET == 2);
C_ASSERT(AF_INET6 == 10);
C_ASSERT(IPPROTO_TCP == 6);
C_ASSERT(sizeof(LIST_ENTRY) == 16); /* beside the macro of <sys/queue.h> */

extern int socket_order;
