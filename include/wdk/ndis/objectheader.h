/* SPDX-License-Identifier: BSD-3-Clause */
/** @file The header that versioned NDIS structures start with. */
#ifndef FWPDK_WDK_NDIS_OBJECTHEADER_H
#define FWPDK_WDK_NDIS_OBJECTHEADER_H

#include <ntdef.h>

/** Names the kind, revision and size of the structure it heads. */
typedef struct _NDIS_OBJECT_HEADER {
	UCHAR Type;	/**< NDIS_OBJECT_TYPE_* */
	UCHAR Revision; /**< of the structure */
	USHORT Size;	/**< of the structure, bytes; at least what the revision needs */
} NDIS_OBJECT_HEADER, *PNDIS_OBJECT_HEADER;

#define NDIS_OBJECT_TYPE_DEFAULT       0x80
#define NDIS_SIZEOF_NDIS_OBJECT_HEADER 4

#endif
