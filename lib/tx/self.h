/* SPDX-License-Identifier: BSD-3-Clause */
/* Who is this thread? One thread-local record, its address is the thread's identity. */
#ifndef FWI_SELF_H
#define FWI_SELF_H

#include <stdbool.h>
#include <stdint.h>

struct fwpdk_poller;
struct fwi_producer;

struct fwi_self {
	struct fwpdk_poller *near;     /* the same, or one whose gate is shut */
	struct fwpdk_poller *poller;   /* one that we own, NULL = none */
	struct fwi_producer *producer; /* our inject rings, NULL = none yet */
	unsigned callbacks;	       /* > 0: inside a completion function */
	uint8_t hops;		       /* of the packet that callouts are shown on this thread */
	bool classifying;	       /* this is inside a classify */
	uint32_t life;		       /* fwi_life when producer was set */
};

extern __thread struct fwi_self fwi_self;

/* p or NULL: the one that self injects by from now on. self's thread, or that is idle. */
void fwi_self_poller(struct fwi_self *self, struct fwpdk_poller *p);

/* Counts fwpdk_init() calls: what a thread remembers of an earlier life is void. Atomic. */
extern uint32_t fwi_life;

/*
 * Arm the hook that releases pollers and the producer slot when this thread ends. 0 or
 * -ENOMEM: then it must get neither, for nobody would give them back.
 */
int fwi_self_arm(void);
int fwi_self_init(void);
void fwi_self_fini(void);

#endif
