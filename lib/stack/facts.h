/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the data path has to know of an interface beyond its next hops, when a packet is
 * not the plain one: a word per interface, read and written whole.
 */
#ifndef FWI_STACK_FACTS_H
#define FWI_STACK_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include <fwpdk/stack.h>

union fwi_if_facts {
	uint64_t word;
	struct {
		uint16_t tag;	     /* priority and VLAN id */
		uint16_t outer;	     /* the same of the tag in front of it */
		uint16_t outer_tpid; /* its type, host order */
		uint8_t tags;	     /* how many of the two there are */
		uint8_t fragment;
	};
};

extern uint64_t fwi_if_facts[FWPDK_MAX_INTERFACES]; /* by fwi_hop.iface; atomic */

static inline union fwi_if_facts
fwi_if_facts_of(uint8_t iface)
{
	return (union fwi_if_facts){
		.word = __atomic_load_n(&fwi_if_facts[iface], __ATOMIC_RELAXED)};
}

#endif
