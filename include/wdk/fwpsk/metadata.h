/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Metadata of a classify. */
#ifndef FWPDK_WDK_FWPSK_METADATA_H
#define FWPDK_WDK_FWPSK_METADATA_H

#include <fwpstypes.h>
#include <fwpsk/types.h>

/** @name Presence bits of currentMetadataValues */
/** @{ */
#define FWPS_METADATA_FIELD_DISCARD_REASON		     0x00000001u
#define FWPS_METADATA_FIELD_FLOW_HANDLE			     0x00000002u
#define FWPS_METADATA_FIELD_IP_HEADER_SIZE		     0x00000004u
#define FWPS_METADATA_FIELD_PROCESS_PATH		     0x00000008u
#define FWPS_METADATA_FIELD_TOKEN			     0x00000010u
#define FWPS_METADATA_FIELD_PROCESS_ID			     0x00000020u
#define FWPS_METADATA_FIELD_SYSTEM_FLAGS		     0x00000040u
#define FWPS_METADATA_FIELD_RESERVED			     0x00000080u
#define FWPS_METADATA_FIELD_SOURCE_INTERFACE_INDEX	     0x00000100u
#define FWPS_METADATA_FIELD_DESTINATION_INTERFACE_INDEX	     0x00000200u
#define FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE	     0x00000400u
#define FWPS_METADATA_FIELD_COMPARTMENT_ID		     0x00000800u
#define FWPS_METADATA_FIELD_FRAGMENT_DATA		     0x00001000u
#define FWPS_METADATA_FIELD_PATH_MTU			     0x00002000u
#define FWPS_METADATA_FIELD_COMPLETION_HANDLE		     0x00004000u
#define FWPS_METADATA_FIELD_TRANSPORT_ENDPOINT_HANDLE	     0x00008000u
#define FWPS_METADATA_FIELD_TRANSPORT_CONTROL_DATA	     0x00010000u
#define FWPS_METADATA_FIELD_REMOTE_SCOPE_ID		     0x00020000u
#define FWPS_METADATA_FIELD_PACKET_DIRECTION		     0x00040000u
#define FWPS_METADATA_FIELD_PACKET_SYSTEM_CRITICAL	     0x00080000u
#define FWPS_METADATA_FIELD_FORWARD_LAYER_OUTBOUND_PASS_THRU 0x00100000u
#define FWPS_METADATA_FIELD_FORWARD_LAYER_INBOUND_PASS_THRU  0x00200000u
#define FWPS_METADATA_FIELD_ALE_CLASSIFY_REQUIRED	     0x00400000u
#define FWPS_METADATA_FIELD_TRANSPORT_HEADER_INCLUDE_HEADER  0x00800000u
/** @} */

#define FWPS_L2_METADATA_FIELD_ETHERNET_MAC_HEADER_SIZE 1u
/** Whether @p field of @p m was set by the engine; an absent field is undefined. */
#define FWPS_IS_METADATA_FIELD_PRESENT(m, field) (((m)->currentMetadataValues & (field)) == (field))

/** Why a packet was discarded. */
typedef struct FWPS_DISCARD_METADATA0_ {
	UINT32 discardModule;
	UINT32 discardReason;
	UINT64 filterId;
} FWPS_DISCARD_METADATA0;

/** Where a fragment belongs. */
typedef struct FWPS_INBOUND_FRAGMENT_METADATA0_ {
	UINT32 fragmentIdentification;
	UINT16 fragmentOffset;
	ULONG fragmentLength; /**< bytes */
} FWPS_INBOUND_FRAGMENT_METADATA0;

/** What the engine tells of a packet besides the values; the members an injector reads. */
typedef struct FWPS_INCOMING_METADATA_VALUES0_ {
	UINT32 currentMetadataValues; /**< FWPS_METADATA_FIELD_* present */
	UINT32 flags;
	UINT64 reserved;
	FWPS_DISCARD_METADATA0 discardMetadata;
	UINT64 flowHandle;
	UINT32 ipHeaderSize;	    /**< bytes */
	UINT32 transportHeaderSize; /**< bytes */
	FWP_BYTE_BLOB *processPath;
	UINT64 token;
	UINT64 processId;
	UINT32 sourceInterfaceIndex;
	UINT32 destinationInterfaceIndex;
	ULONG compartmentId;
	FWPS_INBOUND_FRAGMENT_METADATA0 fragmentMetadata;
	ULONG pathMtu; /**< bytes */
	HANDLE completionHandle;
	UINT64 transportEndpointHandle;
	SCOPE_ID remoteScopeId;
	WSACMSGHDR *controlData;
	ULONG controlDataLength; /**< bytes */
	FWP_DIRECTION packetDirection;
	PVOID headerIncludeHeader;
	ULONG headerIncludeHeaderLength; /**< bytes */
	UINT32 currentL2MetadataValues, l2Flags; UINT32 ethernetMacHeaderSize;
} FWPS_INCOMING_METADATA_VALUES0;

#endif
