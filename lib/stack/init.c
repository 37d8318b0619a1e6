/* SPDX-License-Identifier: BSD-3-Clause */
/* Start and end of the room, its hooks and its generation. */
#include <string.h>

#include "core/rcu.h"
#include "stack/comp.h"
#include "stack/iface.h"
#include "stack/inbound.h"
#include "stack/links.h"
#include "stack/neigh.h"
#include "stack/pmtu.h"
#include "stack/room.h"

uint32_t fwi_stack_generation;
static struct fwi_stack_hooks hooks;

void
fwi_stack_changed(void)
{
	__atomic_fetch_add(&fwi_stack_generation, 1, __ATOMIC_RELEASE);
}

void
fwi_stack_hook(const struct fwi_stack_hooks *h)
{
	hooks = *h;
}

const struct fwi_stack_hooks *
fwi_stack_hooks(void)
{
	return &hooks;
}

int
fwi_stack_init(uint32_t max_neighbours)
{
	int rc;

	rc = fwi_nexthop_init(max_neighbours);
	if (rc != 0)
		return rc;
	rc = fwi_neigh_init(max_neighbours);
	if (rc != 0) {
		fwi_neigh_fini();
		fwi_nexthop_fini();
		return rc;
	}
	fwi_comp_init();
	fwi_pmtu_init();
	return 0;
}

/*
 * Everything goes through fwi_rcu, which frees in this order: a retired object may still
 * give something back to the pools behind it. Without readers all of it goes at once.
 */
void
fwi_stack_fini(void)
{
	fwi_comp_fini();
	fwi_nexthop_fini();
	fwi_neigh_fini();
	fwi_adj_fini();
	fwi_inbound_fini();
	fwi_if_fini();
	fwi_pmtu_fini();
	memset(fwi_links_down, 0, sizeof(fwi_links_down));
	fwi_links_down_n = 0;
	hooks = (struct fwi_stack_hooks){0};
	fwi_stack_changed();
	fwi_rcu_reclaim();
}
