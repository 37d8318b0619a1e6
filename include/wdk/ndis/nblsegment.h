/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Segmentation values of slots TcpLargeSend... and UdpSegmentationOffloadInfo. */
#ifndef FWPDK_WDK_NDIS_NBLSEGMENT_H
#define FWPDK_WDK_NDIS_NBLSEGMENT_H

#include <ntdef.h>

/** TCP large send; a list that has it carries exactly one packet. MSS 0 = none asked for. */
typedef union _NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO {
	struct {
		ULONG Unused : 30;
		ULONG Type : 1; /**< NDIS_TCP_LARGE_SEND_OFFLOAD_V?_TYPE */
		ULONG Reserved2 : 1;
	} Transmit;
	struct {
		ULONG MSS : 20;		    /**< bytes of payload per segment */
		ULONG TcpHeaderOffset : 10; /**< bytes from the IP header on */
		ULONG Type : 1;
		ULONG Reserved2 : 1;
	} LsoV1Transmit;
	struct {
		ULONG TcpPayload : 30; /**< bytes sent */
		ULONG Type : 1;
		ULONG Reserved2 : 1;
	} LsoV1TransmitComplete;
	struct {
		ULONG MSS : 20;
		ULONG TcpHeaderOffset : 10;
		ULONG Type : 1;
		ULONG IPVersion : 1; /**< NDIS_TCP_LARGE_SEND_OFFLOAD_IPv? */
	} LsoV2Transmit;
	struct {
		ULONG Reserved : 30;
		ULONG Type : 1;
		ULONG Reserved2 : 1;
	} LsoV2TransmitComplete;
	PVOID Value;
} NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO,
	*PNDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO;

#define NDIS_TCP_LARGE_SEND_OFFLOAD_V1_TYPE 0
#define NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE 1
#define NDIS_TCP_LARGE_SEND_OFFLOAD_IPv4    0
#define NDIS_TCP_LARGE_SEND_OFFLOAD_IPv6    1

/** UDP segmentation. MSS 0 = none asked for. */
typedef union _NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO {
	struct {
		ULONG MSS : 20;		    /**< bytes of payload per datagram */
		ULONG UdpHeaderOffset : 10; /**< bytes from the IP header on */
		ULONG Reserved : 1;
		ULONG IPVersion : 1; /**< NDIS_UDP_SEGMENTATION_OFFLOAD_IPV? */
	} Transmit;
	PVOID Value;
} NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO,
	*PNDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO;

#define NDIS_UDP_SEGMENTATION_OFFLOAD_IPV4 0
#define NDIS_UDP_SEGMENTATION_OFFLOAD_IPV6 1

#endif
