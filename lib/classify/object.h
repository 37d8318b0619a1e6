/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control: what the management side has. All under the mutex, which is let go of while a
 * client's function runs; then the writer (session.h) keeps other changes away.
 */
#ifndef FWI_OBJECT_H
#define FWI_OBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include <fwpmk.h>
#include <fwpsk.h>

#include "classify/layers.h"
#include "classify/test.h"

enum fwi_obj_kind { FWI_PROVIDER, FWI_SUBLAYER, FWI_CALLOUT, FWI_FILTER, FWI_OBJ_KINDS };

/*
 * Committed and staying; added by the open transaction; deleted by it; deleted, and freed once no
 * packet is with it.
 */
enum fwi_obj_state { FWI_LIVE, FWI_NEW, FWI_GONE, FWI_DEAD };
#define FWI_OBJ_THERE(o) ((o)->state == FWI_LIVE || (o)->state == FWI_NEW)

struct fwi_obj {
	TAILQ_ENTRY(fwi_obj) next;
	GUID key;
	uint8_t kind, state;
	bool builtin;
	uint64_t session;	  /* the dynamic one it goes with, 0 = none */
	uint64_t owner;		  /* the one that added it */
	struct fwi_obj *provider; /* or NULL */
	uint32_t flags;
	/* copies for those who get it back */
	wchar_t *name, *description, *service;
	FWP_BYTE_BLOB data;
};
TAILQ_HEAD(fwi_objs, fwi_obj);
extern struct fwi_objs fwi_objs[FWI_OBJ_KINDS];

struct fwi_sublayer {
	struct fwi_obj obj;
	uint16_t weight;
	uint64_t order; /* of two with one weight the older first */
};

/* What FwpmCalloutAdd0() adds; the run-time side is struct fwi_callout. */
struct fwi_mcallout {
	struct fwi_obj obj;
	const struct fwi_layer_kind *layer;
	struct fwi_callout *callout;
};

#define FWI_CONDITIONS_MAX 64u

struct fwi_filter {
	struct fwi_obj obj;
	const struct fwi_layer_kind *layer;
	struct fwi_sublayer *sublayer;
	struct fwi_mcallout *mcallout; /* of callout actions */
	UINT64 weight;		       /* the effective one */
	FWP_VALUE0 asked;	       /* the weight as given */
	UINT64 asked64;
	UINT64 raw_context;
	uint32_t notified; /* fwi_callout.generation that was told of it, 0 = none */
	bool tell_commit;  /* FWPS_CALLOUT_NOTIFY_ADD_FILTER_POST_COMMIT is due */
	uint16_t slot;	   /* of its counters */
	uint16_t n_tests;
	struct fwi_test *tests; /* by field */
	FWPM_FILTER_CONDITION0 *conditions;
	FWPS_FILTER0 fwps; /* what callouts see */
};

/* object.c. Of kind, not deleted; NEW ones for the session that adds them only. */
struct fwi_obj *fwi_obj_find(enum fwi_obj_kind kind, const GUID *key, uint64_t viewer);
/* Does an object that is not deleted name it? */
bool fwi_obj_in_use(const struct fwi_obj *o);

/* What all four have in common, as the caller gave it. */
struct fwi_obj_args {
	const GUID *key;
	const FWPM_DISPLAY_DATA0 *display;
	const wchar_t *service;
	const FWP_BYTE_BLOB *data;
	const GUID *provider;
	uint32_t flags;
	uint32_t flags_known, flags_refused; /* refused: STATUS_NOT_SUPPORTED */
};
struct fwi_session;
/* Checks and a copy, in no list yet; size of the whole object. */
NTSTATUS fwi_obj_make(const struct fwi_session *s, enum fwi_obj_kind kind, size_t size,
	const struct fwi_obj_args *args, struct fwi_obj **out);
void fwi_obj_insert(struct fwi_obj *o);
/* Out of its list and freed, with what it holds. */
void fwi_obj_free(struct fwi_obj *o);
/* The copies alone: of an object that is in no list. */
void fwi_obj_drop(struct fwi_obj *o);
/* Deletion by the session: GONE, or freed when it is NEW. Filters: filter_delete(). */
NTSTATUS fwi_obj_delete(struct fwi_session *s, struct fwi_obj *o, NTSTATUS missing);

/* An object may name another one only if that lives as long. */
NTSTATUS fwi_obj_lifetime(const struct fwi_obj *from, const struct fwi_obj *to);

/* filter.c */
void fwi_filter_release(struct fwi_filter *f); /* what it has besides the common part */
void fwi_filter_remove_new(struct fwi_session *s, struct fwi_filter *f);

static inline struct fwi_filter *
fwi_filter_of(struct fwi_obj *o)
{
	return (struct fwi_filter *)o;
}

#endif
