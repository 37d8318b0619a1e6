/* SPDX-License-Identifier: BSD-3-Clause */
/* Callouts under test: one at each layer that a test wants, doing what the test tells it. */
#ifndef CONFORMANCE_WALL_H
#define CONFORMANCE_WALL_H

#include "fixture.h"

#include <fwpmk.h>

#define WALL_MAX 12u

struct wall;
/* What a callout does with a packet, besides being counted. */
typedef void (*wall_fn)(struct wall *w, const FWPS_INCOMING_VALUES0 *values,
	const FWPS_INCOMING_METADATA_VALUES0 *meta, NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out);

struct wall {
	UINT16 layer;
	wall_fn fn; /* NULL: continue */
	void *arg;
	HANDLE asks; /* whose injection state it looks at */
	UINT32 id;
	UINT64 filter;
	GUID key;
	/* seen */
	unsigned n;
	uint64_t order; /* of the last one, over all walls */
	FWPS_PACKET_INJECTION_STATE state;
	UINT32 flags, meta_fields, if_index;
	UINT64 flow; /* context */
	UINT32 ip_header, transport_header, mac_header;
	ULONG offset, length;
	uint8_t first[64];	 /* of the window */
	uint8_t from_header[64]; /* after a retreat by what the metadata say */
};

/* After fx_up(): an engine session and a sublayer. */
void wall_up(void);
void wall_down(void);
struct wall *wall_add(UINT16 layer, wall_fn fn, void *arg);
/* With flow contexts; flow_delete runs when one ends. */
struct wall *wall_add_flows(
	UINT16 layer, wall_fn fn, FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flow_delete);
void wall_remove(struct wall *w);
struct wall *wall_at(UINT16 layer);

/* wall_fns */
void wall_permit(struct wall *w, const FWPS_INCOMING_VALUES0 *v,
	const FWPS_INCOMING_METADATA_VALUES0 *m, NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out);
void wall_block(struct wall *w, const FWPS_INCOMING_VALUES0 *v,
	const FWPS_INCOMING_METADATA_VALUES0 *m, NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out);
/* Silent drop; a clone lands in wall_clones[]. */
void wall_absorb_clone(struct wall *w, const FWPS_INCOMING_VALUES0 *v,
	const FWPS_INCOMING_METADATA_VALUES0 *m, NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out);
/* The packet goes on, and a clone of it is kept. */
void wall_keep_clone(struct wall *w, const FWPS_INCOMING_VALUES0 *v,
	const FWPS_INCOMING_METADATA_VALUES0 *m, NET_BUFFER_LIST *nbl, FWPS_CLASSIFY_OUT0 *out);

extern NET_BUFFER_LIST *wall_clones[64];
extern unsigned wall_nclones;
void wall_absorb(FWPS_CLASSIFY_OUT0 *out);

#endif
