/* SPDX-License-Identifier: BSD-3-Clause */
/* NBLs with several NET_BUFFERs, and many NBLs that come round in order. */
#include "cases.h"

VOID NTAPI
completed_fifo(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch_level)
{
	struct deck *deck = context;

	UNREFERENCED_PARAMETER(dispatch_level);
	deck->at[deck->tail++ & deck->mask] = nbl;
}

/* The NBL that has been at home longest is next: every one of them is cold. */
int
measured_fifo(struct run *run, uint64_t packets)
{
	struct fwpdk_poller *poller = run->target->poller;
	COMPARTMENT_ID compartment = run->target->compartment;
	struct deck *deck = run->deck;
	HANDLE handle = run->handle;

	for (; packets > 0; packets -= BURST) {
		if (unlikely(deck->tail - deck->head < BURST))
			return run_failed(run, "completions do not come");
		for (unsigned i = 0; i < BURST; i++) {
			NTSTATUS status = FwpsInjectNetworkSendAsync0(handle, NULL, 0, compartment,
				deck->at[deck->head & deck->mask], completed_fifo, deck);

			if (unlikely(!NT_SUCCESS(status)))
				return run_refused(run, status);
			deck->head++;
		}
		fwpdk_poll(poller);
	}
	return 0;
}

/* As measured_local, BURST packets between two polls. */
int
measured_nbs(struct run *run, uint64_t packets)
{
	struct fwpdk_poller *poller = run->target->poller;
	struct deck *deck = run->deck;
	unsigned lists = BURST / deck->shape.nbs;

	for (; packets > 0; packets -= BURST) {
		NET_BUFFER_LIST **nbl = deck_pop(deck, lists), **end;

		if (unlikely(nbl == NULL))
			return run_failed(run, "completions do not come");
		for (end = nbl + lists; nbl != end; nbl++) {
			NTSTATUS status = FwpsInjectNetworkSendAsync0(run->handle, NULL, 0,
				run->target->compartment, *nbl, completed_lifo, deck);

			if (unlikely(!NT_SUCCESS(status)))
				return run_refused(run, status);
		}
		fwpdk_poll(poller);
	}
	return 0;
}
