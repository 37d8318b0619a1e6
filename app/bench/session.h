/* SPDX-License-Identifier: BSD-3-Clause */
/* A session: which cases run on which ports, all their repetitions, and the medians. */
#ifndef BENCH_SESSION_H
#define BENCH_SESSION_H

#include <stdbool.h>
#include <stdio.h>

#include "bench.h"

struct result {
	const struct bench_case *c;
	const char *port; /* field of that name; "" where it does not matter */
	struct target *target;
	char left_out[192]; /* why it did not run, "" = it did */
	struct sample *samples;
	unsigned n;
	struct sample median; /* but max is the largest */
	double spread;	      /* percent: of cycles, or of p50 */
	double ratio_to_raw;  /* 0: raw_tx_burst was not measured */
};

/* Facts about the machine and this process. */
struct machine {
	char cpu[128], hugepages[64];
	const char *dpdk, *compiler, *instruction_set;
	bool counters;		  /* hardware counters, not the TSC */
	const char *counters_why; /* why not */
	unsigned nb_lcores;
	struct {
		unsigned lcore;
		int cpu; /* -1: more than one */
		const char *role;
	} lcores[2];
};

struct session {
	struct env env;
	struct machine machine;
	char command[1024];
	uint64_t verified; /* packets that the nicmodel looked at */
	struct result *results;
	unsigned n;
};

/* session.c: -1 after an error line */
int session_plan(struct session *session); /* after EAL, before env_open() */
int session_run(struct session *session);
void session_free(struct session *session);
const struct result *session_find(
	const struct session *session, const char *name, const char *port);

/* machine.c */
void machine_read(struct machine *machine, const struct env *env);
void command_note(int argc, char **argv, char *text, size_t size);

/* json.c, text.c, report.c: 0, or -1 after an error line */
int json_write(const struct session *session, FILE *file);
void text_write(const struct session *session, FILE *file);
void text_list(FILE *file);
int report_write(const struct session *session);

#endif
