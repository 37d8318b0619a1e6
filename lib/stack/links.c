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
	bool was_down;

	/* Counted for as long as its bit is set: who sees the bit looks for another way too. */
	__atomic_fetch_add(&fwi_links_down_n, 1, __ATOMIC_RELEASE);
	was_down = ((down ? __atomic_fetch_or(word, bit, __ATOMIC_ACQ_REL)
			  : __atomic_fetch_and(word, ~bit, __ATOMIC_ACQ_REL)) &
			   bit) != 0;
	if (was_down || !down)
		__atomic_fetch_sub(&fwi_links_down_n, was_down && !down ? 2 : 1, __ATOMIC_RELEASE);
	if (was_down != down)
		fwi_stack_changed();
}
