/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: percentiles of the sampled submit-to-callback latency. */
#include <errno.h>
#include <string.h>

#include <rte_cycles.h>

#include <fwpdk/stats.h>

#include "core/compat.h"
#include "core/ctl.h"
#include "tx/poller.h"
#include "tx/stats.h"

static struct fwi_histogram base; /* counts at the last reset */

FWI_APPROXIMATE static void
sum_all(struct fwi_histogram *sum)
{
	const struct fwpdk_poller *p;
	unsigned i, b;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		p = fwi_pollers[i];
		if (p == NULL)
			continue;
		for (b = 0; b < FWI_HIST_BUCKETS; b++)
			sum->n[b] += __atomic_load_n(&p->latency.n[b], __ATOMIC_RELAXED);
		if (p->latency.max > sum->max)
			sum->max = p->latency.max;
	}
}

static double
percentile_us(const struct fwi_histogram *h, uint64_t samples, double share)
{
	uint64_t want = (uint64_t)((double)samples * share), seen = 0;
	unsigned b;

	for (b = 0; b < FWI_HIST_BUCKETS; b++) {
		seen += h->n[b];
		if (h->n[b] != 0 && seen > want)
			break;
	}
	if (b == FWI_HIST_BUCKETS)
		b--;
	return (double)fwi_hist_value(b) * 1e6 / (double)rte_get_tsc_hz();
}

int
fwpdk_latency(struct fwpdk_latency *l)
{
	static struct fwi_histogram sum; /* 8 KB; under the mutex */
	unsigned b, last = 0;

	if (!fwi_ready())
		return -ENODEV;
	if (!FWI_SIZE_OK(l, struct fwpdk_latency))
		return -EINVAL;
	fwi_ctl_lock();
	sum_all(&sum);
	l->samples = 0;
	for (b = 0; b < FWI_HIST_BUCKETS; b++) {
		sum.n[b] = sum.n[b] > base.n[b] ? sum.n[b] - base.n[b] : 0;
		l->samples += sum.n[b];
		if (sum.n[b] != 0)
			last = b;
	}
	l->p50_us = l->p99_us = l->p999_us = l->max_us = 0;
	if (l->samples != 0) {
		l->p50_us = percentile_us(&sum, l->samples, 0.5);
		l->p99_us = percentile_us(&sum, l->samples, 0.99);
		l->p999_us = percentile_us(&sum, l->samples, 0.999);
		l->max_us = (double)fwi_hist_value(last) * 1e6 / (double)rte_get_tsc_hz();
	}
	fwi_ctl_unlock();
	return 0;
}

void
fwi_latency_reset(void)
{
	sum_all(&base);
}
