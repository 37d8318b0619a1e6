/* SPDX-License-Identifier: BSD-3-Clause */
#include "inject/check.h"

bool
fwi_oob_asks_slow(const NET_BUFFER_LIST *nbl)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum;
	NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO lso;
	NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO uso;

	sum.Value = nbl->NetBufferListInfo[TcpIpChecksumNetBufferListInfo];
	lso.Value = nbl->NetBufferListInfo[TcpLargeSendNetBufferListInfo];
	uso.Value = nbl->NetBufferListInfo[UdpSegmentationOffloadInfo];
	if ((sum.Transmit.IsIPv4 || sum.Transmit.IsIPv6) &&
		(sum.Transmit.TcpChecksum || sum.Transmit.UdpChecksum ||
			sum.Transmit.IpHeaderChecksum))
		return true;
	return lso.LsoV2Transmit.MSS != 0 || uso.Transmit.MSS != 0 ||
	       nbl->NetBufferListInfo[Ieee8021QNetBufferListInfo] != NULL;
}

NTSTATUS
fwi_check_nbl(const NET_BUFFER_LIST *nbl, struct fwi_ip *first)
{
	const NET_BUFFER *nb = nbl->FirstNetBuffer;
	struct fwi_ip other;
	unsigned n;

	if (nb == NULL || !fwi_ip_parse(nb, first))
		return STATUS_INVALID_PARAMETER;
	for (nb = nb->Next, n = 1; nb != NULL; nb = nb->Next, n++)
		if (n == FWI_NB_MAX || !fwi_ip_parse(nb, &other) || other.version != first->version)
			return STATUS_INVALID_PARAMETER;
	return fwi_oob_asks(nbl) ? STATUS_NOT_SUPPORTED : STATUS_SUCCESS;
}
