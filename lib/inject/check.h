/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: may this NBL be sent? Nothing is changed. */
#ifndef FWI_CHECK_H
#define FWI_CHECK_H

#include <fwpsk.h>

#include "map/ip.h"

#define FWI_NB_MAX 16384u /* NET_BUFFERs per NBL */

bool fwi_oob_asks_slow(const NET_BUFFER_LIST *nbl);

/* Work asked for in an out-of-band slot that nobody does yet (R58: no work without IsIPv4/6). */
static inline bool
fwi_oob_asks(const NET_BUFFER_LIST *nbl)
{
	const PVOID *info = nbl->NetBufferListInfo;

	if (likely(((uintptr_t)info[TcpIpChecksumNetBufferListInfo] |
			   (uintptr_t)info[TcpLargeSendNetBufferListInfo] |
			   (uintptr_t)info[Ieee8021QNetBufferListInfo] |
			   (uintptr_t)info[UdpSegmentationOffloadInfo]) == 0))
		return false;
	return fwi_oob_asks_slow(nbl);
}

/*
 * Every NB of the list a whole IP packet of the same version, nothing out of band.
 * first is filled from the first NB. STATUS_SUCCESS, STATUS_INVALID_PARAMETER or
 * STATUS_NOT_SUPPORTED.
 */
NTSTATUS fwi_check_nbl(const NET_BUFFER_LIST *nbl, struct fwi_ip *first);

#endif
