/* SPDX-License-Identifier: BSD-3-Clause */
/* MDLs: R110, R111, limits, partial MDLs, exhaustion. */
#include "nbl_fixture.h"

static uint8_t buf[3 * 4096];

static void
alloc_describes(void **state)
{
	uint8_t *va = buf + 1234;
	MDL *mdl = IoAllocateMdl(va, 5000, FALSE, FALSE, NULL);

	(void)state;
	assert_non_null(mdl);
	assert_int_equal((uintptr_t)mdl->StartVa % PAGE_SIZE, 0);
	assert_ptr_equal((uint8_t *)mdl->StartVa + mdl->ByteOffset, va);
	assert_true(mdl->ByteOffset < PAGE_SIZE);
	assert_int_equal(MmGetMdlByteCount(mdl), 5000);
	assert_ptr_equal(MmGetMdlVirtualAddress(mdl), va);
	assert_null(mdl->Next);
	assert_null(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority)); /* not built */
	MmBuildMdlForNonPagedPool(mdl);
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), va);
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, HighPagePriority), va);
	assert_true(mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL);
	IoFreeMdl(mdl);
}

static void
alloc_refuses(void **state)
{
	(void)state;
	assert_null(IoAllocateMdl(buf, 100, FALSE, FALSE, (PIRP)(void *)buf));
	assert_null(IoAllocateMdl(buf, 0xFFFFF001u, FALSE, FALSE, NULL));
	assert_null(NdisAllocateMdl(NULL, buf, 0xFFFFFFFFu));
	IoFreeMdl(NULL);
}

static void
longest_and_empty(void **state)
{
	MDL *big = IoAllocateMdl(buf, 0xFFFFF000u, FALSE, FALSE, NULL);
	MDL *none = IoAllocateMdl(buf, 0, FALSE, FALSE, NULL);

	(void)state;
	assert_non_null(big);
	assert_int_equal(big->ByteCount, 0xFFFFF000u);
	assert_non_null(none);
	assert_int_equal(none->ByteCount, 0);
	IoFreeMdl(big);
	IoFreeMdl(none);
}

/* R111: neither the chain nor the buffer */
static void
free_is_for_one(void **state)
{
	MDL *a = mdl_over(buf, 10), *b = mdl_over(buf + 10, 20);

	(void)state;
	a->Next = b;
	memset(buf, 0x5a, 30);
	IoFreeMdl(a);
	assert_int_equal(b->ByteCount, 20);
	assert_int_equal(buf[5], 0x5a);
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(b, NormalPagePriority), buf + 10);
	IoFreeMdl(b);
}

static void
ndis_mdl_is_built(void **state)
{
	MDL *mdl = NdisAllocateMdl(NULL, buf + 7, 33);

	(void)state;
	assert_non_null(mdl);
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, LowPagePriority), buf + 7);
	NdisAdjustMdlLength(mdl, 11);
	assert_int_equal(mdl->ByteCount, 11);
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, LowPagePriority), buf + 7);
	NdisFreeMdl(mdl);
}

static void
partial(void **state)
{
	MDL *src = mdl_over(buf + 100, 1000),
	    *part = IoAllocateMdl(buf + 100, 1000, FALSE, FALSE, NULL);

	(void)state;
	IoBuildPartialMdl(src, part, buf + 300, 200);
	assert_int_equal(part->ByteCount, 200);
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(part, NormalPagePriority), buf + 300);
	assert_true(part->MdlFlags & MDL_PARTIAL);
	IoBuildPartialMdl(src, part, buf + 300, 0); /* up to the end */
	assert_int_equal(part->ByteCount, 800);
	IoBuildPartialMdl(src, part, buf + 1100, 0);
	assert_int_equal(part->ByteCount, 0);
	IoFreeMdl(part);
	IoFreeMdl(src);
}

static void
exhaustion(void **state)
{
	MDL *all[MDLS], *extra;
	unsigned i;

	(void)state;
	for (i = 0; i < MDLS; i++) {
		all[i] = IoAllocateMdl(buf, 1, FALSE, FALSE, NULL);
		assert_non_null(all[i]);
	}
	extra = IoAllocateMdl(buf, 1, FALSE, FALSE, NULL);
	assert_null(extra);
	IoFreeMdl(all[0]);
	all[0] = NdisAllocateMdl(NULL, buf, 1);
	assert_non_null(all[0]);
	for (i = 0; i < MDLS; i++)
		IoFreeMdl(all[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		NBL_TEST(alloc_describes),
		NBL_TEST(alloc_refuses),
		NBL_TEST(longest_and_empty),
		NBL_TEST(free_is_for_one),
		NBL_TEST(ndis_mdl_is_built),
		NBL_TEST(partial),
		NBL_TEST(exhaustion),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
