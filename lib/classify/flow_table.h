/* SPDX-License-Identifier: BSD-3-Clause */
/* What flow.c and flow_table.c share. */
#ifndef FWI_FLOW_TABLE_H
#define FWI_FLOW_TABLE_H

#include <rte_pause.h>

#include "classify/callout.h"
#include "classify/flow.h"

/*
 * Linked to its flow, or waiting for pollers to let go of it, or free. owner and context are
 * written before it is linked.
 */
struct fwi_flow_context {
	struct fwi_flow_context *next;	 /* atomic; as it was until nobody looks any more */
	struct fwi_flow_context *behind; /* among those that wait */
	uint64_t owner;			 /* layer << 32 | callout */
	UINT64 context;
	uint64_t token; /* while it waits: of fwi_rcu */
};

struct fwi_flow_key {
	uint8_t local[16], remote[16];
	uint16_t local_port, remote_port;
	uint16_t compartment;
	uint8_t protocol, version;
};

struct fwi_flow {
	uint64_t handle;		   /* atomic; 0 = none here */
	struct fwi_flow_context *contexts; /* atomic */
	uint64_t seen;			   /* atomic: coarse time of its last packet */
	uint32_t generation;
	struct fwi_flow_key key;
};

/* All changes are under it; never while a client's function runs. */
extern bool fwi_flow_locked; /* atomic */

static inline bool
fwi_flow_trylock(void)
{
	return !__atomic_exchange_n(&fwi_flow_locked, true, __ATOMIC_ACQUIRE);
}

/* Held for moments only. */
static inline void
fwi_flow_lock(void)
{
	while (!fwi_flow_trylock())
		rte_pause();
}

static inline void
fwi_flow_unlock(void)
{
	__atomic_store_n(&fwi_flow_locked, false, __ATOMIC_RELEASE);
}

int fwi_flow_table_init(void);
void fwi_flow_table_fini(void);
/* Under the lock. NULL: no such flow. */
struct fwi_flow *fwi_flow_get(uint64_t handle);
void fwi_flow_remove(struct fwi_flow *f);

/* flow.c. Under the lock: the flow's contexts wait for their end. */
void fwi_flow_retire_all(struct fwi_flow *f);
/* How many wait. */
extern uint32_t fwi_flow_waiting; /* atomic */

#endif
