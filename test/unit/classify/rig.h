/* SPDX-License-Identifier: BSD-3-Clause */
/* A library with an open session, and short ways to add things to it. */
#ifndef CLASSIFY_RIG_H
#define CLASSIFY_RIG_H

#include <setjmp.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fwpdk/init.h>

#include <fwpmk.h>
#include <fwpsk.h>

#include "classify/classify.h"
#include "classify/compile.h"

#define assert_status(call, want) assert_int_equal((uint32_t)(call), (uint32_t)(want))
#define assert_ok(call)		  assert_status(call, STATUS_SUCCESS)

struct rig {
	HANDLE engine;
	unsigned prepared; /* calls of prepare() */
	bool prepare_fails;
};
extern struct rig rig;

/* cmocka set-up and take-down; the latter fails if anything is left. */
int rig_up(void **state);
int rig_down(void **state);

GUID rig_key(unsigned n); /* one per number */

/* Each adds with key rig_key(n) and expects success. */
void rig_sublayer(unsigned n, UINT16 weight);
void rig_callout_object(unsigned n, const GUID *layer);
/* A description to be changed before FwpmFilterAdd0(). */
FWPM_FILTER0 rig_filter(unsigned n, const GUID *layer, unsigned sublayer, FWP_ACTION_TYPE action);
UINT64 rig_add(const FWPM_FILTER0 *f);
UINT64 rig_add_at(
	unsigned n, unsigned sublayer, UINT8 range, FWP_ACTION_TYPE action, unsigned callout);
/* Everything the session has added, in an order that works. */
void rig_filter_gone(unsigned n);

/* One packet at INBOUND_IPPACKET_V4, or at any layer. */
enum fwi_verdict rig_ask(void);
enum fwi_verdict rig_ask_at(unsigned layer, const struct fwi_key *key);
/* Telling a packet nothing matches from a permitted one: is there a table? */
bool rig_has_layer(unsigned layer);

/* Callouts that do what they are told; each has a number. */
#define RIG_CALLOUTS 8
struct rig_callout {
	UINT32 id;
	FWP_ACTION_TYPE action; /* 0 = leaves it alone */
	bool clear, absorb;	/* clears the right, sets ABSORB */
	/* what it saw */
	unsigned calls, order;
	UINT32 rights;
	UINT64 filter_id, context;
	/* its notify function */
	NTSTATUS answer;
	unsigned added, deleted, committed;
	UINT64 set_context;   /* into filter->context when added */
	UINT64 got_context;   /* out of it when deleted */
	void (*inside)(void); /* called by classify */
};
extern struct rig_callout rig_callouts[RIG_CALLOUTS];
extern unsigned rig_order;
/* Key rig_key(100 + n). */
void rig_register(unsigned n, UINT32 flags);
void rig_unregister(unsigned n);

#endif
