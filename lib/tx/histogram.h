/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Log-linear histogram of TSC differences: 16 sub-buckets per power of two, so a value is
 * known to 6 %. One writer; readers may see a count one behind.
 */
#ifndef FWI_HISTOGRAM_H
#define FWI_HISTOGRAM_H

#include <stdint.h>

#define FWI_HIST_SUB	 16u
#define FWI_HIST_BUCKETS (60u * FWI_HIST_SUB)

struct fwi_histogram {
	uint64_t max;
	uint64_t n[FWI_HIST_BUCKETS];
};

static inline unsigned
fwi_hist_bucket(uint64_t v)
{
	unsigned exp;

	if (v < FWI_HIST_SUB)
		return (unsigned)v;
	exp = 63u - (unsigned)__builtin_clzll(v); /* >= 4 */
	return (exp - 3) * FWI_HIST_SUB + (unsigned)(v >> (exp - 4) & (FWI_HIST_SUB - 1));
}

/* Largest value of a bucket. */
static inline uint64_t
fwi_hist_value(unsigned bucket)
{
	unsigned exp = bucket / FWI_HIST_SUB, sub = bucket % FWI_HIST_SUB;

	if (exp == 0)
		return sub;
	return ((uint64_t)(FWI_HIST_SUB + sub + 1) << (exp - 1)) - 1;
}

static inline void
fwi_hist_add(struct fwi_histogram *h, uint64_t v)
{
	unsigned b = fwi_hist_bucket(v);

	if (b >= FWI_HIST_BUCKETS)
		b = FWI_HIST_BUCKETS - 1;
	__atomic_store_n(&h->n[b], h->n[b] + 1, __ATOMIC_RELAXED);
	if (v > h->max)
		__atomic_store_n(&h->max, v, __ATOMIC_RELAXED);
}

#endif
