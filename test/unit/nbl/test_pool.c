/* SPDX-License-Identifier: BSD-3-Clause */
/* NDIS pools: parameter checks, accounts, life cycle. */
#include <errno.h>

#include "nbl_fixture.h"

static NDIS_HANDLE
make(UCHAR type, UCHAR revision, USHORT size, BOOLEAN with_nb, ULONG data)
{
	NET_BUFFER_LIST_POOL_PARAMETERS p;

	memset(&p, 0, sizeof(p));
	p.Header.Type = type;
	p.Header.Revision = revision;
	p.Header.Size = size;
	p.fAllocateNetBuffer = with_nb;
	p.DataSize = data;
	return NdisAllocateNetBufferListPool(NULL, &p);
}

static void
nbl_pool_parameters(void **state)
{
	const USHORT r1 = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
	const USHORT r2 = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_2;
	NDIS_HANDLE p;
	unsigned i;
	const struct {
		UCHAR type, revision;
		USHORT size;
		BOOLEAN with_nb;
		ULONG data;
		int ok;
	} t[] = {
		{0x80, 1, r1, TRUE, 0, 1},
		{0x80, 1, r2, TRUE, 0, 1}, /* WinDivert: size of the struct, revision 1 */
		{0x80, 2, r2, TRUE, 0, 1},
		{0x80, 1, r1, FALSE, 0, 1},
		{0x80, 1, r1, TRUE, 256, 1},
		{0x80, 1, r1, FALSE, 256, 0}, /* data without packet */
		{0x80, 2, r1, TRUE, 0, 0},
		{0x80, 1, (USHORT)(r1 - 1), TRUE, 0, 0},
		{0x80, 0, r1, TRUE, 0, 0},
		{0x80, 3, r2, TRUE, 0, 0},
		{0x81, 1, r1, TRUE, 0, 0},
	};

	(void)state;
	assert_null(NdisAllocateNetBufferListPool(NULL, NULL));
	for (i = 0; i < RTE_DIM(t); i++) {
		p = make(t[i].type, t[i].revision, t[i].size, t[i].with_nb, t[i].data);
		assert_int_equal(p != NULL, t[i].ok);
		NdisFreeNetBufferListPool(p);
	}
}

static void
nb_pool_parameters(void **state)
{
	NET_BUFFER_POOL_PARAMETERS p;
	NDIS_HANDLE h;

	(void)state;
	assert_null(NdisAllocateNetBufferPool(NULL, NULL));
	memset(&p, 0, sizeof(p));
	assert_null(NdisAllocateNetBufferPool(NULL, &p));
	p.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
	p.Header.Revision = 1;
	p.Header.Size = sizeof(p);
	p.DataSize = 1;
	assert_null(NdisAllocateNetBufferPool(NULL, &p));
	p.DataSize = 0;
	h = NdisAllocateNetBufferPool(&p, &p); /* the handle is ignored */
	assert_non_null(h);
	NdisFreeNetBufferPool(h);
}

static void
usage(void **state)
{
	NDIS_HANDLE nbls = nbl_pool_of(TRUE, 0), nbs = nb_pool();
	NET_BUFFER_LIST *all[NBLS];
	uint64_t live = 7, exhausted = 7;
	NET_BUFFER *nb;
	unsigned i;

	(void)state;
	assert_int_equal(fwpdk_pool_usage(NULL, &live, &exhausted), -EINVAL);
	assert_int_equal(fwpdk_pool_usage(&live, &live, &exhausted), -EINVAL);
	assert_int_equal(live, 7);
	assert_int_equal(fwpdk_pool_usage(nbls, NULL, NULL), 0);
	for (i = 0; i < NBLS; i++)
		all[i] = nbl_over(nbls, NULL, 0, 0);
	assert_int_equal(FwpsAllocateNetBufferAndNetBufferList0(nbls, 0, 0, NULL, 0, 0, &all[0]),
		STATUS_INSUFFICIENT_RESOURCES);
	assert_null(NdisAllocateNetBufferAndNetBufferList(nbls, 0, 0, NULL, 0, 0));
	assert_null(NdisAllocateNetBufferList(nbls, 0, 0));
	assert_int_equal(fwpdk_pool_usage(nbls, &live, &exhausted), 0);
	assert_int_equal(live, NBLS);
	assert_int_equal(exhausted, 3);
	for (i = 0; i < NBLS; i++)
		FwpsFreeNetBufferList0(all[i]);
	assert_int_equal(live_of(nbls), 0);
	nb = NdisAllocateNetBuffer(nbs, NULL, 0, 0);
	assert_int_equal(live_of(nbs), 1);
	NdisFreeNetBuffer(nb);
	assert_int_equal(live_of(nbs), 0);
	NdisFreeNetBufferListPool(nbls);
	NdisFreeNetBufferPool(nbs);
	assert_int_equal(fwpdk_pool_usage(nbls, &live, NULL), -EINVAL);
}

#if !FWPDK_NBL_DEBUG
/* R112: a client's error, but it must not hurt the NBL's later free. */
static void
pool_freed_first(void **state)
{
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0);
	NET_BUFFER_LIST *nbl = nbl_over(pool, NULL, 0, 0), *other = NULL;

	(void)state;
	NdisFreeNetBufferListPool(pool);
	assert_int_equal(fwpdk_pool_usage(pool, NULL, NULL), -EINVAL);
	assert_int_equal(FwpsAllocateNetBufferAndNetBufferList0(pool, 0, 0, NULL, 0, 0, &other),
		STATUS_INVALID_PARAMETER);
	FwpsFreeNetBufferList0(nbl);
	NdisFreeNetBufferListPool(pool); /* twice */
}

static void
wrong_kind(void **state)
{
	NDIS_HANDLE nbls = nbl_pool_of(TRUE, 0), nbs = nb_pool();
	NET_BUFFER_LIST *nbl = NULL;

	(void)state;
	assert_int_equal(FwpsAllocateNetBufferAndNetBufferList0(nbs, 0, 0, NULL, 0, 0, &nbl),
		STATUS_INVALID_PARAMETER);
	assert_null(NdisAllocateNetBufferList(nbs, 0, 0));
	assert_null(NdisAllocateNetBuffer(nbls, NULL, 0, 0));
	NdisFreeNetBufferPool(nbls);
	NdisFreeNetBufferListPool(nbs);
	assert_int_equal(live_of(nbls), 0);
	assert_int_equal(live_of(nbs), 0);
	NdisFreeNetBufferListPool(nbls);
	NdisFreeNetBufferPool(nbs);
	NdisFreeNetBufferPool(NULL);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		NBL_TEST(nbl_pool_parameters),
		NBL_TEST(nb_pool_parameters),
		NBL_TEST(usage),
#if !FWPDK_NBL_DEBUG
		NBL_TEST(pool_freed_first),
		NBL_TEST(wrong_kind),
#endif
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
