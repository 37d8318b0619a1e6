/* SPDX-License-Identifier: BSD-3-Clause */
/* Begin and end of injecting. */
#include <rte_cycles.h>

#include "app.h"
#include "inject.h"

#define DRAIN_SECONDS 10

/* Turn the main thread until every worker has left the generation before this one. */
static void
generation_next(struct app *app)
{
	uint32_t generation = app->generation + 1;

	__atomic_store_n(&app->generation, generation, __ATOMIC_RELEASE);
	for (unsigned i = 0; i < app->nb_workers; i++)
		while (__atomic_load_n(&app->workers[i].seen, __ATOMIC_ACQUIRE) != generation)
			workers_turn(app);
}

int
forward_start(struct app *app)
{
	const struct args *args = &app->args;
	uint64_t injectors = RTE_MAX(app->nb_injectors, 1u);
	uint64_t share = args->count / injectors;
	uint64_t rest = args->count % injectors;

	if (pollers_start(app) != 0 || callouts_load(app) != 0)
		return -1;
	for (unsigned i = 0; i < app->nb_injectors; i++)
		if (injector_prepare(app->injectors[i], share + (i < rest)) != 0) {
			app_error("start: no memory for packets, or some are still in flight");
			return -1;
		}
	app->start_tsc = rte_rdtsc();
	generation_next(app);
	return 0;
}

static bool
drained(void)
{
	struct fwpdk_stats stats = {.size = sizeof(stats)};

	return fwpdk_stats(&stats) == 0 && stats.in_flight == 0;
}

void
forward_stop(struct app *app)
{
	uint64_t give_up;

	generation_next(app);
	give_up = rte_rdtsc() + DRAIN_SECONDS * rte_get_tsc_hz();
	while (!drained() && rte_rdtsc() < give_up)
		workers_turn(app);
	app->forward_tsc += rte_rdtsc() - app->start_tsc;

	for (unsigned i = 0; i < app->nb_injectors; i++)
		if (injector_refusal(app->injectors[i]) != 0) {
			app_error("injection was refused with status 0x%08x",
				injector_refusal(app->injectors[i]));
			app->failed = true;
			break;
		}
}

void
forward_clear(struct app *app)
{
	app->cleared |= !drained();
	app->forward_tsc = 0;
	app->start_tsc = rte_rdtsc();
}

bool
forward_done(const struct app *app)
{
	if (forward_mode_receives(app->args.mode))
		return false;
	for (unsigned i = 0; i < app->nb_injectors; i++)
		if (!injector_done(app->injectors[i]))
			return false;
	return true;
}

double
forward_seconds(const struct app *app)
{
	uint64_t tsc = app->forward_tsc;

	if (app_forwarding(app))
		tsc += rte_rdtsc() - app->start_tsc;
	return (double)tsc / (double)rte_get_tsc_hz();
}
