/* SPDX-License-Identifier: BSD-3-Clause */
/* What was injected and what completed, counted without the library. */
#include <stdio.h>

#include <ndis.h>

#include "soak.h"

struct soak_ledger soak;

static __thread uint64_t my_random;
static __thread int depth, in_inject;

void
soak_count(struct soak_status *table, unsigned n, uint32_t status)
{
	uint32_t none;
	unsigned i;

	for (i = 0; i < n; i++) {
		none = 0;
		if (LOAD(table[i].status) == status + 1 ||
			__atomic_compare_exchange_n(&table[i].status, &none, status + 1, false,
				__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ||
			none == status + 1) {
			ADD(table[i].count, 1);
			return;
		}
	}
	ADD(soak.implausible, 1);
}

bool
soak_full(void)
{
	return LOAD(soak.due) - LOAD(soak.refused) >=
	       RTE_MIN(soak_target, LOAD(soak.disturbances) * SOAK_PER_DISTURBANCE);
}

struct soak_handle *
soak_handle_any(bool v6, uint64_t *random)
{
	return LOAD(soak_slots[v6][soak_below(random, SOAK_SLOTS)]);
}

static bool
plausible(const struct soak_item *item, NTSTATUS status)
{
	switch ((uint32_t)status) {
	case STATUS_SUCCESS:
		return !item->oversize;
	case STATUS_INVALID_BUFFER_SIZE:
		return item->oversize;
	case STATUS_REQUEST_ABORTED:
	case STATUS_INVALID_DEVICE_STATE:
	case STATUS_DATA_NOT_ACCEPTED:
	case NDIS_STATUS_MEDIA_DISCONNECTED:
	case STATUS_NETWORK_UNREACHABLE:
	case STATUS_HOST_UNREACHABLE:
		return true;
	default:
		return false;
	}
}

static bool
refusal_plausible(NTSTATUS status)
{
	switch ((uint32_t)status) {
	case STATUS_INSUFFICIENT_RESOURCES:
	case STATUS_FWP_INJECT_HANDLE_CLOSING:
	case STATUS_INVALID_HANDLE:
	case STATUS_FWP_TCPIP_NOT_READY:
		return true;
	default:
		return false;
	}
}

/* Nothing was taken: the items are as before and nobody calls for them (P2). */
static void
refused(struct soak_item **item, unsigned n, NTSTATUS status)
{
	unsigned i;

	if (!refusal_plausible(status))
		ADD(soak.implausible, 1);
	soak_count(soak.refusals, RTE_DIM(soak.refusals), (uint32_t)status);
	for (i = 0; i < n; i++) {
		if (item[i]->nbl->Next != (i + 1 < n ? item[i + 1]->nbl : NULL) ||
			!soak_item_same(item[i]))
			ADD(soak.changed, 1);
		item[i]->nbl->Next = NULL;
		if (ADD(item[i]->due, -1u) - 1 != LOAD(item[i]->done))
			ADD(soak.doubled, 1);
		STORE(item[i]->state, ITEM_FREE);
	}
	ADD(soak.refused, n);
}

void
soak_inject(struct soak_item **item, unsigned n, struct soak_handle *handle)
{
	NTSTATUS status;
	unsigned i;

	for (i = 0; i < n; i++) {
		item[i]->handle = handle;
		item[i]->context = item[0];
		item[i]->nbl->Next = i + 1 < n ? item[i + 1]->nbl : NULL;
		ADD(item[i]->due, 1);
		STORE(item[i]->state, ITEM_OUT);
	}
	ADD(soak.due, n);
	in_inject++;
	status = FwpsInjectNetworkSendAsync0(handle->h, item[0], 0, UNSPECIFIED_COMPARTMENT_ID,
		item[0]->nbl, soak_completed, item[0]);
	in_inject--;
	if (status != STATUS_SUCCESS)
		refused(item, n, status);
	else if (n > 1)
		ADD(soak.chained, n);
}

static bool
inject_again(struct soak_item *item)
{
	if (my_random == 0)
		my_random = soak_seed + (uint64_t)(uintptr_t)&my_random;
	if (LOAD(soak_still) || LOAD(soak_stop) || soak_full() || !soak_one_in(&my_random, 4))
		return false;
	ADD(soak.again, 1);
	soak_inject(&item, 1, soak_handle_any(item->v6, &my_random));
	return true;
}

VOID NTAPI
soak_completed(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	struct soak_item *item = nbl->ProtocolReserved[0];
	uint32_t done = ADD(item->done, 1) + 1;

	(void)dispatch;
	depth++;
	if (done != LOAD(item->due) || LOAD(item->state) != ITEM_OUT)
		ADD(soak.doubled, 1);
	if (context != item->context || nbl != item->nbl || nbl->Next != NULL || depth != 1 ||
		in_inject != 0 || !plausible(item, nbl->Status))
		ADD(soak.implausible, 1);
	if (!soak_item_same(item))
		ADD(soak.changed, 1);
	soak_count(soak.completed, RTE_DIM(soak.completed), (uint32_t)nbl->Status);
	ADD(item->handle->done, 1);
	if (LOAD(item->handle->dead))
		ADD(soak.late, 1);
	ADD(soak.done, 1);
	if (!inject_again(item))
		STORE(item->state, ITEM_FREE);
	depth--;
}
