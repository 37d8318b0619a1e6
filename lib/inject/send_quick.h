/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FWI_SEND_QUICK_H
#define FWI_SEND_QUICK_H

#include <stdbool.h>

#include <fwpsk.h>

struct fwpdk_poller;

/*
 * Data path: on the thread of p, which takes injections of the default compartment and has
 * nothing waiting: a chain of NBLs of any ordinary shape. False: not taken, nothing changed.
 */
bool fwi_send_quick(struct fwpdk_poller *p, HANDLE handle, HANDLE inj_context,
	NET_BUFFER_LIST *chain, FWPS_INJECT_COMPLETE0 fn, HANDLE context);

/*
 * The whole call, as it came but for default compartment and no flags; neither nbl nor fn is
 * NULL. send_parts.c: one NBL of one IPv4 packet that takes several mbufs, and the case that there
 * is no room in front of its first NB's data; there is an NB. Else goes on to send.c: all the
 * rest.
 */
NTSTATUS fwi_send_parts(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, HANDLE context);
NTSTATUS fwi_send_behind(HANDLE handle, HANDLE inj_context, UINT32 flags,
	COMPARTMENT_ID compartment, NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, HANDLE context);
NTSTATUS fwi_send_other(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, HANDLE context);

#endif
