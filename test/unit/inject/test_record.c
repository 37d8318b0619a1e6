/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/inject/record.h: injection state and history against a list that forgets nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inject/record.h"

#define HANDLES 9

/* Latest first, every handle once. */
struct model {
	unsigned n;
	uint64_t handle[HANDLES];
	void *context[HANDLES];
};

static void
model_inject(struct model *m, uint64_t handle, void *context)
{
	unsigned i;

	for (i = 0; i < m->n && m->handle[i] != handle; i++)
		;
	if (i == m->n)
		m->n++;
	memmove(&m->handle[1], &m->handle[0], i * sizeof(m->handle[0]));
	memmove(&m->context[1], &m->context[0], i * sizeof(m->context[0]));
	m->handle[0] = handle;
	m->context[0] = context;
	if (m->n > 1 + FWI_HISTORY_MAX)
		m->n = 1 + FWI_HISTORY_MAX;
}

static FWPS_PACKET_INJECTION_STATE
model_query(const struct model *m, uint64_t handle, void **context)
{
	unsigned i;

	*context = NULL;
	if (m->n == 0)
		return FWPS_PACKET_NOT_INJECTED;
	for (i = 0; i < m->n; i++) {
		if (m->handle[i] != handle)
			continue;
		*context = m->context[i];
		return i == 0 ? FWPS_PACKET_INJECTED_BY_SELF
			      : FWPS_PACKET_PREVIOUSLY_INJECTED_BY_SELF;
	}
	return FWPS_PACKET_INJECTED_BY_OTHER;
}

static struct fwi_nbl *
fresh(void)
{
	struct fwi_nbl *l = aligned_alloc(64, sizeof(*l));

	memset(l, 0, sizeof(*l));
	l->nbl.FirstNetBuffer = &l->nb;
	return l;
}

static uint64_t
handle_no(unsigned i)
{
	return (uint64_t)(i + 1) << 16 | (i & 3); /* some share an index */
}

static void
compare(struct fwi_nbl *l, const struct model *m)
{
	void *want, *got;
	unsigned i, k;

	for (i = 0; i < HANDLES; i++) {
		HANDLE h = (HANDLE)(uintptr_t)handle_no(i);

		got = &got;
		assert_int_equal(FwpsQueryPacketInjectionState0(h, &l->nbl, &got),
			model_query(m, handle_no(i), &want));
		assert_ptr_equal(got, want);
		assert_int_equal(FwpsQueryPacketInjectionState0(h, &l->nbl, NULL),
			model_query(m, handle_no(i), &want));
	}
	/* newest first, no gaps, nothing twice */
	for (i = 0; i < FWI_HISTORY_MAX; i++) {
		assert_int_equal(l->history[i].handle, i + 1 < m->n ? m->handle[i + 1] : 0);
		for (k = 0; k < i; k++)
			assert_true(l->history[i].handle == 0 ||
				    l->history[i].handle != l->history[k].handle);
	}
}

static void
test_random(void **state)
{
	struct fwi_request r = {.complete = (FWPS_INJECT_COMPLETE0)(uintptr_t)1};
	unsigned round, step, used;
	struct fwi_nbl *l;

	(void)state;
	srand(1);
	for (round = 0; round < 2000; round++) {
		struct model m = {0};

		l = fresh();
		used = 1 + (unsigned)rand() % HANDLES;
		compare(l, &m);
		for (step = 0; step < 30; step++) {
			r.handle = handle_no((unsigned)rand() % used);
			r.inj_context = rand() % 4 ? (void *)(uintptr_t)rand() : NULL;
			fwi_record(&l->nbl, &r);
			model_inject(&m, r.handle, r.inj_context);
			compare(l, &m);
		}
		free(l);
	}
}

static void
test_record_fields(void **state)
{
	struct fwi_request r = {.context = &r,
		.handle = 0x10002,
		.inj_context = &state,
		.compartment = 7,
		.stamp = 99};
	struct fwi_nbl *l = fresh();
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(&l->nbl);

	(void)state;
	hot->status = 5;
	hot->pending = 77;
	l->map_nb = &l->nb;
	fwi_record(&l->nbl, &r);
	assert_ptr_equal(hot->context, &r);
	assert_ptr_equal(hot->inj_context, &state);
	assert_int_equal(hot->handle, 0x10002);
	assert_int_equal(hot->status, 0);
	assert_int_equal(hot->pending, 0);
	assert_int_equal(l->compartment, 7);
	assert_null(l->map_nb);
	assert_int_equal(l->nb.FwpdkStamp, 99);
	free(l);
}

static void
test_no_list_no_handle(void **state)
{
	struct fwi_request r = {.handle = 0x10002};
	struct fwi_nbl *l = fresh();
	void *context = &l;

	(void)state;
	assert_int_equal(
		FwpsQueryPacketInjectionState0(NULL, NULL, &context), FWPS_PACKET_NOT_INJECTED);
	assert_null(context);
	assert_int_equal(
		FwpsQueryPacketInjectionState0(NULL, &l->nbl, NULL), FWPS_PACKET_NOT_INJECTED);
	fwi_record(&l->nbl, &r);
	/* free history slots are no handle */
	assert_int_equal(
		FwpsQueryPacketInjectionState0(NULL, &l->nbl, NULL), FWPS_PACKET_INJECTED_BY_OTHER);
	free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_record_fields),
		cmocka_unit_test(test_no_list_no_handle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
