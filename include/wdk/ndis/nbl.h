/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * NET_BUFFER_LIST and NET_BUFFER.
 *
 * Both come from the allocators of nblapi.h only: never from the stack, never by
 * copying one. The member order is this library's; code is source compatible, not
 * binary compatible, with the original.
 */
#ifndef FWPDK_WDK_NDIS_NBL_H
#define FWPDK_WDK_NDIS_NBL_H

#include <ndis/types.h>
#include <ndis/nblinfo.h>
#include <wdm/mdl.h>

typedef struct _NET_BUFFER NET_BUFFER, *PNET_BUFFER;
typedef struct _NET_BUFFER_LIST NET_BUFFER_LIST, *PNET_BUFFER_LIST;
typedef struct _NET_BUFFER_LIST_CONTEXT NET_BUFFER_LIST_CONTEXT, *PNET_BUFFER_LIST_CONTEXT;
typedef struct _NET_BUFFER_SHARED_MEMORY NET_BUFFER_SHARED_MEMORY, *PNET_BUFFER_SHARED_MEMORY;
typedef struct _SCATTER_GATHER_LIST SCATTER_GATHER_LIST, *PSCATTER_GATHER_LIST;

/**
 * One packet: a window of DataLength bytes that starts DataOffset bytes into a
 * chain of MDLs.
 */
struct _NET_BUFFER {
	NET_BUFFER *Next;	/**< next packet of the same list */
	MDL *CurrentMdl;	/**< MDL of the first byte of the window */
	ULONG CurrentMdlOffset; /**< of that byte in CurrentMdl */
	ULONG DataOffset;	/**< bytes of the chain in front of the window */
	union {
		ULONG DataLength; /**< bytes in the window */
		SIZE_T stDataLength;
	};
	MDL *MdlChain;	  /**< first MDL */
	ULONG FwpdkStamp; /**< the library's, not for clients */
	USHORT ChecksumBias;
	USHORT Reserved;
	NDIS_HANDLE NdisPoolHandle; /**< pool it came from; the library's */
	FWPDK_ALIGNAS(MEMORY_ALLOCATION_ALIGNMENT) PVOID NdisReserved[2]; /**< the library's */
	FWPDK_ALIGNAS(MEMORY_ALLOCATION_ALIGNMENT)
	PVOID ProtocolReserved[6]; /**< the present owner's */
	FWPDK_ALIGNAS(MEMORY_ALLOCATION_ALIGNMENT)
	PVOID MiniportReserved[4];		   /**< the miniport's */
	NDIS_PHYSICAL_ADDRESS DataPhysicalAddress; /**< not filled here */
	union {
		NET_BUFFER_SHARED_MEMORY *SharedMemoryInfo;
		SCATTER_GATHER_LIST *ScatterGatherList;
	};
};

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc99-extensions"
#endif
/** Header of a context area that travels with a list; the bytes follow it. */
struct _NET_BUFFER_LIST_CONTEXT {
	NET_BUFFER_LIST_CONTEXT *Next; /**< the area reserved before this one */
	USHORT Size;		       /**< bytes of this area */
	USHORT Offset;		       /**< unused bytes (backfill) in front of them */
	__extension__ FWPDK_ALIGNAS(MEMORY_ALLOCATION_ALIGNMENT) UCHAR ContextData[];
};
#ifdef __clang__
#pragma clang diagnostic pop
#endif

/** A list of packets that share one status and one set of out-of-band values. */
struct _NET_BUFFER_LIST {
	NET_BUFFER_LIST *Next;		      /**< next of a chain of lists, NULL = last */
	NET_BUFFER *FirstNetBuffer;	      /**< first packet */
	ULONG_PTR FwpdkReserved[4];	      /**< the library's, not for clients */
	NTSTATUS Status;		      /**< result, valid in the completion (R17, R18) */
	ULONG FwpdkPending;		      /**< the library's, not for clients */
	LONG ChildRefCount;		      /**< number of clones */
	ULONG NblFlags;			      /**< NDIS_NBL_FLAGS_* */
	NET_BUFFER_LIST *ParentNetBufferList; /**< of a clone: its original */
	PVOID NetBufferListInfo[MaxNetBufferListInfo]; /**< see NET_BUFFER_LIST_INFO */
	NET_BUFFER_LIST_CONTEXT *Context;	       /**< innermost context area or NULL */
	NDIS_HANDLE NdisPoolHandle;		       /**< pool it came from; the library's */
	PVOID Scratch;		  /**< the present owner's; NULL at allocation */
	NDIS_HANDLE SourceHandle; /**< who gets it back; the present owner's */
	ULONG Flags;		  /**< the library's */
	FWPDK_ALIGNAS(MEMORY_ALLOCATION_ALIGNMENT) PVOID NdisReserved[2]; /**< the library's */
	FWPDK_ALIGNAS(MEMORY_ALLOCATION_ALIGNMENT)
	PVOID ProtocolReserved[4]; /**< the present owner's */
	FWPDK_ALIGNAS(MEMORY_ALLOCATION_ALIGNMENT)
	PVOID MiniportReserved[2]; /**< the miniport's */
};

/** @name NblFlags
 * IPv4 and IPv6 exclude each other; so do TCP and UDP, which need one of the former. */
/** @{ */
#define NDIS_NBL_FLAGS_SEND_READ_ONLY			     0x00000001u
#define NDIS_NBL_FLAGS_RECV_READ_ONLY			     0x00000002u
#define NDIS_NBL_FLAGS_HD_SPLIT				     0x00000100u
#define NDIS_NBL_FLAGS_IS_IPV4				     0x00000200u
#define NDIS_NBL_FLAGS_IS_IPV6				     0x00000400u
#define NDIS_NBL_FLAGS_IS_TCP				     0x00000800u
#define NDIS_NBL_FLAGS_IS_UDP				     0x00001000u
#define NDIS_NBL_FLAGS_SPLIT_AT_UPPER_LAYER_PROTOCOL_HEADER  0x00002000u
#define NDIS_NBL_FLAGS_SPLIT_AT_UPPER_LAYER_PROTOCOL_PAYLOAD 0x00004000u
#define NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET		     0x00008000u
/** @} */

/** @name Masks of the private Flags word */
/** @{ */
#define NBL_FLAGS_NDIS_RESERVED	    0x00000FFCu
#define NBL_FLAGS_MINIPORT_RESERVED 0x0000F000u
#define NBL_FLAGS_SCRATCH	    0x000F0000u
#define NBL_FLAGS_PROTOCOL_RESERVED 0xFFF00003u
/** @} */

#endif
