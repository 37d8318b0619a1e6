/* SPDX-License-Identifier: BSD-3-Clause */
/* Built once per NTDDI_VERSION: what the unnumbered names stand for there. */
#include <fwpmk.h>
#include <fwpsk.h>

#include "alias.h"

#define STR(x)	#x
#define XSTR(x) STR(x)

const struct alias ALIAS = {
	.version = NTDDI_VERSION,
	.send_params = XSTR(FWPS_TRANSPORT_SEND_PARAMS),
	.send_params_size = sizeof(FWPS_TRANSPORT_SEND_PARAMS),
	.callout_register = XSTR(FwpsCalloutRegister),
	.names =
		{
			XSTR(FwpsInjectionHandleCreate),
			XSTR(FwpsInjectionHandleDestroy),
			XSTR(FwpsInjectNetworkSendAsync),
			XSTR(FwpsQueryPacketInjectionState),
			XSTR(FwpsAllocateNetBufferAndNetBufferList),
			XSTR(FwpsFreeNetBufferList),
			XSTR(FwpsAllocateCloneNetBufferList),
			XSTR(FwpsFreeCloneNetBufferList),
			XSTR(FwpsReferenceNetBufferList),
			XSTR(FwpsDereferenceNetBufferList),
			XSTR(FWPS_INJECT_COMPLETE),
			XSTR(FWPS_INCOMING_VALUES),
			XSTR(FWPS_INCOMING_METADATA_VALUES),
			XSTR(FWPS_CLASSIFY_OUT),
			XSTR(FWP_VALUE),
			XSTR(FwpmEngineOpen),
			XSTR(FwpmFilterAdd),
			XSTR(FWPM_FILTER),
			XSTR(FwpsCalloutUnregisterById),
			XSTR(FwpsFlowAssociateContext),
			0,
		},
};

/* The unnumbered names are usable as what they are. */
_Static_assert(sizeof(FWPS_INCOMING_VALUES) == 16, "");
_Static_assert(sizeof(FWPS_CLASSIFY_OUT) == 40, "");
_Static_assert(sizeof(FWP_VALUE) == 16, "");
_Static_assert(__builtin_types_compatible_p(__typeof__(&FwpsInjectNetworkSendAsync),
		       __typeof__(&FwpsInjectNetworkSendAsync0)),
	"");
_Static_assert(__builtin_types_compatible_p(FWPS_INJECT_COMPLETE, FWPS_INJECT_COMPLETE0), "");
_Static_assert(sizeof(FWPS_CALLOUT) == 48, "");
_Static_assert(sizeof(FWPS_FILTER) == 64, "");
_Static_assert(sizeof(((FWPS_CALLOUT *)0)->classifyFn) == sizeof(FWPS_CALLOUT_CLASSIFY_FN), "");
_Static_assert(sizeof(FWPM_SESSION) > 0 && sizeof(FWPM_CALLOUT) > 0, "");
