/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control: the end of a handle (P6, R9..R13).
 *
 * An inject call counts itself in before it looks at the handle; closing is published
 * before the counts are read, with membarrier(2) between. So either the call sees closing
 * and counts itself out again, or destroy sees it counted.
 */
#include <errno.h>
#include <unistd.h>

#include <rte_cycles.h>

#include <fwpdk/handle.h>

#include "core/log.h"
#include "inject/handle.h"
#include "tx/poller.h"
#include "tx/producer.h"
#include "tx/stats.h"

static uint64_t
in_flight(uint32_t index)
{
	struct fwi_totals t;

	fwi_handle_totals(index, &t);
	return t.injected - t.completed;
}

static void
complain(uint64_t handle, uint32_t index, unsigned seconds)
{
	const struct fwi_txq *q;
	unsigned i, k;

	FWI_LOG(inject, WARNING, "destroy of handle 0x%lx waits for %lu NBLs since %u s",
		(unsigned long)handle, (unsigned long)in_flight(index), seconds);
	fwi_ctl_lock();
	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		for (k = 0; fwi_pollers[i] != NULL && k < fwi_pollers[i]->nports; k++) {
			q = fwi_pollers[i]->q[k];
			if (fwi_txq_staged_seen(q) + fwi_txq_in_driver(q) == 0)
				continue;
			FWI_LOG(inject, WARNING,
				"  poller %s port %u: %u mbufs staged, %u with the driver",
				fwi_pollers[i]->name, q->port_id, fwi_txq_staged_seen(q),
				fwi_txq_in_driver(q));
		}
	}
	fwi_ctl_unlock();
}

static bool
wait_empty(uint64_t handle, uint32_t index, bool forever, uint64_t timeout_us)
{
	uint64_t hz = rte_get_tsc_hz(), start = rte_get_tsc_cycles(), next = start + hz, now;
	unsigned seconds = 0, idle = 0;

	while (in_flight(index) != 0) {
		fwi_pollers_help();
		now = rte_get_tsc_cycles();
		if (!forever && now - start >= timeout_us * (hz / 1000000))
			return in_flight(index) == 0;
		if (now >= next) {
			complain(handle, index, ++seconds);
			next += hz;
		}
		if (++idle > 64)
			usleep(20);
	}
	return true;
}

/* -EBADF no such handle. On return with 0 the entry is closing and ours to wait on. */
static int
close_entry(uint64_t v, struct fwi_handle *e)
{
	int rc = -EBADF;

	fwi_ctl_lock();
	if (v != 0 && (e->live == v || e->closing == v)) {
		__atomic_store_n(&e->closing, v, __ATOMIC_RELEASE);
		fwi_may_send(fwi_handle_index((HANDLE)(uintptr_t)v), 0, 0);
		__atomic_store_n(&e->send4, 0, __ATOMIC_RELEASE);
		__atomic_store_n(&e->send6, 0, __ATOMIC_RELEASE);
		__atomic_store_n(&e->live, 0, __ATOMIC_RELEASE);
		e->destroyers++;
		rc = 0;
	}
	fwi_ctl_unlock();
	return rc;
}

static int
destroy(HANDLE handle, bool forever, uint64_t timeout_us)
{
	uint64_t v = (uintptr_t)handle;
	struct fwi_handle *e;
	uint32_t index;
	bool empty;
	int rc;

	if (fwi_self.callbacks != 0)
		return -EDEADLK;
	if (!fwi_ready())
		return -EBADF;
	index = fwi_handle_index(handle);
	e = &fwi_handles[index];
	rc = close_entry(v, e);
	if (rc != 0)
		return rc;
	fwi_membarrier();
	empty = wait_empty(v, index, forever, timeout_us);
	fwi_ctl_lock();
	empty |= in_flight(index) == 0; /* another destroyer may have seen so and left it to us */
	e->destroyers--;
	if (empty && e->destroyers == 0)
		__atomic_store_n(&e->closing, 0, __ATOMIC_RELEASE);
	fwi_ctl_unlock();
	return empty ? 0 : -ETIMEDOUT;
}

NTSTATUS
FwpsInjectionHandleDestroy0(HANDLE injectionHandle)
{
	switch (destroy(injectionHandle, true, 0)) {
	case 0:
		return STATUS_SUCCESS;
	case -EDEADLK:
		return STATUS_INVALID_DEVICE_STATE;
	default:
		return STATUS_INVALID_HANDLE;
	}
}

int
fwpdk_handle_destroy(void *handle, uint64_t timeout_us)
{
	return destroy(handle, false, timeout_us);
}
