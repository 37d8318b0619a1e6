/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: what callouts are shown of a packet. */
#ifndef FWI_VALUES_H
#define FWI_VALUES_H

#include "classify/classify.h"

#define FWI_VALUES_MAX 16u

/* On the stack of a classify; what its pointers point at lies in it or in the key. */
struct fwi_values {
	FWPS_INCOMING_VALUES0 in;
	FWPS_INCOMING_VALUE0 v[FWI_VALUES_MAX];
	UINT64 luid, out_luid;
};

void fwi_values_fill(struct fwi_values *s, unsigned layer_id, const struct fwi_key *key);

#endif
