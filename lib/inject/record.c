/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_branch_prediction.h>

#include "inject/record.h"

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
