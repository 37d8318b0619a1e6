/* SPDX-License-Identifier: BSD-3-Clause */
/* The mutex of all control calls, the configuration, and checks they share. */
#ifndef FWI_CTL_H
#define FWI_CTL_H

#include <stdbool.h>

#include <fwpdk/init.h>

/* Recursive. Never held while waiting for a poller or running a client's callback. */
void fwi_ctl_lock(void);
void fwi_ctl_unlock(void);
/* For pollers: never waits. False: somebody has it, this thread included. */
bool fwi_ctl_trylock(void);

/* True between a successful fwpdk_init() and fwpdk_fini(). Any thread. */
bool fwi_ready(void);
/* Filled in, defaults applied; valid while fwi_ready(). */
extern struct fwpdk_config fwi_config;

/* An extensible struct must be at least as large as its first version. */
#define FWI_SIZE_OK(p, type) ((p) != NULL && (p)->size >= sizeof(type))

#endif
