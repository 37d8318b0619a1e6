/* SPDX-License-Identifier: BSD-3-Clause */
/* What the room says about itself to telemetry. Control path. */
#ifndef FWI_STACK_FIGURES_H
#define FWI_STACK_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include <fwpdk/stack.h>

/* Of one compartment or table; index: enum fwi_family. */
struct fwi_comp_figures {
	uint32_t id;
	struct {
		uint32_t routes;
		uint32_t rules;
		uint32_t dead; /* prefixes deleted in place, still in the table */
		bool big;
	} family[2];
};

/* Since the library was initialised. */
struct fwi_stack_figures {
	uint64_t in_place; /* route changes made in a published table */
	uint64_t rebuilds; /* tables built anew */
	uint32_t neighbours, mirrored_neighbours, max_neighbours;
	uint32_t next_hops, groups;
	uint32_t paths; /* MTUs known of them */
};

struct fwi_if_figures {
	struct fwpdk_if_info info;
	uint32_t addresses;
	bool mirrored;
};

/* All under the mutex. False: there is no such one. */
bool fwi_comp_figures(uint32_t comp, struct fwi_comp_figures *f);
void fwi_stack_figures(struct fwi_stack_figures *f);
bool fwi_if_figures(uint32_t if_index, struct fwi_if_figures *f);

/* Counted by route_change.c. */
extern uint64_t fwi_routes_in_place, fwi_routes_rebuilds;

#endif
