/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: fwpdk_pending_walk(). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_cycles.h>

#include "core/compat.h"
#include "core/ctl.h"
#include "core/log.h"
#include "tx/pending.h"
#include "tx/poller.h"

#define NAMED 8u    /* in the log */
#define SPARE 1024u /* NBLs injected between counting and listing */

FWI_APPROXIMATE static void
note(const struct fwi_nbl *l, void *arg)
{
	const struct fwi_nbl_hot *hot = (const struct fwi_nbl_hot *)(const void *)l;
	struct fwi_snapshot *s = arg;
	struct fwi_pending *e;
	const NET_BUFFER *nb;

	if (l->state == FWI_NBL_FREE || __atomic_load_n(&hot->complete, __ATOMIC_ACQUIRE) == NULL)
		return;
	if (hot->handle == 0) /* an inject call is about to take it */
		return;
	if (s->n++ >= s->cap)
		return;
	e = &s->list[s->n - 1];
	e->nbl = &l->nbl;
	e->handle = hot->handle;
	e->context = hot->context;
	nb = hot->first_nb;
	e->stamp = fwi_nb_known(l, nb) ? nb->FwpdkStamp : fwi_stamp(rte_rdtsc());
	e->place = FWPDK_PLACE_MOVING;
	if ((__atomic_load_n(&l->refs, __ATOMIC_RELAXED) & FWI_NBL_HELD) != 0)
		e->place = FWPDK_PLACE_HELD;
	e->poller = 0xff;
	e->port = e->queue = -1;
}

static int
by_address(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t)((const struct fwi_pending *)a)->nbl;
	uintptr_t y = (uintptr_t)((const struct fwi_pending *)b)->nbl;

	return x < y ? -1 : x > y;
}

/* In place of the stamp, which goes round, there is the age by now. */
static int
by_age(const void *a, const void *b)
{
	const struct fwi_pending *x = a, *y = b;

	return x->stamp > y->stamp ? -1 : x->stamp < y->stamp ? 1 : by_address(a, b);
}

static void
stamps_to_ages(struct fwi_snapshot *s)
{
	uint32_t now = fwi_stamp(rte_rdtsc()), i;

	for (i = 0; i < s->n; i++) {
		s->list[i].stamp = now - s->list[i].stamp;
		if (s->list[i].stamp > UINT32_MAX - 1024) /* injected since */
			s->list[i].stamp = 0;
	}
}

static int
list_all(struct fwi_snapshot *s)
{
	fwi_nbl_walk(note, s); /* no room yet: counts */
	s->cap = s->n + SPARE;
	s->n = 0;
	s->list = malloc(s->cap * sizeof(s->list[0]));
	if (s->list == NULL)
		return -ENOMEM;
	fwi_nbl_walk(note, s);
	s->n = RTE_MIN(s->n, s->cap);
	stamps_to_ages(s);
	qsort(s->list, s->n, sizeof(s->list[0]), by_address);
	return 0;
}

static int
snapshot(struct fwi_snapshot *s, char names[FWI_MAX_POLLERS][24])
{
	unsigned i;
	int rc;

	rc = list_all(s);
	for (i = 0; i < FWI_MAX_POLLERS && rc == 0; i++) {
		if (fwi_pollers[i] == NULL)
			continue;
		snprintf(names[i], sizeof(names[i]), "%s", fwi_pollers[i]->name);
		rc = fwi_pending_place(s, fwi_pollers[i]);
	}
	if (rc == 0)
		qsort(s->list, s->n, sizeof(s->list[0]), by_age);
	return rc;
}

static void
describe(const struct fwi_pending *e, const char *poller, struct fwpdk_pending *out)
{
	uint64_t hz = rte_get_tsc_hz();
	uint64_t ticks = (uint64_t)e->stamp << FWI_STAMP_SHIFT;

	*out = (struct fwpdk_pending){
		.size = sizeof(*out),
		.nbl = e->nbl,
		.handle = (void *)(uintptr_t)e->handle,
		.context = e->context,
		.age_us = ticks / hz * 1000000 + ticks % hz * 1000000 / hz,
		.place = (enum fwpdk_place)e->place,
		.port_id = e->port,
		.queue_id = e->queue,
	};
	snprintf(out->poller, sizeof(out->poller), "%s", poller);
}

int
fwpdk_pending_walk(fwpdk_pending_fn fn, void *arg)
{
	char names[FWI_MAX_POLLERS][24] = {{0}};
	struct fwi_snapshot s = {0};
	struct fwpdk_pending one;
	uint32_t i;
	int rc;

	if (fn == NULL)
		return -EINVAL;
	fwi_ctl_lock();
	rc = fwi_ready() ? snapshot(&s, names) : -ENODEV;
	fwi_ctl_unlock();
	for (i = 0; i < s.n && rc == 0; i++) {
		describe(&s.list[i], s.list[i].poller != 0xff ? names[s.list[i].poller] : "", &one);
		rc = fn(&one, arg);
	}
	free(s.list);
	return rc;
}

static int
log_one(const struct fwpdk_pending *p, void *arg)
{
	unsigned *n = arg;

	if ((*n)++ < NAMED)
		FWI_LOG(tx, ERR,
			"NBL %p of handle %p is in flight since %" PRIu64
			" us: %s, port %d, poller '%s'",
			p->nbl, p->handle, p->age_us, fwpdk_place_name(p->place), p->port_id,
			p->poller);
	return 0;
}

unsigned
fwi_pending_log(void)
{
	unsigned n = 0;

	fwpdk_pending_walk(log_one, &n);
	return n;
}

const char *
fwpdk_place_name(enum fwpdk_place place)
{
	static const char *const names[FWPDK_PLACES] = {
		"ring", "waiting", "unresolved", "staged", "driver", "done", "held", "moving"};

	return (unsigned)place < FWPDK_PLACES ? names[place] : "?";
}
