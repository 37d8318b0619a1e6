/* SPDX-License-Identifier: BSD-3-Clause */
#include "map/l4.h"

#include <rte_common.h>

enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, AUTH = 51, DEST_OPTS = 60, MOBILITY = 135 };
enum { HIP = 139, SHIM6 = 140 };

#define LSRR 131u
#define SSRR 137u

/* A source route that is not used up: the last address of it is the destination (RFC 1122). */
static enum fwi_l4_end
ipv4_options(const uint8_t *hdr, uint32_t end, struct fwi_l4 *l4)
{
	uint32_t at = 20, len;

	while (at < end && hdr[at] != 0) {
		if (hdr[at] == 1) {
			at++;
			continue;
		}
		if (at + 2 > end || hdr[at + 1] < 2 || hdr[at + 1] > end - at)
			return FWI_L4_BAD;
		len = hdr[at + 1];
		if ((hdr[at] == LSRR || hdr[at] == SSRR) && len >= 7 && hdr[at + 2] <= len - 3)
			l4->dst = (uint16_t)(at + 3 + (len - 3) / 4 * 4 - 4);
		at += len;
	}
	return FWI_L4_FOUND;
}

static enum fwi_l4_end
find4(const uint8_t *hdr, uint32_t have, struct fwi_l4 *l4)
{
	l4->off = (uint16_t)((hdr[0] & 15) * 4);
	l4->dst = 16;
	l4->proto = hdr[9];
	l4->fragment = ((hdr[6] & 0x3f) | hdr[7]) != 0;
	if (l4->off > have)
		return FWI_L4_MORE;
	return ipv4_options(hdr, l4->off, l4);
}

/* Its type, and where the final destination stands in it (RFC 8200, 6275, 8754). */
static void
routing(const uint8_t *h, uint32_t off, uint32_t len, struct fwi_l4 *l4)
{
	if (h[3] == 0) /* no segments left: it is in the IPv6 header */
		return;
	if ((h[2] == 0 || h[2] == 2) && len >= 24 && len % 16 == 8)
		l4->dst = (uint16_t)(off + len - 16);
	else if (h[2] == 4 && len >= 24)
		l4->dst = (uint16_t)(off + 8);
	else
		l4->no_dst = true;
}

static uint32_t
extension_length(uint8_t type, const uint8_t *h)
{
	switch (type) {
	case HOP_BY_HOP:
	case ROUTING:
	case DEST_OPTS:
	case MOBILITY:
	case HIP:
	case SHIM6:
		return (h[1] + 1u) * 8;
	case FRAGMENT:
		return 8;
	case AUTH:
		return (h[1] + 2u) * 4;
	default:
		return 0;
	}
}

static bool
is_extension(uint8_t type)
{
	static const uint8_t any[2];

	return extension_length(type, any) != 0;
}

static enum fwi_l4_end
find6(const uint8_t *hdr, uint32_t have, struct fwi_l4 *l4)
{
	uint32_t at = 40, len;

	l4->proto = hdr[6];
	l4->dst = 24;
	while (is_extension(l4->proto)) {
		if (at + 8 > have)
			return FWI_L4_MORE;
		len = extension_length(l4->proto, hdr + at);
		if (at + len > have)
			return FWI_L4_MORE;
		if (l4->proto == ROUTING)
			routing(hdr + at, at, len, l4);
		else if (l4->proto == FRAGMENT) /* one that is all of the packet is none */
			l4->fragment |= (hdr[at + 2] | (hdr[at + 3] & 0xf9)) != 0;
		l4->proto = hdr[at];
		at += len;
	}
	l4->off = (uint16_t)at;
	return FWI_L4_FOUND;
}

enum fwi_l4_end
fwi_l4_find(const uint8_t *hdr, uint32_t have, struct fwi_l4 *l4)
{
	*l4 = (struct fwi_l4){0};
	return hdr[0] >> 4 == 4 ? find4(hdr, have, l4) : find6(hdr, have, l4);
}
