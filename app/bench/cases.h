/* SPDX-License-Identifier: BSD-3-Clause */
/* Loops and runs of the case files. measured_*: nothing but what is measured runs in them. */
#ifndef BENCH_CASES_H
#define BENCH_CASES_H

#include "bench.h"

/* FWPS_INJECT_COMPLETE0 of a client that uses its NBLs again; context: the deck. */
VOID NTAPI
completed_lifo(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch_level);
VOID NTAPI
completed_fifo(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch_level);

/* case_raw.c */
int raw_run(struct run *run, struct sample *sample);
int measured_raw(struct run *run, uint64_t packets);
int measured_txonly(struct run *run, uint64_t packets);

/* case_inject.c */
int inject_run(struct run *run, struct sample *sample);
int measured_local(struct run *run, uint64_t packets);
int measured_chain(struct run *run, uint64_t packets);
int fresh_run(struct run *run, struct sample *sample);
int measured_fresh(struct run *run, uint64_t packets);

/* case_shapes.c */
int measured_fifo(struct run *run, uint64_t packets);
int measured_nbs(struct run *run, uint64_t packets);

/* case_tables.c */
int flows_run(struct run *run, struct sample *sample);
int measured_flows(struct run *run, uint64_t packets);
int measured_handles(struct run *run, uint64_t packets);

/* case_cross.c */
int cross_run(struct run *run, struct sample *sample);

/* case_latency.c, case_idle.c */
int latency_run(struct run *run, struct sample *sample);
int lone_run(struct run *run, struct sample *sample);
int idle_run(struct run *run, struct sample *sample);
extern const uint32_t idle_counts[];
extern const unsigned nb_idle_counts;

/* case_input.c */
int input_run(struct run *run, struct sample *sample);
int measured_permit(struct run *run, uint64_t packets);
int measured_taken(struct run *run, uint64_t packets);
/* What becomes of the packets; bench_case.param. */
enum input {
	INPUT_PERMIT = 1, /* a callout lets them go on */
	INPUT_REINJECT,	  /* it absorbs them and sends clones */
	INPUT_FORWARD,	  /* no callout: the library sends them on */
	INPUT_NOTHING,	  /* no callout, they go on */
};

/* What the flows of a table case are; bench_case.param. */
enum flows {
	FLOWS_ROUTED,	     /* 1,024, each by another route of the many */
	FLOWS_ONLINK,	     /* 1,024 neighbours drawn once, in turn */
	FLOWS_ONLINK_RANDOM, /* neighbours at random */
	FLOWS_BEHIND,	     /* consecutive addresses behind the gateway; dests: how many */
};

#endif
