/* SPDX-License-Identifier: BSD-3-Clause */
/* soak --injections=N --seed=S --minutes=M: see soak.h and README.md. */
#include <getopt.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>

#include "soak.h"

#define CHECKPOINTS 20u

uint64_t soak_target = 1000000, soak_seed = 1;
static uint64_t minutes;

/* splitmix64 */
uint64_t
soak_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* A whole decimal number. */
static bool
number(const char *text, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0';
}

static int
arguments(int argc, char **argv)
{
	static const struct option options[] = {
		{"injections", required_argument, NULL, 'n'},
		{"seed", required_argument, NULL, 's'},
		{"minutes", required_argument, NULL, 'm'},
		{NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		uint64_t *value = c == 'n' ? &soak_target : c == 's' ? &soak_seed : &minutes;

		if (c == '?' || !number(optarg, value)) {
			fprintf(stderr, "usage: soak [--injections=N] [--seed=S] [--minutes=M]\n");
			return -1;
		}
	}
	return optind == argc ? 0 : -1;
}

/* EAL ties the main thread to one core; the threads made later are to use all. */
static int
eal_up(void)
{
	static char args[] = "soak\0--no-huge\0-m\0"
			     "512\0--no-pci\0--no-telemetry\0-l\0"
			     "0\0"
			     "--iova-mode=va\0--no-shconf\0--log-level=*:error\0";
	static char *argv[16];
	int argc = 0;
	char *a;
	cpu_set_t all;
	int rc;

	for (a = args; *a != '\0'; a += strlen(a) + 1)
		argv[argc++] = a;
	sched_getaffinity(0, sizeof(all), &all);
	rc = rte_eal_init(argc, argv);
	sched_setaffinity(0, sizeof(all), &all);
	return rc < 0 ? -1 : 0;
}

static void
run(void)
{
	uint64_t hz = rte_get_tsc_hz(), start = rte_get_tsc_cycles(), random = soak_seed + 99;
	uint64_t end = minutes != 0 ? start + minutes * 60 * hz : UINT64_MAX, accepted;
	uint64_t step = soak_target / CHECKPOINTS + 1, next = step;

	while (LOAD(soak.due) - LOAD(soak.refused) < soak_target && rte_get_tsc_cycles() < end) {
		soak_disturb(&random);
		usleep(soak_below(&random, 1000));
		accepted = LOAD(soak.due) - LOAD(soak.refused);
		if (accepted < next)
			continue;
		soak_checkpoint();
		next += step;
		printf("%" PRIu64 " injected, %.1f s\n", accepted,
			(double)(rte_get_tsc_cycles() - start) / (double)hz);
		fflush(stdout);
	}
	soak_checkpoint();
}

static void
print_statuses(const char *what, const struct soak_status *s, unsigned n)
{
	for (; n > 0 && s->status != 0; n--, s++)
		printf("%s 0x%08x %12" PRIu64 "\n", what, s->status - 1, s->count);
}

static int
report(void)
{
	uint64_t accepted = soak.due - soak.refused, lost = accepted - soak.done;
	uint64_t bad = lost | soak.doubled | soak.leaked | soak.changed | soak.late |
		       soak.implausible | soak.wrong | soak.unbalanced | soak.failed;

	print_statuses("completed", soak.completed, RTE_DIM(soak.completed));
	print_statuses("refused  ", soak.refusals, RTE_DIM(soak.refusals));
	printf("of these: %" PRIu64 " in chains, %" PRIu64 " from completions; shapes %" PRIu64
	       ", clones %" PRIu64 "\n",
		soak.chained, soak.again, soak.rebuilt, soak.clones);
	printf("handles destroyed %" PRIu64 ", ports stopped %" PRIu64 " drained %" PRIu64
	       ", knobs %" PRIu64 ", routes %" PRIu64 ", checkpoints %" PRIu64 "\n",
		soak.handles, soak.stops, soak.drains, soak.knobs, soak.routes, soak.checkpoints);
	printf("lost %" PRIu64 " doubled %" PRIu64 " leaked %" PRIu64 " changed %" PRIu64
	       " late %" PRIu64 " implausible %" PRIu64 " wrong on the wire %" PRIu64
	       " unbalanced %" PRIu64 " failed calls %" PRIu64 " of %" PRIu64
	       " injected, seed %" PRIu64 "\n",
		lost, soak.doubled, soak.leaked, soak.changed, soak.late, soak.implausible,
		soak.wrong, soak.unbalanced, soak.failed, accepted, soak_seed);
	return bad == 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	if (arguments(argc, argv) != 0)
		return 2;
	if (eal_up() != 0 || soak_world_up() != 0)
		return 99;
	soak_threads_start();
	run();
	soak_threads_join();
	soak_world_down();
	rte_eal_cleanup();
	return report();
}
