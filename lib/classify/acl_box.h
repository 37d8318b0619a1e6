/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control: a filter's conditions as far as rte_acl can have them: per dimension a few intervals.
 * The packets of a filter are all in its box; others may be too.
 */
#ifndef FWI_ACL_BOX_H
#define FWI_ACL_BOX_H

#include <stdbool.h>
#include <stdint.h>

#include "classify/object.h"

enum fwi_shape { FWI_SHAPE_PREFIX, FWI_SHAPE_RANGE, FWI_SHAPE_EXACT };

struct fwi_dim {
	uint8_t field; /* enum fwi_field */
	uint8_t shape;
};

#define FWI_DIMS	7u
#define FWI_BOX_ACL_MAX 64u /* rules of one filter */

/* The dimensions of a layer; those of no field come last as FWI_F_NONE. */
const struct fwi_dim *fwi_dims(const struct fwi_layer_kind *kind);

struct fwi_interval {
	fwi_wide lo, hi;
};

struct fwi_box {
	bool exact;	     /* nothing in it but the filter's packets */
	uint8_t n[FWI_DIMS]; /* 0 = any value */
	uint32_t first[FWI_DIMS];
};

/* Intervals of all boxes; begins zeroed. */
struct fwi_intervals {
	struct fwi_interval *v;
	uint32_t n, room;
};

/* 0 or -ENOMEM. */
int fwi_box_make(const struct fwi_filter *f, struct fwi_box *b, struct fwi_intervals *all);
bool fwi_box_overlap(
	const struct fwi_box *a, const struct fwi_box *b, const struct fwi_intervals *all);
/* Rules that it takes. */
unsigned fwi_box_rules(const struct fwi_box *b);

#endif
