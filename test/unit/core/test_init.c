/* SPDX-License-Identifier: BSD-3-Clause */
/* fwpdk_init(), fwpdk_fini(): values, order, and what a life leaves for the next one. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <rte_malloc.h>

#include <fwpsk.h>

#include <fwpdk/fwpdk.h>
#include <fwpdk/pool.h>

#include "core/ctl.h"
#include "eal_fixture.h"

static const struct fwpdk_config small = {.size = sizeof(small),
	.nbl_count = 63,
	.nb_count = 63,
	.mdl_count = 63,
	.max_handles = 16,
	.max_producers = 2,
	.max_neighbours = 64};

static void
test_not_initialised(void **state)
{
	struct fwpdk_poller_opts po = {.size = sizeof(po)};
	struct fwpdk_latency lat = {.size = sizeof(lat)};
	struct fwpdk_stats st = {.size = sizeof(st)};
	struct fwpdk_port_info pi = {.size = sizeof(pi)};
	struct fwpdk_port_stats ps = {.size = sizeof(ps)};
	struct fwpdk_handle_info hi = {.size = sizeof(hi)};
	struct fwpdk_poller *p;
	HANDLE h = (HANDLE)1;
	int dummy;

	(void)state;
	assert_false(fwi_ready());
	assert_int_equal(fwpdk_fini(), -ENODEV);
	assert_int_equal(fwpdk_poller_create(&po, &p), -ENODEV);
	assert_int_equal(fwpdk_port_attach(0, NULL), -ENODEV);
	assert_int_equal(fwpdk_port_open(0, NULL), -ENODEV);
	assert_int_equal(fwpdk_port_start(0), -ENODEV);
	assert_int_equal(fwpdk_port_stop(0, 0), -ENODEV);
	assert_int_equal(fwpdk_port_close(0), -ENODEV);
	assert_int_equal(fwpdk_port_info(0, &pi), -ENODEV);
	assert_int_equal(fwpdk_port_stats(0, &ps), -ENODEV);
	assert_int_equal(fwpdk_port_next(0), -ENOENT);
	assert_null(fwpdk_poller_next(0));
	assert_int_equal(fwpdk_stats(&st), -ENODEV);
	assert_int_equal(fwpdk_stats_reset(), -ENODEV);
	assert_int_equal(fwpdk_latency(&lat), -ENODEV);
	assert_int_equal(fwpdk_handle_next(0, &hi), -ENOENT);
	assert_int_equal(fwpdk_handle_destroy(h, 0), -EBADF);
	assert_int_equal(fwpdk_mem_register(&dummy, 4096, NULL, 0, 4096), -ENODEV);
	assert_int_equal(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &h),
		STATUS_FWP_TCPIP_NOT_READY);
	assert_ptr_equal(h, (HANDLE)1); /* written on success only */
	assert_int_equal(FwpsInjectionHandleDestroy0(h), STATUS_INVALID_HANDLE);
}

static void
test_bad_sizes(void **state)
{
	struct fwpdk_config c;

	(void)state;
	c = small;
	c.size = 0;
	assert_int_equal(fwpdk_init(&c), -EINVAL);
	c.size = sizeof(c) - 1;
	assert_int_equal(fwpdk_init(&c), -EINVAL);
	c = small;
	c.max_handles = 1;
	assert_int_equal(fwpdk_init(&c), -EINVAL);
	c.max_handles = 65537;
	assert_int_equal(fwpdk_init(&c), -EINVAL);
	c = small;
	c.max_producers = 65;
	assert_int_equal(fwpdk_init(&c), -EINVAL);
	assert_false(fwi_ready());
	c = small;
	c.size = sizeof(c) + 16; /* a later version's struct */
	assert_int_equal(fwpdk_init(&c), 0);
	assert_int_equal(fwpdk_fini(), 0);
}

static void
test_values(void **state)
{
	struct fwpdk_config c = small;

	(void)state;
	c.max_handles = 17;
	assert_int_equal(fwpdk_init(&c), 0);
	assert_int_equal(fwi_config.max_handles, 32);
	assert_int_equal(fwi_config.max_producers, 2);
	assert_int_equal(fwpdk_init(&small), -EALREADY);
	assert_int_equal(fwpdk_init(NULL), -EALREADY);
	assert_int_equal(fwi_config.max_handles, 32);
	c.size = 0;
	assert_int_equal(fwpdk_init(&c), -EALREADY);
	assert_int_equal(fwpdk_fini(), 0);

	c = small;
	c.max_handles = 65536;
	c.max_producers = 0;
	assert_int_equal(fwpdk_init(&c), 0);
	assert_int_equal(fwi_config.max_handles, 65536);
	assert_int_equal(fwi_config.max_producers, 16);
	assert_int_equal(fwpdk_fini(), 0);
}

/* More than there is memory for: refused whole, and the next try finds nothing in the way. */
static void
test_no_memory(void **state)
{
	struct fwpdk_config c = small;
	struct rte_malloc_socket_stats before, after;

	(void)state;
	/* what DPDK keeps for ever (names of tables) is there after the first life */
	assert_int_equal(fwpdk_init(&small), 0);
	assert_int_equal(fwpdk_fini(), 0);
	rte_malloc_get_socket_stats(0, &before);
	c.nbl_count = 1000000;
	assert_true(fwpdk_init(&c) < 0);
	assert_false(fwi_ready());
	c = small;
	c.mdl_count = 20000000;
	assert_true(fwpdk_init(&c) < 0);
	c = small;
	c.max_handles = 65536;
	c.max_producers = 64;
	c.nbl_count = 110000; /* the producers' counters no longer fit */
	assert_true(fwpdk_init(&c) < 0);
	rte_malloc_get_socket_stats(0, &after);
	assert_int_equal(after.heap_allocsz_bytes, before.heap_allocsz_bytes);
	assert_int_equal(fwpdk_init(&small), 0);
	assert_int_equal(fwpdk_fini(), 0);
}

static void
test_fini_busy(void **state)
{
	struct fwpdk_poller *p;
	HANDLE h;

	(void)state;
	assert_int_equal(fwpdk_init(&small), 0);
	assert_int_equal(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &h), 0);
	assert_int_equal(fwpdk_fini(), -EBUSY);
	assert_true(fwi_ready());
	assert_int_equal(FwpsInjectionHandleDestroy0(h), 0);
	assert_int_equal(fwpdk_poller_create(NULL, &p), 0);
	assert_int_equal(fwpdk_fini(), -EBUSY);
	assert_int_equal(fwpdk_poller_destroy(p), 0);
	assert_int_equal(fwpdk_fini(), 0);
}

/* NBLs that were lost do not keep the library; their number is told. */
static void
test_leak(void **state)
{
	NET_BUFFER_LIST_POOL_PARAMETERS pp = {
		.Header = {.Type = NDIS_OBJECT_TYPE_DEFAULT,
			.Revision = 1,
			.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
		.fAllocateNetBuffer = TRUE,
		.PoolTag = 0x6b61656c};
	NDIS_HANDLE pool;
	int i;

	(void)state;
	assert_int_equal(fwpdk_init(&small), 0);
	pool = NdisAllocateNetBufferListPool(NULL, &pp);
	assert_non_null(pool);
	for (i = 0; i < 3; i++)
		assert_non_null(NdisAllocateNetBufferAndNetBufferList(pool, 0, 0, NULL, 0, 0));
	assert_int_equal(fwpdk_fini(), 3);
	assert_false(fwi_ready());
	assert_int_equal(fwpdk_init(&small), 0);
	assert_int_equal(fwpdk_fini(), 0);
}

/* A life leaves nothing behind: the heap is as full as before, many times over. */
static void
test_again(void **state)
{
	struct rte_malloc_socket_stats first, now;
	HANDLE h, old = NULL;
	int i;

	(void)state;
	rte_malloc_get_socket_stats(0, &first);
	for (i = 0; i < 20; i++) {
		assert_int_equal(fwpdk_init(&small), 0);
		if (old != NULL)
			assert_int_equal(FwpsInjectionHandleDestroy0(old), STATUS_INVALID_HANDLE);
		assert_int_equal(
			FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &h), 0);
		assert_int_equal(FwpsInjectionHandleDestroy0(h), 0);
		old = h;
		assert_int_equal(fwpdk_fini(), 0);
		rte_malloc_get_socket_stats(0, &now);
		assert_int_equal(now.heap_allocsz_bytes, first.heap_allocsz_bytes);
	}
}

static void
test_version(void **state)
{
	unsigned a, b, c;

	(void)state;
	assert_int_equal(sscanf(fwpdk_version(), "%u.%u.%u", &a, &b, &c), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_initialised),
		cmocka_unit_test(test_bad_sizes),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_fini_busy),
		cmocka_unit_test(test_leak),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_version),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
