/* SPDX-License-Identifier: BSD-3-Clause */
/* What a burst of the double takes, drops and refuses. */
#include <rte_cycles.h>

#include "rig.h"

static void
test_zero_knobs_take_all_and_release_at_once(void **state)
{
	struct fwpdk_fault_counts c;

	(void)state;
	rig_up(NULL);
	assert_int_equal(rig_send(40), 40);
	rig_expect_fifo(0, 40);
	assert_int_equal(rig_send_chain(3), 1);
	rig_expect_fifo(0, 43);
	c = rig_counts();
	assert_int_equal(c.bursts, 2);
	assert_int_equal(c.offered, 41);
	assert_int_equal(c.taken, 41);
	assert_int_equal(c.released, 43);
	assert_int_equal(c.held, 0);
	rig_down();
}

static void
test_takes_k_of_n(void **state)
{
	(void)state;
	rig_up(NULL);
	KNOBS(.take = 7);
	assert_int_equal(rig_send(32), 7);
	assert_int_equal(rig_send(7), 7);
	assert_int_equal(rig_send(3), 3);
	KNOBS(.take = FWPDK_FAULT_NONE);
	assert_int_equal(rig_send(5), 0);
	KNOBS(0);
	assert_int_equal(rig_send(5), 5);
	rig_down();
}

static void
test_takes_a_random_part(void **state)
{
	unsigned seen[9] = {0}, i, k, first[20], pass;

	(void)state;
	for (pass = 0; pass < 2; pass++) { /* the same seed, the same parts */
		rig_up(&(struct fwpdk_fault_opts){
			.size = sizeof(struct fwpdk_fault_opts), .seed = 5});
		KNOBS(.take_random = 1);
		for (i = 0; i < 200; i++) {
			k = rig_send(8);
			assert_true(k <= 8);
			seen[k]++;
			if (i < 20 && pass == 0)
				first[i] = k;
			else if (i < 20)
				assert_int_equal(k, first[i]);
		}
		rig_down();
	}
	for (k = 0; k <= 8; k++)
		assert_true(seen[k] != 0);
}

static void
test_refuses_for_some_calls(void **state)
{
	(void)state;
	rig_up(NULL);
	KNOBS(.refuse_calls = 3);
	assert_int_equal(rte_eth_tx_burst(rig_port, 0, NULL, 0), 0); /* does not count */
	assert_int_equal(rig_send(4), 0);
	assert_int_equal(rig_send(4), 0);
	assert_int_equal(rig_send(4), 0);
	assert_int_equal(rig_send(4), 4);
	KNOBS(.refuse_calls = 1);
	assert_int_equal(rig_send(4), 0);
	assert_int_equal(rig_send(4), 4);
	rig_down();
}

static void
test_refuses_for_a_while(void **state)
{
	uint64_t hz = rte_get_tsc_hz(), t0, t;
	unsigned refused = 0, i;

	(void)state;
	rig_up(NULL);
	t0 = rte_rdtsc();
	KNOBS(.refuse_us = 20000);
	for (i = 0; rig_send(1) == 0; i++) {
		refused++;
		rte_delay_us_block(20); /* so that it is not millions of packets */
	}
	t = rte_rdtsc() - t0;
	assert_true(refused > 0);
	assert_true(t >= hz / 50);
	assert_int_equal(rig_send(1), 1);
	rig_down();
}

static void
test_drops_and_releases(void **state)
{
	(void)state;
	rig_up(NULL);
	KNOBS(.drop_one_in = 4, .release = FWPDK_FAULT_NEVER);
	assert_int_equal(rig_send(16), 16);
	assert_int_equal(rig_counts().dropped, 4);
	assert_int_equal(rig_counts().held, 12);
	assert_int_equal(rig_nreleased, 4);
	assert_int_equal(rig_released[0] % 4, 3);
	KNOBS(.drop_one_in = 1, .release = FWPDK_FAULT_NEVER);
	assert_int_equal(rig_send(5), 5);
	assert_int_equal(rig_send_chain(3), 1);
	assert_int_equal(rig_counts().dropped, 10);
	assert_int_equal(rig_nreleased, 12);
	rig_down();
}

static void
test_long_chains(void **state)
{
	struct rte_mbuf *m[3];

	(void)state;
	rig_up(NULL);
	KNOBS(.max_segs = 2);
	assert_int_equal(rig_send_chain(2), 1);
	m[0] = rig_packet(1);
	m[1] = rig_packet(3);
	m[2] = rig_packet(1);
	assert_int_equal(rte_eth_tx_burst(rig_port, 0, m, 3), 1);
	assert_int_equal(rig_counts().long_chains, 1);
	KNOBS(.max_segs = 2, .drop_long = 1);
	assert_int_equal(rte_eth_tx_burst(rig_port, 0, m + 1, 2), 2);
	assert_int_equal(rig_counts().long_chains, 2);
	assert_int_equal(rig_counts().dropped, 1);
	rig_down();
}

static void
test_full_ring(void **state)
{
	(void)state;
	rig_up(NULL); /* 64 descriptors */
	KNOBS(.release = FWPDK_FAULT_NEVER);
	assert_int_equal(rig_send(61), 61);
	assert_int_equal(rig_send_chain(4), 0);
	assert_int_equal(rig_send_chain(3), 1);
	assert_int_equal(rig_send(1), 0);
	assert_int_equal(rig_counts().held, 64);
	assert_int_equal(fwpdk_fault_release(rig_fault, 2), 2);
	assert_int_equal(rig_send(5), 2);
	rig_down();
}

static void
test_vanished(void **state)
{
	(void)state;
	rig_up(NULL);
	KNOBS(.release = FWPDK_FAULT_NEXT_BURST);
	assert_int_equal(rig_send(8), 8);
	KNOBS(.release = FWPDK_FAULT_NEXT_BURST, .vanished = 1);
	assert_int_equal(rig_send(8), 0);
	assert_int_equal(rte_eth_tx_burst(rig_port, 0, NULL, 0), 0);
	assert_int_equal(rig_counts().held, 8);
	assert_int_equal(rte_eth_tx_descriptor_status(rig_port, 0, 63), -ENODEV);
	KNOBS(0);
	assert_int_equal(rig_send(8), 8);
	assert_int_equal(rig_counts().held, 0);
	rig_down();
}

static const char *
no_fives(const struct rte_mbuf *m, void *arg)
{
	(*(unsigned *)arg)++;
	return *rte_pktmbuf_mtod(m, const uint8_t *) % 10 == 5 ? "five" : NULL;
}

static void
test_check_sees_what_is_taken(void **state)
{
	unsigned seen = 0;

	(void)state;
	rig_up(&(struct fwpdk_fault_opts){
		.size = sizeof(struct fwpdk_fault_opts), .check = no_fives, .check_arg = &seen});
	KNOBS(.take = 30);
	assert_int_equal(rig_send(40), 30);
	assert_int_equal(seen, 30);
	assert_int_equal(rig_counts().checked, 30);
	assert_int_equal(rig_counts().wrong, 3);
	assert_string_equal(rig_counts().first_wrong, "five");
	rig_down();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_zero_knobs_take_all_and_release_at_once),
	cmocka_unit_test(test_takes_k_of_n),
	cmocka_unit_test(test_takes_a_random_part),
	cmocka_unit_test(test_refuses_for_some_calls),
	cmocka_unit_test(test_refuses_for_a_while),
	cmocka_unit_test(test_drops_and_releases),
	cmocka_unit_test(test_long_chains),
	cmocka_unit_test(test_full_ring),
	cmocka_unit_test(test_vanished),
	cmocka_unit_test(test_check_sees_what_is_taken),
};
RIG_MAIN(tests)
