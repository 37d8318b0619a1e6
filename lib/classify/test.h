/* SPDX-License-Identifier: BSD-3-Clause */
/* One condition, checked: what a compiled filter is made of. Control. */
#ifndef FWI_TEST_H
#define FWI_TEST_H

#include <stdbool.h>
#include <stdint.h>

#include <fwpmk.h>

#include "classify/layers.h"

typedef unsigned __int128 fwi_wide;

enum fwi_test_kind { FWI_T_RANGE, FWI_T_ALL_SET, FWI_T_ANY_SET, FWI_T_NONE_SET };

/* Tests of one field: one is enough. */
struct fwi_test {
	uint8_t field; /* enum fwi_field */
	uint8_t kind;
	bool negate;	 /* outside the range */
	uint16_t number; /* FWPS_FIELD_ */
	uint32_t mask;	 /* of the flag tests */
	fwi_wide lo, hi; /* addresses and MACs as numbers: their first byte is the highest */
};

/* Status as FwpmFilterAdd0() gives it. */
NTSTATUS fwi_test_make(
	const struct fwi_layer_kind *layer, const FWPM_FILTER_CONDITION0 *c, struct fwi_test *t);

/* How specific: bits that it fixes, for weights that are made up. */
unsigned fwi_test_bits(const struct fwi_layer_kind *layer, const struct fwi_test *t);

/* Largest value of the field. */
fwi_wide fwi_field_max(const struct fwi_layer_kind *layer, enum fwi_field field);

#endif
