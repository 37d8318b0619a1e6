/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: conditions, checked and turned into ranges and masks. */
#include <string.h>

#include "classify/test.h"

#define ONES(bits) ((bits) == 128 ? ~(fwi_wide)0 : ((fwi_wide)1 << (bits)) - 1)

static unsigned
field_bits(const struct fwi_layer_kind *layer, enum fwi_field field)
{
	switch (fwi_field_facts[field].form) {
	case FWI_U8:
		return field == FWI_F_DIRECTION ? 32 : 8; /* of the values compared with it */
	case FWI_U16:
		return 16;
	case FWI_U32:
		return 32;
	case FWI_MAC:
		return 48;
	default:
		return layer->version == 4 ? 32 : 128;
	}
}

fwi_wide
fwi_field_max(const struct fwi_layer_kind *layer, enum fwi_field field)
{
	unsigned bits = field_bits(layer, field);

	return ONES(bits);
}

static fwi_wide
number(const UINT8 *bytes, unsigned n)
{
	fwi_wide v = 0;

	while (n-- > 0)
		v = v << 8 | *bytes++;
	return v;
}

/* The type a plain value of the field has. */
static FWP_DATA_TYPE
field_type(const struct fwi_layer_kind *layer, enum fwi_field field)
{
	switch (fwi_field_facts[field].form) {
	case FWI_U8:
		return field == FWI_F_DIRECTION ? FWP_UINT32 : FWP_UINT8;
	case FWI_U16:
		return FWP_UINT16;
	case FWI_U32:
		return FWP_UINT32;
	case FWI_MAC:
		return FWP_BYTE_ARRAY6_TYPE;
	default:
		return layer->version == 4 ? FWP_UINT32 : FWP_BYTE_ARRAY16_TYPE;
	}
}

/* FWP_VALUE0 and FWP_CONDITION_VALUE0 agree in type and the members used here. */
static NTSTATUS
plain_value(FWP_DATA_TYPE want, const FWP_VALUE0 *v, fwi_wide *out)
{
	if (v->type != want)
		return STATUS_FWP_TYPE_MISMATCH;
	switch (want) {
	case FWP_UINT8:
		*out = v->uint8;
		break;
	case FWP_UINT16:
		*out = v->uint16;
		break;
	case FWP_UINT32:
		*out = v->uint32;
		break;
	case FWP_BYTE_ARRAY6_TYPE:
		if (v->byteArray6 == NULL)
			return STATUS_FWP_NULL_POINTER;
		*out = number(v->byteArray6->byteArray6, 6);
		break;
	default:
		if (v->byteArray16 == NULL)
			return STATUS_FWP_NULL_POINTER;
		*out = number(v->byteArray16->byteArray16, 16);
		break;
	}
	return STATUS_SUCCESS;
}

static NTSTATUS
subnet(const FWP_CONDITION_VALUE0 *v, struct fwi_test *t)
{
	unsigned free_bits;
	UINT32 host;

	if (v->v4AddrMask == NULL)
		return STATUS_FWP_NULL_POINTER;
	if (v->type == FWP_V4_ADDR_MASK) {
		host = ~v->v4AddrMask->mask;
		if ((host & (host + 1)) != 0)
			return STATUS_FWP_INVALID_NET_MASK;
		t->lo = v->v4AddrMask->addr & v->v4AddrMask->mask;
		t->hi = t->lo | host;
		return STATUS_SUCCESS;
	}
	if (v->v6AddrMask->prefixLength > 128)
		return STATUS_FWP_INVALID_NET_MASK;
	free_bits = 128u - v->v6AddrMask->prefixLength;
	t->lo = number(v->v6AddrMask->addr, 16) & ~ONES(free_bits);
	t->hi = t->lo | ONES(free_bits);
	return STATUS_SUCCESS;
}

static NTSTATUS
range(FWP_DATA_TYPE plain, const FWP_CONDITION_VALUE0 *v, struct fwi_test *t)
{
	NTSTATUS status;

	if (v->rangeValue == NULL)
		return STATUS_FWP_NULL_POINTER;
	status = plain_value(plain, &v->rangeValue->valueLow, &t->lo);
	if (status == STATUS_SUCCESS)
		status = plain_value(plain, &v->rangeValue->valueHigh, &t->hi);
	if (status == STATUS_SUCCESS && t->lo > t->hi)
		status = STATUS_FWP_INVALID_RANGE;
	return status;
}

/* What is on the right, as a range from lo to hi. */
static NTSTATUS
operand(const struct fwi_layer_kind *layer, const FWP_CONDITION_VALUE0 *v, struct fwi_test *t)
{
	FWP_DATA_TYPE plain = field_type(layer, t->field);
	bool addr = fwi_field_facts[t->field].form == FWI_ADDR;
	FWP_VALUE0 copy;
	NTSTATUS status;

	switch (v->type) {
	case FWP_RANGE_TYPE:
		return range(plain, v, t);
	case FWP_V4_ADDR_MASK:
		return addr && layer->version == 4 ? subnet(v, t) : STATUS_FWP_TYPE_MISMATCH;
	case FWP_V6_ADDR_MASK:
		return addr && layer->version == 6 ? subnet(v, t) : STATUS_FWP_TYPE_MISMATCH;
	default:
		copy.type = v->type;
		copy.uint64 = v->uint64;
		status = plain_value(plain, &copy, &t->lo);
		t->hi = t->lo;
		return status;
	}
}

static NTSTATUS
compare(FWP_MATCH_TYPE match, fwi_wide max, struct fwi_test *t)
{
	bool one = t->lo == t->hi;

	switch (match) {
	case FWP_MATCH_EQUAL:
		return STATUS_SUCCESS;
	case FWP_MATCH_NOT_EQUAL:
		t->negate = true;
		return t->lo == 0 && t->hi >= max ? STATUS_FWP_NEVER_MATCH : STATUS_SUCCESS;
	case FWP_MATCH_GREATER:
		if (one && t->lo >= max)
			return STATUS_FWP_NEVER_MATCH;
		t->lo++;
		t->hi = max;
		break;
	case FWP_MATCH_LESS:
		if (one && t->lo == 0)
			return STATUS_FWP_NEVER_MATCH;
		t->hi--;
		t->lo = 0;
		break;
	case FWP_MATCH_GREATER_OR_EQUAL:
		t->hi = max;
		break;
	default:
		t->lo = 0;
		break;
	}
	return one ? STATUS_SUCCESS : STATUS_FWP_MATCH_TYPE_MISMATCH;
}

static NTSTATUS
flags(FWP_MATCH_TYPE match, struct fwi_test *t)
{
	if (t->lo != t->hi || fwi_field_facts[t->field].form > FWI_U32)
		return STATUS_FWP_MATCH_TYPE_MISMATCH;
	t->mask = (uint32_t)t->lo;
	t->kind = match == FWP_MATCH_FLAGS_ALL_SET   ? FWI_T_ALL_SET
		  : match == FWP_MATCH_FLAGS_ANY_SET ? FWI_T_ANY_SET
						     : FWI_T_NONE_SET;
	return t->kind == FWI_T_ANY_SET && t->mask == 0 ? STATUS_FWP_NEVER_MATCH : STATUS_SUCCESS;
}

static NTSTATUS
field_find(const struct fwi_layer_kind *layer, const GUID *key, struct fwi_test *t)
{
	unsigned i;

	for (i = 0; i < layer->n_fields; i++) {
		if (!IsEqualGUID(layer->fields[i].key, key))
			continue;
		t->field = layer->fields[i].field;
		t->number = (uint16_t)i;
		return t->field == FWI_F_NONE ? STATUS_NOT_SUPPORTED : STATUS_SUCCESS;
	}
	return STATUS_FWP_CONDITION_NOT_FOUND;
}

NTSTATUS
fwi_test_make(
	const struct fwi_layer_kind *layer, const FWPM_FILTER_CONDITION0 *c, struct fwi_test *t)
{
	NTSTATUS status;

	memset(t, 0, sizeof(*t));
	status = field_find(layer, &c->fieldKey, t);
	if (status != STATUS_SUCCESS)
		return status;
	if ((unsigned)c->matchType >= FWP_MATCH_TYPE_MAX)
		return STATUS_FWP_INVALID_ENUMERATOR;
	if (c->matchType == FWP_MATCH_EQUAL_CASE_INSENSITIVE ||
		(c->matchType == FWP_MATCH_RANGE) != (c->conditionValue.type == FWP_RANGE_TYPE))
		if (c->matchType != FWP_MATCH_NOT_EQUAL && c->matchType != FWP_MATCH_EQUAL)
			return STATUS_FWP_MATCH_TYPE_MISMATCH;
	status = operand(layer, &c->conditionValue, t);
	if (status != STATUS_SUCCESS)
		return status;
	switch (c->matchType) {
	case FWP_MATCH_RANGE:
		return STATUS_SUCCESS;
	case FWP_MATCH_FLAGS_ALL_SET:
	case FWP_MATCH_FLAGS_ANY_SET:
	case FWP_MATCH_FLAGS_NONE_SET:
		return flags(c->matchType, t);
	default:
		return compare(c->matchType, fwi_field_max(layer, t->field), t);
	}
}

unsigned
fwi_test_bits(const struct fwi_layer_kind *layer, const struct fwi_test *t)
{
	unsigned bits = field_bits(layer, t->field);
	fwi_wide span = t->hi - t->lo;

	if (t->kind != FWI_T_RANGE)
		return (unsigned)__builtin_popcount(t->mask);
	if (t->negate)
		return 1;
	for (; span != 0 && bits > 0; span >>= 1)
		bits--;
	return bits;
}
