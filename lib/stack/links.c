/* SPDX-License-Identifier: BSD-3-Clause */
#include "stack/links.h"
#include "stack/room.h"
#include "stack/stack.h"

uint64_t fwi_links_down[RTE_MAX_ETHPORTS / 64 + 1];
uint32_t fwi_links_down_n;

void
fwi_stack_link(uint16_t port_id, bool down)
{
	uint64_t *word = &fwi_links_down[port_id / 64], bit = UINT64_C(1) << port_id % 64;
	uint64_t was = down ? __atomic_fetch_or(word, bit, __ATOMIC_RELAXED)
			    : __atomic_fetch_and(word, ~bit, __ATOMIC_RELAXED);

	if (((was & bit) != 0) == down)
		return;
	__atomic_fetch_add(&fwi_links_down_n, down ? 1 : UINT32_MAX, __ATOMIC_RELAXED);
	fwi_stack_changed();
}
