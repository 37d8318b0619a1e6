/* SPDX-License-Identifier: BSD-3-Clause */
/* The compartments, and the tables beside them. Entries only ever appear, until fini. */
#ifndef FWI_STACK_COMP_H
#define FWI_STACK_COMP_H

#include "stack/rule.h"
#include "stack/table.h"

struct fwi_comp {
	struct fwi_table *table[FWI_FAMILIES]; /* atomic; NULL: no routes */
	struct fwi_rules *rules[FWI_FAMILIES]; /* atomic; NULL: none */
	uint32_t id;			       /* atomic; 0: given back */
	bool table_only; /* for rules: nobody injects into it, no interface is in it */
	bool spare;	 /* such a one that was given back */
	struct fwi_retired retired;
};

extern struct fwi_comp fwi_comps[FWPDK_MAX_COMPARTMENTS];

void fwi_comp_init(void);
void fwi_comp_fini(void);
/* Control: index of a compartment or table by id (0 = default), or FWI_NO_COMPARTMENT. */
uint32_t fwi_comp_table(uint32_t id);
/* A table of its own; the id is that or, where it is taken, another one. 0; -ENOSPC. */
int fwi_comp_add_table(uint32_t id, uint32_t *comp);
/* Mirrored routes are gone already. It stays if a rule leads there or a route of the host's is
 * there. */
void fwi_comp_del_table(uint32_t comp);

#endif
