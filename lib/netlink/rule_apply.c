/* SPDX-License-Identifier: BSD-3-Clause */
/* The stack's rules as the facts say, and the tables that they need. */
#include <errno.h>
#include <stdlib.h>

#include <linux/rtnetlink.h>

#include "core/ctl.h"
#include "core/log.h"
#include "core/rcu.h"
#include "netlink/mirror.h"
#include "stack/comp.h"

/* Of one compartment and family. */
struct list {
	struct fwi_rule rule[FWPDK_MAX_RULES];
	uint32_t n, more;
};

static bool
is_plain(const struct fwi_nl_rule *r)
{
	return r->from_len == 0 && r->to_len == 0;
}

/*
 * Local delivery comes first anyway; the table `default` is empty on any system; main without
 * being mirrored is no table of ours because of the rule that is always there.
 */
static bool
needs_table(const struct fwi_nl_rule *r)
{
	return r->kind == FWI_NL_RULE_TABLE && r->table != RT_TABLE_LOCAL &&
	       r->table != RT_TABLE_DEFAULT && r->table != 0 &&
	       !(r->table == RT_TABLE_MAIN && is_plain(r));
}

/* Of tables[]: the one that has it, or one that is free, or -1. */
static int
slot_for(const struct fwpdk_netlink *nl, uint32_t table)
{
	int slot = nl->n_tables < FWPDK_NETLINK_MAX_TABLES ? (int)nl->n_tables : -1;
	uint32_t i;

	for (i = 0; i < nl->n_tables; i++) {
		if (nl->tables[i].table == table)
			return (int)i;
		if (nl->tables[i].table == 0)
			slot = (int)i;
	}
	return slot;
}

void
fwi_nl_rule_table(struct fwpdk_netlink *nl, const struct fwi_nl_rule *r)
{
	struct fwi_nl_table *t;
	uint32_t comp;
	int slot, rc;

	if (!needs_table(r) || fwi_nl_table(nl, r->table) >= 0)
		return;
	slot = slot_for(nl, r->table);
	t = slot >= 0 ? &nl->tables[slot] : NULL;
	if (t != NULL && t->table != r->table) {
		fwi_ctl_lock();
		rc = fwi_comp_add_table(r->table, &comp);
		fwi_ctl_unlock();
		if (rc == 0)
			*t = (struct fwi_nl_table){r->table, comp, .for_rules = true};
		else
			t = NULL;
	}
	if (t == NULL) {
		fwi_nl_rule_refused(nl, r->priority, "no table is free");
		return;
	}
	nl->n_tables = RTE_MAX(nl->n_tables, (uint32_t)slot + 1);
	t->closing = false;
	nl->resync = true; /* its routes were of no interest before */
}

static bool
is_named(const struct fwpdk_netlink *nl, uint32_t table)
{
	const struct fwi_nl_rule *r;

	for (r = nl->rules; r != NULL; r = r->next)
		if (r->kind == FWI_NL_RULE_TABLE && r->table == table)
			return true;
	return false;
}

static void
drop_closing(void *ctx, struct fwi_nl_node *node)
{
	struct fwi_nl_prefix *p = container_of(node, struct fwi_nl_prefix, node);
	struct fwpdk_netlink *nl = ctx;

	if (nl->tables[p->table].closing)
		fwi_nl_prefix_drop(nl, p);
}

static void
add(struct fwpdk_netlink *nl, struct list *l, const struct fwi_nl_rule *r)
{
	int table = r->kind == FWI_NL_RULE_TABLE ? fwi_nl_table(nl, r->table) : 0;

	if (table < 0)
		return;
	if (l->n == FWPDK_MAX_RULES) {
		l->more++;
		return;
	}
	l->rule[l->n++] = (struct fwi_rule){.from = r->from,
		.to = r->to,
		.priority = r->priority,
		.from_len = r->from_len,
		.to_len = r->to_len,
		.table = (uint8_t)(r->kind == FWI_NL_RULE_TABLE ? nl->tables[table].comp : 0),
		.reject = r->kind == FWI_NL_RULE_REJECT,
		.mirrored = true};
}

/*
 * Packets of table main pass all rules but the VRFs' own, packets of a VRF those in front of
 * that. What leads to the compartment's own table at the end is so without a rule.
 */
static void
list_make(struct fwpdk_netlink *nl, const struct fwi_nl_table *t, enum fwi_family family,
	struct list *l)
{
	const struct fwi_nl_rule *r;
	bool end = t->table == RT_TABLE_MAIN;

	l->n = l->more = 0;
	for (r = nl->rules; r != NULL; r = r->next) {
		if (r->family != family)
			continue;
		if (r->kind == FWI_NL_RULE_VRF)
			end = true;
		else
			add(nl, l, r);
		if (r->kind == FWI_NL_RULE_VRF && t->table != RT_TABLE_MAIN)
			break;
	}
	if (!end)
		l->n = l->more = 0;
	while (l->more == 0 && l->n != 0 && !l->rule[l->n - 1].reject &&
		l->rule[l->n - 1].table == t->comp)
		l->n--;
}

static int
apply_to(struct fwpdk_netlink *nl, const struct fwi_nl_table *t, enum fwi_family family,
	uint64_t *installed)
{
	uint32_t left_out;
	struct list l;
	int rc;

	list_make(nl, t, family, &l);
	rc = fwi_rules_mirror(t->comp, family, l.rule, l.n, &left_out);
	if (rc == 0 && nl->rules_changed && l.n != 0 && left_out + l.more != 0)
		fwi_nl_rule_refused(nl, l.rule[l.n - 1].priority, "a compartment has too many");
	*installed += l.n - left_out;
	return rc;
}

static void
give_back(struct fwpdk_netlink *nl)
{
	uint32_t i;

	for (i = 0; i < nl->n_tables; i++) {
		if (!nl->tables[i].closing)
			continue;
		fwi_comp_del_table(nl->tables[i].comp);
		nl->tables[i] = (struct fwi_nl_table){.table = 0};
	}
}

/* Tables that no rule of the new lists names. */
static void
find_closing(struct fwpdk_netlink *nl)
{
	struct fwi_nl_table *t;
	uint32_t i;

	nl->closing = false;
	for (i = 0; i < nl->n_tables; i++) {
		t = &nl->tables[i];
		t->closing = t->for_rules && t->table != 0 && !is_named(nl, t->table);
		nl->closing |= t->closing;
	}
	nl->listed = rte_rcu_qsbr_start(fwi_rcu);
}

/*
 * Whoever looks up by the old lists must find the routes that they lead to: without them the next
 * rule would decide. So these go when nobody does any more, at a later call if need be.
 */
static int
close_tables(struct fwpdk_netlink *nl)
{
	int rc;

	if (!nl->closing)
		return 0;
	if (rte_rcu_qsbr_check(fwi_rcu, nl->listed, false) == 0) {
		nl->pending = true;
		return 0;
	}
	fwi_nl_each(&nl->prefixes, drop_closing, nl);
	rc = fwi_nl_apply(nl);
	if (rc != 0)
		return rc;
	give_back(nl);
	nl->closing = false;
	return 0;
}

int
fwi_nl_rules_apply(struct fwpdk_netlink *nl)
{
	uint64_t installed = 0;
	uint32_t i;
	int rc = 0;

	fwi_ctl_lock();
	for (i = 0; rc == 0 && i < nl->n_tables * FWI_FAMILIES; i++) {
		const struct fwi_nl_table *t = &nl->tables[i / FWI_FAMILIES];

		if (!t->for_rules && t->table != 0)
			rc = apply_to(nl, t, i % FWI_FAMILIES, &installed);
	}
	if (rc == 0) {
		fwi_nl_count(&nl->stats.rules, installed - nl->stats.rules);
		if (nl->rules_changed)
			find_closing(nl);
		nl->rules_changed = false;
		rc = close_tables(nl);
	}
	if (rc != 0) {
		nl->pending = true;
		FWI_LOG(netlink, ERR, "changes of rules wait: %s", strerror(-rc));
	}
	fwi_ctl_unlock();
	return rc;
}

int
fwi_nl_rules_unsettle(struct fwpdk_netlink *nl)
{
	uint32_t i;
	int rc;

	fwi_nl_rules_sweep(nl, true);
	rc = fwi_nl_rules_apply(nl);
	if (rc != 0)
		return rc;
	/* Their routes are gone already. */
	for (i = 0; i < nl->n_tables; i++)
		nl->tables[i].closing = nl->tables[i].for_rules;
	fwi_ctl_lock();
	give_back(nl);
	fwi_ctl_unlock();
	return 0;
}
