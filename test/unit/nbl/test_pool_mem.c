/* SPDX-License-Identifier: BSD-3-Clause */
/* ExAllocatePool and its relatives. */
#include <rte_malloc.h>

#include "nbl_fixture.h"

static int
all_zero(const uint8_t *p, size_t n)
{
	while (n-- != 0)
		if (*p++ != 0)
			return 0;
	return 1;
}

static void
allocate(void **state)
{
	static const size_t sizes[] = {1, 15, 16, 100, 1500, 4096, 65536, 1 << 20};
	unsigned i, kind;

	(void)state;
	for (i = 0; i < RTE_DIM(sizes); i++) {
		for (kind = 0; kind < 4; kind++) {
			uint8_t *p = kind == 0 ? ExAllocatePool2(POOL_FLAG_NON_PAGED, sizes[i], TAG)
				     : kind == 1 ? ExAllocatePoolZero(NonPagedPoolNx, sizes[i], TAG)
				     : kind == 2
					     ? ExAllocatePoolWithTag(NonPagedPool, sizes[i], TAG)
					     : ExAllocatePool2(POOL_FLAG_NON_PAGED |
								       POOL_FLAG_UNINITIALIZED,
						       sizes[i], TAG);

			assert_non_null(p);
			assert_int_equal((uintptr_t)p % MEMORY_ALLOCATION_ALIGNMENT, 0);
			if (kind < 2)
				assert_true(all_zero(p, sizes[i]));
			memset(p, 0xff, sizes[i]);
			assert_non_null(rte_mem_virt2memseg_list(p)); /* devices can read it */
			if ((i & 1) != 0)
				ExFreePool(p);
			else
				ExFreePoolWithTag(p, TAG);
		}
	}
}

static void
refuse(void **state)
{
	(void)state;
	assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 0));
	assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 0, TAG));
	assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, (SIZE_T)1 << 40, TAG));
	ExFreePool(NULL);
	ExFreePoolWithTag(NULL, TAG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		NBL_TEST(allocate),
		NBL_TEST(refuse),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
