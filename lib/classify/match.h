/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: does a packet fulfil a filter's conditions? */
#ifndef FWI_MATCH_H
#define FWI_MATCH_H

#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_byteorder.h>

#include "classify/compiled.h"

static inline uint64_t
fwi_load_be64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return rte_be_to_cpu_64(v);
}

static inline bool
fwi_wide_hit(const struct fwi_layer *l, const struct fwi_op *op, fwi_wide v)
{
	return v - l->wide[op->a].lo <= l->wide[op->a].span;
}

static inline uint32_t
fwi_load_flags(const struct fwi_op *op, const uint8_t *p)
{
	if (likely(op->b == 2))
		return *(const uint32_t *)p;
	return op->b == 1 ? *(const uint16_t *)p : *p;
}

static inline bool
fwi_op_hit(const struct fwi_layer *l, const struct fwi_op *op, const struct fwi_key *key)
{
	const uint8_t *p = (const uint8_t *)key + op->offset;
	bool in;

	switch (op->kind) {
	case FWI_OP_U8:
		in = *p - op->a <= op->b;
		break;
	case FWI_OP_U16:
		in = *(const uint16_t *)p - op->a <= op->b;
		break;
	case FWI_OP_U32:
		in = *(const uint32_t *)p - op->a <= op->b;
		break;
	case FWI_OP_WIDE:
		in = fwi_wide_hit(l, op, (fwi_wide)fwi_load_be64(p) << 64 | fwi_load_be64(p + 8));
		break;
	case FWI_OP_MAC:
		in = fwi_wide_hit(l, op, (fwi_wide)(fwi_load_be64(p) >> 16));
		break;
	case FWI_OP_ALL:
		in = (fwi_load_flags(op, p) & op->a) == op->a;
		break;
	case FWI_OP_ANY:
		in = (fwi_load_flags(op, p) & op->a) != 0;
		break;
	default:
		in = (fwi_load_flags(op, p) & op->a) == 0;
		break;
	}
	return in != op->negate;
}

/* n_ops is not 0. */
static __rte_noinline bool
fwi_match_ops(const struct fwi_layer *l, const struct fwi_cfilter *f, const struct fwi_key *key)
{
	const struct fwi_op *op = &l->op[f->op], *end = op + f->n_ops;
	bool hit;

	while (op != end) {
		hit = fwi_op_hit(l, op, key);
		while (op->more) {
			op++;
			hit = hit || fwi_op_hit(l, op, key);
		}
		if (!hit)
			return false;
		op++;
	}
	return true;
}

static inline bool
fwi_match(const struct fwi_layer *l, const struct fwi_cfilter *f, const struct fwi_key *key)
{
	return f->n_ops == 0 || fwi_match_ops(l, f, key);
}

#endif
