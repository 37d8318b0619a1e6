/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads: who polls, who injects. */
#include <sched.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include "app.h"
#include "inject.h"

#define RX_BURST   32
#define STEPS	   32 /* between two looks at what else there is to do */
#define IDLE_TURNS 64 /* without work, before a thread without a CPU of its own sleeps */

/* Nobody here wants what comes in: all but what the library takes is freed. */
static void
worker_read(const struct worker *worker)
{
	const struct app *app = worker->app;
	struct rte_mbuf *mbufs[RX_BURST];
	uint16_t n;

	for (unsigned i = 0; i < app->nb_ports; i++) {
		if (worker->rx_queue >= app->ports[i].nb_rx_queues)
			continue;
		n = rte_eth_rx_burst(app->ports[i].id, worker->rx_queue, mbufs, RX_BURST);
		if (n != 0)
			n = fwpdk_input(worker->poller, app->ports[i].id, mbufs, n);
		rte_pktmbuf_free_bulk(mbufs, n);
	}
}

/* Nothing to do: others have the CPU first, and all of it once that has gone on for a while. */
static void
worker_idle(struct worker *worker)
{
	if (worker->injector != NULL || ++worker->idle_turns < IDLE_TURNS)
		sched_yield();
	else
		rte_delay_us_sleep(20);
}

static void
worker_step(struct worker *worker)
{
	uint32_t generation = __atomic_load_n(&worker->app->generation, __ATOMIC_ACQUIRE);
	unsigned done = 0;

	__atomic_store_n(&worker->seen, generation, __ATOMIC_RELEASE);
	if (worker->injector != NULL && (generation & 1))
		injector_run(worker->injector);
	if (worker->receives && (generation & 1))
		done = receive_run(worker);
	else if (worker->poller != NULL && worker->app->args.resolve)
		worker_read(worker);
	if (worker->poller != NULL)
		done += (unsigned)fwpdk_poll(worker->poller);
	if (done != 0)
		worker->idle_turns = 0;
	else if (worker->yield)
		worker_idle(worker);
	else if (worker->poller == NULL)
		rte_pause();
}

static int
worker_main(void *arg)
{
	struct worker *worker = arg;

	while (!__atomic_load_n(&worker->app->quit, __ATOMIC_RELAXED))
		for (unsigned i = 0; i < STEPS; i++)
			worker_step(worker);
	if (worker->poller != NULL)
		fwpdk_poller_release(worker->poller);
	return 0;
}

static void *
worker_thread(void *arg)
{
	worker_main(arg);
	return NULL;
}

void
workers_turn(struct app *app)
{
	if (app->main_worker == NULL) {
		rte_delay_us_sleep(1000);
		return;
	}
	for (unsigned i = 0; i < STEPS; i++)
		worker_step(app->main_worker);
}

/* A worker with an own lcore, or without one (-1). */
static struct worker *
worker_add(struct app *app, int lcore)
{
	struct worker *worker = &app->workers[app->nb_workers++];

	worker->app = app;
	worker->lcore = lcore;
	return worker;
}

/* What its poller sends out it reads by the queue of the same number. */
static void
worker_poll(struct app *app, struct worker *worker, unsigned poller)
{
	worker->poller = app->pollers[poller];
	worker->receives = forward_mode_receives(app->args.mode);
	worker->rx_queue = (uint16_t)poller;
}

static int
worker_inject(struct app *app, struct worker *worker)
{
	worker->injector = injector_create(app, worker->poller == NULL);
	if (worker->injector == NULL) {
		app_error("no memory for an injector");
		return -1;
	}
	app->injectors[app->nb_injectors++] = worker->injector;
	return 0;
}

/* How many threads only inject? File order of a replay needs a single injector. */
static unsigned
nb_remote(const struct app *app)
{
	return app->args.mode == FORWARD_REPLAY ? RTE_MIN(app->args.injectors, 1u)
						: app->args.injectors;
}

/*
 * One lcore: it polls, and injects unless threads do. More: the first workers inject, if
 * injectors were asked for, and the others poll; if no worker is left, the main lcore polls.
 */
int
workers_plan(struct app *app)
{
	unsigned nb_lcores = rte_lcore_count() - 1;

	if (nb_lcores > POLLERS_MAX) {
		app_error("more than %u worker lcores", POLLERS_MAX);
		return -1;
	}
	if (nb_lcores > 0 && app->args.injectors > nb_lcores) {
		app_error("--injectors=%u: worker lcores: %u", app->args.injectors, nb_lcores);
		return -1;
	}
	app->nb_pollers = nb_lcores > nb_remote(app) ? nb_lcores - nb_remote(app) : 1;
	return 0;
}

int
workers_assign(struct app *app)
{
	unsigned nb_lcores = rte_lcore_count() - 1;
	unsigned remote = nb_remote(app);
	unsigned injecting = 0, polling = 0, lcore;

	if (nb_lcores <= remote) {
		app->main_worker = worker_add(app, (int)rte_lcore_id());
		worker_poll(app, app->main_worker, polling++);
		app->main_worker->yield = nb_lcores == 0 &&
					  (remote != 0 || app->main_worker->receives);
	}
	for (; nb_lcores == 0 && injecting < remote; injecting++) {
		struct worker *worker = worker_add(app, -1);

		worker->yield = true;
		if (worker_inject(app, worker) != 0)
			return -1;
	}
	RTE_LCORE_FOREACH_WORKER(lcore)
	{
		struct worker *worker = worker_add(app, (int)lcore);

		if (injecting == remote)
			worker_poll(app, worker, polling++);
		else if (injecting++, worker_inject(app, worker) != 0)
			return -1;
	}
	if (remote != 0 || forward_mode_receives(app->args.mode))
		return 0;
	for (unsigned i = 0; i < app->nb_workers; i++)
		if ((i == 0 || app->args.mode != FORWARD_REPLAY) &&
			worker_inject(app, &app->workers[i]) != 0)
			return -1;
	return 0;
}

int
workers_launch(struct app *app)
{
	for (unsigned i = 0; i < app->nb_workers; i++) {
		struct worker *worker = &app->workers[i];
		int rc = 0;

		if (worker == app->main_worker)
			continue;
		if (worker->lcore >= 0)
			rc = -rte_eal_remote_launch(worker_main, worker, (unsigned)worker->lcore);
		else
			rc = pthread_create(&worker->thread, NULL, worker_thread, worker);
		if (rc != 0) {
			app_error("cannot start a worker: %s", strerror(rc));
			return -1;
		}
		worker->launched = true;
	}
	return 0;
}

void
workers_join(struct app *app)
{
	__atomic_store_n(&app->quit, true, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < app->nb_workers; i++) {
		struct worker *worker = &app->workers[i];

		if (!worker->launched)
			continue;
		if (worker->lcore >= 0)
			rte_eal_wait_lcore((unsigned)worker->lcore);
		else
			pthread_join(worker->thread, NULL);
		worker->launched = false;
	}
	if (app->main_worker != NULL)
		fwpdk_poller_release(app->main_worker->poller);
}
