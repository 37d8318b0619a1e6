/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: the filters of one layer turned into one block that pollers read. */
#include <errno.h>
#include <stdlib.h>

#include <rte_malloc.h>

#include "classify/callout.h"
#include "classify/compile.h"
#include "classify/compiled.h"

unsigned fwi_straight_max = 8;

static void
make_range(const struct fwi_layer_kind *kind, const struct fwi_test *t, struct fwi_op *op,
	struct fwi_op_wide *wide, unsigned *n_wide)
{
	uint8_t form = fwi_field_facts[t->field].form;

	op->negate = t->negate;
	if (form == FWI_MAC || (form == FWI_ADDR && kind->version == 6)) {
		op->kind = form == FWI_MAC ? FWI_OP_MAC : FWI_OP_WIDE;
		op->a = *n_wide;
		wide[*n_wide].lo = t->lo;
		wide[*n_wide].span = t->hi - t->lo;
		++*n_wide;
		return;
	}
	op->kind = form == FWI_U8 ? FWI_OP_U8 : form == FWI_U16 ? FWI_OP_U16 : FWI_OP_U32;
	op->a = (uint32_t)t->lo;
	op->b = (uint32_t)(t->hi - t->lo);
}

static void
make_op(const struct fwi_layer_kind *kind, const struct fwi_test *t, struct fwi_op *op,
	struct fwi_op_wide *wide, unsigned *n_wide)
{
	const struct fwi_field_facts *facts = &fwi_field_facts[t->field];

	op->offset = facts->offset;
	if (t->kind == FWI_T_RANGE) {
		make_range(kind, t, op, wide, n_wide);
		return;
	}
	op->kind = t->kind == FWI_T_ALL_SET   ? FWI_OP_ALL
		   : t->kind == FWI_T_ANY_SET ? FWI_OP_ANY
					      : FWI_OP_NONE;
	op->a = t->mask;
	op->b = facts->form == FWI_U8 ? 0 : facts->form == FWI_U16 ? 1 : 2;
}

/* A callout that is not there: its filters stand in for it (R155). */
static uint8_t
act_without(const struct fwi_filter *f)
{
	return (f->fwps.flags & FWPS_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED) != 0
		       ? FWI_ACT_PERMIT
		       : FWI_ACT_BLOCK;
}

static void
make_action(const struct fwi_filter *f, struct fwi_cfilter *c)
{
	const struct fwi_callout *callout;

	c->hard = (f->fwps.flags & FWPS_FILTER_FLAG_CLEAR_ACTION_RIGHT) != 0;
	if (f->mcallout == NULL) {
		c->act = f->fwps.action.type == FWP_ACTION_PERMIT ? FWI_ACT_PERMIT : FWI_ACT_BLOCK;
		return;
	}
	callout = f->mcallout->callout;
	if (!callout->registered) {
		c->act = act_without(f);
		return;
	}
	c->act = callout->version == 0 ? FWI_ACT_CALLOUT0 : FWI_ACT_CALLOUT1;
	c->classify0 = callout->classify0;
	c->callout_id = callout->id;
	c->inspect = f->fwps.action.type == FWP_ACTION_CALLOUT_INSPECTION;
	c->only_flow = (callout->flags & FWP_CALLOUT_FLAG_CONDITIONAL_ON_FLOW) != 0;
	c->flow = c->only_flow || (f->layer->flows && callout->flow_delete != NULL);
}

static void
make_filter(const struct fwi_filter *f, struct fwi_cfilter *c, struct fwi_op *op, unsigned *n_ops,
	struct fwi_op_wide *wide, unsigned *n_wide)
{
	unsigned i;

	c->filter = &f->fwps;
	c->slot = f->slot;
	c->op = *n_ops;
	c->n_ops = f->n_tests;
	make_action(f, c);
	for (i = 0; i < f->n_tests; i++) {
		make_op(f->layer, &f->tests[i], &op[*n_ops], wide, n_wide);
		op[*n_ops].more = i + 1 < f->n_tests && f->tests[i + 1].field == f->tests[i].field;
		++*n_ops;
	}
}

static void
mark_sublayers(struct fwi_filter *const *filters, struct fwi_cfilter *c, struct fwi_layer *l)
{
	unsigned i, after = l->n;

	l->n_sublayers = 1;
	for (i = l->n; i-- > 0;) {
		c[i].after = (uint16_t)after;
		if (i > 0 && filters[i]->sublayer != filters[i - 1]->sublayer) {
			after = i;
			l->n_sublayers++;
		}
	}
}

void
fwi_layer_free(void *layer)
{
	struct fwi_layer *l = layer;

	rte_acl_free(l->acl);
	rte_free(l->chain_memory);
	rte_free(l);
}

struct fwi_layer *
fwi_layer_make(const struct fwi_layer_kind *kind, struct fwi_filter *const *filters, unsigned n)
{
	unsigned i, n_tests = 0, n_ops = 0, n_wide = 0;
	struct fwi_op_wide *wide;
	struct fwi_cfilter *c;
	struct fwi_layer *l;
	struct fwi_op *op;

	for (i = 0; i < n; i++)
		n_tests += filters[i]->n_tests;
	l = rte_zmalloc("fwpdk_layer",
		RTE_ALIGN(sizeof(*l), 64) + n_tests * (sizeof(*wide) + sizeof(*op)) +
			n * sizeof(*c),
		RTE_CACHE_LINE_SIZE);
	if (l == NULL)
		return NULL;
	wide = RTE_PTR_ADD(l, RTE_ALIGN(sizeof(*l), 64));
	c = (struct fwi_cfilter *)&wide[n_tests];
	op = (struct fwi_op *)&c[n];
	l->id = kind->id;
	l->version = kind->version;
	l->n = (uint16_t)n;
	l->filter = c;
	l->wide = wide;
	l->op = op;
	for (i = 0; i < n; i++)
		make_filter(filters[i], &c[i], op, &n_ops, wide, &n_wide);
	mark_sublayers(filters, c, l);
	l->alone = n == 1 && c[0].act > FWI_ACT_PERMIT && !c[0].flow;
	l->bare = l->alone && c[0].n_ops == 0;
	if (n > fwi_straight_max && fwi_acl_build(kind, l, filters, n) != 0) {
		fwi_layer_free(l);
		return NULL;
	}
	return l;
}
