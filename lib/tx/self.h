/* SPDX-License-Identifier: BSD-3-Clause */
/* Who is this thread? One thread-local record, its address is the thread's identity. */
#ifndef FWI_SELF_H
#define FWI_SELF_H

#include <stdbool.h>
#include <stdint.h>

struct fwi_poller;
struct fwi_producer;

struct fwi_self {
	struct fwpdk_poller *poller;   /* the poller claimed last; ours only if its owner says so */
	struct fwi_producer *producer; /* our inject rings, NULL = none yet */
	unsigned callbacks;	       /* > 0: inside a completion function */
};

extern __thread struct fwi_self fwi_self;

/* Arm the hook that releases pollers and the producer slot when this thread ends. */
void fwi_self_arm(void);
int fwi_self_init(void);
void fwi_self_fini(void);

#endif
