/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a packet that comes in is compared with: the interfaces of each port and the local
 * addresses, in one object that is built anew with every change and published whole.
 */
#ifndef FWI_STACK_INBOUND_H
#define FWI_STACK_INBOUND_H

#include <rte_config.h>

#include "core/rcu.h"
#include "stack/prefix.h"
#include "stack/stack.h"

struct fwi_local {
	fwi_u128 key;
	uint32_t if_index; /* 0 = empty slot */
	uint32_t comp;
	uint8_t family;
	uint8_t kind; /* enum fwi_addr_kind */
};

struct fwi_inbound {
	struct fwi_retired retired;
	uint16_t first[RTE_MAX_ETHPORTS + 1]; /* into ifs[]: those of port n up to first[n + 1] */
	uint16_t behind[RTE_MAX_ETHPORTS];    /* 1 + index of the interface whose stack is there */
	struct fwi_in_if *ifs;		      /* by port */
	struct fwi_in_addr *addrs;	      /* of all of them */
	struct fwi_local *locals;	      /* open hash of mask + 1 slots, never full */
	uint32_t mask;
};

extern struct fwi_inbound *fwi_inbound; /* atomic; NULL = no interface yet */
/* Compartment + 1 of each interface, atomic: for those who hold nothing that keeps the above. */
extern uint32_t fwi_comp_of_if[FWPDK_MAX_INTERFACES + 1];

static inline uint32_t
fwi_local_hash(uint32_t comp, enum fwi_family family, fwi_u128 key)
{
	uint64_t h = (uint64_t)(key >> 64) * UINT64_C(0x9e3779b97f4a7c15);

	h ^= (uint64_t)key * UINT64_C(0xc2b2ae3d27d4eb4f);
	h += (uint64_t)comp << 8 | family;
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(h >> 32);
}

/* Control, under the mutex: after interfaces or addresses changed. 0 or -ENOMEM: not published. */
int fwi_inbound_rebuild(void);
void fwi_inbound_fini(void);

#endif
