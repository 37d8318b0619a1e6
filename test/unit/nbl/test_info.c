/* SPDX-License-Identifier: BSD-3-Clause */
/* Which out-of-band slots the two copies take. */
#include "nbl_fixture.h"

#define BIT(n) (1u << (n))
#define BOTH                                                                                 \
	(BIT(0) | BIT(1) | BIT(2) | BIT(4) | BIT(6) | BIT(7) | BIT(11) | BIT(12) | BIT(14) | \
		BIT(20))

static void
copied(void (*copy)(NET_BUFFER_LIST *, NET_BUFFER_LIST const *), uint32_t expected)
{
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0);
	NET_BUFFER_LIST *a = nbl_over(pool, NULL, 0, 0), *b = nbl_over(pool, NULL, 0, 0);
	unsigned i;

	FWI_NBL_HOT(a)->handle = 5;
	FWI_NBL(a)->history[0].handle = 6;
	for (i = 0; i < MaxNetBufferListInfo; i++)
		a->NetBufferListInfo[i] = (void *)(uintptr_t)(i + 100);
	copy(b, a);
	for (i = 0; i < MaxNetBufferListInfo; i++)
		assert_int_equal(
			(uintptr_t)b->NetBufferListInfo[i], (expected & BIT(i)) != 0 ? i + 100 : 0);
	assert_int_equal(FWI_NBL_HOT(b)->handle, 0); /* R82 */
	assert_int_equal(FWI_NBL(b)->history[0].handle, 0);
	FwpsFreeNetBufferList0(a);
	FwpsFreeNetBufferList0(b);
	NdisFreeNetBufferListPool(pool);
}

static void
send(void **state)
{
	(void)state;
	copied(NdisCopySendNetBufferListInfo, BOTH | BIT(5));
}

static void
receive(void **state)
{
	(void)state;
	copied(NdisCopyReceiveNetBufferListInfo, BOTH | BIT(8) | BIT(9));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		NBL_TEST(send),
		NBL_TEST(receive),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
