/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: the Ethernet header with VLAN tags. */
#ifndef FWI_TAGS_H
#define FWI_TAGS_H

#include "map/frame.h"
#include "stack/facts.h"

/*
 * The tags of the interface, and what the NBL asks for (slot Ieee8021Q, 0 = nothing): with
 * VLAN id 0 on an interface that has tags its priority goes into these, else it is one more
 * tag, the innermost one. Returns bytes written; 0 = more than two tags.
 */
uint32_t fwi_tags_write(
	uint8_t l2[FWI_L2_MAX], const struct fwi_hop *hop, bool tagged, uint16_t tag);

#endif
