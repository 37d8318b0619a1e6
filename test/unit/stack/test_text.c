/* SPDX-License-Identifier: BSD-3-Clause */
#include "stack_fixture.h"

static void
parse_and_format(void **state)
{
	static const char *const good[] = {"0.0.0.0", "192.0.2.1", "255.255.255.255",
		"::", "2001:db8::1", "ff02::1", "::ffff:1.2.3.4"};
	static const char *const bad[] = {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4/8",
		" 1.2.3.4", "2001:db8::g", ":::", "fe80::1%eth0"};
	struct fwpdk_addr a;
	char text[46];
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(good); i++) {
		assert_int_equal(fwpdk_addr_parse(good[i], &a), 0);
		assert_int_equal(a.family, strchr(good[i], ':') ? 10 : 2);
		assert_ptr_equal(fwpdk_addr_format(&a, text, sizeof(text)), text);
		assert_string_equal(text, good[i]);
	}
	for (i = 0; i < RTE_DIM(bad); i++) {
		memset(&a, 0x55, sizeof(a));
		assert_int_equal(fwpdk_addr_parse(bad[i], &a), -EINVAL);
		assert_int_equal(a.family, 0x55);
	}
	assert_int_equal(fwpdk_addr_parse(NULL, &a), -EINVAL);
	assert_int_equal(fwpdk_addr_parse("::", NULL), -EINVAL);
}

static void
format_limits(void **state)
{
	struct fwpdk_addr a = {.family = 23, .bytes = {0x20, 0x01}};
	char text[46];

	(void)state;
	assert_string_equal(fwpdk_addr_format(&a, text, sizeof(text)), "2001::");
	assert_string_equal(fwpdk_addr_format(&a, text, 4), "");
	a.family = 7;
	assert_string_equal(fwpdk_addr_format(&a, text, sizeof(text)), "");
	assert_string_equal(fwpdk_addr_format(NULL, text, sizeof(text)), "");
	assert_null(fwpdk_addr_format(&a, NULL, 0));
	assert_ptr_equal(fwpdk_addr_format(&a, text, 0), text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_and_format),
		cmocka_unit_test(format_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
