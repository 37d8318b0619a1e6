/* SPDX-License-Identifier: BSD-3-Clause */
/* Steps of the public calls, for telemetry.c and for tests that have messages of their own. */
#ifndef FWI_NETLINK_LIST_H
#define FWI_NETLINK_LIST_H

#include <fwpdk/netlink.h>

/* Without sockets. */
int fwi_nl_create(const struct fwpdk_netlink_opts *opts, struct fwpdk_netlink **nl);
/* What comes after so many notifications were taken, or after their error. 0 or -errno. */
int fwi_nl_follow(struct fwpdk_netlink *nl, int taken);
/* The open ones; under the mutex. */
struct fwpdk_netlink *fwi_nl_mirrors(void);

#endif
