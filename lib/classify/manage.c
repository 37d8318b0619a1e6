/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: providers, sublayers, callouts of the management side. */
#include <stdlib.h>

#include "classify/callout.h"
#include "classify/object.h"
#include "classify/session.h"

static uint64_t last_order;

NTSTATUS
FwpmProviderAdd0(HANDLE engineHandle, const FWPM_PROVIDER0 *provider, PSECURITY_DESCRIPTOR sd)
{
	struct fwi_obj_args args;
	struct fwi_session *s;
	struct fwi_obj *o;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(sd);
	if (provider == NULL)
		return STATUS_FWP_NULL_POINTER;
	args = (struct fwi_obj_args){
		.key = &provider->providerKey,
		.display = &provider->displayData,
		.service = provider->serviceName,
		.data = &provider->providerData,
		.flags = provider->flags,
		.flags_known = FWPM_PROVIDER_FLAG_PERSISTENT,
		.flags_refused = FWPM_PROVIDER_FLAG_PERSISTENT,
	};
	status = fwi_change_begin(engineHandle, &s);
	if (status != STATUS_SUCCESS)
		return status;
	status = fwi_obj_make(s, FWI_PROVIDER, sizeof(*o), &args, &o);
	if (status == STATUS_SUCCESS)
		fwi_obj_insert(o);
	return fwi_change_end(s, status);
}

static NTSTATUS
delete_by_key(HANDLE engine, enum fwi_obj_kind kind, const GUID *key, NTSTATUS missing)
{
	struct fwi_session *s;
	NTSTATUS status;

	if (key == NULL)
		return STATUS_FWP_NULL_POINTER;
	status = fwi_change_begin(engine, &s);
	if (status != STATUS_SUCCESS)
		return status;
	return fwi_change_end(s, fwi_obj_delete(s, fwi_obj_find(kind, key, s->id), missing));
}

NTSTATUS
FwpmProviderDeleteByKey0(HANDLE engineHandle, const GUID *key)
{
	return delete_by_key(engineHandle, FWI_PROVIDER, key, STATUS_FWP_PROVIDER_NOT_FOUND);
}

NTSTATUS
FwpmSubLayerAdd0(HANDLE engineHandle, const FWPM_SUBLAYER0 *subLayer, PSECURITY_DESCRIPTOR sd)
{
	struct fwi_obj_args args;
	struct fwi_sublayer *l;
	struct fwi_session *s;
	struct fwi_obj *o;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(sd);
	if (subLayer == NULL)
		return STATUS_FWP_NULL_POINTER;
	args = (struct fwi_obj_args){
		.key = &subLayer->subLayerKey,
		.display = &subLayer->displayData,
		.data = &subLayer->providerData,
		.provider = subLayer->providerKey,
		.flags = subLayer->flags,
		.flags_known = FWPM_SUBLAYER_FLAG_PERSISTENT,
		.flags_refused = FWPM_SUBLAYER_FLAG_PERSISTENT,
	};
	status = fwi_change_begin(engineHandle, &s);
	if (status != STATUS_SUCCESS)
		return status;
	status = fwi_obj_make(s, FWI_SUBLAYER, sizeof(*l), &args, &o);
	if (status == STATUS_SUCCESS) {
		l = (struct fwi_sublayer *)o;
		l->weight = subLayer->weight;
		l->order = ++last_order;
		fwi_obj_insert(o);
	}
	return fwi_change_end(s, status);
}

NTSTATUS
FwpmSubLayerDeleteByKey0(HANDLE engineHandle, const GUID *key)
{
	return delete_by_key(engineHandle, FWI_SUBLAYER, key, STATUS_FWP_SUBLAYER_NOT_FOUND);
}

static NTSTATUS
callout_add(struct fwi_session *s, const FWPM_CALLOUT0 *a, UINT32 *id)
{
	const struct fwi_layer_kind *layer = fwi_layer_by_key(&a->applicableLayer);
	const struct fwi_obj_args args = {
		.key = &a->calloutKey,
		.display = &a->displayData,
		.data = &a->providerData,
		.provider = a->providerKey,
		.flags = a->flags,
		.flags_known = FWPM_CALLOUT_FLAG_PERSISTENT |
			       FWPM_CALLOUT_FLAG_USES_PROVIDER_CONTEXT,
		.flags_refused = FWPM_CALLOUT_FLAG_PERSISTENT,
	};
	struct fwi_mcallout *m;
	struct fwi_obj *o;
	NTSTATUS status;

	if (layer == NULL)
		return fwi_layer_elsewhere(&a->applicableLayer) ? STATUS_NOT_SUPPORTED
								: STATUS_FWP_LAYER_NOT_FOUND;
	status = fwi_obj_make(s, FWI_CALLOUT, sizeof(*m), &args, &o);
	if (status != STATUS_SUCCESS)
		return status;
	m = (struct fwi_mcallout *)o;
	m->layer = layer;
	m->callout = fwi_callout_ref(&o->key, &status);
	if (m->callout == NULL) {
		fwi_obj_drop(o);
		return status;
	}
	fwi_obj_insert(o);
	if (id != NULL)
		*id = m->callout->id;
	return STATUS_SUCCESS;
}

NTSTATUS
FwpmCalloutAdd0(
	HANDLE engineHandle, const FWPM_CALLOUT0 *callout, PSECURITY_DESCRIPTOR sd, UINT32 *id)
{
	struct fwi_session *s;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(sd);
	if (callout == NULL)
		return STATUS_FWP_NULL_POINTER;
	status = fwi_change_begin(engineHandle, &s);
	if (status != STATUS_SUCCESS)
		return status;
	return fwi_change_end(s, callout_add(s, callout, id));
}

NTSTATUS
FwpmCalloutDeleteByKey0(HANDLE engineHandle, const GUID *key)
{
	return delete_by_key(engineHandle, FWI_CALLOUT, key, STATUS_FWP_CALLOUT_NOT_FOUND);
}

NTSTATUS
FwpmCalloutDeleteById0(HANDLE engineHandle, UINT32 id)
{
	const struct fwi_callout *c;
	struct fwi_obj *o = NULL;
	struct fwi_session *s;
	NTSTATUS status;

	status = fwi_change_begin(engineHandle, &s);
	if (status != STATUS_SUCCESS)
		return status;
	c = fwi_callout_by_id(id);
	if (c != NULL)
		o = fwi_obj_find(FWI_CALLOUT, &c->key, s->id);
	return fwi_change_end(s, fwi_obj_delete(s, o, STATUS_FWP_CALLOUT_NOT_FOUND));
}
