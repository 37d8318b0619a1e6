/* SPDX-License-Identifier: BSD-3-Clause */
/* Section F: what FwpsQueryPacketInjectionState0 says. */
#include "fixture.h"

static HANDLE a, b, c;

static void
handles(void)
{
	HANDLE *h[] = {&a, &b, &c};
	unsigned i;

	for (i = 0; i < 3; i++)
		assert_status(
			FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, h[i]), 0);
}

static void
handles_gone(void)
{
	assert_status(FwpsInjectionHandleDestroy0(a), STATUS_SUCCESS);
	assert_status(FwpsInjectionHandleDestroy0(b), STATUS_SUCCESS);
	assert_status(FwpsInjectionHandleDestroy0(c), STATUS_SUCCESS);
}

static void
send_by(HANDLE h, struct pkt *p, uintptr_t context)
{
	uint64_t before = pkt_completions;

	assert_status(FwpsInjectNetworkSendAsync0(h, (HANDLE)context, 0, UNSPECIFIED_COMPARTMENT_ID,
			      p->nbl, pkt_completed, p),
		STATUS_SUCCESS);
	pkt_injected(p);
	assert_true(fx_poll_done(before + 1));
	fx_check_conserved();
}

static void
says(HANDLE h, const struct pkt *p, FWPS_PACKET_INJECTION_STATE want, uintptr_t context)
{
	HANDLE got = (HANDLE)(uintptr_t)0x5a5a;

	assert_int_equal(FwpsQueryPacketInjectionState0(h, p->nbl, &got), want);
	if (want == FWPS_PACKET_INJECTED_BY_SELF || want == FWPS_PACKET_PREVIOUSLY_INJECTED_BY_SELF)
		assert_ptr_equal(got, (HANDLE)context);
	assert_int_equal(FwpsQueryPacketInjectionState0(h, p->nbl, NULL), want); /* R81 */
}

#define NOT   FWPS_PACKET_NOT_INJECTED
#define SELF  FWPS_PACKET_INJECTED_BY_SELF
#define OTHER FWPS_PACKET_INJECTED_BY_OTHER
#define PREV  FWPS_PACKET_PREVIOUSLY_INJECTED_BY_SELF

static void
r075_fresh_is_not_injected(void **state)
{
	struct pkt *p = PKT(0), *clone;

	(void)state;
	handles();
	clone = pkt_clone(p);
	says(a, p, NOT, 0);
	says(b, p, NOT, 0);
	says(a, clone, NOT, 0);
	says(NULL, p, NOT, 0);
	handles_gone();
}

/* Refused for its handle, where all else has been looked at: nothing of it is recorded. */
static void
r075_refused_is_not_injected(void **state)
{
	struct pkt *first = PKT(0), *p = PKT(0);
	HANDLE old;

	(void)state;
	handles();
	old = c;
	send_by(c, first, 1);
	assert_status(FwpsInjectionHandleDestroy0(c), STATUS_SUCCESS);
	assert_status(FwpsInjectNetworkSendAsync0(
			      old, NULL, 0, UNSPECIFIED_COMPARTMENT_ID, p->nbl, pkt_completed, p),
		STATUS_INVALID_HANDLE);
	says(old, p, NOT, 0);
	says(a, p, NOT, 0);
	assert_status(FwpsInjectionHandleDestroy0(a), STATUS_SUCCESS);
	assert_status(FwpsInjectionHandleDestroy0(b), STATUS_SUCCESS);
}

static void
r076_self_and_other(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	handles();
	send_by(a, p, 11);
	says(a, p, SELF, 11);
	says(b, p, OTHER, 0);
	handles_gone();
}

static VOID NTAPI
query_inside(VOID *context, NET_BUFFER_LIST *nbl, BOOLEAN dispatch)
{
	HANDLE got = NULL;

	assert_int_equal(FwpsQueryPacketInjectionState0(a, nbl, &got), SELF);
	assert_ptr_equal(got, (HANDLE)(uintptr_t)12);
	assert_int_equal(FwpsQueryPacketInjectionState0(b, nbl, NULL), OTHER);
	pkt_completed(context, nbl, dispatch);
}

static void
r076_already_inside_the_completion(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	handles();
	assert_status(FwpsInjectNetworkSendAsync0(a, (HANDLE)(uintptr_t)12, 0,
			      UNSPECIFIED_COMPARTMENT_ID, p->nbl, query_inside, p),
		STATUS_SUCCESS);
	pkt_injected(p);
	assert_true(fx_poll_done(1));
	handles_gone();
}

static void
r077_previously_by_self(void **state)
{
	struct pkt *p = PKT(0), *clone;

	(void)state;
	handles();
	send_by(a, p, 21);
	clone = pkt_clone(p);
	says(a, clone, SELF, 21);
	send_by(b, clone, 22);
	says(a, clone, PREV, 21);
	says(b, clone, SELF, 22);
	says(a, p, SELF, 21); /* the original knows nothing of the clone's way */
	says(b, p, OTHER, 0);
	handles_gone();
}

static void
r078_third_handle_sees_other(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	handles();
	send_by(a, p, 1);
	says(c, p, OTHER, 0);
	send_by(b, p, 2);
	says(c, p, OTHER, 0);
	handles_gone();
}

static void
r079_handles_of_one_client_are_others(void **state)
{
	struct pkt *p = PKT(0);
	uintptr_t same = 33;

	(void)state;
	handles();
	send_by(a, p, same);
	says(b, p, OTHER, 0); /* same process, same family, same type */
	send_by(b, p, same);
	says(a, p, PREV, same);
	says(b, p, SELF, same);
	handles_gone();
}

static void
r080_context_for_self_and_previously(void **state)
{
	uintptr_t values[] = {0, 1, UINTPTR_MAX, 0x8000000000000000};
	struct pkt *p = PKT(0);
	unsigned i;

	(void)state;
	handles();
	for (i = 0; i < RTE_DIM(values); i++) {
		send_by(a, p, values[i]);
		says(a, p, SELF, values[i]);
		send_by(b, p, 7);
		says(a, p, PREV, values[i]);
		says(b, p, SELF, 7);
	}
	handles_gone();
}

static void
r080_again_by_the_same_replaces(void **state)
{
	struct pkt *p = PKT(0);
	unsigned i;

	(void)state;
	handles();
	for (i = 1; i <= 20; i++) { /* longer than any history */
		send_by(a, p, i);
		says(a, p, SELF, i);
		says(b, p, OTHER, 0);
	}
	for (i = 1; i <= 20; i++) {
		send_by(i & 1 ? b : a, p, 100 + i);
		says(i & 1 ? a : b, p, PREV, i == 1 ? 20 : 100 + i - 1);
	}
	handles_gone();
}

static void
r081_null_context_pointer(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	handles();
	assert_int_equal(FwpsQueryPacketInjectionState0(a, p->nbl, NULL), NOT);
	send_by(a, p, 5);
	assert_int_equal(FwpsQueryPacketInjectionState0(a, p->nbl, NULL), SELF);
	send_by(b, p, 5);
	assert_int_equal(FwpsQueryPacketInjectionState0(a, p->nbl, NULL), PREV);
	handles_gone();
}

static void
r082_clone_inherits_copy_does_not(void **state)
{
	struct pkt *p = PKT(0), *copy, *clone, *clone2;

	(void)state;
	handles();
	send_by(a, p, 41);
	send_by(b, p, 42);
	clone = pkt_clone(p);
	clone2 = pkt_clone(clone);
	says(a, clone2, PREV, 41);
	says(b, clone2, SELF, 42);
	says(c, clone2, OTHER, 0);
	copy = PKT(0);
	says(a, copy, NOT, 0);
	NdisCopySendNetBufferListInfo(copy->nbl, p->nbl);
	says(a, copy, NOT, 0);
	handles_gone();
}

static void
r082_a_reused_list_object_is_fresh(void **state)
{
	unsigned i;

	(void)state;
	handles();
	for (i = 0; i < 50; i++) { /* the slab gives the same object again */
		struct pkt *p = PKT(0);

		says(a, p, NOT, 0);
		send_by(a, p, i);
		send_by(b, p, i);
		pkt_free(p);
	}
	handles_gone();
}

static void
r085_context_tells_priorities_of_one_handle(void **state)
{
	struct pkt *low = PKT(0), *high = PKT(0);

	(void)state;
	handles();
	send_by(a, low, 10);
	send_by(a, high, 1000);
	says(a, low, SELF, 10);
	says(a, high, SELF, 1000);
	handles_gone();
}

static void
r079_a_new_handle_in_the_same_place_is_another(void **state)
{
	struct pkt *p = PKT(0);
	HANDLE h, next;
	unsigned i;

	(void)state;
	assert_status(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &h), 0);
	send_by(h, p, 9);
	assert_status(FwpsInjectionHandleDestroy0(h), STATUS_SUCCESS);
	for (i = 0; i < 40; i++) {
		assert_status(
			FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &next), 0);
		says(next, p, OTHER, 0);
		assert_status(FwpsInjectionHandleDestroy0(next), STATUS_SUCCESS);
	}
}

#define N(t) cmocka_unit_test_setup_teardown(t, fx_up_null, fx_down)

static const struct CMUnitTest tests[] = {
	N(r075_fresh_is_not_injected),
	N(r075_refused_is_not_injected),
	N(r076_self_and_other),
	N(r076_already_inside_the_completion),
	N(r077_previously_by_self),
	N(r078_third_handle_sees_other),
	N(r079_handles_of_one_client_are_others),
	N(r080_context_for_self_and_previously),
	N(r080_again_by_the_same_replaces),
	N(r081_null_context_pointer),
	N(r082_clone_inherits_copy_does_not),
	N(r082_a_reused_list_object_is_fresh),
	N(r085_context_tells_priorities_of_one_handle),
	N(r079_a_new_handle_in_the_same_place_is_another),
};
FX_MAIN(tests)
