/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Scalars and argument structures of the injection functions. */
#ifndef FWPDK_WDK_FWPSK_TYPES_H
#define FWPDK_WDK_FWPSK_TYPES_H

#include <ndis/nbl.h>
#include <sdkddkver.h>
#include <ws2af.h>

/** A routing compartment; other values than these are possible. */
typedef enum {
	UNSPECIFIED_COMPARTMENT_ID = 0,
	DEFAULT_COMPARTMENT_ID = 1
} COMPARTMENT_ID,
	*PCOMPARTMENT_ID;

/** Zone of a scoped address. */
typedef union {
	__extension__ struct {
		ULONG Zone : 28;
		ULONG Level : 4;
	};
	ULONG Value;
} SCOPE_ID, *PSCOPE_ID;

/** @name Injection handle types
 * 0 stands for STREAM | TRANSPORT | FORWARD (R1). */
/** @{ */
#define FWPS_INJECTION_TYPE_STREAM	      0x00000001u
#define FWPS_INJECTION_TYPE_TRANSPORT	      0x00000002u
#define FWPS_INJECTION_TYPE_NETWORK	      0x00000004u
#define FWPS_INJECTION_TYPE_FORWARD	      0x00000008u
#define FWPS_INJECTION_TYPE_L2		      0x00000010u
#define FWPS_INJECTION_TYPE_VSWITCH_TRANSPORT 0x00000020u
/** @} */

/** Flag of send injections: keep the IPv4 identification. */
#define FWPS_SEND_INJECT_PRESERVE_IPID 0x00000001u

/** What FwpsQueryPacketInjectionState0 says of a list and a handle (R75..R79). */
typedef enum FWPS_PACKET_INJECTION_STATE_ {
	FWPS_PACKET_NOT_INJECTED = 0,
	FWPS_PACKET_INJECTED_BY_SELF = 1,
	FWPS_PACKET_INJECTED_BY_OTHER = 2,
	FWPS_PACKET_PREVIOUSLY_INJECTED_BY_SELF = 3,
	FWPS_PACKET_INJECTION_STATE_MAX = 4
} FWPS_PACKET_INJECTION_STATE;

typedef struct wsacmsghdr WSACMSGHDR, *PWSACMSGHDR;

/** Arguments of a transport send; the buffers must live until its completion (R135). */
typedef struct FWPS_TRANSPORT_SEND_PARAMS0_ {
	UCHAR *remoteAddress; /**< 4 or 16 bytes, network order */
	SCOPE_ID remoteScopeId;
	WSACMSGHDR *controlData; /**< a copy of the client's, or NULL */
	ULONG controlDataLength; /**< bytes */
} FWPS_TRANSPORT_SEND_PARAMS0;

#if NTDDI_VERSION >= NTDDI_WIN7
/** The same, with the header of a raw send (R44). */
typedef struct FWPS_TRANSPORT_SEND_PARAMS1_ {
	UCHAR *remoteAddress; /**< 4 or 16 bytes, network order */
	SCOPE_ID remoteScopeId;
	WSACMSGHDR *controlData; /**< a copy of the client's, or NULL */
	ULONG controlDataLength; /**< bytes */
	UCHAR *headerIncludeHeader;
	ULONG headerIncludeHeaderLength; /**< bytes */
} FWPS_TRANSPORT_SEND_PARAMS1;
#endif

#endif
