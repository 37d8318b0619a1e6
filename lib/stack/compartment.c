/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>

#include "core/ctl.h"
#include "core/rcu.h"
#include "stack/comp.h"
#include "stack/room.h"

struct fwi_comp fwi_comps[FWPDK_MAX_COMPARTMENTS];
static uint32_t count; /* atomic: entries below it are complete */

static void
append(uint32_t id, bool table_only)
{
	__atomic_store_n(&fwi_comps[count].id, id, __ATOMIC_RELAXED);
	fwi_comps[count].table_only = table_only;
	fwi_comps[count].spare = false;
	__atomic_store_n(&count, count + 1, __ATOMIC_RELEASE);
}

void
fwi_comp_init(void)
{
	append(FWPDK_DEFAULT_COMPARTMENT, false);
}

void
fwi_comp_fini(void)
{
	uint32_t n = count, i;
	unsigned f;

	__atomic_store_n(&count, 0, __ATOMIC_RELEASE);
	for (i = 0; i < n; i++) {
		for (f = 0; f < FWI_FAMILIES; f++) {
			struct fwi_table *old = fwi_comps[i].table[f];
			struct fwi_rules *rules = fwi_comps[i].rules[f];

			__atomic_store_n(&fwi_comps[i].rules[f], NULL, __ATOMIC_RELEASE);
			__atomic_store_n(&fwi_comps[i].table[f], NULL, __ATOMIC_RELEASE);
			if (old != NULL)
				fwi_rcu_defer(&old->retired, fwi_table_free, old);
			if (rules != NULL)
				fwi_rcu_defer(&rules->retired, free, rules);
		}
	}
}

uint32_t
fwi_comp_table(uint32_t id)
{
	uint32_t n = __atomic_load_n(&count, __ATOMIC_ACQUIRE), i;

	if (id == 0)
		id = FWPDK_DEFAULT_COMPARTMENT;
	for (i = 0; i < n; i++)
		if (__atomic_load_n(&fwi_comps[i].id, __ATOMIC_RELAXED) == id)
			return i;
	return FWI_NO_COMPARTMENT;
}

uint32_t
fwi_stack_compartment(uint32_t compartment_id)
{
	uint32_t i = fwi_comp_table(compartment_id);

	return i != FWI_NO_COMPARTMENT && !fwi_comps[i].table_only ? i : FWI_NO_COMPARTMENT;
}

uint32_t
fwi_stack_compartment_id(uint32_t comp)
{
	return comp < __atomic_load_n(&count, __ATOMIC_ACQUIRE)
		       ? __atomic_load_n(&fwi_comps[comp].id, __ATOMIC_RELAXED)
		       : 0;
}

/* A table that was given back, or FWI_NO_COMPARTMENT. */
static uint32_t
spare_table(void)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if (fwi_comps[i].spare)
			return i;
	return FWI_NO_COMPARTMENT;
}

static int
add(uint32_t id, bool table_only)
{
	uint32_t spare = table_only ? spare_table() : FWI_NO_COMPARTMENT;

	if (id == 0)
		return -EINVAL;
	if (fwi_comp_table(id) != FWI_NO_COMPARTMENT)
		return -EEXIST;
	if (spare != FWI_NO_COMPARTMENT) {
		fwi_comps[spare].spare = false;
		__atomic_store_n(&fwi_comps[spare].id, id, __ATOMIC_RELAXED);
		return 0;
	}
	if (count == FWPDK_MAX_COMPARTMENTS)
		return -ENOSPC;
	append(id, table_only);
	return 0;
}

static int
add_if_ready(uint32_t id, bool table_only)
{
	int rc;

	fwi_ctl_lock();
	rc = fwi_ready() ? add(id, table_only) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}

int
fwpdk_compartment_add(uint32_t compartment_id)
{
	return add_if_ready(compartment_id, false);
}

int
fwpdk_table_add(uint32_t table_id)
{
	return add_if_ready(table_id, true);
}

int
fwi_comp_add_table(uint32_t id, uint32_t *comp)
{
	int rc;

	while (id == 0 || fwi_comp_table(id) != FWI_NO_COMPARTMENT)
		id += UINT32_C(1) << 24;
	rc = add(id, true);
	*comp = fwi_comp_table(id);
	return rc;
}

static bool
is_named(uint32_t comp)
{
	const struct fwi_rules *rules;
	uint32_t i, k;

	for (i = 0; i < count * FWI_FAMILIES; i++) {
		rules = fwi_comps[i / FWI_FAMILIES].rules[i % FWI_FAMILIES];
		for (k = 0; rules != NULL && k < rules->n; k++)
			if (!rules->rule[k].reject && rules->rule[k].table == comp)
				return true;
	}
	return false;
}

static void
give_back(void *comp)
{
	((struct fwi_comp *)comp)->spare = true;
}

void
fwi_comp_del_table(uint32_t comp)
{
	struct fwi_comp *c = &fwi_comps[comp];

	if (is_named(comp) || c->table[FWI_V4] != NULL || c->table[FWI_V6] != NULL)
		return;
	__atomic_store_n(&c->id, 0, __ATOMIC_RELAXED);
	/* Look-ups that follow the rules of before may still be on their way there. */
	fwi_rcu_defer(&c->retired, give_back, c);
}
