/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "oracle.h"

/* A value as bytes, the highest first, right-aligned. */
struct value {
	uint8_t b[16];
};

static struct value
from_number(uint32_t v)
{
	struct value out = {{0}};
	unsigned i;

	for (i = 0; i < 4; i++)
		out.b[15 - i] = (uint8_t)(v >> 8 * i);
	return out;
}

static struct value
from_bytes(const uint8_t *p, unsigned n)
{
	struct value out = {{0}};

	memcpy(&out.b[16 - n], p, n);
	return out;
}

static struct value
of_packet(const struct fwi_layer_kind *layer, unsigned field, const struct fwi_key *k)
{
	bool v6 = layer->version == 6;

	switch (field) {
	case FWI_F_LOCAL:
		return v6 ? from_bytes(k->local.v6, 16) : from_number(k->local.v4);
	case FWI_F_REMOTE:
		return v6 ? from_bytes(k->remote.v6, 16) : from_number(k->remote.v4);
	case FWI_F_PROTOCOL:
		return from_number(k->protocol);
	case FWI_F_LOCAL_PORT:
		return from_number(k->local_port);
	case FWI_F_REMOTE_PORT:
		return from_number(k->remote_port);
	case FWI_F_IF:
		return from_number(k->if_index);
	case FWI_F_OUT_IF:
		return from_number(k->out_if_index);
	case FWI_F_FLAGS:
		return from_number(k->flags);
	case FWI_F_COMPARTMENT:
		return from_number(k->compartment);
	case FWI_F_DIRECTION:
		return from_number(k->direction);
	case FWI_F_LOCAL_TYPE:
		return from_number(k->local_type);
	case FWI_F_REMOTE_TYPE:
		return from_number(k->remote_type);
	case FWI_F_ETHER_TYPE:
		return from_number(k->ether_type);
	case FWI_F_VLAN:
		return from_number(k->vlan_id);
	case FWI_F_IF_MAC:
		return from_bytes(k->if_mac, 6);
	case FWI_F_LOCAL_MAC:
		return from_bytes(k->local_mac, 6);
	default:
		return from_bytes(k->remote_mac, 6);
	}
}

static struct value
of_value(FWP_DATA_TYPE type, const FWP_VALUE0 *v)
{
	switch (type) {
	case FWP_UINT8:
		return from_number(v->uint8);
	case FWP_UINT16:
		return from_number(v->uint16);
	case FWP_UINT32:
		return from_number(v->uint32);
	case FWP_BYTE_ARRAY6_TYPE:
		return from_bytes(v->byteArray6->byteArray6, 6);
	default:
		return from_bytes(v->byteArray16->byteArray16, 16);
	}
}

/* -1, 0, 1: the packet's value against the condition's; in a subnet or range is 0. */
static int
compare(const struct value *v, const FWP_CONDITION_VALUE0 *c)
{
	struct value lo, hi;
	FWP_VALUE0 plain;
	unsigned bit;
	int r;

	if (c->type == FWP_V4_ADDR_MASK) {
		lo = from_number(c->v4AddrMask->addr & c->v4AddrMask->mask);
		hi = from_number(c->v4AddrMask->addr | ~c->v4AddrMask->mask);
	} else if (c->type == FWP_V6_ADDR_MASK) {
		lo = hi = from_bytes(c->v6AddrMask->addr, 16);
		for (bit = c->v6AddrMask->prefixLength; bit < 128; bit++) {
			lo.b[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
			hi.b[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		}
	} else if (c->type == FWP_RANGE_TYPE) {
		lo = of_value(c->rangeValue->valueLow.type, &c->rangeValue->valueLow);
		hi = of_value(c->rangeValue->valueHigh.type, &c->rangeValue->valueHigh);
	} else {
		plain.uint64 = c->uint64;
		lo = hi = of_value(c->type, &plain);
	}
	r = memcmp(v, &lo, sizeof(lo));
	if (r < 0)
		return -1;
	return memcmp(v, &hi, sizeof(hi)) > 0 ? 1 : 0;
}

static bool
one(const struct fwi_layer_kind *layer, unsigned field, const FWPM_FILTER_CONDITION0 *c,
	const struct fwi_key *key)
{
	struct value v = of_packet(layer, field, key);
	FWP_VALUE0 plain = {.uint64 = c->conditionValue.uint64};
	struct value mask;
	unsigned i, all = 0, any = 0;
	int r;

	switch (c->matchType) {
	case FWP_MATCH_FLAGS_ALL_SET:
	case FWP_MATCH_FLAGS_ANY_SET:
	case FWP_MATCH_FLAGS_NONE_SET:
		mask = of_value(c->conditionValue.type, &plain);
		for (i = 0; i < 16; i++) {
			all += (v.b[i] & mask.b[i]) == mask.b[i];
			any += (v.b[i] & mask.b[i]) != 0;
		}
		return c->matchType == FWP_MATCH_FLAGS_ALL_SET	 ? all == 16
		       : c->matchType == FWP_MATCH_FLAGS_ANY_SET ? any != 0
								 : any == 0;
	default:
		break;
	}
	r = compare(&v, &c->conditionValue);
	switch (c->matchType) {
	case FWP_MATCH_GREATER:
		return r > 0;
	case FWP_MATCH_LESS:
		return r < 0;
	case FWP_MATCH_GREATER_OR_EQUAL:
		return r >= 0;
	case FWP_MATCH_LESS_OR_EQUAL:
		return r <= 0;
	case FWP_MATCH_NOT_EQUAL:
		return r != 0;
	default:
		return r == 0;
	}
}

bool
oracle_match(const struct fwi_layer_kind *layer, const FWPM_FILTER_CONDITION0 *c, unsigned n,
	const struct fwi_key *key)
{
	unsigned field, i;
	bool named, hit;

	for (field = 0; field < layer->n_fields; field++) {
		named = hit = false;
		for (i = 0; i < n; i++) {
			if (!IsEqualGUID(&c[i].fieldKey, layer->fields[field].key))
				continue;
			named = true;
			hit = hit || one(layer, layer->fields[field].field, &c[i], key);
		}
		if (named && !hit)
			return false;
	}
	return true;
}
