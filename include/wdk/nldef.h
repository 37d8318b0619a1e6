/* SPDX-License-Identifier: BSD-3-Clause */
/** @file Kinds of network-layer and link-layer address. */
#ifndef FWPDK_WDK_NLDEF_H
#define FWPDK_WDK_NLDEF_H

/** Value of the ..._ADDRESS_TYPE fields of the IP layers. */
typedef enum {
	NlatUnspecified = 0,
	NlatUnicast = 1,
	NlatAnycast = 2,
	NlatMulticast = 3,
	NlatBroadcast = 4,
	NlatInvalid = 5
} NL_ADDRESS_TYPE,
	*PNL_ADDRESS_TYPE;

/** Value of the ..._ADDRESS_TYPE fields of the MAC layers. */
typedef enum { DlUnicast = 0, DlMulticast = 1, DlBroadcast = 2 } DL_ADDRESS_TYPE, *PDL_ADDRESS_TYPE;

#endif
