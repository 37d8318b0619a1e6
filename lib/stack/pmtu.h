/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Path MTUs. Of fixed size; whoever writes takes a bucket for a moment, readers look again
 * or do without, and after each change the stack's generation grows, so that what a reader
 * missed is looked up anew.
 */
#ifndef FWI_STACK_PMTU_H
#define FWI_STACK_PMTU_H

#include <stdbool.h>
#include <stdint.h>

#include "stack/prefix.h"

/* TSC at which a poll has to call fwi_pmtu_expire(). Atomic. */
extern uint64_t fwi_pmtu_due;
/* How many entries there are. Atomic. */
extern uint32_t fwi_pmtu_count;

/* Data path. What is known of the path, else mtu; never more than mtu. */
uint16_t fwi_pmtu_limit(uint32_t comp, enum fwi_family family, fwi_u128 dst, uint16_t mtu);

/*
 * Data path, any thread: a router or the destination says (ICMP "fragmentation needed", ICMPv6
 * "packet too big") that packets for dst may have mtu bytes. The caller has made sure that it
 * answers a packet of ours. Only ever lowers what holds for an entry; values below what
 * a path must take count as that (IPv4: 552 as Linux has it, so that nobody is made to send
 * tiny packets; IPv6: 1280). False: nothing changed.
 */
bool fwi_pmtu_learn(uint32_t comp, enum fwi_family family, fwi_u128 dst, uint32_t mtu);

/* Data path, any thread: drop what has expired by now. */
void fwi_pmtu_expire(uint64_t now);

void fwi_pmtu_init(void);
void fwi_pmtu_fini(void);

#endif
