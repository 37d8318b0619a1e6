/* SPDX-License-Identifier: BSD-3-Clause */
/* When the device is finished, when the driver releases, and in which order. */
#include <string.h>

#include <rte_cycles.h>

#include "rig.h"

static void
empty_burst(void)
{
	assert_int_equal(rte_eth_tx_burst(rig_port, 0, NULL, 0), 0);
}

static int
last_status(void)
{
	return rte_eth_tx_descriptor_status(rig_port, 0, 63);
}

static void
test_next_burst(void **state)
{
	(void)state;
	rig_up(NULL);
	KNOBS(.release = FWPDK_FAULT_NEXT_BURST);
	assert_int_equal(rig_send(10), 10);
	assert_int_equal(rig_nreleased, 0);
	assert_int_equal(rig_send(5), 5);
	rig_expect_fifo(0, 10);
	empty_burst();
	rig_expect_fifo(0, 15);
	assert_int_equal(rig_counts().empty_bursts, 1);
	rig_down();
}

/* As e1000: slots are needed before anything is released, but the status tells. */
static void
test_lazy_and_its_status(void **state)
{
	(void)state;
	rig_up(&(struct fwpdk_fault_opts){
		.size = sizeof(struct fwpdk_fault_opts), .nb_desc = 64, .tx_free_thresh = 16});
	KNOBS(.release = FWPDK_FAULT_LAZY);
	assert_int_equal(last_status(), RTE_ETH_TX_DESC_DONE);
	assert_int_equal(rig_send(48), 48);
	empty_burst();
	assert_int_equal(rig_nreleased, 0);
	assert_int_equal(last_status(), RTE_ETH_TX_DESC_DONE);
	assert_int_equal(rte_eth_tx_descriptor_status(rig_port, 0, 64), -EINVAL);
	assert_int_equal(rig_send(1), 1); /* 16 were free: not fewer */
	assert_int_equal(rig_nreleased, 0);
	assert_int_equal(rig_send(1), 1);
	rig_expect_fifo(0, 1);
	KNOBS(.release = FWPDK_FAULT_LAZY, .finish_never = 1);
	assert_int_equal(rig_send(3), 3);
	assert_int_equal(last_status(), RTE_ETH_TX_DESC_FULL);
	assert_int_equal(rte_eth_tx_descriptor_status(rig_port, 0, 61), RTE_ETH_TX_DESC_FULL);
	assert_int_equal(rte_eth_tx_descriptor_status(rig_port, 0, 60), RTE_ETH_TX_DESC_DONE);
	assert_int_equal(fwpdk_fault_finish(rig_fault, 2), 2);
	assert_int_equal(last_status(), RTE_ETH_TX_DESC_FULL);
	assert_int_equal(fwpdk_fault_finish(rig_fault, FWPDK_FAULT_ALL), 1);
	assert_int_equal(last_status(), RTE_ETH_TX_DESC_DONE);
	KNOBS(.release = FWPDK_FAULT_LAZY, .no_status = 1);
	assert_int_equal(last_status(), -ENOTSUP);
	assert_int_equal(rig_counts().status, 9);
	rig_down();
}

static void
test_blocks(void **state)
{
	(void)state;
	rig_up(&(struct fwpdk_fault_opts){.size = sizeof(struct fwpdk_fault_opts),
		.nb_desc = 64,
		.tx_rs_thresh = 8,
		.tx_free_thresh = 56});
	KNOBS(.release = FWPDK_FAULT_LAZY);
	assert_int_equal(rig_send(8), 8);
	assert_int_equal(last_status(), RTE_ETH_TX_DESC_DONE);
	assert_int_equal(rig_send(3), 3);
	assert_int_equal(last_status(), RTE_ETH_TX_DESC_FULL); /* nothing reported of these */
	assert_int_equal(rig_send(1), 1);
	rig_expect_fifo(0, 8);
	assert_int_equal(rig_counts().held, 4);
	KNOBS(.release = FWPDK_FAULT_NEXT_BURST);
	empty_burst();
	assert_int_equal(rig_counts().held, 4);
	assert_int_equal(rig_send(5), 5);
	empty_burst();
	rig_expect_fifo(0, 16);
	rig_down();
}

static void
test_never(void **state)
{
	(void)state;
	rig_up(NULL);
	KNOBS(.release = FWPDK_FAULT_NEVER);
	assert_int_equal(rig_send(64), 64);
	assert_int_equal(rig_send(1), 0);
	empty_burst();
	assert_int_equal(rig_counts().held, 64);
	assert_int_equal(rig_counts().finished, 64);
	assert_int_equal(fwpdk_fault_release(rig_fault, 10), 10);
	assert_int_equal(fwpdk_fault_release(rig_fault, FWPDK_FAULT_ALL), 54);
	assert_int_equal(fwpdk_fault_release(rig_fault, FWPDK_FAULT_ALL), 0);
	rig_down();
}

static void
test_finishes_after_packets(void **state)
{
	(void)state;
	rig_up(NULL);
	KNOBS(.finish_after = 6);
	assert_int_equal(rig_send(10), 10);
	rig_expect_fifo(0, 4);
	assert_int_equal(rig_send_chain(3), 1);
	rig_expect_fifo(0, 5);
	assert_int_equal(rig_send(6), 6);
	assert_int_equal(rig_counts().held, 6);
	KNOBS(0);
	assert_int_equal(rig_send(1), 1);
	assert_int_equal(rig_counts().held, 0);
	rig_down();
}

static void
test_finishes_after_a_time(void **state)
{
	uint64_t t0 = rte_rdtsc();
	bool early;

	(void)state;
	rig_up(NULL);
	KNOBS(.finish_us = 30000, .release = FWPDK_FAULT_NEXT_BURST);
	assert_int_equal(rig_send(10), 10);
	do {
		early = rte_rdtsc() - t0 < rte_get_tsc_hz() * 3 / 100;
		empty_burst();
		if (early)
			assert_true(rig_nreleased == 0 ||
				    rte_rdtsc() - t0 >= rte_get_tsc_hz() * 3 / 100);
	} while (early);
	while (rig_nreleased == 0 && rte_rdtsc() - t0 < rte_get_tsc_hz())
		empty_burst();
	rig_expect_fifo(0, 10);
	rig_down();
}

static void
test_link_down_finishes_nothing(void **state)
{
	(void)state;
	rig_up(NULL);
	KNOBS(.link_down = 1);
	assert_int_equal(rig_send(10), 10);
	assert_int_equal(rig_nreleased, 0);
	assert_int_equal(last_status(), RTE_ETH_TX_DESC_FULL);
	KNOBS(0);
	assert_int_equal(rig_send(1), 1);
	rig_expect_fifo(0, 11);
	rig_down();
}

static void
test_reverse(void **state)
{
	unsigned i;

	(void)state;
	rig_up(NULL);
	KNOBS(.release = FWPDK_FAULT_NEVER, .order = FWPDK_FAULT_REVERSE, .finish_never = 1);
	assert_int_equal(rig_send(10), 10);
	assert_int_equal(fwpdk_fault_finish(rig_fault, 6), 6);
	assert_int_equal(fwpdk_fault_release(rig_fault, 3), 3); /* 9 8 7: unfinished ones */
	assert_int_equal(rig_counts().finished, 6);
	assert_int_equal(fwpdk_fault_release(rig_fault, 3), 3); /* 6 and two finished ones */
	assert_int_equal(rig_counts().finished, 4);
	KNOBS(.release = FWPDK_FAULT_NEXT_BURST, .order = FWPDK_FAULT_REVERSE);
	empty_burst();
	assert_int_equal(rig_nreleased, 10);
	for (i = 0; i < 10; i++)
		assert_int_equal(rig_released[i], 9 - i);
	/* more than are picked under one lock, only some of them finished */
	rig_down();
	rig_up(&(struct fwpdk_fault_opts){.size = sizeof(struct fwpdk_fault_opts)});
	KNOBS(.release = FWPDK_FAULT_NEXT_BURST, .order = FWPDK_FAULT_REVERSE, .finish_never = 1);
	assert_int_equal(rig_send(300), 300);
	assert_int_equal(fwpdk_fault_finish(rig_fault, 200), 200);
	empty_burst();
	assert_int_equal(rig_nreleased, 200);
	for (i = 0; i < 200; i++)
		assert_int_equal(rig_released[i], 199 - i);
	assert_int_equal(rig_counts().held, 100);
	assert_int_equal(rig_counts().finished, 0);
	rig_down();
}

static void
random_orders(uint32_t *order, uint64_t seed)
{
	bool seen[256] = {false};
	unsigned i, in_place = 0;

	rig_up(&(struct fwpdk_fault_opts){
		.size = sizeof(struct fwpdk_fault_opts), .seed = seed, .nb_desc = 200});
	KNOBS(.release = FWPDK_FAULT_NEVER, .order = FWPDK_FAULT_RANDOM, .finish_never = 1);
	assert_int_equal(rig_send(200), 200);
	assert_int_equal(fwpdk_fault_finish(rig_fault, 100), 100);
	assert_int_equal(fwpdk_fault_release(rig_fault, 50), 50);
	i = (unsigned)rig_counts().finished;
	assert_in_range(i, 51, 99); /* some of both kinds are gone */
	KNOBS(.release = FWPDK_FAULT_NEXT_BURST, .order = FWPDK_FAULT_RANDOM, .finish_never = 1);
	empty_burst();
	assert_int_equal(rig_nreleased, 50 + i);
	assert_int_equal(rig_counts().finished, 0);
	for (i = 50; i < rig_nreleased; i++) /* those finished first */
		assert_true(rig_released[i] < 100);
	assert_int_equal(fwpdk_fault_release(rig_fault, FWPDK_FAULT_ALL), 200 - rig_nreleased);
	for (i = 0; i < 200; i++) {
		assert_false(seen[rig_released[i]]);
		seen[rig_released[i]] = true;
		in_place += rig_released[i] == i;
	}
	assert_true(in_place < 20);
	memcpy(order, rig_released, 200 * sizeof(order[0]));
	rig_down();
}

static void
test_random(void **state)
{
	uint32_t a[200], b[200], c[200];

	(void)state;
	random_orders(a, 1);
	random_orders(b, 1);
	random_orders(c, 2);
	assert_memory_equal(a, b, sizeof(a));
	assert_memory_not_equal(a, c, sizeof(a));
}

static void
test_one_by_one(void **state)
{
	(void)state;
	rig_up(NULL);
	KNOBS(.one_by_one = 1);
	assert_int_equal(rig_send(20), 20);
	assert_int_equal(rig_send_chain(3), 1);
	rig_expect_fifo(0, 23);
	rig_down();
}

/* A device that reads what the owner writes must notice. */
static void
test_verify(void **state)
{
	(void)state;
	rig_up(&(struct fwpdk_fault_opts){.size = sizeof(struct fwpdk_fault_opts), .verify = 1});
	KNOBS(.release = FWPDK_FAULT_NEVER, .finish_never = 1);
	assert_int_equal(rig_send(4), 4);
	assert_int_equal(rig_send_chain(3), 1);
	rig_bytes[1][10] ^= 1; /* while the device has it */
	rig_bytes[5][63] ^= 1; /* second segment of the chain */
	assert_int_equal(fwpdk_fault_finish(rig_fault, 2), 2);
	assert_int_equal(rig_counts().changed, 1);
	rig_bytes[0][0] ^= 1; /* the device is finished with it */
	assert_int_equal(fwpdk_fault_release(rig_fault, FWPDK_FAULT_ALL), 7);
	assert_int_equal(rig_counts().changed, 2);
	rig_down();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_next_burst),
	cmocka_unit_test(test_lazy_and_its_status),
	cmocka_unit_test(test_blocks),
	cmocka_unit_test(test_never),
	cmocka_unit_test(test_finishes_after_packets),
	cmocka_unit_test(test_finishes_after_a_time),
	cmocka_unit_test(test_link_down_finishes_nothing),
	cmocka_unit_test(test_reverse),
	cmocka_unit_test(test_random),
	cmocka_unit_test(test_one_by_one),
	cmocka_unit_test(test_verify),
};
RIG_MAIN(tests)
