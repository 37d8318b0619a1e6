/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "soak.h"

struct soak_injector soak_injectors[SOAK_INJECTORS];
struct soak_handle *soak_slots[2][SOAK_SLOTS];
bool soak_stop, soak_still, soak_pollers_still;

static unsigned parked, pollers_parked; /* atomic */
static pthread_t handles_thread, releaser_thread;

/* Threads of that kind wait here while they are to keep still. */
static void
gate(const bool *still, unsigned *count)
{
	if (!LOAD(*still))
		return;
	ADD(*count, 1);
	while (LOAD(*still))
		usleep(50);
	ADD(*count, -1u);
}

static void
wait_for(unsigned *count, unsigned n)
{
	while (LOAD(*count) != n)
		usleep(50);
}

void
soak_hold(bool still, bool pollers_still)
{
	STORE(soak_still, still);
	wait_for(&parked, still ? SOAK_INJECTORS - SOAK_POLLERS + 2 : 0);
	STORE(soak_pollers_still, pollers_still);
	wait_for(&pollers_parked, pollers_still ? SOAK_POLLERS : 0);
}

/* The original and the clone after it change their shape together. */
static void
rebuild(struct soak_injector *in, unsigned i)
{
	struct soak_item *a = &in->item[i & ~1u], *b = &in->item[i | 1u];
	uint32_t id = (in->index * SOAK_ITEMS + (i & ~1u)) * SOAK_PACKETS;

	if (LOAD(a->state) != ITEM_FREE || LOAD(b->state) != ITEM_FREE)
		return;
	soak_item_free(b);
	soak_item_free(a);
	soak_item_build(a, id, &in->random);
	if (soak_one_in(&in->random, 3)) {
		soak_item_clone(b, a);
		ADD(soak.clones, 1);
	} else {
		soak_item_build(b, id + SOAK_PACKETS, &in->random);
	}
	ADD(soak.rebuilt, 2);
}

/* One call with the next item that is free, or a chain of some. */
static void
inject_some(struct soak_injector *in)
{
	unsigned want = soak_one_in(&in->random, 10) ? 1 + soak_below(&in->random, 20) : 1;
	struct soak_item *chain[20], *item;
	unsigned n = 0, i;

	if (soak_one_in(&in->random, 32))
		rebuild(in, soak_below(&in->random, SOAK_ITEMS));
	for (i = 0; i < SOAK_ITEMS && n < want; i++) {
		item = &in->item[in->next++ % SOAK_ITEMS];
		if (LOAD(item->state) == ITEM_FREE && (n == 0 || item->v6 == chain[0]->v6))
			chain[n++] = item;
	}
	if (n > 0)
		soak_inject(chain, n, soak_handle_any(chain[0]->v6, &in->random));
}

static bool
may_inject(void)
{
	return !LOAD(soak_still) && !soak_full();
}

static void *
poller_main(void *arg)
{
	struct soak_injector *in = arg;
	struct fwpdk_poller *p = soak_pollers[in->index];
	unsigned i, idle = 0;

	while (!LOAD(soak_stop)) {
		gate(&soak_pollers_still, &pollers_parked);
		for (i = soak_below(&in->random, 8); i > 0 && may_inject(); i--)
			inject_some(in);
		idle = fwpdk_poll(p) > 0 ? 0 : idle + 1;
		if (idle > 8)
			sched_yield();
		if (soak_one_in(&in->random, 20000))
			fwpdk_poller_release(p); /* whoever waits may serve it */
	}
	fwpdk_poller_release(p);
	return NULL;
}

static void *
injector_main(void *arg)
{
	struct soak_injector *in = arg;
	unsigned i;

	while (!LOAD(soak_stop)) {
		gate(&soak_still, &parked);
		for (i = soak_below(&in->random, 40); i > 0 && may_inject(); i--)
			inject_some(in);
		sched_yield();
	}
	return NULL;
}

static struct soak_handle *
handle_new(bool v6)
{
	struct soak_handle *h = calloc(1, sizeof(*h));

	if (h == NULL || FwpsInjectionHandleCreate0(v6 ? AF_INET6 : AF_INET,
				 FWPS_INJECTION_TYPE_NETWORK, &h->h) != STATUS_SUCCESS)
		rte_panic("no injection handle\n");
	return h;
}

/* True when it is gone; after that not a single completion of it may come. */
static bool
handle_end(struct soak_handle *h, uint64_t timeout_us)
{
	if (fwpdk_handle_destroy(h->h, timeout_us) != 0)
		return false;
	STORE(h->dead, true);
	ADD(soak.handles, 1);
	return true;
}

static struct soak_handle *buried; /* freed at the end: late completions must find them */

static void *
handles_main(void *arg)
{
	uint64_t random = soak_seed + 77;
	struct soak_handle *old, *closing = NULL;
	unsigned slot;
	bool v6;

	(void)arg;
	while (!LOAD(soak_stop)) {
		gate(&soak_still, &parked);
		if (closing == NULL) {
			v6 = soak_one_in(&random, 2);
			slot = soak_below(&random, SOAK_SLOTS);
			old = LOAD(soak_slots[v6][slot]);
			STORE(soak_slots[v6][slot], handle_new(v6));
			closing = old;
			closing->next = buried;
			buried = closing;
		}
		if (handle_end(closing, 20000))
			closing = NULL;
		usleep(soak_below(&random, 2000));
	}
	if (closing != NULL && !handle_end(closing, 10000000))
		soak_failed("end of a handle", -ETIMEDOUT);
	return NULL;
}

static void *
releaser_main(void *arg)
{
	uint64_t random = soak_seed + 78;
	struct soak_port *port;

	(void)arg;
	while (!LOAD(soak_stop)) {
		gate(&soak_still, &parked);
		port = &soak_ports[soak_below(&random, SOAK_PORTS)];
		if (soak_one_in(&random, 2))
			fwpdk_fault_finish(port->fault, soak_below(&random, 60));
		if (soak_one_in(&random, 2))
			fwpdk_fault_release(port->fault, soak_below(&random, 60));
		usleep(soak_below(&random, 300));
	}
	return NULL;
}

void
soak_threads_start(void)
{
	unsigned i, k;

	for (i = 0; i < 2 * SOAK_SLOTS; i++)
		soak_slots[i & 1][i / 2] = handle_new(i & 1);
	for (i = 0; i < SOAK_INJECTORS; i++) {
		soak_injectors[i].index = i;
		soak_injectors[i].random = soak_seed + i;
		for (k = 0; k < SOAK_ITEMS; k += 2)
			rebuild(&soak_injectors[i], k);
	}
	for (i = 0; i < SOAK_INJECTORS; i++)
		pthread_create(&soak_injectors[i].thread, NULL,
			i < SOAK_POLLERS ? poller_main : injector_main, &soak_injectors[i]);
	pthread_create(&handles_thread, NULL, handles_main, NULL);
	pthread_create(&releaser_thread, NULL, releaser_main, NULL);
}

void
soak_threads_join(void)
{
	struct soak_handle *h;
	unsigned i, k;

	STORE(soak_stop, true);
	pthread_join(handles_thread, NULL);
	pthread_join(releaser_thread, NULL);
	for (i = 0; i < SOAK_INJECTORS; i++)
		pthread_join(soak_injectors[i].thread, NULL);
	for (i = 0; i < 2 * SOAK_SLOTS; i++) {
		h = soak_slots[i & 1][i / 2];
		if (!handle_end(h, 10000000))
			soak_failed("end of a handle", -ETIMEDOUT);
		h->next = buried;
		buried = h;
	}
	while ((h = buried) != NULL) {
		buried = h->next;
		free(h);
	}
	for (i = 0; i < SOAK_INJECTORS; i++)
		for (k = SOAK_ITEMS; k > 0; k--) /* clones before their originals */
			soak_item_free(&soak_injectors[i].item[k - 1]);
}
