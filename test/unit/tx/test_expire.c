/* SPDX-License-Identifier: BSD-3-Clause */
/* P13: back-pressure is bounded per port, and other ports go on. */
#include <rte_cycles.h>
#include <rte_pause.h>

#include "rig.h"

#define N 200u
static struct pkt *p[N];

static void
inject(unsigned from, unsigned to, unsigned nbs, unsigned net)
{
	for (; from < to; from++) {
		p[from] = pkt_new(nbs, 1, net, true);
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

static void
poll_us(uint64_t us)
{
	uint64_t end;

	fwpdk_poll(rig.p[0]);
	end = rte_get_tsc_cycles() + us * (rte_get_tsc_hz() / 1000000);
	while (rte_get_tsc_cycles() < end)
		fwpdk_poll(rig.p[0]);
	fwpdk_poll(rig.p[0]); /* so long after the first one, even if there was none between */
}

/* A driver that takes nothing: staged and waiting ones end, not before max_hold, soon after. */
static void
test_nothing_moves(void **state)
{
	struct fwpdk_port_stats s = {.size = sizeof(s)};

	(void)state;
	rig_up(&(struct rig_conf){.port = {.max_hold_us = 200000, .backlog = 32}});
	rig.dev[0].limit = 0;
	inject(0, N, 1, 1);
	poll_us(10000);
	assert_int_equal(pkt_completions, 0);
	rig_check_conserved();
	poll_us(250000);
	assert_int_equal(pkt_completions, N);
	rig_check_conserved();
	assert_int_equal(fwpdk_port_stats(rig.dev[0].id, &s), 0);
	assert_int_equal(s.expired, N);
	assert_int_equal(s.packets, 0);
	assert_int_equal(s.bytes, 0);
	expect(0, N, STATUS_DATA_NOT_ACCEPTED);
	/* and the next ones get their own chance */
	rig.dev[0].limit = UINT16_MAX;
	inject(0, 10, 1, 1);
	poll_us(100);
	expect(0, 10, STATUS_SUCCESS);
	rig_down();
}

/* One packet now and then is movement. */
static void
test_slow_is_alive(void **state)
{
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){.port = {.max_hold_us = 150000, .backlog = 64}});
	inject(0, 20, 1, 1);
	rig.dev[0].limit = 0;
	for (i = 0; i < 20; i++) {
		poll_us(10000);
		rig.dev[0].limit = 1;
		fwpdk_poll(rig.p[0]);
		rig.dev[0].limit = 0;
		while (rig.dev[0].nseen < i + 1) {
			rig.dev[0].limit = 1;
			fwpdk_poll(rig.p[0]);
		}
		rig.dev[0].limit = 0;
	}
	expect(0, 20, STATUS_SUCCESS);
	rig_down();
}

/* Packets that a driver took and keeps do not expire: only it can give them back. */
static void
test_held_do_not_expire(void **state)
{
	(void)state;
	rig_up(&(struct rig_conf){.port = {.max_hold_us = 5000}});
	rig.dev[0].hold = true;
	inject(0, 20, 2, 1);
	poll_us(30000);
	assert_int_equal(rig.dev[0].nheld, 40);
	assert_int_equal(pkt_completions, 0);
	rig_release_all(&rig.dev[0], true);
	poll_us(100);
	expect(0, 20, STATUS_SUCCESS);
	rig_down();
}

/* Blocked for want of mbufs while the driver keeps them all: the waiting ones end. */
static void
test_no_mbufs_for_long(void **state)
{
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){.port = {.max_hold_us = 5000, .pool_size = 64, .backlog = 64}});
	rig.dev[0].hold = true;
	inject(0, 100, 1, 1);
	poll_us(30000);
	assert_int_equal(rig.dev[0].nheld, 64);
	assert_int_equal(pkt_completions, 36);
	rig_check_conserved();
	rig.dev[0].hold = false;
	for (i = 0; i < 64; i++)
		rig_release(&rig.dev[0], rig.dev[0].nheld - 1);
	poll_us(100);
	expect(0, 64, STATUS_SUCCESS);
	expect(64, 100, STATUS_DATA_NOT_ACCEPTED);
	rig_down();
}

/* Two ports: the one that stands still does not hold up the other. */
static void
test_other_port_goes_on(void **state)
{
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){.ports = 2, .port = {.max_hold_us = 20000, .backlog = 32}});
	rig.dev[0].limit = 0;
	for (i = 0; i < 160; i += 2) {
		inject(i, i + 1, 1, 1);
		inject(i + 1, i + 2, 1, 9);
	}
	for (i = 0; i < 20; i++)
		fwpdk_poll(rig.p[0]);
	for (i = 1; i < 160; i += 2) {
		assert_int_equal(p[i]->done, 1);
		assert_int_equal(p[i]->status, STATUS_SUCCESS);
		pkt_del(p[i]);
	}
	poll_us(60000);
	for (i = 0; i < 160; i += 2)
		expect(i, i + 1, STATUS_DATA_NOT_ACCEPTED);
	rig_down();
}

/*
 * What waited for room is given up for another reason: nothing waits any more, and what comes later
 * has its whole time.
 */
static void
test_waits_no_more(void **state)
{
	uint64_t until;

	(void)state;
	rig_up(&(struct rig_conf){.port = {.max_hold_us = 200000, .backlog = 64}});
	fwpdk_poll(rig.p[0]);
	rig.dev[0].limit = 0;
	inject(0, 65, 1, 1);
	assert_int_equal(rig.p[0]->nwait, 1);
	p[64]->buf[0][14] = 0; /* of no IP version */
	rig.dev[0].limit = UINT16_MAX;
	fwpdk_poll(rig.p[0]);
	expect(0, 64, STATUS_SUCCESS);
	expect(64, 65, STATUS_INVALID_PARAMETER);
	until = rte_get_tsc_cycles() + rte_get_tsc_hz() / 4;
	while (rte_get_tsc_cycles() < until) /* longer than max_hold_us */
		rte_pause();
	rig.dev[0].limit = 0;
	inject(65, 66, 1, 1);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(p[65]->done, 0);
	rig.dev[0].limit = UINT16_MAX;
	fwpdk_poll(rig.p[0]);
	expect(65, 66, STATUS_SUCCESS);
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_moves),
		cmocka_unit_test(test_slow_is_alive),
		cmocka_unit_test(test_held_do_not_expire),
		cmocka_unit_test(test_no_mbufs_for_long),
		cmocka_unit_test(test_other_port_goes_on),
		cmocka_unit_test(test_waits_no_more),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
