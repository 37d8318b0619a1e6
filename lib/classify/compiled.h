/* SPDX-License-Identifier: BSD-3-Clause */
/* What pollers read: the filters of one layer, never written once published. */
#ifndef FWI_COMPILED_H
#define FWI_COMPILED_H

#include <stdbool.h>
#include <stdint.h>

#include <fwpsk.h>

#include <rte_acl.h>
#include <rte_common.h>

#include "classify/classify.h"
#include "classify/filter.h"
#include "classify/test.h"
#include "core/rcu.h"

enum fwi_op_kind {
	FWI_OP_U8,
	FWI_OP_U16,
	FWI_OP_U32,
	FWI_OP_WIDE,
	FWI_OP_MAC,
	FWI_OP_ALL,
	FWI_OP_ANY,
	FWI_OP_NONE
};

/* One test. Flag tests: a = mask, of a field of 1 << b bytes. Wide: a = number of the range. */
struct fwi_op {
	uint8_t kind;
	uint8_t offset; /* in struct fwi_key */
	bool more;	/* the next one is of the same field: either will do */
	bool negate;
	uint32_t a, b; /* lowest value, highest - lowest */
};

struct fwi_op_wide {
	fwi_wide lo, span;
};

enum fwi_act { FWI_ACT_BLOCK, FWI_ACT_PERMIT, FWI_ACT_CALLOUT0, FWI_ACT_CALLOUT1 };

struct fwi_cfilter {
	const FWPS_FILTER0 *filter;
	union {
		FWPS_CALLOUT_CLASSIFY_FN0 classify0;
		FWPS_CALLOUT_CLASSIFY_FN1 classify1;
	};
	uint32_t op; /* its first */
	uint16_t n_ops;
	uint16_t after; /* the first filter of the next sublayer */
	uint16_t slot;
	uint8_t act;
	bool hard;    /* a permit clears the right */
	bool inspect; /* what it says is not listened to */
	bool flow;    /* may have flow contexts */
	bool only_flow;
	uint32_t callout_id;
	uint16_t
		chain_n; /* acl: lower filters of the sublayer that packets of this one may match */
	uint32_t chain;
};

/* A packet as rte_acl gets it: fields in network order, in groups of 4 bytes. */
struct fwi_acl_in {
	uint8_t protocol, pad[3]; /* MAC: 0 */
	union {
		struct {
			uint32_t local, remote;
			uint16_t local_port, remote_port;
			uint32_t if_index, out_if_index;
		} v4;
		struct {
			uint32_t local[4], remote[4];
			uint16_t local_port, remote_port;
			uint32_t if_index, out_if_index;
		} v6;
		struct {
			uint16_t ether_type, vlan_id;
			uint8_t local[6], remote[6];
			uint32_t if_index;
		} mac;
	};
};

struct fwi_layer {
	struct fwi_retired retired;
	uint16_t id;
	uint8_t version;
	bool alone;		 /* one filter, a callout's, without flow contexts */
	bool bare;		 /* the same without conditions */
	uint8_t categories;	 /* acl: sublayers, as rte_acl counts them */
	uint16_t n, n_sublayers; /* filters */
	const struct fwi_cfilter *filter;
	const struct fwi_op *op;
	const struct fwi_op_wide *wide;
	struct rte_acl_ctx *acl; /* NULL: look through them one by one */
	const uint16_t *chain;
	uint16_t *chain_memory;
};

#endif
