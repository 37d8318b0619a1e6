/* SPDX-License-Identifier: BSD-3-Clause */
#include "stack/comp.h"
#include "stack/figures.h"
#include "stack/iface.h"
#include "stack/neigh.h"
#include "stack/pmtu.h"

bool
fwi_comp_figures(uint32_t comp, struct fwi_comp_figures *f)
{
	const struct fwi_table *t;
	unsigned i;

	*f = (struct fwi_comp_figures){.id = fwi_stack_compartment_id(comp)};
	for (i = 0; f->id != 0 && i < FWI_FAMILIES; i++) {
		if (fwi_comps[comp].rules[i] != NULL)
			f->family[i].rules = fwi_comps[comp].rules[i]->n;
		t = fwi_comps[comp].table[i];
		if (t == NULL)
			continue;
		f->family[i].routes = t->n_routes;
		f->family[i].dead = t->n_dead;
		f->family[i].big = t->n == 0;
	}
	return f->id != 0;
}

void
fwi_stack_figures(struct fwi_stack_figures *f)
{
	*f = (struct fwi_stack_figures){
		.in_place = fwi_routes_in_place, .rebuilds = fwi_routes_rebuilds};
	fwi_neigh_figures(&f->neighbours, &f->mirrored_neighbours, &f->max_neighbours);
	fwi_nexthop_figures(&f->next_hops, &f->groups);
	f->paths = __atomic_load_n(&fwi_pmtu_count, __ATOMIC_RELAXED);
}

bool
fwi_if_figures(uint32_t if_index, struct fwi_if_figures *f)
{
	const struct fwi_if *iface = fwi_if_get(if_index);
	const struct fwi_if_addr *a;

	*f = (struct fwi_if_figures){.info.size = sizeof(f->info)};
	if (iface == NULL)
		return false;
	fwi_if_describe(iface, &f->info);
	f->mirrored = iface->mirrored;
	SLIST_FOREACH(a, &iface->addrs, next)
	f->addresses++;
	return true;
}
