/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: what providers, sublayers, callouts and filters have in common. */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <rte_random.h>

#include "classify/callout.h"
#include "classify/object.h"
#include "classify/session.h"

struct fwi_objs fwi_objs[FWI_OBJ_KINDS] = {
	TAILQ_HEAD_INITIALIZER(fwi_objs[0]),
	TAILQ_HEAD_INITIALIZER(fwi_objs[1]),
	TAILQ_HEAD_INITIALIZER(fwi_objs[2]),
	TAILQ_HEAD_INITIALIZER(fwi_objs[3]),
};

struct fwi_obj *
fwi_obj_find(enum fwi_obj_kind kind, const GUID *key, uint64_t viewer)
{
	struct fwi_obj *o;

	TAILQ_FOREACH(o, &fwi_objs[kind], next)
	if (FWI_OBJ_THERE(o) && (o->state != FWI_NEW || o->owner == viewer) &&
		IsEqualGUID(&o->key, key))
		return o;
	return NULL;
}

static bool
names(const struct fwi_obj *o, const struct fwi_obj *what)
{
	const struct fwi_filter *f = (const struct fwi_filter *)o;

	if (o->provider == what)
		return true;
	return o->kind == FWI_FILTER &&
	       (&f->sublayer->obj == what || (f->mcallout != NULL && &f->mcallout->obj == what));
}

bool
fwi_obj_in_use(const struct fwi_obj *what)
{
	const struct fwi_obj *o;
	unsigned k;

	for (k = 0; k < FWI_OBJ_KINDS; k++)
		TAILQ_FOREACH(o, &fwi_objs[k], next)
	if (FWI_OBJ_THERE(o) && names(o, what))
		return true;
	return false;
}

NTSTATUS
fwi_obj_lifetime(const struct fwi_obj *from, const struct fwi_obj *to)
{
	return to == NULL || to->session == 0 || to->session == from->session
		       ? STATUS_SUCCESS
		       : STATUS_FWP_LIFETIME_MISMATCH;
}

static bool
copy_text(const wchar_t *from, wchar_t **to)
{
	size_t size;

	if (from == NULL)
		return true;
	size = (wcslen(from) + 1) * sizeof(*from);
	*to = malloc(size);
	if (*to != NULL)
		memcpy(*to, from, size);
	return *to != NULL;
}

static bool
copy_data(const FWP_BYTE_BLOB *from, FWP_BYTE_BLOB *to)
{
	if (from->size == 0)
		return true;
	to->data = malloc(from->size);
	if (to->data == NULL)
		return false;
	memcpy(to->data, from->data, from->size);
	to->size = from->size;
	return true;
}

void
fwi_obj_drop(struct fwi_obj *o)
{
	if (o->kind == FWI_FILTER)
		fwi_filter_release(fwi_filter_of(o));
	if (o->kind == FWI_CALLOUT && ((struct fwi_mcallout *)o)->callout != NULL)
		fwi_callout_unref(((struct fwi_mcallout *)o)->callout);
	free(o->name);
	free(o->description);
	free(o->service);
	free(o->data.data);
	free(o);
}

void
fwi_obj_free(struct fwi_obj *o)
{
	TAILQ_REMOVE(&fwi_objs[o->kind], o, next);
	fwi_obj_drop(o);
}

void
fwi_obj_insert(struct fwi_obj *o)
{
	TAILQ_INSERT_TAIL(&fwi_objs[o->kind], o, next);
}

static bool
key_is_zero(const GUID *key)
{
	static const GUID zero;

	return IsEqualGUID(key, &zero);
}

/* A random one, version 4. */
static void
key_make_up(GUID *key)
{
	uint64_t r[2] = {rte_rand(), rte_rand()};

	memcpy(key, r, sizeof(*key));
	key->Data3 = (USHORT)((key->Data3 & 0x0fff) | 0x4000);
	key->Data4[0] = (UCHAR)((key->Data4[0] & 0x3f) | 0x80);
}

static NTSTATUS
check(const struct fwi_session *s, enum fwi_obj_kind kind, const struct fwi_obj_args *a)
{
	if ((a->flags & ~a->flags_known) != 0)
		return STATUS_FWP_INVALID_FLAGS;
	if ((a->flags & a->flags_refused) != 0)
		return STATUS_NOT_SUPPORTED;
	if (a->display->name == NULL)
		return STATUS_FWP_NULL_DISPLAY_NAME;
	if (a->data->size != 0 && a->data->data == NULL)
		return STATUS_FWP_NULL_POINTER;
	if (!key_is_zero(a->key) && fwi_obj_find(kind, a->key, s->id) != NULL)
		return STATUS_FWP_ALREADY_EXISTS;
	if (a->provider != NULL && fwi_obj_find(FWI_PROVIDER, a->provider, s->id) == NULL)
		return STATUS_FWP_PROVIDER_NOT_FOUND;
	return STATUS_SUCCESS;
}

NTSTATUS
fwi_obj_make(const struct fwi_session *s, enum fwi_obj_kind kind, size_t size,
	const struct fwi_obj_args *a, struct fwi_obj **out)
{
	NTSTATUS status = check(s, kind, a);
	struct fwi_obj *o;

	if (status != STATUS_SUCCESS)
		return status;
	o = calloc(1, size);
	if (o == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	o->kind = (uint8_t)kind;
	o->state = FWI_NEW;
	o->owner = s->id;
	o->session = s->dynamic ? s->id : 0;
	o->flags = a->flags;
	o->key = *a->key;
	if (key_is_zero(a->key))
		key_make_up(&o->key);
	if (a->provider != NULL)
		o->provider = fwi_obj_find(FWI_PROVIDER, a->provider, s->id);
	if (!copy_text(a->display->name, &o->name) ||
		!copy_text(a->display->description, &o->description) ||
		!copy_text(a->service, &o->service) || !copy_data(a->data, &o->data))
		status = STATUS_INSUFFICIENT_RESOURCES;
	else
		status = fwi_obj_lifetime(o, o->provider);
	if (status != STATUS_SUCCESS) {
		fwi_obj_drop(o);
		return status;
	}
	*out = o;
	return STATUS_SUCCESS;
}

NTSTATUS
fwi_obj_delete(struct fwi_session *s, struct fwi_obj *o, NTSTATUS missing)
{
	if (o == NULL)
		return missing;
	if (o->builtin)
		return STATUS_FWP_BUILTIN_OBJECT;
	if (o->session != 0 && o->session != s->id)
		return STATUS_FWP_WRONG_SESSION;
	if (fwi_obj_in_use(o))
		return STATUS_FWP_IN_USE;
	if (o->state == FWI_LIVE)
		o->state = FWI_GONE;
	else if (o->kind == FWI_FILTER)
		fwi_filter_remove_new(s, fwi_filter_of(o));
	else
		fwi_obj_free(o);
	return STATUS_SUCCESS;
}
