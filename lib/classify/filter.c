/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: FwpmFilterAdd0 and its checks; FwpmFilterDelete*. */
#include <stdlib.h>
#include <string.h>

#include "classify/callout.h"
#include "classify/filter.h"
#include "classify/object.h"
#include "classify/section.h"
#include "classify/session.h"

#define FLAGS_REFUSED                                              \
	(FWPM_FILTER_FLAG_PERSISTENT | FWPM_FILTER_FLAG_BOOTTIME | \
		FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT)
#define FLAGS_KNOWN                                            \
	(FLAGS_REFUSED | FWPM_FILTER_FLAG_CLEAR_ACTION_RIGHT | \
		FWPM_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED | FWPM_FILTER_FLAG_INDEXED)

static uint64_t last_id;
static uint64_t slots[FWI_FILTERS_MAX / 64]; /* bit: taken */

static int
slot_take(void)
{
	unsigned i, bit;

	for (i = 0; i < FWI_FILTERS_MAX / 64; i++) {
		if (~slots[i] == 0)
			continue;
		bit = (unsigned)__builtin_ctzll(~slots[i]);
		slots[i] |= UINT64_C(1) << bit;
		fwi_count_clear(i * 64 + bit);
		return (int)(i * 64 + bit);
	}
	return -1;
}

void
fwi_filter_release(struct fwi_filter *f)
{
	if (f->fwps.filterId != 0)
		slots[f->slot / 64] &= ~(UINT64_C(1) << f->slot % 64);
	free(f->tests);
	free(f->conditions);
}

void
fwi_filter_remove_new(struct fwi_session *s, struct fwi_filter *f)
{
	UNREFERENCED_PARAMETER(s);
	fwi_notify(f, FWPS_CALLOUT_NOTIFY_DELETE_FILTER);
	fwi_obj_free(&f->obj);
}

static bool
is_callout(FWP_ACTION_TYPE type)
{
	return (type & FWP_ACTION_FLAG_CALLOUT) != 0;
}

static NTSTATUS
check_plain(const FWPM_FILTER0 *a)
{
	switch (a->action.type) {
	case FWP_ACTION_BLOCK:
	case FWP_ACTION_PERMIT:
	case FWP_ACTION_CALLOUT_TERMINATING:
	case FWP_ACTION_CALLOUT_INSPECTION:
	case FWP_ACTION_CALLOUT_UNKNOWN:
		break;
	default:
		return STATUS_FWP_INVALID_ACTION_TYPE;
	}
	if (a->reserved != NULL)
		return STATUS_FWP_RESERVED;
	if (a->numFilterConditions > FWI_CONDITIONS_MAX)
		return STATUS_FWP_OUT_OF_BOUNDS;
	if (a->numFilterConditions != 0 && a->filterCondition == NULL)
		return STATUS_FWP_NULL_POINTER;
	return STATUS_SUCCESS;
}

static NTSTATUS
find_sublayer(const struct fwi_session *s, const FWPM_FILTER0 *a, struct fwi_filter *f)
{
	static const GUID zero;
	const GUID *key = IsEqualGUID(&a->subLayerKey, &zero) ? &FWPM_SUBLAYER_UNIVERSAL
							      : &a->subLayerKey;

	f->sublayer = (struct fwi_sublayer *)fwi_obj_find(FWI_SUBLAYER, key, s->id);
	if (f->sublayer == NULL)
		return STATUS_FWP_SUBLAYER_NOT_FOUND;
	return fwi_obj_lifetime(&f->obj, &f->sublayer->obj);
}

static NTSTATUS
find_callout(const struct fwi_session *s, const FWPM_FILTER0 *a, struct fwi_filter *f)
{
	struct fwi_mcallout *m;

	f->fwps.action.type = a->action.type;
	if (!is_callout(a->action.type))
		return STATUS_SUCCESS;
	m = (struct fwi_mcallout *)fwi_obj_find(FWI_CALLOUT, &a->action.calloutKey, s->id);
	if (m == NULL)
		return STATUS_FWP_CALLOUT_NOT_FOUND;
	if (m->layer != f->layer)
		return STATUS_FWP_INCOMPATIBLE_LAYER;
	f->mcallout = m;
	f->fwps.action.calloutId = m->callout->id;
	return fwi_obj_lifetime(&f->obj, &m->obj);
}

/* A layer's filters lie in few sublayers, so that one look-up serves all of them. */
static NTSTATUS
check_sublayers(const struct fwi_filter *f)
{
	const struct fwi_sublayer *seen[FWI_SUBLAYERS_OF_LAYER];
	const struct fwi_filter *other;
	struct fwi_obj *o;
	unsigned n = 0, i;

	TAILQ_FOREACH(o, &fwi_objs[FWI_FILTER], next)
	{
		other = fwi_filter_of(o);
		if (o->state == FWI_DEAD || other->layer != f->layer ||
			other->sublayer == f->sublayer)
			continue;
		for (i = 0; i < n && seen[i] != other->sublayer; i++)
			;
		if (i == n)
			seen[n++] = other->sublayer;
		if (n == FWI_SUBLAYERS_OF_LAYER)
			return STATUS_FWP_TOO_MANY_SUBLAYERS;
	}
	return STATUS_SUCCESS;
}

static void
fill_fwps(const FWPM_FILTER0 *a, struct fwi_filter *f)
{
	f->raw_context = a->rawContext;
	f->fwps.context = a->rawContext;
	f->fwps.weight.type = FWP_UINT64;
	f->fwps.weight.uint64 = &f->weight;
	f->fwps.subLayerWeight = f->sublayer->weight;
	if ((a->flags & FWPM_FILTER_FLAG_CLEAR_ACTION_RIGHT) != 0)
		f->fwps.flags |= FWPS_FILTER_FLAG_CLEAR_ACTION_RIGHT;
	if ((a->flags & FWPM_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED) != 0)
		f->fwps.flags |= FWPS_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED;
}

/* What can be refused after the common part is there. */
static NTSTATUS
fill(const struct fwi_session *s, const FWPM_FILTER0 *a, struct fwi_filter *f)
{
	NTSTATUS status = find_sublayer(s, a, f);
	int slot;

	if (status == STATUS_SUCCESS)
		status = find_callout(s, a, f);
	if (status == STATUS_SUCCESS)
		status = fwi_filter_conditions(a, f);
	if (status == STATUS_SUCCESS)
		status = fwi_filter_weight(&a->weight, f);
	if (status == STATUS_SUCCESS)
		status = check_sublayers(f);
	if (status != STATUS_SUCCESS)
		return status;
	slot = slot_take();
	if (slot < 0)
		return STATUS_INSUFFICIENT_RESOURCES;
	f->slot = (uint16_t)slot;
	f->fwps.filterId = ++last_id;
	fill_fwps(a, f);
	return STATUS_SUCCESS;
}

static NTSTATUS
add(struct fwi_session *s, const FWPM_FILTER0 *a, UINT64 *id)
{
	const struct fwi_layer_kind *layer = fwi_layer_by_key(&a->layerKey);
	const struct fwi_obj_args args = {
		.key = &a->filterKey,
		.display = &a->displayData,
		.data = &a->providerData,
		.provider = a->providerKey,
		.flags = a->flags,
		.flags_known = FLAGS_KNOWN,
		.flags_refused = FLAGS_REFUSED,
	};
	struct fwi_filter *f;
	struct fwi_obj *o;
	NTSTATUS status;

	if (layer == NULL)
		return fwi_layer_elsewhere(&a->layerKey) ? STATUS_NOT_SUPPORTED
							 : STATUS_FWP_LAYER_NOT_FOUND;
	status = fwi_obj_make(s, FWI_FILTER, sizeof(*f), &args, &o);
	if (status != STATUS_SUCCESS)
		return status;
	f = fwi_filter_of(o);
	f->layer = layer;
	status = fill(s, a, f);
	if (status != STATUS_SUCCESS) {
		fwi_obj_drop(o);
		return status;
	}
	fwi_obj_insert(o);
	if (!NT_SUCCESS(fwi_notify(f, FWPS_CALLOUT_NOTIFY_ADD_FILTER))) {
		fwi_obj_free(o);
		return STATUS_FWP_CALLOUT_NOTIFICATION_FAILED;
	}
	if (id != NULL)
		*id = f->fwps.filterId;
	return STATUS_SUCCESS;
}

NTSTATUS
FwpmFilterAdd0(HANDLE engineHandle, const FWPM_FILTER0 *filter, PSECURITY_DESCRIPTOR sd, UINT64 *id)
{
	struct fwi_session *s;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(sd);
	if (filter == NULL)
		return STATUS_FWP_NULL_POINTER;
	status = check_plain(filter);
	if (status != STATUS_SUCCESS)
		return status;
	status = fwi_change_begin(engineHandle, &s);
	if (status != STATUS_SUCCESS)
		return status;
	return fwi_change_end(s, add(s, filter, id));
}

struct fwi_filter *
fwi_filter_by_id(UINT64 id, uint64_t viewer)
{
	struct fwi_obj *o;

	TAILQ_FOREACH(o, &fwi_objs[FWI_FILTER], next)
	if (FWI_OBJ_THERE(o) && (o->state != FWI_NEW || o->owner == viewer) &&
		fwi_filter_of(o)->fwps.filterId == id)
		return fwi_filter_of(o);
	return NULL;
}

NTSTATUS
FwpmFilterDeleteByKey0(HANDLE engineHandle, const GUID *key)
{
	struct fwi_session *s;
	NTSTATUS status;

	if (key == NULL)
		return STATUS_FWP_NULL_POINTER;
	status = fwi_change_begin(engineHandle, &s);
	if (status != STATUS_SUCCESS)
		return status;
	return fwi_change_end(s, fwi_obj_delete(s, fwi_obj_find(FWI_FILTER, key, s->id),
					 STATUS_FWP_FILTER_NOT_FOUND));
}

NTSTATUS
FwpmFilterDeleteById0(HANDLE engineHandle, UINT64 id)
{
	struct fwi_filter *f;
	struct fwi_session *s;
	NTSTATUS status;

	status = fwi_change_begin(engineHandle, &s);
	if (status != STATUS_SUCCESS)
		return status;
	f = fwi_filter_by_id(id, s->id);
	return fwi_change_end(
		s, fwi_obj_delete(s, f != NULL ? &f->obj : NULL, STATUS_FWP_FILTER_NOT_FOUND));
}
