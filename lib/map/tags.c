/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "map/bytes.h"
#include "map/tags.h"

#define TPID	 0x8100u
#define VLAN_ID	 0x0fffu
#define PRIORITY 0xf000u /* with CFI */

static uint8_t *
put_tag(uint8_t *to, uint16_t tpid, uint16_t tag)
{
	fwi_put16(to, tpid);
	fwi_put16(to + 2, tag);
	return to + 4;
}

uint32_t
fwi_tags_write(uint8_t l2[FWI_L2_MAX], const struct fwi_hop *hop, bool tagged, uint16_t tag)
{
	union fwi_if_facts facts = fwi_if_facts_of(hop->iface);
	uint8_t *to = l2 + 12;

	if (tagged && (tag & VLAN_ID) == 0 && facts.tags != 0) {
		facts.tag = (facts.tag & VLAN_ID) | (tag & PRIORITY);
		facts.outer = (facts.outer & VLAN_ID) | (tag & PRIORITY);
		tagged = false;
	}
	if (facts.tags + tagged > 2)
		return 0;
	memcpy(l2, hop->l2, 12);
	if (facts.tags == 2)
		to = put_tag(to, facts.outer_tpid, facts.outer);
	if (facts.tags != 0)
		to = put_tag(to, TPID, facts.tag);
	if (tagged)
		to = put_tag(to, TPID, tag);
	memcpy(to, hop->l2 + 12, 2);
	return (uint32_t)(to + 2 - l2);
}
