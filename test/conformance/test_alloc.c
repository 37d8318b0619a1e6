/* SPDX-License-Identifier: BSD-3-Clause */
/* R87..R91, R97, R110..R112: lists, MDLs and pools. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static uint8_t data[256];

static MDL *
mdl_of(void *at, ULONG len)
{
	MDL *m = IoAllocateMdl(at, len, FALSE, FALSE, NULL);

	assert_non_null(m);
	MmBuildMdlForNonPagedPool(m);
	return m;
}

static uint64_t
live(void)
{
	uint64_t n;

	assert_int_equal(fwpdk_pool_usage(fx.pool, &n, NULL), 0);
	return n;
}

static NTSTATUS
alloc(NDIS_HANDLE pool, USHORT context, USHORT backfill, MDL *mdl, ULONG off, SIZE_T len,
	NET_BUFFER_LIST **nbl)
{
	return FwpsAllocateNetBufferAndNetBufferList0(pool, context, backfill, mdl, off, len, nbl);
}

static void
r087_allocate_and_free_leave_the_pool_as_it_was(void **state)
{
	MDL *m = mdl_of(data, 200), copy;
	NET_BUFFER_LIST *nbl[100];
	uint64_t before;
	unsigned i;

	(void)state;
	memset(data, 0x3c, sizeof(data));
	copy = *m;
	before = live();
	for (i = 0; i < 100; i++)
		assert_status(alloc(fx.pool, 0, 0, m, 10, 100, &nbl[i]), STATUS_SUCCESS);
	assert_int_equal(live(), before + 100);
	for (i = 0; i < 100; i++)
		FwpsFreeNetBufferList0(nbl[i]);
	assert_int_equal(live(), before);
	assert_memory_equal(m, &copy, sizeof(copy)); /* neither chain nor data is touched */
	for (i = 0; i < sizeof(data); i++)
		assert_int_equal(data[i], 0x3c);
	IoFreeMdl(m);
}

static void
r087_more_often_than_there_are_objects(void **state)
{
	MDL *m = mdl_of(data, 60);
	NET_BUFFER_LIST *nbl;
	unsigned i;

	(void)state;
	for (i = 0; i < 50000; i++) { /* 8191 lists exist */
		assert_status(alloc(fx.pool, 0, 0, m, 0, 60, &nbl), STATUS_SUCCESS);
		FwpsFreeNetBufferList0(nbl);
	}
	IoFreeMdl(m);
}

static void
r088_free_after_the_mdls_are_gone(void **state)
{
	uint8_t *d = malloc(100);
	MDL *m = mdl_of(d, 100);
	NET_BUFFER_LIST *nbl;

	(void)state;
	assert_status(alloc(fx.pool, 0, 0, m, 0, 100, &nbl), STATUS_SUCCESS);
	IoFreeMdl(m);
	free(d);
	FwpsFreeNetBufferList0(nbl);
	assert_int_equal(live(), 0);
}

static void
r089_no_mdl_means_no_data(void **state)
{
	NET_BUFFER_LIST *nbl = NULL, *keep = (NET_BUFFER_LIST *)(uintptr_t)8;

	(void)state;
	assert_status(alloc(fx.pool, 0, 0, NULL, 0, 0, &nbl), STATUS_SUCCESS);
	assert_non_null(nbl->FirstNetBuffer);
	assert_null(nbl->FirstNetBuffer->MdlChain);
	assert_int_equal(nbl->FirstNetBuffer->DataLength, 0);
	FwpsFreeNetBufferList0(nbl);
	nbl = keep;
	assert_status(alloc(fx.pool, 0, 0, NULL, 1, 0, &nbl), STATUS_INVALID_PARAMETER);
	assert_status(alloc(fx.pool, 0, 0, NULL, 0, 1, &nbl), STATUS_INVALID_PARAMETER);
	assert_ptr_equal(nbl, keep);
	assert_null(NdisAllocateNetBufferAndNetBufferList(fx.pool, 0, 0, NULL, 1, 0));
}

static void
r090_context_sizes_are_multiples(void **state)
{
	USHORT bad[] = {1, 8, 15, 17, 31};
	NET_BUFFER_LIST *nbl;
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(bad); i++) {
		assert_status(
			alloc(fx.pool, bad[i], 0, NULL, 0, 0, &nbl), STATUS_INVALID_PARAMETER);
		assert_status(
			alloc(fx.pool, 0, bad[i], NULL, 0, 0, &nbl), STATUS_INVALID_PARAMETER);
	}
	assert_status(alloc(fx.pool, 64, 32, NULL, 0, 0, &nbl), STATUS_SUCCESS);
	assert_non_null(nbl->Context);
	assert_true(NET_BUFFER_LIST_CONTEXT_DATA_SIZE(nbl) >= 64);
	assert_int_equal(
		(uintptr_t)NET_BUFFER_LIST_CONTEXT_DATA_START(nbl) % MEMORY_ALLOCATION_ALIGNMENT,
		0);
	memset(NET_BUFFER_LIST_CONTEXT_DATA_START(nbl), 1, 64);
	FwpsFreeNetBufferList0(nbl);
}

static NDIS_HANDLE
pool_with(BOOLEAN nb, ULONG size)
{
	NET_BUFFER_LIST_POOL_PARAMETERS p;

	memset(&p, 0, sizeof(p));
	p.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
	p.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
	p.Header.Size = sizeof(p);
	p.fAllocateNetBuffer = nb;
	p.DataSize = size;
	p.PoolTag = '1loP';
	return NdisAllocateNetBufferListPool(NULL, &p);
}

static void
r091_pool_must_give_net_buffers_without_data(void **state)
{
	NDIS_HANDLE no_nb = pool_with(FALSE, 0), with_data = pool_with(TRUE, 128);
	MDL *m = mdl_of(data, 60);
	NET_BUFFER_LIST *nbl;

	(void)state;
	assert_non_null(no_nb);
	assert_non_null(with_data);
	assert_status(alloc(no_nb, 0, 0, m, 0, 60, &nbl), STATUS_INVALID_PARAMETER);
	assert_status(alloc(with_data, 0, 0, m, 0, 60, &nbl), STATUS_INVALID_PARAMETER);
	assert_null(NdisAllocateNetBufferAndNetBufferList(no_nb, 0, 0, m, 0, 60));
	assert_null(pool_with(FALSE, 128));
	NdisFreeNetBufferListPool(no_nb);
	NdisFreeNetBufferListPool(with_data);
	IoFreeMdl(m);
}

static void
r097_null_pools(void **state)
{
	struct pkt *p = PKT(0);
	NET_BUFFER_LIST *nbl = NULL;

	(void)state;
	assert_false(NT_SUCCESS(alloc(NULL, 0, 0, p->mdl[0], 0, 60, &nbl)));
	assert_null(nbl);
	assert_status(FwpsAllocateCloneNetBufferList0(p->nbl, NULL, NULL, 0, &nbl), STATUS_SUCCESS);
	FwpsFreeCloneNetBufferList0(nbl, 0);
	assert_status(FwpsAllocateCloneNetBufferList0(p->nbl, fx.pool, fx.nb_pool, 0, &nbl),
		STATUS_SUCCESS);
	FwpsFreeCloneNetBufferList0(nbl, 0);
	assert_status(FwpsAllocateNetBufferAndNetBufferList0(fx.pool, 0, 0, NULL, 0, 0, NULL),
		STATUS_FWP_NULL_POINTER);
}

static void
r110_address_of_a_built_mdl(void **state)
{
	unsigned off;

	(void)state;
	for (off = 0; off < 100; off += 9) {
		MDL *m = mdl_of(data + off, 50);

		assert_ptr_equal(MmGetSystemAddressForMdlSafe(m, NormalPagePriority), data + off);
		assert_ptr_equal(
			MmGetSystemAddressForMdlSafe(m, HighPagePriority | MdlMappingNoExecute),
			data + off);
		assert_int_equal(MmGetMdlByteCount(m), 50);
		assert_ptr_equal((uint8_t *)m->StartVa + m->ByteOffset, data + off);
		assert_int_equal((uintptr_t)m->StartVa & 0xfff, 0);
		IoFreeMdl(m);
	}
}

static void
r111_io_free_mdl_frees_that_one_only(void **state)
{
	MDL *a = mdl_of(data, 10), *b = mdl_of(data + 10, 10), *c = mdl_of(data + 20, 10);

	(void)state;
	a->Next = b;
	b->Next = c;
	IoFreeMdl(a);
	assert_ptr_equal(b->Next, c);
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(b, 0), data + 10);
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(c, 0), data + 20);
	IoFreeMdl(c);
	IoFreeMdl(b);
}

static void
p11_exhaustion_is_a_refusal_and_counted(void **state)
{
	static NET_BUFFER_LIST *all[9000];
	uint64_t n, missed;
	unsigned i = 0, k;

	(void)state;
	while (i < RTE_DIM(all) && alloc(fx.pool, 0, 0, NULL, 0, 0, &all[i]) == STATUS_SUCCESS)
		i++;
	assert_in_range(i, 8000, 8192);
	assert_status(alloc(fx.pool, 0, 0, NULL, 0, 0, &all[i]), STATUS_INSUFFICIENT_RESOURCES);
	assert_int_equal(fwpdk_pool_usage(fx.pool, &n, &missed), 0);
	assert_int_equal(n, i);
	assert_true(missed >= 2);
	for (k = 0; k < i; k++)
		FwpsFreeNetBufferList0(all[k]);
	assert_status(alloc(fx.pool, 0, 0, NULL, 0, 0, &all[0]), STATUS_SUCCESS);
	FwpsFreeNetBufferList0(all[0]);
}

static void
r112_fini_counts_what_was_never_freed(void **state)
{
	NET_BUFFER_LIST *nbl;
	unsigned i;

	assert_int_equal(fx_up_bare(state), 0);
	for (i = 0; i < 3; i++)
		assert_status(alloc(fx.pool, 0, 0, NULL, 0, 0, &nbl), STATUS_SUCCESS);
	NdisFreeNetBufferPool(fx.nb_pool);
	assert_int_equal(fwpdk_fini(), 3);
	assert_int_equal(fx_up_bare(state), 0); /* and everything is released */
	assert_int_equal(fx_down(state), 0);
}

#define B(t) cmocka_unit_test_setup_teardown(t, fx_up_bare, fx_down)

static const struct CMUnitTest tests[] = {
	B(r087_allocate_and_free_leave_the_pool_as_it_was),
	B(r087_more_often_than_there_are_objects),
	B(r088_free_after_the_mdls_are_gone),
	B(r089_no_mdl_means_no_data),
	B(r090_context_sizes_are_multiples),
	B(r091_pool_must_give_net_buffers_without_data),
	B(r097_null_pools),
	B(r110_address_of_a_built_mdl),
	B(r111_io_free_mdl_frees_that_one_only),
	B(p11_exhaustion_is_a_refusal_and_counted),
	cmocka_unit_test(r112_fini_counts_what_was_never_freed),
};
FX_MAIN(tests)
