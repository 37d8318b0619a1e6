/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One perf_event group: user cycles (leader) and user instructions of the calling thread.
 * Without hardware counters: the thread's CPU time in TSC ticks, so that at least the time
 * for which other programs had the CPU is not counted.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/perf_event.h>

#include <rte_cycles.h>

#include "perf.h"

enum { CYCLES, INSTRUCTIONS, COUNTERS };

/* As read(2) gives it for PERF_FORMAT_GROUP. */
struct group {
	uint64_t n;
	uint64_t enabled, running; /* ns; differ when the counters were shared with others */
	uint64_t value[COUNTERS];
};

static int fd[COUNTERS] = {-1, -1};
static struct group begin;
static uint64_t begin_cpu;

static int
counter_open(uint64_t config, int group_fd)
{
	struct perf_event_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.size = sizeof(attr);
	attr.type = PERF_TYPE_HARDWARE;
	attr.config = config;
	attr.exclude_kernel = 1;
	attr.exclude_hv = 1;
	attr.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED |
			   PERF_FORMAT_TOTAL_TIME_RUNNING;
	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, group_fd, 0);
}

static bool
group_read(struct group *group)
{
	return read(fd[CYCLES], group, sizeof(*group)) == (ssize_t)sizeof(*group) &&
	       group->n == COUNTERS;
}

/* Some machines open counters that never count. */
static bool
counters_count(void)
{
	struct group a, b;
	volatile unsigned work = 0;

	if (!group_read(&a))
		return false;
	while (work < 100000)
		work++;
	return group_read(&b) && b.value[CYCLES] > a.value[CYCLES] &&
	       b.value[INSTRUCTIONS] > a.value[INSTRUCTIONS];
}

bool
perf_open(const char **why)
{
	fd[CYCLES] = counter_open(PERF_COUNT_HW_CPU_CYCLES, -1);
	if (fd[CYCLES] >= 0)
		fd[INSTRUCTIONS] = counter_open(PERF_COUNT_HW_INSTRUCTIONS, fd[CYCLES]);
	if (fd[CYCLES] < 0 || fd[INSTRUCTIONS] < 0) {
		*why = strerror(errno);
		perf_close();
		return false;
	}
	if (!counters_count()) {
		*why = "the counters stand still";
		perf_close();
		return false;
	}
	return true;
}

void
perf_close(void)
{
	for (unsigned i = 0; i < COUNTERS; i++) {
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = -1;
	}
}

bool
perf_has_counters(void)
{
	return fd[CYCLES] >= 0;
}

static uint64_t
cpu_ticks(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)(((double)t.tv_sec + (double)t.tv_nsec / 1e9) * (double)rte_get_tsc_hz());
}

void
perf_start(void)
{
	if (perf_has_counters())
		group_read(&begin);
	begin_cpu = cpu_ticks();
}

/* Counts of the whole time, if the counters ran only a part of it. */
static uint64_t
scaled(const struct group *end, unsigned i)
{
	uint64_t enabled = end->enabled - begin.enabled;
	uint64_t running = end->running - begin.running;
	uint64_t value = end->value[i] - begin.value[i];

	if (running == 0 || running == enabled)
		return value;
	return (uint64_t)((double)value * (double)enabled / (double)running);
}

void
perf_stop(struct perf_reading *reading)
{
	struct group end;

	reading->cpu = cpu_ticks() - begin_cpu;
	reading->cycles = reading->cpu;
	reading->instructions = 0;
	if (perf_has_counters() && group_read(&end)) {
		reading->cycles = scaled(&end, CYCLES);
		reading->instructions = scaled(&end, INSTRUCTIONS);
	}
}
