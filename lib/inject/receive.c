/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: FwpsInjectNetworkReceiveAsync0, FwpsInjectForwardAsync0. */
#include <fwpsk.h>

#include "inject/accept.h"

NTSTATUS
FwpsInjectNetworkReceiveAsync0(HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags,
	COMPARTMENT_ID compartmentId, IF_INDEX interfaceIndex, IF_INDEX subInterfaceIndex,
	NET_BUFFER_LIST *netBufferList, FWPS_INJECT_COMPLETE0 completionFn,
	HANDLE completionContext)
{
	struct fwi_call c;

	UNREFERENCED_PARAMETER(subInterfaceIndex); /* interfaces have no parts here */
	c.handle = injectionHandle;
	c.flags = flags;
	c.compartment = compartmentId;
	c.nbl = netBufferList;
	c.req.complete = completionFn;
	c.req.context = completionContext;
	c.req.inj_context = injectionContext;
	c.req.path = FWI_PATH_RECEIVE;
	c.req.if_index = interfaceIndex;
	return fwi_call_run(&c);
}

NTSTATUS
FwpsInjectForwardAsync0(HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags,
	ADDRESS_FAMILY addressFamily, COMPARTMENT_ID compartmentId, IF_INDEX interfaceIndex,
	NET_BUFFER_LIST *netBufferList, FWPS_INJECT_COMPLETE0 completionFn,
	HANDLE completionContext)
{
	struct fwi_call c;

	c.handle = injectionHandle;
	c.flags = flags;
	c.compartment = compartmentId;
	c.nbl = netBufferList;
	c.req.complete = completionFn;
	c.req.context = completionContext;
	c.req.inj_context = injectionContext;
	c.req.path = FWI_PATH_FORWARD;
	c.req.if_index = interfaceIndex;
	c.family = addressFamily;
	return fwi_call_run(&c);
}
