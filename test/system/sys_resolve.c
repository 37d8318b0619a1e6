/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sys_resolve POLLERS VLAN TARGET...: a router between all its ports without any MAC configured.
 * Port N has 10.77.N.1/24 and fd77:N::1/64, in VLAN VLAN + N if that is not 0, resolves and
 * forwards. The main thread reads the ports and answers ICMP echo; every other poller has a thread
 * that injects. A line "N GAP CHANGED" on standard input: each of these injects datagrams to all
 * targets in turn (as of sys_udp_send, their MAC is ignored), one every GAP microseconds, until
 * CHANGED neighbours have changed their MAC, and N more per target; a line of JSON tells what
 * became of all of them. Ends with standard input.
 */
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_ip.h>

#include <fwpdk/fwpdk.h>

#include "sys_shot.h"

#define PORTS	4u
#define POLLERS 3u
#define TARGETS 8u
#define BURST	32u

#define MUST(call)                                               \
	do {                                                     \
		int rc_ = (int)(call);                           \
		if (rc_ < 0) {                                   \
			fprintf(stderr, "%s: %d\n", #call, rc_); \
			exit(2);                                 \
		}                                                \
	} while (0)

static struct fwpdk_poller *pollers[POLLERS];
static struct target targets[TARGETS];
static unsigned nb_pollers, nb_targets;
static uint16_t nb_ports, vlan;
static uint32_t if_index[PORTS], next_number[POLLERS];
static uint64_t success, unreachable, other, echoes; /* atomic */
static uint32_t ordered;			     /* atomic: datagrams per target and thread */
static unsigned at_work;			     /* atomic */
static bool unreported;				     /* an order is not yet answered */
static uint32_t gap_us;
static uint64_t awaited; /* changes of MAC */
static bool awaiting;	 /* atomic */
static bool ending;	 /* atomic */

static void
done(const struct datagram *d, NTSTATUS status)
{
	(void)d;
	__atomic_fetch_add(status == STATUS_SUCCESS	       ? &success
			   : status == STATUS_HOST_UNREACHABLE ? &unreachable
							       : &other,
		1, __ATOMIC_RELAXED);
}

/* An echo request becomes its answer in place, behind the tag that it came with. */
static bool
echo(struct rte_mbuf *m)
{
	struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
	unsigned l2 = eth->ether_type == rte_cpu_to_be_16(RTE_ETHER_TYPE_VLAN) ? 18 : 14;
	uint8_t *ip = (uint8_t *)eth + l2, *icmp, tmp[16];
	bool six = ip[-2] == 0x86 && ip[-1] == 0xdd;
	unsigned at = six ? 8 : 12, n = six ? 16 : 4;
	uint32_t sum;
	uint16_t was, word;

	icmp = ip + (six ? 40 : 20);
	if (m->data_len < l2 + (six ? 48 : 28) || ip[six ? 6 : 9] != (six ? 58 : 1) ||
		icmp[0] != (six ? 128 : 8))
		return false;
	memcpy(tmp, ip + at, n);
	memcpy(ip + at, ip + at + n, n);
	memcpy(ip + at + n, tmp, n);
	memcpy(&was, icmp, 2);
	icmp[0] = six ? 129 : 0;
	memcpy(&word, icmp, 2);
	memcpy(tmp, icmp + 2, 2);
	sum = (uint16_t) ~(*(uint16_t *)(void *)tmp) + (uint32_t)(uint16_t)~was + word;
	sum = (sum & 0xffff) + (sum >> 16);
	word = (uint16_t) ~(sum + (sum >> 16));
	memcpy(icmp + 2, &word, 2);
	eth->dst_addr = eth->src_addr;
	return true;
}

static void
receive(void *arg, struct fwpdk_poller *p, uint32_t index, struct rte_mbuf **m, uint16_t n)
{
	struct fwpdk_if_info info = {.size = sizeof(info)};

	(void)arg;
	MUST(fwpdk_if_info(index, &info));
	for (uint16_t i = 0; i < n; i++) {
		if (echo(m[i])) {
			rte_pktmbuf_mtod(m[i], struct rte_ether_hdr *)->src_addr = info.mac;
			if (fwpdk_tx(p, info.port_id, &m[i], 1) == 1) {
				__atomic_fetch_add(&echoes, 1, __ATOMIC_RELAXED);
				continue;
			}
		}
		rte_pktmbuf_free(m[i]);
	}
}

static void
address(uint32_t index, const char *format, unsigned port, uint8_t len)
{
	struct fwpdk_addr a;
	char text[64];

	snprintf(text, sizeof(text), format, port);
	MUST(fwpdk_addr_parse(text, &a));
	MUST(fwpdk_addr_add(index, &a, len));
}

static void
up(void)
{
	struct fwpdk_port_opts opts = {.size = sizeof(opts),
		.nb_queues = (uint16_t)nb_pollers,
		.nb_rx_queues = (uint16_t)nb_pollers};
	struct fwpdk_input_opts in = {.size = sizeof(in), .receive = receive};
	struct fwpdk_if_opts iface = {.size = sizeof(iface)};

	MUST(fwpdk_init(NULL));
	for (uint16_t p = 0; p < nb_ports; p++) {
		MUST(fwpdk_port_open(p, &opts));
		iface.port_id = p;
		iface.vlan_id = vlan != 0 ? (uint16_t)(vlan + p) : 0;
		MUST(fwpdk_if_add(&iface, &if_index[p]));
		address(if_index[p], "10.77.%u.1", p, 24);
		address(if_index[p], "fd77:%x::1", p, 64);
		MUST(fwpdk_if_set_forwarding(if_index[p], 1));
		MUST(fwpdk_if_set_resolve(if_index[p], 1));
	}
	for (unsigned i = 0; i < nb_pollers; i++) {
		MUST(fwpdk_poller_create(NULL, &pollers[i]));
		for (uint16_t p = 0; p < nb_ports; p++)
			MUST(fwpdk_poller_add_port(pollers[i], p, (uint16_t)i));
		if (i == 0)
			MUST(fwpdk_input_open(pollers[i], &in));
		MUST(fwpdk_poller_start(pollers[i]));
	}
	if (shots_open() != 0)
		exit(2);
	shots.done = done;
}

static void
shoot(unsigned thread, unsigned t, uint32_t sequence)
{
	struct datagram d = {.thread = thread, .flow = 0, .sequence = sequence};
	struct target *to = &targets[t];
	struct shot *shot = shot_make(SHAPE_MDLS, &to, &d);

	if (shot == NULL)
		exit(2);
	while (!shot_inject(shot, to->family))
		fwpdk_poll(pollers[thread]);
}

/* At an even pace, so that a receiver loses none. */
static void
work(unsigned thread, uint32_t n)
{
	uint64_t gap = rte_get_tsc_hz() / 1000000 * gap_us, next = rte_rdtsc();

	for (uint32_t i = 0; i < n; i += !__atomic_load_n(&awaiting, __ATOMIC_RELAXED)) {
		for (unsigned t = 0; t < nb_targets; t++) {
			shoot(thread, t, next_number[thread]);
			for (next += gap; rte_rdtsc() < next;)
				fwpdk_poll(pollers[thread]);
		}
		next_number[thread]++;
	}
	__atomic_fetch_sub(&at_work, 1, __ATOMIC_RELEASE);
}

static void *
injector(void *arg)
{
	unsigned thread = (unsigned)(uintptr_t)arg;
	uint32_t did = 0, to;

	while (!__atomic_load_n(&ending, __ATOMIC_ACQUIRE)) {
		to = __atomic_load_n(&ordered, __ATOMIC_ACQUIRE);
		if (to != did)
			work(thread, to - did);
		did = to;
		fwpdk_poll(pollers[thread]);
		rte_delay_us_sleep(100); /* the CPU is the others' */
	}
	fwpdk_poller_release(pollers[thread]);
	return NULL;
}

static void
read_ports(void)
{
	struct rte_mbuf *m[BURST];
	bool any = false;
	uint16_t n;

	for (uint16_t p = 0; p < nb_ports; p++)
		for (uint16_t q = 0; q < nb_pollers; q++) {
			n = rte_eth_rx_burst(p, q, m, BURST);
			any |= n != 0;
			n = n != 0 ? fwpdk_input(pollers[0], p, m, n) : 0;
			rte_pktmbuf_free_bulk(m, n);
		}
	fwpdk_poll(pollers[0]);
	if (!any)
		usleep(20);
}

static struct fwpdk_resolve_stats
resolved(void)
{
	struct fwpdk_resolve_stats r = {.size = sizeof(r)}, sum = {0};

	for (unsigned i = 0; i < nb_pollers; i++) {
		MUST(fwpdk_resolve_stats(pollers[i], &r));
		sum.waited += r.waited;
		sum.solicits += r.solicits;
		sum.learned += r.learned;
		sum.changed += r.changed;
		sum.answers += r.answers;
		sum.overflow += r.overflow;
	}
	sum.neighbours = r.neighbours;
	return sum;
}

static void
report(void)
{
	struct fwpdk_input_stats in = {.size = sizeof(in)};
	struct fwpdk_resolve_stats sum = resolved();

	MUST(fwpdk_input_stats(pollers[0], &in));
	printf("{\"injected\": %lu, \"success\": %lu, \"unreachable\": %lu, \"other\": %lu, "
	       "\"damaged\": %lu, \"echoes\": %lu, \"forwarded\": %lu, \"waited\": %lu, "
	       "\"solicits\": %lu, \"learned\": %lu, \"changed\": %lu, \"answers\": %lu, "
	       "\"overflow\": %lu, \"neighbours\": %lu}\n",
		shots.accepted, success, unreachable, other, shots.damaged, echoes, in.forwarded,
		sum.waited, sum.solicits, sum.learned, sum.changed, sum.answers, sum.overflow,
		sum.neighbours);
	fflush(stdout);
}

/* False: standard input has ended. */
static bool
orders(void)
{
	struct pollfd in = {.fd = 0, .events = POLLIN};
	char line[32];
	uint32_t count;
	ssize_t n;

	if (__atomic_load_n(&at_work, __ATOMIC_ACQUIRE) != 0 || poll(&in, 1, 0) == 0)
		return true;
	n = read(0, line, sizeof(line) - 1);
	if (n <= 0)
		return false;
	line[n] = '\0';
	if (sscanf(line, "%u %u %lu", &count, &gap_us, &awaited) != 3)
		return false;
	__atomic_store_n(&awaiting, resolved().changed < awaited, __ATOMIC_RELAXED);
	__atomic_store_n(&at_work, nb_pollers - 1, __ATOMIC_RELAXED);
	unreported = true;
	__atomic_fetch_add(&ordered, count, __ATOMIC_RELEASE);
	return true;
}

static void
down(void)
{
	for (uint16_t p = 0; p < nb_ports; p++)
		MUST(fwpdk_port_stop(p, 5000000));
	if (shots_close() != 0)
		exit(2);
	for (unsigned i = 0; i < nb_pollers; i++) {
		MUST(fwpdk_poller_stop(pollers[i]));
		MUST(fwpdk_poller_destroy(pollers[i]));
	}
	for (uint16_t p = 0; p < nb_ports; p++) {
		MUST(fwpdk_if_del(if_index[p]));
		MUST(fwpdk_port_close(p));
	}
	if (fwpdk_fini() != 0)
		exit(2);
}

int
main(int argc, char **argv)
{
	pthread_t thread[POLLERS];
	int eal = rte_eal_init(argc, argv);

	MUST(eal);
	argc -= eal;
	argv += eal;
	nb_ports = rte_eth_dev_count_avail();
	nb_pollers = argc > 1 ? (unsigned)atoi(argv[1]) : 0;
	if (nb_pollers < 2 || nb_pollers > POLLERS || argc < 3 || argc > 3 + (int)TARGETS)
		return 2;
	vlan = (uint16_t)atoi(argv[2]);
	for (int i = 3; i < argc; i++)
		target_parse(argv[i], &targets[nb_targets++]);
	up();
	for (unsigned i = 1; i < nb_pollers; i++)
		pthread_create(&thread[i], NULL, injector, (void *)(uintptr_t)i);
	printf("ready\n");
	fflush(stdout);
	while (orders()) {
		read_ports();
		if (__atomic_load_n(&awaiting, __ATOMIC_RELAXED) && resolved().changed >= awaited)
			__atomic_store_n(&awaiting, false, __ATOMIC_RELAXED);
		if (unreported && __atomic_load_n(&at_work, __ATOMIC_ACQUIRE) == 0 &&
			__atomic_load_n(&shots.completed, __ATOMIC_ACQUIRE) ==
				__atomic_load_n(&shots.accepted, __ATOMIC_RELAXED)) {
			report();
			unreported = false;
		}
	}
	__atomic_store_n(&ending, true, __ATOMIC_RELEASE);
	for (unsigned i = 1; i < nb_pollers; i++)
		pthread_join(thread[i], NULL);
	down();
	return 0;
}
