/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: a callout's number and, while it is registered, its functions. Under the mutex. */
#ifndef FWI_CALLOUT_H
#define FWI_CALLOUT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include <fwpsk.h>

struct fwi_callout {
	TAILQ_ENTRY(fwi_callout) next;
	GUID key;
	uint32_t id;
	unsigned refs; /* management objects of the key */
	bool registered, closing;
	unsigned notifying;  /* calls of notify that run */
	uint32_t generation; /* of registrations, from 1 */
	uint8_t version;     /* of classify: 0 or 1 */
	uint32_t flags;
	union {
		FWPS_CALLOUT_CLASSIFY_FN0 classify0;
		FWPS_CALLOUT_CLASSIFY_FN1 classify1;
	};
	FWPS_CALLOUT_NOTIFY_FN0 notify;
	FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flow_delete;
};
TAILQ_HEAD(fwi_callouts, fwi_callout);
extern struct fwi_callouts fwi_callouts;

#define FWI_CALLOUTS_MAX 1024u

struct fwi_callout *fwi_callout_by_key(const GUID *key);
struct fwi_callout *fwi_callout_by_id(uint32_t id);
/* The one of the key, made if there is none; NULL: *status says why. */
struct fwi_callout *fwi_callout_ref(const GUID *key, NTSTATUS *status);
void fwi_callout_unref(struct fwi_callout *c);

struct fwi_filter;
/*
 * notify.c: tell a filter's callout, if it is registered and was told of the filter's coming (or
 * this is it). Lets go of the mutex meanwhile.
 */
NTSTATUS fwi_notify(struct fwi_filter *f, FWPS_CALLOUT_NOTIFY_TYPE what);

#endif
