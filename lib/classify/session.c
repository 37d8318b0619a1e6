/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: FwpmEngineOpen0, FwpmEngineClose0, and who may change something now. */
#include <stdlib.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>

#include "classify/object.h"
#include "classify/session.h"
#include "core/ctl.h"
#include "tx/self.h"

#define DEFAULT_TIMEOUT_MS 15000u
#define FOR_EVER	   UINT32_MAX

struct fwi_sessions fwi_sessions = TAILQ_HEAD_INITIALIZER(fwi_sessions);
struct fwi_session *fwi_writer;
static uint64_t last_id;

NTSTATUS
fwi_manage_check(void)
{
	if (rte_eal_process_type() == RTE_PROC_SECONDARY)
		return STATUS_NOT_SUPPORTED;
	if (!fwi_ready())
		return STATUS_FWP_TCPIP_NOT_READY;
	return fwi_self.callbacks != 0 ? STATUS_INVALID_DEVICE_STATE : STATUS_SUCCESS;
}

static struct fwi_session *
find(HANDLE engine)
{
	struct fwi_session *s;

	TAILQ_FOREACH(s, &fwi_sessions, next)
	if (s->id == (uint64_t)(uintptr_t)engine)
		return s;
	return NULL;
}

/* Under the mutex, let go of for a moment: somebody else is to get on. */
static void
wait_a_moment(void)
{
	fwi_ctl_unlock();
	usleep(100);
	fwi_ctl_lock();
}

enum purpose { LOOK, CHANGE, CLOSE };

/* Needs nobody else to be changing something? */
static bool
exclusive(const struct fwi_session *s, enum purpose purpose)
{
	return purpose == CHANGE || (purpose == CLOSE && s->dynamic);
}

static NTSTATUS
enter(HANDLE engine, enum purpose purpose, struct fwi_session **out)
{
	uint64_t start = rte_get_tsc_cycles(), ms = rte_get_tsc_hz() / 1000;
	NTSTATUS status = fwi_manage_check();
	struct fwi_session *s;

	if (status != STATUS_SUCCESS)
		return status;
	fwi_ctl_lock();
	for (;;) {
		s = find(engine);
		if (s == NULL) {
			fwi_ctl_unlock();
			return STATUS_INVALID_HANDLE;
		}
		if (!s->busy && (!exclusive(s, purpose) || fwi_writer == NULL || fwi_writer == s))
			break;
		if (s->timeout_ms != FOR_EVER &&
			rte_get_tsc_cycles() - start >= ms * s->timeout_ms) {
			fwi_ctl_unlock();
			return STATUS_FWP_TIMEOUT;
		}
		wait_a_moment();
	}
	s->busy = true;
	*out = s;
	return STATUS_SUCCESS;
}

NTSTATUS
fwi_session_enter(HANDLE engine, struct fwi_session **out)
{
	return enter(engine, LOOK, out);
}

void
fwi_session_leave(struct fwi_session *s)
{
	s->busy = false;
	fwi_ctl_unlock();
}

NTSTATUS
fwi_change_begin(HANDLE engine, struct fwi_session **out)
{
	NTSTATUS status = enter(engine, CHANGE, out);

	if (status != STATUS_SUCCESS)
		return status;
	if ((*out)->in_txn && (*out)->read_only) {
		fwi_session_leave(*out);
		return STATUS_FWP_INCOMPATIBLE_TXN;
	}
	fwi_writer = *out;
	return STATUS_SUCCESS;
}

NTSTATUS
fwi_change_end(struct fwi_session *s, NTSTATUS status)
{
	if (!s->in_txn) {
		if (status == STATUS_SUCCESS)
			status = fwi_commit(s);
		fwi_writer = NULL;
	}
	fwi_session_leave(s);
	return status;
}

NTSTATUS
FwpmEngineOpen0(const wchar_t *serverName, UINT32 authnService,
	SEC_WINNT_AUTH_IDENTITY_W *authIdentity, const FWPM_SESSION0 *session, HANDLE *engineHandle)
{
	NTSTATUS status = fwi_manage_check();
	struct fwi_session *s;

	if (status != STATUS_SUCCESS)
		return status;
	if (engineHandle == NULL)
		return STATUS_FWP_NULL_POINTER;
	if (serverName != NULL || authIdentity != NULL ||
		(authnService != RPC_C_AUTHN_WINNT && authnService != RPC_C_AUTHN_DEFAULT))
		return STATUS_NOT_SUPPORTED;
	if (session != NULL && (session->flags & ~FWPM_SESSION_FLAG_DYNAMIC) != 0)
		return STATUS_FWP_INVALID_FLAGS;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	s->dynamic = session != NULL && (session->flags & FWPM_SESSION_FLAG_DYNAMIC) != 0;
	s->timeout_ms = session != NULL ? session->txnWaitTimeoutInMSec : 0;
	if (s->timeout_ms == 0)
		s->timeout_ms = DEFAULT_TIMEOUT_MS;
	fwi_ctl_lock();
	s->id = ++last_id;
	TAILQ_INSERT_TAIL(&fwi_sessions, s, next);
	fwi_ctl_unlock();
	*engineHandle = (HANDLE)(uintptr_t)s->id;
	return STATUS_SUCCESS;
}

/* Filters first, they name all others; then what names providers. */
static void
mark_dynamic(struct fwi_session *s)
{
	struct fwi_obj *o;
	unsigned k;

	for (k = FWI_OBJ_KINDS; k-- > 0;)
		TAILQ_FOREACH(o, &fwi_objs[k], next)
	if (o->session == s->id && o->state == FWI_LIVE)
		o->state = FWI_GONE;
}

NTSTATUS
FwpmEngineClose0(HANDLE engineHandle)
{
	struct fwi_session *s;
	NTSTATUS status = enter(engineHandle, CLOSE, &s);

	if (status != STATUS_SUCCESS)
		return status;
	if (s->in_txn && !s->read_only)
		fwi_abort(s);
	if (s->dynamic) {
		fwi_writer = s;
		mark_dynamic(s);
		status = fwi_commit(s);
	}
	if (fwi_writer == s)
		fwi_writer = NULL;
	s->in_txn = false;
	if (status == STATUS_SUCCESS) {
		TAILQ_REMOVE(&fwi_sessions, s, next);
		fwi_ctl_unlock();
		free(s);
	} else {
		fwi_session_leave(s);
	}
	return status;
}
