/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading and copying windows: R107, R108, physical count. */
#include "nbl_fixture.h"

static uint8_t bytes[2][4096] __attribute__((aligned(4096)));
static NDIS_HANDLE nbs;

static int
up(void **state)
{
	unsigned i;
	int rc = nbl_up(state);

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i / 4096][i % 4096] = (uint8_t)(i * 13 + i / 256);
	nbs = nb_pool();
	return rc;
}

static int
down(void **state)
{
	NdisFreeNetBufferPool(nbs);
	return nbl_down(state);
}

static uint32_t seed = 99;

static uint32_t
rnd(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)seed * n) >> 32);
}

static MDL *
chain_of(uint8_t *p, const ULONG *len, unsigned n)
{
	MDL *first = NULL, **tail = &first;
	unsigned i;

	for (i = 0; i < n; i++) {
		*tail = mdl_over(p, len[i]);
		tail = &(*tail)->Next;
		p += len[i];
	}
	return first;
}

static void
get_buffer(void **state)
{
	static const ULONG len[] = {0, 10, 0, 20, 0};
	MDL *chain = chain_of(bytes[0], len, RTE_DIM(len));
	NET_BUFFER *nb = NdisAllocateNetBuffer(nbs, chain, 2, 28);
	uint8_t s[64];

	(void)state;
	assert_null(NdisGetDataBuffer(nb, 29, s, 1, 0)); /* longer than the window */
	assert_ptr_equal(NdisGetDataBuffer(nb, 8, NULL, 1, 0), bytes[0] + 2);
	assert_ptr_equal(NdisGetDataBuffer(nb, 8, s, 1, 0), bytes[0] + 2); /* storage unused */
	assert_null(NdisGetDataBuffer(nb, 9, NULL, 1, 0));		   /* spans */
	assert_ptr_equal(NdisGetDataBuffer(nb, 28, s, 1, 0), s);
	assert_memory_equal(s, bytes[0] + 2, 28);
	/* a zero-length MDL at the window start */
	NdisAdvanceNetBufferDataStart(nb, 8, FALSE, NULL);
	assert_ptr_equal(NdisGetDataBuffer(nb, 20, NULL, 1, 0), bytes[0] + 10);
	nb->CurrentMdl = chain->Next; /* stale, as a client may leave it: end of the 10 */
	nb->CurrentMdlOffset = 10;
	assert_ptr_equal(NdisGetDataBuffer(nb, 20, NULL, 1, 0), bytes[0] + 10);
	/* window longer than the chain: nothing is read behind it */
	nb->DataLength = 40;
	assert_null(NdisGetDataBuffer(nb, 40, s, 1, 0));
	NdisFreeNetBuffer(nb);
	mdl_chain_free(chain);
	nb = NdisAllocateNetBuffer(nbs, NULL, 0, 0);
	assert_null(NdisGetDataBuffer(nb, 1, s, 1, 0));
	NdisFreeNetBuffer(nb);
}

static void
get_buffer_alignment(void **state)
{
	static const ULONG len[] = {64};
	MDL *chain = chain_of(bytes[0], len, 1);
	UINT mult, off;
	ULONG at;
	uint8_t s[64];

	(void)state;
	for (at = 0; at < 16; at++) {
		NET_BUFFER *nb = NdisAllocateNetBuffer(nbs, chain, at, 64 - at);

		for (mult = 1; mult <= 16; mult *= 2) {
			for (off = 0; off < mult; off++) {
				uint8_t *direct = bytes[0] + at;
				int fits = (uintptr_t)direct % mult == off;

				assert_ptr_equal(NdisGetDataBuffer(nb, 20, NULL, mult, off),
					fits ? direct : NULL);
				assert_ptr_equal(
					NdisGetDataBuffer(nb, 20, s, mult, off), fits ? direct : s);
				if (!fits)
					assert_memory_equal(s, direct, 20);
			}
		}
		NdisFreeNetBuffer(nb);
	}
	mdl_chain_free(chain);
}

static void
unbuilt(void **state)
{
	static const ULONG len[] = {64};
	MDL *raw = IoAllocateMdl(bytes[0], 64, FALSE, FALSE, NULL),
	    *mdl = chain_of(bytes[1], len, 1);
	NET_BUFFER *a = NdisAllocateNetBuffer(nbs, raw, 0, 64);
	NET_BUFFER *b = NdisAllocateNetBuffer(nbs, mdl, 0, 64);
	ULONG n = 5;
	uint8_t s[64];

	(void)state;
	assert_null(NdisGetDataBuffer(a, 10, s, 1, 0));
	assert_int_equal(
		NdisCopyFromNetBufferToNetBuffer(b, 0, 10, a, 0, &n), NDIS_STATUS_RESOURCES);
	assert_int_equal(n, 0);
	assert_int_equal(
		NdisCopyFromNetBufferToNetBuffer(a, 0, 10, b, 0, &n), NDIS_STATUS_RESOURCES);
	NdisFreeNetBuffer(a);
	NdisFreeNetBuffer(b);
	IoFreeMdl(raw);
	IoFreeMdl(mdl);
}

/* R108 against plain arrays, random chains and offsets, overshooting ones too */
static void
copy_random(void **state)
{
	static uint8_t before[4096];
	unsigned round, i;

	(void)state;
	for (round = 0; round < 3000; round++) {
		ULONG len[2][5], total[2] = {0, 0}, off[2], at[2], use[2], n, done = 99, expect;
		NET_BUFFER *nb[2], was;
		MDL *chain[2];
		unsigned k, parts;

		for (k = 0; k < 2; k++) {
			parts = 1 + rnd(5);
			for (i = 0; i < parts; i++)
				total[k] += len[k][i] = rnd(3) == 0 ? 0 : rnd(60);
			chain[k] = chain_of(bytes[k], len[k], parts);
			off[k] = rnd(total[k] + 1);
			use[k] = rnd(total[k] - off[k] + 1);
			at[k] = rnd(80);
			nb[k] = NdisAllocateNetBuffer(nbs, chain[k], off[k], use[k]);
			assert_non_null(nb[k]);
		}
		n = rnd(150);
		for (i = 0; i < 400; i++)
			bytes[1][i] = (uint8_t)rnd(256);
		memcpy(before, bytes[0], 400);
		was = *nb[0];
		assert_int_equal(
			NdisCopyFromNetBufferToNetBuffer(nb[0], at[0], n, nb[1], at[1], &done),
			NDIS_STATUS_SUCCESS);
		/* source: window; destination: all MDLs */
		expect = at[1] < use[1] ? use[1] - at[1] : 0;
		if (off[0] + at[0] >= total[0])
			expect = 0;
		else
			expect = RTE_MIN(expect, total[0] - off[0] - at[0]);
		expect = RTE_MIN(expect, n);
		assert_int_equal(done, expect);
		memcpy(before + off[0] + at[0], bytes[1] + off[1] + at[1], expect);
		assert_memory_equal(before, bytes[0], 400);
		assert_memory_equal(&was, nb[0], sizeof(was));
		for (k = 0; k < 2; k++) {
			NdisFreeNetBuffer(nb[k]);
			mdl_chain_free(chain[k]);
		}
	}
}

static void
copy_limits(void **state)
{
	static const ULONG len[] = {10};
	MDL *chain = chain_of(bytes[0], len, 1);
	NET_BUFFER *nb = NdisAllocateNetBuffer(nbs, chain, 0, 10);
	NET_BUFFER *none = NdisAllocateNetBuffer(nbs, NULL, 0, 0);
	ULONG n = 1;

	(void)state;
	assert_int_equal(
		NdisCopyFromNetBufferToNetBuffer(nb, UINT32_MAX, UINT32_MAX, nb, UINT32_MAX, &n),
		0);
	assert_int_equal(n, 0);
	assert_int_equal(NdisCopyFromNetBufferToNetBuffer(nb, 0, UINT32_MAX, nb, 0, &n), 0);
	assert_int_equal(n, 10);
	assert_int_equal(NdisCopyFromNetBufferToNetBuffer(none, 0, 10, nb, 0, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(NdisCopyFromNetBufferToNetBuffer(nb, 0, 10, none, 0, &n), 0);
	assert_int_equal(n, 0);
	NdisFreeNetBuffer(nb);
	NdisFreeNetBuffer(none);
	IoFreeMdl(chain);
}

static void
physical_count(void **state)
{
	static const ULONG len[] = {4000, 0, 4000};
	MDL *chain = chain_of(bytes[0], len, 3);
	NET_BUFFER *nb = NdisAllocateNetBuffer(nbs, chain, 0, 8000);

	(void)state;
	assert_int_equal(NdisQueryNetBufferPhysicalCount(nb), 3); /* 1 page; then 2 */
	NdisAdvanceNetBufferDataStart(nb, 4100, FALSE, NULL);
	assert_int_equal(NdisQueryNetBufferPhysicalCount(nb), 1);
	nb->DataLength = 0;
	assert_int_equal(NdisQueryNetBufferPhysicalCount(nb), 0);
	NdisFreeNetBuffer(nb);
	mdl_chain_free(chain);
}

/* R109 */
static void
adjust_current(void **state)
{
	static const ULONG len[] = {0, 10, 0, 20};
	MDL *chain = chain_of(bytes[0], len, 4);
	NET_BUFFER *nb = NdisAllocateNetBuffer(nbs, chain, 0, 30);
	ULONG off;

	(void)state;
	for (off = 0; off <= 30; off++) {
		nb->DataOffset = off;
		nb->DataLength = 30 - off;
		nb->CurrentMdl = NULL;
		NdisAdjustNetBufferCurrentMdl(nb);
		assert_window(nb);
	}
	nb->MdlChain = NULL;
	nb->DataOffset = nb->DataLength = 0;
	NdisAdjustNetBufferCurrentMdl(nb);
	assert_null(nb->CurrentMdl);
	NdisFreeNetBuffer(nb);
	mdl_chain_free(chain);
}

#define DATA_TEST(f) cmocka_unit_test_setup_teardown(f, up, down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DATA_TEST(get_buffer),
		DATA_TEST(get_buffer_alignment),
		DATA_TEST(unbuilt),
		DATA_TEST(copy_random),
		DATA_TEST(copy_limits),
		DATA_TEST(physical_count),
		DATA_TEST(adjust_current),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
