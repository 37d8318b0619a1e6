/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <sched.h>

#include <rte_malloc.h>

#include "core/ctl.h"
#include "tx/producer.h"

struct fwi_producer fwi_producers[FWI_MAX_PRODUCERS];
struct fwi_producer fwi_shared_producer;
uint64_t fwi_lanes_used;

/*
 * The shared producer has many threads inside at once: two entry counters, the current one
 * chosen by a parity bit. Grace flips the parity twice, so that late readers of the old
 * parity are waited for as well.
 */
static uint32_t shared_parity;
static uint64_t shared_inside[2];

static struct fwi_count *
counts_alloc(void)
{
	return rte_zmalloc("fwpdk_count", fwi_config.max_handles * sizeof(struct fwi_count),
		RTE_CACHE_LINE_SIZE);
}

int
fwi_producers_init(void)
{
	uint32_t i;

	for (i = 0; i < fwi_config.max_producers; i++) {
		fwi_producers[i].id = i;
		fwi_producers[i].taken = 0;
		fwi_producers[i].seq = 0;
		fwi_producers[i].sample_left = 1;
		fwi_producers[i].count = counts_alloc();
		if (fwi_producers[i].count == NULL)
			goto fail;
	}
	fwi_shared_producer.id = UINT32_MAX;
	fwi_shared_producer.count = counts_alloc();
	if (fwi_shared_producer.count == NULL)
		goto fail;
	fwi_lanes_used = 0;
	return fwi_membarrier_init();
fail:
	fwi_producers_fini();
	return -ENOMEM;
}

void
fwi_producers_fini(void)
{
	uint32_t i;

	for (i = 0; i < FWI_MAX_PRODUCERS; i++) {
		rte_free(fwi_producers[i].count);
		fwi_producers[i].count = NULL;
	}
	rte_free(fwi_shared_producer.count);
	fwi_shared_producer.count = NULL;
}

static __rte_noinline struct fwi_producer *
producer_claim(void)
{
	struct fwi_producer *pr;
	uint32_t i, free_slot;

	for (i = 0; i < fwi_config.max_producers; i++) {
		pr = &fwi_producers[i];
		free_slot = 0;
		if (__atomic_load_n(&pr->taken, __ATOMIC_RELAXED) != 0)
			continue;
		if (fwi_self_arm() != 0)
			break;
		if (!__atomic_compare_exchange_n(
			    &pr->taken, &free_slot, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			continue;
		__atomic_fetch_or(&fwi_lanes_used, UINT64_C(1) << i, __ATOMIC_RELEASE);
		fwi_self.producer = pr;
		fwi_self.life = __atomic_load_n(&fwi_life, __ATOMIC_RELAXED);
		return pr;
	}
	return &fwi_shared_producer;
}

struct fwi_producer *
fwi_producer_get(void)
{
	if (likely(fwi_self.producer != NULL &&
		    fwi_self.life == __atomic_load_n(&fwi_life, __ATOMIC_RELAXED)))
		return fwi_self.producer;
	return producer_claim();
}

void
fwi_producer_release(struct fwi_producer *pr)
{
	__atomic_store_n(&pr->taken, 0, __ATOMIC_RELEASE);
}

unsigned
fwi_producer_enter(struct fwi_producer *pr)
{
	unsigned cookie = 0;

	if (unlikely(fwi_producer_is_shared(pr))) {
		cookie = __atomic_load_n(&shared_parity, __ATOMIC_RELAXED) & 1;
		__atomic_fetch_add(&shared_inside[cookie], 1, __ATOMIC_SEQ_CST);
	} else {
		__atomic_store_n(&pr->seq, pr->seq + 1, __ATOMIC_RELAXED);
		fwi_announce_fence();
	}
	return cookie;
}

void
fwi_producer_leave(struct fwi_producer *pr, unsigned cookie)
{
	if (unlikely(fwi_producer_is_shared(pr)))
		__atomic_fetch_sub(&shared_inside[cookie], 1, __ATOMIC_RELEASE);
	else
		__atomic_store_n(&pr->seq, pr->seq + 1, __ATOMIC_RELEASE);
}

static void
wait_shared(void)
{
	unsigned old, round;

	for (round = 0; round < 2; round++) {
		old = __atomic_fetch_add(&shared_parity, 1, __ATOMIC_SEQ_CST) & 1;
		while (__atomic_load_n(&shared_inside[old], __ATOMIC_ACQUIRE) != 0)
			sched_yield();
	}
}

void
fwi_producer_grace(void)
{
	uint64_t seq;
	uint32_t i;

	fwi_membarrier();
	for (i = 0; i < fwi_config.max_producers; i++) {
		seq = __atomic_load_n(&fwi_producers[i].seq, __ATOMIC_ACQUIRE);
		if ((seq & 1) == 0)
			continue;
		while (__atomic_load_n(&fwi_producers[i].seq, __ATOMIC_ACQUIRE) == seq)
			sched_yield();
	}
	wait_shared();
}
