/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: conditions and weight of a filter that is being added. */
#include <stdlib.h>
#include <string.h>

#include "classify/filter.h"

/* What a condition's value may point at. */
union pointed {
	FWP_BYTE_ARRAY6 mac;
	FWP_BYTE_ARRAY16 addr;
	FWP_V4_ADDR_AND_MASK v4;
	FWP_V6_ADDR_AND_MASK v6;
};

/* The copies of one condition: its value's, or both ends of a range. */
struct copies {
	FWP_RANGE0 range;
	union pointed low, high;
};

static void
copy_value(FWP_VALUE0 *v, union pointed *to)
{
	if (v->type == FWP_BYTE_ARRAY6_TYPE) {
		to->mac = *v->byteArray6;
		v->byteArray6 = &to->mac;
	} else if (v->type == FWP_BYTE_ARRAY16_TYPE) {
		to->addr = *v->byteArray16;
		v->byteArray16 = &to->addr;
	}
}

/* Checked already: the types are those that the pointers have. */
static void
copy_condition(FWP_CONDITION_VALUE0 *v, struct copies *to)
{
	switch (v->type) {
	case FWP_BYTE_ARRAY6_TYPE:
		to->low.mac = *v->byteArray6;
		v->byteArray6 = &to->low.mac;
		break;
	case FWP_BYTE_ARRAY16_TYPE:
		to->low.addr = *v->byteArray16;
		v->byteArray16 = &to->low.addr;
		break;
	case FWP_V4_ADDR_MASK:
		to->low.v4 = *v->v4AddrMask;
		v->v4AddrMask = &to->low.v4;
		break;
	case FWP_V6_ADDR_MASK:
		to->low.v6 = *v->v6AddrMask;
		v->v6AddrMask = &to->low.v6;
		break;
	case FWP_RANGE_TYPE:
		to->range = *v->rangeValue;
		copy_value(&to->range.valueLow, &to->low);
		copy_value(&to->range.valueHigh, &to->high);
		v->rangeValue = &to->range;
		break;
	default:
		break;
	}
}

static int
by_field(const void *a, const void *b)
{
	const struct fwi_test *x = a, *y = b;

	return (int)x->field - (int)y->field;
}

NTSTATUS
fwi_filter_conditions(const FWPM_FILTER0 *a, struct fwi_filter *f)
{
	unsigned n = a->numFilterConditions, i;
	FWPS_FILTER_CONDITION0 *shown;
	struct copies *copies;
	NTSTATUS status;

	if (n == 0)
		return STATUS_SUCCESS;
	f->tests = calloc(n, sizeof(*f->tests));
	f->conditions = calloc(n, sizeof(*f->conditions) + sizeof(*shown) + sizeof(*copies));
	if (f->tests == NULL || f->conditions == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	copies = (struct copies *)&f->conditions[n];
	shown = (FWPS_FILTER_CONDITION0 *)&copies[n];
	for (i = 0; i < n; i++) {
		status = fwi_test_make(f->layer, &a->filterCondition[i], &f->tests[i]);
		if (status != STATUS_SUCCESS)
			return status;
		f->conditions[i] = a->filterCondition[i];
		copy_condition(&f->conditions[i].conditionValue, &copies[i]);
		shown[i].fieldId = f->tests[i].number;
		shown[i].matchType = f->conditions[i].matchType;
		shown[i].conditionValue = f->conditions[i].conditionValue;
	}
	f->n_tests = (uint16_t)n;
	f->fwps.numFilterConditions = n;
	f->fwps.filterCondition = shown;
	qsort(f->tests, n, sizeof(*f->tests), by_field);
	return STATUS_SUCCESS;
}

/*
 * The more bits are fixed the heavier; of several tests of a field the loosest counts. 60 bits are
 * more than there is to tell apart.
 */
static uint64_t
specific(const struct fwi_filter *f)
{
	unsigned i, bits, sum = 0, least = 0;

	for (i = 0; i < f->n_tests; i++) {
		bits = fwi_test_bits(f->layer, &f->tests[i]);
		if (i == 0 || f->tests[i].field != f->tests[i - 1].field) {
			sum += least;
			least = bits;
		} else if (bits < least) {
			least = bits;
		}
	}
	return (uint64_t)(sum + least) << 32;
}

NTSTATUS
fwi_filter_weight(const FWP_VALUE0 *asked, struct fwi_filter *f)
{
	f->asked = *asked;
	switch (asked->type) {
	case FWP_EMPTY:
		f->weight = specific(f);
		return STATUS_SUCCESS;
	case FWP_UINT8:
		if (asked->uint8 > 15)
			return STATUS_FWP_INVALID_WEIGHT;
		f->weight = (uint64_t)asked->uint8 << 60 | specific(f);
		return STATUS_SUCCESS;
	case FWP_UINT64:
		if (asked->uint64 == NULL)
			return STATUS_FWP_NULL_POINTER;
		f->weight = *asked->uint64;
		f->asked64 = f->weight;
		f->asked.uint64 = &f->asked64;
		return STATUS_SUCCESS;
	default:
		return STATUS_FWP_INVALID_WEIGHT;
	}
}
