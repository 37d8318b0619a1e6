/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Injection: handles, the send function, the state query. */
#ifndef FWPDK_WDK_FWPSK_INJECT_H
#define FWPDK_WDK_FWPSK_INJECT_H

#include <fwpsk/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Client's completion of an injection, called once for each accepted list (R14).
 *
 * @param context completionContext of the injection, unchanged (R19)
 * @param netBufferList the list injected (R20), the client's again, with Status set
 *        (R17, R18) and its packet chain as it was (R21)
 * @param dispatchLevel TRUE when called where it must not block (R26)
 *
 * Runs on the thread that owns the poller which took the list (R166), from its poll, or
 * with dispatchLevel FALSE on a control thread that serves a poller nobody owns (destroy,
 * stop, drain); never inside the inject call. May free, allocate and inject (R25); must
 * not destroy a handle (R13).
 */
typedef VOID(NTAPI *FWPS_INJECT_COMPLETE0)(
	VOID *context, NET_BUFFER_LIST *netBufferList, BOOLEAN dispatchLevel);

/**
 * Creates an injection handle.
 *
 * @param addressFamily AF_UNSPEC, AF_INET, AF_INET6 or WFP_AF_INET6; NETWORK needs
 *        one of the latter three (R5), L2 takes AF_UNSPEC (R6)
 * @param flags FWPS_INJECTION_TYPE_* ored (R4); 0 = stream, transport, forward (R1)
 * @param injectionHandle out: the handle, the caller's until Destroy; written on
 *        success only
 * @return STATUS_SUCCESS; STATUS_FWP_TCPIP_NOT_READY before fwpdk_init(), try again
 *         (R8); STATUS_NOT_SUPPORTED in a secondary process;
 *         STATUS_FWP_NULL_POINTER without injectionHandle;
 *         STATUS_FWP_INVALID_FLAGS on unknown types; STATUS_INVALID_PARAMETER on a
 *         family unknown or not fit for the types; STATUS_INSUFFICIENT_RESOURCES
 *         when no handle is left
 *
 * Control thread only (may block).
 */
NTSTATUS NTAPI
FwpsInjectionHandleCreate0(ADDRESS_FAMILY addressFamily, UINT32 flags, HANDLE *injectionHandle);

/**
 * Destroys an injection handle once all its injections are completed (R9, R11, R12).
 * Injections tried meanwhile are refused (R10).
 *
 * @param injectionHandle the handle; invalid afterwards
 * @return STATUS_SUCCESS, also when another thread destroys it at the same time: both
 *         wait; STATUS_INVALID_HANDLE when it is no live handle;
 *         STATUS_INVALID_DEVICE_STATE when called from a completion, at once and
 *         without effect: it could not end (R13)
 *
 * Blocks until the pollers have run all completions. Pollers that the calling thread owns
 * or that nobody owns are served by it (R164). Says once a second what it waits for.
 */
NTSTATUS NTAPI
FwpsInjectionHandleDestroy0(HANDLE injectionHandle);

/**
 * Sends IP packets.
 *
 * @param injectionHandle handle of type NETWORK and of the packets' IP version (R5)
 * @param injectionContext any value, for FwpsQueryPacketInjectionState0 (R80)
 * @param flags 0 or FWPS_SEND_INJECT_PRESERVE_IPID (R27)
 * @param compartmentId UNSPECIFIED_COMPARTMENT_ID or an existing one (R28, R29)
 * @param netBufferList a list, or a chain of up to 256 (Next) of which each is injected and
 *        completed on its own, all or none accepted (R38); every packet starts at its
 *        IP header (R36, R41), in network order (R33), with its checksums done, or asked
 *        for out of band (R54..R57); at most 16384 packets in a list and 1024 MDLs in a packet
 * @param completionFn called once when, and only when, this returns STATUS_SUCCESS
 * @param completionContext any value, handed to completionFn (R19)
 * @return STATUS_SUCCESS: accepted; list, MDLs, data and context are the library's
 *         until the completion (R22..R24), which tells later failures in Status:
 *         STATUS_INVALID_BUFFER_SIZE for a packet above the MTU (R60), STATUS_FWP_DROP_NOICMP
 *         if a filter or callout of an outbound layer took it, STATUS_HOPLIMIT_EXCEEDED for one
 *         that went round too often, and what section 4 of the guide lists.
 *         Otherwise nothing happened and the caller owns it all (R15, R16):
 *         STATUS_FWP_TCPIP_NOT_READY: stack or port down (R32);
 *         STATUS_INVALID_HANDLE: not a live handle;
 *         STATUS_FWP_INJECT_HANDLE_CLOSING: being destroyed (R10);
 *         STATUS_FWP_INJECT_HANDLE_STALE: not of type NETWORK (R2);
 *         STATUS_FWP_NULL_POINTER: no completionFn (R30), no list;
 *         STATUS_FWP_INVALID_FLAGS: flags;
 *         STATUS_INVALID_PARAMETER: unknown compartment, no packet, not a whole
 *         IP packet of the handle's family, list in flight already (also twice in one
 *         chain), chain too long, an out-of-band request that does not fit its packet;
 *         STATUS_NOT_SUPPORTED: a request for checksums or segments of a packet with more than
 *         512 bytes of headers or an IPv6 routing header of unknown type, or a secondary process;
 *         STATUS_INSUFFICIENT_RESOURCES: queue or pool full, try later (R163)
 *
 * Any thread, lcores included, completions included; does not block (R31).
 */
NTSTATUS NTAPI
FwpsInjectNetworkSendAsync0(HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags,
	COMPARTMENT_ID compartmentId, NET_BUFFER_LIST *netBufferList,
	FWPS_INJECT_COMPLETE0 completionFn, HANDLE completionContext);

/**
 * Hands IP packets to the receive path, as if they had come in.
 *
 * @param injectionHandle handle of type NETWORK and of the packets' IP version (R5)
 * @param injectionContext any value, for FwpsQueryPacketInjectionState0 (R80)
 * @param flags 0
 * @param compartmentId UNSPECIFIED_COMPARTMENT_ID or an existing one, that of the interface
 * @param interfaceIndex the interface it comes in by (R68)
 * @param subInterfaceIndex not looked at
 * @param netBufferList a list, or a chain as for the network send; one packet in each (R35), which
 *        starts at its IP header (R41); with a right IPv4 header checksum (R55)
 * @param completionFn called once when, and only when, this returns STATUS_SUCCESS
 * @param completionContext any value, handed to completionFn (R19)
 * @return as FwpsInjectNetworkSendAsync0; STATUS_FWP_TCPIP_NOT_READY also where the poller has
 *         no receive side (fwpdk_input_open()); STATUS_INVALID_PARAMETER also for an interface
 *         that is not one of the compartment, or for several packets in a list. The completion
 * tells in Status: STATUS_SUCCESS: taken over, delivered or sent on (R64); STATUS_FWP_DROP_NOICMP:
 * a filter blocked it or a callout absorbed it; STATUS_HOPLIMIT_EXCEEDED: it was injected again and
 * again (R84), or its TTL ended; STATUS_NETWORK_UNREACHABLE: for others, and the interface does not
 * forward or there is no route; STATUS_HOST_UNREACHABLE: no neighbour; STATUS_INVALID_BUFFER_SIZE:
 * above the MTU on its way out; STATUS_DATA_NOT_ACCEPTED: nobody takes it or no room there;
 *         STATUS_INSUFFICIENT_RESOURCES: no mbuf
 *
 * The packet goes in at the bottom of the receive layers (R74) and is classified again (R86).
 * The library copies it: the completion does not wait for the receiver. Any thread, lcores
 * included, completions and classify functions included; does not block.
 */
NTSTATUS NTAPI
FwpsInjectNetworkReceiveAsync0(HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags,
	COMPARTMENT_ID compartmentId, IF_INDEX interfaceIndex, IF_INDEX subInterfaceIndex,
	NET_BUFFER_LIST *netBufferList, FWPS_INJECT_COMPLETE0 completionFn,
	HANDLE completionContext);

/**
 * Sends packets that are being forwarded on their way. No layer sees them again (R66).
 *
 * @param injectionHandle handle of type FORWARD (or made with flags 0) of the packets' IP version
 *        or AF_UNSPEC
 * @param injectionContext any value, for FwpsQueryPacketInjectionState0 (R80)
 * @param flags 0
 * @param addressFamily AF_INET, AF_INET6 or WFP_AF_INET6: of the packets
 * @param compartmentId UNSPECIFIED_COMPARTMENT_ID or an existing one, that of the interface
 * @param interfaceIndex the interface it leaves by (R68); routes are asked for the next hop only
 * @param netBufferList as for the network send; what the IPFORWARD layer shows has its TTL lowered
 *        already, so TTL and all else are sent as they are
 * @param completionFn called once when, and only when, this returns STATUS_SUCCESS
 * @param completionContext any value, handed to completionFn (R19)
 * @return as FwpsInjectNetworkSendAsync0; STATUS_FWP_INJECT_HANDLE_STALE: not of type FORWARD;
 *         STATUS_INVALID_PARAMETER also for an unknown family or interface. The completion has
 *         Status STATUS_INVALID_PARAMETER for a packet from or to a local address (R63), else as
 *         after a network send
 *
 * Any thread, lcores included, completions and classify functions included; does not block.
 */
NTSTATUS NTAPI
FwpsInjectForwardAsync0(HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags,
	ADDRESS_FAMILY addressFamily, COMPARTMENT_ID compartmentId, IF_INDEX interfaceIndex,
	NET_BUFFER_LIST *netBufferList, FWPS_INJECT_COMPLETE0 completionFn,
	HANDLE completionContext);

/**
 * Tells whether and through which handle a list was injected.
 *
 * @param injectionHandle the handle of the question (R79)
 * @param netBufferList the list or a clone of it (R82)
 * @param injectionContext out: what the injection passed, for the two SELF states
 *        (R80), else NULL; may be NULL (R81)
 * @return FWPS_PACKET_NOT_INJECTED (R75), _INJECTED_BY_SELF (R76),
 *         _INJECTED_BY_OTHER (R78) or _PREVIOUSLY_INJECTED_BY_SELF (R77)
 *
 * No memory changes hands. Any thread, lcores and completions included; does not
 * block.
 */
FWPS_PACKET_INJECTION_STATE NTAPI
FwpsQueryPacketInjectionState0(
	HANDLE injectionHandle, const NET_BUFFER_LIST *netBufferList, HANDLE *injectionContext);

#ifdef __cplusplus
}
#endif

#endif
