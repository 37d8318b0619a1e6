/* SPDX-License-Identifier: BSD-3-Clause */
/* P2, P7, R15, R16, R27..R30: calls that are refused change nothing. */
#include <stdlib.h>

#include "fixture.h"

struct call {
	HANDLE h;
	UINT32 flags;
	UINT32 comp;
	FWPS_INJECT_COMPLETE0 fn;
};

/* The call gives want, nothing is changed, no completion comes, the NBL can be used. */
static void
refuse(struct pkt *p, const struct call *c, NTSTATUS want)
{
	struct snap *s = snap_take(p);
	uint64_t before = pkt_completions;

	assert_status(FwpsInjectNetworkSendAsync0(
			      c->h, p, c->flags, (COMPARTMENT_ID)c->comp, p->nbl, c->fn, p),
		want);
	fx_poll_n(5);
	assert_int_equal(pkt_completions, before);
	snap_same(s, p);
	fx_check_conserved();
}

static void
then_send(struct pkt *p)
{
	uint64_t before = pkt_completions;

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_done(before + 1));
	assert_status(p->status, STATUS_SUCCESS);
	pkt_check_restored(p);
}

static struct call
plain(void)
{
	return (struct call){.h = fx.h4, .fn = pkt_completed};
}

static void
r030_null_completion_function(void **state)
{
	struct pkt *p = PKT(.lead = 20, .nseg = 3, .seg = {30, 20});
	struct call c = plain();

	(void)state;
	c.fn = NULL;
	refuse(p, &c, STATUS_FWP_NULL_POINTER);
	then_send(p);
}

static void
p07_null_nbl(void **state)
{
	(void)state;
	/* fwpsk/inject.h: STATUS_FWP_NULL_POINTER without a list */
	assert_status(FwpsInjectNetworkSendAsync0(fx.h4, NULL, 0, UNSPECIFIED_COMPARTMENT_ID, NULL,
			      pkt_completed, NULL),
		STATUS_FWP_NULL_POINTER);
	fx_poll_n(5);
	assert_int_equal(pkt_completions, 0);
}

static void
p07_all_arguments_null(void **state)
{
	(void)state;
	assert_status(FwpsInjectNetworkSendAsync0(
			      NULL, NULL, 0, UNSPECIFIED_COMPARTMENT_ID, NULL, NULL, NULL),
		STATUS_INVALID_HANDLE);
}

static void
p07_value_that_was_never_a_handle(void **state)
{
	uintptr_t base = (uintptr_t)fx.h4;
	uintptr_t v[] = {0, 1, 2, 0xdeadbeef, 0x10000, 0xffff, UINTPTR_MAX, UINTPTR_MAX - 1,
		base + 7, base + 0x10000, base - 0x10000, base | UINT64_C(1) << 63, base + 16,
		(uintptr_t)&base};
	struct pkt *p = PKT(0);
	struct call c = plain();
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(v); i++) {
		c.h = (HANDLE)v[i];
		if (c.h == fx.h4 || c.h == fx.h6)
			continue;
		refuse(p, &c, STATUS_INVALID_HANDLE);
		assert_status(FwpsInjectionHandleDestroy0(c.h), STATUS_INVALID_HANDLE);
	}
	then_send(p);
}

static void
p07_random_values_are_no_handles(void **state)
{
	struct pkt *p = PKT(0);
	unsigned i;

	(void)state;
	srand(1);
	for (i = 0; i < 20000; i++) {
		uintptr_t v = (uintptr_t)rand() << 32 ^ (uintptr_t)rand() << 8 ^ (uintptr_t)rand();

		assert_status(FwpsInjectNetworkSendAsync0((HANDLE)v, p, 0,
				      UNSPECIFIED_COMPARTMENT_ID, p->nbl, pkt_completed, p),
			STATUS_INVALID_HANDLE);
	}
}

static void
p07_destroyed_handle(void **state)
{
	struct pkt *p = PKT(0);
	struct call c = plain();

	(void)state;
	assert_status(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &c.h), 0);
	assert_status(FwpsInjectionHandleDestroy0(c.h), STATUS_SUCCESS);
	refuse(p, &c, STATUS_INVALID_HANDLE);
	assert_status(FwpsInjectionHandleDestroy0(c.h), STATUS_INVALID_HANDLE);
	then_send(p);
}

static void
p07_wrong_handle_type(void **state)
{
	struct pkt *p = PKT(0);
	struct call c = plain();

	(void)state;
	assert_status(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_TRANSPORT, &c.h), 0);
	refuse(p, &c, STATUS_FWP_INJECT_HANDLE_STALE);
	assert_status(FwpsInjectionHandleDestroy0(c.h), STATUS_SUCCESS);
	then_send(p);
}

static void
r027_reserved_flags_are_refused(void **state)
{
	UINT32 bad[] = {2, 4, 8, 0x80, 0x10000, 0x80000000u, 3, UINT32_MAX};
	struct pkt *p = PKT(0);
	struct call c = plain();
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(bad); i++) {
		c.flags = bad[i];
		refuse(p, &c, STATUS_FWP_INVALID_FLAGS);
	}
	then_send(p);
}

static void
r027_preserve_ipid_is_accepted_and_keeps_it(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	assert_status(FwpsInjectNetworkSendAsync0(fx.h4, NULL, FWPS_SEND_INJECT_PRESERVE_IPID,
			      UNSPECIFIED_COMPARTMENT_ID, p->nbl, pkt_completed, p),
		STATUS_SUCCESS);
	pkt_injected(p);
	assert_true(fx_poll_done(1));
	pkt_check_restored(p);
}

static void
r028_unspecified_and_default_compartment(void **state)
{
	UINT32 comp[] = {UNSPECIFIED_COMPARTMENT_ID, DEFAULT_COMPARTMENT_ID};
	struct pkt *p = PKT(0);
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_status(FwpsInjectNetworkSendAsync0(fx.h4, NULL, 0, (COMPARTMENT_ID)comp[i],
				      p->nbl, pkt_completed, p),
			STATUS_SUCCESS);
		pkt_injected(p);
		assert_true(fx_poll_done(i + 1));
		assert_status(p->status, STATUS_SUCCESS);
	}
}

static void
p07_unknown_compartment(void **state)
{
	UINT32 comp[] = {2, 64, 65, 1000, 0x7fffffff, 0x80000000u, UINT32_MAX};
	struct pkt *p = PKT(0);
	struct call c = plain();
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(comp); i++) {
		c.comp = comp[i];
		refuse(p, &c, STATUS_INVALID_PARAMETER);
	}
	then_send(p);
}

static void
r015_refusal_after_an_injection_keeps_the_state(void **state)
{
	struct pkt *p = PKT(.lead = 14, .nseg = 2, .seg = {40});
	struct call c = plain();

	(void)state;
	then_send(p);
	c.flags = 2;
	refuse(p, &c, STATUS_FWP_INVALID_FLAGS); /* state stays BY_SELF: snap_same looks */
	c.flags = 0;
	c.h = NULL;
	refuse(p, &c, STATUS_INVALID_HANDLE);
	then_send(p);
}

static void
r016_free_right_after_a_refusal(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(0), *clone = pkt_clone(q);
	struct call c = plain();

	(void)state;
	c.flags = 4;
	refuse(p, &c, STATUS_FWP_INVALID_FLAGS);
	pkt_free(p);
	refuse(clone, &c, STATUS_FWP_INVALID_FLAGS);
	pkt_free(clone);
	assert_int_equal(q->nbl->ChildRefCount, 0);
	pkt_free(q);
	fx_poll_n(5);
}

static void
p02_hundreds_of_refusals_leave_no_trace(void **state)
{
	struct pkt *p[4] = {
		PKT(0), PKT(.lead = 20), PKT(.nseg = 4, .seg = {20, 8, 3}), PKT(.pad = 9)};
	struct call c;
	unsigned i;

	(void)state;
	for (i = 0; i < 300; i++) {
		c = plain();
		if (i % 5 == 0)
			c.h = (HANDLE)((uintptr_t)c.h + 1 + i);
		else if (i % 5 == 1)
			c.flags = 2u << i % 30;
		else if (i % 5 == 2)
			c.comp = 2 + i;
		else if (i % 5 == 3)
			c.fn = NULL;
		else
			c.h = fx.h6;
		if (c.h == fx.h6 && i % 5 == 0)
			continue;
		refuse(p[i % 4], &c,
			i % 5 == 0   ? STATUS_INVALID_HANDLE
			: i % 5 == 1 ? STATUS_FWP_INVALID_FLAGS
			: i % 5 == 3 ? STATUS_FWP_NULL_POINTER
				     : STATUS_INVALID_PARAMETER);
	}
	for (i = 0; i < 4; i++)
		then_send(p[i]);
}

static void
p07_refusals_are_counted_by_status(void **state)
{
	struct pkt *p = PKT(0);
	struct call c = plain();
	struct fwpdk_stats s;
	unsigned i, seen = 0;

	(void)state;
	c.flags = 2;
	for (i = 0; i < 3; i++)
		refuse(p, &c, STATUS_FWP_INVALID_FLAGS);
	s = fx_stats();
	assert_int_equal(s.refused, 3);
	for (i = 0; i < FWPDK_STATUS_SLOTS; i++)
		if (s.refused_by_status[i].status == (uint32_t)STATUS_FWP_INVALID_FLAGS)
			seen += (unsigned)s.refused_by_status[i].count;
	assert_int_equal(seen, 3);
}

#define N(t) cmocka_unit_test_setup_teardown(t, fx_up_null, fx_down)

static const struct CMUnitTest tests[] = {
	N(r030_null_completion_function),
	N(p07_null_nbl),
	N(p07_all_arguments_null),
	N(p07_value_that_was_never_a_handle),
	N(p07_random_values_are_no_handles),
	N(p07_destroyed_handle),
	N(p07_wrong_handle_type),
	N(r027_reserved_flags_are_refused),
	N(r027_preserve_ipid_is_accepted_and_keeps_it),
	N(r028_unspecified_and_default_compartment),
	N(p07_unknown_compartment),
	N(r015_refusal_after_an_injection_keeps_the_state),
	N(r016_free_right_after_a_refusal),
	N(p02_hundreds_of_refusals_leave_no_trace),
	N(p07_refusals_are_counted_by_status),
};
FX_MAIN(tests)
