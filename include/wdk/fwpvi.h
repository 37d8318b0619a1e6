/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Names without number: each stands for the newest numbered one that
 * NTDDI_VERSION allows.
 *
 * The TransportSend, MAC and callout families, of which there are several
 * versions, join when the library has them.
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

/** @name Transport send parameters: version 1 from Windows 7 on */
/** @{ */
#if NTDDI_VERSION >= NTDDI_WIN7
#define FWPS_TRANSPORT_SEND_PARAMS FWPS_TRANSPORT_SEND_PARAMS1
#else
#define FWPS_TRANSPORT_SEND_PARAMS FWPS_TRANSPORT_SEND_PARAMS0
#endif
/** @} */

#endif
