/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: registering callouts, and taking them away again. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "classify/callout.h"
#include "classify/compile.h"
#include "classify/flow.h"
#include "classify/object.h"
#include "classify/section.h"
#include "classify/session.h"
#include "core/ctl.h"

#define FLAGS_KNOWN                                                                                \
	(FWP_CALLOUT_FLAG_CONDITIONAL_ON_FLOW | FWP_CALLOUT_FLAG_ALLOW_OFFLOAD |                   \
		FWP_CALLOUT_FLAG_ENABLE_COMMIT_ADD_NOTIFY |                                        \
		FWP_CALLOUT_FLAG_ALLOW_MID_STREAM_INSPECTION | FWP_CALLOUT_FLAG_ALLOW_RECLASSIFY | \
		FWP_CALLOUT_FLAG_RESERVED1 | FWP_CALLOUT_FLAG_ALLOW_RSC |                          \
		FWP_CALLOUT_FLAG_ALLOW_L2_BATCH_CLASSIFY | FWP_CALLOUT_FLAG_ALLOW_USO |            \
		FWP_CALLOUT_FLAG_ALLOW_URO)

struct fwi_callouts fwi_callouts = TAILQ_HEAD_INITIALIZER(fwi_callouts);
static unsigned count;
/* Bit: that place, the low bits of a number, is taken. */
static uint64_t places[FWI_CALLOUTS_MAX / 64];
static uint32_t generation;

/* A place that was free for long, so that an old number stays invalid for long. */
static uint32_t
number_take(void)
{
	static unsigned next;
	unsigned at;

	for (;; next++) {
		at = next % FWI_CALLOUTS_MAX;
		if ((places[at / 64] >> at % 64 & 1) == 0)
			break;
	}
	next++;
	places[at / 64] |= UINT64_C(1) << at % 64;
	return ++generation * FWI_CALLOUTS_MAX + at;
}

struct fwi_callout *
fwi_callout_by_key(const GUID *key)
{
	struct fwi_callout *c;

	TAILQ_FOREACH(c, &fwi_callouts, next)
	if (IsEqualGUID(&c->key, key))
		return c;
	return NULL;
}

struct fwi_callout *
fwi_callout_by_id(uint32_t id)
{
	struct fwi_callout *c;

	TAILQ_FOREACH(c, &fwi_callouts, next)
	if (c->id == id)
		return c;
	return NULL;
}

struct fwi_callout *
fwi_callout_ref(const GUID *key, NTSTATUS *status)
{
	struct fwi_callout *c = fwi_callout_by_key(key);

	if (c != NULL) {
		c->refs++;
		return c;
	}
	*status = STATUS_FWP_TOO_MANY_CALLOUTS;
	if (count == FWI_CALLOUTS_MAX)
		return NULL;
	*status = STATUS_INSUFFICIENT_RESOURCES;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return NULL;
	c->key = *key;
	c->id = number_take();
	c->refs = 1;
	count++;
	TAILQ_INSERT_TAIL(&fwi_callouts, c, next);
	return c;
}

void
fwi_callout_unref(struct fwi_callout *c)
{
	if (--c->refs != 0)
		return;
	TAILQ_REMOVE(&fwi_callouts, c, next);
	places[c->id % FWI_CALLOUTS_MAX / 64] &= ~(UINT64_C(1) << c->id % 64);
	count--;
	free(c);
}

static uint32_t
layers_of(const struct fwi_callout *c)
{
	const struct fwi_filter *f;
	struct fwi_obj *o;
	uint32_t layers = 0;

	TAILQ_FOREACH(o, &fwi_objs[FWI_FILTER], next)
	{
		f = fwi_filter_of(o);
		if (f->mcallout != NULL && f->mcallout->callout == c)
			layers |= fwi_layer_bit(f->layer);
	}
	return layers;
}

/* Under the mutex; what is registered is a copy on the stack of the caller. */
static NTSTATUS
set_registered(const struct fwi_callout *what, UINT32 *id)
{
	NTSTATUS status = STATUS_SUCCESS;
	struct fwi_callout *c = fwi_callout_ref(&what->key, &status);

	if (c == NULL)
		return status;
	if (c->closing || c->registered) {
		status = c->closing ? STATUS_FWP_IN_USE : STATUS_FWP_ALREADY_EXISTS;
		fwi_callout_unref(c);
		return status;
	}
	c->version = what->version;
	c->flags = what->flags;
	c->classify0 = what->classify0;
	c->notify = what->notify;
	c->flow_delete = what->flow_delete;
	c->generation++;
	c->registered = true;
	if (c->flow_delete != NULL && fwi_flow_callout_add(c->id, c->flow_delete) != 0)
		goto no_memory;
	if (fwi_layers_publish(FWI_VIEW_COMMITTED, layers_of(c)) == 0) {
		if (id != NULL)
			*id = c->id;
		return STATUS_SUCCESS;
	}
	if (c->flow_delete != NULL)
		fwi_flow_callout_del(c->id);
no_memory:
	c->registered = false;
	fwi_callout_unref(c);
	return STATUS_INSUFFICIENT_RESOURCES;
}
static NTSTATUS
do_register(const struct fwi_callout *what, UINT32 *id)
{
	NTSTATUS status = fwi_manage_check();

	if (status != STATUS_SUCCESS)
		return status;
	if (what->classify0 == NULL || what->notify == NULL)
		return STATUS_FWP_NULL_POINTER;
	if ((what->flags & ~FLAGS_KNOWN) != 0)
		return STATUS_FWP_INVALID_FLAGS;
	fwi_ctl_lock();
	status = set_registered(what, id);
	fwi_ctl_unlock();
	return status;
}

NTSTATUS
FwpsCalloutRegister0(void *deviceObject, const FWPS_CALLOUT0 *callout, UINT32 *calloutId)
{
	struct fwi_callout what = {.version = 0};

	UNREFERENCED_PARAMETER(deviceObject);
	if (callout == NULL)
		return STATUS_FWP_NULL_POINTER;
	what.key = callout->calloutKey;
	what.flags = callout->flags;
	what.classify0 = callout->classifyFn;
	what.notify = callout->notifyFn;
	what.flow_delete = callout->flowDeleteFn;
	return do_register(&what, calloutId);
}

NTSTATUS
FwpsCalloutRegister1(void *deviceObject, const FWPS_CALLOUT1 *callout, UINT32 *calloutId)
{
	struct fwi_callout what = {.version = 1};

	UNREFERENCED_PARAMETER(deviceObject);
	if (callout == NULL)
		return STATUS_FWP_NULL_POINTER;
	what.key = callout->calloutKey;
	what.flags = callout->flags;
	what.classify1 = callout->classifyFn;
	what.notify = callout->notifyFn;
	what.flow_delete = callout->flowDeleteFn;
	return do_register(&what, calloutId);
}

NTSTATUS
FwpsCalloutRegister2(void *deviceObject, const FWPS_CALLOUT2 *callout, UINT32 *calloutId)
{
	return FwpsCalloutRegister1(deviceObject, callout, calloutId);
}

NTSTATUS
FwpsCalloutRegister3(void *deviceObject, const FWPS_CALLOUT3 *callout, UINT32 *calloutId)
{
	return FwpsCalloutRegister1(deviceObject, callout, calloutId);
}

/* The next one registered with this key finds its filters as they were added. */
static void
forget(struct fwi_callout *c)
{
	struct fwi_filter *f;
	struct fwi_obj *o;

	TAILQ_FOREACH(o, &fwi_objs[FWI_FILTER], next)
	{
		f = fwi_filter_of(o);
		if (f->mcallout == NULL || f->mcallout->callout != c)
			continue;
		f->notified = 0;
		f->fwps.context = f->raw_context;
	}
}

/* Mutex held, let go of on the way. closing keeps c where it is. */
static NTSTATUS
unregister(struct fwi_callout *c)
{
	if (c == NULL || (!c->registered && !c->closing))
		return STATUS_FWP_CALLOUT_NOT_FOUND;
	if (c->closing)
		return STATUS_FWP_IN_USE;
	c->closing = true;
	fwi_ctl_unlock();
	fwi_flow_finish();
	fwi_ctl_lock();
	while (c->notifying != 0) {
		fwi_ctl_unlock();
		usleep(20);
		fwi_ctl_lock();
	}
	if (c->flow_delete != NULL && !fwi_flow_callout_del(c->id)) {
		c->closing = false;
		return STATUS_DEVICE_BUSY;
	}
	c->registered = false;
	if (fwi_layers_publish(FWI_VIEW_COMMITTED, layers_of(c)) != 0) {
		if (c->flow_delete != NULL)
			fwi_flow_callout_add(c->id, c->flow_delete); /* its memory is there */
		c->registered = true;
		c->closing = false;
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	fwi_ctl_unlock();
	fwi_sections_grace();
	fwi_ctl_lock();
	forget(c);
	c->closing = false;
	fwi_callout_unref(c);
	return STATUS_SUCCESS;
}

NTSTATUS
FwpsCalloutUnregisterById0(UINT32 calloutId)
{
	NTSTATUS status = fwi_manage_check();

	if (status != STATUS_SUCCESS)
		return status;
	fwi_ctl_lock();
	status = unregister(fwi_callout_by_id(calloutId));
	fwi_ctl_unlock();
	return status;
}

NTSTATUS
FwpsCalloutUnregisterByKey0(const GUID *calloutKey)
{
	NTSTATUS status = fwi_manage_check();

	if (status != STATUS_SUCCESS)
		return status;
	if (calloutKey == NULL)
		return STATUS_FWP_NULL_POINTER;
	fwi_ctl_lock();
	status = unregister(fwi_callout_by_key(calloutKey));
	fwi_ctl_unlock();
	return status;
}
