/* SPDX-License-Identifier: BSD-3-Clause */
/* A double comes and goes, and what it does to the calls of the library on its port. */
#include <errno.h>
#include <string.h>

#include <rte_dev.h>

#include <fwpdk/fwpdk.h>

#include "core/compat.h"
#include "core/ethdev.h"
#include "rig.h"

static void
test_options(void **state)
{
	struct fwpdk_fault_counts bad_counts = {0};
	struct fwpdk_fault_knobs k = {.size = sizeof(k)};
	struct fwpdk_fault_opts o = {.size = sizeof(o)};
	struct fwpdk_fault *f = NULL, *g = NULL;

	(void)state;
	rig_up(NULL);
	assert_int_equal(fwpdk_fault_install(rig_port, NULL, &g), -EEXIST);
	k.size--;
	assert_int_equal(fwpdk_fault_set(rig_fault, &k), -EINVAL);
	k = (struct fwpdk_fault_knobs){.size = sizeof(k), .release = FWPDK_FAULT_NEVER + 1};
	assert_int_equal(fwpdk_fault_set(rig_fault, &k), -EINVAL);
	assert_int_equal(fwpdk_fault_counts(rig_fault, &bad_counts), -EINVAL);
	rig_down();
	assert_int_equal(fwpdk_fault_install(RTE_MAX_ETHPORTS - 1, NULL, &f), -ENODEV);
	o.size = 8;
	assert_int_equal(fwpdk_fault_install(rig_port, &o, &f), -EINVAL);
	o = (struct fwpdk_fault_opts){.size = sizeof(o), .tx_rs_thresh = 3};
	assert_int_equal(fwpdk_fault_install(rig_port, &o, &f), -EINVAL);
	o = (struct fwpdk_fault_opts){.size = sizeof(o), .nb_queues = 65};
	assert_int_equal(fwpdk_fault_install(rig_port, &o, &f), -EINVAL);
	o = (struct fwpdk_fault_opts){
		.size = sizeof(o), .model = FWPDK_FAULT_MODEL_NIC, .nb_desc = 64};
	assert_int_equal(fwpdk_fault_install(rig_port, &o, &f), -EINVAL);
	assert_null(f);
}

static void
test_remove_restores_and_holds_nothing(void **state)
{
	struct rte_eth_fp_ops before;

	(void)state;
	rig_up(NULL);
	fwpdk_fault_remove(rig_fault);
	before = rte_eth_fp_ops[rig_port];
	assert_int_equal(fwpdk_fault_install(rig_port, NULL, &rig_fault), 0);
	assert_memory_not_equal(&before, &rte_eth_fp_ops[rig_port], sizeof(before));
	KNOBS(.release = FWPDK_FAULT_NEVER);
	assert_int_equal(rig_send(30), 30);
	assert_ptr_not_equal(fwi_eth(rig_port), &fwi_eth_plain);
	fwpdk_fault_remove(rig_fault);
	rig_expect_fifo(0, 30);
	assert_memory_equal(&before, &rte_eth_fp_ops[rig_port], sizeof(before));
	assert_ptr_equal(fwi_eth(rig_port), &fwi_eth_plain);
	assert_int_equal(rig_send(10), 10); /* net_null itself */
	rig_expect_fifo(0, 40);
	assert_int_equal(fwpdk_fault_install(rig_port, NULL, &rig_fault), 0);
	rig_down();
}

static void
test_host_stops_and_starts(void **state)
{
	struct rte_eth_fp_ops stopped;

	(void)state;
	rig_up(NULL);
	KNOBS(.take = 3);
	assert_int_equal(rte_eth_dev_stop(rig_port), 0);
	assert_int_equal(fwpdk_fault_apply(rig_fault), -ENETDOWN);
	assert_int_equal(rte_eth_dev_start(rig_port), 0);
	assert_int_equal(rig_send(8), 8);
	assert_int_equal(fwpdk_fault_apply(rig_fault), 0);
	assert_int_equal(rig_send(8), 3);
	assert_int_equal(fwpdk_fault_apply(rig_fault), 0); /* again: no harm */
	assert_int_equal(rig_send(8), 3);
	assert_int_equal(rte_eth_dev_stop(rig_port), 0);
	stopped = rte_eth_fp_ops[rig_port];
	fwpdk_fault_remove(rig_fault);
	assert_memory_equal(&stopped, &rte_eth_fp_ops[rig_port], sizeof(stopped));
	assert_int_equal(rte_eth_dev_start(rig_port), 0);
	assert_int_equal(rig_send(8), 8);
	assert_int_equal(fwpdk_fault_install(rig_port, NULL, &rig_fault), 0);
	rig_down();
}

static void
test_starts_and_stops_fail(void **state)
{
	const struct fwi_eth_calls *eth;

	(void)state;
	rig_up(NULL);
	eth = fwi_eth(rig_port);
	KNOBS(.fail_stops = 1, .fail_starts = 2, .fail_rc = -EBUSY);
	assert_int_equal(eth->stop(rig_port), -EBUSY);
	assert_true(fwi_eth_started(rig_port));
	assert_int_equal(eth->stop(rig_port), 0);
	assert_int_equal(eth->start(rig_port), -EBUSY);
	assert_int_equal(eth->start(rig_port), -EBUSY);
	assert_false(fwi_eth_started(rig_port));
	assert_int_equal(eth->start(rig_port), 0);
	assert_true(fwi_eth_started(rig_port));
	KNOBS(.fail_starts = 1, .take = 2);
	assert_int_equal(eth->stop(rig_port), 0);
	assert_int_equal(eth->start(rig_port), -EIO);
	KNOBS(.vanished = 1);
	assert_int_equal(eth->start(rig_port), -ENODEV);
	KNOBS(.take = 2);
	assert_int_equal(eth->start(rig_port), 0);
	assert_int_equal(rig_send(8), 2); /* the double is there again */
	assert_int_equal(rig_counts().starts, 6);
	assert_int_equal(rig_counts().stops, 3);
	rig_down();
}

static void
test_gives_back_at_the_end(void **state)
{
	(void)state;
	rig_up(NULL);
	KNOBS(.release = FWPDK_FAULT_NEVER, .finish_never = 1);
	assert_int_equal(rig_send(10), 10);
	assert_int_equal(fwi_eth(rig_port)->stop(rig_port), 0);
	assert_int_equal(rig_nreleased, 10);
	assert_int_equal(fwi_eth(rig_port)->start(rig_port), 0);
	KNOBS(.release = FWPDK_FAULT_NEVER, .end = FWPDK_FAULT_AT_CLOSE);
	assert_int_equal(rig_send(10), 10);
	assert_int_equal(fwi_eth(rig_port)->stop(rig_port), 0);
	assert_int_equal(rig_nreleased, 10);
	assert_int_equal(fwi_eth(rig_port)->start(rig_port), 0); /* it still has them */
	assert_int_equal(rig_counts().held, 10);
	rig_down();
}

static void
close_with(enum fwpdk_fault_end end, unsigned released)
{
	rig_up(NULL);
	KNOBS(.release = FWPDK_FAULT_NEVER, .end = end);
	assert_int_equal(rig_send(10), 10);
	assert_int_equal(fwi_eth(rig_port)->stop(rig_port), 0);
	assert_int_equal(rig_nreleased, 0);
	assert_int_equal(fwi_eth(rig_port)->close(rig_port), 0);
	assert_int_equal(rig_nreleased, released);
	assert_int_equal(fwpdk_fault_apply(rig_fault), -ENODEV);
	assert_ptr_equal(fwi_eth(rig_port), &fwi_eth_plain);
	assert_int_equal(fwpdk_fault_release(rig_fault, FWPDK_FAULT_ALL), 10 - released);
	fwpdk_fault_remove(rig_fault);
	assert_int_equal(rig_nreleased, 10);
	rte_eal_hotplug_remove("vdev", "net_null0");
	assert_int_equal(rte_eal_hotplug_add("vdev", "net_null0", ""), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name("net_null0", &rig_port), 0);
}

static void
test_close(void **state)
{
	(void)state;
	close_with(FWPDK_FAULT_AT_CLOSE, 10);
	close_with(FWPDK_FAULT_KEEP, 0);
}

static void
test_cleanup(void **state)
{
	const struct fwi_eth_calls *eth;

	(void)state;
	rig_up(NULL);
	eth = fwi_eth(rig_port);
	assert_int_equal(eth->cleanup(rig_port, 0, 0), -ENOTSUP);
	KNOBS(.release = FWPDK_FAULT_CLEANUP);
	assert_int_equal(rig_send(20), 20);
	assert_int_equal(rig_send(20), 20);
	assert_int_equal(rig_nreleased, 0);
	assert_int_equal(rig_send(20), 20); /* 24 were free, it wants 32 */
	rig_expect_fifo(0, 8);
	rig_down();
}

static void
test_cleanup_releases_what_is_finished(void **state)
{
	const struct fwi_eth_calls *eth;

	(void)state;
	rig_up(NULL);
	eth = fwi_eth(rig_port);
	KNOBS(.release = FWPDK_FAULT_CLEANUP, .finish_never = 1);
	assert_int_equal(rig_send(20), 20);
	assert_int_equal(eth->cleanup(rig_port, 0, 0), 0);
	assert_int_equal(fwpdk_fault_finish(rig_fault, 12), 12);
	assert_int_equal(eth->cleanup(rig_port, 0, 5), 5);
	assert_int_equal(eth->cleanup(rig_port, 0, 0), 7);
	rig_expect_fifo(0, 12);
	assert_int_equal(eth->cleanup(rig_port, 1, 0), -EINVAL);
	KNOBS(.release = FWPDK_FAULT_CLEANUP, .vanished = 1);
	assert_int_equal(eth->cleanup(rig_port, 0, 0), -ENODEV);
	assert_int_equal(rig_counts().cleanups, 4);
	rig_down();
}

static void
test_link_and_queue_info(void **state)
{
	const struct fwi_eth_calls *eth;
	struct rte_eth_txq_info info;
	struct rte_eth_link link;

	(void)state;
	rig_up(&(struct fwpdk_fault_opts){
		.size = sizeof(struct fwpdk_fault_opts), .nb_desc = 96, .tx_rs_thresh = 4});
	eth = fwi_eth(rig_port);
	assert_int_equal(eth->link(rig_port, &link), 0);
	assert_int_equal(link.link_status, RTE_ETH_LINK_UP);
	KNOBS(.link_down = 1);
	assert_int_equal(eth->link(rig_port, &link), 0);
	assert_int_equal(link.link_status, RTE_ETH_LINK_DOWN);
	KNOBS(.vanished = 1);
	assert_int_equal(eth->link(rig_port, &link), -ENODEV);
	assert_int_equal(eth->txq_info(rig_port, 0, &info), 0);
	assert_int_equal(info.nb_desc, 96);
	assert_int_equal(info.conf.tx_rs_thresh, 4);
	assert_int_equal(info.conf.tx_free_thresh, 32);
	rig_down();
}

static void
test_nic_model_has_no_knobs(void **state)
{
	struct fwpdk_fault_knobs k = {.size = sizeof(k)};

	(void)state;
	rig_up(&(struct fwpdk_fault_opts){
		.size = sizeof(struct fwpdk_fault_opts), .model = FWPDK_FAULT_MODEL_NIC});
	assert_int_equal(fwpdk_fault_set(rig_fault, &k), -ENOTSUP);
	assert_int_equal(fwpdk_fault_finish(rig_fault, 1), 0);
	assert_int_equal(rig_send(50), 50);
	assert_int_equal(rig_counts().held, 50);
	assert_int_equal(fwpdk_fault_release(rig_fault, 33), 33);
	rig_expect_fifo(0, 33);
	assert_int_equal(fwi_eth(rig_port)->stop(rig_port), 0);
	rig_expect_fifo(0, 50); /* a stopped device holds nothing */
	assert_int_equal(fwi_eth(rig_port)->start(rig_port), 0);
	rig_down();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_options),
	cmocka_unit_test(test_remove_restores_and_holds_nothing),
	cmocka_unit_test(test_host_stops_and_starts),
	cmocka_unit_test(test_starts_and_stops_fail),
	cmocka_unit_test(test_gives_back_at_the_end),
	cmocka_unit_test(test_close),
	cmocka_unit_test(test_cleanup),
	cmocka_unit_test(test_cleanup_releases_what_is_finished),
	cmocka_unit_test(test_link_and_queue_info),
	cmocka_unit_test(test_nic_model_has_no_knobs),
};
RIG_MAIN(tests)
