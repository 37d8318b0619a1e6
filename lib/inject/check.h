/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: may this NBL be sent? Nothing is changed. */
#ifndef FWI_CHECK_H
#define FWI_CHECK_H

#include <fwpsk.h>

#include "map/ip.h"

#define FWI_NB_MAX 16384u /* NET_BUFFERs per NBL */

/*
 * Every NB of the list a whole IP packet of the same version, and what is asked for out of
 * band can be done with each. first is filled from the first NB. STATUS_SUCCESS,
 * STATUS_INVALID_PARAMETER or STATUS_NOT_SUPPORTED (fwi_job_init).
 */
NTSTATUS fwi_check_nbl(const NET_BUFFER_LIST *nbl, struct fwi_ip *first);

#endif
