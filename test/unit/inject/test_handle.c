/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/inject/handle.c, destroy.c: values, reuse, generations, what may be sent with what. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fwpsk.h>

#include <fwpdk/fwpdk.h>

#include "eal_fixture.h"
#include "inject/handle.h"
#include "tx/producer.h"

#define MAX 16u
#define NET FWPS_INJECTION_TYPE_NETWORK

static int
setup(void **state)
{
	static const struct fwpdk_config conf = {.size = sizeof(conf),
		.nbl_count = 63,
		.nb_count = 63,
		.mdl_count = 63,
		.max_handles = MAX,
		.max_producers = 2,
		.max_neighbours = 64};

	(void)state;
	return fwpdk_init(&conf);
}

static int
teardown(void **state)
{
	(void)state;
	return fwpdk_fini();
}

static HANDLE
create(ADDRESS_FAMILY family, UINT32 flags)
{
	HANDLE h = NULL;

	assert_int_equal(FwpsInjectionHandleCreate0(family, flags, &h), STATUS_SUCCESS);
	assert_non_null(h);
	return h;
}

static void
destroy(HANDLE h)
{
	assert_int_equal(FwpsInjectionHandleDestroy0(h), STATUS_SUCCESS);
	assert_int_equal(FwpsInjectionHandleDestroy0(h), STATUS_INVALID_HANDLE);
	assert_int_equal(fwpdk_handle_destroy(h, 0), -EBADF);
}

static void
test_arguments(void **state)
{
	static const ADDRESS_FAMILY families[] = {
		AF_UNSPEC, AF_INET, AF_INET6, WFP_AF_INET6, 1, 99};
	UINT32 flags;
	NTSTATUS want, got;
	HANDLE h;
	unsigned f;

	(void)state;
	assert_int_equal(FwpsInjectionHandleCreate0(AF_INET, NET, NULL), STATUS_FWP_NULL_POINTER);
	for (f = 0; f < RTE_DIM(families); f++) {
		for (flags = 0; flags < 128; flags++) {
			want = flags > 31				  ? STATUS_FWP_INVALID_FLAGS
			       : f >= 4 || (f == 0 && (flags & NET) != 0) ? STATUS_INVALID_PARAMETER
									  : STATUS_SUCCESS;
			h = (HANDLE)(uintptr_t)7;
			got = FwpsInjectionHandleCreate0(families[f], flags, &h);
			assert_int_equal(got, want);
			if (got == STATUS_SUCCESS)
				destroy(h);
			else
				assert_ptr_equal(h, (HANDLE)(uintptr_t)7);
		}
	}
	assert_int_equal(
		FwpsInjectionHandleCreate0(AF_INET, 0x80000000u, &h), STATUS_FWP_INVALID_FLAGS);
}

static void
test_refusal(void **state)
{
	HANDLE h4 = create(AF_INET, NET), h6 = create(AF_INET6, NET),
	       w6 = create(WFP_AF_INET6, NET);
	HANDLE zero = create(AF_INET, 0), fwd = create(AF_INET, FWPS_INJECTION_TYPE_FORWARD);
	HANDLE all = create(AF_INET, 31);

	(void)state;
	assert_int_equal(fwi_handle_refusal(NULL, 4), STATUS_INVALID_HANDLE);
	assert_int_equal(fwi_handle_refusal(h4, 4), STATUS_SUCCESS);
	assert_int_equal(fwi_handle_refusal(h4, 6), STATUS_INVALID_PARAMETER);
	assert_int_equal(fwi_handle_refusal(h6, 6), STATUS_SUCCESS);
	assert_int_equal(fwi_handle_refusal(h6, 4), STATUS_INVALID_PARAMETER);
	assert_int_equal(fwi_handle_refusal(w6, 6), STATUS_SUCCESS);
	assert_int_equal(fwi_handle_refusal(all, 4), STATUS_SUCCESS);
	assert_int_equal(fwi_handle_refusal(zero, 4), STATUS_FWP_INJECT_HANDLE_STALE);
	assert_int_equal(fwi_handle_refusal(fwd, 4), STATUS_FWP_INJECT_HANDLE_STALE);
	/* near misses: other index, other generation, high bits */
	assert_int_equal(
		fwi_handle_refusal((HANDLE)((uintptr_t)h4 + MAX), 4), STATUS_INVALID_HANDLE);
	assert_int_equal(
		fwi_handle_refusal((HANDLE)((uintptr_t)h4 + 0x10000), 4), STATUS_INVALID_HANDLE);
	assert_int_equal(
		fwi_handle_refusal((HANDLE)((uintptr_t)h4 | 1ull << 63), 4), STATUS_INVALID_HANDLE);
	assert_int_equal(fwi_handle_refusal((HANDLE)(uintptr_t)~0ull, 4), STATUS_INVALID_HANDLE);
	destroy(h4);
	destroy(h6);
	destroy(w6);
	destroy(zero);
	destroy(fwd);
	destroy(all);
}

/* No value comes twice, an old one never becomes valid again, the table gives all its places. */
static void
test_reuse(void **state)
{
	static HANDLE seen[600];
	HANDLE live[MAX], h;
	unsigned i, k, n = 0, nlive = 0;

	(void)state;
	srand(3);
	while (n < RTE_DIM(seen)) {
		if (nlive < MAX && (nlive == 0 || rand() % 2)) {
			h = create(AF_INET, NET);
			for (k = 0; k < n; k++)
				assert_ptr_not_equal(seen[k], h);
			seen[n++] = live[nlive++] = h;
		} else {
			i = (unsigned)rand() % nlive;
			destroy(live[i]);
			live[i] = live[--nlive];
		}
		for (k = 0; k < n; k++) {
			for (i = 0; i < nlive && live[i] != seen[k]; i++)
				;
			assert_int_equal(fwi_handle_refusal(seen[k], 4),
				i < nlive ? STATUS_SUCCESS : STATUS_INVALID_HANDLE);
		}
	}
	while (nlive < MAX)
		live[nlive++] = create(AF_INET, NET);
	h = NULL;
	assert_int_equal(
		FwpsInjectionHandleCreate0(AF_INET, NET, &h), STATUS_INSUFFICIENT_RESOURCES);
	assert_null(h);
	/* the one place that gets free is found, and with a new value */
	for (i = 0; i < 3 * MAX; i++) {
		h = live[5];
		destroy(h);
		live[5] = create(AF_INET, NET);
		assert_ptr_not_equal(h, live[5]);
	}
	while (nlive > 0)
		destroy(live[--nlive]);
}

/* NBLs in flight, simulated by the counts that destroy reads. */
static void
test_closing(void **state)
{
	HANDLE h = create(AF_INET, NET), other;
	struct fwpdk_handle_info info = {.size = sizeof(info)};
	struct fwi_count *count;

	(void)state;
	count = &fwi_shared_producer.count[fwi_handle_index(h)];
	count->in = 2;
	assert_int_equal(fwpdk_handle_destroy(h, 0), -ETIMEDOUT);
	assert_int_equal(fwi_handle_refusal(h, 4), STATUS_FWP_INJECT_HANDLE_CLOSING);
	assert_int_equal(fwpdk_handle_next(0, &info), 0);
	assert_true(info.closing);
	assert_int_equal(info.in_flight, 2);
	assert_int_equal(fwpdk_handle_destroy(h, 2000), -ETIMEDOUT);
	assert_int_equal(fwpdk_fini(), -EBUSY);
	/* its place is not given away meanwhile */
	other = create(AF_INET, NET);
	assert_int_not_equal(fwi_handle_index(other), fwi_handle_index(h));
	destroy(other);
	count->in = 0;
	assert_int_equal(fwpdk_handle_destroy(h, 0), 0);
	assert_int_equal(fwi_handle_refusal(h, 4), STATUS_INVALID_HANDLE);
	assert_int_equal(fwpdk_handle_next(0, &info), -ENOENT);
}

static void
test_info(void **state)
{
	struct fwpdk_handle_info info = {.size = sizeof(info)};
	HANDLE a = create(AF_INET, NET), b = create(AF_UNSPEC, 0);

	(void)state;
	assert_int_equal(fwpdk_handle_next(0, &info), 0);
	assert_int_equal(fwpdk_handle_next(2, &info), -ENOENT);
	assert_int_equal(fwpdk_handle_next(1, &info), 0);
	assert_true(info.handle == b || info.handle == a);
	info.size = 0;
	assert_int_equal(fwpdk_handle_next(0, &info), -EINVAL);
	assert_int_equal(fwpdk_handle_next(0, NULL), -EINVAL);
	destroy(a);
	destroy(b);
}

static HANDLE asked; /* atomic */
static bool stop;
static unsigned odd;

static void *
ask(void *arg)
{
	NTSTATUS status;

	/* EAL ties the thread that made this one to a core */
	pthread_setaffinity_np(pthread_self(), sizeof(cpu_set_t), arg);
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		status = fwi_handle_refusal(__atomic_load_n(&asked, __ATOMIC_ACQUIRE), 4);
		odd += status != STATUS_SUCCESS && status != STATUS_INVALID_HANDLE &&
		       status != STATUS_FWP_INJECT_HANDLE_CLOSING;
	}
	return NULL;
}

/* At no moment of its end does a handle look like one of the other family. */
static void
test_asked_while_it_ends(void **state)
{
	cpu_set_t all;
	pthread_t t;
	unsigned i;
	HANDLE h;

	(void)state;
	memset(&all, 0xff, sizeof(all));
	assert_int_equal(pthread_create(&t, NULL, ask, &all), 0);
	for (i = 0; i < 50000; i++) {
		h = create(AF_INET, NET);
		__atomic_store_n(&asked, h, __ATOMIC_RELEASE);
		assert_int_equal(fwpdk_handle_destroy(h, 0), 0);
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	pthread_join(t, NULL);
	assert_int_equal(odd, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_reuse),
		cmocka_unit_test(test_closing),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_asked_while_it_ends),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, setup, teardown);
}
