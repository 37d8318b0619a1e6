/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: recording events, and looking at them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_malloc.h>

#include "core/ctl.h"
#include "tx/events.h"

static uint32_t recording; /* events per poller, 0 = off. Atomic */

static struct fwi_events *
ring_create(uint32_t n, int socket)
{
	struct fwi_events *e = rte_zmalloc_socket(
		"fwpdk_events", sizeof(*e) + n * sizeof(e->slot[0]), RTE_CACHE_LINE_SIZE, socket);

	if (e != NULL)
		e->mask = n - 1;
	return e;
}

/* The owner may write into the old one until its next poll. */
static void
ring_replace(struct fwpdk_poller *p, struct fwi_events *e)
{
	struct fwi_events *old = p->kept_events;

	p->kept_events = e;
	__atomic_store_n(&p->events, e, __ATOMIC_RELEASE);
	if (old != NULL)
		fwi_rcu_defer(&old->retired, rte_free, old);
}

int
fwi_events_join(struct fwpdk_poller *p)
{
	if (recording == 0)
		return 0;
	p->kept_events = ring_create(recording, p->socket);
	p->events = p->kept_events;
	return p->events == NULL ? -ENOMEM : 0;
}

static int
start(uint32_t n)
{
	struct fwi_events *ring[FWI_MAX_POLLERS] = {NULL};
	unsigned i;

	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		if (fwi_pollers[i] == NULL)
			continue;
		ring[i] = ring_create(n, fwi_pollers[i]->socket);
		if (ring[i] == NULL) {
			while (i-- > 0)
				rte_free(ring[i]);
			return -ENOMEM;
		}
	}
	for (i = 0; i < FWI_MAX_POLLERS; i++)
		if (fwi_pollers[i] != NULL)
			ring_replace(fwi_pollers[i], ring[i]);
	__atomic_store_n(&recording, n, __ATOMIC_RELAXED);
	fwi_pollers_publish(); /* and with it the gate of the fast path */
	return 0;
}

int
fwpdk_events_start(uint32_t events)
{
	uint32_t n = events != 0 ? events : FWPDK_EVENTS_DEFAULT;
	int rc;

	if (!rte_is_power_of_2(n) || n < FWPDK_EVENTS_MIN || n > FWPDK_EVENTS_MAX)
		return -EINVAL;
	fwi_ctl_lock();
	rc = fwi_ready() ? start(n) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}

void
fwi_events_fini(void)
{
	__atomic_store_n(&recording, 0, __ATOMIC_RELAXED);
}

int
fwpdk_events_stop(void)
{
	unsigned i;
	int rc = 0;

	fwi_ctl_lock();
	if (!fwi_ready()) {
		rc = -ENODEV;
	} else if (recording == 0) {
		rc = -EALREADY;
	} else {
		__atomic_store_n(&recording, 0, __ATOMIC_RELAXED);
		for (i = 0; i < FWI_MAX_POLLERS; i++)
			if (fwi_pollers[i] != NULL)
				__atomic_store_n(&fwi_pollers[i]->events, NULL, __ATOMIC_RELEASE);
		fwi_pollers_publish();
	}
	fwi_ctl_unlock();
	return rc;
}

uint32_t
fwpdk_events_recording(void)
{
	return __atomic_load_n(&recording, __ATOMIC_RELAXED);
}

struct copy {
	struct fwi_event *list; /* turn: the event's number */
	uint32_t n;
	char name[24];
};

static bool
slot_read(const struct fwi_events *e, uint64_t number, struct fwi_event *out)
{
	const struct fwi_event *s = &e->slot[number & e->mask];
	uint64_t turn = __atomic_load_n(&s->turn, __ATOMIC_ACQUIRE);

	out->turn = number;
	out->tsc = __atomic_load_n(&s->tsc, __ATOMIC_RELAXED);
	out->nbl = __atomic_load_n(&s->nbl, __ATOMIC_RELAXED);
	out->what = __atomic_load_n(&s->what, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return turn == number + 1 && __atomic_load_n(&s->turn, __ATOMIC_RELAXED) == turn;
}

static int
copy_ring(const struct fwpdk_poller *p, struct copy *c)
{
	const struct fwi_events *e = p->kept_events;
	uint64_t end, number;

	c->n = 0;
	if (e == NULL)
		return 0;
	c->list = malloc((e->mask + UINT64_C(1)) * sizeof(c->list[0]));
	if (c->list == NULL)
		return -ENOMEM;
	snprintf(c->name, sizeof(c->name), "%s", p->name);
	end = __atomic_load_n(&e->next, __ATOMIC_ACQUIRE);
	number = end > e->mask ? end - e->mask - 1 : 0;
	for (; number != end; number++)
		if (slot_read(e, number, &c->list[c->n]))
			c->n++;
	return 0;
}

static void
describe(const struct fwi_event *e, const char *poller, struct fwpdk_event *out)
{
	*out = (struct fwpdk_event){
		.size = sizeof(*out),
		.number = e->turn,
		.tsc = e->tsc,
		.nbl = (const void *)(uintptr_t)e->nbl,
		.kind = (enum fwpdk_event_kind)(e->what >> 56),
		.producer = -1,
		.port_id = -1,
		.queue_id = -1,
	};
	if (out->kind == FWPDK_EVENT_INJECT) {
		out->producer = (int32_t)e->what;
	} else if (out->kind == FWPDK_EVENT_COMPLETE) {
		out->status = (int32_t)e->what;
	} else {
		out->port_id = (uint16_t)(e->what >> 32);
		out->queue_id = (uint16_t)e->what;
	}
	snprintf(out->poller, sizeof(out->poller), "%s", poller);
}

static int
tell(const struct copy *c, fwpdk_event_fn fn, void *arg)
{
	struct fwpdk_event one;
	uint32_t i;
	int rc = 0;

	for (i = 0; i < c->n && rc == 0; i++) {
		describe(&c->list[i], c->name, &one);
		rc = fn(&one, arg);
	}
	return rc;
}

int
fwpdk_events_walk(fwpdk_event_fn fn, void *arg)
{
	struct copy c;
	unsigned i;
	int rc = 0;

	if (fn == NULL)
		return -EINVAL;
	for (i = 0; i < FWI_MAX_POLLERS && rc == 0; i++) {
		c = (struct copy){0};
		fwi_ctl_lock();
		if (!fwi_ready())
			rc = -ENODEV;
		else if (fwi_pollers[i] != NULL)
			rc = copy_ring(fwi_pollers[i], &c);
		fwi_ctl_unlock();
		if (rc == 0)
			rc = tell(&c, fn, arg);
		free(c.list);
	}
	return rc;
}

const char *
fwpdk_event_name(enum fwpdk_event_kind kind)
{
	static const char *const names[FWPDK_EVENTS] = {
		"inject", "map", "burst", "release", "complete"};

	return (unsigned)kind < FWPDK_EVENTS ? names[kind] : "?";
}
