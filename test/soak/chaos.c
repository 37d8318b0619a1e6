/* SPDX-License-Identifier: BSD-3-Clause */
/* The main thread: what goes wrong, and the comparison of figures while all keep still. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "soak.h"

#define SETTLE_SECONDS 20u

static void
random_knobs(struct fwpdk_fault_knobs *k, uint64_t *r)
{
	*k = (struct fwpdk_fault_knobs){.size = sizeof(*k)};
	k->release = soak_below(r, 5);
	k->order = soak_below(r, 3);
	k->end = soak_below(r, 3);
	k->one_by_one = soak_one_in(r, 2);
	if (soak_one_in(r, 3))
		k->take = soak_one_in(r, 6) ? FWPDK_FAULT_NONE : 1 + soak_below(r, 40);
	k->take_random = soak_one_in(r, 4);
	if (soak_one_in(r, 6))
		k->refuse_calls = soak_below(r, 200);
	if (soak_one_in(r, 6))
		k->refuse_us = soak_below(r, 5000);
	if (soak_one_in(r, 4))
		k->drop_one_in = 1 + soak_below(r, 20);
	if (soak_one_in(r, 6))
		k->max_segs = (uint16_t)(1 + soak_below(r, 6));
	k->drop_long = soak_one_in(r, 2);
	if (soak_one_in(r, 3))
		k->finish_after = soak_below(r, 100);
	if (soak_one_in(r, 3))
		k->finish_us = soak_below(r, 2000);
	k->finish_never = soak_one_in(r, 12);
	k->no_status = soak_one_in(r, 10);
	k->link_down = soak_one_in(r, 20);
	k->vanished = soak_one_in(r, 30);
	if (soak_one_in(r, 10))
		k->fail_starts = 1 + soak_below(r, 2);
	if (soak_one_in(r, 10))
		k->fail_stops = 1 + soak_below(r, 2);
}

static void
turn(const struct soak_port *port, uint64_t *random)
{
	struct fwpdk_fault_knobs k;

	random_knobs(&k, random);
	if (fwpdk_fault_set(port->fault, &k) != 0)
		soak_failed("fwpdk_fault_set", -EINVAL);
	ADD(soak.knobs, 1);
}

static void
good(const struct soak_port *port)
{
	struct fwpdk_fault_knobs k = {.size = sizeof(k)};

	fwpdk_fault_set(port->fault, &k);
}

static enum fwpdk_port_state
port_state(const struct soak_port *port)
{
	struct fwpdk_port_info info = {.size = sizeof(info)};

	fwpdk_port_info(port->id, &info);
	return info.state;
}

/* Faults may make a start or a stop fail: then again, and again with good knobs. */
static void
start_again(const struct soak_port *port)
{
	unsigned tries;
	int rc = 0;

	for (tries = 0; tries < 6 && port_state(port) == FWPDK_PORT_STOPPING; tries++)
		fwpdk_port_stop(port->id, 1000000);
	for (tries = 0; tries < 6 && port_state(port) == FWPDK_PORT_STOPPED; tries++) {
		if (tries == 3)
			good(port);
		rc = fwpdk_port_start(port->id);
	}
	if (port_state(port) != FWPDK_PORT_STARTED)
		soak_failed("start of a port", rc);
}

static void
stop_and_start(const struct soak_port *port, uint64_t *random)
{
	int rc;

	if (soak_one_in(random, 3)) {
		rc = fwpdk_port_drain(port->id, soak_below(random, 4000), 1, NULL);
		ADD(soak.drains, 1);
	} else {
		rc = fwpdk_port_stop(port->id, 1000000);
		ADD(soak.stops, 1);
	}
	if (rc == -EDEADLK) /* the others may come from the faults */
		soak_failed("stop or drain", rc);
	start_again(port);
}

void
soak_disturb(uint64_t *random)
{
	const struct soak_port *port = &soak_ports[soak_below(random, SOAK_PORTS)];

	ADD(soak.disturbances, 1);
	switch (soak_below(random, 20)) {
	case 0:
		stop_and_start(port, random);
		break;
	case 1:
	case 2:
		soak_route(SOAK_PORTS, soak_below(random, SOAK_PORTS), true);
		break;
	case 3:
		soak_route(SOAK_PORTS + 1, soak_below(random, SOAK_PORTS), soak_one_in(random, 2));
		break;
	case 4:
	case 5:
	case 6:
	case 7:
		good(port);
		break;
	default:
		turn(port, random);
		break;
	}
}

static void
unbalanced(const char *what, uint64_t library, uint64_t ledger)
{
	fprintf(stderr, "soak: %s: the library says %" PRIu64 ", the ledger %" PRIu64 "\n", what,
		library, ledger);
	ADD(soak.unbalanced, 1);
}

/* Everybody keeps still: the figures have to agree to the last one. */
static void
compare(void)
{
	struct fwpdk_stats s = {.size = sizeof(s)};
	uint64_t accepted = LOAD(soak.due) - LOAD(soak.refused), done = LOAD(soak.done);

	if (fwpdk_stats(&s) != 0)
		soak_failed("fwpdk_stats", -EINVAL);
	if (s.injected != accepted)
		unbalanced("injected", s.injected, accepted);
	if (s.completed != done)
		unbalanced("completed", s.completed, done);
	if (s.in_flight != accepted - done)
		unbalanced("in flight", s.in_flight, accepted - done);
}

static void
pool_is_full(struct rte_mempool *mp, void *arg)
{
	unsigned missing = mp->size - rte_mempool_avail_count(mp);

	(void)arg;
	if (strncmp(mp->name, "fwpdk_", 6) != 0 || strncmp(mp->name, "fwpdk_r", 7) == 0)
		return;
	if (strspn(mp->name + 6, "cye") == 0) /* queues' pools; those of NBLs have items in use */
		return;
	if (missing != 0)
		fprintf(stderr, "soak: pool %s lacks %u mbufs\n", mp->name, missing);
	ADD(soak.leaked, missing);
}

static void
doubles_are_empty(void)
{
	struct fwpdk_fault_counts c = {.size = sizeof(c)};
	static const char *said;
	unsigned i;

	for (i = 0; i < SOAK_PORTS; i++) {
		fwpdk_fault_counts(soak_ports[i].fault, &c);
		ADD(soak.leaked, c.held);
		if (c.changed + c.wrong > 0 && said == NULL) {
			said = c.first_wrong != NULL ? c.first_wrong : "changed while it had them";
			fprintf(stderr, "soak: device of port %u: %s\n", i, said);
		}
		if (i == 0)
			STORE(soak.wrong, 0);
		ADD(soak.wrong, c.changed + c.wrong);
	}
}

static bool
settle(void)
{
	uint64_t end = rte_get_tsc_cycles() + SETTLE_SECONDS * rte_get_tsc_hz();
	unsigned i;

	for (i = 0; i < SOAK_PORTS; i++) {
		good(&soak_ports[i]);
		start_again(&soak_ports[i]);
	}
	do {
		usleep(200);
		for (i = 0; i < SOAK_PORTS; i++)
			fwpdk_fault_release(soak_ports[i].fault, FWPDK_FAULT_ALL);
		if (LOAD(soak.due) - LOAD(soak.refused) == LOAD(soak.done))
			return true;
	} while (rte_get_tsc_cycles() < end);
	return false;
}

/* A queue that copies keeps some empty mbufs ready, until its port is stopped. */
static void
stop_all(void)
{
	unsigned i;
	int rc;

	for (i = 0; i < SOAK_PORTS; i++) {
		rc = fwpdk_port_stop(soak_ports[i].id, 1000000);
		if (rc != 0)
			soak_failed("stop at a checkpoint", rc);
	}
}

void
soak_checkpoint(void)
{
	unsigned i;

	soak_hold(true, true);
	compare();
	soak_hold(true, false);
	if (!settle())
		fprintf(stderr, "soak: not all NBLs completed in %u s\n", SETTLE_SECONDS);
	usleep(2000); /* a poll or two more, in which nothing may happen */
	soak_hold(true, true);
	for (i = 0; i < SOAK_PORTS; i++)
		fwpdk_fault_release(soak_ports[i].fault, FWPDK_FAULT_ALL);
	soak_hold(true, false);
	stop_all();
	soak_hold(true, true);
	compare();
	doubles_are_empty();
	rte_mempool_walk(pool_is_full, NULL);
	for (i = 0; i < SOAK_PORTS; i++)
		start_again(&soak_ports[i]);
	ADD(soak.checkpoints, 1);
	soak_hold(false, false);
}
