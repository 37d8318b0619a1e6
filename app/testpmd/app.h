/* SPDX-License-Identifier: BSD-3-Clause */
/* The application's state and what its files do for each other. */
#ifndef TESTPMD_APP_H
#define TESTPMD_APP_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <rte_common.h>

#include <fwpdk/fwpdk.h>

#include "args.h"
#include "capture.h"

#define PORTS_MAX   16u /* a poller takes no more */
#define POLLERS_MAX 64u
#define THREADS_MAX (POLLERS_MAX + INJECTORS_MAX)

struct app;
struct injector; /* inject.h */

/* A thread that polls, injects, or both. */
struct worker {
	struct app *app;
	struct fwpdk_poller *poller; /* NULL: injects only */
	uint16_t rx_queue;	     /* of every port, the poller's number */
	struct injector *injector;   /* NULL: polls only */
	int lcore;		     /* -1: a plain thread */
	bool receives;		     /* reads the ports */
	bool yield;		     /* shares its CPU with the other side: gives way when idle */
	unsigned idle_turns;	     /* in a row */
	bool launched;
	pthread_t thread;
	uint32_t seen; /* the generation that this thread works in */
} __rte_cache_aligned;

/* A port as the summary shows it, also after it was closed. */
struct app_port {
	uint16_t id;
	uint32_t if_index;     /* its interface without configuration, 0 when replaced */
	uint16_t nb_rx_queues; /* that are read, 0: nobody reads */
	struct fwpdk_port_info info;
};

struct app {
	struct args args;
	struct capture capture;
	bool json_stdout; /* then text for people goes elsewhere */
	FILE *json;	  /* NULL: none asked for */
	FILE *out;	  /* prompt and live lines */

	unsigned nb_ports, nb_pollers, nb_injectors, nb_workers, nb_compartments;
	struct app_port ports[PORTS_MAX];
	struct fwpdk_poller *pollers[POLLERS_MAX];
	struct injector *injectors[POLLERS_MAX]; /* one per injecting thread */
	struct worker workers[THREADS_MAX];
	struct worker *main_worker; /* the main thread's share of the work, or NULL */
	uint32_t compartments[FWPDK_MAX_COMPARTMENTS];
	void *handle[2];		/* injection handles: IPv4, IPv6 */
	struct fwpdk_input_stats input; /* of all pollers, as the summary shows it */

	struct fwpdk_netlink *mirror; /* NULL: none */

	bool pollers_started, failed;
	bool cleared;			 /* the counters restarted while packets were in flight */
	uint64_t start_tsc, forward_tsc; /* this run's begin, all earlier runs' time */

	/* Odd while injectors inject. Every worker repeats it in worker.seen. */
	uint32_t generation __rte_cache_aligned;
	bool quit;
};

static inline bool
app_forwarding(const struct app *app)
{
	return __atomic_load_n(&app->generation, __ATOMIC_ACQUIRE) & 1;
}

/* One line on stderr. */
void app_error(const char *fmt, ...) __rte_format_printf(1, 2);

/* forward.c: begin and end of injecting */
int forward_start(struct app *app);
void forward_stop(struct app *app);  /* returns when all is completed, or after 10 s */
void forward_clear(struct app *app); /* counters and time start again */
bool forward_done(const struct app *app);
double forward_seconds(const struct app *app);

/* worker.c: threads. Functions that can fail return -1 after a line on stderr. */
int workers_plan(struct app *app); /* how many pollers? */
int workers_assign(struct app *app);
int workers_launch(struct app *app);
void workers_join(struct app *app);
/* The main thread's turn: its share of the work, or a pause. */
void workers_turn(struct app *app);

/* ports.c, pollers.c */
int ports_open(struct app *app);
int ports_default_stack(struct app *app);
void ports_note(struct app *app); /* keep what the summary shows */
void ports_stop(struct app *app);
int ports_close(struct app *app);
int pollers_create(struct app *app);
int pollers_start(struct app *app); /* if not yet started */
/* Is the compartment served already? */
bool pollers_serve(const struct app *app, uint32_t compartment);
/* Create a compartment and serve it. Not while forwarding. Returns 0 or -errno. */
int pollers_compartment(struct app *app, uint32_t compartment);
void pollers_stop(struct app *app);
int pollers_destroy(struct app *app);

/* handles.c */
int handles_create(struct app *app);
int handles_destroy(struct app *app, uint64_t timeout_us);

/* receive.c: where received packets go on */
int receive_open(struct fwpdk_poller *poller);
/* Read every port once. Returns how many packets there were. Worker's thread. */
unsigned receive_run(const struct worker *worker);
/* All pollers together; nothing where none receives. */
void receive_stats(const struct app *app, struct fwpdk_input_stats *stats);
/* The n-th counter and its name, NULL past the last one. */
const char *receive_counter(
	const struct fwpdk_input_stats *stats, unsigned n, const char **key, uint64_t *value);

/* callouts.c: the callout driver of the forward mode. Control thread. */
int callouts_load(const struct app *app); /* 0 where there is none, or if it is loaded */
void callouts_unload(const struct app *app);
/* Source translation, before they are loaded. -1: two address families. */
int callouts_nat(const struct fwpdk_addr *inside, uint8_t len, const struct fwpdk_addr *outside);
/* The n-th counter's name and value, NULL past the last one. */
const char *callouts_counter(const struct app *app, unsigned n, uint64_t *value);
/* mirror.c: Linux's tables. spec as --netlink has it. Returns 0, or -1 with the cause in err. */
int mirror_open(struct app *app, const char *spec, char *err, size_t err_size);
void mirror_tick(struct app *app); /* follow what has changed */
int mirror_close(struct app *app);

/* live.c: a line per --stats-period */
void live_tick(struct app *app, uint64_t now);

/* summary.c. Returns 0 if everything accepted was completed. */
int summary_print(struct app *app);

/* prompt.c */
int prompt_open(struct app *app);
bool prompt_poll(struct app *app);		       /* false: quit */
void prompt_notice(struct app *app, const char *text); /* a line between prompts */
void prompt_close(void);

#endif
