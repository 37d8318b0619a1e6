/* SPDX-License-Identifier: BSD-3-Clause */
/* Owner thread, rare: a queue changes between running and parked. */
#include <ntstatus.h>

#include "tx/cpool.h"
#include "tx/poller.h"
#include "tx/reclaim.h"
#include "tx/txq.h"

void
fwi_txq_state_changed(struct fwi_txq *q)
{
	uint8_t state = __atomic_load_n(&q->state, __ATOMIC_ACQUIRE);

	if (state == FWI_TXQ_PARK) {
		/* Given back before the stop: what is in the ring by now still succeeds. */
		fwi_txq_collect(q);
		fwi_txq_flush(q, STATUS_INVALID_DEVICE_STATE);
		fwi_cpool_mark_aborted(q);
		fwi_map_blanks_back(&q->map);
		state = FWI_TXQ_PARKED;
		q->seen_state = state;
		__atomic_store_n(&q->state, state, __ATOMIC_RELEASE);
	}
	if (state == FWI_TXQ_RUNNING) /* some drivers decide at each start what they have */
		fwi_reclaim_set(q, q->chosen);
	q->seen_state = state;
	q->stuck_since = 0;
	fwi_poller_forget_hops(q->poller); /* hop.user depends on the state */
}
