/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * cycles [--cycles=N] [--seed=S]: four threads make an injection handle, inject through it and
 * destroy it, N times in all, while the port is stopped and started. A destroy that returns has
 * nothing in flight: each thread counts what it injected and what completed, and nothing comes
 * later. The first thread owns a poller; the other poller has a thread of its own.
 */

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "load.h"

#define THREADS	 4u
#define PACKETS	 16u
#define PER_STOP 100u /* cycles of all threads between two stops of the port */

struct worker {
	pthread_t thread;
	unsigned index;
	uint64_t random;
	NET_BUFFER_LIST *nbl[PACKETS];
	/* of the handle that lives now; done is atomic, completions run on other threads */
	uint32_t accepted, done;
	uint64_t injected, refused, waited, empty; /* waited: destroys with something in flight */
	uint64_t by_status[3]; /* sent, given up by a stop, aborted by it. Atomic */
};

static struct worker workers[THREADS];
static uint64_t target, cycles, stops;	  /* cycles and stops are atomic */
static uint64_t in_flight, strange, late; /* what must not be. Atomic */
static bool stop;			  /* atomic */

static VOID NTAPI
completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	struct worker *w = context;

	(void)dispatch;
	switch (nbl->Status) {
	case STATUS_SUCCESS:
		ADD(w->by_status[0], 1);
		break;
	case STATUS_INVALID_DEVICE_STATE:
		ADD(w->by_status[1], 1);
		break;
	case STATUS_REQUEST_ABORTED:
		ADD(w->by_status[2], 1);
		break;
	default:
		ADD(strange, 1);
	}
	ADD(w->done, 1);
}

static HANDLE
cycle(struct worker *w, unsigned n)
{
	NTSTATUS status;
	HANDLE h;
	unsigned i;

	MUST(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &h) ==
		STATUS_SUCCESS);
	w->accepted = 0;
	STORE(w->done, 0);
	for (i = 0; i < n; i++) {
		status = FwpsInjectNetworkSendAsync0(
			h, NULL, 0, UNSPECIFIED_COMPARTMENT_ID, w->nbl[i], completed, w);
		if (status == STATUS_SUCCESS)
			w->accepted++;
		else if (status == STATUS_FWP_TCPIP_NOT_READY ||
			 status == STATUS_INSUFFICIENT_RESOURCES)
			w->refused++;
		else
			ADD(strange, 1);
		if (w->index == 0 && load_random(&w->random, 4) == 0)
			fwpdk_poll(load_poller[0]);
	}
	w->injected += w->accepted;
	w->waited += LOAD(w->done) != w->accepted;
	MUST(FwpsInjectionHandleDestroy0(h) == STATUS_SUCCESS);
	if (LOAD(w->done) != w->accepted)
		ADD(in_flight, 1);
	return h;
}

/* The machine may be busy: a stop that is late is not left out. */
static bool
work_left(void)
{
	return LOAD(cycles) < target || LOAD(stops) < target / PER_STOP;
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	unsigned i;
	HANDLE h;

	for (i = 0; i < PACKETS; i++)
		w->nbl[i] = load_packet((uint16_t)(w->index * PACKETS + i));
	while (work_left()) {
		h = cycle(w, 1 + load_random(&w->random, PACKETS));
		if (w->accepted != 0) {
			ADD(cycles, 1);
		} else { /* the port is stopped */
			w->empty++;
			sched_yield();
		}
		if (load_random(&w->random, 16) == 0 &&
			FwpsInjectNetworkSendAsync0(h, NULL, 0, UNSPECIFIED_COMPARTMENT_ID,
				w->nbl[0], completed, w) != STATUS_INVALID_HANDLE)
			ADD(strange, 1);
		if (LOAD(w->done) != w->accepted)
			ADD(late, 1);
	}
	if (w->index == 0)
		fwpdk_poller_release(load_poller[0]);
	return NULL;
}

static void *
poll_second(void *arg)
{
	unsigned i;

	(void)arg;
	for (i = 1; !LOAD(stop); i++) {
		if (fwpdk_poll(load_poller[1]) == 0)
			sched_yield();
		if (i % 4096 == 0) /* whoever waits may serve it */
			fwpdk_poller_release(load_poller[1]);
	}
	fwpdk_poller_release(load_poller[1]);
	return NULL;
}

/* A device that takes its time, but each time another one. */
static void
turn_knobs(uint64_t *random)
{
	struct fwpdk_fault_knobs k = {.size = sizeof(k),
		.take = 1 + load_random(random, 32),
		.finish_us = load_random(random, 50),
		.release = FWPDK_FAULT_NEXT_BURST,
		.order = (enum fwpdk_fault_order)load_random(random, 3),
		.take_random = (uint8_t)load_random(random, 2)};

	MUST(fwpdk_fault_set(load_fault, &k) == 0);
}

static void
stop_and_start(uint64_t *random)
{
	int rc;

	do {
		rc = fwpdk_port_stop(load_port, 100000);
	} while (rc == -ETIMEDOUT);
	MUST(rc == 0);
	turn_knobs(random);
	if (load_random(random, 4) == 0)
		usleep(load_random(random, 2000)); /* whole cycles without a port */
	MUST(fwpdk_port_start(load_port) == 0);
	ADD(stops, 1);
}

int
main(int argc, char **argv)
{
	struct load_conf c = {.ring_size = 64,
		.backlog = 128,
		.max_hold_us = 10000000,
		.max_producers = 2, /* the others share a ring */
		.pollers = 2,
		.strategy = FWPDK_STRATEGY_EMPTY_BURST};
	uint64_t random = load_option(argc, argv, "seed", 1), all[7] = {0}, next = PER_STOP;
	pthread_t second;
	unsigned i, k;

	target = load_option(argc, argv, "cycles", 4000);
	load_up(&c);
	turn_knobs(&random);
	MUST(pthread_create(&second, NULL, poll_second, NULL) == 0);
	for (i = 0; i < THREADS; i++) {
		workers[i].index = i;
		workers[i].random = random + i;
		MUST(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
	}
	while (work_left()) {
		if (LOAD(cycles) < next) {
			usleep(100);
			continue;
		}
		next += PER_STOP;
		stop_and_start(&random);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		all[0] += workers[i].injected;
		all[1] += workers[i].refused;
		all[2] += workers[i].waited;
		all[6] += workers[i].empty;
		for (k = 0; k < 3; k++)
			all[3 + k] += workers[i].by_status[k];
		for (k = 0; k < PACKETS; k++)
			load_packet_free(workers[i].nbl[k]);
	}
	STORE(stop, true);
	pthread_join(second, NULL);
	load_down();
	printf("%lu cycles, %lu of them with something to wait for, and %lu while the port was "
	       "stopped, "
	       "%lu times; injected %lu (sent %lu, given up %lu, aborted %lu), refused %lu\n",
		cycles, all[2], all[6], stops, all[0], all[3], all[4], all[5], all[1]);
	printf("in flight after destroy %lu, late %lu, strange statuses %lu, lost %lu\n", in_flight,
		late, strange, all[0] - all[3] - all[4] - all[5]);
	MUST(all[2] > target / 10 && stops >= target / PER_STOP && all[3] > target);
	return in_flight + late + strange + (all[0] - all[3] - all[4] - all[5]) == 0 ? 0 : 1;
}
