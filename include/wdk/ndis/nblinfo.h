/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Numbers of the out-of-band slots of a NET_BUFFER_LIST (64-bit numbering). */
#ifndef FWPDK_WDK_NDIS_NBLINFO_H
#define FWPDK_WDK_NDIS_NBLINFO_H

/** Index for NET_BUFFER_LIST_INFO; names that share a number are uses of the same slot. */
typedef enum _NDIS_NET_BUFFER_LIST_INFO {
	TcpIpChecksumNetBufferListInfo = 0, /**< NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO */
	TcpOffloadBytesTransferred = TcpIpChecksumNetBufferListInfo,
	IPsecOffloadV1NetBufferListInfo = 1,
	IPsecOffloadV2NetBufferListInfo = IPsecOffloadV1NetBufferListInfo,
	TcpLargeSendNetBufferListInfo = 2, /**< NDIS_TCP_LARGE_SEND_OFFLOAD_... on send */
	TcpReceiveNoPush = TcpLargeSendNetBufferListInfo,
	ClassificationHandleNetBufferListInfo = 3,
	Ieee8021QNetBufferListInfo = 4, /**< NDIS_NET_BUFFER_LIST_8021Q_INFO */
	NetBufferListCancelId = 5,
	MediaSpecificInformation = 6,
	NetBufferListFrameType = 7,
	NetBufferListProtocolId = NetBufferListFrameType,
	NetBufferListHashValue = 8, /**< 32-bit hash of the flow */
	NetBufferListHashInfo = 9,  /**< NDIS_HASH_* */
	WfpNetBufferListInfo = 10,
	IPsecOffloadV2TunnelNetBufferListInfo = 11,
	IPsecOffloadV2HeaderNetBufferListInfo = 12,
	NetBufferListCorrelationId = 13,
	NetBufferListFilteringInfo = 14,
	MediaSpecificInformationEx = 15,
	NblOriginalInterfaceIfIndex = 16,
	NblReAuthWfpFlowContext = NblOriginalInterfaceIfIndex,
	TcpReceiveBytesTransferred = 17,
	NrtNameResolutionId = TcpReceiveBytesTransferred,
	UdpRecvSegCoalesceOffloadInfo = TcpReceiveBytesTransferred,
	SwitchForwardingReserved = 18,
	SwitchForwardingDetail = 19,
	VirtualSubnetInfo = 20,
	IMReserved = 21,
	TcpRecvSegCoalesceInfo = 22,
	UdpSegmentationOffloadInfo = TcpRecvSegCoalesceInfo, /**< on send */
	RscTcpTimestampDelta = 23,
	TcpSendOffloadsSupplementalNetBufferListInfo = RscTcpTimestampDelta,
	GftOffloadInformation = 24,
	GftFlowEntryId = 25,
	NetBufferListInfoReserved3 = 26,
	MaxNetBufferListInfo = 27 /**< number of slots */
} NDIS_NET_BUFFER_LIST_INFO,
	*PNDIS_NET_BUFFER_LIST_INFO;

#endif
