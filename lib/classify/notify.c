/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: what callouts are told of their filters. */
#include "classify/callout.h"
#include "classify/object.h"
#include "core/ctl.h"
#include "tx/self.h"

/* Filters from before the registration are none of its business. */
static bool
concerns(const struct fwi_filter *f, const struct fwi_callout *c, FWPS_CALLOUT_NOTIFY_TYPE what)
{
	if (!c->registered || c->closing)
		return false;
	if (what == FWPS_CALLOUT_NOTIFY_ADD_FILTER)
		return true;
	if (f->notified != c->generation)
		return false;
	return what == FWPS_CALLOUT_NOTIFY_DELETE_FILTER ||
	       (c->flags & FWP_CALLOUT_FLAG_ENABLE_COMMIT_ADD_NOTIFY) != 0;
}

NTSTATUS
fwi_notify(struct fwi_filter *f, FWPS_CALLOUT_NOTIFY_TYPE what)
{
	struct fwi_callout *c = f->mcallout != NULL ? f->mcallout->callout : NULL;
	const GUID *key = what != FWPS_CALLOUT_NOTIFY_DELETE_FILTER ? &f->obj.key : NULL;
	FWPS_CALLOUT_NOTIFY_FN0 notify;
	NTSTATUS status;

	if (c == NULL || !concerns(f, c, what))
		return STATUS_SUCCESS;
	notify = c->notify;
	c->notifying++;
	fwi_ctl_unlock();
	fwi_self.callbacks++;
	status = notify(what, key, &f->fwps);
	fwi_self.callbacks--;
	fwi_ctl_lock();
	c->notifying--;
	if (what == FWPS_CALLOUT_NOTIFY_ADD_FILTER && NT_SUCCESS(status))
		f->notified = c->generation;
	return status;
}
