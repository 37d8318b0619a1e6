/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include "core/ctl.h"
#include "core/rcu.h"
#include "stack/comp.h"
#include "stack/room.h"

struct fwi_comp fwi_comps[FWPDK_MAX_COMPARTMENTS];
static uint32_t count; /* atomic: entries below it are complete */

static void
append(uint32_t id)
{
	fwi_comps[count].id = id;
	__atomic_store_n(&count, count + 1, __ATOMIC_RELEASE);
}

void
fwi_comp_init(void)
{
	append(FWPDK_DEFAULT_COMPARTMENT);
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

			__atomic_store_n(&fwi_comps[i].table[f], NULL, __ATOMIC_RELEASE);
			if (old != NULL)
				fwi_rcu_defer(&old->retired, fwi_table_free, old);
		}
	}
}

uint32_t
fwi_stack_compartment(uint32_t compartment_id)
{
	uint32_t n = __atomic_load_n(&count, __ATOMIC_ACQUIRE), i;

	if (compartment_id == 0)
		compartment_id = FWPDK_DEFAULT_COMPARTMENT;
	for (i = 0; i < n; i++)
		if (fwi_comps[i].id == compartment_id)
			return i;
	return FWI_NO_COMPARTMENT;
}

uint32_t
fwi_stack_compartment_id(uint32_t comp)
{
	return comp < __atomic_load_n(&count, __ATOMIC_ACQUIRE) ? fwi_comps[comp].id : 0;
}

static int
add(uint32_t id)
{
	if (id == 0)
		return -EINVAL;
	if (fwi_stack_compartment(id) != FWI_NO_COMPARTMENT)
		return -EEXIST;
	if (count == FWPDK_MAX_COMPARTMENTS)
		return -ENOSPC;
	append(id);
	return 0;
}

int
fwpdk_compartment_add(uint32_t compartment_id)
{
	int rc;

	fwi_ctl_lock();
	rc = fwi_ready() ? add(compartment_id) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}
