/* SPDX-License-Identifier: BSD-3-Clause */
/* Address translation: reading and rewriting headers. */
#include "checksum.h"
#include "nat.h"

#include <ws2def.h>

#define FRAGMENT_HEADER 44 /* of IPv6 */
#define TRANSPORT_MAX	18 /* bytes of it that are looked at */

static UINT16
Word(const UINT8 *p)
{
	UINT16 word;

	RtlCopyMemory(&word, p, sizeof(word));
	return word;
}

static BOOLEAN
Echo(const NAT_PACKET *p)
{
	UINT8 type = p->transport[0];

	if (p->version == 4)
		return (BOOLEAN)(p->protocol == IPPROTO_ICMP && (type == 8 || type == 0));
	return (BOOLEAN)(p->protocol == IPPROTO_ICMPV6 && (type == 128 || type == 129));
}

/* Bytes of the transport header up to its checksum; 0: none that is translated. */
static ULONG
TransportNeeds(const NAT_PACKET *p)
{
	switch (p->protocol) {
	case IPPROTO_TCP:
		return TRANSPORT_MAX;
	case IPPROTO_UDP:
		return 8;
	case IPPROTO_ICMP:
		return p->version == 4 ? 8 : 0;
	case IPPROTO_ICMPV6:
		return p->version == 6 ? 8 : 0;
	default:
		return 0;
	}
}

/* The IP header; returns its length with a fragment header, 0 if it is no such thing. */
static ULONG
ParseV4(NAT_PACKET *p, BOOLEAN *later)
{
	UINT16 offset = RtlUshortByteSwap(Word(p->ip + 6));

	p->version = 4;
	p->addressLength = 4;
	p->source = p->ip + 12;
	p->destination = p->ip + 16;
	p->protocol = p->ip[9];
	p->fragment = (offset & 0x3fff) != 0;
	p->fragmentId = Word(p->ip + 4);
	*later = (offset & 0x1fff) != 0;
	return (p->ip[0] & 15) * 4u;
}

static ULONG
ParseV6(NAT_PACKET *p, ULONG length, BOOLEAN *later)
{
	p->version = 6;
	p->addressLength = 16;
	p->source = p->ip + 8;
	p->destination = p->ip + 24;
	p->protocol = p->ip[6];
	p->fragment = FALSE;
	*later = FALSE;
	if (p->protocol != FRAGMENT_HEADER)
		return 40;
	if (length < 48)
		return 0;
	p->protocol = p->ip[40];
	p->fragment = TRUE;
	*later = (RtlUshortByteSwap(Word(p->ip + 42)) & 0xfff8) != 0;
	RtlCopyMemory(&p->fragmentId, p->ip + 44, 4);
	return 48;
}

BOOLEAN
NatParse(NET_BUFFER *nb, NAT_PACKET *p)
{
	ULONG length = NET_BUFFER_DATA_LENGTH(nb), header, needs;
	BOOLEAN later;

	p->ip = length >= 20 ? NdisGetDataBuffer(nb, 20, NULL, 1, 0) : NULL;
	if (p->ip == NULL)
		return FALSE;
	if (p->ip[0] >> 4 == 4)
		header = ParseV4(p, &later);
	else if (p->ip[0] >> 4 == 6 && NdisGetDataBuffer(nb, 40, NULL, 1, 0) != NULL)
		header = ParseV6(
			p, NdisGetDataBuffer(nb, 48, NULL, 1, 0) != NULL ? 48 : 40, &later);
	else
		return FALSE;
	needs = TransportNeeds(p);
	if (header < 20 || needs == 0)
		return FALSE;
	p->transport = NULL;
	if (later)
		return TRUE;
	if (NdisGetDataBuffer(nb, header + needs, NULL, 1, 0) == NULL)
		return FALSE;
	p->transport = p->ip + header;
	return (BOOLEAN)(p->protocol == IPPROTO_TCP || p->protocol == IPPROTO_UDP || Echo(p));
}

/* Where the port is that the source or the destination has. */
static UINT8 *
PortAt(const NAT_PACKET *p, BOOLEAN source)
{
	if (p->protocol == IPPROTO_ICMP || p->protocol == IPPROTO_ICMPV6)
		return p->transport + 4;
	return p->transport + (source ? 0 : 2);
}

UINT16
NatSourcePort(const NAT_PACKET *p)
{
	return Word(PortAt(p, TRUE));
}

UINT16
NatDestinationPort(const NAT_PACKET *p)
{
	return Word(PortAt(p, FALSE));
}

static UINT8 *
ChecksumAt(const NAT_PACKET *p)
{
	switch (p->protocol) {
	case IPPROTO_TCP:
		return p->transport + 16;
	case IPPROTO_UDP:
		return p->transport + 6;
	default:
		return p->transport + 2;
	}
}

static VOID
RewriteTransport(NAT_PACKET *p, BOOLEAN source, const UINT8 *old, const UINT8 *address, UINT16 port)
{
	UINT8 *at = PortAt(p, source), *sum = ChecksumAt(p);
	UINT16 was = Word(at);

	RtlCopyMemory(at, &port, sizeof(port));
	if (p->protocol == IPPROTO_UDP && Word(sum) == 0)
		return; /* it has none */
	ChecksumReplace(sum, &was, &port, sizeof(port));
	if (p->protocol != IPPROTO_ICMP)
		ChecksumReplace(sum, old, address, p->addressLength);
	if (p->protocol == IPPROTO_UDP && Word(sum) == 0)
		sum[0] = sum[1] = 0xff;
}

VOID
NatRewrite(NAT_PACKET *p, BOOLEAN source, const UINT8 *address, UINT16 port)
{
	UINT8 *at = source ? p->source : p->destination;
	UINT8 old[16];

	RtlCopyMemory(old, at, p->addressLength);
	RtlCopyMemory(at, address, p->addressLength);
	if (p->version == 4)
		ChecksumReplace(p->ip + 10, old, address, 4);
	if (p->transport != NULL)
		RewriteTransport(p, source, old, address, port);
}
