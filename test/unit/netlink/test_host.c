/* SPDX-License-Identifier: BSD-3-Clause */
/* What the host does to the tables beside the mirror, and what it leaves no room for. */
#include "netlink_fixture.h"

#define FAILS STATUS_NETWORK_UNREACHABLE

/* The host's interface goes, and its routes with it: what they hid is there again. */
static void
hidden_by_an_interface(void **state)
{
	uint32_t i;

	(void)state;
	test_scene();
	i = test_if(0, 1, "host");
	assert_int_equal(test_neigh(i, "10.0.0.9", 9), 0);
	test_kernel_route(RTM_NEWROUTE, 0, "20.0.0.0", 8, 0, "10.0.0.1", 11);
	test_follow();
	assert_int_equal(test_add(i, "20.0.0.0", 8, "10.0.0.9"), 0);
	assert_int_equal(test_to("20.0.0.1"), 9);
	assert_int_equal(fwpdk_if_del(i), 0);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
	/* The same by the interface of a mirror's. */
	assert_int_equal(test_add(fwpdk_if_by_name("b"), "20.0.0.0", 8, "10.0.0.5"), 0);
	assert_int_equal(test_to("20.0.0.1"), 5);
	test_link(RTM_DELLINK, 12, "b", 0, 1500, 0);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
}

/* So many that a table is changed in place. */
static void
big_table(void)
{
	char text[46];
	unsigned k;

	for (k = 0; k < 3000; k++) {
		snprintf(text, sizeof(text), "30.%u.%u.0", k >> 8, k & 255);
		test_kernel_route(RTM_NEWROUTE, 0, text, 24, 20, "10.0.0.1", 11);
	}
	test_follow();
	assert_int_equal(test_to("30.1.1.1"), 1);
}

/* Every next hop that there can be. */
static void
no_next_hop_left(uint32_t if_index)
{
	char prefix[46], via[46];
	uint32_t k;
	int rc = 0;

	for (k = 0; rc == 0; k++) {
		snprintf(prefix, sizeof(prefix), "40.%u.%u.%u", k >> 16, k >> 8 & 255, k & 255);
		snprintf(via, sizeof(via), "50.%u.%u.%u", k >> 16, k >> 8 & 255, k & 255);
		rc = test_add(if_index, prefix, 32, via);
	}
	assert_int_equal(rc, -ENOSPC);
}

/* Half of a batch was made, then it is all taken back. */
static void
half_a_batch(void **state)
{
	(void)state;
	test_scene();
	big_table();
	no_next_hop_left(fwpdk_if_by_name("b"));
	test_kernel_route(RTM_NEWROUTE, 0, "21.0.0.0", 8, 0, "10.0.0.99", 11);
	test_kernel_route(RTM_NEWROUTE, 0, "20.0.0.0", 8, 0, "10.0.0.1", 11);
	assert_int_equal(fwi_nl_follow(test_nl, 1), -ENOSPC);
	assert_int_equal(test_to("20.0.0.1"), 1);
	test_kernel_route(RTM_DELROUTE, 0, "21.0.0.0", 8, 0, "10.0.0.99", 11);
	test_kernel_route(RTM_DELROUTE, 0, "20.0.0.0", 8, 0, "10.0.0.1", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), FAILS);
}

/* A neighbour of the host's goes between the two halves of an update. */
static void
hidden_neighbour(void **state)
{
	struct fwpdk_addr a = test_addr("10.0.0.1");
	uint32_t i;

	(void)state;
	test_scene();
	i = fwpdk_if_by_name("a");
	test_kernel_route(RTM_NEWROUTE, 0, "20.0.0.0", 8, 0, "10.0.0.1", 11);
	assert_int_equal(test_neigh(i, "10.0.0.1", 9), 0);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 9);
	fwi_nl_settle(test_nl);
	assert_int_equal(fwpdk_neigh_del(i, &a), 0);
	assert_int_equal(fwi_nl_apply(test_nl), 0);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_mirror_up, test_mirror_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(hidden_by_an_interface), T(half_a_batch), T(hidden_neighbour)};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
