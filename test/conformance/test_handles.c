/* SPDX-License-Identifier: BSD-3-Clause */
/* Section A: making handles, and what they are good for. */
#include <errno.h>
#include <string.h>

#include "fixture.h"

#define T(x) FWPS_INJECTION_TYPE_##x

static void
make_and_destroy(ADDRESS_FAMILY family, UINT32 flags)
{
	HANDLE h = NULL;

	assert_status(FwpsInjectionHandleCreate0(family, flags, &h), STATUS_SUCCESS);
	assert_non_null(h);
	assert_status(FwpsInjectionHandleDestroy0(h), STATUS_SUCCESS);
}

static void
refused_create(ADDRESS_FAMILY family, UINT32 flags, NTSTATUS want)
{
	HANDLE h = (HANDLE)(uintptr_t)0x1234;

	assert_status(FwpsInjectionHandleCreate0(family, flags, &h), want);
	assert_ptr_equal(h, (HANDLE)(uintptr_t)0x1234);
}

static void
sends(HANDLE h, unsigned version, NTSTATUS want)
{
	struct pkt *p = PKT(.version = version);
	uint64_t before = pkt_completions;

	assert_status(pkt_inject_on(h, p), want);
	fx_poll_n(10);
	assert_int_equal(pkt_completions - before, want == STATUS_SUCCESS ? 1 : 0);
}

static void
types_reported(UINT32 flags, UINT32 want)
{
	struct fwpdk_handle_info i = {.size = sizeof(i)};
	unsigned n;
	HANDLE h;

	assert_status(FwpsInjectionHandleCreate0(AF_UNSPEC, flags, &h), STATUS_SUCCESS);
	for (n = 0; fwpdk_handle_next(n, &i) == 0 && i.handle != h; n++)
		;
	assert_ptr_equal(i.handle, h);
	assert_int_equal(i.types, want);
	assert_int_equal(i.closing, 0);
	assert_status(FwpsInjectionHandleDestroy0(h), STATUS_SUCCESS);
}

static void
r001_zero_flags_mean_stream_transport_forward(void **state)
{
	(void)state;
	types_reported(0, T(STREAM) | T(TRANSPORT) | T(FORWARD));
}

static void
r002_without_network_send_says_stale(void **state)
{
	UINT32 flags[] = {
		0, T(STREAM), T(TRANSPORT), T(FORWARD), T(TRANSPORT) | T(STREAM) | T(FORWARD)};
	unsigned i;
	HANDLE h;

	(void)state;
	for (i = 0; i < RTE_DIM(flags); i++) {
		assert_status(FwpsInjectionHandleCreate0(AF_INET, flags[i], &h), STATUS_SUCCESS);
		sends(h, 4, STATUS_FWP_INJECT_HANDLE_STALE);
		assert_status(FwpsInjectionHandleDestroy0(h), STATUS_SUCCESS);
	}
}

static void
r002_network_bit_makes_it_send(void **state)
{
	(void)state;
	sends(fx.h4, 4, STATUS_SUCCESS);
	sends(fx.h6, 6, STATUS_SUCCESS);
}

static void
r003_l2_handle_is_stale_at_the_network_layer(void **state)
{
	HANDLE h;

	(void)state;
	assert_status(FwpsInjectionHandleCreate0(AF_UNSPEC, T(L2), &h), STATUS_SUCCESS);
	sends(h, 4, STATUS_FWP_INJECT_HANDLE_STALE);
	assert_status(FwpsInjectionHandleDestroy0(h), STATUS_SUCCESS);
}

static void
r004_one_handle_several_types(void **state)
{
	UINT32 all = T(STREAM) | T(TRANSPORT) | T(NETWORK) | T(FORWARD);
	HANDLE h;

	(void)state;
	assert_status(FwpsInjectionHandleCreate0(AF_INET, all, &h), STATUS_SUCCESS);
	sends(h, 4, STATUS_SUCCESS);
	assert_status(FwpsInjectionHandleDestroy0(h), STATUS_SUCCESS);
}

static void
r005_a_handle_sends_its_own_family_only(void **state)
{
	(void)state;
	sends(fx.h4, 6, STATUS_INVALID_PARAMETER);
	sends(fx.h6, 4, STATUS_INVALID_PARAMETER);
}

static void
r005_network_needs_a_family(void **state)
{
	(void)state;
	refused_create(AF_UNSPEC, T(NETWORK), STATUS_INVALID_PARAMETER);
	refused_create(AF_UNSPEC, T(NETWORK) | T(FORWARD), STATUS_INVALID_PARAMETER);
}

static void
r005_both_values_of_af_inet6(void **state)
{
	ADDRESS_FAMILY family[] = {AF_INET6, WFP_AF_INET6, 10, 23};
	unsigned i;
	HANDLE h;

	(void)state;
	for (i = 0; i < RTE_DIM(family); i++) {
		assert_status(
			FwpsInjectionHandleCreate0(family[i], T(NETWORK), &h), STATUS_SUCCESS);
		sends(h, 6, STATUS_SUCCESS);
		sends(h, 4, STATUS_INVALID_PARAMETER);
		assert_status(FwpsInjectionHandleDestroy0(h), STATUS_SUCCESS);
	}
}

static void
r006_unspec_for_the_other_types(void **state)
{
	(void)state;
	make_and_destroy(AF_UNSPEC, 0);
	make_and_destroy(AF_UNSPEC, T(TRANSPORT));
	make_and_destroy(AF_UNSPEC, T(STREAM));
	make_and_destroy(AF_UNSPEC, T(FORWARD));
	make_and_destroy(AF_UNSPEC, T(L2));
	make_and_destroy(AF_INET, T(TRANSPORT) | T(FORWARD));
}

static void
p07_create_refuses_bad_arguments(void **state)
{
	(void)state;
	assert_status(
		FwpsInjectionHandleCreate0(AF_INET, T(NETWORK), NULL), STATUS_FWP_NULL_POINTER);
	refused_create(AF_INET, 0x40, STATUS_FWP_INVALID_FLAGS);
	refused_create(AF_INET, 0x80000000u | T(NETWORK), STATUS_FWP_INVALID_FLAGS);
	refused_create(7, T(NETWORK), STATUS_INVALID_PARAMETER);
	refused_create(0xffff, 0, STATUS_INVALID_PARAMETER);
}

static void
p07_table_full_is_a_refusal(void **state)
{
	HANDLE h[32], extra = NULL;
	unsigned n = 0, i;

	(void)state;
	while (n < RTE_DIM(h) && FwpsInjectionHandleCreate0(AF_UNSPEC, 0, &h[n]) == STATUS_SUCCESS)
		n++;
	assert_int_equal(n, 14); /* max_handles is 16, two exist */
	assert_status(
		FwpsInjectionHandleCreate0(AF_UNSPEC, 0, &extra), STATUS_INSUFFICIENT_RESOURCES);
	assert_null(extra);
	for (i = 0; i < n; i++)
		assert_status(FwpsInjectionHandleDestroy0(h[i]), STATUS_SUCCESS);
	make_and_destroy(AF_UNSPEC, 0);
}

static void
p07_values_do_not_come_back_soon(void **state)
{
	HANDLE h, first;
	unsigned i;

	(void)state;
	assert_status(FwpsInjectionHandleCreate0(AF_INET, T(NETWORK), &first), STATUS_SUCCESS);
	assert_status(FwpsInjectionHandleDestroy0(first), STATUS_SUCCESS);
	for (i = 0; i < 1000; i++) {
		assert_status(FwpsInjectionHandleCreate0(AF_INET, T(NETWORK), &h), STATUS_SUCCESS);
		assert_ptr_not_equal(h, first);
		sends(first, 4, STATUS_INVALID_HANDLE);
		assert_status(FwpsInjectionHandleDestroy0(h), STATUS_SUCCESS);
	}
}

static void
r008_not_ready_before_init_then_retry(void **state)
{
	struct fwpdk_handle_info i = {.size = sizeof(i)};
	HANDLE h = (HANDLE)(uintptr_t)0x1234;

	(void)state;
	assert_status(
		FwpsInjectionHandleCreate0(AF_INET, T(NETWORK), &h), STATUS_FWP_TCPIP_NOT_READY);
	assert_ptr_equal(h, (HANDLE)(uintptr_t)0x1234);
	assert_int_not_equal(fwpdk_handle_next(0, &i), 0);
	assert_int_equal(fwpdk_init(NULL), 0);
	assert_status(FwpsInjectionHandleCreate0(AF_INET, T(NETWORK), &h), STATUS_SUCCESS);
	assert_int_equal(fwpdk_fini(), -EBUSY); /* the handle */
	assert_status(FwpsInjectionHandleDestroy0(h), STATUS_SUCCESS);
	assert_int_equal(fwpdk_fini(), 0);
	assert_status(FwpsInjectionHandleDestroy0(h), STATUS_INVALID_HANDLE);
}

#define N(t) cmocka_unit_test_setup_teardown(t, fx_up_null, fx_down)

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(r008_not_ready_before_init_then_retry),
	N(r001_zero_flags_mean_stream_transport_forward),
	N(r002_without_network_send_says_stale),
	N(r002_network_bit_makes_it_send),
	N(r003_l2_handle_is_stale_at_the_network_layer),
	N(r004_one_handle_several_types),
	N(r005_a_handle_sends_its_own_family_only),
	N(r005_network_needs_a_family),
	N(r005_both_values_of_af_inet6),
	N(r006_unspec_for_the_other_types),
	N(p07_create_refuses_bad_arguments),
	N(p07_table_full_is_a_refusal),
	N(p07_values_do_not_come_back_soon),
};
FX_MAIN(tests)
