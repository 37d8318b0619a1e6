/* SPDX-License-Identifier: BSD-3-Clause */
/* What the library reads of an IP header, wherever the MDL chain has put its bytes. */
#ifndef FWI_IP_H
#define FWI_IP_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_branch_prediction.h>
#include <rte_byteorder.h>

#include <ndis.h>

#include "nbl/nbl_obj.h"

#define FWI_MDL_MAX 1024u /* MDLs looked at per NET_BUFFER, zero-length ones included */

/* A checked IP packet. The pointers go into the packet or into the scratch area. */
struct fwi_ip {
	const uint8_t *hdr; /* at least the fixed header */
	uint32_t total;	    /* bytes of the packet; <= DataLength */
	uint8_t version;    /* 4 or 6 */
	uint8_t hdr_len;    /* IPv4: with options; IPv6: 40 */
	bool whole_in_mdl;  /* all bytes lie in the current MDL */
	uint8_t scratch[60];
};

/* Out of line: header split over MDLs, or packet longer than its first MDL. */
bool fwi_ip_parse_slow(const NET_BUFFER *nb, struct fwi_ip *ip);

/* Header bytes are at ip->hdr, `have` of them; length rules only. */
static inline bool
fwi_ip_lengths(struct fwi_ip *ip, uint32_t data_length)
{
	const uint8_t *h = ip->hdr;

	ip->version = h[0] >> 4;
	if (ip->version == 4) {
		ip->hdr_len = (uint8_t)((h[0] & 15) * 4);
		ip->total = (uint32_t)h[2] << 8 | h[3];
	} else if (ip->version == 6) {
		if (data_length < 40)
			return false;
		ip->hdr_len = 40;
		ip->total = 40 + ((uint32_t)h[4] << 8 | h[5]);
	} else {
		return false;
	}
	return ip->hdr_len >= 20 && ip->total >= ip->hdr_len && ip->total <= data_length;
}

/*
 * Is this NB a whole IP packet? Bounded; reads nothing outside the chain. The current MDL
 * position is taken from the NB (invariant I2), as every NDIS consumer does.
 */
static inline bool
fwi_ip_parse(const NET_BUFFER *nb, struct fwi_ip *ip)
{
	const MDL *mdl = nb->CurrentMdl;
	uint32_t off = nb->CurrentMdlOffset;

	if (likely(mdl != NULL && nb->DataLength >= 20 && off <= mdl->ByteCount &&
		    nb->DataLength <= mdl->ByteCount - off)) {
		ip->hdr = fwi_mdl_va(mdl) + off;
		ip->whole_in_mdl = true;
		return fwi_ip_lengths(ip, nb->DataLength);
	}
	return fwi_ip_parse_slow(nb, ip);
}

/*
 * The same for a packet that is to be cut into segments: all of the used data is the packet,
 * whatever the header says about its length.
 */
bool fwi_ip_parse_large(const NET_BUFFER *nb, struct fwi_ip *ip);

static inline uint32_t
fwi_ip_dst4(const struct fwi_ip *ip)
{
	uint32_t dst;

	__builtin_memcpy(&dst, ip->hdr + 16, sizeof(dst));
	return dst;
}

/* Hash of the flow, the same for all fragments of a datagram. */
uint32_t fwi_ip_flow_hash(const NET_BUFFER *nb, const struct fwi_ip *ip);

/* Copy up to len bytes from byte `skip` of the used data on; returns bytes copied. */
uint32_t fwi_nb_read(const NET_BUFFER *nb, uint32_t skip, void *dst, uint32_t len);

#endif
