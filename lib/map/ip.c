/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path, the less common shapes of a packet. */
#include <string.h>

#include <rte_common.h>
#include <rte_jhash.h>

#include "map/ip.h"

/* Bytes of used data that the chain really holds, up to want; bounded walk. */
static bool
chain_holds(const NET_BUFFER *nb, uint32_t want)
{
	const MDL *mdl = nb->CurrentMdl, *first = mdl, *mark = NULL;
	uint32_t off = nb->CurrentMdlOffset;
	unsigned n;

	for (n = 0; mdl != NULL && n < FWI_MDL_MAX; n++, mdl = mdl->Next, off = 0) {
		if (off > mdl->ByteCount)
			return false;
		/* A ring never holds what it seems to; one behind the first is found in time. */
		if (mdl == mark || mdl->Next == mdl || (n > 0 && mdl == first))
			return false;
		if ((n & (n - 1)) == 0)
			mark = mdl;
		if (mdl->ByteCount - off >= want)
			return true;
		want -= mdl->ByteCount - off;
	}
	return want == 0;
}

uint32_t
fwi_nb_read(const NET_BUFFER *nb, uint32_t skip, void *dst, uint32_t len)
{
	const MDL *mdl = nb->CurrentMdl;
	uint32_t off = nb->CurrentMdlOffset, done = 0, here;
	unsigned n;

	for (n = 0; mdl != NULL && done < len && n < FWI_MDL_MAX; n++, mdl = mdl->Next, off = 0) {
		if (off > mdl->ByteCount)
			break;
		here = mdl->ByteCount - off;
		if (skip >= here) {
			skip -= here;
			continue;
		}
		here = RTE_MIN(here - skip, len - done);
		memcpy((uint8_t *)dst + done, fwi_mdl_va(mdl) + off + skip, here);
		skip = 0;
		done += here;
	}
	return done;
}

/* The header in one piece. */
static bool
header(const NET_BUFFER *nb, struct fwi_ip *ip)
{
	const MDL *mdl = nb->CurrentMdl;
	uint32_t off = nb->CurrentMdlOffset, have;

	if (mdl == NULL || nb->DataLength < 20 || off > mdl->ByteCount)
		return false;
	ip->whole_in_mdl = false;
	have = RTE_MIN(mdl->ByteCount - off, nb->DataLength);
	if (have >= sizeof(ip->scratch)) {
		ip->hdr = fwi_mdl_va(mdl) + off;
		return true;
	}
	have = fwi_nb_read(
		nb, 0, ip->scratch, RTE_MIN((uint32_t)sizeof(ip->scratch), nb->DataLength));
	if (have < 20)
		return false;
	memset(ip->scratch + have, 0, sizeof(ip->scratch) - have);
	ip->hdr = ip->scratch;
	return true;
}

bool
fwi_ip_parse_slow(const NET_BUFFER *nb, struct fwi_ip *ip)
{
	return header(nb, ip) && fwi_ip_lengths(ip, nb->DataLength) &&
	       chain_holds(nb, nb->DataLength);
}

bool
fwi_ip_parse_large(const NET_BUFFER *nb, struct fwi_ip *ip)
{
	if (!header(nb, ip))
		return false;
	ip->version = ip->hdr[0] >> 4;
	ip->hdr_len = ip->version == 4 ? (uint8_t)((ip->hdr[0] & 15) * 4) : 40;
	ip->total = nb->DataLength;
	return (ip->version == 4 || ip->version == 6) && ip->hdr_len >= 20 &&
	       ip->hdr_len <= ip->total && chain_holds(nb, ip->total);
}

uint32_t
fwi_ip_flow_hash(const NET_BUFFER *nb, const struct fwi_ip *ip)
{
	struct {
		uint8_t addr[32];
		uint16_t port[2];
		uint32_t proto;
	} key;
	bool ports;

	memset(&key, 0, sizeof(key));
	if (ip->version == 4) {
		memcpy(key.addr, ip->hdr + 12, 8);
		key.proto = ip->hdr[9];
		ports = ((ip->hdr[6] & 0x3f) | ip->hdr[7]) == 0; /* no fragment */
	} else {
		memcpy(key.addr, ip->hdr + 8, 32);
		key.proto = ip->hdr[6];
		ports = true;
	}
	if (ports && (key.proto == 6 || key.proto == 17) && ip->total >= ip->hdr_len + 4u)
		fwi_nb_read(nb, ip->hdr_len, key.port, sizeof(key.port));
	return rte_jhash_32b((const uint32_t *)&key, sizeof(key) / 4, 0);
}
