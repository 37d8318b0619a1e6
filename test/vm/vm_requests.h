/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that ask for checksums, segments, fragments and tags, to a next hop of their own. */
#ifndef VM_REQUESTS_H
#define VM_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

struct fwpdk_poller;

/*
 * Inject all that sys_requests.c has, poll until it has completed, and write figures. The
 * port's NIC is to do all checksums of single packets, or none.
 */
void vm_requests(uint16_t port, uint32_t if_index, struct fwpdk_poller *poller, bool nic);

#endif
