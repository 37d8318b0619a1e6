/* SPDX-License-Identifier: BSD-3-Clause */
/* What every callout driver does at its begin and its end. */
#ifndef CALLOUTS_FILTERING_H
#define CALLOUTS_FILTERING_H

#include "driver.h"

#include <fwpmk.h>

#define FILTERING_CALLOUTS_MAX 8

typedef struct FILTERING_ {
	HANDLE engine; /* of a dynamic session: what it adds goes with it */
	GUID subLayer;
	UINT32 calloutId[FILTERING_CALLOUTS_MAX];
	ULONG callouts;
} FILTERING;

/** A callout, and a filter that hands it the packets of one layer. */
typedef struct FILTERING_CALLOUT_ {
	const GUID *layer;
	GUID key;
	FWP_ACTION_TYPE action; /* of the filter */
	FWPS_CALLOUT_CLASSIFY_FN1 classify;
	VOID *context; /* FWPS_FILTER1.context of the classify */
	FWPM_FILTER_CONDITION0 *conditions;
	UINT32 conditionCount;
} FILTERING_CALLOUT;

/** Open the engine, begin a transaction, add a sublayer. After a failure of this or of the others:
 * FilteringClose(). */
NTSTATUS FilteringOpen(FILTERING *f, const GUID *subLayer, const wchar_t *name, UINT16 weight);
NTSTATUS FilteringAddCallout(FILTERING *f, const FILTERING_CALLOUT *callout);
/** One more filter; callout NULL: it blocks by itself. */
NTSTATUS FilteringAddFilter(FILTERING *f, const GUID *layer, const FILTERING_CALLOUT *callout);
NTSTATUS FilteringCommit(FILTERING *f);
/** Filters first, so that traffic goes on; then no classify runs any more. */
VOID FilteringClose(FILTERING *f);

#endif
