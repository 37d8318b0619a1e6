/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * NTSTATUS values.
 *
 * A value is signed: below zero is a warning (0x8...) or an error (0xC...), see
 * NT_SUCCESS in ntdef.h. The meanings are those this library gives them.
 */
#ifndef FWPDK_WDK_NTSTATUS_H
#define FWPDK_WDK_NTSTATUS_H

#include <ntdef.h>

/** @name General */
/** @{ */
#define STATUS_SUCCESS ((NTSTATUS)0x00000000) /**< the operation is done, or was accepted */
#define STATUS_WAIT_0  ((NTSTATUS)0x00000000) /**< first object signalled */
#define STATUS_TIMEOUT ((NTSTATUS)0x00000102) /**< wait ran out */
#define STATUS_PENDING ((NTSTATUS)0x00000103) /**< finishes later */
#define STATUS_OBJECT_NAME_EXISTS \
	((NTSTATUS)0x40000000) /**< there is one already; NT_SUCCESS holds */
#define STATUS_BUFFER_OVERFLOW		 ((NTSTATUS)0x80000005) /**< data cut to the buffer */
#define STATUS_DEVICE_BUSY		 ((NTSTATUS)0x80000011) /**< still in use, try again */
#define STATUS_NO_MORE_ENTRIES		 ((NTSTATUS)0x8000001A) /**< enumeration ended */
#define STATUS_UNSUCCESSFUL		 ((NTSTATUS)0xC0000001) /**< failed, no better code */
#define STATUS_NOT_IMPLEMENTED		 ((NTSTATUS)0xC0000002) /**< no such operation */
#define STATUS_INFO_LENGTH_MISMATCH	 ((NTSTATUS)0xC0000004) /**< wrong structure size */
#define STATUS_INVALID_HANDLE		 ((NTSTATUS)0xC0000008) /**< not a live handle */
#define STATUS_INVALID_PARAMETER	 ((NTSTATUS)0xC000000D) /**< bad argument */
#define STATUS_NO_SUCH_DEVICE		 ((NTSTATUS)0xC000000E) /**< no such device */
#define STATUS_INVALID_DEVICE_REQUEST	 ((NTSTATUS)0xC0000010) /**< not possible on this device */
#define STATUS_NO_MEMORY		 ((NTSTATUS)0xC0000017) /**< out of memory */
#define STATUS_ACCESS_DENIED		 ((NTSTATUS)0xC0000022) /**< not permitted */
#define STATUS_BUFFER_TOO_SMALL		 ((NTSTATUS)0xC0000023) /**< buffer holds less than needed */
#define STATUS_OBJECT_NAME_NOT_FOUND	 ((NTSTATUS)0xC0000034) /**< no object of that name */
#define STATUS_OBJECT_NAME_COLLISION	 ((NTSTATUS)0xC0000035) /**< name taken */
#define STATUS_DATA_ERROR		 ((NTSTATUS)0xC000003E) /**< bad data */
#define STATUS_INSUFFICIENT_RESOURCES	 ((NTSTATUS)0xC000009A) /**< pool or queue full, try later */
#define STATUS_DEVICE_NOT_READY		 ((NTSTATUS)0xC00000A3) /**< device not ready */
#define STATUS_IO_TIMEOUT		 ((NTSTATUS)0xC00000B5) /**< took too long */
#define STATUS_NOT_SUPPORTED		 ((NTSTATUS)0xC00000BB) /**< not supported */
#define STATUS_INTERNAL_ERROR		 ((NTSTATUS)0xC00000E5) /**< internal error */
#define STATUS_CANCELLED		 ((NTSTATUS)0xC0000120) /**< given up */
#define STATUS_INVALID_DEVICE_STATE	 ((NTSTATUS)0xC0000184) /**< port stopped */
#define STATUS_INVALID_BUFFER_SIZE	 ((NTSTATUS)0xC0000206) /**< packet longer than the MTU */
#define STATUS_INVALID_ADDRESS_COMPONENT ((NTSTATUS)0xC0000207) /**< address not usable there */
#define STATUS_DATA_NOT_ACCEPTED	 ((NTSTATUS)0xC000021B) /**< device did not take it */
#define STATUS_NOT_FOUND		 ((NTSTATUS)0xC0000225) /**< not found */
#define STATUS_NETWORK_UNREACHABLE	 ((NTSTATUS)0xC000023C) /**< no route */
#define STATUS_HOST_UNREACHABLE		 ((NTSTATUS)0xC000023D) /**< no neighbour */
#define STATUS_PROTOCOL_UNREACHABLE	 ((NTSTATUS)0xC000023E) /**< protocol not spoken there */
#define STATUS_PORT_UNREACHABLE		 ((NTSTATUS)0xC000023F) /**< port not open there */
#define STATUS_REQUEST_ABORTED		 ((NTSTATUS)0xC0000240) /**< request aborted */
#define STATUS_HOPLIMIT_EXCEEDED	 ((NTSTATUS)0xC000A012) /**< TTL or hop limit used up */
/** @} */

/** @name Filtering platform */
/** @{ */
#define STATUS_FWP_CALLOUT_NOT_FOUND   ((NTSTATUS)0xC0220001) /**< no such callout */
#define STATUS_FWP_CONDITION_NOT_FOUND ((NTSTATUS)0xC0220002) /**< no such condition */
#define STATUS_FWP_FILTER_NOT_FOUND    ((NTSTATUS)0xC0220003) /**< no such filter */
#define STATUS_FWP_LAYER_NOT_FOUND     ((NTSTATUS)0xC0220004) /**< no such layer */
#define STATUS_FWP_PROVIDER_NOT_FOUND  ((NTSTATUS)0xC0220005) /**< no such provider */
#define STATUS_FWP_PROVIDER_CONTEXT_NOT_FOUND \
	((NTSTATUS)0xC0220006)				     /**< no such provider context */
#define STATUS_FWP_SUBLAYER_NOT_FOUND ((NTSTATUS)0xC0220007) /**< no such sublayer */
#define STATUS_FWP_NOT_FOUND	      ((NTSTATUS)0xC0220008) /**< no such object */
#define STATUS_FWP_ALREADY_EXISTS     ((NTSTATUS)0xC0220009) /**< key taken */
#define STATUS_FWP_IN_USE	      ((NTSTATUS)0xC022000A) /**< object in use */
#define STATUS_FWP_DYNAMIC_SESSION_IN_PROGRESS \
	((NTSTATUS)0xC022000B) /**< not from a dynamic session */
#define STATUS_FWP_WRONG_SESSION \
	((NTSTATUS)0xC022000C) /**< the object belongs to another dynamic session */
#define STATUS_FWP_NO_TXN_IN_PROGRESS ((NTSTATUS)0xC022000D) /**< no transaction is open */
#define STATUS_FWP_TXN_IN_PROGRESS    ((NTSTATUS)0xC022000E) /**< not while a transaction is open */
#define STATUS_FWP_TXN_ABORTED	      ((NTSTATUS)0xC022000F) /**< the transaction was aborted */
#define STATUS_FWP_SESSION_ABORTED    ((NTSTATUS)0xC0220010) /**< the session is gone */
#define STATUS_FWP_INCOMPATIBLE_TXN   ((NTSTATUS)0xC0220011) /**< not in a read-only transaction */
#define STATUS_FWP_TIMEOUT                                                    \
	((NTSTATUS)0xC0220012) /**< another transaction was open for too long \
				*/
#define STATUS_FWP_LIFETIME_MISMATCH \
	((NTSTATUS)0xC0220016) /**< refers to an object that may go earlier */
#define STATUS_FWP_BUILTIN_OBJECT    ((NTSTATUS)0xC0220017) /**< built in, cannot be deleted */
#define STATUS_FWP_ZERO_LENGTH_ARRAY ((NTSTATUS)0xC0220022) /**< array without elements */
#define STATUS_FWP_NULL_DISPLAY_NAME ((NTSTATUS)0xC0220023) /**< displayData.name missing */
#define STATUS_FWP_INVALID_ACTION_TYPE \
	((NTSTATUS)0xC0220024) /**< action not possible for a filter */
#define STATUS_FWP_INVALID_WEIGHT                                       \
	((NTSTATUS)0xC0220025) /**< weight of a wrong type or too large \
				*/
#define STATUS_FWP_MATCH_TYPE_MISMATCH \
	((NTSTATUS)0xC0220026) /**< comparison not possible for this field */
#define STATUS_FWP_TYPE_MISMATCH                                                                  \
	((NTSTATUS)0xC0220027)				/**< value of a wrong type for this field \
							 */
#define STATUS_FWP_OUT_OF_BOUNDS ((NTSTATUS)0xC0220028) /**< value out of bounds */
#define STATUS_FWP_ACTION_INCOMPATIBLE_WITH_LAYER \
	((NTSTATUS)0xC022002C) /**< action not possible at this layer */
#define STATUS_FWP_CONTEXT_INCOMPATIBLE_WITH_CALLOUT \
	((NTSTATUS)0xC022002F) /**< provider context not possible here */
#define STATUS_FWP_NEVER_MATCH		     ((NTSTATUS)0xC0220033) /**< a condition that no packet fulfils */
#define STATUS_FWP_PROVIDER_CONTEXT_MISMATCH ((NTSTATUS)0xC0220034) /**< wrong provider context */
#define STATUS_FWP_TOO_MANY_SUBLAYERS	     ((NTSTATUS)0xC0220036) /**< sublayer limit reached */
#define STATUS_FWP_CALLOUT_NOTIFICATION_FAILED \
	((NTSTATUS)0xC0220037) /**< the notify function refused the filter */
#define STATUS_FWP_INCOMPATIBLE_LAYER	 ((NTSTATUS)0xC0220014) /**< not at this layer */
#define STATUS_FWP_TOO_MANY_CALLOUTS	 ((NTSTATUS)0xC0220018) /**< callout limit reached */
#define STATUS_FWP_NULL_POINTER		 ((NTSTATUS)0xC022001C) /**< required pointer missing */
#define STATUS_FWP_INVALID_ENUMERATOR	 ((NTSTATUS)0xC022001D) /**< enumeration value unknown */
#define STATUS_FWP_INVALID_FLAGS	 ((NTSTATUS)0xC022001E) /**< flags not known here */
#define STATUS_FWP_INVALID_NET_MASK	 ((NTSTATUS)0xC022001F) /**< mask not contiguous */
#define STATUS_FWP_INVALID_RANGE	 ((NTSTATUS)0xC0220020) /**< range reversed */
#define STATUS_FWP_RESERVED		 ((NTSTATUS)0xC0220029) /**< reserved argument not zero */
#define STATUS_FWP_INVALID_PARAMETER	 ((NTSTATUS)0xC0220035) /**< bad argument */
#define STATUS_FWP_TCPIP_NOT_READY	 ((NTSTATUS)0xC0220100) /**< stack not running, try later */
#define STATUS_FWP_INJECT_HANDLE_CLOSING ((NTSTATUS)0xC0220101) /**< handle is being destroyed */
#define STATUS_FWP_INJECT_HANDLE_STALE \
	((NTSTATUS)0xC0220102)			      /**< handle lacks the type of this function */
#define STATUS_FWP_CANNOT_PEND ((NTSTATUS)0xC0220103) /**< not possible to pend here */
#define STATUS_FWP_DROP_NOICMP ((NTSTATUS)0xC0220104) /**< filtered: drop silently */
/** @} */

#endif
