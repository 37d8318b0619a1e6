/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: from filters to what pollers read. */
#ifndef FWI_COMPILE_H
#define FWI_COMPILE_H

#include <stdint.h>

#include "classify/layers.h"

/*
 * Whose filters: those that packets meet now (an open transaction's changes are not
 * among them), or those once that transaction has committed.
 */
enum fwi_view { FWI_VIEW_COMMITTED, FWI_VIEW_NEXT };

static inline uint32_t
fwi_layer_bit(const struct fwi_layer_kind *kind)
{
	return UINT32_C(1) << (kind - fwi_layer_kinds);
}

/* publish.c: the layers of these bits anew, all or none. 0 or -ENOMEM. Under the mutex. */
int fwi_layers_publish(enum fwi_view view, uint32_t layers);
/* Nothing there any more; no poller is left. */
void fwi_layers_fini(void);

struct fwi_filter;
struct fwi_layer;
/* compile.c: n > 0 filters in the order in which they are asked. NULL: no memory. */
struct fwi_layer *fwi_layer_make(
	const struct fwi_layer_kind *kind, struct fwi_filter *const *filters, unsigned n);
void fwi_layer_free(void *layer);

/* How many filters of a layer are looked through one by one; more go into an rte_acl. Tests change
 * it. */
extern unsigned fwi_straight_max;

/* acl_build.c: fills in acl, chains. 0 or -ENOMEM. */
int fwi_acl_build(const struct fwi_layer_kind *kind, struct fwi_layer *l,
	struct fwi_filter *const *filters, unsigned n);

#endif
