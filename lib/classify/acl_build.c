/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control: one rte_acl for a layer with many filters. Each sublayer is a category, so one look-up
 * finds the heaviest filter of each whose box has the packet. Whether the packet really matches
 * is looked at then; if not, or if a callout says continue, the look goes on along the filter's
 * chain: the lower ones of the sublayer whose boxes overlap with its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_malloc.h>

#include "classify/acl_box.h"
#include "classify/compile.h"
#include "classify/compiled.h"

#define CHAINS_MAX (UINT32_C(1) << 20) /* entries of all chains of a layer */
#define FIELDS_MAX 13u

RTE_ACL_RULE_DEF(acl_rule, FIELDS_MAX);

#define DEF(of_type, of_size, at, group)                                                         \
	{                                                                                        \
		.type = RTE_ACL_FIELD_TYPE_##of_type, .size = (of_size), .input_index = (group), \
		.offset = offsetof(struct fwi_acl_in, at)                                        \
	}

static const struct rte_acl_field_def defs4[] = {
	DEF(BITMASK, 1, protocol, 0),
	DEF(MASK, 4, v4.local, 1),
	DEF(MASK, 4, v4.remote, 2),
	DEF(RANGE, 2, v4.local_port, 3),
	DEF(RANGE, 2, v4.remote_port, 3),
	DEF(MASK, 4, v4.if_index, 4),
	DEF(MASK, 4, v4.out_if_index, 5),
};

static const struct rte_acl_field_def defs6[] = {
	DEF(BITMASK, 1, protocol, 0),
	DEF(MASK, 4, v6.local[0], 1),
	DEF(MASK, 4, v6.local[1], 2),
	DEF(MASK, 4, v6.local[2], 3),
	DEF(MASK, 4, v6.local[3], 4),
	DEF(MASK, 4, v6.remote[0], 5),
	DEF(MASK, 4, v6.remote[1], 6),
	DEF(MASK, 4, v6.remote[2], 7),
	DEF(MASK, 4, v6.remote[3], 8),
	DEF(RANGE, 2, v6.local_port, 9),
	DEF(RANGE, 2, v6.remote_port, 9),
	DEF(MASK, 4, v6.if_index, 10),
	DEF(MASK, 4, v6.out_if_index, 11),
};

/* Two MAC addresses lie across three groups. */
static const struct rte_acl_field_def defs_mac[] = {
	DEF(BITMASK, 1, protocol, 0),
	DEF(RANGE, 2, mac.ether_type, 1),
	DEF(RANGE, 2, mac.vlan_id, 1),
	DEF(MASK, 4, mac.local[0], 2),
	DEF(MASK, 2, mac.local[4], 3),
	DEF(MASK, 2, mac.remote[0], 3),
	DEF(MASK, 4, mac.remote[2], 4),
	DEF(MASK, 4, mac.if_index, 5),
};

struct layout {
	const struct rte_acl_field_def *defs;
	unsigned n;
};

static struct layout
layout_of(const struct fwi_layer_kind *kind)
{
	if (kind->version == 4)
		return (struct layout){defs4, RTE_DIM(defs4)};
	if (kind->version == 6)
		return (struct layout){defs6, RTE_DIM(defs6)};
	return (struct layout){defs_mac, RTE_DIM(defs_mac)};
}

/* A prefix over fields of 32 bits each, the highest first. */
static struct rte_acl_field *
put_prefix(struct rte_acl_field *f, unsigned words, const struct fwi_interval *v)
{
	fwi_wide span = v != NULL ? v->hi - v->lo : ~(fwi_wide)0;
	unsigned len = 32 * words, i;

	for (; span != 0 && len > 0; span >>= 1)
		len--;
	for (i = 0; i < words; i++, f++) {
		f->value.u32 = v != NULL ? (uint32_t)(v->lo >> 32 * (words - 1 - i)) : 0;
		f->mask_range.u32 = len > 32 * i ? RTE_MIN(len - 32 * i, 32u) : 0;
	}
	return f;
}

static struct rte_acl_field *
put_range(struct rte_acl_field *f, const struct fwi_interval *v)
{
	f->value.u16 = v != NULL ? (uint16_t)v->lo : 0;
	f->mask_range.u16 = v != NULL ? (uint16_t)v->hi : UINT16_MAX;
	return f + 1;
}

static struct rte_acl_field *
put_bits(struct rte_acl_field *f, unsigned bits, fwi_wide v, bool any)
{
	if (bits == 16) {
		f->value.u16 = (uint16_t)v;
		f->mask_range.u16 = any ? 0 : 16;
	} else {
		f->value.u32 = (uint32_t)v;
		f->mask_range.u32 = any ? 0 : 32;
	}
	return f + 1;
}

static void
fill_ip(struct rte_acl_field *f, unsigned words, const struct fwi_interval *const *v)
{
	f->value.u8 = v[0] != NULL ? (uint8_t)v[0]->lo : 0;
	f->mask_range.u8 = v[0] != NULL ? UINT8_MAX : 0;
	f = put_prefix(f + 1, words, v[1]);
	f = put_prefix(f, words, v[2]);
	f = put_range(f, v[3]);
	f = put_range(f, v[4]);
	f = put_prefix(f, 1, v[5]);
	put_prefix(f, 1, v[6]);
}

static void
fill_mac(struct rte_acl_field *f, const struct fwi_interval *const *v)
{
	fwi_wide local = v[2] != NULL ? v[2]->lo : 0, remote = v[3] != NULL ? v[3]->lo : 0;

	f->value.u8 = 0;
	f->mask_range.u8 = 0;
	f = put_range(f + 1, v[0]);
	f = put_range(f, v[1]);
	f = put_bits(f, 32, local >> 16, v[2] == NULL);
	f = put_bits(f, 16, local, v[2] == NULL);
	f = put_bits(f, 16, remote >> 32, v[3] == NULL);
	f = put_bits(f, 32, remote, v[3] == NULL);
	put_prefix(f, 1, v[4]);
}

struct builder {
	const struct fwi_layer_kind *kind;
	struct fwi_layer *l;
	struct fwi_cfilter *c;
	struct fwi_box *box;
	struct fwi_intervals all;
	uint16_t *chain;
	uint32_t chain_n, chain_room;
};

/* The product of a box's intervals, one rule each. */
static int
add_rules(const struct builder *b, unsigned index, unsigned sublayer)
{
	const struct fwi_box *box = &b->box[index];
	const struct fwi_interval *v[FWI_DIMS];
	struct acl_rule rule = {.data = {.category_mask = UINT32_C(1) << sublayer,
					.priority = (int32_t)(RTE_ACL_MAX_PRIORITY - index),
					.userdata = index + 1}};
	unsigned n = fwi_box_rules(box), k, i, rest;
	int rc = 0;

	for (k = 0; k < n && rc == 0; k++) {
		for (i = 0, rest = k; i < FWI_DIMS; i++) {
			v[i] = NULL;
			if (box->n[i] == 0)
				continue;
			v[i] = &b->all.v[box->first[i] + rest % box->n[i]];
			rest /= box->n[i];
		}
		if (b->kind->version == 0)
			fill_mac(rule.field, v);
		else
			fill_ip(rule.field, b->kind->version == 4 ? 1 : 4, v);
		rc = rte_acl_add_rules(b->l->acl, (const struct rte_acl_rule *)&rule, 1);
	}
	return rc;
}

static int
build_acl(const struct builder *b)
{
	static unsigned serial;
	struct layout layout = layout_of(b->kind);
	struct rte_acl_config cfg = {.num_fields = layout.n};
	struct rte_acl_param param = {
		.socket_id = SOCKET_ID_ANY, .rule_size = RTE_ACL_RULE_SZ(layout.n)};
	unsigned i, sublayer = 0;
	char name[RTE_ACL_NAMESIZE];
	int rc;

	for (i = 0; i < b->l->n; i++)
		param.max_rule_num += fwi_box_rules(&b->box[i]);
	snprintf(name, sizeof(name), "fwpdk_%u", serial++);
	param.name = name;
	b->l->acl = rte_acl_create(&param);
	if (b->l->acl == NULL)
		return -ENOMEM;
	for (i = 0; i < b->l->n; i++) {
		if (i > 0 && b->c[i - 1].after == i)
			sublayer++;
		rc = add_rules(b, i, sublayer);
		if (rc != 0)
			return rc;
	}
	for (i = 0; i < layout.n; i++) {
		cfg.defs[i] = layout.defs[i];
		cfg.defs[i].field_index = (uint8_t)i;
	}
	cfg.num_categories = b->l->categories;
	return rte_acl_build(b->l->acl, &cfg);
}

static int
chain_add(struct builder *b, unsigned index)
{
	uint32_t room = b->chain_room != 0 ? 2 * b->chain_room : 1024;
	uint16_t *chain;

	if (b->chain_n == b->chain_room) {
		chain = room > CHAINS_MAX ? NULL : realloc(b->chain, room * sizeof(*chain));
		if (chain == NULL)
			return -ENOMEM;
		b->chain = chain;
		b->chain_room = room;
	}
	b->chain[b->chain_n++] = (uint16_t)index;
	return 0;
}

static int
make_chain(struct builder *b, unsigned i)
{
	unsigned k;
	int rc = 0;

	b->c[i].chain = b->chain_n;
	if (b->c[i].act <= FWI_ACT_PERMIT && b->box[i].exact)
		return 0;
	for (k = i + 1; k < b->c[i].after && rc == 0; k++)
		if (fwi_box_overlap(&b->box[i], &b->box[k], &b->all))
			rc = chain_add(b, k);
	b->c[i].chain_n = (uint16_t)(b->chain_n - b->c[i].chain);
	return rc;
}

static int
build(struct builder *b, struct fwi_filter *const *filters, unsigned n)
{
	static const uint16_t no_chain;
	unsigned i;
	int rc = 0;

	b->l->chain = &no_chain;
	b->box = calloc(n, sizeof(*b->box));
	if (b->box == NULL)
		return -ENOMEM;
	for (i = 0; i < n && rc == 0; i++)
		rc = fwi_box_make(filters[i], &b->box[i], &b->all);
	for (i = 0; i < n && rc == 0; i++)
		rc = make_chain(b, i);
	if (rc == 0)
		rc = build_acl(b);
	if (rc != 0 || b->chain_n == 0)
		return rc;
	b->l->chain_memory = rte_malloc(
		"fwpdk_chain", b->chain_n * sizeof(*b->chain), RTE_CACHE_LINE_SIZE);
	if (b->l->chain_memory == NULL)
		return -ENOMEM;
	memcpy(b->l->chain_memory, b->chain, b->chain_n * sizeof(*b->chain));
	b->l->chain = b->l->chain_memory;
	return 0;
}

int
fwi_acl_build(const struct fwi_layer_kind *kind, struct fwi_layer *l,
	struct fwi_filter *const *filters, unsigned n)
{
	struct builder b = {.kind = kind, .l = l, .c = (struct fwi_cfilter *)(uintptr_t)l->filter};
	int rc;

	l->categories = l->n_sublayers == 1
				? 1
				: (uint8_t)RTE_ALIGN(l->n_sublayers, RTE_ACL_RESULTS_MULTIPLIER);
	rc = build(&b, filters, n);
	free(b.box);
	free(b.all.v);
	free(b.chain);
	return rc != 0 ? -ENOMEM : 0;
}
