/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies of out-of-band values between lists. The injection history is never copied (R82). */
#include <rte_common.h>

#include <ndis.h>
#include <ntstatus.h>

#include <fwpdk/nbl.h>

#include "nbl/nbl_obj.h"

static const uint8_t send_slots[] = {
	TcpIpChecksumNetBufferListInfo,
	IPsecOffloadV1NetBufferListInfo,
	TcpLargeSendNetBufferListInfo,
	Ieee8021QNetBufferListInfo,
	NetBufferListCancelId,
	MediaSpecificInformation,
	NetBufferListProtocolId,
	IPsecOffloadV2TunnelNetBufferListInfo,
	IPsecOffloadV2HeaderNetBufferListInfo,
	NetBufferListFilteringInfo,
	VirtualSubnetInfo,
};

static const uint8_t receive_slots[] = {
	TcpIpChecksumNetBufferListInfo,
	IPsecOffloadV1NetBufferListInfo,
	TcpReceiveNoPush,
	Ieee8021QNetBufferListInfo,
	MediaSpecificInformation,
	NetBufferListFrameType,
	NetBufferListHashValue,
	NetBufferListHashInfo,
	IPsecOffloadV2TunnelNetBufferListInfo,
	IPsecOffloadV2HeaderNetBufferListInfo,
	NetBufferListFilteringInfo,
	VirtualSubnetInfo,
};

static void
copy_slots(NET_BUFFER_LIST *to, const NET_BUFFER_LIST *from, const uint8_t *slots, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		to->NetBufferListInfo[slots[i]] = from->NetBufferListInfo[slots[i]];
}

VOID NTAPI
NdisCopySendNetBufferListInfo(NET_BUFFER_LIST *Destination, NET_BUFFER_LIST const *Source)
{
	copy_slots(Destination, Source, send_slots, RTE_DIM(send_slots));
}

VOID NTAPI
NdisCopyReceiveNetBufferListInfo(NET_BUFFER_LIST *Destination, NET_BUFFER_LIST const *Source)
{
	copy_slots(Destination, Source, receive_slots, RTE_DIM(receive_slots));
}

uint16_t
fwpdk_nbl_mtu(const NET_BUFFER_LIST *nbl)
{
	const struct fwi_nbl *l = (const void *)nbl;

	return nbl != NULL && nbl->Status == STATUS_INVALID_BUFFER_SIZE ? l->mtu : 0;
}
