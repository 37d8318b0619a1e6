/* SPDX-License-Identifier: BSD-3-Clause */
/* Stopping a port: who ends how, once each, and the port works again afterwards (P1, P5). */
#include "rig.h"

#define N 120u
static struct pkt *p[N];
static unsigned order_of_done;

static void
inject(unsigned from, unsigned to, unsigned nbs)
{
	for (; from < to; from++) {
		p[from] = pkt_new(nbs, 1 + nbs % 2, 1, true);
		assert_int_equal(pkt_inject(p[from]), STATUS_SUCCESS);
	}
}

static void
expect(unsigned from, unsigned to, NTSTATUS status)
{
	for (; from < to; from++) {
		assert_int_equal(p[from]->done, 1);
		assert_int_equal((uint32_t)p[from]->status, (uint32_t)status);
		pkt_del(p[from]);
	}
}

/*
 * 0..9 given back before the stop, 10..29 with the driver, 30..49 staged, 50..59 accepted.
 */
static void
stages(unsigned nbs)
{
	struct rig_dev *d = &rig.dev[0];
	unsigned i;

	d->hold = true;
	inject(0, 10, nbs);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(d->nheld, 10 * nbs);
	inject(10, 30, nbs);
	fwpdk_poll(rig.p[0]);
	d->limit = 0;
	inject(30, 50, nbs);
	fwpdk_poll(rig.p[0]);
	for (i = 0; i < 10 * nbs; i++)
		rig_release(d, 0);
	inject(50, 60, nbs);
	rig_check_conserved();
}

static void
run(unsigned nbs)
{
	struct fwpdk_port_stats s = {.size = sizeof(s)};
	struct rig_dev *d = &rig.dev[0];
	unsigned i;

	rig_up(&(struct rig_conf){.port = {.backlog = 1024, .max_hold_us = 60000000}});
	stages(nbs);
	assert_int_equal(fwpdk_port_stop(d->id, 1000000), 0);
	assert_int_equal(fwpdk_port_stop(d->id, 0), -EALREADY);
	assert_int_equal(rig.p[0]->q[0]->seen_state, FWI_TXQ_PARKED);
	for (i = 0; i < 5; i++)
		fwpdk_poll(rig.p[0]);
	assert_int_equal(d->nheld, 20 * nbs);
	assert_int_equal(pkt_completions, 40);
	rig_check_conserved();
	assert_int_equal(fwpdk_port_stats(d->id, &s), 0);
	assert_int_equal(s.staged, 0);
	rig_release_all(d, true);
	fwpdk_poll(rig.p[0]);
	rig_check_conserved();
	expect(0, 10, STATUS_SUCCESS);
	expect(10, 30, STATUS_REQUEST_ABORTED);
	expect(30, 60, STATUS_INVALID_DEVICE_STATE);

	/* nothing runs: the call refuses and leaves the NBL alone */
	p[0] = pkt_new(1, 1, 1, true);
	assert_int_equal(pkt_inject(p[0]), STATUS_FWP_TCPIP_NOT_READY);
	assert_int_equal(p[0]->done, 0);
	pkt_del(p[0]);

	/* and again */
	assert_int_equal(fwpdk_port_start(d->id), 0);
	assert_int_equal(fwpdk_port_start(d->id), -EALREADY);
	rig_shim(0);
	fwpdk_poll(rig.p[0]); /* sees it; without this: test_regress.c */
	d->hold = false;
	d->limit = UINT16_MAX;
	inject(0, 60, nbs);
	for (i = 0; i < 5; i++)
		fwpdk_poll(rig.p[0]);
	expect(0, 60, STATUS_SUCCESS);
	rig_down();
}

static void
test_plain(void **state)
{
	(void)state;
	run(1);
}

static void
test_lists(void **state)
{
	(void)state;
	run(3);
}

/* A list whose packets are in different places ends with its first failure. */
static void
test_mixed_list(void **state)
{
	struct rig_dev *d = &rig.dev[0];

	(void)state;
	rig_up(&(struct rig_conf){.port.max_hold_us = 60000000});
	d->hold = true;
	d->limit = 2;
	inject(0, 1, 4);
	fwpdk_poll(rig.p[0]); /* two with the driver, two staged */
	rig_release(d, 0);
	d->limit = 0;
	assert_int_equal(fwpdk_port_stop(d->id, 1000000), 0);
	assert_int_equal(p[0]->done, 0);
	rig_release_all(d, false);
	fwpdk_poll(rig.p[0]);
	expect(0, 1, STATUS_INVALID_DEVICE_STATE);
	rig_down();
}

/* Stopped by a thread that owns the poller, from its completions: refused. */
static void
stop_inside(struct pkt *pk)
{
	(void)pk;
	assert_int_equal(fwpdk_port_stop(rig.dev[0].id, 0), -EDEADLK);
	assert_int_equal(fwpdk_poller_destroy(rig.p[0]), -EDEADLK);
	assert_int_equal(fwpdk_poller_release(rig.p[0]), -EDEADLK);
	assert_int_equal(FwpsInjectionHandleDestroy0(rig.h), STATUS_INVALID_DEVICE_STATE);
	assert_int_equal(fwpdk_poll(rig.p[0]), 0);
	order_of_done++;
}

static void
test_from_completion(void **state)
{
	(void)state;
	rig_up(&(struct rig_conf){0});
	pkt_hook = stop_inside;
	inject(0, 3, 1);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(order_of_done, 3);
	expect(0, 3, STATUS_SUCCESS);
	rig_down();
}

/* Closed with packets still held: the poller keeps its queue until they are back. */
static void
test_close_while_held(void **state)
{
	struct rig_dev *d = &rig.dev[0];

	(void)state;
	rig_up(&(struct rig_conf){0});
	d->hold = true;
	inject(0, 10, 2);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(fwpdk_port_close(d->id), -EBUSY); /* running */
	assert_int_equal(fwpdk_port_stop(d->id, 1000000), 0);
	assert_int_equal(fwpdk_poller_stop(rig.p[0]), 0);
	assert_int_equal(fwpdk_poller_destroy(rig.p[0]), -EBUSY); /* named in the log */
	assert_int_equal(pkt_completions, 0);
	rig_release_all(d, true);
	fwpdk_poll(rig.p[0]);
	expect(0, 10, STATUS_REQUEST_ABORTED);
	assert_int_equal(fwpdk_port_close(d->id), -EBUSY); /* an interface uses it */
	rig_down();
}

/* A queue that copies has empty mbufs at hand: not while it is stopped. */
static void
test_blanks_go_back(void **state)
{
	const struct fwi_txq *q;
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){.port.mode = FWPDK_MODE_COPY});
	q = rig.p[0]->q[0];
	fwpdk_poll(rig.p[0]);
	for (i = 0; i < 6; i += 3) {
		inject(i, i + 3, 1); /* the first one makes its next hop known */
		fwpdk_poll(rig.p[0]);
		expect(i, i + 3, STATUS_SUCCESS);
		assert_true(q->map.nblank > 0);
		assert_int_equal(rte_mempool_in_use_count(q->map.copy_pool), q->map.nblank);
		assert_int_equal(fwpdk_port_stop(rig.dev[0].id, 1000000), 0);
		assert_int_equal(rte_mempool_in_use_count(q->map.copy_pool), 0);
		assert_int_equal(fwpdk_port_start(rig.dev[0].id), 0);
		rig_shim(0);
	}
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_mixed_list),
		cmocka_unit_test(test_from_completion),
		cmocka_unit_test(test_close_while_held),
		cmocka_unit_test(test_blanks_go_back),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
