/* SPDX-License-Identifier: BSD-3-Clause */
#include "stack_fixture.h"

static void
ids(void **state)
{
	uint32_t k;

	(void)state;
	assert_int_equal(fwi_stack_compartment(0), 0);
	assert_int_equal(fwi_stack_compartment(FWPDK_DEFAULT_COMPARTMENT), 0);
	assert_int_equal(fwi_stack_compartment_id(0), FWPDK_DEFAULT_COMPARTMENT);
	assert_int_equal(fwi_stack_compartment(2), FWI_NO_COMPARTMENT);
	assert_int_equal(fwpdk_compartment_add(0), -EINVAL);
	assert_int_equal(fwpdk_compartment_add(1), -EEXIST);
	for (k = 1; k < FWPDK_MAX_COMPARTMENTS; k++) {
		assert_int_equal(fwpdk_compartment_add(0xFFFFFF00u + k), 0);
		assert_int_equal(fwi_stack_compartment(0xFFFFFF00u + k), k);
		assert_int_equal(fwi_stack_compartment_id(k), 0xFFFFFF00u + k);
	}
	assert_int_equal(fwpdk_compartment_add(5), -ENOSPC);
	assert_int_equal(fwpdk_compartment_add(0xFFFFFF01u), -EEXIST);
}

/* Default sizes under -m 512: 16 compartments with their own routes, each on its own. */
static void
sixteen(void **state)
{
	uint32_t c, index[17];
	char text[46];
	unsigned k;

	(void)state;
	assert_int_equal(test_stack_up_with(0), 0);
	for (c = 1; c <= 16; c++) {
		assert_int_equal(fwpdk_compartment_add(c), c == 1 ? -EEXIST : 0);
		index[c] = test_if(c, 0, NULL);
		snprintf(text, sizeof(text), "10.0.0.%u", c);
		test_neigh(index[c], text, c);
		for (k = 0; k < 500; k++) {
			struct fwpdk_route r = test_route(c, index[c], "20.0.0.0", 24, text);

			r.prefix.bytes[1] = (uint8_t)(k >> 8);
			r.prefix.bytes[2] = (uint8_t)k;
			assert_int_equal(fwpdk_route_add(&r), 0);
		}
	}
	for (c = 1; c <= 16; c++) {
		assert_int_equal(test_lookup_in(c, "20.1.243.1").l2[5], c);
		assert_int_equal(
			test_lookup_in(c, "20.1.244.1").status, STATUS_NETWORK_UNREACHABLE);
	}
	assert_int_equal(fwpdk_fini(), 0);
}

/* A table that does not fit: refused whole, the old one stays, memory is not lost. */
static void
no_memory(void **state)
{
	const uint32_t n = 3000000; /* nodes alone take more than 512 MB */
	struct fwpdk_route *r = calloc(n, sizeof(*r));
	uint32_t i, k, g;

	(void)state;
	assert_non_null(r);
	assert_int_equal(test_stack_up_with(0), 0);
	i = test_if(0, 0, NULL);
	test_neigh(i, "10.0.0.1", 1);
	assert_int_equal(test_add(i, "20.0.0.0", 8, "10.0.0.1"), 0);
	for (k = 0; k < n; k++) {
		r[k] = test_route(0, i, "20.0.0.0", 32, "10.0.0.2");
		r[k].prefix.bytes[0] = (uint8_t)(20 + (k >> 24));
		r[k].prefix.bytes[1] = (uint8_t)(k >> 16);
		r[k].prefix.bytes[2] = (uint8_t)(k >> 8);
		r[k].prefix.bytes[3] = (uint8_t)k;
	}
	g = test_generation();
	assert_int_equal(fwpdk_route_add_bulk(r, n), -ENOMEM);
	assert_int_equal(test_generation(), g);
	assert_int_equal(test_to("20.0.0.1"), 1);
	/* 2000 fit again. */
	assert_int_equal(fwpdk_route_add_bulk(r, 2000), 0);
	assert_int_equal(test_to("20.0.0.1"), STATUS_HOST_UNREACHABLE);
	assert_int_equal(test_to("20.0.255.1"), 1);
	assert_int_equal(fwpdk_fini(), 0);
	free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ids, test_stack_up, test_stack_down),
		cmocka_unit_test(sixteen),
		cmocka_unit_test(no_memory),
	};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
