/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include "stats.h"

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of sorted values, between neighbours in proportion. */
static double
sorted_percentile(const double *values, size_t n, double p)
{
	double place = p * (double)(n - 1);
	size_t i = (size_t)place;

	if (i + 1 >= n)
		return values[n - 1];
	return values[i] + (values[i + 1] - values[i]) * (place - (double)i);
}

double
stats_percentile(double *values, size_t n, double p)
{
	if (n == 0)
		return 0;
	qsort(values, n, sizeof(values[0]), ascending);
	return sorted_percentile(values, n, p);
}

double
stats_median(double *values, size_t n)
{
	return stats_percentile(values, n, 0.5);
}

double
stats_spread(double *values, size_t n)
{
	double median = stats_median(values, n);

	if (n == 0 || median == 0)
		return 0;
	return (sorted_percentile(values, n, 0.75) - sorted_percentile(values, n, 0.25)) / median *
	       100;
}
