/* SPDX-License-Identifier: BSD-3-Clause */
/* One run: a library and its ports, steps at random, everything given back, what has to add up. */
#include <inttypes.h>
#include <pthread.h>

#include <rte_cycles.h>

#include "shapes.h"

#define CHAIN	      80u /* lists */
#define SHORT_CHAIN   6u
#define HOST_MBUFS    1023u
#define STOP_US	      1000000u
#define DRAIN_SECONDS 10u
#define HOLD_US	      60000000u /* longer than any run stands still */
#define ENOUGH	      800u	/* steps in which everything happens */

struct shapes shapes;

/* A list that is not with the library, of another shape in every other case. */
static struct shapes_item *
pick(void)
{
	struct shapes_item *it = &shapes.item[below(SHAPES_ITEMS)];

	if (it->live)
		return NULL;
	if (it->nbl != NULL && one_in(2))
		shapes_item_free(it);
	if (it->nbl == NULL)
		shapes_item_make(it);
	return it;
}

static void
inject_some(void)
{
	struct shapes_item *item[CHAIN];
	unsigned n = 1, i, k = 0;

	if (one_in(3))
		n = 1 + below(one_in(3) ? CHAIN : SHORT_CHAIN);
	for (; n > 0; n--) {
		item[k] = pick();
		for (i = 0; i < k && item[k] != item[i]; i++)
			;
		k += item[k] != NULL && i == k;
	}
	if (k != 0)
		shapes_inject(item, k);
}

static void *
give_elsewhere(void *arg)
{
	bool lcore = one_in(2) && rte_thread_register() == 0;

	(void)arg;
	shapes_wire_give(false);
	if (lcore)
		rte_thread_unregister();
	return NULL;
}

static void
give_on_another_thread(void)
{
	pthread_t t;

	assert_int_equal(pthread_create(&t, NULL, give_elsewhere, NULL), 0);
	assert_int_equal(pthread_join(t, NULL), 0);
}

static void
stop_and_start(unsigned port)
{
	struct shapes_item *it = &shapes.item[below(SHAPES_ITEMS)];

	assert_int_equal(fwpdk_port_stop(rig.dev[port].id, STOP_US), 0);
	if (rig.ports > 1 && one_in(2) && it->nbl != NULL && !it->live)
		shapes_inject(&it, 1);
	fwpdk_poll(rig.p[0]);
	shapes_wire_give(false);
	assert_int_equal(fwpdk_port_start(rig.dev[port].id), 0);
	shapes_wire_up(port);
}

/* Without an owner whoever destroys a handle may poll, and complete, beside us. */
static void
let_go(void)
{
	fwpdk_poller_release(rig.p[0]);
	if (one_in(2))
		fwpdk_poll(rig.p[0]);
}

static void
step(void)
{
	inject_some();
	if (one_in(3))
		fwpdk_poll(rig.p[0]);
	if (one_in(40))
		shapes_host();
	if (one_in(20))
		shapes_wire_turn();
	if (one_in(20))
		shapes_wire_give(false);
	if (one_in(400))
		give_on_another_thread();
	if (one_in(300) && !shapes.conf.noise)
		let_go();
	if (one_in(700) && shapes.conf.stops)
		stop_and_start(below(rig.ports));
	shapes_check_wire();
}

static void
nic_up(unsigned port)
{
	struct fwi_txq *q = rig.p[0]->q[port];

	assert_false(q->fast);
	q->map.nic_sums = FWI_SUM_OFFLOADS; /* net_null has none */
}

static void
handles_up(void)
{
	unsigned i;

	shapes.handle[0] = rig.h;
	for (i = 1; i < SHAPES_HANDLES; i++)
		assert_int_equal(FwpsInjectionHandleCreate0(
					 AF_INET, FWPS_INJECTION_TYPE_NETWORK, &shapes.handle[i]),
			STATUS_SUCCESS);
}

static void
port_up(unsigned port)
{
	shapes_wire_up(port);
	if (shapes.conf.nic)
		nic_up(port);
	if (shapes.conf.mtu != 0)
		assert_int_equal(fwpdk_if_set_mtu(rig.ifi[port], shapes.conf.mtu), 0);
}

static void
up(const struct shapes_conf *conf)
{
	unsigned i;

	memset(&shapes, 0, sizeof(shapes));
	shapes.conf = *conf;
	shapes.random = conf->seed;
	if (conf->fault)
		shapes.conf.rig.replace = shapes_wire_replace;
	if (!conf->expires)
		shapes.conf.rig.port.max_hold_us = HOLD_US;
	rig_up(&shapes.conf.rig);
	shapes.host_pool = rte_pktmbuf_pool_create(
		"shapes_host", HOST_MBUFS, 0, 0, RTE_PKTMBUF_HEADROOM + 128, 0);
	assert_non_null(shapes.host_pool);
	handles_up();
	for (i = 0; i < rig.ports; i++)
		port_up(i);
	shapes_wire_open();
	fwpdk_poll(rig.p[0]); /* ours from here on */
}

/* Lists that are not completed, mbufs that are not back. */
static bool
some_out(void)
{
	const struct fwi_txq *q;
	unsigned i;

	for (i = 0; i < SHAPES_ITEMS; i++)
		if (shapes.item[i].live)
			return true;
	for (i = 0; i < rig.ports; i++) {
		q = rig.p[0]->q[i];
		if (fwi_txq_free(q) != q->pool_size)
			return true;
	}
	return rte_mempool_in_use_count(shapes.host_pool) != 0;
}

static void
drain(void)
{
	uint64_t end = rte_get_tsc_cycles() + DRAIN_SECONDS * rte_get_tsc_hz();
	unsigned i;

	shapes.draining = true;
	shapes_wire_open();
	do {
		shapes_wire_give(true);
		fwpdk_poll(rig.p[0]);
	} while (some_out() && rte_get_tsc_cycles() < end);
	shapes_check_wire();
	for (i = 0; i < SHAPES_ITEMS; i++) {
		assert_false(shapes.item[i].live);
		shapes_item_free(&shapes.item[i]);
	}
}

static void
check_ports(void)
{
	struct fwpdk_port_stats ps = {.size = sizeof(ps)};
	uint64_t packets = 0, bytes = 0, host = 0;
	const struct fwi_txq *q;
	unsigned i;

	for (i = 0; i < rig.ports; i++) {
		q = rig.p[0]->q[i];
		assert_int_equal(fwpdk_port_stats(rig.dev[i].id, &ps), 0);
		assert_int_equal(ps.staged, 0);
		assert_int_equal(ps.in_driver, 0);
		assert_int_equal(fwi_txq_free(q), q->pool_size);
		packets += ps.packets;
		bytes += ps.bytes;
		host += q->host_packets;
	}
	assert_int_equal(rig.p[0]->extra, 0);
	assert_int_equal(packets, shapes.frames);
	assert_int_equal(bytes, shapes.bytes);
	assert_int_equal(host, shapes.host_frames);
}

static void
check_totals(void)
{
	struct fwpdk_stats s = {.size = sizeof(s)};

	assert_int_equal(shapes.completed, shapes.accepted);
	assert_int_equal(fwpdk_stats(&s), 0);
	assert_int_equal(s.injected, shapes.accepted);
	assert_int_equal(s.completed, shapes.completed);
	rig_check_conserved();
	assert_int_equal(rte_mempool_in_use_count(shapes.host_pool), 0);
	if (!shapes.conf.stops && !shapes.conf.expires)
		assert_int_equal(shapes.host_taken, shapes.host_frames);
}

static void
check_happened(void)
{
	assert_true(shapes.frames != 0);
	if (shapes.conf.steps < ENOUGH)
		return;
	assert_true(shapes.partial != 0);
	assert_true(shapes.host_frames != 0);
	assert_true(!shapes.conf.nic || (shapes.for_nic != 0 && shapes.disliked != 0));
}

static void
down(void)
{
	unsigned i;

	for (i = 1; i < SHAPES_HANDLES; i++)
		assert_int_equal(FwpsInjectionHandleDestroy0(shapes.handle[i]), STATUS_SUCCESS);
	rte_mempool_free(shapes.host_pool);
	rig_down();
	shapes_wire_down();
}

void
shapes_run(const struct shapes_conf *conf)
{
	unsigned i;

	up(conf);
	if (conf->noise)
		shapes_noise_start();
	for (i = 0; i < conf->steps; i++)
		step();
	if (conf->noise)
		shapes_noise_stop();
	drain();
	print_message("seed %" PRIu64 ": %" PRIu64 " lists, %" PRIu64 " of them failed, %" PRIu64
		      " frames, %" PRIu64 " for the NIC, refused %" PRIu64 " times, %" PRIu64
		      " of the host\n",
		conf->seed, shapes.completed, shapes.failed, shapes.frames, shapes.for_nic,
		shapes.disliked, shapes.host_frames);
	check_ports();
	check_totals();
	shapes_wire_end();
	check_happened();
	down();
}
