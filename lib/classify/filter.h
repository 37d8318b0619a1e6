/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: the parts of a filter. */
#ifndef FWI_FILTER_H
#define FWI_FILTER_H

#include "classify/object.h"

#define FWI_SUBLAYERS_OF_LAYER 16u

/* filter_parts.c: checks, and copies into f. */
NTSTATUS fwi_filter_conditions(const FWPM_FILTER0 *a, struct fwi_filter *f);
NTSTATUS fwi_filter_weight(const FWP_VALUE0 *asked, struct fwi_filter *f);

struct fwi_filter *fwi_filter_by_id(UINT64 id, uint64_t viewer);

#endif
