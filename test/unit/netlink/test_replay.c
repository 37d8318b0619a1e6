/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A dump is newer than notifications that are read after it. They are told once more here, to a
 * mirror that knows already how it ends.
 */
#include "netlink_fixture.h"

#define FAILS STATUS_NETWORK_UNREACHABLE

/* One that is gone again does not take another one with it. */
static void
deleted_before_the_dump(void **state)
{
	(void)state;
	test_scene();
	test_kernel_route(RTM_NEWROUTE, NLM_F_MULTI, "20.0.0.0", 8, 0, "10.0.0.2", 11);
	test_kernel_route(RTM_DELROUTE, 0, "20.0.0.0", 8, 0, "10.0.0.1", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 2);
}

/* Added and replaced while the dump ran: that there are two now is no fact. */
static void
replaced_before_the_dump(void **state)
{
	static const struct {
		const char *prefix, *first, *second;
		uint8_t len;
	} of[] = {{"20.0.0.0", "10.0.0.1", "10.0.0.2", 8}, {"2001::", "fe80::1", "fe80::2", 16}};
	unsigned i;

	(void)state;
	test_scene();
	for (i = 0; i < RTE_DIM(of); i++) {
		test_kernel_route(
			RTM_NEWROUTE, NLM_F_MULTI, of[i].prefix, of[i].len, 9, of[i].second, 11);
		test_kernel_route(
			RTM_NEWROUTE, NLM_F_CREATE, of[i].prefix, of[i].len, 9, of[i].first, 11);
		test_follow();
		assert_false(test_nl->resync);
		test_kernel_route(
			RTM_NEWROUTE, NLM_F_REPLACE, of[i].prefix, of[i].len, 9, of[i].second, 11);
		assert_true(test_nl->resync);
		test_follow();
	}
}

/* Which of several of one metric comes first is what the last dump says. */
static void
order_anew(void **state)
{
	(void)state;
	test_scene();
	test_kernel_route(RTM_NEWROUTE, NLM_F_CREATE, "20.0.0.0", 8, 9, "10.0.0.1", 11);
	test_kernel_route(RTM_NEWROUTE, NLM_F_APPEND, "20.0.0.0", 8, 9, "10.0.0.2", 11);
	test_kernel_route(RTM_NEWROUTE, NLM_F_APPEND, "20.0.0.0", 8, 9, "10.0.0.3", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
	fwi_nl_rib_mark(test_nl);
	test_kernel_route(RTM_NEWROUTE, NLM_F_MULTI, "20.0.0.0", 8, 9, "10.0.0.3", 11);
	test_kernel_route(RTM_NEWROUTE, NLM_F_MULTI, "20.0.0.0", 8, 9, "10.0.0.4", 11);
	test_kernel_route(RTM_NEWROUTE, NLM_F_MULTI, "20.0.0.0", 8, 9, "10.0.0.1", 11);
	fwi_nl_rib_sweep(test_nl);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 3);
	test_kernel_route(RTM_DELROUTE, 0, "20.0.0.0", 8, 9, "10.0.0.3", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 4);
	test_kernel_route(RTM_DELROUTE, 0, "20.0.0.0", 8, 9, "10.0.0.4", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
}

/* Two routers advertise themselves: two routes, not two hops of one. */
static void
two_routers(void **state)
{
	const struct test_via both[] = {{"fe80::3", 11, 1}, {"fe80::4", 11, 1}};

	(void)state;
	test_scene();
	test_kernel_route(RTM_NEWROUTE, NLM_F_CREATE, "::", 0, 1024, "fe80::1", 11);
	test_kernel_route(RTM_NEWROUTE, NLM_F_CREATE, "::", 0, 1024, "fe80::5", 12);
	test_follow();
	assert_int_equal(test_nl->stats.routes, 2);
	test_kernel_route(RTM_DELROUTE, 0, "::", 0, 1024, "fe80::5", 12);
	test_follow();
	assert_int_equal(test_to("2001::1"), 1);
	/* Beside those of the administrator's. */
	test_kernel_route(RTM_NEWROUTE, NLM_F_CREATE, "::", 0, 1024, "fe80::3", 11);
	test_kernel_multi(RTM_NEWROUTE, NLM_F_APPEND, "::", 0, 1024, both, 2);
	test_follow();
	assert_int_equal(test_nl->stats.routes, 2);
	test_kernel_multi(RTM_DELROUTE, 0, "::", 0, 1024, both, 2);
	test_follow();
	assert_int_equal(test_nl->stats.routes, 1);
	assert_int_equal(test_to("2001::1"), 1);
	test_kernel_route(RTM_DELROUTE, 0, "::", 0, 1024, "fe80::1", 11);
	test_follow();
	assert_int_equal(test_to("2001::1"), FAILS);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_mirror_up, test_mirror_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(deleted_before_the_dump),
		T(replaced_before_the_dump),
		T(order_anew),
		T(two_routers),
	};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
