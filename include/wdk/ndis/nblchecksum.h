/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Checksum values of slot TcpIpChecksumNetBufferListInfo. */
#ifndef FWPDK_WDK_NDIS_NBLCHECKSUM_H
#define FWPDK_WDK_NDIS_NBLCHECKSUM_H

#include <ntdef.h>

/** What the sender asks for (Transmit) or what the receiver found (Receive). */
typedef union _NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO {
	struct {
		ULONG IsIPv4 : 1; /**< without one of the IsIP bits nothing is done (R58) */
		ULONG IsIPv6 : 1;
		ULONG TcpChecksum : 1; /**< field holds the pseudo-header sum (R57) */
		ULONG UdpChecksum : 1;
		ULONG IpHeaderChecksum : 1;
		ULONG Reserved : 11;
		ULONG TcpHeaderOffset : 10; /**< bytes from the IP header on */
	} Transmit;
	struct {
		ULONG TcpChecksumFailed : 1;
		ULONG UdpChecksumFailed : 1;
		ULONG IpChecksumFailed : 1;
		ULONG TcpChecksumSucceeded : 1;
		ULONG UdpChecksumSucceeded : 1;
		ULONG IpChecksumSucceeded : 1;
		ULONG Loopback : 1;
		ULONG TcpChecksumValueInvalid : 1; /**< verdict good, field not */
		ULONG IpChecksumValueInvalid : 1;
	} Receive;
	PVOID Value;
} NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO, *PNDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO;

/** The same bits under the names of NDIS 5. */
typedef union _NDIS_TCP_IP_CHECKSUM_PACKET_INFO {
	struct {
		ULONG NdisPacketChecksumV4 : 1;
		ULONG NdisPacketChecksumV6 : 1;
		ULONG NdisPacketTcpChecksum : 1;
		ULONG NdisPacketUdpChecksum : 1;
		ULONG NdisPacketIpChecksum : 1;
	} Transmit;
	struct {
		ULONG NdisPacketTcpChecksumFailed : 1;
		ULONG NdisPacketUdpChecksumFailed : 1;
		ULONG NdisPacketIpChecksumFailed : 1;
		ULONG NdisPacketTcpChecksumSucceeded : 1;
		ULONG NdisPacketUdpChecksumSucceeded : 1;
		ULONG NdisPacketIpChecksumSucceeded : 1;
		ULONG NdisPacketLoopback : 1;
	} Receive;
	ULONG Value;
} NDIS_TCP_IP_CHECKSUM_PACKET_INFO, *PNDIS_TCP_IP_CHECKSUM_PACKET_INFO;

#endif
