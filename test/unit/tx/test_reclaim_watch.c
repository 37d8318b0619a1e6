/* SPDX-License-Identifier: BSD-3-Clause */
/* What a driver is believed to do is checked against what it does. */
#include <string.h>

#include <rte_cycles.h>

#include "core/ethdev.h"
#include "rig.h"
#include "tx/reclaim.h"

#define N 10u

static struct pkt *p[N];
static unsigned ncleanup;
static int cleanup_rc;
static bool cleanup_releases;

/* A driver in front of which rte_eth_tx_done_cleanup() was put. */
static int
cleanup(uint16_t port_id, uint16_t queue_id, uint32_t n)
{
	(void)port_id;
	(void)queue_id;
	(void)n;
	ncleanup++;
	if (cleanup_releases)
		rig_release_all(&rig.dev[0], false);
	return cleanup_rc;
}

static struct fwi_eth_calls calls;

static void
up(enum fwpdk_mode mode, enum fwpdk_strategy strategy)
{
	pkt_completions = 0;
	ncleanup = 0;
	cleanup_rc = 0;
	cleanup_releases = false;
	rig_up(&(struct rig_conf){.port = {.mode = mode, .strategy = strategy, .flush_us = 5}});
	rig.dev[0].hold = true;
	calls = fwi_eth_plain;
	calls.cleanup = cleanup;
	fwi_eth_divert(rig.dev[0].id, &calls);
}

static void
down(void)
{
	fwi_eth_divert(rig.dev[0].id, NULL);
	rig_down();
}

static struct fwpdk_port_info
info(void)
{
	struct fwpdk_port_info i = {.size = sizeof(i)};

	assert_int_equal(fwpdk_port_info(rig.dev[0].id, &i), 0);
	return i;
}

static void
send_some(void)
{
	unsigned i;

	for (i = 0; i < N; i++) {
		p[i] = pkt_new(1, 1 + i % 3, 0, i & 1);
		assert_int_equal(pkt_inject(p[i]), STATUS_SUCCESS);
	}
}

/* Polls through silence until the strategy has that name. */
static bool
becomes(const char *name)
{
	uint64_t end = rte_get_tsc_cycles() + 5 * rte_get_tsc_hz();

	while (strcmp(info().strategy_name, name) != 0) {
		if (rte_get_tsc_cycles() > end)
			return false;
		fwpdk_poll(rig.p[0]);
	}
	return true;
}

static void
poll_us(unsigned us)
{
	uint64_t end = rte_get_tsc_cycles() + us * (rte_get_tsc_hz() / 1000000);

	while (rte_get_tsc_cycles() < end)
		fwpdk_poll(rig.p[0]);
}

/* Polls through silence until the driver has given everything back by itself. */
static bool
comes_back(void)
{
	uint64_t end = rte_get_tsc_cycles() + 5 * rte_get_tsc_hz();

	fwpdk_poll(rig.p[0]); /* into the driver */
	while (rig.dev[0].nheld != 0) {
		if (rte_get_tsc_cycles() > end)
			return false;
		fwpdk_poll(rig.p[0]);
	}
	return true;
}

static void
all_done(void)
{
	unsigned i;

	rig_release_all(&rig.dev[0], false);
	fwpdk_poll(rig.p[0]);
	for (i = 0; i < N; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_int_equal(p[i]->status, STATUS_SUCCESS);
		pkt_del(p[i]);
	}
	rig_check_conserved();
}

static void
test_not_in_burst_after_all(void **state)
{
	(void)state;
	up(FWPDK_MODE_AUTO, FWPDK_STRATEGY_AUTO);
	assert_string_equal(info().strategy_name, "in-burst");
	assert_int_equal(info().idle_bound_us, 0);
	send_some();
	assert_true(becomes("none"));
	assert_int_equal(info().idle_bound_us, -1);
	assert_int_equal(pkt_completions, 0);
	all_done();
	down();
}

/* A driver that releases inside the burst is never asked anything. */
static void
test_in_burst_stays(void **state)
{
	unsigned i;

	(void)state;
	up(FWPDK_MODE_AUTO, FWPDK_STRATEGY_AUTO);
	rig.dev[0].hold = false;
	rig.dev[0].limit = 3;
	for (i = 0; i < 50; i++) {
		send_some();
		while (pkt_completions < (i + 1) * N)
			fwpdk_poll(rig.p[0]);
		all_done();
	}
	assert_string_equal(info().strategy_name, "in-burst");
	assert_int_equal(rig.dev[0].nempty + ncleanup, 0);
	down();
}

/* A full driver is no silent one. */
static void
test_refusal_is_not_lateness(void **state)
{
	(void)state;
	up(FWPDK_MODE_AUTO, FWPDK_STRATEGY_AUTO);
	rig.dev[0].hold = false;
	rig.dev[0].limit = 0;
	send_some();
	poll_us(1000);
	assert_string_equal(info().strategy_name, "in-burst");
	rig.dev[0].limit = UINT16_MAX;
	fwpdk_poll(rig.p[0]);
	all_done();
	down();
}

static void
learned(const char *name)
{
	unsigned round = 0;

	while (strcmp(info().strategy_name, name) != 0) {
		assert_true(++round < 100);
		send_some();
		poll_us(300);
		all_done();
	}
	assert_int_equal(info().idle_bound_us, 5);
	/* from now on the tail completes by itself */
	send_some();
	assert_true(comes_back());
	all_done();
}

static void
test_empty_burst_is_learned(void **state)
{
	(void)state;
	up(FWPDK_MODE_EXTBUF, FWPDK_STRATEGY_AUTO);
	rig.dev[0].empties = true;
	learned("empty-burst");
	down();
}

static void
test_done_cleanup_is_learned(void **state)
{
	(void)state;
	up(FWPDK_MODE_AUTO, FWPDK_STRATEGY_AUTO);
	cleanup_releases = true;
	learned("done-cleanup");
	assert_true(ncleanup > 8);
	down();
}

static void
test_forced_is_forced(void **state)
{
	(void)state;
	up(FWPDK_MODE_CPOOL, FWPDK_STRATEGY_NONE);
	rig.dev[0].empties = cleanup_releases = true;
	send_some();
	poll_us(2000);
	assert_int_equal(rig.dev[0].nempty + ncleanup, 0);
	assert_int_equal(pkt_completions, 0);
	assert_int_equal(info().idle_bound_us, -1);
	all_done();
	down();
}

static void
test_refused_flush_is_given_up(void **state)
{
	(void)state;
	up(FWPDK_MODE_AUTO, FWPDK_STRATEGY_DONE_CLEANUP);
	assert_int_equal(info().idle_bound_us, 5);
	cleanup_rc = -ENOTSUP;
	send_some();
	assert_true(becomes("none"));
	assert_int_equal(info().idle_bound_us, -1);
	cleanup_rc = 0; /* it is asked again, and the promise holds again */
	cleanup_releases = true;
	assert_true(comes_back());
	assert_string_equal(info().strategy_name, "done-cleanup");
	all_done();
	down();
}

static void
test_done_cleanup_flushes(void **state)
{
	(void)state;
	up(FWPDK_MODE_AUTO, FWPDK_STRATEGY_DONE_CLEANUP);
	cleanup_releases = true;
	send_some();
	assert_true(comes_back());
	assert_string_equal(info().strategy_name, "done-cleanup");
	all_done();
	down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_in_burst_after_all),
		cmocka_unit_test(test_in_burst_stays),
		cmocka_unit_test(test_refusal_is_not_lateness),
		cmocka_unit_test(test_empty_burst_is_learned),
		cmocka_unit_test(test_done_cleanup_is_learned),
		cmocka_unit_test(test_forced_is_forced),
		cmocka_unit_test(test_refused_flush_is_given_up),
		cmocka_unit_test(test_done_cleanup_flushes),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
