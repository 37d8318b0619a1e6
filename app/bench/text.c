/* SPDX-License-Identifier: BSD-3-Clause */
/* The results for people. */
#include <string.h>

#include "cases.h"
#include "session.h"

void
text_list(FILE *file)
{
	for (unsigned i = 0; i < nb_bench_cases; i++) {
		const struct bench_case *c = &bench_cases[i];

		fprintf(file, "%-20s %s%s", c->name, c->what,
			(c->flags & CASE_SWEEP) != 0 ? " (by name, or with --report)" : "");
		fputc('\n', file);
	}
}

static void
head(const struct session *session, FILE *file)
{
	const struct machine *m = &session->machine;
	const struct args *args = &session->env.args;

	fprintf(file, "CPU %s, %s, %s, instruction set %s, hugepages %s\n", m->cpu, m->dpdk,
		m->compiler, m->instruction_set, m->hugepages);
	for (unsigned i = 0; i < m->nb_lcores; i++) {
		fprintf(file, "lcore %u on ", m->lcores[i].lcore);
		if (m->lcores[i].cpu >= 0)
			fprintf(file, "CPU %d: %s\n", m->lcores[i].cpu, m->lcores[i].role);
		else
			fprintf(file, "several CPUs: %s\n", m->lcores[i].role);
	}
	fprintf(file,
		"%u repetitions of %llu packets, medians per packet; spread is the distance of the"
		" quartiles\n",
		args->repetitions, (unsigned long long)args->packets);
	if (m->counters)
		fprintf(file, "cycles and instructions: user mode, hardware counters"
			      " (cross cases: wall TSC cycles)\n");
	else
		fprintf(file,
			"NO HARDWARE COUNTERS (perf_event_open: %s): cycles are this thread's CPU"
			" time in TSC ticks,\nnot core cycles, and move with the clock and with"
			" what shares caches and cores\n",
			m->counters_why);
	fprintf(file, "Mpps: per second of the thread's CPU time (cross cases: of wall time)\n");
	if (args->verify)
		fprintf(file,
			"the nicmodel looked at %llu packets, all right: these are no timings\n",
			(unsigned long long)session->verified);
	if (args->repetitions < 9)
		fprintf(file, "fewer than 9 repetitions: not for publication\n");
}

static void
cycles_rows(const struct session *session, const char *port, FILE *file)
{
	for (unsigned i = 0; i < session->n; i++) {
		const struct result *r = &session->results[i];
		bool wall = (r->c->flags & CASE_CROSS) != 0;

		if (r->left_out[0] != '\0' || (r->c->flags & CASE_TIME) != 0 ||
			strcmp(r->port, port) != 0)
			continue;
		fprintf(file, "%-20s %-10s %8.1f ", r->c->name, r->port, r->median.cycles);
		if (session->machine.counters && !wall)
			fprintf(file, "%8.1f ", r->median.instructions);
		else
			fprintf(file, "%8s ", "-");
		fprintf(file, "%8.2f %8.1f ", r->median.mpps, r->spread);
		if (r->ratio_to_raw > 0)
			fprintf(file, "%8.2f\n", r->ratio_to_raw);
		else
			fprintf(file, "%8s\n", "-");
	}
}

static bool
has(const struct session *session, bool time)
{
	for (unsigned i = 0; i < session->n; i++) {
		const struct result *r = &session->results[i];

		if (r->left_out[0] == '\0' && ((r->c->flags & CASE_TIME) != 0) == time)
			return true;
	}
	return false;
}

static void
times_rows(const struct session *session, FILE *file)
{
	for (unsigned i = 0; i < session->n; i++) {
		const struct result *r = &session->results[i];

		if (r->left_out[0] != '\0' || (r->c->flags & CASE_TIME) == 0)
			continue;
		fprintf(file, "%-20s %-10s %8.2f %8.2f %8.2f %8.2f %8.1f\n", r->c->name, r->port,
			r->median.p50, r->median.p99, r->median.p999, r->median.max, r->spread);
		for (unsigned k = 0; r->c->run == idle_run && k < nb_idle_counts; k++)
			fprintf(file, "  %5u NBLs %30.2f\n", idle_counts[k], r->median.by_count[k]);
	}
}

void
text_write(const struct session *session, FILE *file)
{
	head(session, file);
	if (has(session, false)) {
		fprintf(file, "\n%-20s %-10s %8s %8s %8s %8s %8s\n", "case", "port", "cycles",
			"instr", "Mpps", "spread %", "x raw");
		cycles_rows(session, "net_null0", file);
		cycles_rows(session, "nicmodel", file);
	}
	if (has(session, true)) {
		fprintf(file, "\n%-20s %-10s %8s %8s %8s %8s %8s   (microseconds)\n", "case",
			"port", "p50", "p99", "p99.9", "max", "spread %");
		times_rows(session, file);
	}
	for (unsigned i = 0; i < session->n; i++)
		if (session->results[i].left_out[0] != '\0')
			fprintf(file, "left out: %s on %s: %s\n", session->results[i].c->name,
				session->results[i].port, session->results[i].left_out);
}
