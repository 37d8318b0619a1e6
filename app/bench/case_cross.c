/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Another lcore injects, this one polls. The client's NBLs go round in order; a counter of
 * completions, written by the poller's thread alone, tells the injector which are home.
 */
#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include "cases.h"

#define TIMEOUT_SECONDS 60u
#define DRIVER_HOLDS	256u /* more NBLs than a queue keeps without further traffic */

static struct {
	const struct run *run;
	uint64_t total;
	uint32_t chain; /* NBLs per call */
	NTSTATUS refusal;
	bool abort;				/* atomic */
	uint64_t completed __rte_cache_aligned; /* atomic, poller */
	uint64_t misplaced;			/* completions out of order: none may be */
} cross;

static VOID NTAPI
cross_completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch_level)
{
	const struct deck *deck = context;
	uint64_t n = cross.completed;

	UNREFERENCED_PARAMETER(dispatch_level);
	if (unlikely(deck->all[n & deck->mask] != nbl))
		cross.misplaced++;
	__atomic_store_n(&cross.completed, n + 1, __ATOMIC_RELEASE);
}

/* The NBLs from n on as one chain. */
static NET_BUFFER_LIST *
chain_make(const struct deck *deck, uint64_t n, uint32_t len)
{
	NET_BUFFER_LIST *first = NULL;

	for (uint32_t i = len; i-- > 0;) {
		NET_BUFFER_LIST *nbl = deck->all[(n + i) & deck->mask];

		NET_BUFFER_LIST_NEXT_NBL(nbl) = first;
		first = nbl;
	}
	return first;
}

/* Again and again while the ring to the poller is full. */
static NTSTATUS
inject_patiently(const struct run *run, NET_BUFFER_LIST *chain)
{
	NTSTATUS status;

	while (status = FwpsInjectNetworkSendAsync0(run->handle, NULL, 0, run->target->compartment,
		       chain, cross_completed, run->deck),
		status == STATUS_INSUFFICIENT_RESOURCES &&
			!__atomic_load_n(&cross.abort, __ATOMIC_RELAXED))
		rte_pause();
	return status;
}

static int
injector(void *arg)
{
	const struct run *run = cross.run;
	uint32_t count = run->deck->shape.count;
	uint64_t home = count;

	RTE_SET_USED(arg);
	for (uint64_t n = 0; n < cross.total; n += cross.chain) {
		while (home - n < cross.chain) {
			if (__atomic_load_n(&cross.abort, __ATOMIC_RELAXED))
				return 0;
			rte_pause();
			home = count + __atomic_load_n(&cross.completed, __ATOMIC_ACQUIRE);
		}
		cross.refusal = inject_patiently(run, chain_make(run->deck, n, cross.chain));
		if (!NT_SUCCESS(cross.refusal)) {
			__atomic_store_n(&cross.abort, true, __ATOMIC_RELEASE);
			return 0;
		}
	}
	return 0;
}

/* Poll until so many are complete; the TSC then. 0: they do not come. */
static uint64_t
poll_until(struct fwpdk_poller *poller, uint64_t completed)
{
	uint64_t end = rte_rdtsc() + TIMEOUT_SECONDS * rte_get_tsc_hz();

	while (cross.completed < completed) {
		if (fwpdk_poll(poller) != 0)
			continue;
		if (__atomic_load_n(&cross.abort, __ATOMIC_ACQUIRE) || rte_rdtsc() > end)
			return 0;
	}
	return rte_rdtsc();
}

int
cross_run(struct run *run, struct sample *sample)
{
	uint64_t packets = run->env->args.packets, begin, first, end = 0;
	double ticks;
	int rc;

	run->deck = deck_get(run->env, &run->c->shape);
	if (run->deck == NULL)
		return -1;
	deck_aim(run->deck, run->target, 1);
	cross.run = run;
	cross.total = packets + WARM + DRIVER_HOLDS;
	cross.chain = run->c->param;
	cross.refusal = STATUS_SUCCESS;
	cross.abort = false;
	cross.completed = cross.misplaced = 0;
	rc = rte_eal_remote_launch(injector, NULL, run->env->worker);
	if (rc != 0)
		return run_failed(run, "the second lcore is busy");

	begin = poll_until(run->target->poller, WARM);
	first = cross.completed;
	if (begin != 0)
		end = poll_until(run->target->poller, WARM + packets);
	packets = cross.completed - first;
	if (end == 0)
		__atomic_store_n(&cross.abort, true, __ATOMIC_RELEASE);
	while (rte_eal_get_lcore_state(run->env->worker) != WAIT)
		fwpdk_poll(run->target->poller);
	rte_eal_wait_lcore(run->env->worker);
	if (!NT_SUCCESS(cross.refusal))
		return run_refused(run, cross.refusal);
	if (end == 0)
		return run_failed(run, "completions do not come");
	if (run_settle(run) != 0)
		return -1;
	if (cross.completed != cross.total || cross.misplaced != 0)
		return run_failed(run, "completions were lost or out of order");

	ticks = (double)(end - begin);
	sample->cycles = ticks / (double)packets;
	sample->mpps = (double)packets * (double)rte_get_tsc_hz() / ticks / 1e6;
	return 0;
}
