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
	uint64_t *hits;
	struct fwi_values values;
	FWPS_INCOMING_METADATA_VALUES0 meta;
	FWPS_CLASSIFY_OUT0 out;
};

static inline struct fwi_filter_count *
fwi_count_of(const struct fwi_cfilter *f)
{
	return &fwi_here->count[f->slot];
}

/* outContext and reserved stay as they are: nobody but the engine writes them. */
static __rte_always_inline void
fwi_callout_call(const struct fwi_cfilter *f, const FWPS_INCOMING_VALUES0 *values,
	const FWPS_INCOMING_METADATA_VALUES0 *meta, NET_BUFFER_LIST *nbl, UINT64 context,
	uint32_t rights, FWPS_CLASSIFY_OUT0 *out)
{
	out->actionType = FWP_ACTION_NONE;
	out->filterId = f->filter->filterId;
	out->rights = rights;
	out->flags = 0;
	if (likely(f->act == FWI_ACT_CALLOUT1))
		f->classify1(values, meta, nbl, NULL, f->filter, context, out);
	else
		f->classify0(values, meta, nbl, f->filter, context, out);
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
	b->hits = &fwi_count_of(b->f)->hits;
	b->out.outContext = 0;
	b->out.reserved = 0;
	fwi_values_fill(&b->values, layer->id, key);
}

static inline enum fwi_verdict
fwi_bare_ask(struct fwi_bare *b, NET_BUFFER_LIST *nbl)
{
	fwi_bump(b->hits, 1);
	fwi_callout_call(b->f, &b->values.in, &b->meta, nbl, 0, FWPS_RIGHT_ACTION_WRITE, &b->out);
	return likely(b->out.actionType == FWP_ACTION_PERMIT) ? FWI_PERMIT
							      : fwi_did_not_permit(b->f, &b->out);
}

#endif
