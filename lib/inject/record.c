/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <rte_branch_prediction.h>

#include "inject/record.h"

void
fwi_history_push(NET_BUFFER_LIST *nbl, uint64_t next_handle)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	struct fwi_history *h = FWI_NBL(nbl)->history;
	unsigned i;

	/* The slot that goes: the coming handle's own, else a free one, else the oldest. */
	for (i = 0; i < FWI_HISTORY_MAX - 1; i++)
		if (h[i].handle == next_handle || h[i].handle == 0)
			break;
	memmove(&h[1], &h[0], i * sizeof(h[0]));
	h[0].handle = hot->handle;
	h[0].context = hot->inj_context;
}

FWPS_PACKET_INJECTION_STATE
FwpsQueryPacketInjectionState0(
	HANDLE injectionHandle, const NET_BUFFER_LIST *netBufferList, HANDLE *injectionContext)
{
	const struct fwi_nbl_hot *hot = (const void *)netBufferList;
	uint64_t handle = (uintptr_t)injectionHandle;
	const struct fwi_history *h;
	unsigned i;

	if (injectionContext != NULL)
		*injectionContext = NULL;
	if (hot == NULL || hot->handle == 0)
		return FWPS_PACKET_NOT_INJECTED;
	if (hot->handle == handle) {
		if (injectionContext != NULL)
			*injectionContext = hot->inj_context;
		return FWPS_PACKET_INJECTED_BY_SELF;
	}
	h = ((const struct fwi_nbl *)(const void *)netBufferList)->history;
	for (i = 0; i < FWI_HISTORY_MAX && h[i].handle != 0; i++) {
		if (h[i].handle != handle)
			continue;
		if (injectionContext != NULL)
			*injectionContext = h[i].context;
		return FWPS_PACKET_PREVIOUSLY_INJECTED_BY_SELF;
	}
	return FWPS_PACKET_INJECTED_BY_OTHER;
}
