/* SPDX-License-Identifier: BSD-3-Clause */
/* Injection on the poller's own thread, as a client does it. */
#include "cases.h"

VOID NTAPI
completed_lifo(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch_level)
{
	struct deck *deck = context;

	UNREFERENCED_PARAMETER(dispatch_level);
	*deck->top++ = nbl;
}

/* One NBL per call. */
int
measured_local(struct run *run, uint64_t packets)
{
	struct fwpdk_poller *poller = run->target->poller;
	COMPARTMENT_ID compartment = run->target->compartment;
	struct deck *deck = run->deck;
	HANDLE handle = run->handle;

	for (; packets > 0; packets -= BURST) {
		NET_BUFFER_LIST **nbl = deck_pop(deck, BURST), **end;

		if (unlikely(nbl == NULL))
			return run_failed(run, "completions do not come");
		for (end = nbl + BURST; nbl != end; nbl++) {
			NTSTATUS status = FwpsInjectNetworkSendAsync0(
				handle, NULL, 0, compartment, *nbl, completed_lifo, deck);

			if (unlikely(!NT_SUCCESS(status)))
				return run_refused(run, status);
		}
		fwpdk_poll(poller);
	}
	return 0;
}

/* One call per BURST NBLs. */
int
measured_chain(struct run *run, uint64_t packets)
{
	struct fwpdk_poller *poller = run->target->poller;
	struct deck *deck = run->deck;

	for (; packets > 0; packets -= BURST) {
		NET_BUFFER_LIST **nbl = deck_pop(deck, BURST), *chain = NULL;
		NTSTATUS status;

		if (unlikely(nbl == NULL))
			return run_failed(run, "completions do not come");
		for (unsigned i = BURST; i > 0; i--) {
			NET_BUFFER_LIST_NEXT_NBL(nbl[i - 1]) = chain;
			chain = nbl[i - 1];
		}
		status = FwpsInjectNetworkSendAsync0(run->handle, NULL, 0, run->target->compartment,
			chain, completed_lifo, deck);
		if (unlikely(!NT_SUCCESS(status)))
			return run_refused(run, status);
		fwpdk_poll(poller);
	}
	return 0;
}

int
inject_run(struct run *run, struct sample *sample)
{
	run->deck = deck_get(run->env, &run->c->shape);
	if (run->deck == NULL)
		return -1;
	deck_aim(run->deck, run->target, run->c->dests != 0 ? run->c->dests : 1);
	return run_measure(run, run->env->args.packets, sample);
}

/* The data of a deck without its NBLs: those are made and freed for each packet. */
#define FRESH_MAX 4096u
static struct {
	uint8_t *data[FRESH_MAX];
	uint32_t n;
} fresh;

static VOID NTAPI
fresh_completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch_level)
{
	UNREFERENCED_PARAMETER(dispatch_level);
	IoFreeMdl(NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(nbl)));
	FwpsFreeNetBufferList0(nbl);
	fresh.data[fresh.n++] = context;
}

static NTSTATUS
fresh_inject(const struct run *run, uint8_t *data)
{
	const struct shape *shape = &run->c->shape;
	ULONG len = (ULONG)shape->backfill + shape->len;
	MDL *mdl = IoAllocateMdl(data, len, FALSE, FALSE, NULL);
	NET_BUFFER_LIST *nbl;
	NTSTATUS status;

	if (unlikely(mdl == NULL))
		return STATUS_INSUFFICIENT_RESOURCES;
	MmBuildMdlForNonPagedPool(mdl);
	status = FwpsAllocateNetBufferAndNetBufferList0(
		run->env->nbl_pool, 0, 0, mdl, shape->backfill, shape->len, &nbl);
	if (unlikely(!NT_SUCCESS(status))) {
		IoFreeMdl(mdl);
		return status;
	}
	status = FwpsInjectNetworkSendAsync0(
		run->handle, NULL, 0, run->target->compartment, nbl, fresh_completed, data);
	if (unlikely(!NT_SUCCESS(status))) {
		IoFreeMdl(mdl);
		FwpsFreeNetBufferList0(nbl);
	}
	return status;
}

int
measured_fresh(struct run *run, uint64_t packets)
{
	struct fwpdk_poller *poller = run->target->poller;

	for (; packets > 0; packets -= BURST) {
		if (unlikely(fresh.n < BURST))
			return run_failed(run, "completions do not come");
		for (unsigned i = 0; i < BURST; i++) {
			NTSTATUS status = fresh_inject(run, fresh.data[--fresh.n]);

			if (unlikely(!NT_SUCCESS(status)))
				return run_refused(run, status);
		}
		fwpdk_poll(poller);
	}
	return 0;
}

int
fresh_run(struct run *run, struct sample *sample)
{
	struct deck *deck = deck_get(run->env, &run->c->shape);
	int rc;

	if (deck == NULL)
		return -1;
	deck_aim(deck, run->target, 1);
	fresh.n = RTE_MIN(FRESH_MAX, deck->shape.count);
	for (uint32_t i = 0; i < fresh.n; i++)
		fresh.data[i] = deck->data + (size_t)i * deck->stride;
	rc = run_measure(run, run->env->args.packets, sample);
	if (rc == 0 && fresh.n != RTE_MIN(FRESH_MAX, deck->shape.count))
		rc = run_failed(run, "a completion function was not called exactly once per NBL");
	return rc;
}
