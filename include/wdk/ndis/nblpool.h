/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Pools of lists and of packets. */
#ifndef FWPDK_WDK_NDIS_NBLPOOL_H
#define FWPDK_WDK_NDIS_NBLPOOL_H

#include <ndis/nbl.h>
#include <ndis/objectheader.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Parameters of NdisAllocateNetBufferListPool. */
typedef struct _NET_BUFFER_LIST_POOL_PARAMETERS {
	NDIS_OBJECT_HEADER Header;  /**< type DEFAULT, revision 1 or 2, size >= the revision's */
	UCHAR ProtocolId;	    /**< NDIS_PROTOCOL_ID_* */
	BOOLEAN fAllocateNetBuffer; /**< lists come with one packet each */
	USHORT ContextSize;	    /**< bytes, multiple of MEMORY_ALLOCATION_ALIGNMENT */
	ULONG PoolTag;		    /**< four characters for reports */
	ULONG DataSize;		    /**< bytes of data that come with each packet; 0 = none */
	ULONG Flags;		    /**< revision 2 */
} NET_BUFFER_LIST_POOL_PARAMETERS, *PNET_BUFFER_LIST_POOL_PARAMETERS;

#define NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1 1
#define NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_2 2
#define NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1 \
	RTL_SIZEOF_THROUGH_FIELD(NET_BUFFER_LIST_POOL_PARAMETERS, DataSize)
#define NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_2 \
	RTL_SIZEOF_THROUGH_FIELD(NET_BUFFER_LIST_POOL_PARAMETERS, Flags)

/** Parameters of NdisAllocateNetBufferPool. */
typedef struct _NET_BUFFER_POOL_PARAMETERS {
	NDIS_OBJECT_HEADER Header; /**< type DEFAULT, revision 1, size >= the revision's */
	ULONG PoolTag;		   /**< four characters for reports */
	ULONG DataSize;		   /**< 0 */
} NET_BUFFER_POOL_PARAMETERS, *PNET_BUFFER_POOL_PARAMETERS;

#define NET_BUFFER_POOL_PARAMETERS_REVISION_1 1
#define NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1 \
	RTL_SIZEOF_THROUGH_FIELD(NET_BUFFER_POOL_PARAMETERS, DataSize)

#define NDIS_PROTOCOL_ID_DEFAULT 0x00
#define NDIS_PROTOCOL_ID_TCP_IP	 0x02

/**
 * Creates a pool of lists.
 *
 * @param NdisHandle any handle or NULL; ignored
 * @param Parameters read during the call only. DataSize other than 0 needs
 *        fAllocateNetBuffer
 * @return the pool, owned by the caller until NdisFreeNetBufferListPool; NULL on
 *         bad parameters or when no memory is left
 *
 * Control thread (allocates memory) or any other that can afford it; does not
 * block on other threads (R91, R97).
 */
NDIS_HANDLE NTAPI
NdisAllocateNetBufferListPool(
	NDIS_HANDLE NdisHandle, NET_BUFFER_LIST_POOL_PARAMETERS const *Parameters);

/**
 * Destroys a pool of lists.
 *
 * @param PoolHandle the pool; every list of it must have been freed, after the
 *        completion of its injections (R112, R160)
 *
 * Any thread; does not wait for lists still out, which is the client's error.
 */
VOID NTAPI
NdisFreeNetBufferListPool(NDIS_HANDLE PoolHandle);

/**
 * Creates a pool of packets.
 *
 * @param NdisHandle any handle or NULL; ignored
 * @param Parameters read during the call only; DataSize 0
 * @return the pool, owned by the caller until NdisFreeNetBufferPool; NULL on bad
 *         parameters or when no memory is left
 *
 * Control thread (allocates memory) or any other that can afford it; does not
 * block on other threads (R97).
 */
NDIS_HANDLE NTAPI
NdisAllocateNetBufferPool(NDIS_HANDLE NdisHandle, NET_BUFFER_POOL_PARAMETERS const *Parameters);

/**
 * Destroys a pool of packets.
 *
 * @param PoolHandle the pool; every packet of it must have been freed (R112)
 *
 * Any thread; does not wait for packets still out, which is the client's error.
 */
VOID NTAPI
NdisFreeNetBufferPool(NDIS_HANDLE PoolHandle);

#ifdef __cplusplus
}
#endif

#endif
