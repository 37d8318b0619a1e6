/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The callout drivers of the demo. Each file here but hold.c is what it would be on Windows; who
 * loads them stands outside (../callouts.c) and hands over settings where a driver would read the
 * registry.
 */
#ifndef CALLOUTS_DRIVER_H
#define CALLOUTS_DRIVER_H

#include <ntddk.h>

#include <fwpsk.h>

#define DRIVER_TAG 'ldPF'

/** One direction of translation: who is inside, and the address shown outside. */
typedef struct NAT_RULE_ {
	BOOLEAN given;
	UINT8 inside[16]; /* network order, as the other one; IPv4: the first 4 bytes */
	UINT8 insideLength;
	UINT8 outside[16];
} NAT_RULE;

typedef struct DRIVER_SETTINGS_ {
	BOOLEAN atInbound, atForward; /* reinject */
	UINT32 holdMilliseconds;      /* reinject; 0 = no wait */
	NAT_RULE nat4, nat6;
} DRIVER_SETTINGS;

typedef struct DRIVER_COUNTER_ {
	const char *name;
	LONG64 volatile value;
} DRIVER_COUNTER;

typedef struct DRIVER_ {
	/* As DriverEntry: on failure nothing of it remains. Both run on a control thread. */
	NTSTATUS (*load)(const DRIVER_SETTINGS *settings);
	VOID (*unload)(VOID);
	DRIVER_COUNTER *counters; /* ends with name NULL */
} DRIVER;

extern const DRIVER ReinjectDriver, NatDriver, InspectDriver, DropDriver, EchoDriver, LoopDriver;

/** May this callout act on the packet? Not where a heavier one has decided (R122). */
#define MAY_DECIDE(out) (((out)->rights & FWPS_RIGHT_ACTION_WRITE) != 0)

/** Taken over: the packet is ours (R121, R124). */
FWPDK_INLINE VOID
Absorb(FWPS_CLASSIFY_OUT0 *out)
{
	out->actionType = FWP_ACTION_BLOCK;
	out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
	out->flags |= FWPS_CLASSIFY_OUT_FLAG_ABSORB;
}

/** An ordinary drop, also what is left when a packet could not be taken over (R123). */
FWPDK_INLINE VOID
Block(FWPS_CLASSIFY_OUT0 *out)
{
	out->actionType = FWP_ACTION_BLOCK;
	out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
}

/** Did this handle inject the packet, now or earlier? */
FWPDK_INLINE BOOLEAN
InjectedBy(HANDLE injection, const NET_BUFFER_LIST *nbl)
{
	FWPS_PACKET_INJECTION_STATE state = FwpsQueryPacketInjectionState0(injection, nbl, NULL);

	return state == FWPS_PACKET_INJECTED_BY_SELF ||
	       state == FWPS_PACKET_PREVIOUSLY_INJECTED_BY_SELF;
}

#endif
