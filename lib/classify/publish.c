/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: which filters a layer has, in order, and putting them where pollers look. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "classify/callout.h"
#include "classify/classify.h"
#include "classify/compile.h"
#include "classify/compiled.h"
#include "classify/object.h"
#include "classify/section.h"

const struct fwi_layer *fwi_layers[FWI_LAYERS];
void (*fwi_classify_changed)(void);

static bool
seen(const struct fwi_obj *o, enum fwi_view view)
{
	return o->state == FWI_LIVE ||
	       o->state == (view == FWI_VIEW_COMMITTED ? FWI_GONE : FWI_NEW);
}

/* An inspection callout that is not there is passed over (R155). */
static bool
does_something(const struct fwi_filter *f)
{
	return f->mcallout == NULL || f->mcallout->callout->registered ||
	       f->fwps.action.type != FWP_ACTION_CALLOUT_INSPECTION;
}

static int
sign(uint64_t heavier, uint64_t lighter)
{
	return heavier > lighter ? -1 : heavier < lighter ? 1 : 0;
}

/* Heavier sublayers first, in them heavier filters; of equals the older. */
static int
in_order(const void *x, const void *y)
{
	const struct fwi_filter *a = *(struct fwi_filter *const *)x;
	const struct fwi_filter *b = *(struct fwi_filter *const *)y;
	int s = sign(a->sublayer->weight, b->sublayer->weight);

	if (s == 0)
		s = sign(b->sublayer->order, a->sublayer->order);
	if (s == 0)
		s = sign(a->weight, b->weight);
	return s != 0 ? s : sign(b->fwps.filterId, a->fwps.filterId);
}

/* 0 or -ENOMEM; *out NULL: no filters. */
static int
build(const struct fwi_layer_kind *kind, enum fwi_view view, struct fwi_layer **out)
{
	struct fwi_filter **filters;
	struct fwi_obj *o;
	unsigned n = 0;

	*out = NULL;
	filters = malloc(FWI_FILTERS_MAX * sizeof(struct fwi_filter *));
	if (filters == NULL)
		return -ENOMEM;
	TAILQ_FOREACH(o, &fwi_objs[FWI_FILTER], next)
	if (seen(o, view) && fwi_filter_of(o)->layer == kind && does_something(fwi_filter_of(o)))
		filters[n++] = fwi_filter_of(o);
	qsort(filters, n, sizeof(struct fwi_filter *), in_order);
	if (n != 0)
		*out = fwi_layer_make(kind, filters, n);
	free(filters);
	return n == 0 || *out != NULL ? 0 : -ENOMEM;
}

static bool
publish(unsigned id, struct fwi_layer *l)
{
	struct fwi_layer *old = (struct fwi_layer *)(uintptr_t)fwi_layers[id];

	__atomic_store_n(&fwi_layers[id], l, __ATOMIC_RELEASE);
	if (old != NULL)
		fwi_rcu_defer(&old->retired, fwi_layer_free, old);
	return (old == NULL) != (l == NULL);
}

int
fwi_layers_publish(enum fwi_view view, uint32_t layers)
{
	struct fwi_layer *made[FWI_LAYER_KINDS] = {NULL};
	bool changed = false;
	unsigned i;
	int rc = 0;

	for (i = 0; i < FWI_LAYER_KINDS && rc == 0; i++)
		if ((layers >> i & 1) != 0)
			rc = build(&fwi_layer_kinds[i], view, &made[i]);
	if (rc != 0) {
		for (i = 0; i < FWI_LAYER_KINDS; i++)
			if (made[i] != NULL)
				fwi_layer_free(made[i]);
		return rc;
	}
	for (i = 0; i < FWI_LAYER_KINDS; i++)
		if ((layers >> i & 1) != 0)
			changed |= publish(fwi_layer_kinds[i].id, made[i]);
	if (changed && fwi_classify_changed != NULL)
		fwi_classify_changed();
	return 0;
}

void
fwi_layers_fini(void)
{
	unsigned i;

	for (i = 0; i < FWI_LAYERS; i++)
		if (fwi_layers[i] != NULL)
			publish(i, NULL);
}
