/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: what the out-of-band slots of an NBL ask for. */
#ifndef FWI_OOB_H
#define FWI_OOB_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_branch_prediction.h>

#include <ndis.h>

struct fwi_oob {
	uint32_t mss;	 /* not 0: payload bytes of each segment */
	uint16_t l4;	 /* offset of the transport header as the client says, 0 = does not say */
	uint16_t tag;	 /* priority, CFI and VLAN id as they go into the frame */
	uint8_t version; /* 4, 6; 0 = does not say */
	bool tagged, ip_sum, tcp_sum, udp_sum;
	bool tcp_segments, udp_segments;
};

bool fwi_oob_asks_slow(const NET_BUFFER_LIST *nbl);

/* Is there anything to do? Not without IsIPv4 or IsIPv6 (R58). */
static inline bool
fwi_oob_asks(const NET_BUFFER_LIST *nbl)
{
	const PVOID *info = nbl->NetBufferListInfo;

	if (likely(((uintptr_t)info[TcpIpChecksumNetBufferListInfo] |
			   (uintptr_t)info[TcpLargeSendNetBufferListInfo] |
			   (uintptr_t)info[Ieee8021QNetBufferListInfo] |
			   (uintptr_t)info[UdpSegmentationOffloadInfo]) == 0))
		return false;
	return fwi_oob_asks_slow(nbl);
}

/* Is the packet to be cut, so that its header does not tell its length? */
static inline bool
fwi_oob_cuts(const NET_BUFFER_LIST *nbl)
{
	const uintptr_t mss = 0xfffff; /* at the same place in both */

	return (((uintptr_t)nbl->NetBufferListInfo[TcpLargeSendNetBufferListInfo] |
			(uintptr_t)nbl->NetBufferListInfo[UdpSegmentationOffloadInfo]) &
		       mss) != 0;
}

/* False: the slots contradict each other, or the list. */
bool fwi_oob_read(const NET_BUFFER_LIST *nbl, struct fwi_oob *oob);

/* A large send is over: its slot tells how much of it went (TransmitComplete). */
void fwi_oob_sent(NET_BUFFER_LIST *nbl, uint32_t payload);

#endif
