/* SPDX-License-Identifier: BSD-3-Clause */
/* fwpdk_mem_register(): arguments, overlaps, limits, and what is left after it failed. */
#include <errno.h>
#include <sys/mman.h>

#include <fwpdk/init.h>
#include <fwpdk/memory.h>

#include "map/mem.h"
#include "shape.h"

#define PAGE 4096u

static uint8_t *area; /* 2 * FWI_MEM_REGIONS + 2 pages */
#define AREA ((2 * FWI_MEM_REGIONS + 2) * PAGE)

static const struct fwpdk_config conf = {.size = sizeof(conf),
	.nbl_count = 63,
	.nb_count = 63,
	.mdl_count = 63,
	.max_handles = 16,
	.max_neighbours = 64};

static int
setup(void **state)
{
	(void)state;
	area = mmap(NULL, AREA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return area == MAP_FAILED ? -1 : fwpdk_init(&conf);
}

static int
teardown(void **state)
{
	(void)state;
	munmap(area, AREA);
	return fwpdk_fini();
}

static void
test_arguments(void **state)
{
	rte_iova_t io[2] = {0, PAGE};

	(void)state;
	assert_int_equal(fwpdk_mem_register(NULL, PAGE, NULL, 0, PAGE), -EINVAL);
	assert_int_equal(fwpdk_mem_register(area, 0, NULL, 0, PAGE), -EINVAL);
	assert_int_equal(fwpdk_mem_register(area + 1, PAGE, NULL, 0, PAGE), -EINVAL);
	assert_int_equal(fwpdk_mem_register(area, PAGE + 1, NULL, 0, PAGE), -EINVAL);
	assert_int_equal(fwpdk_mem_register(area, PAGE, NULL, 0, 0), -EINVAL);
	assert_int_equal(fwpdk_mem_register(area, PAGE, NULL, 0, 2048), -EINVAL);
	assert_int_equal(fwpdk_mem_register(area, 3 * PAGE, NULL, 0, 3 * PAGE), -EINVAL);
	assert_int_equal(fwpdk_mem_register(area, PAGE, NULL, 1, PAGE), -EINVAL);
	assert_int_equal(fwpdk_mem_register(area, 2 * PAGE, io, 1, PAGE), -EINVAL);
	assert_int_equal(fwpdk_mem_register(area, 2 * PAGE, io, 3, PAGE), -EINVAL);
	assert_int_equal(
		fwpdk_mem_register((void *)(UINTPTR_MAX - 2 * PAGE + 1), 3 * PAGE, NULL, 0, PAGE),
		-EINVAL);
	assert_int_equal(fwpdk_mem_unregister(area, PAGE), -ENOENT);
	assert_int_equal(fwpdk_mem_unregister(NULL, 0), -ENOENT);
	assert_false(fwi_mem_is_registered(area));
}

static void
test_twice(void **state)
{
	unsigned round;
	rte_iova_t io;

	(void)state;
	for (round = 0; round < 3; round++) {
		assert_int_equal(fwpdk_mem_register(area + PAGE, 2 * PAGE, NULL, 0, PAGE), 0);
		assert_false(fwi_mem_is_registered(area + PAGE - 1));
		assert_true(fwi_mem_is_registered(area + PAGE));
		assert_true(fwi_mem_is_registered(area + 3 * PAGE - 1));
		assert_false(fwi_mem_is_registered(area + 3 * PAGE));
		assert_int_equal(fwi_mem_readable(FWI_MEM_DMA, area + PAGE + 7, 5000, &io), 5000);
		assert_int_equal(io, (uintptr_t)area + PAGE + 7); /* no table: IOVA = VA */

		/* overlaps: the same, before, behind, around, inside */
		assert_int_equal(fwpdk_mem_register(area + PAGE, 2 * PAGE, NULL, 0, PAGE), -EEXIST);
		assert_int_equal(fwpdk_mem_register(area, 2 * PAGE, NULL, 0, PAGE), -EEXIST);
		assert_int_equal(
			fwpdk_mem_register(area + 2 * PAGE, 2 * PAGE, NULL, 0, PAGE), -EEXIST);
		assert_int_equal(fwpdk_mem_register(area, 4 * PAGE, NULL, 0, PAGE), -EEXIST);
		assert_int_equal(fwpdk_mem_register(area + 2 * PAGE, PAGE, NULL, 0, PAGE), -EEXIST);
		/* neighbours do not overlap */
		assert_int_equal(fwpdk_mem_register(area, PAGE, NULL, 0, PAGE), 0);
		assert_int_equal(fwpdk_mem_register(area + 3 * PAGE, PAGE, NULL, 0, PAGE), 0);

		assert_int_equal(fwpdk_mem_unregister(area + PAGE, PAGE), -ENOENT);
		assert_int_equal(fwpdk_mem_unregister(area + 2 * PAGE, PAGE), -ENOENT);
		assert_int_equal(fwpdk_mem_unregister(area + PAGE, 2 * PAGE), 0);
		assert_int_equal(fwpdk_mem_unregister(area + PAGE, 2 * PAGE), -ENOENT);
		assert_int_equal(fwi_mem_readable(FWI_MEM_DMA, area + PAGE, 1, &io), 0);
		assert_int_equal(fwpdk_mem_unregister(area, PAGE), 0);
		assert_int_equal(fwpdk_mem_unregister(area + 3 * PAGE, PAGE), 0);
	}
}

/* The table is full at the documented number, or earlier where EAL's own is full. */
static void
test_full(void **state)
{
	unsigned n, i;
	int rc = 0;

	(void)state;
	for (n = 0; n <= FWI_MEM_REGIONS && rc == 0; n++)
		rc = fwpdk_mem_register(area + 2 * n * PAGE, PAGE, NULL, 0, PAGE);
	n--;
	assert_true(rc == -ENOSPC);
	assert_in_range(n, 1, FWI_MEM_REGIONS);
	assert_false(fwi_mem_is_registered(area + 2 * n * PAGE));
	for (i = 0; i < n; i++)
		assert_int_equal(fwpdk_mem_unregister(area + 2 * i * PAGE, PAGE), 0);
}

/* fini unregisters: the same memory can be registered in the next life. */
static void
test_over_fini(void **state)
{
	(void)state;
	assert_int_equal(fwpdk_mem_register(area, PAGE, NULL, 0, PAGE), 0);
	assert_int_equal(fwpdk_fini(), 0);
	assert_int_equal(fwpdk_mem_register(area, PAGE, NULL, 0, PAGE), -ENODEV);
	assert_int_equal(fwpdk_mem_unregister(area, PAGE), -ENODEV);
	assert_int_equal(fwpdk_init(&conf), 0);
	assert_false(fwi_mem_is_registered(area));
	assert_int_equal(fwpdk_mem_register(area, PAGE, NULL, 0, PAGE), 0);
	assert_int_equal(fwpdk_mem_unregister(area, PAGE), 0);
}

static bool busy;

static bool
in_flight(void)
{
	return busy;
}

static void
test_in_flight(void **state)
{
	(void)state;
	assert_int_equal(fwpdk_mem_register(area, PAGE, NULL, 0, PAGE), 0);
	fwi_mem_hook(in_flight);
	busy = true;
	assert_int_equal(fwpdk_mem_unregister(area, PAGE), -EBUSY);
	assert_true(fwi_mem_is_registered(area));
	busy = false;
	assert_int_equal(fwpdk_mem_unregister(area, PAGE), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_over_fini),
		cmocka_unit_test(test_in_flight),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, setup, teardown);
}
