/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fuzz_map: the same shapes with requests out of band. What is accepted has to become
 * exactly the frames of the byte-wise oracle, whatever the split and the limits of the queue;
 * what is not has to leave everything as it was.
 */
#ifndef FUZZ_REQUESTS_H
#define FUZZ_REQUESTS_H

#include "map/job.h"
#include "map/tags.h"
#include "offload_oracle.h"
#include "shape.h"

static struct or_frames wanted;

static inline void
slots_set(const struct shape *s)
{
	PVOID *info = nbl_a.nbl.NetBufferListInfo;
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO sum = {.Value = NULL};
	NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO lso = {.Value = NULL};
	NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO uso = {.Value = NULL};
	const bool tcp = s->ask & 0x80, six = s->ask & 0x40;

	sum.Transmit.IsIPv4 = !six;
	sum.Transmit.IsIPv6 = six;
	sum.Transmit.IpHeaderChecksum = s->ask & 1;
	sum.Transmit.TcpChecksum = (s->ask & 2) && tcp;
	sum.Transmit.UdpChecksum = (s->ask & 2) && !tcp;
	info[TcpIpChecksumNetBufferListInfo] = sum.Value;
	if ((s->ask & 4) && tcp) {
		lso.LsoV2Transmit.MSS = s->mss;
		lso.LsoV2Transmit.Type = 1;
		lso.LsoV2Transmit.IPVersion = six;
		info[TcpLargeSendNetBufferListInfo] = lso.Value;
	} else if (s->ask & 4) {
		uso.Transmit.MSS = s->mss;
		uso.Transmit.IPVersion = six;
		info[UdpSegmentationOffloadInfo] = uso.Value;
	}
	if (s->ask & 8)
		info[Ieee8021QNetBufferListInfo] = (PVOID)(uintptr_t)s->tag;
}

/* What the oracle says; false: too large for the MTU. */
static inline bool
expected(const struct shape *s, const struct fwi_ip *ip, const struct fwi_oob *oob,
	const uint8_t *l2, uint32_t l2_len)
{
	struct or_ask ask = {.ip_sum = oob->ip_sum,
		.l4_sum = oob->tcp_sum || oob->udp_sum,
		.mss = oob->mss,
		.mtu = s->hop.mtu,
		.fragment = true,
		.l2 = l2,
		.l2_len = l2_len};
	uint8_t *scratch = malloc(ip->total), *packet = malloc(ip->total);
	bool ok;

	memcpy(packet, s->flat + s->offset, ip->total);
	ok = or_frames(packet, ip->total, scratch, &ask, &wanted);
	free(scratch);
	free(packet);
	return ok;
}

#endif
