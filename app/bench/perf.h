/* SPDX-License-Identifier: BSD-3-Clause */
/* Cycles and instructions of this thread: hardware counters, or CPU time where there are none. */
#ifndef BENCH_PERF_H
#define BENCH_PERF_H

#include <stdbool.h>
#include <stdint.h>

struct perf_reading {
	uint64_t cpu;	       /* TSC ticks of this thread's CPU time */
	uint64_t cycles;       /* user mode; without counters TSC ticks of CPU time */
	uint64_t instructions; /* user mode; 0 without counters */
};

/* True: hardware counters work. Otherwise why tells the reason. */
bool perf_open(const char **why);
void perf_close(void);
bool perf_has_counters(void);
void perf_start(void);
void perf_stop(struct perf_reading *reading);

#endif
