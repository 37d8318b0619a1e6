/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: a packet at a layer. Sublayers from heavy to light; in each the filters from heavy to
 * light until one says permit or block; between sublayers arbitration (doc/guide.md).
 */
#include "classify/acl_look.h"
#include "classify/bare.h"
#include "classify/classify.h"
#include "classify/flow.h"
#include "classify/match.h"
#include "classify/section.h"
#include "classify/values.h"
#include "tx/poller.h"

enum step {
	NEXT_FILTER, /* it said continue */
	NEXT_SUBLAYER,
	BLOCKED /* and nothing below may change that */
};

/* One packet on its way through the sublayers. */
struct asked {
	const struct fwi_layer *l;
	const struct fwi_key *key;
	struct fwi_indication *ind;
	uint32_t rights; /* FWPS_RIGHT_ACTION_WRITE, or 0 below a hard permit */
	bool blocked;	 /* softly, as it stands */
	bool absorbed;
	bool shown; /* values are filled in */
	struct fwi_values values;
	FWPS_CLASSIFY_OUT0 out;
};

static inline enum step
block(struct asked *a, const struct fwi_cfilter *f, bool hard, bool absorb)
{
	fwi_bump(&fwi_count_of(f)->blocks, 1);
	if (absorb)
		fwi_bump(&fwi_count_of(f)->absorbs, 1);
	a->absorbed |= absorb;
	a->blocked = true;
	return hard ? BLOCKED : NEXT_SUBLAYER;
}

static inline enum step
permit(struct asked *a, bool hard)
{
	a->blocked = false;
	a->absorbed = false;
	if (hard)
		a->rights = 0;
	return NEXT_SUBLAYER;
}

/* What a callout has said. Without the right it can only veto. */
static inline enum step
said(struct asked *a, const struct fwi_cfilter *f)
{
	uint32_t left = a->out.rights & a->rights;

	if (unlikely(f->inspect))
		return NEXT_FILTER;
	if (likely(a->out.actionType == FWP_ACTION_PERMIT))
		return a->rights != 0 ? permit(a, left == 0) : NEXT_SUBLAYER;
	if (a->out.actionType != FWP_ACTION_BLOCK)
		return NEXT_FILTER;
	return block(a, f, left == 0, (a->out.flags & FWPS_CLASSIFY_OUT_FLAG_ABSORB) != 0);
}

static __rte_noinline UINT64
context_of(const struct asked *a, const struct fwi_cfilter *f)
{
	const FWPS_INCOMING_METADATA_VALUES0 *meta = &a->ind->meta;

	return FWPS_IS_METADATA_FIELD_PRESENT(meta, FWPS_METADATA_FIELD_FLOW_HANDLE)
		       ? fwi_flow_context(meta->flowHandle, a->l->id, f->callout_id)
		       : 0;
}

static inline enum step
ask_callout(struct asked *a, const struct fwi_cfilter *f)
{
	UINT64 context = 0;

	if (!a->shown) {
		if (unlikely(!a->ind->prepare(a->ind)))
			return block(a, f, true, false);
		fwi_values_fill(&a->values, a->l->id, a->key);
		fwi_out_begin(&a->out);
		a->shown = true;
	}
	if (unlikely(f->flow)) {
		context = context_of(a, f);
		if (f->only_flow && context == 0)
			return NEXT_FILTER;
	}
	fwi_callout_call(f, &a->values.in, &a->ind->meta, a->ind->nbl, context, a->rights, &a->out);
	return said(a, f);
}

static inline enum step
ask(struct asked *a, const struct fwi_cfilter *f)
{
	fwi_bump(&fwi_count_of(f)->hits, 1);
	if (likely(f->act >= FWI_ACT_CALLOUT0))
		return ask_callout(a, f);
	if (a->rights == 0) /* a filter does not veto */
		return NEXT_SUBLAYER;
	return f->act == FWI_ACT_PERMIT ? permit(a, f->hard) : block(a, f, true, false);
}

static inline enum fwi_verdict
verdict(const struct asked *a)
{
	if (likely(!a->blocked))
		return FWI_PERMIT;
	return a->absorbed ? FWI_ABSORB : FWI_BLOCK;
}

/* Along the chain of the first filter that the look-up has found. */
static enum step
ask_chain(struct asked *a, unsigned index)
{
	const struct fwi_cfilter *f = &a->l->filter[index];
	const uint16_t *next = &a->l->chain[f->chain], *end = next + f->chain_n;
	enum step step;

	for (;;) {
		step = fwi_match(a->l, f, a->key) ? ask(a, f) : NEXT_FILTER;
		if (step != NEXT_FILTER || next == end)
			return step;
		f = &a->l->filter[*next++];
	}
}

static __rte_noinline enum fwi_verdict
look_up(struct asked *a)
{
	uint32_t result[FWI_SUBLAYERS_OF_LAYER];
	unsigned i;

	fwi_acl_look(a->l, a->key, result);
	for (i = 0; i < a->l->n_sublayers; i++)
		if (result[i] != 0 && ask_chain(a, result[i] - 1) == BLOCKED)
			break;
	return verdict(a);
}

__rte_noinline enum fwi_verdict
fwi_did_not_permit(const struct fwi_cfilter *f, const FWPS_CLASSIFY_OUT0 *out)
{
	bool absorb = (out->flags & FWPS_CLASSIFY_OUT_FLAG_ABSORB) != 0;

	if (f->inspect || out->actionType != FWP_ACTION_BLOCK)
		return FWI_PERMIT;
	fwi_bump(&fwi_count_of(f)->blocks, 1);
	if (absorb)
		fwi_bump(&fwi_count_of(f)->absorbs, 1);
	return absorb ? FWI_ABSORB : FWI_BLOCK;
}

/* The only filter of a layer is a callout's: nothing to arbitrate. */
static inline enum fwi_verdict
ask_alone(const struct fwi_layer *layer, const struct fwi_key *key, struct fwi_indication *ind)
{
	const struct fwi_cfilter *f = layer->filter;
	struct fwi_values values;
	FWPS_CLASSIFY_OUT0 out;

	if (!fwi_match(layer, f, key))
		return FWI_PERMIT;
	fwi_bump(&fwi_count_of(f)->hits, 1);
	if (unlikely(!ind->prepare(ind))) {
		fwi_bump(&fwi_count_of(f)->blocks, 1);
		return FWI_BLOCK;
	}
	fwi_values_fill(&values, layer->id, key);
	fwi_out_begin(&out);
	fwi_callout_call(f, &values.in, &ind->meta, ind->nbl, 0, FWPS_RIGHT_ACTION_WRITE, &out);
	return likely(out.actionType == FWP_ACTION_PERMIT) ? FWI_PERMIT
							   : fwi_did_not_permit(f, &out);
}

/* As many filters as there are, one by one. */
static __rte_noinline enum fwi_verdict
ask_all(const struct fwi_layer *layer, const struct fwi_key *key, struct fwi_indication *ind)
{
	const struct fwi_cfilter *f = layer->filter, *end = f + layer->n;
	struct asked a;
	enum step step;

	a.l = layer;
	a.key = key;
	a.ind = ind;
	a.rights = FWPS_RIGHT_ACTION_WRITE;
	a.blocked = false;
	a.absorbed = false;
	a.shown = false;
	if (unlikely(layer->acl != NULL))
		return look_up(&a);
	while (f != end) {
		step = fwi_match(layer, f, key) ? ask(&a, f) : NEXT_FILTER;
		if (step == NEXT_FILTER)
			f++;
		else if (likely(step == NEXT_SUBLAYER))
			f = &layer->filter[f->after];
		else
			break;
	}
	return verdict(&a);
}

enum fwi_verdict
fwi_classify(const struct fwi_layer *layer, const struct fwi_key *key, struct fwi_indication *ind)
{
	if (likely(layer->alone))
		return ask_alone(layer, key, ind);
	return ask_all(layer, key, ind);
}
