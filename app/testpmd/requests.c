/* SPDX-License-Identifier: BSD-3-Clause */
/* What a sender that relies on the stack below asks for out of band: checksums, segmentation. */
#include <netinet/in.h>

#include "inject.h"

#define TCP_FLAGS_ALONE 0x26 /* SYN, RST, URG: such a packet is not cut */

/* Offset of the TCP or UDP header, 0: neither, or a fragment, or behind an extension header. */
static uint32_t
transport_of(const uint8_t *packet, uint32_t len, uint8_t *protocol)
{
	uint32_t offset = (packet[0] & 15u) * 4;

	if (packet[0] >> 4 == 6) {
		offset = 40;
		*protocol = packet[6];
	} else {
		*protocol = packet[9];
		if ((packet[6] & 0x3f) != 0 || packet[7] != 0)
			return 0;
	}
	if (*protocol == IPPROTO_TCP)
		return offset + 20 <= len ? offset : 0;
	return *protocol == IPPROTO_UDP && offset + 8 <= len ? offset : 0;
}

static void
ask_for_segments(NET_BUFFER_LIST *nbl, bool tcp, bool ipv6, uint32_t mss)
{
	NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO lso = {.Value = NULL};
	NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO uso = {.Value = NULL};

	if (tcp) {
		lso.LsoV2Transmit.MSS = mss;
		lso.LsoV2Transmit.Type = NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE;
		lso.LsoV2Transmit.IPVersion = ipv6 ? NDIS_TCP_LARGE_SEND_OFFLOAD_IPv6
						   : NDIS_TCP_LARGE_SEND_OFFLOAD_IPv4;
		NET_BUFFER_LIST_INFO(nbl, TcpLargeSendNetBufferListInfo) = lso.Value;
	} else {
		uso.Transmit.MSS = mss;
		uso.Transmit.IPVersion = ipv6 ? NDIS_UDP_SEGMENTATION_OFFLOAD_IPV6
					      : NDIS_UDP_SEGMENTATION_OFFLOAD_IPV4;
		NET_BUFFER_LIST_INFO(nbl, UdpSegmentationOffloadInfo) = uso.Value;
	}
}

static void
ask_for_sums(NET_BUFFER_LIST *nbl, uint8_t protocol, bool ipv6)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sums = {.Value = NULL};

	sums.Transmit.IsIPv4 = !ipv6;
	sums.Transmit.IsIPv6 = ipv6;
	sums.Transmit.IpHeaderChecksum = !ipv6;
	sums.Transmit.TcpChecksum = protocol == IPPROTO_TCP;
	sums.Transmit.UdpChecksum = protocol == IPPROTO_UDP;
	NET_BUFFER_LIST_INFO(nbl, TcpIpChecksumNetBufferListInfo) = sums.Value;
}

/* Completions may have written there what was done. */
void
requests_set(NET_BUFFER_LIST *nbl, const uint8_t *packet, uint32_t len, const struct requests *r)
{
	bool ipv6 = packet[0] >> 4 == 6, tcp;
	uint8_t protocol = 0;
	uint32_t at = transport_of(packet, len, &protocol), header;

	tcp = protocol == IPPROTO_TCP;
	header = at + (at == 0 ? 0 : tcp ? (packet[at + 12] >> 4) * 4u : 8);
	NET_BUFFER_LIST_INFO(nbl, TcpLargeSendNetBufferListInfo) = NULL;
	NET_BUFFER_LIST_INFO(nbl, UdpSegmentationOffloadInfo) = NULL;
	NET_BUFFER_LIST_INFO(nbl, TcpIpChecksumNetBufferListInfo) = NULL;
	if (at != 0 && r->mss != 0 && len > header + r->mss &&
		!(tcp && (packet[at + 13] & TCP_FLAGS_ALONE) != 0))
		ask_for_segments(nbl, tcp, ipv6, r->mss);
	else if (at != 0 || !ipv6)
		ask_for_sums(nbl, at != 0 ? protocol : 0, ipv6);
}
