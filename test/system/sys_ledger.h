/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A client's own record of what it injected: how often each NBL has completed, and how.
 * Nothing in it comes from the library's counters.
 */
#ifndef SYS_LEDGER_H
#define SYS_LEDGER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sys_shot.h"

#define LEDGER_THREADS 16u
#define LEDGER_NUMBERS (UINT32_C(1) << 28) /* of one thread */

/* Returns 0, -1 after a line. */
int ledger_open(unsigned nb_threads);
/*
 * The next number of the thread, before its NBL is injected: it may complete before the call
 * returns. UINT32_MAX: there are no more.
 */
uint32_t ledger_next(unsigned thread);
/* The call refused it: the number has not been used. */
void ledger_refused(unsigned thread);
/* shots.done. */
void ledger_done(const struct datagram *d, NTSTATUS status);
uint64_t ledger_injected(void);
uint64_t ledger_completed(void);
uint64_t ledger_succeeded(void);
/* "by_status": {...}, with the number that completed with each. */
void ledger_print(FILE *out);
/* Once all injecting is over: numbers that have completed never, and more than once. */
void ledger_count(uint64_t *never, uint64_t *again);

#endif
