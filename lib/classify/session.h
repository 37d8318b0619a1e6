/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control: sessions, and the one of them that changes things. A change outside a transaction
 * is a transaction of its own.
 */
#ifndef FWI_SESSION_H
#define FWI_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include <fwpmk.h>

struct fwi_session {
	TAILQ_ENTRY(fwi_session) next;
	uint64_t id; /* the handle */
	uint32_t timeout_ms;
	bool dynamic;
	bool busy; /* a thread is inside a call of it */
	bool in_txn, read_only;
};
TAILQ_HEAD(fwi_sessions, fwi_session);
extern struct fwi_sessions fwi_sessions;
extern struct fwi_session *fwi_writer; /* whose changes are open, NULL = nobody's */

/* The calls' common refusals; STATUS_SUCCESS = may go on. */
NTSTATUS fwi_manage_check(void);

/* Every call of a session stands between these two; inside the mutex is held. */
NTSTATUS fwi_session_enter(HANDLE engine, struct fwi_session **out);
void fwi_session_leave(struct fwi_session *s);

/*
 * The same for a call that changes something. end() commits if there is no transaction and
 * status is success, and returns what the call returns.
 */
NTSTATUS fwi_change_begin(HANDLE engine, struct fwi_session **out);
NTSTATUS fwi_change_end(struct fwi_session *s, NTSTATUS status);

/* transaction.c, mutex held, writer: this session. Both let go of the mutex for callbacks. */
NTSTATUS fwi_commit(struct fwi_session *s);
void fwi_abort(struct fwi_session *s);

#endif
