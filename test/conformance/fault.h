/* SPDX-License-Identifier: BSD-3-Clause */
/* The fixture with a device that misbehaves: net_null with a double in front (port 0). */
#ifndef CONFORMANCE_FAULT_H
#define CONFORMANCE_FAULT_H

#include <fwpdk/fault.h>

#include "fixture.h"

extern struct fwpdk_fault *fx_fault;

/*
 * The kinds of driver: which strategy the library uses, and how the double then behaves if a
 * test does not say otherwise.
 */
enum fx_kind {
	FX_IN_BURST,
	FX_EMPTY_BURST,
	FX_DESC_DONE,
	FX_DONE_CLEANUP,
	FX_LAZY, /* strategy none */
	FX_KINDS
};

int fx_up_fault(void **state, enum fx_kind kind, const struct fx_conf *conf);
int fx_up_in_burst(void **state);
int fx_up_empty_burst(void **state);
int fx_up_desc_done(void **state);
int fx_up_done_cleanup(void **state);
int fx_up_lazy(void **state);
int fx_down_fault(void **state); /* also: nothing was changed while the device had it */

/* A test under every kind of driver. */
#define FX_EACH_KIND(t)                                                           \
	{#t "_in_burst", t, fx_up_in_burst, fx_down_fault, NULL},                 \
		{#t "_empty_burst", t, fx_up_empty_burst, fx_down_fault, NULL},   \
		{#t "_desc_done", t, fx_up_desc_done, fx_down_fault, NULL},       \
		{#t "_done_cleanup", t, fx_up_done_cleanup, fx_down_fault, NULL}, \
	{                                                                         \
#t "_lazy", t, fx_up_lazy, fx_down_fault, NULL                    \
	}

extern enum fx_kind fx_kind;
/* The knobs of this kind, to be turned further. */
struct fwpdk_fault_knobs fx_knobs(void);
void fx_fault_set(const struct fwpdk_fault_knobs *knobs);
struct fwpdk_fault_counts fx_fault_counts(void);
/* Releases what the double holds and lets it be a good driver. */
void fx_fault_heal(void);
bool fx_nothing_staged(void *arg); /* for fx_poll_until(): all is with the driver or done */

/* n packets of all shapes, injected; p[] receives them. */
void fx_inject_shapes(struct pkt **p, unsigned n, unsigned seed);

#endif
