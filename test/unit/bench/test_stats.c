/* SPDX-License-Identifier: BSD-3-Clause */
/* fwpdk-bench: medians and quartiles. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats.h"

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-9)

static void
medians(void **state)
{
	double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2}, one[] = {7};

	(void)state;
	NEAR(stats_median(odd, 3), 2);
	NEAR(stats_median(even, 4), 2.5);
	NEAR(stats_median(one, 1), 7);
	NEAR(stats_median(one, 0), 0);
}

static void
percentiles(void **state)
{
	double v[101];

	(void)state;
	for (unsigned i = 0; i <= 100; i++)
		v[i] = 100 - i;
	NEAR(stats_percentile(v, 101, 0), 0);
	NEAR(stats_percentile(v, 101, 0.99), 99);
	NEAR(stats_percentile(v, 101, 0.995), 99.5);
	NEAR(stats_percentile(v, 101, 1), 100);
}

static void
spreads(void **state)
{
	double v[] = {5, 1, 2, 4, 3}, zero[] = {0, 0};

	(void)state;
	NEAR(stats_spread(v, 5), (4.0 - 2.0) / 3.0 * 100);
	NEAR(stats_spread(zero, 2), 0);
	NEAR(stats_spread(zero, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(medians),
		cmocka_unit_test(percentiles),
		cmocka_unit_test(spreads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
