/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Structures of the classify side that carry what an injector needs. */
#ifndef FWPDK_WDK_FWPSTYPES_H
#define FWPDK_WDK_FWPSTYPES_H

#include <fwptypes.h>

/** One classify value. */
typedef struct FWPS_INCOMING_VALUE0_ {
	FWP_VALUE0 value;
} FWPS_INCOMING_VALUE0;

/** The values of a layer, indexed by FWPS_FIELD_<layer>_<field>. */
typedef struct FWPS_INCOMING_VALUES0_ {
	UINT16 layerId;
	UINT32 valueCount;
	FWPS_INCOMING_VALUE0 *incomingValue; /**< valid during the classify only */
} FWPS_INCOMING_VALUES0;

/** The verdict of a classify. */
typedef struct FWPS_CLASSIFY_OUT0_ {
	FWP_ACTION_TYPE actionType; /**< FWP_ACTION_* */
	UINT64 outContext;	    /**< the engine's */
	UINT64 filterId;	    /**< the engine's */
	UINT32 rights;		    /**< FWPS_RIGHT_* */
	UINT32 flags;		    /**< FWPS_CLASSIFY_OUT_FLAG_* */
	UINT32 reserved;	    /**< the engine's */
} FWPS_CLASSIFY_OUT0;

#define FWPS_RIGHT_ACTION_WRITE 0x00000001u

/** @name Flags of FWPS_CLASSIFY_OUT0 */
/** @{ */
#define FWPS_CLASSIFY_OUT_FLAG_ABSORB		       0x00000001u /**< with BLOCK only (R124) */
#define FWPS_CLASSIFY_OUT_FLAG_BUFFER_LIMIT_REACHED    0x00000002u
#define FWPS_CLASSIFY_OUT_FLAG_NO_MORE_DATA	       0x00000004u
#define FWPS_CLASSIFY_OUT_FLAG_ALE_FAST_CACHE_CHECK    0x00000008u
#define FWPS_CLASSIFY_OUT_FLAG_ALE_FAST_CACHE_POSSIBLE 0x00000010u
/** @} */

#define FWPS_FILTER_FLAG_CLEAR_ACTION_RIGHT		0x0001u
#define FWPS_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED 0x0002u
#define FWPS_FILTER_FLAG_OR_CONDITIONS			0x0004u /**< never set */

/** What a filter does. */
typedef struct FWPS_ACTION0_ {
	FWP_ACTION_TYPE type; /**< FWP_ACTION_* */
	UINT32 calloutId;     /**< of callout actions */
} FWPS_ACTION0;

/** One condition of a filter. */
typedef struct FWPS_FILTER_CONDITION0_ {
	UINT16 fieldId; /**< FWPS_FIELD_<layer>_<field> */
	UINT16 reserved;
	FWP_MATCH_TYPE matchType;
	FWP_CONDITION_VALUE0 conditionValue;
} FWPS_FILTER_CONDITION0;

struct FWPM_PROVIDER_CONTEXT_;

/** A filter as its callout sees it. The library's, but for context. */
typedef struct FWPS_FILTER0_ {
	UINT64 filterId;
	FWP_VALUE0 weight; /**< FWP_UINT64: the effective weight */
	UINT16 subLayerWeight;
	UINT16 flags; /**< FWPS_FILTER_FLAG_* */
	UINT32 numFilterConditions;
	FWPS_FILTER_CONDITION0 *filterCondition;
	FWPS_ACTION0 action;
	UINT64 context; /**< FWPM_FILTER0.rawContext, then what notifyFn made of it */
	struct FWPM_PROVIDER_CONTEXT_ *providerContext; /**< NULL: there are none */
} FWPS_FILTER0;
typedef FWPS_FILTER0 FWPS_FILTER1, FWPS_FILTER2, FWPS_FILTER3;

/** @name Run-time layers
 * The number after an IP-version pair's member is its discard variant. */
/** @{ */
#define FWPS_LAYER_INBOUND_IPPACKET_V4		0
#define FWPS_LAYER_INBOUND_IPPACKET_V4_DISCARD	1
#define FWPS_LAYER_INBOUND_IPPACKET_V6		2
#define FWPS_LAYER_INBOUND_IPPACKET_V6_DISCARD	3
#define FWPS_LAYER_OUTBOUND_IPPACKET_V4		4
#define FWPS_LAYER_OUTBOUND_IPPACKET_V4_DISCARD 5
#define FWPS_LAYER_OUTBOUND_IPPACKET_V6		6
#define FWPS_LAYER_OUTBOUND_IPPACKET_V6_DISCARD 7
#define FWPS_LAYER_IPFORWARD_V4			8
#define FWPS_LAYER_IPFORWARD_V4_DISCARD		9
#define FWPS_LAYER_IPFORWARD_V6			10
#define FWPS_LAYER_IPFORWARD_V6_DISCARD		11
#define FWPS_LAYER_INBOUND_TRANSPORT_V4		12
#define FWPS_LAYER_INBOUND_TRANSPORT_V6		14
#define FWPS_LAYER_OUTBOUND_TRANSPORT_V4	16
#define FWPS_LAYER_OUTBOUND_TRANSPORT_V6	18
#define FWPS_LAYER_STREAM_V4			20
#define FWPS_LAYER_STREAM_V6			22
#define FWPS_LAYER_DATAGRAM_DATA_V4		24
#define FWPS_LAYER_DATAGRAM_DATA_V6		26
#define FWPS_LAYER_INBOUND_ICMP_ERROR_V4	28
#define FWPS_LAYER_INBOUND_ICMP_ERROR_V6	30
#define FWPS_LAYER_OUTBOUND_ICMP_ERROR_V4	32
#define FWPS_LAYER_OUTBOUND_ICMP_ERROR_V6	34
#define FWPS_LAYER_INBOUND_MAC_FRAME_ETHERNET	56
#define FWPS_LAYER_OUTBOUND_MAC_FRAME_ETHERNET	57
#define FWPS_LAYER_INBOUND_MAC_FRAME_NATIVE	58
#define FWPS_LAYER_OUTBOUND_MAC_FRAME_NATIVE	59
#define FWPS_LAYER_INGRESS_VSWITCH_ETHERNET	72
#define FWPS_LAYER_EGRESS_VSWITCH_ETHERNET	73
#define FWPS_LAYER_NON_WFP			0xFFFF
/** @} */

#endif
