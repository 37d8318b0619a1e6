/* SPDX-License-Identifier: BSD-3-Clause */
/* The compartments. Entries only ever appear, until fini. */
#ifndef FWI_STACK_COMP_H
#define FWI_STACK_COMP_H

#include "stack/table.h"

struct fwi_comp {
	struct fwi_table *table[FWI_FAMILIES]; /* atomic; NULL: no routes */
	uint32_t id;
};

extern struct fwi_comp fwi_comps[FWPDK_MAX_COMPARTMENTS];

void fwi_comp_init(void);
void fwi_comp_fini(void);

#endif
