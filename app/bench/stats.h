/* SPDX-License-Identifier: BSD-3-Clause */
/* Order statistics. */
#ifndef BENCH_STATS_H
#define BENCH_STATS_H

#include <stddef.h>
#include <stdint.h>

/* Sort, and the value below which the part p (0..1) of them lies. 0 of none. */
double stats_percentile(double *values, size_t n, double p);
double stats_median(double *values, size_t n);
/* Distance of the quartiles in percent of the median. */
double stats_spread(double *values, size_t n);

#endif
