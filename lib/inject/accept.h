/* SPDX-License-Identifier: BSD-3-Clause */
/* One inject call on its way to a yes or a no. Data path. */
#ifndef FWI_ACCEPT_H
#define FWI_ACCEPT_H

#include <fwpsk.h>

#include <fwpdk/handle.h>

#include "inject/record.h"

struct fwpdk_poller;

struct fwi_call {
	HANDLE handle;
	UINT32 flags;
	COMPARTMENT_ID compartment;
	ADDRESS_FAMILY family; /* forward only: of the packets */
	NET_BUFFER_LIST *nbl;
	struct fwi_request req;
	/* filled on the way */
	uint32_t n;
	NET_BUFFER_LIST *list[FWPDK_CHAIN_MAX];
	uint32_t hash[FWPDK_CHAIN_MAX]; /* flow hashes, remote calls only */
};

/*
 * Everything that does not need the packets; fills req.compartment, again: what fwi_call_run()
 * found outside of a producer's section may be gone.
 */
NTSTATUS fwi_accept_arguments(struct fwi_call *c);
/*
 * Walk the chain, check each NBL and mark it as in flight (hot->complete). Not success:
 * all marks are gone again.
 */
NTSTATUS fwi_accept_chain(struct fwi_call *c, bool want_hash);
void fwi_accept_undo(struct fwi_call *c);

/* call.c: run a call whose arguments and req's complete, context, inj_context, path and if_index
 * are filled in; fills in the rest. */
NTSTATUS fwi_call_run(struct fwi_call *c);
/* May this poller take that call? A receive injection needs its receive side. */
bool fwi_call_fits(const struct fwi_call *c, const struct fwpdk_poller *p);

/* send_copied.c, send_local.c, send_remote.c. False: not taken, nothing changed. */
bool fwi_send_copied(struct fwpdk_poller *p, struct fwi_call *c);
NTSTATUS fwi_send_local(struct fwpdk_poller *p, struct fwi_call *c);
NTSTATUS fwi_send_remote(struct fwi_call *c);

#endif
