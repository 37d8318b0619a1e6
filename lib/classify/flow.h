/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Flows: local and remote address and port, protocol, compartment; both directions are one. There
 * are some only while a callout with flowDeleteFn is registered.
 *
 * Data path: look-ups without a lock; a new flow is entered by whoever gets the lock at once, and
 * is not entered by this packet if somebody else has it.
 */
#ifndef FWI_FLOW_H
#define FWI_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "classify/classify.h"

#define FWI_FLOWS_MAX	      8192u
#define FWI_FLOW_CONTEXTS_MAX 16384u
#define FWI_FLOW_IDLE_S	      300u

/* End contexts that nobody looks at any more; runs flowDeleteFn. Any thread, without the mutex. */
void fwi_flow_finish(void);

extern bool fwi_flows_on; /* atomic, written by control */

uint64_t fwi_flow_look(const struct fwi_key *key);

/* FLOW_HANDLE of a packet at a transport or datagram layer; 0 = it has none. */
static inline uint64_t
fwi_flow_of(const struct fwi_key *key)
{
	return __atomic_load_n(&fwi_flows_on, __ATOMIC_RELAXED) ? fwi_flow_look(key) : 0;
}

/* What a callout gave the flow at that layer; 0 = nothing. Inside a section only. */
UINT64 fwi_flow_context(uint64_t handle, uint16_t layer_id, uint32_t callout_id);

/* Control, under the mutex: a callout with flowDeleteFn comes; it goes. 0 or -ENOMEM. */
int fwi_flow_callout_add(uint32_t id, FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flow_delete);
/* False: contexts of it are there, it stays. */
bool fwi_flow_callout_del(uint32_t id);
void fwi_flows_fini(void);

/* Tests: as if so much time had passed. */
extern uint64_t fwi_flow_time_ahead;

#endif
