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
	FWP_BYTE_ARRAY6_TYPE = 18, /**< a pointer */
	FWP_SINGLE_DATA_TYPE_MAX = 0xff,
	FWP_V4_ADDR_MASK = 0x100, /**< conditions only, as the two below; a pointer */
	FWP_V6_ADDR_MASK = 0x101, /**< a pointer */
	FWP_RANGE_TYPE = 0x102,	  /**< a pointer */
	FWP_DATA_TYPE_MAX = 0x103
} FWP_DATA_TYPE;

/** How a condition compares a packet's value (left) with its own (right). */
typedef enum FWP_MATCH_TYPE_ {
	FWP_MATCH_EQUAL = 0, /**< also: lies in the subnet or range */
	FWP_MATCH_GREATER = 1,
	FWP_MATCH_LESS = 2,
	FWP_MATCH_GREATER_OR_EQUAL = 3,
	FWP_MATCH_LESS_OR_EQUAL = 4,
	FWP_MATCH_RANGE = 5,	     /**< FWP_RANGE_TYPE, both ends belong to it */
	FWP_MATCH_FLAGS_ALL_SET = 6, /**< numbers only, as the two below */
	FWP_MATCH_FLAGS_ANY_SET = 7,
	FWP_MATCH_FLAGS_NONE_SET = 8,
	FWP_MATCH_EQUAL_CASE_INSENSITIVE = 9, /**< not supported: there are no strings */
	FWP_MATCH_NOT_EQUAL = 10,	      /**< also: lies outside the subnet or range */
	FWP_MATCH_TYPE_MAX = 11
} FWP_MATCH_TYPE;

#define FWP_BYTE_ARRAY6_SIZE 6
#define FWP_V6_ADDR_SIZE     16

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

/** An IPv4 subnet, host order; the mask has its ones in front. */
typedef struct FWP_V4_ADDR_AND_MASK_ {
	UINT32 addr;
	UINT32 mask;
} FWP_V4_ADDR_AND_MASK;

/** An IPv6 subnet, network order. */
typedef struct FWP_V6_ADDR_AND_MASK_ {
	UINT8 addr[FWP_V6_ADDR_SIZE];
	UINT8 prefixLength; /**< bits, 0..128 */
} FWP_V6_ADDR_AND_MASK;

/** From low to high, both of them included and of one type. */
typedef struct FWP_RANGE0_ {
	FWP_VALUE0 valueLow;
	FWP_VALUE0 valueHigh;
} FWP_RANGE0;

/** The value of a condition: FWP_VALUE0 or one of three more types. */
typedef struct FWP_CONDITION_VALUE0_ {
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
		FWP_V4_ADDR_AND_MASK *v4AddrMask;
		FWP_V6_ADDR_AND_MASK *v6AddrMask;
		FWP_RANGE0 *rangeValue;
	};
} FWP_CONDITION_VALUE0;

/** @name Flags of a callout */
/** @{ */
#define FWP_CALLOUT_FLAG_CONDITIONAL_ON_FLOW 0x00000001u /**< classify only with a flow context */
#define FWP_CALLOUT_FLAG_ALLOW_OFFLOAD \
	0x00000002u /**< accepted: nothing is offloaded on its account */
#define FWP_CALLOUT_FLAG_ENABLE_COMMIT_ADD_NOTIFY    0x00000004u /**< notify after commit as well */
#define FWP_CALLOUT_FLAG_ALLOW_MID_STREAM_INSPECTION 0x00000008u /**< accepted, no effect */
#define FWP_CALLOUT_FLAG_ALLOW_RECLASSIFY	     0x00000010u /**< accepted, no effect */
#define FWP_CALLOUT_FLAG_RESERVED1		     0x00000020u
#define FWP_CALLOUT_FLAG_ALLOW_RSC		     0x00000040u /**< accepted, no effect */
#define FWP_CALLOUT_FLAG_ALLOW_L2_BATCH_CLASSIFY \
	0x00000080u			       /**< accepted, no effect: one list at a time */
#define FWP_CALLOUT_FLAG_ALLOW_USO 0x00000100u /**< accepted, no effect */
#define FWP_CALLOUT_FLAG_ALLOW_URO 0x00000200u /**< accepted, no effect */
/** @} */

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
#define FWP_CONDITION_FLAG_IS_LOOPBACK			0x00000001u
#define FWP_CONDITION_FLAG_IS_IPSEC_SECURED		0x00000002u
#define FWP_CONDITION_FLAG_IS_REAUTHORIZE		0x00000004u
#define FWP_CONDITION_FLAG_IS_WILDCARD_BIND		0x00000008u
#define FWP_CONDITION_FLAG_IS_RAW_ENDPOINT		0x00000010u
#define FWP_CONDITION_FLAG_IS_FRAGMENT			0x00000020u
#define FWP_CONDITION_FLAG_IS_FRAGMENT_GROUP		0x00000040u
#define FWP_CONDITION_FLAG_IS_IPSEC_NATT_RECLASSIFY	0x00000080u
#define FWP_CONDITION_FLAG_REQUIRES_ALE_CLASSIFY	0x00000100u
#define FWP_CONDITION_FLAG_IS_IMPLICIT_BIND		0x00000200u
#define FWP_CONDITION_FLAG_IS_REASSEMBLED		0x00000400u
#define FWP_CONDITION_FLAG_IS_NAME_APP_SPECIFIED	0x00004000u
#define FWP_CONDITION_FLAG_IS_PROMISCUOUS		0x00008000u
#define FWP_CONDITION_FLAG_IS_AUTH_FW			0x00010000u
#define FWP_CONDITION_FLAG_IS_RECLASSIFY		0x00020000u
#define FWP_CONDITION_FLAG_IS_OUTBOUND_PASS_THRU	0x00040000u
#define FWP_CONDITION_FLAG_IS_INBOUND_PASS_THRU		0x00080000u
#define FWP_CONDITION_FLAG_IS_CONNECTION_REDIRECTED	0x00100000u
#define FWP_CONDITION_FLAG_IS_PROXY_CONNECTION		0x00200000u
#define FWP_CONDITION_FLAG_IS_APPCONTAINER_LOOPBACK	0x00400000u
#define FWP_CONDITION_FLAG_IS_NON_APPCONTAINER_LOOPBACK 0x00800000u
#define FWP_CONDITION_FLAG_IS_HONORING_POLICY_AUTHORIZE 0x02000000u
/** @} */

/** @name Condition flags of the MAC layers (L2_FLAGS) */
/** @{ */
#define FWP_CONDITION_L2_IS_NATIVE_ETHERNET   0x00000001u
#define FWP_CONDITION_L2_IS_WIFI	      0x00000002u
#define FWP_CONDITION_L2_IS_MOBILE_BROADBAND  0x00000004u
#define FWP_CONDITION_L2_IS_WIFI_DIRECT_DATA  0x00000008u
#define FWP_CONDITION_L2_IS_VM2VM	      0x00000010u
#define FWP_CONDITION_L2_IS_MALFORMED_PACKET  0x00000020u
#define FWP_CONDITION_L2_IS_IP_FRAGMENT_GROUP 0x00000040u
#define FWP_CONDITION_L2_IF_CONNECTOR_PRESENT 0x00000080u
/** @} */

#endif
