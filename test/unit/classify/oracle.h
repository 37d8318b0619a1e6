/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a layer's filters do to a packet, worked out from the descriptions as they were given, one
 * by one: no table, no order kept, nothing shared with the library but the layer's list of fields.
 */
#ifndef CLASSIFY_ORACLE_H
#define CLASSIFY_ORACLE_H

#include <fwpmk.h>

#include "classify/classify.h"
#include "classify/layers.h"

/* Does the packet fulfil all of them? */
bool oracle_match(const struct fwi_layer_kind *layer, const FWPM_FILTER_CONDITION0 *c, unsigned n,
	const struct fwi_key *key);

#endif
