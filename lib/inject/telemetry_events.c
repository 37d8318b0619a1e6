/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: /fwpdk/events[,N]. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include <fwpdk/fwpdk.h>

#include "inject/telemetry.h"

/* An answer is at most 16 KiB, whatever was recorded. */
#define LATEST_DEFAULT 32u
#define LATEST_MAX     64u

struct view {
	uint64_t total, kind[FWPDK_EVENTS];
	unsigned max, n; /* the latest ones of all pollers, oldest first */
	struct fwpdk_event latest[LATEST_MAX];
};

static int
add(const struct fwpdk_event *e, void *arg)
{
	struct view *v = arg;
	unsigned i;

	v->total++;
	v->kind[e->kind]++;
	if (v->max == 0 || (v->n == v->max && e->tsc < v->latest[0].tsc))
		return 0;
	if (v->n == v->max)
		memmove(&v->latest[0], &v->latest[1], --v->n * sizeof(v->latest[0]));
	for (i = v->n++; i > 0 && v->latest[i - 1].tsc > e->tsc; i--)
		v->latest[i] = v->latest[i - 1];
	v->latest[i] = *e;
	return 0;
}

static int
add_kinds(struct rte_tel_data *d, const struct view *v)
{
	struct rte_tel_data *kinds = fwi_tel_dict();
	unsigned i;

	if (kinds == NULL)
		return -ENOMEM;
	for (i = 0; i < FWPDK_EVENTS; i++)
		rte_tel_data_add_dict_u64(
			kinds, fwpdk_event_name((enum fwpdk_event_kind)i), v->kind[i]);
	return rte_tel_data_add_dict_container(d, "kinds", kinds, 0);
}

static void
describe(struct rte_tel_data *one, const struct fwpdk_event *e)
{
	char text[32];

	rte_tel_data_add_dict_string(one, "poller", e->poller);
	rte_tel_data_add_dict_u64(one, "number", e->number);
	rte_tel_data_add_dict_u64(one, "tsc", e->tsc);
	rte_tel_data_add_dict_string(one, "kind", fwpdk_event_name(e->kind));
	snprintf(text, sizeof(text), "0x%" PRIxPTR, (uintptr_t)e->nbl);
	rte_tel_data_add_dict_string(one, "nbl", text);
	if (e->kind == FWPDK_EVENT_INJECT) {
		rte_tel_data_add_dict_int(one, "producer", e->producer);
	} else if (e->kind == FWPDK_EVENT_COMPLETE) {
		snprintf(text, sizeof(text), "0x%08" PRIx32, (uint32_t)e->status);
		rte_tel_data_add_dict_string(one, "status", text);
	} else {
		rte_tel_data_add_dict_int(one, "port", e->port_id);
		rte_tel_data_add_dict_int(one, "queue", e->queue_id);
	}
}

/* 22.11 has no arrays of objects: the keys are the ranks, the latest is the last one. */
static int
add_latest(struct rte_tel_data *d, const struct view *v)
{
	struct rte_tel_data *all = fwi_tel_dict(), *one;
	char rank[16];
	unsigned i;

	if (all == NULL)
		return -ENOMEM;
	for (i = 0; i < v->n; i++) {
		one = fwi_tel_dict();
		if (one == NULL)
			break;
		describe(one, &v->latest[i]);
		snprintf(rank, sizeof(rank), "%u", i);
		rte_tel_data_add_dict_container(all, rank, one, 0);
	}
	return rte_tel_data_add_dict_container(d, "latest", all, 0);
}

int
fwi_tel_events(const char *cmd, const char *params, struct rte_tel_data *d)
{
	struct view *v;
	uint64_t n = LATEST_DEFAULT;
	int rc;

	RTE_SET_USED(cmd);
	if (params != NULL && fwi_tel_number(params, LATEST_MAX, &n) != 0)
		return -EINVAL;
	v = calloc(1, sizeof(*v));
	if (v == NULL)
		return -ENOMEM;
	v->max = (unsigned)n;
	rc = fwpdk_events_walk(add, v);
	if (rc == 0) {
		rte_tel_data_start_dict(d);
		rte_tel_data_add_dict_u64(d, "recording", fwpdk_events_recording());
		rte_tel_data_add_dict_u64(d, "tsc_hz", rte_get_tsc_hz());
		rte_tel_data_add_dict_u64(d, "events", v->total);
		rc = add_kinds(d, v);
	}
	if (rc == 0)
		rc = add_latest(d, v);
	free(v);
	return rc;
}
