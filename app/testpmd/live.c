/* SPDX-License-Identifier: BSD-3-Clause */
/* Statistics while packets flow: a line per period. */
#include <rte_cycles.h>

#include "app.h"

void
live_tick(struct app *app, uint64_t now)
{
	static struct fwpdk_stats last;
	static uint64_t last_tsc, run_tsc;
	struct fwpdk_stats stats = {.size = sizeof(stats)};
	struct fwpdk_latency latency = {.size = sizeof(latency)};
	double hz = (double)rte_get_tsc_hz();
	double seconds;

	if (app->args.stats_period == 0 || !app_forwarding(app))
		return;
	if (run_tsc != app->start_tsc) { /* a new run */
		run_tsc = last_tsc = app->start_tsc;
		last = (struct fwpdk_stats){.injected = 0};
		if (app->forward_tsc != 0) {
			last.size = sizeof(last);
			fwpdk_stats(&last);
		}
	}
	seconds = (double)(now - last_tsc) / hz;
	if (seconds < app->args.stats_period)
		return;
	if (fwpdk_stats(&stats) != 0 || fwpdk_latency(&latency) != 0)
		return;
	if (stats.injected < last.injected) /* cleared meanwhile */
		last = (struct fwpdk_stats){.injected = 0};
	fprintf(app->out,
		"%7.1f s  injected %8.3f Mpps  completed %8.3f Mpps  in flight %6llu  "
		"p50 %.1f us  p99 %.1f us\n",
		forward_seconds(app), (double)(stats.injected - last.injected) / seconds / 1e6,
		(double)(stats.completed - last.completed) / seconds / 1e6,
		(unsigned long long)stats.in_flight, latency.p50_us, latency.p99_us);
	fflush(app->out);
	last = stats;
	last_tsc = now;
}
