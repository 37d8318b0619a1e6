/* SPDX-License-Identifier: BSD-3-Clause */
/* Rule messages to facts: the rules that can be followed, in the kernel's order. */
#include <errno.h>
#include <stdlib.h>

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include "core/log.h"
#include "netlink/attr.h"
#include "netlink/mirror.h"

#ifndef FRA_PROTOCOL
#define FRA_PROTOCOL 21
#endif

#define RULES_MAX 1024u

/* Beside the rule: may it be followed? */
struct facts {
	struct fwi_nl_rule rule;
	bool unknown; /* it asks for something that the stack cannot see */
};

/* Where kernels say that an option is not used they say -1. */
static bool
is_unused(const struct nlattr *attr)
{
	uint32_t value = 0;

	return fwi_nl_u32(attr, &value) && value == UINT32_MAX;
}

static void
attribute(const struct nlattr *attr, struct facts *f)
{
	struct fwi_nl_rule *r = &f->rule;

	switch (mnl_attr_get_type(attr)) {
	case FRA_SRC:
		f->unknown |= !fwi_nl_address(attr, r->family, &r->from);
		break;
	case FRA_DST:
		f->unknown |= !fwi_nl_address(attr, r->family, &r->to);
		break;
	case FRA_PRIORITY:
		f->unknown |= !fwi_nl_u32(attr, &r->priority);
		break;
	case FRA_TABLE:
		f->unknown |= !fwi_nl_u32(attr, &r->table);
		break;
	case FRA_L3MDEV:
		r->kind = FWI_NL_RULE_VRF;
		break;
	case FRA_SUPPRESS_PREFIXLEN:
	case FRA_SUPPRESS_IFGROUP:
		f->unknown |= !is_unused(attr);
		break;
	case FRA_FLOW: /* these select nothing */
	case FRA_PROTOCOL:
	case FRA_PAD:
		break;
	default: /* a mark, an interface, a user, ports: it may be for some packets only */
		f->unknown = true;
		break;
	}
}

static bool
action(uint8_t action, struct fwi_nl_rule *r)
{
	switch (action) {
	case FR_ACT_TO_TBL:
		r->kind = FWI_NL_RULE_TABLE;
		return true;
	case FR_ACT_BLACKHOLE:
	case FR_ACT_UNREACHABLE:
	case FR_ACT_PROHIBIT:
		r->kind = FWI_NL_RULE_REJECT;
		return true;
	default:
		return false;
	}
}

/* False: none of ours, or one that does nothing. */
static bool
parse(const struct nlmsghdr *msg, struct facts *f)
{
	const struct fib_rule_hdr *h = mnl_nlmsg_get_payload(msg);
	struct fwi_nl_rule *r = &f->rule;
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(msg) < sizeof(*h) ||
		(h->family != AF_INET && h->family != AF_INET6) || h->action == FR_ACT_NOP)
		return false;
	*f = (struct facts){.rule = {.family = h->family == AF_INET ? FWI_V4 : FWI_V6,
				    .from_len = h->src_len,
				    .to_len = h->dst_len,
				    .table = h->table}};
	f->unknown = !action(h->action, r) || h->tos != 0 ||
		     (h->flags & ~(uint32_t)FIB_RULE_PERMANENT) != 0 ||
		     r->from_len > fwi_family_bits(r->family) ||
		     r->to_len > fwi_family_bits(r->family);
	mnl_attr_for_each(attr, msg, sizeof(*h))
	{
		attribute(attr, f);
	}
	if (f->unknown)
		return true;
	r->from &= fwi_mask(r->from_len);
	r->to &= fwi_mask(r->to_len);
	f->unknown = r->kind == FWI_NL_RULE_VRF && r->from_len + r->to_len != 0;
	return true;
}

void
fwi_nl_rule_refused(struct fwpdk_netlink *nl, uint32_t priority, const char *why)
{
	fwi_nl_count(&nl->stats.unsupported, 1);
	if (!nl->rule_refused)
		FWI_LOG(netlink, WARNING, "rule %u is not followed: %s (said once)", priority, why);
	nl->rule_refused = true;
}

static bool
same(const struct fwi_nl_rule *a, const struct fwi_nl_rule *b)
{
	return a->family == b->family && a->priority == b->priority && a->kind == b->kind &&
	       a->table == b->table && a->from == b->from && a->from_len == b->from_len &&
	       a->to == b->to && a->to_len == b->to_len;
}

static struct fwi_nl_rule **
find(struct fwpdk_netlink *nl, const struct fwi_nl_rule *like)
{
	struct fwi_nl_rule **at;

	for (at = &nl->rules; *at != NULL; at = &(*at)->next)
		if (same(*at, like))
			return at;
	return NULL;
}

static struct fwi_nl_rule *
take_out(struct fwpdk_netlink *nl, struct fwi_nl_rule **at)
{
	struct fwi_nl_rule *r = *at;

	*at = r->next;
	nl->n_rules--;
	nl->rules_changed = true;
	return r;
}

/* Behind those of its priority, as the kernel does. */
static void
put_in(struct fwpdk_netlink *nl, struct fwi_nl_rule *r)
{
	struct fwi_nl_rule **at = &nl->rules;

	while (*at != NULL && (*at)->priority <= r->priority)
		at = &(*at)->next;
	r->stale = false;
	r->next = *at;
	*at = r;
	nl->n_rules++;
	nl->rules_changed = true;
}

static int
note(struct fwpdk_netlink *nl, const struct fwi_nl_rule *like)
{
	struct fwi_nl_rule **at = find(nl, like), *r;

	if (at != NULL && !(*at)->stale)
		return 0;
	if (at != NULL) { /* a dump tells the order anew */
		put_in(nl, take_out(nl, at));
		return 0;
	}
	if (nl->n_rules == RULES_MAX) {
		fwi_nl_rule_refused(nl, like->priority, "there are too many");
		return 0;
	}
	r = malloc(sizeof(*r));
	if (r == NULL)
		return -ENOMEM;
	*r = *like;
	put_in(nl, r);
	fwi_nl_rule_table(nl, r);
	return 0;
}

int
fwi_nl_rule_message(struct fwpdk_netlink *nl, const struct nlmsghdr *msg)
{
	struct fwi_nl_rule **at;
	struct facts f;

	if (!parse(msg, &f))
		return 0;
	if (msg->nlmsg_type == RTM_NEWRULE && f.unknown)
		fwi_nl_rule_refused(
			nl, f.rule.priority, "what it selects or does is not known here");
	if (f.unknown)
		return 0;
	if (msg->nlmsg_type == RTM_NEWRULE)
		return note(nl, &f.rule);
	at = find(nl, &f.rule);
	if (at != NULL)
		free(take_out(nl, at));
	return 0;
}

void
fwi_nl_rules_mark(struct fwpdk_netlink *nl)
{
	struct fwi_nl_rule *r;

	for (r = nl->rules; r != NULL; r = r->next)
		r->stale = true;
}

void
fwi_nl_rules_sweep(struct fwpdk_netlink *nl, bool all)
{
	struct fwi_nl_rule **at = &nl->rules;

	while (*at != NULL) {
		if (all || (*at)->stale)
			free(take_out(nl, at));
		else
			at = &(*at)->next;
	}
}
