/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the call to the completion function, at a steady rate. The completion context of
 * each injection is the TSC of its call: nothing else has to be kept.
 */
#include <rte_cycles.h>

#include "cases.h"
#include "stats.h"

#define SAMPLES_MAX 65536u
#define PAUSE_US    20u /* a round takes less: longer, and somebody else had the CPU */
#define SAMPLE_EACH 16u /* reading the TSC for every packet would be the load */

static struct {
	struct deck *deck;
	uint32_t each, left;
	size_t n;
	double us_per_tick;
	double at[SAMPLES_MAX];
} lat;

static VOID NTAPI
completed_timed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch_level)
{
	struct deck *deck = lat.deck;

	UNREFERENCED_PARAMETER(dispatch_level);
	*deck->top++ = nbl;
	if (--lat.left != 0)
		return;
	lat.left = lat.each;
	if (lat.n < SAMPLES_MAX)
		lat.at[lat.n++] = (double)(rte_rdtsc() - (uint64_t)(uintptr_t)context) *
				  lat.us_per_tick;
}

static void
samples_begin(struct deck *deck, uint32_t each)
{
	lat.deck = deck;
	lat.n = 0;
	lat.each = lat.left = each;
	lat.us_per_tick = 1e6 / (double)rte_get_tsc_hz();
}

static void
samples_end(struct sample *sample)
{
	sample->p50 = stats_percentile(lat.at, lat.n, 0.5);
	sample->p99 = stats_percentile(lat.at, lat.n, 0.99);
	sample->p999 = stats_percentile(lat.at, lat.n, 0.999);
	sample->max = stats_percentile(lat.at, lat.n, 1);
}

/* Inject what is due at now, BURST at most. */
static NTSTATUS
inject_due(struct run *run, uint64_t due, uint64_t now)
{
	struct deck *deck = run->deck;

	for (uint64_t i = 0; i < due && deck->top != deck->at; i++) {
		NET_BUFFER_LIST *nbl = *--deck->top;
		NTSTATUS status = FwpsInjectNetworkSendAsync0(run->handle, NULL, 0,
			run->target->compartment, nbl, completed_timed, (HANDLE)(uintptr_t)now);

		if (unlikely(!NT_SUCCESS(status))) {
			*deck->top++ = nbl;
			return status;
		}
	}
	return STATUS_SUCCESS;
}

/*
 * One packet every interval ticks; a packet that is late does not delay those after it.
 * But what was to be sent while this thread had no CPU is not sent all at once afterwards.
 */
static int
paced(struct run *run, uint64_t packets, double interval)
{
	uint64_t pause = rte_get_tsc_hz() / 1000000 * PAUSE_US;
	uint64_t begin = rte_rdtsc(), last = begin, sent = 0;
	double per_tick = 1 / interval;

	while (sent < packets) {
		uint64_t now = rte_rdtsc(), due;
		NTSTATUS status;

		if (unlikely(now - last > pause))
			begin += now - last;
		last = now;
		due = (uint64_t)((double)(now - begin) * per_tick) + 1;
		due = RTE_MAX(due, sent);
		due = RTE_MIN(RTE_MIN(due, packets) - sent, (uint64_t)BURST);
		status = inject_due(run, due, now);
		if (unlikely(!NT_SUCCESS(status)))
			return run_refused(run, status);
		sent += due;
		fwpdk_poll(run->target->poller);
	}
	return 0;
}

/* The rate is c->param percent of what this moment's machine can do at most. */
int
latency_run(struct run *run, struct sample *sample)
{
	uint64_t packets = run->env->args.packets;
	double interval;

	run->deck = deck_get(run->env, &run->c->shape);
	if (run->deck == NULL)
		return -1;
	deck_aim(run->deck, run->target, 1);
	if (run_measure(run, packets / 4 / BURST * BURST, sample) != 0)
		return -1;
	interval = (double)rte_get_tsc_hz() / (sample->mpps * 1e6 * run->c->param / 100);
	samples_begin(run->deck, SAMPLE_EACH);
	if (paced(run, packets, interval) != 0)
		return -1;
	samples_end(sample);
	lat.left = UINT32_MAX; /* what comes home by the drain is no sample */
	return run_settle(run);
}

/* One packet alone in an idle system, c->param times. */
int
lone_run(struct run *run, struct sample *sample)
{
	run->deck = deck_get(run->env, &run->c->shape);
	if (run->deck == NULL)
		return -1;
	deck_aim(run->deck, run->target, 1);
	samples_begin(run->deck, 1);
	for (uint32_t i = 0; i < run->c->param; i++) {
		uint64_t end = rte_rdtsc() + rte_get_tsc_hz();
		NTSTATUS status = inject_due(run, 1, rte_rdtsc());

		if (!NT_SUCCESS(status))
			return run_refused(run, status);
		while (lat.n == i && rte_rdtsc() < end)
			fwpdk_poll(run->target->poller);
		if (lat.n == i)
			return run_failed(run, "a completion does not come");
	}
	samples_end(sample);
	return run_settle(run);
}
