/* SPDX-License-Identifier: BSD-3-Clause */
/* What look-ups call out of line: detour.c. */
#ifndef FWI_STACK_DETOUR_H
#define FWI_STACK_DETOUR_H

#include "stack/group.h"
#include "stack/rule.h"
#include "stack/stack.h"
#include "stack/table.h"

/* The number of the next hop by these rules. */
uint32_t fwi_number_ruled(const struct fwi_rules *rules, uint32_t comp, enum fwi_family family,
	fwi_u128 ip, const struct fwi_flow *flow);
/* The closest route of t around ip whose link is up; without such a one nh. */
uint32_t fwi_number_up(const struct fwi_table *t, enum fwi_family family, fwi_u128 ip, uint32_t nh);
/* own, or if its link is down the first member from `at` on whose link is up. */
uint32_t fwi_member_up(const struct fwi_nh_group *g, uint32_t at, uint32_t own);

#endif
