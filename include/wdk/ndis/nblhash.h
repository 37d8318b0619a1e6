/* SPDX-License-Identifier: BSD-3-Clause */
/** @file The flow hash of slots NetBufferListHashValue and NetBufferListHashInfo. */
#ifndef FWPDK_WDK_NDIS_NBLHASH_H
#define FWPDK_WDK_NDIS_NBLHASH_H

#include <ndis/nblaccessors.h>

/** @name Hash info */
/** @{ */
#define NDIS_HASH_FUNCTION_MASK	 0x000000FFu
#define NDIS_HASH_TYPE_MASK	 0x00FFFF00u
#define NdisHashFunctionToeplitz 0x00000001u
#define NDIS_HASH_IPV4		 0x00000100u
#define NDIS_HASH_TCP_IPV4	 0x00000200u
#define NDIS_HASH_IPV6		 0x00000400u
#define NDIS_HASH_IPV6_EX	 0x00000800u
#define NDIS_HASH_TCP_IPV6	 0x00001000u
#define NDIS_HASH_TCP_IPV6_EX	 0x00002000u
/** @} */

/** @name Access */
/** @{ */
#define FWPDK_NBL_SLOT32(nbl, id)	    ((ULONG)(ULONG_PTR)NET_BUFFER_LIST_INFO(nbl, id))
#define NET_BUFFER_LIST_GET_HASH_VALUE(nbl) FWPDK_NBL_SLOT32(nbl, NetBufferListHashValue)
#define NET_BUFFER_LIST_GET_HASH_TYPE(nbl) \
	(FWPDK_NBL_SLOT32(nbl, NetBufferListHashInfo) & NDIS_HASH_TYPE_MASK)
#define NET_BUFFER_LIST_GET_HASH_FUNCTION(nbl) \
	(FWPDK_NBL_SLOT32(nbl, NetBufferListHashInfo) & NDIS_HASH_FUNCTION_MASK)
#define NET_BUFFER_LIST_SET_HASH_VALUE(nbl, v) \
	(NET_BUFFER_LIST_INFO(nbl, NetBufferListHashValue) = (PVOID)(ULONG_PTR)(ULONG)(v))
/** @} */

#endif
