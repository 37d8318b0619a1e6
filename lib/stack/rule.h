/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules: in which tables the packets of a compartment are looked up before its own. A list per
 * compartment and family, immutable once published; NULL is none.
 */
#ifndef FWI_STACK_RULE_H
#define FWI_STACK_RULE_H

#include "core/rcu.h"
#include "stack/prefix.h"

struct fwi_rule {
	fwi_u128 from, to; /* host bits 0 */
	uint32_t priority;
	uint8_t from_len, to_len;
	uint8_t table; /* index of fwi_comps */
	bool reject;   /* instead of a table: leads nowhere */
	bool mirrored; /* lib/netlink's */
};

struct fwi_rules {
	uint32_t n;
	struct fwi_retired retired;
	struct fwi_rule rule[]; /* by ascending priority, equals as they came */
};

/*
 * lib/netlink's: these and no others. Those that do not fit beside the host's are left out, last
 * ones first, and counted in *left_out. 0; -ENOMEM, nothing changed.
 */
int fwi_rules_mirror(uint32_t comp, enum fwi_family family, const struct fwi_rule *rules,
	uint32_t n, uint32_t *left_out);

#endif
