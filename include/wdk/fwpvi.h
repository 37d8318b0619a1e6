/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Names without number: each stands for the newest numbered one that
 * NTDDI_VERSION allows.
 *
 * The TransportSend and MAC families, of which there are several versions, join when
 * the library has them.
 */
#ifndef FWPDK_WDK_FWPVI_H
#define FWPDK_WDK_FWPVI_H

#include <sdkddkver.h>

/** @name Values and classify structures */
/** @{ */
#define FWP_VALUE		      FWP_VALUE0
#define FWPS_INCOMING_VALUE	      FWPS_INCOMING_VALUE0
#define FWPS_INCOMING_VALUES	      FWPS_INCOMING_VALUES0
#define FWPS_CLASSIFY_OUT	      FWPS_CLASSIFY_OUT0
#define FWPS_INCOMING_METADATA_VALUES FWPS_INCOMING_METADATA_VALUES0
#define FWPS_DISCARD_METADATA	      FWPS_DISCARD_METADATA0
/** @} */

/** @name Injection */
/** @{ */
#define FWPS_INJECT_COMPLETE		      FWPS_INJECT_COMPLETE0
#define FwpsInjectionHandleCreate	      FwpsInjectionHandleCreate0
#define FwpsInjectionHandleDestroy	      FwpsInjectionHandleDestroy0
#define FwpsInjectNetworkSendAsync	      FwpsInjectNetworkSendAsync0
#define FwpsInjectNetworkReceiveAsync	      FwpsInjectNetworkReceiveAsync0
#define FwpsInjectForwardAsync		      FwpsInjectForwardAsync0
#define FwpsQueryPacketInjectionState	      FwpsQueryPacketInjectionState0
#define FwpsAllocateNetBufferAndNetBufferList FwpsAllocateNetBufferAndNetBufferList0
#define FwpsFreeNetBufferList		      FwpsFreeNetBufferList0
#define FwpsAllocateCloneNetBufferList	      FwpsAllocateCloneNetBufferList0
#define FwpsFreeCloneNetBufferList	      FwpsFreeCloneNetBufferList0
#define FwpsReferenceNetBufferList	      FwpsReferenceNetBufferList0
#define FwpsDereferenceNetBufferList	      FwpsDereferenceNetBufferList0
/** @} */

/** @name Management */
/** @{ */
#define FWP_CONDITION_VALUE	FWP_CONDITION_VALUE0
#define FWP_RANGE		FWP_RANGE0
#define FWPM_SESSION		FWPM_SESSION0
#define FWPM_PROVIDER		FWPM_PROVIDER0
#define FWPM_SUBLAYER		FWPM_SUBLAYER0
#define FWPM_CALLOUT		FWPM_CALLOUT0
#define FWPM_FILTER		FWPM_FILTER0
#define FWPM_FILTER_CONDITION	FWPM_FILTER_CONDITION0
#define FWPM_ACTION		FWPM_ACTION0
#define FWPM_DISPLAY_DATA	FWPM_DISPLAY_DATA0
#define FwpmEngineOpen		FwpmEngineOpen0
#define FwpmEngineClose		FwpmEngineClose0
#define FwpmTransactionBegin	FwpmTransactionBegin0
#define FwpmTransactionCommit	FwpmTransactionCommit0
#define FwpmTransactionAbort	FwpmTransactionAbort0
#define FwpmProviderAdd		FwpmProviderAdd0
#define FwpmProviderDeleteByKey FwpmProviderDeleteByKey0
#define FwpmProviderGetByKey	FwpmProviderGetByKey0
#define FwpmSubLayerAdd		FwpmSubLayerAdd0
#define FwpmSubLayerDeleteByKey FwpmSubLayerDeleteByKey0
#define FwpmSubLayerGetByKey	FwpmSubLayerGetByKey0
#define FwpmCalloutAdd		FwpmCalloutAdd0
#define FwpmCalloutDeleteByKey	FwpmCalloutDeleteByKey0
#define FwpmCalloutDeleteById	FwpmCalloutDeleteById0
#define FwpmCalloutGetByKey	FwpmCalloutGetByKey0
#define FwpmFilterAdd		FwpmFilterAdd0
#define FwpmFilterDeleteByKey	FwpmFilterDeleteByKey0
#define FwpmFilterDeleteById	FwpmFilterDeleteById0
#define FwpmFilterGetById	FwpmFilterGetById0
#define FwpmFilterGetByKey	FwpmFilterGetByKey0
#define FwpmFreeMemory		FwpmFreeMemory0
/** @} */

/** @name Callouts: version 3 from Windows 10 1709 on, 2 from 8, 1 from 7 */
/** @{ */
#if NTDDI_VERSION >= NTDDI_WIN10_RS3
#define FWPS_CALLOUT		 FWPS_CALLOUT3
#define FWPS_FILTER		 FWPS_FILTER3
#define FWPS_CALLOUT_CLASSIFY_FN FWPS_CALLOUT_CLASSIFY_FN3
#define FWPS_CALLOUT_NOTIFY_FN	 FWPS_CALLOUT_NOTIFY_FN3
#define FwpsCalloutRegister	 FwpsCalloutRegister3
#elif NTDDI_VERSION >= NTDDI_WIN8
#define FWPS_CALLOUT		 FWPS_CALLOUT2
#define FWPS_FILTER		 FWPS_FILTER2
#define FWPS_CALLOUT_CLASSIFY_FN FWPS_CALLOUT_CLASSIFY_FN2
#define FWPS_CALLOUT_NOTIFY_FN	 FWPS_CALLOUT_NOTIFY_FN2
#define FwpsCalloutRegister	 FwpsCalloutRegister2
#elif NTDDI_VERSION >= NTDDI_WIN7
#define FWPS_CALLOUT		 FWPS_CALLOUT1
#define FWPS_FILTER		 FWPS_FILTER1
#define FWPS_CALLOUT_CLASSIFY_FN FWPS_CALLOUT_CLASSIFY_FN1
#define FWPS_CALLOUT_NOTIFY_FN	 FWPS_CALLOUT_NOTIFY_FN1
#define FwpsCalloutRegister	 FwpsCalloutRegister1
#else
#define FWPS_CALLOUT		 FWPS_CALLOUT0
#define FWPS_FILTER		 FWPS_FILTER0
#define FWPS_CALLOUT_CLASSIFY_FN FWPS_CALLOUT_CLASSIFY_FN0
#define FWPS_CALLOUT_NOTIFY_FN	 FWPS_CALLOUT_NOTIFY_FN0
#define FwpsCalloutRegister	 FwpsCalloutRegister0
#endif
#define FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0
#define FWPS_ACTION			   FWPS_ACTION0
#define FWPS_FILTER_CONDITION		   FWPS_FILTER_CONDITION0
#define FwpsCalloutUnregisterById	   FwpsCalloutUnregisterById0
#define FwpsCalloutUnregisterByKey	   FwpsCalloutUnregisterByKey0
#define FwpsFlowAssociateContext	   FwpsFlowAssociateContext0
#define FwpsFlowRemoveContext		   FwpsFlowRemoveContext0
#define FwpsFlowAbort			   FwpsFlowAbort0
/** @} */

/** @name Transport send parameters: version 1 from Windows 7 on */
/** @{ */
#if NTDDI_VERSION >= NTDDI_WIN7
#define FWPS_TRANSPORT_SEND_PARAMS FWPS_TRANSPORT_SEND_PARAMS1
#else
#define FWPS_TRANSPORT_SEND_PARAMS FWPS_TRANSPORT_SEND_PARAMS0
#endif
/** @} */

#endif
