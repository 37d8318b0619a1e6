/* SPDX-License-Identifier: BSD-3-Clause */
#include <sys/mman.h>

#include "sys_ledger.h"

#define STATUSES 16u

static struct {
	uint32_t next; /* atomic; written by its thread */
	uint8_t *times;
} threads[LEDGER_THREADS];
static unsigned nb_threads;

static struct {
	NTSTATUS status;
	uint64_t count; /* atomic; written by the poller's owner */
} statuses[STATUSES];
static unsigned nb_statuses; /* atomic */
static uint64_t completed;   /* atomic */

int
ledger_open(unsigned n)
{
	for (nb_threads = 0; nb_threads < n; nb_threads++) {
		void *map = mmap(NULL, LEDGER_NUMBERS, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		if (map == MAP_FAILED) {
			fprintf(stderr, "no memory for the ledger\n");
			return -1;
		}
		threads[nb_threads].times = map;
	}
	return 0;
}

uint32_t
ledger_next(unsigned thread)
{
	uint32_t n = threads[thread].next;

	if (n == LEDGER_NUMBERS)
		return UINT32_MAX;
	__atomic_store_n(&threads[thread].next, n + 1, __ATOMIC_RELAXED);
	return n;
}

void
ledger_refused(unsigned thread)
{
	__atomic_store_n(&threads[thread].next, threads[thread].next - 1, __ATOMIC_RELAXED);
}

void
ledger_done(const struct datagram *d, NTSTATUS status)
{
	unsigned i;

	if (threads[d->thread].times[d->sequence] < UINT8_MAX)
		threads[d->thread].times[d->sequence]++;
	for (i = 0; i < nb_statuses && statuses[i].status != status; i++)
		;
	if (i == STATUSES)
		i--;
	if (i == nb_statuses) {
		statuses[i].status = status;
		__atomic_store_n(&nb_statuses, i + 1, __ATOMIC_RELEASE);
	}
	__atomic_fetch_add(&statuses[i].count, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&completed, 1, __ATOMIC_RELEASE);
}

uint64_t
ledger_injected(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < nb_threads; i++)
		n += __atomic_load_n(&threads[i].next, __ATOMIC_RELAXED);
	return n;
}

uint64_t
ledger_completed(void)
{
	return __atomic_load_n(&completed, __ATOMIC_ACQUIRE);
}

uint64_t
ledger_succeeded(void)
{
	unsigned n = __atomic_load_n(&nb_statuses, __ATOMIC_ACQUIRE);

	for (unsigned i = 0; i < n; i++)
		if (statuses[i].status == STATUS_SUCCESS)
			return __atomic_load_n(&statuses[i].count, __ATOMIC_RELAXED);
	return 0;
}

void
ledger_print(FILE *out)
{
	unsigned n = __atomic_load_n(&nb_statuses, __ATOMIC_ACQUIRE);

	fprintf(out, "\"by_status\": {");
	for (unsigned i = 0; i < n; i++)
		fprintf(out, "%s\"0x%08x\": %lu", i == 0 ? "" : ", ", (unsigned)statuses[i].status,
			__atomic_load_n(&statuses[i].count, __ATOMIC_RELAXED));
	fprintf(out, "}");
}

void
ledger_count(uint64_t *never, uint64_t *again)
{
	*never = *again = 0;
	for (unsigned i = 0; i < nb_threads; i++) {
		for (uint32_t k = 0; k < threads[i].next; k++) {
			*never += threads[i].times[k] == 0;
			*again += threads[i].times[k] > 1;
		}
	}
}
