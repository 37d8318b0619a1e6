/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Injects numbered datagrams through the public API, at most a window of them ahead of
 * what their receivers have counted.
 *
 *     sys_udp_send <EAL> -- --to=ETHPORT,ADDRESS,MAC,UDPPORT,FILE ...
 * [--shape=mdls|nbs|shared|clones]
 *         [--count=N per flow] [--threads=N] [--flows=N per thread] [--pollers=N]
 *         [--mode=auto|cpool|copy] [--skip=N] [--receive]
 *
 * --threads=0: the main thread injects and polls. --skip: leave out one datagram (then the
 * receiver has to complain). --receive: the ports are net_ring, what they send is read
 * back from them and checked here.
 */
#include <signal.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include <fwpdk/fwpdk.h>

#include "sys_shot.h"
#include "sys_stack.h"

#define WINDOW	    256u
#define TARGETS_MAX 4u
#define THREADS_MAX 16u

static struct target targets[TARGETS_MAX];
static unsigned nb_targets, nb_threads, nb_flows = 1, nb_pollers = 1;
static uint32_t count = 1000, skip = UINT32_MAX;
static enum shape shape = SHAPE_MDLS;
static int mode = FWPDK_MODE_AUTO;
static bool receive, stop;
static struct fwpdk_poller *pollers[SYS_POLLERS_MAX];

static void
turn(void)
{
	if (nb_threads != 0 || fwpdk_poll(pollers[0]) == 0)
		sys_idle();
	if (receive)
		for (unsigned i = 0; i < nb_targets; i++)
			sys_ring_receive(targets[i].eth_port, targets[i].progress);
}

static void *
poller_thread(void *poller)
{
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
		if (fwpdk_poll(poller) == 0)
			sys_idle();
	fwpdk_poller_release(poller);
	return NULL;
}

/* What completes with an error does not arrive, so the window would never open again. */
static void
give_up_if_failed(void)
{
	uint64_t failed = __atomic_load_n(&shots.failed, __ATOMIC_RELAXED);

	if (failed == 0)
		return;
	fprintf(stderr, "sys_udp_send: %lu NBLs completed with an error, the first 0x%08x\n",
		failed, (unsigned)shots.first_error);
	_exit(4);
}

/* Count n datagrams for the target and wait until the window has room for them. */
static void
window_take(struct target *target, unsigned n)
{
	uint64_t sent = __atomic_add_fetch(&target->sent, n, __ATOMIC_RELAXED);

	while (sent > __atomic_load_n(&target->progress[1], __ATOMIC_ACQUIRE) + WINDOW) {
		give_up_if_failed();
		turn();
	}
}

static void
send_one(struct datagram d)
{
	struct target *to[2] = {&targets[d.flow % nb_targets], &targets[(d.flow + 1) % nb_targets]};
	int family = to[0]->family;
	struct shot *shot;

	window_take(to[0], shape_copies(shape));
	if (shape == SHAPE_NBS)
		window_take(to[1], 1);
	if (d.sequence == skip && d.flow == 0 && d.thread == 0)
		return;
	while ((shot = shot_make(shape, to, &d)) == NULL)
		turn();
	while (!shot_inject(shot, family))
		turn();
}

static void *
sender_thread(void *arg)
{
	struct datagram d = {.thread = (uint32_t)(uintptr_t)arg};

	for (d.sequence = 0; d.sequence < count; d.sequence++)
		for (d.flow = 0; d.flow < nb_flows; d.flow++)
			send_one(d);
	return NULL;
}

static bool
all_completed(void)
{
	return __atomic_load_n(&shots.completed, __ATOMIC_ACQUIRE) ==
	       __atomic_load_n(&shots.accepted, __ATOMIC_RELAXED);
}

static void
work(void)
{
	pthread_t polling[SYS_POLLERS_MAX], sending[THREADS_MAX];
	uint64_t end;

	for (unsigned i = 0; nb_threads != 0 && i < nb_pollers; i++)
		pthread_create(&polling[i], NULL, poller_thread, pollers[i]);
	for (unsigned i = 0; i < nb_threads; i++)
		pthread_create(&sending[i], NULL, sender_thread, (void *)(uintptr_t)i);
	if (nb_threads == 0)
		sender_thread(NULL);
	for (unsigned i = 0; i < nb_threads; i++)
		pthread_join(sending[i], NULL);
	for (end = rte_rdtsc() + 10 * rte_get_tsc_hz(); !all_completed() && rte_rdtsc() < end;)
		turn();
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (unsigned i = 0; nb_threads != 0 && i < nb_pollers; i++)
		pthread_join(polling[i], NULL);
	if (nb_threads == 0)
		fwpdk_poller_release(pollers[0]);
}

static int
report(void)
{
	struct fwpdk_stats stats = {.size = sizeof(stats)};
	struct fwpdk_port_info info = {.size = sizeof(info)};
	uint64_t least = UINT64_MAX;

	fwpdk_stats(&stats);
	fwpdk_port_info(targets[0].eth_port, &info);
	for (unsigned i = 0; i < nb_pollers; i++) {
		struct fwpdk_poller_info p = {.size = sizeof(p)};

		fwpdk_poller_info(pollers[i], &p);
		least = RTE_MIN(least, p.completed);
	}
	printf("{\"injected\": %lu, \"completed\": %lu, \"accepted\": %lu, \"callbacks\": %lu, "
	       "\"failed\": %lu, \"damaged\": %lu, \"refused\": %lu, \"together\": %lu, "
	       "\"packets\": %lu, \"header_mbufs\": %lu, \"copied\": %lu, \"in_flight\": %lu, "
	       "\"least_poller\": %lu, \"driver\": \"%s\", \"mode\": \"%s\", \"strategy\": "
	       "\"%s\"}\n",
		stats.injected, stats.completed, shots.accepted, shots.completed, shots.failed,
		shots.damaged, shots.refused, shots.together, stats.packets, stats.header_mbufs,
		stats.copied, stats.in_flight, least, info.driver, info.mode_name,
		info.strategy_name);
	fflush(stdout);
	return all_completed() && shots.failed == 0 && shots.damaged == 0 &&
			       sys_receive_errors() == 0
		       ? 0
		       : 1;
}

static void
arguments(int argc, char **argv)
{
	static const struct option options[] = {{"to", 1, NULL, 't'}, {"shape", 1, NULL, 's'},
		{"count", 1, NULL, 'n'}, {"threads", 1, NULL, 'T'}, {"flows", 1, NULL, 'f'},
		{"pollers", 1, NULL, 'p'}, {"mode", 1, NULL, 'm'}, {"skip", 1, NULL, 'k'},
		{"receive", 0, NULL, 'r'}, {NULL, 0, NULL, 0}};
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 't':
			target_parse(optarg, &targets[nb_targets++ % TARGETS_MAX]);
			break;
		case 's':
			shape = optarg[0] == 'm'   ? SHAPE_MDLS
				: optarg[0] == 'n' ? SHAPE_NBS
				: optarg[0] == 's' ? SHAPE_SHARED
						   : SHAPE_CLONES;
			break;
		case 'n':
			count = (uint32_t)atoi(optarg);
			break;
		case 'T':
			nb_threads = (unsigned)atoi(optarg);
			break;
		case 'f':
			nb_flows = (unsigned)atoi(optarg);
			break;
		case 'p':
			nb_pollers = (unsigned)atoi(optarg);
			break;
		case 'm':
			mode = optarg[1] == 'u'	  ? FWPDK_MODE_AUTO
			       : optarg[1] == 'x' ? FWPDK_MODE_EXTBUF
			       : optarg[1] == 'p' ? FWPDK_MODE_CPOOL
						  : FWPDK_MODE_COPY;
			break;
		case 'k':
			skip = (uint32_t)atoi(optarg);
			break;
		case 'r':
			receive = true;
			break;
		default:
			exit(2);
		}
	if (nb_targets == 0 || nb_targets > TARGETS_MAX || nb_threads > THREADS_MAX ||
		nb_pollers > SYS_POLLERS_MAX || nb_flows > 16) {
		fprintf(stderr, "sys_udp_send: bad arguments\n");
		exit(2);
	}
}

/*
 * A port whose peer reads from shared memory loses what is unread when it stops: let the
 * receivers come to the end first, for a second at most (one datagram may be left out).
 * Targets may share a receiver, which then counts for all of them.
 */
static void
arrivals_wait(void)
{
	uint64_t end = rte_get_tsc_cycles() + rte_get_tsc_hz(), all = 0, here;
	unsigned i, short_of;

	for (i = 0; i < nb_targets; i++)
		all += targets[i].sent;
	do {
		turn();
		for (i = short_of = 0, here = 0; i < nb_targets; i++) {
			here = __atomic_load_n(&targets[i].progress[1], __ATOMIC_ACQUIRE);
			short_of += here < all;
		}
	} while (short_of != 0 && rte_get_tsc_cycles() < end);
}

int
main(int argc, char **argv)
{
	int rc;

	signal(SIGPIPE,
		SIG_IGN); /* net_vhost and net_virtio_user write to a peer that may be gone */
	rc = rte_eal_init(argc, argv);
	if (rc < 0)
		return 2;
	arguments(argc - rc, argv + rc);
	if (sys_stack_up(mode, receive, targets, nb_targets, pollers, nb_pollers) != 0 ||
		shots_open() != 0)
		return 2;
	for (unsigned i = 0; i < nb_targets; i++)
		if (receive)
			targets[i].progress[0] = 1;
		else
			progress_wait(&targets[i]);
	work();
	rc = report();
	if (!receive)
		arrivals_wait();
	if (sys_stack_stop() != 0 || shots_close() != 0 || sys_stack_down(pollers, nb_pollers) != 0)
		rc = 1;
	rte_eal_cleanup();
	return rc;
}
