/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: a layer with one filter, a callout's, and no condition: what callout drivers add in
 * order to see everything. Who asks it again and again keeps what does not change from packet to
 * packet.
 */
#ifndef FWI_BARE_H
#define FWI_BARE_H

#include <rte_branch_prediction.h>

#include "classify/compiled.h"
#include "classify/section.h"
#include "classify/values.h"
#include "core/hint.h"

/* Inside one section: the layer stays as it is meanwhile. */
struct fwi_bare {
	const struct fwi_cfilter *f; /* NULL: the layer is none of these */
	struct fwi_filter_count *count;
	uint64_t hits, absorbed; /* not yet in *count */
	struct fwi_values values;
	FWPS_INCOMING_METADATA_VALUES0 meta;
	FWPS_CLASSIFY_OUT0 out;
};

static inline struct fwi_filter_count *
fwi_count_of(const struct fwi_cfilter *f)
{
	return &fwi_here->count[f->slot];
}

/* The rest of out is nobody's to write but the engine's. */
static inline void
fwi_out_begin(FWPS_CLASSIFY_OUT0 *out)
{
	out->outContext = 0;
	out->reserved = 0;
}

static __rte_always_inline void
fwi_callout_call(const struct fwi_cfilter *f, const FWPS_INCOMING_VALUES0 *values,
	const FWPS_INCOMING_METADATA_VALUES0 *meta, NET_BUFFER_LIST *nbl, UINT64 context,
	uint32_t rights, FWPS_CLASSIFY_OUT0 *out)
{
	const FWPS_FILTER0 *filter = f->filter;

	out->actionType = FWP_ACTION_NONE;
	out->filterId = filter->filterId;
	out->rights = rights;
	out->flags = 0;
	if (likely(f->act == FWI_ACT_CALLOUT1))
		f->classify1(values, meta, nbl, NULL, filter, context, out);
	else
		f->classify0(values, meta, nbl, filter, context, out);
}

/* classify.c: the only filter of a layer, whose callout has said something else than permit. */
enum fwi_verdict fwi_did_not_permit(const struct fwi_cfilter *f, const FWPS_CLASSIFY_OUT0 *out);

/* layer may be NULL. The key has all that is the same for the packets to come. */
static inline void
fwi_bare_begin(struct fwi_bare *b, const struct fwi_layer *layer, const struct fwi_key *key)
{
	b->f = layer != NULL && layer->bare ? layer->filter : NULL;
	if (b->f == NULL)
		return;
	b->count = fwi_count_of(b->f);
	b->hits = b->absorbed = 0;
	fwi_out_begin(&b->out);
	fwi_values_fill(&b->values, layer->id, key);
}

/* Count what was asked; before the section is left. Returns how many were absorbed. */
static inline uint64_t
fwi_bare_end(struct fwi_bare *b)
{
	if (b->f == NULL)
		return 0;
	fwi_bump(&b->count->hits, b->hits);
	fwi_bump(&b->count->blocks, b->absorbed);
	fwi_bump(&b->count->absorbs, b->absorbed);
	b->f = NULL;
	return b->absorbed;
}

static inline enum fwi_verdict
fwi_bare_ask(struct fwi_bare *b, NET_BUFFER_LIST *nbl)
{
	const struct fwi_cfilter *f = b->f;

	b->hits++;
	fwi_callout_call(f, &b->values.in, &b->meta, nbl, 0, FWPS_RIGHT_ACTION_WRITE, &b->out);
	if (likely(b->out.actionType == FWP_ACTION_PERMIT))
		return FWI_PERMIT;
	if (unlikely(b->out.actionType != FWP_ACTION_BLOCK || f->inspect ||
		     (b->out.flags & FWPS_CLASSIFY_OUT_FLAG_ABSORB) == 0))
		return fwi_did_not_permit(f, &b->out);
	b->absorbed++;
	return FWI_ABSORB;
}

#endif
