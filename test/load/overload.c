/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * overload [--polls=N | --seconds=S] [--producers-with-ring=R] [--stall-every=N]: three producers
 * offer ten times what the port takes; every --stall-every polls it takes nothing for three times
 * max_hold_us. Everything is counted here: refusals and how they are called, who got how much, and
 * since when each NBL waited when it completed.
 *
 * Time is counted in polls and packets: a producer has at most LEAD polls' worth of attempts in
 * advance, and the next poll waits until the attempts for it were made. So the load is ten times
 * what the port takes on any machine, and all producers try equally often.
 *
 * Fair shares are for producers with a ring of their own, as many as max_producers allows.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>

#include "load.h"

#define PRODUCERS 3u
#define TAKE	  16u /* packets that the port takes per poll */
#define OVERLOAD  10u
#define LEAD	  4u
#define ITEMS	  1024u
#define RING	  64u
#define BACKLOG	  128u
#define MAX_HOLD  100000u /* us */

struct item {
	NET_BUFFER_LIST *nbl;
	struct producer *of;
	uint64_t injected; /* TSC */
	uint64_t poll;	   /* number of the poll before */
	bool out;	   /* atomic */
};

struct producer {
	pthread_t thread;
	struct item item[ITEMS];
	uint64_t attempts, accepted; /* atomic for the poller's thread */
	uint64_t refused, strange;   /* STATUS_INSUFFICIENT_RESOURCES, and any other */
	uint64_t done[2];	     /* the poller's thread: sent, STATUS_DATA_NOT_ACCEPTED */
};

#define STARTS (1u << 20)

static struct producer producers[PRODUCERS];
static uint64_t starts[STARTS]; /* TSC: when the latest polls began */
static HANDLE handle;
static bool stop;			/* atomic */
static uint64_t due;			/* atomic: what the port took or could have by now */
static uint64_t polls;			/* atomic */
static uint64_t poll_began, moved;	/* TSC: the poll before, the port's last packet */
static uint64_t longest_poll;		/* from begin to begin: somebody else had the CPU */
static uint64_t ntaken;			/* packets that the port took */
static uint64_t strange, doubled;	/* completions */
static uint64_t longest_held, too_long; /* beyond what the poll allows, TSC; how many */
static uint64_t longest_age, longest_polls;
static bool stalled; /* since the last packet injected before a stall completed */

/* Since when the poller has it and nothing has moved: from the first poll after the injection on.
 */
static uint64_t
held_since(const struct item *it)
{
	uint64_t since = RTE_MAX(it->injected, moved);

	if (it->poll + 1 <= polls && polls - it->poll < STARTS)
		since = RTE_MAX(since, starts[(it->poll + 1) % STARTS]);
	return since;
}

static VOID NTAPI
completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	struct item *it = context;
	uint64_t now = rte_rdtsc(), held = now - held_since(it);
	uint64_t allowed = (MAX_HOLD * rte_get_tsc_hz()) / 1000000 + (now - poll_began) +
			   longest_poll;

	(void)dispatch;
	if (nbl->Status == STATUS_SUCCESS)
		it->of->done[0]++;
	else if (nbl->Status == STATUS_DATA_NOT_ACCEPTED)
		it->of->done[1]++;
	else
		strange++;
	if (!LOAD(it->out))
		doubled++;
	longest_held = RTE_MAX(longest_held, held);
	too_long += held > allowed;
	longest_age = RTE_MAX(longest_age, now - it->injected);
	if (!stalled)
		longest_polls = RTE_MAX(longest_polls, polls - it->poll);
	STORE(it->out, false);
}

/* Runs for every packet that the port takes. */
static const char *
taken(const struct rte_mbuf *m, void *arg)
{
	(void)m;
	(void)arg;
	moved = rte_rdtsc();
	ntaken++;
	return NULL;
}

static void
attempt(struct producer *p, struct item *it)
{
	NTSTATUS status;

	it->injected = rte_rdtsc();
	it->poll = LOAD(polls);
	STORE(it->out, true);
	status = FwpsInjectNetworkSendAsync0(
		handle, NULL, 0, UNSPECIFIED_COMPARTMENT_ID, it->nbl, completed, it);
	if (status == STATUS_SUCCESS) {
		p->accepted++;
	} else {
		STORE(it->out, false);
		if (status == STATUS_INSUFFICIENT_RESOURCES)
			p->refused++;
		else
			p->strange++;
	}
	STORE(p->attempts, p->attempts + 1);
}

static void *
produce(void *arg)
{
	struct producer *p = arg;
	unsigned next = 0;

	while (!LOAD(stop)) {
		if (p->attempts * PRODUCERS >= (LOAD(due) + LEAD * TAKE) * OVERLOAD) {
			sched_yield();
			continue;
		}
		while (LOAD(p->item[next % ITEMS].out))
			next++;
		attempt(p, &p->item[next++ % ITEMS]);
	}
	return NULL;
}

static uint64_t
attempts(void)
{
	uint64_t n = 0;
	unsigned i;

	for (i = 0; i < PRODUCERS; i++)
		n += LOAD(producers[i].attempts);
	return n;
}

static void
poll_once(void)
{
	uint64_t begins, before = ntaken;

	while (attempts() < due * OVERLOAD && !LOAD(stop))
		sched_yield();
	begins = rte_rdtsc();
	starts[polls % STARTS] = begins;
	fwpdk_poll(load_poller[0]);
	longest_poll = RTE_MAX(longest_poll, begins - poll_began);
	poll_began = begins;
	STORE(polls, polls + 1);
	STORE(due, due + RTE_MAX(ntaken - before, TAKE));
}

static void
knobs(uint32_t take)
{
	struct fwpdk_fault_knobs k = {.size = sizeof(k), .take = take};

	MUST(fwpdk_fault_set(load_fault, &k) == 0);
}

static void
poll_for(uint64_t us)
{
	uint64_t end = rte_rdtsc() + us * rte_get_tsc_hz() / 1000000;

	while (rte_rdtsc() < end)
		poll_once();
}

static void
stall(void)
{
	uint64_t i;

	stalled = true;
	knobs(FWPDK_FAULT_NONE);
	poll_for(3 * (uint64_t)MAX_HOLD);
	knobs(TAKE);
	for (i = 0; i < 200; i++) /* all that came before is gone */
		poll_once();
	stalled = false;
}

static void
run(uint64_t want_polls, uint64_t seconds, uint64_t stall_every)
{
	uint64_t end = rte_rdtsc() + seconds * rte_get_tsc_hz(), next = stall_every;

	while (seconds != 0 ? rte_rdtsc() < end : polls < want_polls) {
		poll_once();
		if (stall_every != 0 && polls >= next) {
			stall();
			next = polls + stall_every;
		}
	}
}

static double
us(uint64_t tsc)
{
	return (double)tsc * 1e6 / (double)rte_get_tsc_hz();
}

static int
report(bool own_rings)
{
	uint64_t all[6] = {0}, least = UINT64_MAX, lost = 0, fair, queue;
	struct fwpdk_fault_counts c = {.size = sizeof(c)};
	unsigned i;
	int bad = 0;

	MUST(fwpdk_fault_counts(load_fault, &c) == 0);
	for (i = 0; i < PRODUCERS; i++) {
		struct producer *p = &producers[i];

		all[0] += p->attempts;
		all[1] += p->accepted;
		all[2] += p->refused;
		all[3] += p->strange;
		all[4] += p->done[0];
		all[5] += p->done[1];
		lost += p->accepted - p->done[0] - p->done[1];
		least = RTE_MIN(least, p->done[0]);
		printf("producer %u: %lu attempts, %lu accepted, %lu sent\n", i, p->attempts,
			p->accepted, p->done[0]);
	}
	fair = all[4] / PRODUCERS;
	queue = (PRODUCERS * RING + 4 * 32 + BACKLOG + 64) / TAKE + 3;
	printf("%lu polls; offered %lu, taken by the port %lu (1 of %.1f); refused %lu, expired "
	       "%lu\n",
		polls, all[0], c.taken, (double)all[0] / (double)c.taken, all[2], all[5]);
	printf("least share %.2f of the fair one; held %.0f us at most with max_hold_us %u; age "
	       "%.0f us, "
	       "%lu polls (bound %lu) at most\n",
		(double)least / (double)fair, us(longest_held), MAX_HOLD, us(longest_age),
		longest_polls, queue);
	bad |= all[3] != 0 || strange != 0 || doubled != 0 || lost != 0 || too_long != 0;
	bad |= (own_rings && 2 * least < fair) || longest_polls > queue;
	bad |= all[4] != c.taken || all[0] < OVERLOAD * c.taken || all[2] < all[0] / 2;
	printf("other refusals %lu, other completions %lu, doubled %lu, lost %lu, held too long "
	       "%lu: %s\n",
		all[3], strange, doubled, lost, too_long, bad ? "NOT ALL WELL" : "all well");
	return bad;
}

int
main(int argc, char **argv)
{
	struct load_conf c = {.ring_size = RING,
		.backlog = BACKLOG,
		.max_hold_us = MAX_HOLD,
		.max_producers = (uint32_t)load_option(
			argc, argv, "producers-with-ring", PRODUCERS),
		.pollers = 1,
		.strategy = FWPDK_STRATEGY_IN_BURST,
		.check = taken};
	struct fwpdk_stats s = {.size = sizeof(s)};
	unsigned i, k;
	int bad;

	load_up(&c);
	MUST(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &handle) ==
		STATUS_SUCCESS);
	knobs(TAKE);
	poll_began = moved = rte_rdtsc();
	for (i = 0; i < PRODUCERS; i++) {
		for (k = 0; k < ITEMS; k++)
			producers[i].item[k] = (struct item){
				load_packet((uint16_t)i), &producers[i], 0, 0, false};
		MUST(pthread_create(&producers[i].thread, NULL, produce, &producers[i]) == 0);
	}
	run(load_option(argc, argv, "polls", 4000), load_option(argc, argv, "seconds", 0),
		load_option(argc, argv, "stall-every", 3000));
	STORE(stop, true);
	for (i = 0; i < PRODUCERS; i++)
		pthread_join(producers[i].thread, NULL);
	do {
		fwpdk_poll(load_poller[0]);
		poll_began = rte_rdtsc();
		MUST(fwpdk_stats(&s) == 0);
	} while (s.in_flight != 0);
	bad = report(c.max_producers >= PRODUCERS);
	for (i = 0; i < PRODUCERS; i++)
		for (k = 0; k < ITEMS; k++)
			load_packet_free(producers[i].item[k].nbl);
	fwpdk_poller_release(load_poller[0]);
	MUST(FwpsInjectionHandleDestroy0(handle) == STATUS_SUCCESS);
	load_down();
	return bad;
}
