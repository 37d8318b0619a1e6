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
#define FWPS_METADATA_FIELD_DESTINATION_PREFIX		     0x01000000u
#define FWPS_METADATA_FIELD_ETHER_FRAME_LENGTH		     0x02000000u
#define FWPS_METADATA_FIELD_PARENT_ENDPOINT_HANDLE	     0x04000000u
#define FWPS_METADATA_FIELD_ICMP_ID_AND_SEQUENCE	     0x08000000u
#define FWPS_METADATA_FIELD_LOCAL_REDIRECT_TARGET_PID	     0x10000000u
#define FWPS_METADATA_FIELD_ORIGINAL_DESTINATION	     0x20000000u
#define FWPS_METADATA_FIELD_REDIRECT_RECORD_HANDLE	     0x40000000u
#define FWPS_METADATA_FIELD_SUB_PROCESS_TAG		     0x80000000u
/** @} */

/** @name Presence bits of currentL2MetadataValues */
/** @{ */
#define FWPS_L2_METADATA_FIELD_ETHERNET_MAC_HEADER_SIZE	   0x00000001u
#define FWPS_L2_METADATA_FIELD_WIFI_OPERATION_MODE	   0x00000002u
#define FWPS_L2_METADATA_FIELD_VSWITCH_SOURCE_PORT_ID	   0x00000004u
#define FWPS_L2_METADATA_FIELD_VSWITCH_SOURCE_NIC_INDEX	   0x00000008u
#define FWPS_L2_METADATA_FIELD_VSWITCH_PACKET_CONTEXT	   0x00000010u
#define FWPS_L2_METADATA_FIELD_VSWITCH_DESTINATION_PORT_ID 0x00000020u
/** @} */

/** @name Values of l2Flags */
/** @{ */
#define FWPS_L2_INCOMING_FLAG_IS_RAW_IPV4_FRAMING	   0x00000001u
#define FWPS_L2_INCOMING_FLAG_IS_RAW_IPV6_FRAMING	   0x00000002u
#define FWPS_L2_INCOMING_FLAG_RECLASSIFY_MULTI_DESTINATION 0x00000008u
/** @} */

/** Whether @p field of @p m was set by the engine; an absent field is undefined. */
#define FWPS_IS_METADATA_FIELD_PRESENT(m, field) (((m)->currentMetadataValues & (field)) == (field))
/** The same of currentL2MetadataValues. */
#define FWPS_IS_L2_METADATA_FIELD_PRESENT(m, field) \
	(((m)->currentL2MetadataValues & (field)) == (field))

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

/** An address and how many bits of it count; the library never sets it. */
typedef struct _IP_ADDRESS_PREFIX {
	union {
		ADDRESS_FAMILY si_family;
		ULONG FwpdkWords[7];
	} Prefix;
	UINT8 PrefixLength;
} IP_ADDRESS_PREFIX;

/** What the engine tells of a packet besides the values. Valid during the classify only. */
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
	IP_ADDRESS_PREFIX destinationPrefix;
	ULONG frameLength; /**< bytes */
	UINT64 parentEndpointHandle;
	UINT32 icmpIdAndSequence;
	UINT32 localRedirectTargetPID;
	struct sockaddr *originalDestination;
	HANDLE redirectRecords;
	UINT32 currentL2MetadataValues; /**< FWPS_L2_METADATA_FIELD_* present */
	UINT32 l2Flags;			/**< FWPS_L2_INCOMING_FLAG_* */
	UINT32 ethernetMacHeaderSize;	/**< bytes */
	UINT32 wiFiOperationMode;
	UINT32 vSwitchSourcePortId;
	UINT16 vSwitchSourceNicIndex;
	UINT32 vSwitchDestinationPortId;
	HANDLE vSwitchPacketContext;
	PVOID subProcessTag;
	UINT64 reserved1;
} FWPS_INCOMING_METADATA_VALUES0;

#endif
