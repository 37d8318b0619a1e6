/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Injects all the time while whoever started it stops ports and takes their peers away, and
 * keeps a ledger of how each NBL ended.
 *
 *     sys_churn <EAL> -- --to=ETHPORT,ADDRESS,MAC,UDPPORT,FILE [--mode=auto|cpool|extbuf|copy]
 *         [--threads=N] [--window=N in flight] [--ring]
 *
 * Reads commands from standard input and answers each with one line of JSON:
 *
 *     run | pause                  the injecting threads
 *     burst N                      N NBLs from this thread, then silence; waits a second at most
 *                                  for their completion
 *     cycles N                     stop and start the port, with traffic in between
 *     drain MICROSECONDS MAY-STOP  fwpdk_port_drain()
 *     member-del NAME | member-add NAME  of a bonded port
 *     stats
 *     end                          everything down; also at the end of the input
 *
 * --ring: the port is net_ring; a thread takes what it sends and frees it.
 */
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_eth_bond.h>
#include <rte_ethdev.h>
#include <rte_ring.h>

#include <fwpdk/fwpdk.h>

#include "sys_ledger.h"
#include "sys_shot.h"
#include "sys_stack.h"

#define LIMIT_S	 60u /* must not be reached, even on a machine with other work */
#define LIMIT_US (LIMIT_S * 1000000u)
#define GROUP	 8u /* NBLs between two pauses of an injecting thread */

static struct target target;
static unsigned nb_threads = 2, window = 768;
static int mode = FWPDK_MODE_AUTO;
static bool ring, stop_polling, stop_injecting, paused = true;
static bool idle[LEDGER_THREADS];
static struct fwpdk_poller *poller;
static pthread_t polling, reading, injecting[LEDGER_THREADS];

static uint64_t
in_flight(void)
{
	uint64_t done = ledger_completed();

	return ledger_injected() - done;
}

static uint64_t
after_us(uint64_t us)
{
	return rte_rdtsc() + us * (rte_get_tsc_hz() / 1000000);
}

/* Inject one; *shot: what an earlier call has refused, or NULL. False: wait a little. */
static bool
inject(unsigned thread, struct shot **shot)
{
	struct target *to[2] = {&target, &target};
	struct datagram d = {.thread = thread, .sequence = ledger_next(thread)};
	NTSTATUS status;

	if (d.sequence == UINT32_MAX)
		return false;
	if (*shot == NULL)
		*shot = shot_make(SHAPE_MDLS, to, &d);
	status = *shot == NULL ? STATUS_INSUFFICIENT_RESOURCES : shot_try(*shot, target.family);
	if (NT_SUCCESS(status)) {
		*shot = NULL;
		return true;
	}
	ledger_refused(thread);
	if (status == STATUS_INSUFFICIENT_RESOURCES || status == STATUS_FWP_TCPIP_NOT_READY)
		return false;
	fprintf(stderr, "refused with 0x%08x\n", (unsigned)status);
	exit(3);
}

static void *
inject_loop(void *arg)
{
	unsigned thread = (unsigned)(uintptr_t)arg;
	struct shot *shot = NULL;

	while (!__atomic_load_n(&stop_injecting, __ATOMIC_ACQUIRE)) {
		bool rest = __atomic_load_n(&paused, __ATOMIC_SEQ_CST);

		__atomic_store_n(&idle[thread], rest, __ATOMIC_SEQ_CST);
		for (unsigned i = 0; !rest && i < GROUP; i++)
			if (in_flight() >= window || !inject(thread, &shot))
				break;
		usleep(rest ? 500 : 20);
	}
	shot_discard(shot);
	return NULL;
}

static void
set_paused(bool pause)
{
	__atomic_store_n(&paused, pause, __ATOMIC_SEQ_CST);
	for (unsigned i = 0; i < nb_threads; i++)
		while (pause && !__atomic_load_n(&idle[i], __ATOMIC_SEQ_CST))
			usleep(100);
}

static void *
poll_loop(void *arg)
{
	while (!__atomic_load_n(&stop_polling, __ATOMIC_ACQUIRE))
		if (fwpdk_poll(arg) == 0)
			sys_idle();
	fwpdk_poller_release(arg);
	return NULL;
}

/* Also while the port is stopped: rte_eth_rx_burst() could not. */
static void *
read_loop(void *arg)
{
	struct rte_mbuf *mbufs[32];
	unsigned n;

	while (!__atomic_load_n(&stop_polling, __ATOMIC_ACQUIRE)) {
		n = rte_ring_dequeue_burst(arg, (void **)mbufs, 32, NULL);
		rte_pktmbuf_free_bulk(mbufs, n);
		if (n == 0)
			sys_idle();
	}
	return NULL;
}

static int
up(void)
{
	char name[RTE_ETH_NAME_MAX_LEN], ring_name[RTE_ETH_NAME_MAX_LEN + 16];
	struct rte_ring *r = NULL;

	if (ledger_open(nb_threads + 1) != 0 ||
		sys_stack_up(mode, false, &target, 1, &poller, 1) != 0 || shots_open() != 0)
		return -1;
	shots.done = ledger_done;
	if (ring) {
		rte_eth_dev_get_name_by_port(target.eth_port, name);
		snprintf(ring_name, sizeof(ring_name), "ETH_RXTX0_%s", name);
		r = rte_ring_lookup(ring_name);
		if (r == NULL || pthread_create(&reading, NULL, read_loop, r) != 0)
			return -1;
	}
	pthread_create(&polling, NULL, poll_loop, poller);
	for (unsigned i = 0; i < nb_threads; i++)
		pthread_create(&injecting[i], NULL, inject_loop, (void *)(uintptr_t)i);
	return 0;
}

static bool
wait_empty(uint64_t us)
{
	uint64_t end = after_us(us);

	while (in_flight() != 0 && rte_rdtsc() < end)
		usleep(20);
	return in_flight() == 0;
}

static int
burst(uint32_t n)
{
	uint64_t end = after_us(LIMIT_US);
	struct shot *shot = NULL;

	while (n > 0 && rte_rdtsc() < end) {
		if (in_flight() < window && inject(nb_threads, &shot))
			n--;
		else
			usleep(20);
	}
	shot_discard(shot);
	wait_empty(1000000);
	return n == 0 ? 0 : -1;
}

/* Wait until traffic runs. */
static bool
traffic(void)
{
	uint64_t goal = ledger_succeeded() + 16, end = after_us(LIMIT_US);

	while (ledger_succeeded() < goal) {
		if (rte_rdtsc() > end)
			return false;
		usleep(20);
	}
	return true;
}

static int
cycles(uint32_t n)
{
	int rc = 0;

	for (; n > 0 && rc == 0; n--) {
		if (!traffic())
			return -1;
		rc = fwpdk_port_stop(target.eth_port, LIMIT_US);
		if (rc == 0)
			rc = fwpdk_port_start(target.eth_port);
	}
	return rc != 0 || traffic() ? rc : -1;
}

static void
print_open(void)
{
	struct fwpdk_port_info info = {.size = sizeof(info)};

	fwpdk_port_info(target.eth_port, &info);
	printf("{\"driver\": \"%s\", \"mode\": \"%s\", \"strategy\": \"%s\", \"idle_bound_us\": %d"
	       ", \"nb_desc\": %u}\n",
		info.driver, info.mode_name, info.strategy_name, info.idle_bound_us, info.nb_desc);
	fflush(stdout);
}

static void
print_line(int rc, uint32_t left, uint64_t begin)
{
	printf("{\"rc\": %d, \"left\": %u, \"ms\": %lu, \"injected\": %lu, \"completed\": %lu, "
	       "\"succeeded\": %lu, \"in_flight\": %lu, \"damaged\": %lu, ",
		rc, left, (rte_rdtsc() - begin) / (rte_get_tsc_hz() / 1000), ledger_injected(),
		ledger_completed(), ledger_succeeded(), in_flight(),
		__atomic_load_n(&shots.damaged, __ATOMIC_RELAXED));
	ledger_print(stdout);
	printf("}\n");
	fflush(stdout);
}

static int
member(const char *name, int (*change)(uint16_t bond, uint16_t member))
{
	uint16_t id;
	int rc = rte_eth_dev_get_port_by_name(name, &id);

	return rc != 0 ? rc : change(target.eth_port, id);
}

/* False: the end. */
static bool
command(const char *line)
{
	char word[16] = "", name[64] = "";
	unsigned long a = 0, b = 0;
	uint64_t begin = rte_rdtsc();
	uint32_t left = 0;
	int rc = 0;

	sscanf(line, "%15s %lu %lu", word, &a, &b);
	sscanf(line, "%15s %63s", word, name);
	if (strcmp(word, "end") == 0)
		return false;
	if (strcmp(word, "run") == 0)
		set_paused(false);
	else if (strcmp(word, "pause") == 0)
		set_paused(true);
	else if (strcmp(word, "burst") == 0)
		rc = burst((uint32_t)a);
	else if (strcmp(word, "cycles") == 0)
		rc = cycles((uint32_t)a);
	else if (strcmp(word, "drain") == 0)
		rc = fwpdk_port_drain(target.eth_port, a, (int)b, &left);
	else if (strcmp(word, "member-del") == 0)
		rc = member(name, rte_eth_bond_slave_remove);
	else if (strcmp(word, "member-add") == 0)
		rc = member(name, rte_eth_bond_slave_add);
	else if (strcmp(word, "stats") != 0)
		rc = -1;
	print_line(rc, left, begin);
	return true;
}

/* What waits in the poller ends before its route does. */
static bool
wait_settled(void)
{
	struct fwpdk_poller_info info = {.size = sizeof(info)};
	uint64_t end = after_us(LIMIT_US / 6);

	do {
		usleep(20);
		fwpdk_poller_info(poller, &info);
	} while (info.in_rings + info.waiting + info.staged != 0 && rte_rdtsc() < end);
	return info.in_rings + info.waiting + info.staged == 0;
}

/* What the driver still has comes back when the port is closed. */
static int
down(void)
{
	uint64_t never, again;
	bool done;
	int rc;

	set_paused(true);
	stop_injecting = true;
	for (unsigned i = 0; i < nb_threads; i++)
		pthread_join(injecting[i], NULL);
	rc = sys_stack_stop();
	if (rc == 0 && wait_settled())
		rc = sys_stack_close();
	done = wait_empty(LIMIT_US / 6);
	__atomic_store_n(&stop_polling, true, __ATOMIC_RELEASE);
	pthread_join(polling, NULL);
	if (ring)
		pthread_join(reading, NULL);
	ledger_count(&never, &again);
	/* With an NBL lost the rest would wait for ever. */
	if (rc == 0 && done && (shots_close() != 0 || sys_stack_down(&poller, 1) != 0))
		rc = -1;
	printf("{\"rc\": %d, \"injected\": %lu, \"completed\": %lu, \"succeeded\": %lu, "
	       "\"damaged\": %lu, \"never\": %lu, \"again\": %lu, ",
		rc, ledger_injected(), ledger_completed(), ledger_succeeded(), shots.damaged, never,
		again);
	ledger_print(stdout);
	printf("}\n");
	fflush(stdout);
	if (!done)
		_exit(1);
	return rc == 0 && never == 0 && again == 0 && shots.damaged == 0 ? 0 : 1;
}

static void
arguments(int argc, char **argv)
{
	static const struct option options[] = {{"to", 1, NULL, 't'}, {"mode", 1, NULL, 'm'},
		{"threads", 1, NULL, 'T'}, {"window", 1, NULL, 'w'}, {"ring", 0, NULL, 'r'},
		{NULL, 0, NULL, 0}};
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 't':
			target_parse(optarg, &target);
			break;
		case 'm':
			mode = optarg[1] == 'u'	  ? FWPDK_MODE_AUTO
			       : optarg[1] == 'p' ? FWPDK_MODE_CPOOL
			       : optarg[1] == 'x' ? FWPDK_MODE_EXTBUF
						  : FWPDK_MODE_COPY;
			break;
		case 'T':
			nb_threads = (unsigned)atoi(optarg);
			break;
		case 'w':
			window = (unsigned)atoi(optarg);
			break;
		case 'r':
			ring = true;
			break;
		default:
			exit(2);
		}
	if (target.family == 0 || nb_threads >= LEDGER_THREADS) {
		fprintf(stderr, "sys_churn: bad arguments\n");
		exit(2);
	}
}

int
main(int argc, char **argv)
{
	char line[128];
	int rc;

	signal(SIGPIPE, SIG_IGN); /* net_vhost, net_virtio_user: their peer may be gone */
	rc = rte_eal_init(argc, argv);
	if (rc < 0)
		return 2;
	arguments(argc - rc, argv + rc);
	if (up() != 0)
		return 2;
	print_open();
	while (fgets(line, sizeof(line), stdin) != NULL && command(line))
		;
	rc = down();
	rte_eal_cleanup();
	return rc;
}
