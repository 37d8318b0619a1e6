/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control: what the management side tells of its objects. Each answer is one block; texts and
 * arrays lie behind the structure.
 */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "classify/callout.h"
#include "classify/filter.h"
#include "classify/object.h"
#include "classify/session.h"

/* Walked twice: for the size, with at NULL, and to fill. */
struct block {
	uint8_t *start;
	size_t used;
};

static void *
put(struct block *b, const void *from, size_t size)
{
	void *to = b->start != NULL ? b->start + b->used : NULL;

	if (from == NULL || size == 0)
		return NULL;
	b->used += (size + 15) & ~(size_t)15;
	if (to != NULL)
		memcpy(to, from, size);
	return to;
}

static wchar_t *
put_text(struct block *b, const wchar_t *text)
{
	return put(b, text, text != NULL ? (wcslen(text) + 1) * sizeof(*text) : 0);
}

static void
put_common(struct block *b, const struct fwi_obj *o, FWPM_DISPLAY_DATA0 *display,
	FWP_BYTE_BLOB *data, GUID **provider)
{
	display->name = put_text(b, o->name);
	display->description = put_text(b, o->description);
	data->size = o->data.size;
	data->data = put(b, o->data.data, o->data.size);
	if (provider != NULL)
		*provider = o->provider != NULL
				    ? put(b, &o->provider->key, sizeof(o->provider->key))
				    : NULL;
}

static void *
put_provider(struct block *b, const struct fwi_obj *o)
{
	FWPM_PROVIDER0 out = {.providerKey = o->key, .flags = o->flags}, *at;

	at = put(b, &out, sizeof(out));
	put_common(b, o, &out.displayData, &out.providerData, NULL);
	out.serviceName = put_text(b, o->service);
	if (at != NULL)
		*at = out;
	return at;
}

static void *
put_sublayer(struct block *b, const struct fwi_obj *o)
{
	const struct fwi_sublayer *l = (const struct fwi_sublayer *)o;
	FWPM_SUBLAYER0 out = {.subLayerKey = o->key, .flags = o->flags, .weight = l->weight}, *at;

	at = put(b, &out, sizeof(out));
	put_common(b, o, &out.displayData, &out.providerData, &out.providerKey);
	if (at != NULL)
		*at = out;
	return at;
}

static void *
put_callout(struct block *b, const struct fwi_obj *o)
{
	const struct fwi_mcallout *m = (const struct fwi_mcallout *)o;
	FWPM_CALLOUT0 out = {.calloutKey = o->key,
		.flags = o->flags,
		.applicableLayer = *m->layer->key,
		.calloutId = m->callout->id};
	FWPM_CALLOUT0 *at;

	if (m->callout->registered)
		out.flags |= FWPM_CALLOUT_FLAG_REGISTERED;
	at = put(b, &out, sizeof(out));
	put_common(b, o, &out.displayData, &out.providerData, &out.providerKey);
	if (at != NULL)
		*at = out;
	return at;
}

/* A value that points into the filter's copies points into the answer's. */
static void
move_value(FWP_CONDITION_VALUE0 *v, struct block *b)
{
	FWP_RANGE0 range, *at;

	switch (v->type) {
	case FWP_BYTE_ARRAY6_TYPE:
		v->byteArray6 = put(b, v->byteArray6, sizeof(*v->byteArray6));
		break;
	case FWP_BYTE_ARRAY16_TYPE:
		v->byteArray16 = put(b, v->byteArray16, sizeof(*v->byteArray16));
		break;
	case FWP_V4_ADDR_MASK:
		v->v4AddrMask = put(b, v->v4AddrMask, sizeof(*v->v4AddrMask));
		break;
	case FWP_V6_ADDR_MASK:
		v->v6AddrMask = put(b, v->v6AddrMask, sizeof(*v->v6AddrMask));
		break;
	case FWP_RANGE_TYPE:
		range = *v->rangeValue;
		at = put(b, &range, sizeof(range));
		if (range.valueLow.type == FWP_BYTE_ARRAY16_TYPE) {
			range.valueLow.byteArray16 = put(b, range.valueLow.byteArray16, 16);
			range.valueHigh.byteArray16 = put(b, range.valueHigh.byteArray16, 16);
		} else if (range.valueLow.type == FWP_BYTE_ARRAY6_TYPE) {
			range.valueLow.byteArray6 = put(b, range.valueLow.byteArray6, 6);
			range.valueHigh.byteArray6 = put(b, range.valueHigh.byteArray6, 6);
		}
		if (at != NULL)
			*at = range;
		v->rangeValue = at;
		break;
	default:
		break;
	}
}

static FWPM_FILTER_CONDITION0 *
put_conditions(struct block *b, const struct fwi_filter *f)
{
	FWPM_FILTER_CONDITION0 *at, one;
	unsigned i;

	at = put(b, f->conditions, f->n_tests * sizeof(*at));
	for (i = 0; i < f->n_tests; i++) {
		one = f->conditions[i];
		move_value(&one.conditionValue, b);
		if (at != NULL)
			at[i] = one;
	}
	return at;
}

static void *
put_filter(struct block *b, const struct fwi_obj *o)
{
	const struct fwi_filter *f = (const struct fwi_filter *)o;
	FWPM_FILTER0 out = {.filterKey = o->key,
		.flags = o->flags,
		.layerKey = *f->layer->key,
		.subLayerKey = f->sublayer->obj.key,
		.weight = f->asked,
		.numFilterConditions = f->n_tests,
		.rawContext = f->raw_context,
		.filterId = f->fwps.filterId};
	FWPM_FILTER0 *at = put(b, &out, sizeof(out));

	put_common(b, o, &out.displayData, &out.providerData, &out.providerKey);
	out.action.type = f->fwps.action.type;
	if (f->mcallout != NULL)
		out.action.calloutKey = f->mcallout->obj.key;
	out.filterCondition = put_conditions(b, f);
	out.effectiveWeight.type = FWP_UINT64;
	out.effectiveWeight.uint64 = put(b, &f->weight, sizeof(f->weight));
	if (f->asked.type == FWP_UINT64)
		out.weight.uint64 = put(b, &f->asked64, sizeof(f->asked64));
	if (at != NULL)
		*at = out;
	return at;
}

static void *(*const putters[FWI_OBJ_KINDS])(struct block *, const struct fwi_obj *) = {
	[FWI_PROVIDER] = put_provider,
	[FWI_SUBLAYER] = put_sublayer,
	[FWI_CALLOUT] = put_callout,
	[FWI_FILTER] = put_filter,
};

static NTSTATUS
answer(const struct fwi_obj *o, NTSTATUS missing, void **out)
{
	struct block b = {0};

	if (o == NULL)
		return missing;
	putters[o->kind](&b, o);
	b.start = malloc(b.used);
	if (b.start == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	b.used = 0;
	*out = putters[o->kind](&b, o);
	return STATUS_SUCCESS;
}

static NTSTATUS
by_key(HANDLE engine, enum fwi_obj_kind kind, const GUID *key, NTSTATUS missing, void **out)
{
	struct fwi_session *s;
	NTSTATUS status;

	if (key == NULL || out == NULL)
		return STATUS_FWP_NULL_POINTER;
	status = fwi_session_enter(engine, &s);
	if (status != STATUS_SUCCESS)
		return status;
	status = answer(fwi_obj_find(kind, key, s->id), missing, out);
	fwi_session_leave(s);
	return status;
}

NTSTATUS
FwpmProviderGetByKey0(HANDLE engineHandle, const GUID *key, FWPM_PROVIDER0 **provider)
{
	return by_key(
		engineHandle, FWI_PROVIDER, key, STATUS_FWP_PROVIDER_NOT_FOUND, (void **)provider);
}

NTSTATUS
FwpmSubLayerGetByKey0(HANDLE engineHandle, const GUID *key, FWPM_SUBLAYER0 **subLayer)
{
	return by_key(
		engineHandle, FWI_SUBLAYER, key, STATUS_FWP_SUBLAYER_NOT_FOUND, (void **)subLayer);
}

NTSTATUS
FwpmCalloutGetByKey0(HANDLE engineHandle, const GUID *key, FWPM_CALLOUT0 **callout)
{
	return by_key(
		engineHandle, FWI_CALLOUT, key, STATUS_FWP_CALLOUT_NOT_FOUND, (void **)callout);
}

NTSTATUS
FwpmFilterGetByKey0(HANDLE engineHandle, const GUID *key, FWPM_FILTER0 **filter)
{
	return by_key(engineHandle, FWI_FILTER, key, STATUS_FWP_FILTER_NOT_FOUND, (void **)filter);
}

NTSTATUS
FwpmFilterGetById0(HANDLE engineHandle, UINT64 id, FWPM_FILTER0 **filter)
{
	struct fwi_filter *f;
	struct fwi_session *s;
	NTSTATUS status;

	if (filter == NULL)
		return STATUS_FWP_NULL_POINTER;
	status = fwi_session_enter(engineHandle, &s);
	if (status != STATUS_SUCCESS)
		return status;
	f = fwi_filter_by_id(id, s->id);
	status = answer(f != NULL ? &f->obj : NULL, STATUS_FWP_FILTER_NOT_FOUND, (void **)filter);
	fwi_session_leave(s);
	return status;
}

VOID NTAPI
FwpmFreeMemory0(VOID **p)
{
	if (p == NULL)
		return;
	free(*p);
	*p = NULL;
}
