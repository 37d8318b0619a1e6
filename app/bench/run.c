/* SPDX-License-Identifier: BSD-3-Clause */
/* One repetition of one case: warm up, measure, drain, and the accounts must balance. */
#include <inttypes.h>

#include <rte_cycles.h>

#include "bench.h"
#include "nicmodel.h"

#define SETTLE_SECONDS 30u

int
run_failed(const struct run *run, const char *what)
{
	return bench_error("%s on %s: %s", run->c->name, run->target->name, what);
}

int
run_refused(const struct run *run, NTSTATUS status)
{
	return bench_error("%s on %s: FwpsInjectNetworkSendAsync0: status 0x%08" PRIx32,
		run->c->name, run->target->name, (uint32_t)status);
}

static bool
deck_home(const struct deck *deck)
{
	return deck == NULL || (deck->top == deck->at + deck->shape.count &&
				       deck->tail - deck->head == deck->shape.count);
}

static uint32_t
first_error(const struct fwpdk_stats *stats)
{
	for (unsigned i = 0; i < FWPDK_STATUS_SLOTS; i++)
		if (stats->by_status[i].status != 0 && stats->by_status[i].count != 0)
			return stats->by_status[i].status;
	return 0;
}

/* Nothing is in flight: was everything accepted completed, once and well? */
static int
accounts_check(const struct run *run, const struct fwpdk_stats *stats)
{
	if (stats->injected != stats->completed)
		return bench_error("%s on %s: %" PRIu64 " NBLs injected, %" PRIu64 " completed",
			run->c->name, run->target->name, stats->injected, stats->completed);
	if (stats->failed != 0)
		return bench_error("%s on %s: %" PRIu64
				   " NBLs completed with an error, first status 0x%08" PRIx32,
			run->c->name, run->target->name, stats->failed, first_error(stats));
	if (!deck_home(run->deck))
		return run_failed(run, "a completion function was not called exactly once per NBL");
	return 0;
}

static int
model_check(const struct run *run)
{
	struct fwpdk_fault_counts counts = {.size = sizeof(counts)};

	fwpdk_fault_counts(run->target->model, &counts);
	if (counts.wrong == 0)
		return 0;
	return bench_error("%s on %s: %" PRIu64 " of %" PRIu64 " packets are wrong: %s",
		run->c->name, run->target->name, counts.wrong, counts.checked, counts.first_wrong);
}

int
run_settle(struct run *run)
{
	uint64_t end = rte_rdtsc() + SETTLE_SECONDS * rte_get_tsc_hz();
	struct fwpdk_stats stats = {.size = sizeof(stats)};

	do {
		for (unsigned i = 0; i < 64; i++)
			fwpdk_poll(run->target->poller);
		if (run->target->model != NULL)
			nicmodel_flush(run->target->model);
		for (unsigned i = 0; i < 64; i++)
			fwpdk_poll(run->target->poller);
		if (fwpdk_stats(&stats) != 0)
			return run_failed(run, "no statistics");
	} while (stats.in_flight != 0 && rte_rdtsc() < end);
	if (stats.in_flight != 0)
		return bench_error("%s on %s: %" PRIu64 " NBLs are still in flight", run->c->name,
			run->target->name, stats.in_flight);
	if (run->target->model != NULL && model_check(run) != 0)
		return -1;
	return accounts_check(run, &stats);
}

static void
sample_set(struct sample *sample, const struct perf_reading *reading, uint64_t packets)
{
	double n = (double)packets;

	sample->cycles = (double)reading->cycles / n;
	sample->instructions = (double)reading->instructions / n;
	sample->mpps = n * (double)rte_get_tsc_hz() / (double)reading->cpu / 1e6;
}

int
run_measure(struct run *run, uint64_t packets, struct sample *sample)
{
	loop_fn loop = run->c->loop;
	struct perf_reading reading;
	int rc;

	/* What the tables have become is taken in here, not in the first burst. */
	if ((run->c->flags & CASE_RAW) == 0)
		fwpdk_poll(run->target->poller);
	rc = loop(run, WARM);

	if (rc == 0) {
		perf_start();
		rc = loop(run, packets);
		perf_stop(&reading);
	}
	if (rc == 0)
		sample_set(sample, &reading, packets);
	return (run->c->flags & CASE_RAW) != 0 || rc != 0 ? rc : run_settle(run);
}
