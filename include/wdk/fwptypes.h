/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Values of the filtering platform: direction, data types, FWP_VALUE0. */
#ifndef FWPDK_WDK_FWPTYPES_H
#define FWPDK_WDK_FWPTYPES_H

#include <ntdef.h>
#include <sdkddkver.h>

typedef enum FWP_DIRECTION_ {
	FWP_DIRECTION_OUTBOUND = 0,
	FWP_DIRECTION_INBOUND = 1,
	FWP_DIRECTION_MAX = 2
} FWP_DIRECTION;

typedef enum FWP_IP_VERSION_ {
	FWP_IP_VERSION_V4 = 0,
	FWP_IP_VERSION_V6 = 1,
	FWP_IP_VERSION_NONE = 2,
	FWP_IP_VERSION_MAX = 3
} FWP_IP_VERSION;

/** Which member of FWP_VALUE0 is valid. */
typedef enum FWP_DATA_TYPE_ {
	FWP_EMPTY = 0,
	FWP_UINT8 = 1,
	FWP_UINT16 = 2,
	FWP_UINT32 = 3,
	FWP_UINT64 = 4, /**< a pointer */
	FWP_INT8 = 5,
	FWP_INT16 = 6,
	FWP_INT32 = 7,
	FWP_INT64 = 8, /**< a pointer */
	FWP_FLOAT = 9,
	FWP_DOUBLE = 10,	    /**< a pointer */
	FWP_BYTE_ARRAY16_TYPE = 11, /**< a pointer */
	FWP_BYTE_BLOB_TYPE = 12,
	FWP_SID = 13,
	FWP_SECURITY_DESCRIPTOR_TYPE = 14,
	FWP_TOKEN_INFORMATION_TYPE = 15,
	FWP_TOKEN_ACCESS_INFORMATION_TYPE = 16,
	FWP_UNICODE_STRING_TYPE = 17,
	FWP_BYTE_ARRAY6_TYPE = 18 /**< a pointer */
} FWP_DATA_TYPE;

typedef struct FWP_BYTE_ARRAY6_ {
	UINT8 byteArray6[6];
} FWP_BYTE_ARRAY6;

typedef struct FWP_BYTE_ARRAY16_ {
	UINT8 byteArray16[16];
} FWP_BYTE_ARRAY16;

/** Counted bytes; who provides the blob owns the bytes. */
typedef struct FWP_BYTE_BLOB_ {
	UINT32 size; /**< bytes */
	UINT8 *data;
} FWP_BYTE_BLOB;

/** A tagged value. IPv4 addresses and ports are in host order, IPv6 in network order (R34). */
typedef struct FWP_VALUE0_ {
	FWP_DATA_TYPE type;
	union {
		UINT8 uint8;
		UINT16 uint16;
		UINT32 uint32;
		UINT64 *uint64;
		INT8 int8;
		INT16 int16;
		INT32 int32;
		INT64 *int64;
		float float32;
		double *double64;
		FWP_BYTE_ARRAY16 *byteArray16;
		FWP_BYTE_BLOB *byteBlob;
		FWP_BYTE_BLOB *sd;
		FWP_BYTE_BLOB *tokenAccessInformation;
		PVOID sid;
		PVOID tokenInformation;
		PWSTR unicodeString;
		FWP_BYTE_ARRAY6 *byteArray6;
	};
} FWP_VALUE0;

/** @name Actions of a classify */
/** @{ */
typedef UINT32 FWP_ACTION_TYPE;
#define FWP_ACTION_FLAG_TERMINATING	0x00001000u
#define FWP_ACTION_FLAG_NON_TERMINATING 0x00002000u
#define FWP_ACTION_FLAG_CALLOUT		0x00004000u
#define FWP_ACTION_BLOCK		0x00001001u
#define FWP_ACTION_PERMIT		0x00001002u
#define FWP_ACTION_CALLOUT_TERMINATING	0x00005003u
#define FWP_ACTION_CALLOUT_INSPECTION	0x00006004u
#define FWP_ACTION_CALLOUT_UNKNOWN	0x00004005u
#define FWP_ACTION_CONTINUE		0x00002006u
#define FWP_ACTION_NONE			0x00000007u
#define FWP_ACTION_NONE_NO_MATCH	0x00000008u
/** @} */

/** @name Condition flags */
/** @{ */
#define FWP_CONDITION_FLAG_IS_LOOPBACK		    0x00000001u
#define FWP_CONDITION_FLAG_IS_IPSEC_SECURED	    0x00000002u
#define FWP_CONDITION_FLAG_IS_REAUTHORIZE	    0x00000004u
#define FWP_CONDITION_FLAG_IS_WILDCARD_BIND	    0x00000008u
#define FWP_CONDITION_FLAG_IS_RAW_ENDPOINT	    0x00000010u
#define FWP_CONDITION_FLAG_IS_FRAGMENT		    0x00000020u
#define FWP_CONDITION_FLAG_IS_FRAGMENT_GROUP	    0x00000040u
#define FWP_CONDITION_FLAG_IS_IPSEC_NATT_RECLASSIFY 0x00000080u
#define FWP_CONDITION_FLAG_REQUIRES_ALE_CLASSIFY    0x00000100u
#define FWP_CONDITION_FLAG_IS_IMPLICIT_BIND	    0x00000200u
#define FWP_CONDITION_FLAG_IS_REASSEMBLED	    0x00000400u
#define FWP_CONDITION_FLAG_IS_OUTBOUND_PASS_THRU    0x00040000u
#define FWP_CONDITION_FLAG_IS_INBOUND_PASS_THRU	    0x00080000u
/** @} */

#endif
