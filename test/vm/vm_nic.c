/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs in the guest: injects through the public API on the one NIC that EAL has found.
 *
 *     vm_nic <EAL> -- --run=N --out=FILE [--count=N] [--lazy] [--attach=DESCRIPTORS]
 *         [--cycles=N] [--one-page] [--requests]
 *
 * Without options: the port's default mode, where the tail of an idle queue completes by
 * itself. --lazy: zero-copy without any flush, where only fwpdk_port_drain() gets the tail
 * back. --attach: the host configures the port, with that many descriptors. --cycles: only
 * stop and start the port under load. --requests: also packets that ask for something
 * (vm_requests.c). --one-page: for models of NICs that lose packets whose
 * data lie in two pages of the host's memory. FILE gets lines "fault TEXT", "figure NAME VALUE",
 * "status FIRST LAST HEX" and "end FAULTS"; what was sent is compared by the host.
 */
#include <getopt.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include <fwpdk/fwpdk.h>

#include "vm_client.h"
#include "vm_requests.h"

#define WINDOW	     1024u /* NBLs in flight */
#define STOPPED	     500u  /* in flight at a stop */
#define LIMIT_S	     30u   /* this must not be reached, even on a machine with other work */
#define LIMIT_US     (LIMIT_S * 1000000u)
#define LAZY_IDLE_US 100000u
#define DRAIN_US     2000000u /* a quarter of it is spent before the port is stopped */
#define SETTLE_US    200000u
#define PORT	     0

static struct fwpdk_poller *poller;
static struct fwpdk_port_info info = {.size = sizeof(info)};
static uint32_t if_index, count = 10000, cycles;
static uint16_t attach_desc;
static bool lazy, ask;
static volatile bool stop_polling, stop_injecting;

static const NTSTATUS success[] = {STATUS_SUCCESS};
static const NTSTATUS drained[] = {STATUS_SUCCESS, STATUS_REQUEST_ABORTED};
static const NTSTATUS stopped[] = {
	STATUS_SUCCESS, STATUS_REQUEST_ABORTED, STATUS_INVALID_DEVICE_STATE};

static void
figure(const char *name, uint64_t value)
{
	fprintf(vm_client.out, "figure %s %lu\n", name, value);
}

/* A call that has to return this. */
static bool
must(const char *call, int rc, int expected)
{
	if (rc == expected)
		return true;
	vm_fault("%s returned %d (%s), not %d", call, rc, strerror(abs(rc)), expected);
	return false;
}

static uint64_t
after_us(uint64_t us)
{
	return rte_rdtsc() + us * (rte_get_tsc_hz() / 1000000);
}

/* What a host does that configures the port itself. */
static int
attach(struct fwpdk_port_opts *opts)
{
	struct fwpdk_port_wants wants = {.size = sizeof(wants)};
	struct rte_eth_conf conf = {0};
	struct rte_mempool *rx;
	int rc = fwpdk_port_wants(PORT, opts, &wants);

	conf.txmode.offloads = wants.tx_offloads;
	if (rc == 0)
		rc = rte_eth_dev_configure(PORT, 1, 1, &conf);
	rx = rte_pktmbuf_pool_create("rx", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	if (rx == NULL)
		return -ENOMEM;
	if (rc == 0)
		rc = rte_eth_rx_queue_setup(PORT, 0, 256, 0, NULL, rx);
	if (rc == 0)
		rc = rte_eth_tx_queue_setup(PORT, 0, attach_desc, 0, &wants.txconf);
	if (rc == 0)
		rc = rte_eth_dev_start(PORT);
	return rc != 0 ? rc : fwpdk_port_attach(PORT, opts);
}

static bool
port_up(void)
{
	struct fwpdk_config config = {
		.size = sizeof(config), .nbl_count = 4095, .nb_count = 1023, .mdl_count = 16383};
	struct fwpdk_port_opts opts = {
		.size = sizeof(opts),
		.mode = lazy ? FWPDK_MODE_CPOOL : FWPDK_MODE_AUTO,
		.strategy = lazy ? FWPDK_STRATEGY_NONE : FWPDK_STRATEGY_AUTO,
	};

	return must("fwpdk_init", fwpdk_init(&config), 0) &&
	       (attach_desc != 0 ? must("fwpdk_port_attach", attach(&opts), 0)
				 : must("fwpdk_port_open", fwpdk_port_open(PORT, &opts), 0)) &&
	       must("fwpdk_port_info", fwpdk_port_info(PORT, &info), 0);
}

static bool
stack_up(void)
{
	static const struct rte_ether_addr mac = {{0x02, 0, 0, 0, 0, 0x01}};
	struct fwpdk_if_opts interface = {.size = sizeof(interface), .port_id = PORT};
	struct fwpdk_route route = {.size = sizeof(route), .prefix_len = 32};

	if (!must("fwpdk_if_add", fwpdk_if_add(&interface, &if_index), 0))
		return false;
	fwpdk_addr_parse("10.77.0.1", &route.prefix);
	route.if_index = if_index;
	return must("fwpdk_neigh_add", fwpdk_neigh_add(if_index, &route.prefix, &mac), 0) &&
	       must("fwpdk_route_add", fwpdk_route_add(&route), 0) &&
	       must("fwpdk_poller_create", fwpdk_poller_create(NULL, &poller), 0) &&
	       must("fwpdk_poller_add_port", fwpdk_poller_add_port(poller, PORT, 0), 0) &&
	       must("fwpdk_poller_start", fwpdk_poller_start(poller), 0);
}

/* Inject n, polling as a host does. */
static void
inject(uint32_t n, enum vm_memory memory)
{
	uint64_t end = after_us(LIMIT_US);

	while (n > 0) {
		if (vm_client_in_flight() < WINDOW && vm_client_send(memory)) {
			if (--n % 32 == 1)
				fwpdk_poll(poller);
			continue;
		}
		fwpdk_poll(poller);
		if (rte_rdtsc() > end || vm_client.faults != 0) {
			vm_fault("%u NBLs could not be injected, %u in flight", n,
				vm_client_in_flight());
			return;
		}
	}
}

/*
 * Poll only when the deadline says so, until all is complete. Returns the microseconds
 * from the last injection to the last completion.
 */
static uint64_t
complete_idle(void)
{
	uint64_t end = after_us(LIMIT_US), when;

	while (vm_client_in_flight() != 0) {
		when = fwpdk_poller_deadline(poller);
		if (when == UINT64_MAX || rte_rdtsc() > end) {
			vm_fault("%u NBLs do not complete%s", vm_client_in_flight(),
				when == UINT64_MAX ? ", no poll is wanted" : "");
			break;
		}
		while (rte_rdtsc() < when && rte_rdtsc() < end)
			rte_pause();
		fwpdk_poll(poller);
	}
	return (vm_client.last_completion - vm_client.last_sent) / (rte_get_tsc_hz() / 1000000);
}

static void
poll_for(uint64_t us)
{
	uint64_t end = after_us(us);

	while (vm_client_in_flight() != 0 && rte_rdtsc() < end)
		fwpdk_poll(poller);
}

/* Only a stop gets the tail back. */
static void
complete_lazy(enum vm_memory memory)
{
	uint32_t left = UINT32_MAX, tail;

	poll_for(LAZY_IDLE_US);
	tail = vm_client_in_flight();
	figure(memory == VM_POOL ? "lazy_tail" : "malloc_lazy_tail", tail);
	if (tail != 0)
		must("fwpdk_port_drain without stop", fwpdk_port_drain(PORT, 20000, 0, NULL),
			-EBUSY);
	must("fwpdk_port_drain", fwpdk_port_drain(PORT, DRAIN_US, 1, &left), 0);
	if (left != 0 || vm_client_in_flight() != 0)
		vm_fault("drained, and %u mbufs, %u NBLs are out", left, vm_client_in_flight());
}

static struct fwpdk_stats
stats_now(void)
{
	struct fwpdk_stats stats = {.size = sizeof(stats)};

	must("fwpdk_stats", fwpdk_stats(&stats), 0);
	return stats;
}

static void
expect(const char *what, uint64_t value, uint64_t expected)
{
	if (value != expected)
		vm_fault("%s is %lu, not %lu", what, value, expected);
}

/* The driver to whose NICs checksums are left. */
static bool
nic_sums(void)
{
	return strcmp(info.driver, "net_e1000_em") == 0;
}

static void
phase_inject(enum vm_memory memory, uint32_t n)
{
	struct fwpdk_stats before = stats_now(), after;
	uint32_t from = vm_client.next, without_room = vm_client.without_room,
		 asked = vm_client.asked;
	bool zero_copy = info.mode == FWPDK_MODE_CPOOL;

	inject(n, memory);
	if (lazy)
		complete_lazy(memory);
	else
		figure(memory == VM_POOL ? "idle_us" : "malloc_idle_us", complete_idle());
	vm_client_check("inject", from, lazy ? drained : success, lazy ? 2 : 1);
	if (lazy)
		figure("lazy_aborted", vm_client_count(from, STATUS_REQUEST_ABORTED));
	after = stats_now();
	if (memory == VM_MALLOC)
		figure("malloc_copied",
			after.copied_memory + after.copied - before.copied_memory - before.copied);
	expect("packets", after.packets - before.packets, n);
	expect("copied_memory", after.copied_memory - before.copied_memory,
		zero_copy && memory == VM_MALLOC ? n : 0);
	expect("copied", after.copied - before.copied, zero_copy ? 0 : n);
	expect("linearised", after.linearised - before.linearised, 0);
	expect("checksums", after.checksums - before.checksums, vm_client.asked - asked);
	expect("checksums_nic", after.checksums_nic - before.checksums_nic,
		nic_sums() ? vm_client.asked - asked : 0);
	if (zero_copy && memory == VM_POOL)
		expect("header_mbufs", after.header_mbufs - before.header_mbufs,
			vm_client.without_room - without_room);
}

/* As many in flight as wanted: the first half with the driver, the rest not yet looked at. */
static void
fill(uint32_t n)
{
	uint64_t end = after_us(LIMIT_US);

	while (vm_client_in_flight() < n / 2 && rte_rdtsc() < end)
		vm_client_send(VM_POOL);
	for (unsigned i = 0; i < 8; i++)
		fwpdk_poll(poller);
	while (vm_client_in_flight() < n && rte_rdtsc() < end)
		vm_client_send(VM_POOL);
	expect("in flight at the stop", vm_client_in_flight(), n);
}

static void
phase_stop(const char *name)
{
	uint32_t from = vm_client.next, left;
	char text[32];

	for (unsigned round = 0; round < 2; round++) {
		fill(STOPPED);
		must("fwpdk_port_stop", fwpdk_port_stop(PORT, LIMIT_US), 0);
		fwpdk_poll(poller);
		snprintf(text, sizeof(text), "%s%u_kept", name, round);
		figure(text, vm_client_in_flight());
		must("fwpdk_port_start", fwpdk_port_start(PORT), 0);
	}
	must("fwpdk_port_drain", fwpdk_port_drain(PORT, DRAIN_US, 1, &left), 0);
	expect("in flight after the drain", vm_client_in_flight(), 0);
	vm_client_check(name, from, stopped, RTE_DIM(stopped));
	snprintf(text, sizeof(text), "%s_succeeded", name);
	figure(text, vm_client_count(from, STATUS_SUCCESS));
	snprintf(text, sizeof(text), "%s_aborted", name);
	figure(text, vm_client_count(from, STATUS_REQUEST_ABORTED));
	snprintf(text, sizeof(text), "%s_not_sent", name);
	figure(text, vm_client_count(from, STATUS_INVALID_DEVICE_STATE));
}

/* Paced: while the port is stopped, what is injected comes back at once. */
static void *
injector(void *arg)
{
	while (!stop_injecting && vm_client.faults == 0) {
		for (unsigned i = 0; i < 8 && vm_client_in_flight() < WINDOW / 2; i++)
			vm_client_send(VM_POOL);
		usleep(20);
	}
	return arg;
}

static int
poll_loop(void *arg)
{
	return fwpdk_poller_loop(arg, &stop_polling);
}

/* Wait until traffic runs. */
static bool
traffic(void)
{
	uint32_t goal = __atomic_load_n(&vm_client.succeeded, __ATOMIC_RELAXED) + 16;
	uint64_t end = after_us(LIMIT_US);

	while ((int32_t)(goal - __atomic_load_n(&vm_client.succeeded, __ATOMIC_RELAXED)) > 0) {
		if (rte_rdtsc() > end || vm_client.faults != 0)
			return false;
		usleep(100);
	}
	return true;
}

static void
phase_cycles(void)
{
	uint32_t done = 0, from = vm_client.next, worker = rte_get_next_lcore(-1, 1, 0);
	uint64_t begin = rte_rdtsc(), end;
	pthread_t thread;

	fwpdk_poller_release(poller);
	rte_eal_remote_launch(poll_loop, poller, worker);
	pthread_create(&thread, NULL, injector, NULL);
	while (done < cycles && traffic() &&
		must("fwpdk_port_stop", fwpdk_port_stop(PORT, LIMIT_US), 0) &&
		must("fwpdk_port_start", fwpdk_port_start(PORT), 0))
		done++;
	expect("cycles", done, cycles);
	figure("cycles", done);
	figure("cycles_ms", (rte_rdtsc() - begin) / (rte_get_tsc_hz() / 1000));
	traffic();
	stop_injecting = true;
	pthread_join(thread, NULL);
	for (end = after_us(LIMIT_US); vm_client_in_flight() != 0 && rte_rdtsc() < end;)
		usleep(100);
	expect("in flight after the cycles", vm_client_in_flight(), 0);
	stop_polling = true;
	must("fwpdk_poller_loop", rte_eal_wait_lcore(worker), 0);
	vm_client_check("cycles", from, stopped, RTE_DIM(stopped));
	figure("cycles_refused", vm_client.not_ready);
	figure("cycles_injected", vm_client.next - from);
	figure("cycles_succeeded", vm_client_count(from, STATUS_SUCCESS));
	figure("cycles_aborted", vm_client_count(from, STATUS_REQUEST_ABORTED));
	figure("cycles_not_sent", vm_client_count(from, STATUS_INVALID_DEVICE_STATE));
}

/* Stop with NBLs in flight and no restart: the close gives back what the driver has. */
static void
stack_down(void)
{
	uint32_t from = vm_client.next;

	/* A slow device sends what earlier runs gave it; what follows may get lost in the close. */
	rte_delay_us_sleep(SETTLE_US);
	figure("close_first", from);
	fill(STOPPED);
	must("fwpdk_port_stop", fwpdk_port_stop(PORT, LIMIT_US), 0);
	for (unsigned i = 0; i < 16; i++) /* what waits in the poller ends before its route does */
		fwpdk_poll(poller);
	must("fwpdk_if_del", fwpdk_if_del(if_index), 0);
	must("fwpdk_port_close", fwpdk_port_close(PORT), 0);
	if (attach_desc != 0)
		must("rte_eth_dev_close", rte_eth_dev_close(PORT), 0);
	poll_for(LIMIT_US);
	expect("in flight after the close", vm_client_in_flight(), 0);
	vm_client_check("close", from, stopped, RTE_DIM(stopped));
	figure("close_succeeded", vm_client_count(from, STATUS_SUCCESS));
	figure("close_aborted", vm_client_count(from, STATUS_REQUEST_ABORTED));
	figure("close_not_sent", vm_client_count(from, STATUS_INVALID_DEVICE_STATE));
	if (vm_client_in_flight() != 0)
		return; /* the rest would wait for ever */
	vm_client_close();
	must("fwpdk_poller_stop", fwpdk_poller_stop(poller), 0);
	must("fwpdk_poller_release", fwpdk_poller_release(poller), 0);
	must("fwpdk_poller_destroy", fwpdk_poller_destroy(poller), 0);
	must("fwpdk_fini", fwpdk_fini(), 0);
}

static void
work(void)
{
	fprintf(vm_client.out, "port %s %s %s %d\n", info.driver, info.mode_name,
		info.strategy_name, info.idle_bound_us);
	fprintf(vm_client.out, "meaning %s\n", info.completion);
	if (!lazy && info.idle_bound_us < 0)
		vm_fault("the default mode has no idle bound");
	if (cycles != 0) {
		phase_cycles();
	} else {
		phase_inject(VM_POOL, count);
		phase_inject(VM_MALLOC, count / 10);
		if (ask)
			vm_requests(PORT, if_index, poller, nic_sums());
		phase_stop("stop");
		expect("calls refused", vm_client.not_ready, 0);
	}
	stack_down();
	figure("crossed", vm_client.crossed);
	vm_client_statuses();
}

static void
arguments(int argc, char **argv)
{
	static const struct option options[] = {{"run", 1, NULL, 'r'}, {"out", 1, NULL, 'o'},
		{"count", 1, NULL, 'n'}, {"lazy", 0, NULL, 'l'}, {"attach", 1, NULL, 'a'},
		{"cycles", 1, NULL, 'c'}, {"one-page", 0, NULL, 'p'}, {"requests", 0, NULL, 'q'},
		{NULL, 0, NULL, 0}};
	int c;

	vm_client.out = stdout;
	optind = 1;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 'r':
			vm_client.run = (uint32_t)atoi(optarg);
			break;
		case 'o':
			vm_client.out = fopen(optarg, "w");
			break;
		case 'n':
			count = (uint32_t)atoi(optarg);
			break;
		case 'l':
			lazy = true;
			break;
		case 'a':
			attach_desc = (uint16_t)atoi(optarg);
			break;
		case 'c':
			cycles = (uint32_t)atoi(optarg);
			break;
		case 'p':
			vm_client.one_page = true;
			break;
		case 'q':
			ask = true;
			break;
		default:
			exit(2);
		}
	if (vm_client.out == NULL)
		exit(2);
}

int
main(int argc, char **argv)
{
	int rc = rte_eal_init(argc, argv);

	if (rc < 0)
		return 2;
	arguments(argc - rc, argv + rc);
	if (rte_eth_dev_count_avail() != 1)
		vm_fault("%u ports, not 1", rte_eth_dev_count_avail());
	else if (port_up() && stack_up() && vm_client_open(vm_client.run) == 0)
		work();
	fprintf(vm_client.out, "end %u\n", vm_client.faults);
	fclose(vm_client.out);
	rte_eal_cleanup();
	return vm_client.faults != 0;
}
