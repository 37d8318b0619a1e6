/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports for idle_tail beside the program's own: those that EAL was told to make, and three
 * whose other end is another process. Their peers are children of this one: forked before EAL
 * starts, waiting until they are told to receive, gone when the program is.
 */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include "bench.h"

/* Before rte_eal_init(); only if --cases names idle_tail. -1 after an error line. */
int peers_fork(const struct args *args);
/* After it: the targets from TARGET_EXTRA on. Returns how many. */
unsigned peers_targets(struct env *env);
/* Create what EAL was not told to make, open it and wait for its link, or say in
 * target->missing why not. */
void peers_open(struct target *target);
/* The peer of the target, if it has one, receives from now on, or rests. */
void peers_receive(const struct target *target, bool on);
/* Ends the children. */
void peers_end(void);

#endif
