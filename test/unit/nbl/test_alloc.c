/* SPDX-License-Identifier: BSD-3-Clause */
/* Allocation and free of NBLs and NBs: R87..R91, R97, contexts, reuse. */
#include "nbl_fixture.h"

static uint8_t buf[256];

static void
assert_fresh(const NET_BUFFER_LIST *nbl, NDIS_HANDLE pool)
{
	const struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	unsigned i;

	assert_int_equal((uintptr_t)nbl % 64, 0);
	assert_null(nbl->Next);
	assert_null(nbl->ParentNetBufferList);
	assert_int_equal(nbl->ChildRefCount, 0);
	assert_int_equal(nbl->Status, 0);
	assert_int_equal(nbl->NblFlags, 0);
	assert_int_equal(nbl->Flags, 0);
	assert_null(nbl->Scratch);
	assert_null(nbl->SourceHandle);
	assert_ptr_equal(nbl->NdisPoolHandle, pool);
	for (i = 0; i < MaxNetBufferListInfo; i++)
		assert_null(nbl->NetBufferListInfo[i]);
	assert_null(hot->complete);
	assert_null(hot->context);
	assert_null(hot->inj_context);
	assert_int_equal(hot->handle, 0);
	assert_int_equal(hot->pending, 0);
	for (i = 0; i < FWI_HISTORY_MAX; i++)
		assert_int_equal(FWI_NBL(nbl)->history[i].handle, 0);
	assert_int_equal(FWI_NBL(nbl)->refs, 1);
}

/* R87: usage unchanged, chain and data untouched; families mix */
static void
alloc_free(void **state)
{
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0);
	MDL *mdl = mdl_over(buf, 100), copy;
	NET_BUFFER_LIST *nbl;
	unsigned i;

	(void)state;
	memset(buf, 0x11, sizeof(buf));
	copy = *mdl;
	for (i = 0; i < 4; i++) {
		nbl = (i & 1) != 0 ? nbl_over(pool, mdl, 20, 80)
				   : NdisAllocateNetBufferAndNetBufferList(pool, 0, 0, mdl, 20, 80);
		assert_non_null(nbl);
		assert_fresh(nbl, pool);
		assert_null(nbl->Context);
		assert_int_equal(live_of(pool), 1);
		assert_non_null(nbl->FirstNetBuffer);
		assert_null(nbl->FirstNetBuffer->Next);
		assert_ptr_equal(nbl->FirstNetBuffer->MdlChain, mdl);
		assert_int_equal(nbl->FirstNetBuffer->DataOffset, 20);
		assert_int_equal(nbl->FirstNetBuffer->DataLength, 80);
		assert_int_equal(nbl->FirstNetBuffer->stDataLength, 80);
		assert_int_equal(nbl->FirstNetBuffer->ChecksumBias, 0);
		assert_window(nbl->FirstNetBuffer);
		if ((i & 2) != 0)
			FwpsFreeNetBufferList0(nbl);
		else
			NdisFreeNetBufferList(nbl);
		assert_int_equal(live_of(pool), 0);
		assert_memory_equal(&copy, mdl, sizeof(copy));
		assert_int_equal(buf[50], 0x11);
	}
	IoFreeMdl(mdl);
	NdisFreeNetBufferListPool(pool);
}

/* R88, and the shape: MDL overwritten and buffer gone before the free */
static void
free_after_mdl(void **state)
{
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0);
	uint8_t *data = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG);
	MDL *mdl = mdl_over(data, 100);
	NET_BUFFER_LIST *nbl = nbl_over(pool, mdl, 0, 100);

	(void)state;
	IoFreeMdl(NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(nbl)));
	ExFreePoolWithTag(data, TAG);
	nbl->FirstNetBuffer->MdlChain = (MDL *)(uintptr_t)8;
	nbl->FirstNetBuffer->CurrentMdl = (MDL *)(uintptr_t)8;
	FwpsFreeNetBufferList0(nbl);
	assert_int_equal(live_of(pool), 0);
	NdisFreeNetBufferListPool(pool);
}

/* R89, R90, R91, R97: each bad argument alone */
static void
refusals(void **state)
{
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0), bare = nbl_pool_of(FALSE, 0);
	NDIS_HANDLE data = nbl_pool_of(TRUE, 128);
	MDL *mdl = mdl_over(buf, 100);
	NET_BUFFER_LIST *nbl = (NET_BUFFER_LIST *)(void *)buf;
	unsigned i;
	const struct {
		NDIS_HANDLE pool;
		USHORT ctx, backfill;
		MDL *mdl;
		ULONG off;
		SIZE_T len;
	} t[] = {
		{NULL, 0, 0, mdl, 0, 100},
		{bare, 0, 0, mdl, 0, 100},
		{data, 0, 0, mdl, 0, 100},
		{pool, 0, 0, NULL, 1, 0},
		{pool, 0, 0, NULL, 0, 1},
		{pool, 8, 0, mdl, 0, 100},
		{pool, 0, 8, mdl, 0, 100},
		{pool, 17, 16, mdl, 0, 100},
		{pool, 0, 0, mdl, 101, 0},
		{pool, 0, 0, mdl, 0, (SIZE_T)UINT32_MAX + 1},
	};

	(void)state;
	for (i = 0; i < RTE_DIM(t); i++) {
		assert_int_equal(FwpsAllocateNetBufferAndNetBufferList0(t[i].pool, t[i].ctx,
					 t[i].backfill, t[i].mdl, t[i].off, t[i].len, &nbl),
			STATUS_INVALID_PARAMETER);
		assert_ptr_equal(nbl, buf);
		assert_null(NdisAllocateNetBufferAndNetBufferList(
			t[i].pool, t[i].ctx, t[i].backfill, t[i].mdl, t[i].off, t[i].len));
	}
	assert_int_equal(FwpsAllocateNetBufferAndNetBufferList0(pool, 0, 0, mdl, 0, 100, NULL),
		STATUS_FWP_NULL_POINTER);
	FwpsFreeNetBufferList0(NULL);
	NdisFreeNetBuffer(NULL);
	IoFreeMdl(mdl);
	NdisFreeNetBufferListPool(pool);
	NdisFreeNetBufferListPool(bare);
	NdisFreeNetBufferListPool(data);
}

/* The window starts right in any MDL of the chain, empty ones included. */
static void
offsets(void **state)
{
	static const ULONG len[] = {0, 10, 0, 5, 20, 0};
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0), nbs = nb_pool();
	MDL *chain = NULL, **tail = &chain;
	NET_BUFFER_LIST *nbl;
	NET_BUFFER *nb;
	unsigned i, at = 0;
	ULONG off;

	(void)state;
	for (i = 0; i < RTE_DIM(len); i++) {
		*tail = mdl_over(buf + at, len[i]);
		tail = &(*tail)->Next;
		at += len[i];
	}
	for (off = 0; off <= 35; off++) {
		nbl = nbl_over(pool, chain, off, 35 - off);
		assert_window(nbl->FirstNetBuffer);
		nb = NdisAllocateNetBuffer(nbs, chain, off, 35 - off);
		assert_non_null(nb);
		assert_window(nb);
		assert_ptr_equal(nb->CurrentMdl, nbl->FirstNetBuffer->CurrentMdl);
		NdisFreeNetBuffer(nb);
		FwpsFreeNetBufferList0(nbl);
	}
	assert_null(NdisAllocateNetBuffer(nbs, chain, 36, 0));
	assert_null(NdisAllocateNetBuffer(nbs, NULL, 1, 0));
	assert_null(NdisAllocateNetBuffer(nbs, NULL, 0, 1));
	assert_null(NdisAllocateNetBuffer(NULL, chain, 0, 1));
	mdl_chain_free(chain);
	NdisFreeNetBufferListPool(pool);
	NdisFreeNetBufferPool(nbs);
}

static void
contexts(void **state)
{
	static const USHORT sizes[][2] = {
		{16, 0}, {0, 16}, {32, 16}, {80, 0}, {96, 0}, {4096, 1024}, {65520, 65520}};
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0);
	NET_BUFFER_LIST *nbl;
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(sizes); i++) {
		assert_int_equal(FwpsAllocateNetBufferAndNetBufferList0(
					 pool, sizes[i][0], sizes[i][1], NULL, 0, 0, &nbl),
			STATUS_SUCCESS);
		assert_non_null(nbl->Context);
		assert_int_equal(NET_BUFFER_LIST_CONTEXT_DATA_SIZE(nbl), sizes[i][0]);
		assert_int_equal((uintptr_t)NET_BUFFER_LIST_CONTEXT_DATA_START(nbl) % 16, 0);
		memset(NET_BUFFER_LIST_CONTEXT_DATA_START(nbl) - sizes[i][1], 0xee,
			(size_t)sizes[i][0] + sizes[i][1]);
		FwpsFreeNetBufferList0(nbl);
		nbl = NdisAllocateNetBufferList(pool, sizes[i][0], sizes[i][1]);
		assert_int_equal(NET_BUFFER_LIST_CONTEXT_DATA_SIZE(nbl), sizes[i][0]);
		NdisFreeNetBufferList(nbl);
		nbl = nbl_over(pool, NULL, 0, 0);
		assert_null(nbl->Context);
		FwpsFreeNetBufferList0(nbl);
	}
	NdisFreeNetBufferListPool(pool);
}

/* Everything a client or an injection may have left behind is gone at the next allocation. */
static void
reuse_is_clean(void **state)
{
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0), bare = nbl_pool_of(FALSE, 0);
	NET_BUFFER_LIST *nbl, *all[NBLS];
	unsigned i, k, round;

	(void)state;
	for (round = 0; round < 3; round++) {
		for (i = 0; i < NBLS; i++) {
			nbl = all[i] = nbl_over(pool, NULL, 0, 0);
			assert_fresh(nbl, pool);
			assert_null(nbl->FirstNetBuffer->MdlChain);
			nbl->Next = nbl;
			nbl->FirstNetBuffer->ChecksumBias = 5;
			nbl->FirstNetBuffer->Next = nbl->FirstNetBuffer;
			nbl->Status = -1;
			nbl->NblFlags = 0xff;
			/* one at a time: each has to be noticed alone */
			switch ((i + round) % 34) {
			case 27:
				nbl->Scratch = buf;
				break;
			case 28:
				nbl->SourceHandle = buf;
				break;
			case 29:
				nbl->Flags = 1;
				break;
			case 30:
			case 31:
			case 32:
			case 33:
				/* filled from the front */
				for (k = 0; k <= (i + round) % 34 - 30; k++)
					FWI_NBL(nbl)->history[k].handle = 1;
				break;
			default:
				nbl->NetBufferListInfo[(i + round) % 34] = buf;
			}
			FWI_NBL_HOT(nbl)->handle = 77;
			FWI_NBL_HOT(nbl)->inj_context = buf;
			FWI_NBL_HOT(nbl)->context = buf;
			FWI_NBL_HOT(nbl)->pending = 3;
			nbl->FirstNetBuffer = NULL;
		}
		for (i = 0; i < NBLS; i++)
			FwpsFreeNetBufferList0(all[i]);
		for (i = 0; i < NBLS; i++) {
			all[i] = NdisAllocateNetBufferList(bare, 0, 0);
			assert_fresh(all[i], bare);
			assert_null(all[i]->FirstNetBuffer);
		}
		for (i = 0; i < NBLS; i++)
			NdisFreeNetBufferList(all[i]);
	}
	NdisFreeNetBufferListPool(pool);
	NdisFreeNetBufferListPool(bare);
}

/* A pool with DataSize: packet, MDL and data come and go with the list. */
static void
data_pool(void **state)
{
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 1000);
	NET_BUFFER_LIST *nbl = NdisAllocateNetBufferList(pool, 0, 0);
	NET_BUFFER *nb;
	uint8_t *p;

	(void)state;
	assert_non_null(nbl);
	nb = nbl->FirstNetBuffer;
	assert_window(nb);
	assert_int_equal(nb->DataLength, 0);
	assert_int_equal(nb->MdlChain->ByteCount, 1000);
	assert_int_equal(NdisRetreatNetBufferDataStart(nb, 1000, 0, NULL), NDIS_STATUS_SUCCESS);
	assert_null(nb->MdlChain->Next);
	p = NdisGetDataBuffer(nb, 1000, NULL, 1, 0);
	assert_non_null(p);
	memset(p, 1, 1000);
	IoFreeMdl(nb->MdlChain); /* not the client's: ignored */
	NdisFreeNetBufferList(nbl);
	assert_int_equal(live_of(pool), 0);
	NdisFreeNetBufferListPool(pool);
}

/* One list with further packets: freed by whoever allocated them (R87). */
static void
several_nbs(void **state)
{
	NDIS_HANDLE pool = nbl_pool_of(FALSE, 0), nbs = nb_pool();
	NET_BUFFER_LIST *nbl = NdisAllocateNetBufferList(pool, 0, 0);
	NET_BUFFER *nb, *next;
	unsigned i, n = 0;

	(void)state;
	assert_null(nbl->FirstNetBuffer);
	while ((nb = NdisAllocateNetBuffer(nbs, NULL, 0, 0)) != NULL) {
		nb->Next = nbl->FirstNetBuffer;
		nbl->FirstNetBuffer = nb;
		n++;
	}
	assert_int_equal(n, NBS);
	nb = nbl->FirstNetBuffer;
	NdisFreeNetBufferList(nbl);
	assert_int_equal(live_of(nbs), NBS);
	for (i = 0; nb != NULL; nb = next, i++) {
		next = nb->Next;
		NdisFreeNetBuffer(nb);
	}
	assert_int_equal(i, NBS);
	NdisFreeNetBufferListPool(pool);
	NdisFreeNetBufferPool(nbs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		NBL_TEST(alloc_free),
		NBL_TEST(free_after_mdl),
		NBL_TEST(refusals),
		NBL_TEST(offsets),
		NBL_TEST(contexts),
		NBL_TEST(reuse_is_clean),
		NBL_TEST(data_pool),
		NBL_TEST(several_nbs),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
