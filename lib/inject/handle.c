/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: FwpsInjectionHandleCreate0 and the handle table. */
#include <errno.h>

#include <rte_eal.h>
#include <rte_malloc.h>

#include <fwpdk/handle.h>

#include "core/log.h"
#include "inject/handle.h"
#include "inject/inject.h"
#include "inject/telemetry.h"
#include "tx/poller.h"
#include "tx/stats.h"

#define ALL_TYPES                                                           \
	(FWPS_INJECTION_TYPE_STREAM | FWPS_INJECTION_TYPE_TRANSPORT |       \
		FWPS_INJECTION_TYPE_NETWORK | FWPS_INJECTION_TYPE_FORWARD | \
		FWPS_INJECTION_TYPE_L2)
#define TYPES_OF_ZERO \
	(FWPS_INJECTION_TYPE_STREAM | FWPS_INJECTION_TYPE_TRANSPORT | FWPS_INJECTION_TYPE_FORWARD)

struct fwi_handle *fwi_handles;
static uint32_t next_index;

int
fwi_inject_init(void)
{
	fwi_handles = rte_zmalloc("fwpdk_handles", fwi_config.max_handles * sizeof(*fwi_handles),
		RTE_CACHE_LINE_SIZE);
	if (fwi_handles == NULL)
		return -ENOMEM;
	next_index = 0;
	fwi_telemetry_register();
	return 0;
}

void
fwi_inject_fini(void)
{
	rte_free(fwi_handles);
	fwi_handles = NULL;
}

unsigned
fwi_inject_busy(void)
{
	unsigned i, n = 0;

	for (i = 0; i < fwi_config.max_handles; i++) {
		if ((fwi_handles[i].live | fwi_handles[i].closing) == 0)
			continue;
		FWI_LOG(inject, ERR, "injection handle 0x%lx is still alive",
			(unsigned long)(fwi_handles[i].live | fwi_handles[i].closing));
		n++;
	}
	return n;
}

NTSTATUS
fwi_handle_refusal(HANDLE h, unsigned version)
{
	const struct fwi_handle *e = &fwi_handles[fwi_handle_index(h)];
	uint64_t v = (uintptr_t)h;
	uint32_t types;

	if (v == 0)
		return STATUS_INVALID_HANDLE;
	if (__atomic_load_n(version == 4 ? &e->send4 : &e->send6, __ATOMIC_ACQUIRE) == v)
		return STATUS_SUCCESS;
	/* Why not? A handle that ends is closing before it stops matching, so ask in this order. */
	types = __atomic_load_n(&e->types, __ATOMIC_ACQUIRE);
	if (__atomic_load_n(&e->closing, __ATOMIC_ACQUIRE) == v)
		return STATUS_FWP_INJECT_HANDLE_CLOSING;
	if (__atomic_load_n(&e->live, __ATOMIC_ACQUIRE) != v)
		return STATUS_INVALID_HANDLE;
	return (types & FWPS_INJECTION_TYPE_NETWORK) == 0 ? STATUS_FWP_INJECT_HANDLE_STALE
							  : STATUS_INVALID_PARAMETER;
}

NTSTATUS
fwi_handle_forward_refusal(HANDLE h, unsigned version)
{
	const struct fwi_handle *e = &fwi_handles[fwi_handle_index(h)];
	uint64_t v = (uintptr_t)h;
	uint32_t types = __atomic_load_n(&e->types, __ATOMIC_ACQUIRE);
	uint16_t family = __atomic_load_n(&e->family, __ATOMIC_RELAXED);

	if (v == 0)
		return STATUS_INVALID_HANDLE;
	if (__atomic_load_n(&e->closing, __ATOMIC_ACQUIRE) == v)
		return STATUS_FWP_INJECT_HANDLE_CLOSING;
	if (__atomic_load_n(&e->live, __ATOMIC_ACQUIRE) != v)
		return STATUS_INVALID_HANDLE;
	if ((types & FWPS_INJECTION_TYPE_FORWARD) == 0)
		return STATUS_FWP_INJECT_HANDLE_STALE;
	return family == AF_UNSPEC || (family == AF_INET) == (version == 4)
		       ? STATUS_SUCCESS
		       : STATUS_INVALID_PARAMETER;
}

static NTSTATUS
arguments_check(ADDRESS_FAMILY family, UINT32 flags, HANDLE *out)
{
	if (out == NULL)
		return STATUS_FWP_NULL_POINTER;
	if ((flags & ~(UINT32)ALL_TYPES) != 0)
		return STATUS_FWP_INVALID_FLAGS;
	if (family != AF_UNSPEC && family != AF_INET && family != AF_INET6 &&
		family != WFP_AF_INET6)
		return STATUS_INVALID_PARAMETER;
	if (family == AF_UNSPEC && (flags & FWPS_INJECTION_TYPE_NETWORK) != 0)
		return STATUS_INVALID_PARAMETER;
	return STATUS_SUCCESS;
}

/* Oldest free entry first, so that a stale value stays invalid for long. */
static struct fwi_handle *
entry_take(uint32_t *index)
{
	uint32_t i;

	for (i = 0; i < fwi_config.max_handles; i++) {
		*index = (next_index + i) & (fwi_config.max_handles - 1);
		if ((fwi_handles[*index].live | fwi_handles[*index].closing) == 0) {
			next_index = *index + 1;
			return &fwi_handles[*index];
		}
	}
	return NULL;
}

static void
entry_fill(struct fwi_handle *e, uint32_t index, ADDRESS_FAMILY family, UINT32 flags, HANDLE *out)
{
	bool network = (flags & FWPS_INJECTION_TYPE_NETWORK) != 0;
	struct fwi_totals t;
	uint64_t v;

	fwi_handle_totals(index, &t);
	e->base_in = t.injected;
	e->base_out = t.completed;
	e->generation++;
	__atomic_store_n(&e->types, flags != 0 ? flags : TYPES_OF_ZERO, __ATOMIC_RELAXED);
	__atomic_store_n(&e->family, family, __ATOMIC_RELAXED);
	v = e->generation << 16 | index;
	__atomic_store_n(&e->send4, network && family == AF_INET ? v : 0, __ATOMIC_RELAXED);
	__atomic_store_n(&e->send6, network && family != AF_INET ? v : 0, __ATOMIC_RELAXED);
	fwi_may_send(index, e->send4, e->send6);
	__atomic_store_n(&e->live, v, __ATOMIC_RELEASE);
	*out = (HANDLE)(uintptr_t)v;
}

NTSTATUS
FwpsInjectionHandleCreate0(ADDRESS_FAMILY addressFamily, UINT32 flags, HANDLE *injectionHandle)
{
	NTSTATUS status = arguments_check(addressFamily, flags, injectionHandle);
	struct fwi_handle *e;
	uint32_t index;

	if (status != STATUS_SUCCESS)
		return status;
	if (rte_eal_process_type() == RTE_PROC_SECONDARY)
		return STATUS_NOT_SUPPORTED;
	if (!fwi_ready())
		return STATUS_FWP_TCPIP_NOT_READY;
	fwi_ctl_lock();
	e = entry_take(&index);
	if (e == NULL)
		status = STATUS_INSUFFICIENT_RESOURCES;
	else
		entry_fill(e, index, addressFamily, flags, injectionHandle);
	fwi_ctl_unlock();
	return status;
}

int
fwpdk_handle_next(unsigned n, struct fwpdk_handle_info *info)
{
	const struct fwi_handle *e;
	struct fwi_totals t;
	uint32_t i;
	int rc = -ENOENT;

	if (!FWI_SIZE_OK(info, struct fwpdk_handle_info))
		return -EINVAL;
	if (!fwi_ready())
		return -ENOENT;
	fwi_ctl_lock();
	for (i = 0; i < fwi_config.max_handles && rc != 0; i++) {
		e = &fwi_handles[i];
		if ((e->live | e->closing) == 0 || n-- != 0)
			continue;
		fwi_handle_totals(i, &t);
		info->handle = (void *)(uintptr_t)(e->live | e->closing);
		info->family = e->family;
		info->types = e->types;
		info->closing = e->closing != 0;
		info->injected = t.injected - e->base_in;
		info->completed = t.completed - e->base_out;
		info->in_flight = t.injected - t.completed;
		rc = 0;
	}
	fwi_ctl_unlock();
	return rc;
}
