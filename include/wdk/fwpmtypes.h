/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Objects of the management side. What a caller hands in is copied; what a Get function hands out
 * is one block that FwpmFreeMemory0() frees.
 */
#ifndef FWPDK_WDK_FWPMTYPES_H
#define FWPDK_WDK_FWPMTYPES_H

#include <fwptypes.h>

typedef PVOID PSECURITY_DESCRIPTOR; /**< of no meaning here */

/** Names for people; name is required and may be empty. */
typedef struct FWPM_DISPLAY_DATA0_ {
	wchar_t *name;
	wchar_t *description; /**< or NULL */
} FWPM_DISPLAY_DATA0;

#define FWPM_SESSION_FLAG_DYNAMIC 0x00000001u /**< its objects go with it */

/** A session; FwpmEngineOpen0() reads flags and txnWaitTimeoutInMSec. */
typedef struct FWPM_SESSION0_ {
	GUID sessionKey;
	FWPM_DISPLAY_DATA0 displayData;
	UINT32 flags;		     /**< FWPM_SESSION_FLAG_* */
	UINT32 txnWaitTimeoutInMSec; /**< 0 = 15 s; 0xFFFFFFFF = for ever */
	UINT32 processId;
	PVOID sid;
	wchar_t *username;
	BOOL kernelMode;
} FWPM_SESSION0;

/** Flag of FwpmTransactionBegin0(): nothing is going to be changed. */
#define FWPM_TXN_READ_ONLY 0x00000001u

#define FWPM_PROVIDER_FLAG_PERSISTENT 0x00000001u /**< not supported */
#define FWPM_PROVIDER_FLAG_DISABLED   0x00000010u /**< set by the engine only */

/** Somebody who has objects. */
typedef struct FWPM_PROVIDER0_ {
	GUID providerKey; /**< all zero: one is made up */
	FWPM_DISPLAY_DATA0 displayData;
	UINT32 flags; /**< 0 */
	FWP_BYTE_BLOB providerData;
	wchar_t *serviceName; /**< or NULL */
} FWPM_PROVIDER0;

#define FWPM_SUBLAYER_FLAG_PERSISTENT  0x00000001u /**< not supported */
#define FWPM_SUBLAYER_UNIVERSAL_WEIGHT 32768	   /**< of the built-in FWPM_SUBLAYER_UNIVERSAL */

/** A group of filters that comes to one decision; see arbitration in the guide. */
typedef struct FWPM_SUBLAYER0_ {
	GUID subLayerKey; /**< all zero: one is made up */
	FWPM_DISPLAY_DATA0 displayData;
	UINT32 flags;	   /**< 0 */
	GUID *providerKey; /**< or NULL */
	FWP_BYTE_BLOB providerData;
	UINT16 weight; /**< the heavier is asked first; of equals the older */
} FWPM_SUBLAYER0;

#define FWPM_CALLOUT_FLAG_PERSISTENT		0x00010000u /**< not supported */
#define FWPM_CALLOUT_FLAG_USES_PROVIDER_CONTEXT 0x00020000u /**< accepted: filters have none */
#define FWPM_CALLOUT_FLAG_REGISTERED		0x00040000u /**< set by the engine: it is registered */

/** A callout that filters may name. */
typedef struct FWPM_CALLOUT0_ {
	GUID calloutKey; /**< that of FwpsCalloutRegister0(); all zero: one is made up */
	FWPM_DISPLAY_DATA0 displayData;
	UINT32 flags;	   /**< FWPM_CALLOUT_FLAG_* */
	GUID *providerKey; /**< or NULL */
	FWP_BYTE_BLOB providerData;
	GUID applicableLayer; /**< its filters are of this layer */
	UINT32 calloutId;     /**< out of Get */
} FWPM_CALLOUT0;

/** What a filter does. */
typedef struct FWPM_ACTION0_ {
	FWP_ACTION_TYPE type; /**< BLOCK, PERMIT, CALLOUT_TERMINATING, _INSPECTION, _UNKNOWN */
	union {
		GUID filterType;
		GUID calloutKey; /**< of callout actions */
	};
} FWPM_ACTION0;

/** One test. Tests of the same field: one is enough. Of different fields: all are needed. */
typedef struct FWPM_FILTER_CONDITION0_ {
	GUID fieldKey; /**< FWPM_CONDITION_* */
	FWP_MATCH_TYPE matchType;
	FWP_CONDITION_VALUE0 conditionValue;
} FWPM_FILTER_CONDITION0;

/** @name Flags of a filter */
/** @{ */
#define FWPM_FILTER_FLAG_NONE				0x00000000u
#define FWPM_FILTER_FLAG_PERSISTENT			0x00000001u /**< not supported */
#define FWPM_FILTER_FLAG_BOOTTIME			0x00000002u /**< not supported */
#define FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT		0x00000004u /**< not supported */
#define FWPM_FILTER_FLAG_CLEAR_ACTION_RIGHT		0x00000008u /**< a permit is a hard one */
#define FWPM_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED 0x00000010u
#define FWPM_FILTER_FLAG_DISABLED			0x00000020u /**< set by the engine only */
#define FWPM_FILTER_FLAG_INDEXED			0x00000040u /**< accepted, no effect */
/** @} */

/** A filter: which packets of a layer, and what becomes of them. */
typedef struct FWPM_FILTER0_ {
	GUID filterKey; /**< all zero: one is made up */
	FWPM_DISPLAY_DATA0 displayData;
	UINT32 flags;	   /**< FWPM_FILTER_FLAG_* */
	GUID *providerKey; /**< or NULL */
	FWP_BYTE_BLOB providerData;
	GUID layerKey;
	GUID subLayerKey;  /**< all zero: FWPM_SUBLAYER_UNIVERSAL */
	FWP_VALUE0 weight; /**< FWP_UINT64: it; FWP_UINT8 0..15: a range, the more specific filter
			      is the heavier in it; FWP_EMPTY: range 0 */
	UINT32 numFilterConditions; /**< 0 = every packet */
	FWPM_FILTER_CONDITION0 *filterCondition;
	FWPM_ACTION0 action;
	union {
		UINT64 rawContext; /**< first value of FWPS_FILTER0.context */
		GUID providerContextKey;
	};
	GUID *reserved;		    /**< NULL */
	UINT64 filterId;	    /**< out of Get */
	FWP_VALUE0 effectiveWeight; /**< out of Get, FWP_UINT64 */
} FWPM_FILTER0;

#endif
