/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/tx/histogram.h: every value falls into the bucket that says it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tx/histogram.h"

/* Smallest value of a bucket. */
static uint64_t
lowest(unsigned b)
{
	return b == 0 ? 0 : fwi_hist_value(b - 1) + 1;
}

static void
check(uint64_t v)
{
	unsigned b = fwi_hist_bucket(v);

	if (v >> 63 != 0) { /* beyond the last bucket, counted in it */
		assert_true(b >= FWI_HIST_BUCKETS);
		return;
	}
	assert_true(b < FWI_HIST_BUCKETS);
	assert_true(v <= fwi_hist_value(b));
	assert_true(v >= lowest(b));
	assert_true(fwi_hist_value(b) - v <= v / 16);
}

static void
test_values(void **state)
{
	uint64_t v;
	unsigned i, e;

	(void)state;
	for (v = 0; v < 100000; v++)
		check(v);
	for (e = 4; e < 64; e++)
		for (i = 0; i < 40; i++)
			check((UINT64_C(1) << e) + i - 20);
	srand(1);
	for (i = 0; i < 1000000; i++)
		check(((uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^ (uint64_t)rand()) >>
			(rand() % 64));
	check(UINT64_MAX);
}

static void
test_buckets(void **state)
{
	unsigned b;

	(void)state;
	for (b = 0; b < FWI_HIST_BUCKETS; b++) {
		assert_int_equal(fwi_hist_bucket(fwi_hist_value(b)), b);
		assert_int_equal(fwi_hist_bucket(lowest(b)), b);
	}
}

static void
test_add(void **state)
{
	static struct fwi_histogram h;
	uint64_t sum = 0;
	unsigned b;

	(void)state;
	fwi_hist_add(&h, 0);
	fwi_hist_add(&h, 15);
	fwi_hist_add(&h, 15);
	fwi_hist_add(&h, 1000);
	assert_int_equal(h.max, 1000);
	fwi_hist_add(&h, UINT64_MAX);
	fwi_hist_add(&h, UINT64_C(1) << 63);
	assert_int_equal(h.n[0], 1);
	assert_int_equal(h.n[15], 2);
	assert_int_equal(h.n[fwi_hist_bucket(1000)], 1);
	assert_int_equal(h.n[FWI_HIST_BUCKETS - 1], 2);
	assert_true(h.max == UINT64_MAX);
	for (b = 0; b < FWI_HIST_BUCKETS; b++)
		sum += h.n[b];
	assert_int_equal(sum, 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_add),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
