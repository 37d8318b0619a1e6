/* SPDX-License-Identifier: BSD-3-Clause */
/* Ports, routes and pollers of a sender. Functions return 0, or -1 after a line on stderr. */
#ifndef SYS_STACK_H
#define SYS_STACK_H

#include <unistd.h>

#include <fwpdk/fwpdk.h>

#include "sys_frame.h"

#define SYS_POLLERS_MAX 4u

/*
 * Open every port that a target names, wait for its link, route each target's address to it;
 * every poller has a queue on each of these ports.
 */
int sys_stack_up(int mode, bool receive, const struct target *targets, unsigned nb_targets,
	struct fwpdk_poller **pollers, unsigned nb_pollers);
/* Set before: no interfaces, routes and neighbours, somebody else makes them. */
extern bool sys_stack_bare;
/* Stop the ports. */
int sys_stack_stop(void);
/* Close the stopped ports: now drivers give back what they still have. */
int sys_stack_close(void);
/* Everything back, and the library finds nothing left over. */
int sys_stack_down(struct fwpdk_poller **pollers, unsigned nb_pollers);
/* Read back what a net_ring port sent: check it, count it in progress[1]. */
void sys_ring_receive(uint16_t port, uint64_t *progress);
unsigned sys_receive_errors(void);

/* A poll loop found nothing to do: kernels, receivers and other tests need the CPU meanwhile. */
static inline void
sys_idle(void)
{
	usleep(20);
}

#endif
