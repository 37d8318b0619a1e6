/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FWI_SEND_QUICK_H
#define FWI_SEND_QUICK_H

#include <stdbool.h>
#include <stdint.h>

#include <fwpsk.h>

struct fwi_near_row;
struct fwpdk_poller;

/*
 * Data path: on the thread of p, which takes injections of the default compartment and has
 * nothing waiting: a chain of NBLs of any ordinary shape. False: not taken, nothing changed.
 */
bool fwi_send_quick(struct fwpdk_poller *p, HANDLE handle, HANDLE inj_context,
	NET_BUFFER_LIST *chain, FWPS_INJECT_COMPLETE0 fn, HANDLE context);

/*
 * send_copied.c: a packet that send_plain() has found in order, and counted in, for a queue without
 * a free mbuf: it copies, or there is none left. The rest of the call, the next hop and the
 * packet's length in place of what the caller gave as flags and compartment.
 */
NTSTATUS fwi_send_copy(HANDLE handle, HANDLE inj_context, const struct fwi_near_row *row,
	uint64_t total, NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, volatile HANDLE context);

/*
 * The whole call, as it came but for default compartment and no flags; neither nbl nor fn is
 * NULL, and there is an NB. Each takes what it is for and leaves the rest to the next one:
 * send_small.c: one NBL of one small IPv4 packet without room in front of it, or in several MDLs.
 * send_parts.c: the same of any size, which takes several mbufs.
 * send.c: all the rest, also without an NB.
 */
NTSTATUS fwi_send_small(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, HANDLE context);
NTSTATUS fwi_send_gather(HANDLE handle, HANDLE inj_context, UINT32 flags,
	COMPARTMENT_ID compartment, NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, HANDLE context);
NTSTATUS fwi_send_parts(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, HANDLE context);
NTSTATUS fwi_send_behind(HANDLE handle, HANDLE inj_context, UINT32 flags,
	COMPARTMENT_ID compartment, NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, HANDLE context);
NTSTATUS fwi_send_other(HANDLE handle, HANDLE inj_context, UINT32 flags, COMPARTMENT_ID compartment,
	NET_BUFFER_LIST *nbl, FWPS_INJECT_COMPLETE0 fn, HANDLE context);

#endif
