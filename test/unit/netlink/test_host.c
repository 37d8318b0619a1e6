/* SPDX-License-Identifier: BSD-3-Clause */
/* What the host does to the tables beside the mirror. */
#include "netlink_fixture.h"

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

#define T(f) cmocka_unit_test_setup_teardown(f, test_mirror_up, test_mirror_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {T(hidden_by_an_interface)};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
