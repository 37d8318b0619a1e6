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
	fwi_comps[count].id = id;
	fwi_comps[count].table_only = table_only;
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
		if (fwi_comps[i].id == id)
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
	return comp < __atomic_load_n(&count, __ATOMIC_ACQUIRE) ? fwi_comps[comp].id : 0;
}

static int
add(uint32_t id, bool table_only)
{
	if (id == 0)
		return -EINVAL;
	if (fwi_comp_table(id) != FWI_NO_COMPARTMENT)
		return -EEXIST;
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
	while (id == 0 || fwi_comp_table(id) != FWI_NO_COMPARTMENT)
		id += UINT32_C(1) << 24;
	*comp = count;
	return add(id, true);
}
