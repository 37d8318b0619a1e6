/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules: checks, and each change as a new list. Control path. */
#include <errno.h>
#include <stdlib.h>

#include "core/ctl.h"
#include "stack/comp.h"
#include "stack/room.h"

#define MAX_RULES FWPDK_MAX_RULES

/* Where it belongs. */
struct place {
	uint32_t comp;
	enum fwi_family family;
};

static struct fwi_rules *
present(const struct place *at)
{
	return fwi_comps[at->comp].rules[at->family];
}

static uint32_t
count_of(const struct fwi_rules *rules)
{
	return rules != NULL ? rules->n : 0;
}

static void
publish(const struct place *at, struct fwi_rules *rules)
{
	struct fwi_rules *old = present(at);

	__atomic_store_n(&fwi_comps[at->comp].rules[at->family], rules, __ATOMIC_RELEASE);
	fwi_stack_changed();
	if (old != NULL)
		fwi_rcu_defer(&old->retired, free, old);
}

static struct fwi_rules *
room_for(uint32_t n)
{
	return calloc(1, sizeof(struct fwi_rules) + n * sizeof(struct fwi_rule));
}

static bool
same(const struct fwi_rule *a, const struct fwi_rule *b)
{
	return a->priority == b->priority && a->from == b->from && a->from_len == b->from_len &&
	       a->to == b->to && a->to_len == b->to_len && a->reject == b->reject &&
	       (a->reject || a->table == b->table) && a->mirrored == b->mirrored;
}

static const struct fwi_rule *
find(const struct fwi_rules *rules, const struct fwi_rule *like)
{
	uint32_t i;

	for (i = 0; i < count_of(rules); i++)
		if (same(&rules->rule[i], like))
			return &rules->rule[i];
	return NULL;
}

static int
prefix(const struct fwpdk_addr *addr, uint8_t len, enum fwi_family *family, fwi_u128 *key)
{
	if (fwi_addr_key(addr, family, key) != 0 || len > fwi_family_bits(*family) ||
		(*key & ~fwi_mask(len)) != 0)
		return -EINVAL;
	return 0;
}

static int
check(const struct fwpdk_rule *r, struct place *at, struct fwi_rule *rule)
{
	enum fwi_family family;
	uint32_t table;

	if (!FWI_SIZE_OK(r, struct fwpdk_rule))
		return -EINVAL;
	*rule = (struct fwi_rule){.priority = r->priority,
		.from_len = r->from_len,
		.to_len = r->to_len,
		.reject = r->reject != 0};
	if (prefix(&r->from, r->from_len, &at->family, &rule->from) != 0)
		return -EINVAL;
	if (r->to.family == 0 ? r->to_len != 0
			      : prefix(&r->to, r->to_len, &family, &rule->to) != 0 ||
					family != at->family)
		return -EINVAL;
	at->comp = fwi_stack_compartment(r->compartment_id);
	table = rule->reject ? 0 : fwi_comp_table(r->table_id);
	if (at->comp == FWI_NO_COMPARTMENT || table == FWI_NO_COMPARTMENT)
		return -ENOENT;
	rule->table = (uint8_t)table;
	return 0;
}

/* Behind those of the same priority. */
static int
add(const struct place *at, const struct fwi_rule *rule)
{
	const struct fwi_rules *old = present(at);
	uint32_t n = count_of(old), i;
	struct fwi_rules *rules;

	if (find(old, rule) != NULL)
		return -EEXIST;
	if (n == MAX_RULES)
		return -ENOSPC;
	rules = room_for(n + 1);
	if (rules == NULL)
		return -ENOMEM;
	for (i = 0; i < n && old->rule[i].priority <= rule->priority; i++)
		rules->rule[i] = old->rule[i];
	rules->rule[i] = *rule;
	for (; i < n; i++)
		rules->rule[i + 1] = old->rule[i];
	rules->n = n + 1;
	publish(at, rules);
	return 0;
}

static int
del(const struct place *at, const struct fwi_rule *rule)
{
	const struct fwi_rules *old = present(at);
	const struct fwi_rule *found = find(old, rule);
	struct fwi_rules *rules = NULL;
	struct fwi_rule mirrored = *rule;
	uint32_t i;

	mirrored.mirrored = true;
	if (found == NULL)
		return find(old, &mirrored) != NULL ? -EBUSY : -ENOENT;
	if (old->n > 1) {
		rules = room_for(old->n - 1);
		if (rules == NULL)
			return -ENOMEM;
		for (i = 0; i < old->n; i++)
			if (&old->rule[i] != found)
				rules->rule[rules->n++] = old->rule[i];
	}
	publish(at, rules);
	return 0;
}

static int
change(const struct fwpdk_rule *r, int (*fn)(const struct place *, const struct fwi_rule *))
{
	struct fwi_rule rule;
	struct place at;
	int rc;

	fwi_ctl_lock();
	rc = fwi_ready() ? check(r, &at, &rule) : -ENODEV;
	if (rc == 0)
		rc = fn(&at, &rule);
	fwi_ctl_unlock();
	return rc;
}

int
fwpdk_rule_add(const struct fwpdk_rule *rule)
{
	return change(rule, add);
}

int
fwpdk_rule_del(const struct fwpdk_rule *rule)
{
	return change(rule, del);
}

static int
walk(const struct place *at, fwpdk_rule_walk_fn fn, void *arg)
{
	const struct fwi_rules *rules = present(at);
	uint32_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < count_of(rules); i++) {
		const struct fwi_rule *r = &rules->rule[i];
		struct fwpdk_rule u = {.size = sizeof(u),
			.compartment_id = fwi_stack_compartment_id(at->comp),
			.priority = r->priority,
			.table_id = r->reject ? 0 : fwi_stack_compartment_id(r->table),
			.from_len = r->from_len,
			.to_len = r->to_len,
			.reject = r->reject,
			.mirrored = r->mirrored};

		fwi_key_addr(at->family, r->from, &u.from);
		fwi_key_addr(at->family, r->to, &u.to);
		rc = fn(&u, arg);
	}
	return rc;
}

int
fwpdk_rule_walk(uint32_t compartment_id, fwpdk_rule_walk_fn fn, void *arg)
{
	struct place at = {.family = FWI_V4};
	int rc;

	fwi_ctl_lock();
	at.comp = fwi_stack_compartment(compartment_id);
	if (!fwi_ready()) {
		rc = -ENODEV;
	} else if (fn == NULL) {
		rc = -EINVAL;
	} else if (at.comp == FWI_NO_COMPARTMENT) {
		rc = -ENOENT;
	} else {
		rc = walk(&at, fn, arg);
		at.family = FWI_V6;
		if (rc == 0)
			rc = walk(&at, fn, arg);
	}
	fwi_ctl_unlock();
	return rc;
}

static uint32_t
of_host(const struct fwi_rules *rules, struct fwi_rule host[MAX_RULES])
{
	uint32_t n = 0, i;

	for (i = 0; i < count_of(rules); i++)
		if (!rules->rule[i].mirrored)
			host[n++] = rules->rule[i];
	return n;
}

static bool
same_list(const struct fwi_rules *old, const struct fwi_rule *rules, uint32_t n)
{
	uint32_t i;

	if (count_of(old) != n)
		return false;
	for (i = 0; i < n; i++)
		if (!same(&old->rule[i], &rules[i]))
			return false;
	return true;
}

int
fwi_rules_mirror(uint32_t comp, enum fwi_family family, const struct fwi_rule *rules, uint32_t n,
	uint32_t *left_out)
{
	const struct place at = {comp, family};
	struct fwi_rule host[MAX_RULES], all[MAX_RULES];
	uint32_t n_host = of_host(present(&at), host), h = 0, m = 0, i;
	uint32_t fits = RTE_MIN(n, MAX_RULES - n_host);
	struct fwi_rules *list = NULL;

	*left_out = n - fits;
	for (i = 0; i < n_host + fits; i++)
		all[i] = m == fits || (h < n_host && host[h].priority <= rules[m].priority)
				 ? host[h++]
				 : rules[m++];
	if (same_list(present(&at), all, i))
		return 0;
	if (i != 0) {
		list = room_for(i);
		if (list == NULL)
			return -ENOMEM;
		list->n = i;
		memcpy(list->rule, all, i * sizeof(*all));
	}
	publish(&at, list);
	return 0;
}
