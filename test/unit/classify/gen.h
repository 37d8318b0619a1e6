/* SPDX-License-Identifier: BSD-3-Clause */
/* Random filters and packets that often meet, from any source of bytes. */
#ifndef CLASSIFY_GEN_H
#define CLASSIFY_GEN_H

#include <stddef.h>

#include "oracle.h"

/* Bytes of a fuzzer, then (or only) a generator. */
struct gen {
	const uint8_t *data;
	size_t left;
	uint64_t seed;
};

#define GEN_CONDITIONS 5u

struct gen_filter {
	FWPM_FILTER0 f; /* key, layer, conditions and weight are filled in */
	FWPM_FILTER_CONDITION0 c[GEN_CONDITIONS];
	FWP_RANGE0 range[GEN_CONDITIONS];
	union {
		FWP_V4_ADDR_AND_MASK v4;
		FWP_V6_ADDR_AND_MASK v6;
		FWP_BYTE_ARRAY6 mac;
		FWP_BYTE_ARRAY16 addr;
	} low[GEN_CONDITIONS], high[GEN_CONDITIONS];
	UINT64 weight;
};

uint32_t gen_draw(struct gen *g, uint32_t below);
void gen_key(struct gen *g, const struct fwi_layer_kind *layer, struct fwi_key *key);
/* valid: the library has to take it. Not valid: it may refuse. */
void gen_filter(
	struct gen *g, const struct fwi_layer_kind *layer, struct gen_filter *out, bool valid);

#endif
