/* SPDX-License-Identifier: BSD-3-Clause */
/* Source address translation: what its parts know of a packet and of a flow. */
#ifndef CALLOUTS_NAT_H
#define CALLOUTS_NAT_H

#include "driver.h"

/** Where the parts of a packet are; nothing is copied. */
typedef struct NAT_PACKET_ {
	UINT8 *ip;
	UINT8 *source, *destination; /* addresses, addressLength bytes each */
	UINT8 *transport;	     /* NULL: a later fragment */
	ULONG addressLength;
	UINT8 version, protocol;
	BOOLEAN fragment;
	UINT32 fragmentId;
} NAT_PACKET;

typedef struct NAT_ADDRESS_ {
	UINT8 bytes[16]; /* network order; IPv4: 4, the others 0 */
} NAT_ADDRESS;

/** Between an inside endpoint and one outside. Ports as they stand in the packet; ICMP: the id of
 * echo, as both of the ports. */
typedef struct NAT_ENDS_ {
	NAT_ADDRESS inside, remote;
	UINT16 insidePort, remotePort;
	UINT8 version, protocol;
} NAT_ENDS;

typedef struct NAT_FLOW_ {
	NAT_ENDS ends;
	UINT16 outsidePort; /* this flow's alone */
	UINT64 used;	    /* serial of its last packet */
	INT32 next;	    /* in its bucket; -1 = last */
	BOOLEAN live;
} NAT_FLOW;

/* nat_packet.c */
/** FALSE: no packet that can be translated. From the IP header on, headers in one piece. */
BOOLEAN NatParse(NET_BUFFER *nb, NAT_PACKET *packet);
/** Of a packet with a transport header. */
UINT16 NatSourcePort(const NAT_PACKET *packet);
UINT16 NatDestinationPort(const NAT_PACKET *packet);
/** Source or destination become address and port; all checksums follow. */
VOID NatRewrite(NAT_PACKET *packet, BOOLEAN source, const UINT8 *address, UINT16 port);

/* nat_flows.c; the caller locks */
VOID NatFlowsClear(VOID);
/** Found or made; the one unused for longest gives way. */
NAT_FLOW *NatFlowOut(const NAT_ENDS *ends);
/** By the outside port; all but inside and insidePort of ends are compared. NULL: none. */
NAT_FLOW *NatFlowIn(const NAT_ENDS *ends, UINT16 outsidePort);
/** The flow of a fragmented packet, noted with its first fragment. */
VOID NatFragmentNote(const NAT_PACKET *packet, NAT_FLOW *flow);
NAT_FLOW *NatFragmentFind(const NAT_PACKET *packet);

#endif
