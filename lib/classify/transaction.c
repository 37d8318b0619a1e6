/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: transactions. What one changes is marked in the objects until it ends. */
#include "classify/callout.h"
#include "classify/compile.h"
#include "classify/object.h"
#include "classify/section.h"
#include "classify/session.h"
#include "core/ctl.h"

NTSTATUS
FwpmTransactionBegin0(HANDLE engineHandle, UINT32 flags)
{
	bool read_only = (flags & FWPM_TXN_READ_ONLY) != 0;
	struct fwi_session *s;
	NTSTATUS status;

	if ((flags & ~FWPM_TXN_READ_ONLY) != 0)
		return STATUS_FWP_INVALID_FLAGS;
	status = read_only ? fwi_session_enter(engineHandle, &s)
			   : fwi_change_begin(engineHandle, &s);
	if (status == STATUS_FWP_INCOMPATIBLE_TXN)
		return STATUS_FWP_TXN_IN_PROGRESS;
	if (status != STATUS_SUCCESS)
		return status;
	if (s->in_txn) {
		status = STATUS_FWP_TXN_IN_PROGRESS;
	} else {
		s->in_txn = true;
		s->read_only = read_only;
	}
	fwi_session_leave(s);
	return status;
}

static NTSTATUS
end(HANDLE engine, bool commit)
{
	struct fwi_session *s;
	NTSTATUS status = fwi_session_enter(engine, &s);

	if (status != STATUS_SUCCESS)
		return status;
	if (!s->in_txn) {
		status = STATUS_FWP_NO_TXN_IN_PROGRESS;
	} else if (!s->read_only) {
		if (commit)
			status = fwi_commit(s);
		else
			fwi_abort(s);
		fwi_writer = NULL;
	}
	if (status != STATUS_FWP_NO_TXN_IN_PROGRESS)
		s->in_txn = s->read_only = false;
	fwi_session_leave(s);
	return status;
}

NTSTATUS
FwpmTransactionCommit0(HANDLE engineHandle)
{
	return end(engineHandle, true);
}

NTSTATUS
FwpmTransactionAbort0(HANDLE engineHandle)
{
	return end(engineHandle, false);
}

static struct fwi_obj *
first_in(enum fwi_obj_kind kind, enum fwi_obj_state state)
{
	struct fwi_obj *o;

	TAILQ_FOREACH(o, &fwi_objs[kind], next)
	if (o->state == state)
		return o;
	return NULL;
}

/* Filters first, providers last: nothing names what is freed. */
static void
free_all(enum fwi_obj_state state)
{
	struct fwi_obj *o;
	unsigned k;

	for (k = FWI_OBJ_KINDS; k-- > 0;)
		while ((o = first_in(k, state)) != NULL)
			fwi_obj_free(o);
}

void
fwi_abort(struct fwi_session *s)
{
	struct fwi_obj *o;
	unsigned k;

	while ((o = first_in(FWI_FILTER, FWI_NEW)) != NULL)
		fwi_filter_remove_new(s, fwi_filter_of(o));
	free_all(FWI_NEW);
	for (k = 0; k < FWI_OBJ_KINDS; k++)
		TAILQ_FOREACH(o, &fwi_objs[k], next)
	if (o->state == FWI_GONE)
		o->state = FWI_LIVE;
}

/* Told of by the commit that made it live. */
static struct fwi_filter *
next_added(void)
{
	struct fwi_filter *f;
	struct fwi_obj *o;

	TAILQ_FOREACH(o, &fwi_objs[FWI_FILTER], next)
	{
		f = fwi_filter_of(o);
		if (f->tell_commit) {
			f->tell_commit = false;
			return f;
		}
	}
	return NULL;
}

/* What was new is live, what was deleted is dead. True: filters have gone. */
static bool
settle(void)
{
	struct fwi_obj *o;
	bool gone = false;
	unsigned k;

	for (k = 0; k < FWI_OBJ_KINDS; k++) {
		TAILQ_FOREACH(o, &fwi_objs[k], next)
		{
			if (o->state == FWI_GONE) {
				o->state = FWI_DEAD;
				gone |= k == FWI_FILTER;
			} else if (o->state == FWI_NEW) {
				o->state = FWI_LIVE;
				if (k == FWI_FILTER)
					fwi_filter_of(o)->tell_commit = true;
			}
		}
	}
	return gone;
}

static uint32_t
layers_changed(void)
{
	const struct fwi_obj *o;
	uint32_t layers = 0;

	TAILQ_FOREACH(o, &fwi_objs[FWI_FILTER], next)
	if (o->state == FWI_NEW || o->state == FWI_GONE)
		layers |= fwi_layer_bit(((const struct fwi_filter *)o)->layer);
	return layers;
}

NTSTATUS
fwi_commit(struct fwi_session *s)
{
	struct fwi_filter *f;
	struct fwi_obj *o;

	if (fwi_layers_publish(FWI_VIEW_NEXT, layers_changed()) != 0) {
		fwi_abort(s);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	if (settle()) {
		fwi_ctl_unlock();
		fwi_sections_grace();
		fwi_ctl_lock();
		while ((o = first_in(FWI_FILTER, FWI_DEAD)) != NULL) {
			fwi_notify(fwi_filter_of(o), FWPS_CALLOUT_NOTIFY_DELETE_FILTER);
			fwi_obj_free(o);
		}
	}
	free_all(FWI_DEAD);
	while ((f = next_added()) != NULL)
		fwi_notify(f, FWPS_CALLOUT_NOTIFY_ADD_FILTER_POST_COMMIT);
	return STATUS_SUCCESS;
}
