/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include <rte_cycles.h>

#include "classify/classify.h"
#include "classify/section.h"
#include "core/compat.h"
#include "core/log.h"
#include "tx/poller.h"
#include "tx/producer.h"
#include "tx/self.h"

static struct fwi_section sections[FWI_MAX_POLLERS];
static struct fwi_filter_count *counts;

/* For a classify outside any section: counted with the first poller's. */
__thread struct fwi_section *fwi_here = &sections[0];

void
fwi_classify_enter(unsigned poller_id)
{
	struct fwi_section *s = &sections[poller_id];

	if (s->depth++ != 0)
		return;
	fwi_here = s;
	fwi_self.callbacks++;
	fwi_self.classifying = true;
	__atomic_store_n(&s->seq, s->seq + 1, __ATOMIC_RELAXED);
	fwi_announce_fence();
}

void
fwi_classify_leave(unsigned poller_id)
{
	struct fwi_section *s = &sections[poller_id];

	if (--s->depth != 0)
		return;
	__atomic_store_n(&s->seq, s->seq + 1, __ATOMIC_RELEASE);
	fwi_self.callbacks--;
	fwi_self.classifying = false;
}

static void
wait_left(unsigned id, uint64_t seq)
{
	uint64_t next = rte_get_tsc_cycles() + rte_get_tsc_hz();
	unsigned seconds = 0;

	while (__atomic_load_n(&sections[id].seq, __ATOMIC_ACQUIRE) == seq) {
		sched_yield();
		if (rte_get_tsc_cycles() < next)
			continue;
		next += rte_get_tsc_hz();
		FWI_LOG(classify, WARNING, "waiting for a callout on poller %u since %u s", id,
			++seconds);
	}
}

void
fwi_sections_grace(void)
{
	uint64_t seq;
	unsigned i;

	fwi_membarrier();
	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		seq = __atomic_load_n(&sections[i].seq, __ATOMIC_ACQUIRE);
		if ((seq & 1) != 0)
			wait_left(i, seq);
	}
}

bool
fwi_sections_any(void)
{
	unsigned i;

	fwi_membarrier();
	for (i = 0; i < FWI_MAX_POLLERS; i++)
		if ((__atomic_load_n(&sections[i].seq, __ATOMIC_ACQUIRE) & 1) != 0)
			return true;
	return false;
}

int
fwi_sections_init(void)
{
	unsigned i;

	counts = calloc((size_t)FWI_MAX_POLLERS * FWI_FILTERS_MAX, sizeof(*counts));
	if (counts == NULL)
		return -ENOMEM;
	for (i = 0; i < FWI_MAX_POLLERS; i++)
		sections[i].count = &counts[(size_t)i * FWI_FILTERS_MAX];
	return 0;
}

void
fwi_sections_fini(void)
{
	free(counts);
	counts = NULL;
}

/* Also puts the memory there before a packet comes. */
void
fwi_count_clear(unsigned slot)
{
	unsigned i;

	for (i = 0; i < FWI_MAX_POLLERS; i++)
		sections[i].count[slot] = (struct fwi_filter_count){0};
}

FWI_APPROXIMATE struct fwi_filter_count
fwi_count_sum(unsigned slot)
{
	struct fwi_filter_count sum = {0};
	const struct fwi_filter_count *c;
	unsigned i;

	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		c = &sections[i].count[slot];
		sum.hits += __atomic_load_n(&c->hits, __ATOMIC_RELAXED);
		sum.blocks += __atomic_load_n(&c->blocks, __ATOMIC_RELAXED);
		sum.absorbs += __atomic_load_n(&c->absorbs, __ATOMIC_RELAXED);
	}
	return sum;
}
