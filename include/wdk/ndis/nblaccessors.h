/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Accessors of NET_BUFFER_LIST and NET_BUFFER; lvalues where a field is behind them. */
#ifndef FWPDK_WDK_NDIS_NBLACCESSORS_H
#define FWPDK_WDK_NDIS_NBLACCESSORS_H

#include <ndis/nbl.h>

/** @name NET_BUFFER_LIST */
/** @{ */
#define NET_BUFFER_LIST_FIRST_NB(nbl)	       ((nbl)->FirstNetBuffer)
#define NET_BUFFER_LIST_NEXT_NBL(nbl)	       ((nbl)->Next)
#define NET_BUFFER_LIST_INFO(nbl, id)	       ((nbl)->NetBufferListInfo[(id)])
#define NET_BUFFER_LIST_STATUS(nbl)	       ((nbl)->Status)
#define NET_BUFFER_LIST_FLAGS(nbl)	       ((nbl)->Flags)
#define NET_BUFFER_LIST_NBL_FLAGS(nbl)	       ((nbl)->NblFlags)
#define NET_BUFFER_LIST_PROTOCOL_RESERVED(nbl) ((nbl)->ProtocolReserved)
#define NET_BUFFER_LIST_MINIPORT_RESERVED(nbl) ((nbl)->MiniportReserved)
#define NET_BUFFER_LIST_CONTEXT_DATA_SIZE(nbl) ((nbl)->Context->Size)
/** Pointer to the bytes of the innermost context area; Context must not be NULL. */
#define NET_BUFFER_LIST_CONTEXT_DATA_START(nbl) \
	((PUCHAR)(nbl)->Context->ContextData + (nbl)->Context->Offset)
/** @} */

/** @name NET_BUFFER */
/** @{ */
#define NET_BUFFER_NEXT_NB(nb)		     ((nb)->Next)
#define NET_BUFFER_FIRST_MDL(nb)	     ((nb)->MdlChain)
#define NET_BUFFER_CURRENT_MDL(nb)	     ((nb)->CurrentMdl)
#define NET_BUFFER_CURRENT_MDL_OFFSET(nb)    ((nb)->CurrentMdlOffset)
#define NET_BUFFER_DATA_OFFSET(nb)	     ((nb)->DataOffset)
#define NET_BUFFER_DATA_LENGTH(nb)	     ((nb)->DataLength)
#define NET_BUFFER_CHECKSUM_BIAS(nb)	     ((nb)->ChecksumBias)
#define NET_BUFFER_DATA_PHYSICAL_ADDRESS(nb) ((nb)->DataPhysicalAddress)
#define NET_BUFFER_PROTOCOL_RESERVED(nb)     ((nb)->ProtocolReserved)
#define NET_BUFFER_MINIPORT_RESERVED(nb)     ((nb)->MiniportReserved)
#define NET_BUFFER_SCATTER_GATHER_LIST(nb)   ((nb)->ScatterGatherList)
/** @} */

/** @name Flags of a list
 * Test: one bit; TestFlags: all of several. Not atomic. */
/** @{ */
#define NdisTestNblFlag(nbl, f)	 (((nbl)->NblFlags & (f)) != 0)
#define NdisTestNblFlags(nbl, f) (((nbl)->NblFlags & (f)) == (f))
#define NdisSetNblFlag(nbl, f)	 ((nbl)->NblFlags |= (f))
#define NdisClearNblFlag(nbl, f) ((nbl)->NblFlags &= ~(ULONG)(f))
/** @} */

#endif
