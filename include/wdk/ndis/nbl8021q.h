/* SPDX-License-Identifier: BSD-3-Clause */
/** @file The 802.1Q tag of slot Ieee8021QNetBufferListInfo. */
#ifndef FWPDK_WDK_NDIS_NBL8021Q_H
#define FWPDK_WDK_NDIS_NBL8021Q_H

#include <ntdef.h>

/** A sender inserts the tag into the frame, a receiver takes it out of the frame. 0 = no tag. */
typedef union _NDIS_NET_BUFFER_LIST_8021Q_INFO {
	struct {
		ULONG UserPriority : 3;
		ULONG CanonicalFormatId : 1; /**< 0 */
		ULONG VlanId : 12;
		ULONG Reserved : 16; /**< 0 */
	} TagHeader;
	PVOID Value;
} NDIS_NET_BUFFER_LIST_8021Q_INFO, *PNDIS_NET_BUFFER_LIST_8021Q_INFO;

#endif
