/* SPDX-License-Identifier: BSD-3-Clause */
/* A packet that was taken out, and who keeps it for a while. */
#ifndef CALLOUTS_REINJECT_H
#define CALLOUTS_REINJECT_H

#include "driver.h"

typedef struct TAKEN_ {
	NET_BUFFER_LIST *clone; /* from its IP header on */
	HANDLE injection;
	ADDRESS_FAMILY family;
	BOOLEAN forward;
	COMPARTMENT_ID compartment;
	IF_INDEX interface, subInterface;
} TAKEN;

/** Put it back. On failure the clone is freed. */
NTSTATUS ReinjectPut(const TAKEN *taken);

/** hold.c: a thread that calls ReinjectPut() so much later, in order. */
NTSTATUS HoldStart(UINT32 milliseconds);
/** FALSE: too many are kept already. */
BOOLEAN HoldKeep(const TAKEN *taken);
/** Puts back all that is kept, now. */
VOID HoldStop(VOID);

#endif
