/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Injects numbered datagrams without end while a mirror of the kernel's tables says where to.
 *
 *     sys_mirror <EAL> -- --netlink=IF:ETHPORT ... --to=ETHPORT,ADDRESS,MAC,UDPPORT,FILE ...
 *         [--rcvbuf=BYTES]
 *
 * The MAC is not used: neighbours are the kernel's. A second thread follows the kernel and
 * reads standard input: a line "stats" is answered by one line of JSON, "pause" keeps the
 * thread from following for a second, the end of input ends all. A completion with an error
 * ends the program with exit code 4.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>

#include <fwpdk/fwpdk.h>

#include "sys_shot.h"
#include "sys_stack.h"

#define WINDOW	    256u
#define TARGETS_MAX 4u
#define FLOWS	    4u

static struct target targets[TARGETS_MAX];
static unsigned nb_targets;
static char names[TARGETS_MAX][16];
static struct fwpdk_netlink_if ifs[TARGETS_MAX];
static struct fwpdk_netlink_opts opts = {.size = sizeof(opts), .ifs = ifs};
static struct fwpdk_netlink *mirror;
static struct fwpdk_poller *poller;
static bool stop;

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Of this thread: the machine may be busy with others. */
static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static long
resident_kb(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long size = 0, resident = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%ld %ld", &size, &resident) != 2)
		resident = 0;
	fclose(f);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void
stats_print(double busy_ms)
{
	struct fwpdk_netlink_stats s = {.size = sizeof(s)};

	fwpdk_netlink_stats(mirror, &s);
	printf("{\"ms\": %.1f, \"busy_ms\": %.1f, \"rss_kb\": %ld, \"prefixes\": %lu, "
	       "\"installed\": %lu, \"routes\": %lu, \"neighbours\": %lu, \"messages\": %lu, "
	       "\"batches\": %lu, \"changes\": %lu, \"overruns\": %lu, \"resyncs\": %lu, "
	       "\"failed\": %lu, \"sent\": %lu}\n",
		now_ms(), busy_ms, resident_kb(), s.prefixes, s.installed, s.routes, s.neighbours,
		s.messages, s.batches, s.changes, s.overruns, s.resyncs, s.failed,
		__atomic_load_n(&shots.completed, __ATOMIC_RELAXED));
	fflush(stdout);
}

/* Returns false at the end of the input. */
static bool
command(double busy_ms)
{
	char line[64];

	if (fgets(line, sizeof(line), stdin) == NULL)
		return false;
	if (strcmp(line, "stats\n") == 0)
		stats_print(busy_ms);
	else if (strcmp(line, "pause\n") == 0)
		sleep(1);
	return true;
}

static void *
follow(void *unused)
{
	struct pollfd fds[2] = {{.fd = fwpdk_netlink_fd(mirror), .events = POLLIN},
		{.fd = STDIN_FILENO, .events = POLLIN}};
	double busy = 0, begin;
	int rc;

	setvbuf(stdin, NULL, _IONBF, 0); /* what is read must be seen by poll */
	for (;;) {
		poll(fds, 2, 1000);
		begin = cpu_ms();
		do
			rc = fwpdk_netlink_process(mirror);
		while (rc > 0);
		busy += cpu_ms() - begin;
		if (rc < 0)
			fprintf(stderr, "fwpdk_netlink_process: %s\n", strerror(-rc));
		if (fds[1].revents != 0 && !command(busy))
			break;
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	return unused;
}

static void
turn(void)
{
	if (fwpdk_poll(poller) == 0)
		sys_idle();
	if (shots.failed != 0) {
		fprintf(stderr, "sys_mirror: %lu NBLs completed with an error, the first 0x%08x\n",
			shots.failed, (unsigned)shots.first_error);
		_exit(4);
	}
}

static bool
stopped(void)
{
	return __atomic_load_n(&stop, __ATOMIC_ACQUIRE);
}

static void
send_one(const struct datagram *d)
{
	struct target *to[2] = {&targets[d->flow % nb_targets], NULL};
	struct shot *shot;

	while (to[0]->sent >= __atomic_load_n(&to[0]->progress[1], __ATOMIC_ACQUIRE) + WINDOW)
		if (stopped())
			return;
		else
			turn();
	to[0]->sent++;
	while ((shot = shot_make(SHAPE_MDLS, to, d)) == NULL)
		turn();
	while (!shot_inject(shot, to[0]->family))
		turn();
}

static void
work(void)
{
	struct datagram d = {.thread = 0};
	uint64_t end;

	for (d.sequence = 0; !stopped(); d.sequence++)
		for (d.flow = 0; d.flow < FLOWS; d.flow++)
			send_one(&d);
	for (end = rte_rdtsc() + 10 * rte_get_tsc_hz();
		shots.completed != shots.accepted && rte_rdtsc() < end;)
		turn();
}

static int
report(void)
{
	struct fwpdk_stats stats = {.size = sizeof(stats)};
	uint64_t sent = 0;

	for (unsigned i = 0; i < nb_targets; i++)
		sent += targets[i].sent;
	fwpdk_stats(&stats);
	printf("{\"injected\": %lu, \"completed\": %lu, \"callbacks\": %lu, \"failed\": %lu, "
	       "\"damaged\": %lu, \"in_flight\": %lu, \"sent\": %lu}\n",
		stats.injected, stats.completed, shots.completed, shots.failed, shots.damaged,
		stats.in_flight, sent);
	fflush(stdout);
	return shots.completed == shots.accepted && shots.failed == 0 && shots.damaged == 0 ? 0 : 1;
}

static void
netlink_parse(const char *text)
{
	const char *colon = strchr(text, ':');
	unsigned n = opts.n_ifs++;

	if (colon == NULL || n == TARGETS_MAX || colon - text > 15)
		exit(2);
	memcpy(names[n], text, (size_t)(colon - text));
	ifs[n].ifname = names[n];
	ifs[n].port_id = (uint16_t)atoi(colon + 1);
}

static void
arguments(int argc, char **argv)
{
	static const struct option options[] = {{"to", 1, NULL, 't'}, {"netlink", 1, NULL, 'n'},
		{"rcvbuf", 1, NULL, 'r'}, {NULL, 0, NULL, 0}};
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 't':
			target_parse(optarg, &targets[nb_targets++ % TARGETS_MAX]);
			break;
		case 'n':
			netlink_parse(optarg);
			break;
		case 'r':
			opts.rcvbuf = (uint32_t)atoi(optarg);
			break;
		default:
			exit(2);
		}
	if (nb_targets == 0 || nb_targets > TARGETS_MAX || opts.n_ifs == 0)
		exit(2);
}

int
main(int argc, char **argv)
{
	pthread_t thread;
	int rc = rte_eal_init(argc, argv);

	if (rc < 0)
		return 2;
	arguments(argc - rc, argv + rc);
	sys_stack_bare = true;
	if (sys_stack_up(FWPDK_MODE_AUTO, false, targets, nb_targets, &poller, 1) != 0 ||
		shots_open() != 0)
		return 2;
	rc = fwpdk_netlink_open(&opts, &mirror);
	if (rc != 0) {
		fprintf(stderr, "fwpdk_netlink_open: %s\n", strerror(-rc));
		return 2;
	}
	pthread_create(&thread, NULL, follow, NULL);
	for (unsigned i = 0; i < nb_targets; i++)
		progress_wait(&targets[i]);
	work();
	pthread_join(thread, NULL);
	fwpdk_poller_release(poller);
	rc = report();
	if (sys_stack_stop() != 0 || shots_close() != 0 || fwpdk_netlink_close(mirror) != 0 ||
		sys_stack_down(&poller, 1) != 0)
		rc = 1;
	rte_eal_cleanup();
	return rc;
}
