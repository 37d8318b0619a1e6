/* SPDX-License-Identifier: BSD-3-Clause */
#include "map/oob.h"

#define VLAN_RESERVED 0xfffu

typedef NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum_info;
typedef NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO lso_info;
typedef NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO uso_info;
typedef NDIS_NET_BUFFER_LIST_8021Q_INFO tag_info;

static bool
asks_sums(sum_info sum)
{
	return (sum.Transmit.IsIPv4 || sum.Transmit.IsIPv6) &&
	       (sum.Transmit.TcpChecksum || sum.Transmit.UdpChecksum ||
		       sum.Transmit.IpHeaderChecksum);
}

bool
fwi_oob_asks_slow(const NET_BUFFER_LIST *nbl)
{
	sum_info sum = {.Value = nbl->NetBufferListInfo[TcpIpChecksumNetBufferListInfo]};
	lso_info lso = {.Value = nbl->NetBufferListInfo[TcpLargeSendNetBufferListInfo]};
	uso_info uso = {.Value = nbl->NetBufferListInfo[UdpSegmentationOffloadInfo]};

	return asks_sums(sum) || lso.LsoV2Transmit.MSS != 0 || uso.Transmit.MSS != 0 ||
	       nbl->NetBufferListInfo[Ieee8021QNetBufferListInfo] != NULL;
}

/* Two slots may say the same thing. False: they say different things. */
static bool
agree(uint16_t *have, uint16_t more)
{
	if (*have == 0)
		*have = more;
	return more == 0 || *have == more;
}

static bool
read_sums(const NET_BUFFER_LIST *nbl, struct fwi_oob *oob)
{
	sum_info sum = {.Value = nbl->NetBufferListInfo[TcpIpChecksumNetBufferListInfo]};

	if (!asks_sums(sum))
		return true;
	oob->version = sum.Transmit.IsIPv4 ? 4 : 6;
	oob->ip_sum = sum.Transmit.IpHeaderChecksum;
	oob->tcp_sum = sum.Transmit.TcpChecksum;
	oob->udp_sum = sum.Transmit.UdpChecksum;
	if (oob->tcp_sum || oob->udp_sum)
		oob->l4 = (uint16_t)sum.Transmit.TcpHeaderOffset;
	return !(sum.Transmit.IsIPv4 && sum.Transmit.IsIPv6) && !(oob->tcp_sum && oob->udp_sum) &&
	       !(oob->ip_sum && oob->version == 6);
}

static bool
read_segments(const NET_BUFFER_LIST *nbl, struct fwi_oob *oob)
{
	lso_info lso = {.Value = nbl->NetBufferListInfo[TcpLargeSendNetBufferListInfo]};
	uso_info uso = {.Value = nbl->NetBufferListInfo[UdpSegmentationOffloadInfo]};
	uint16_t version = oob->version;
	bool six, offset;

	oob->tcp_segments = lso.LsoV2Transmit.MSS != 0;
	oob->udp_segments = uso.Transmit.MSS != 0;
	if (!oob->tcp_segments && !oob->udp_segments)
		return true;
	if (oob->tcp_segments) {
		oob->mss = lso.LsoV2Transmit.MSS;
		six = lso.LsoV2Transmit.Type == NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE &&
		      lso.LsoV2Transmit.IPVersion == NDIS_TCP_LARGE_SEND_OFFLOAD_IPv6;
		offset = agree(&oob->l4, (uint16_t)lso.LsoV2Transmit.TcpHeaderOffset);
	} else {
		oob->mss = uso.Transmit.MSS;
		six = uso.Transmit.IPVersion == NDIS_UDP_SEGMENTATION_OFFLOAD_IPV6;
		offset = agree(&oob->l4, (uint16_t)uso.Transmit.UdpHeaderOffset);
	}
	if (!offset || !agree(&version, six ? 6 : 4))
		return false;
	oob->version = (uint8_t)version;
	/* one packet, and of the protocol that the other slots mean too */
	return nbl->FirstNetBuffer->Next == NULL && !(oob->tcp_segments && oob->udp_segments) &&
	       !(oob->tcp_segments && oob->udp_sum) && !(oob->udp_segments && oob->tcp_sum);
}

static bool
read_tag(const NET_BUFFER_LIST *nbl, struct fwi_oob *oob)
{
	tag_info tag = {.Value = nbl->NetBufferListInfo[Ieee8021QNetBufferListInfo]};

	oob->tagged = tag.Value != NULL;
	oob->tag = (uint16_t)(tag.TagHeader.UserPriority << 13 |
			      tag.TagHeader.CanonicalFormatId << 12 | tag.TagHeader.VlanId);
	return tag.TagHeader.VlanId != VLAN_RESERVED;
}

bool
fwi_oob_read(const NET_BUFFER_LIST *nbl, struct fwi_oob *oob)
{
	*oob = (struct fwi_oob){0};
	return read_sums(nbl, oob) && read_segments(nbl, oob) && read_tag(nbl, oob);
}

void
fwi_oob_sent(NET_BUFFER_LIST *nbl, uint32_t payload)
{
	lso_info lso = {.Value = nbl->NetBufferListInfo[TcpLargeSendNetBufferListInfo]};
	lso_info done = {.Value = NULL};

	if (lso.LsoV2Transmit.MSS == 0)
		return;
	done.Transmit.Type = lso.Transmit.Type;
	if (lso.Transmit.Type == NDIS_TCP_LARGE_SEND_OFFLOAD_V1_TYPE)
		done.LsoV1TransmitComplete.TcpPayload = payload & 0x3fffffff;
	nbl->NetBufferListInfo[TcpLargeSendNetBufferListInfo] = done.Value;
}
