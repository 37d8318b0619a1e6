/* SPDX-License-Identifier: BSD-3-Clause */
/* Retreat and advance: R103..R106, R109, and a random walk against a flat array. */
#include "nbl_fixture.h"

static uint8_t buf[4096];
static NDIS_HANDLE nbs;

static MDL *
chain_of(const ULONG *len, unsigned n)
{
	MDL *first = NULL, **tail = &first;
	uint8_t *p = buf;
	unsigned i;

	for (i = 0; i < n; i++) {
		*tail = mdl_over(p, len[i]);
		tail = &(*tail)->Next;
		p += len[i];
	}
	return first;
}

static NET_BUFFER *
nb_over(MDL *chain, ULONG off, ULONG len)
{
	NET_BUFFER *nb = NdisAllocateNetBuffer(nbs, chain, off, len);

	assert_non_null(nb);
	return nb;
}

static int
up(void **state)
{
	unsigned i;
	int rc = nbl_up(state);

	for (i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)(i * 13 + i / 256);
	nbs = nb_pool();
	return rc;
}

static int
down(void **state)
{
	NdisFreeNetBufferPool(nbs);
	return nbl_down(state);
}

/* R103, R109: within the offset nothing but numbers changes */
static void
within(void **state)
{
	static const ULONG len[] = {10, 0, 20, 5, 0, 30};
	MDL *chain = chain_of(len, RTE_DIM(len));
	ULONG off, d;

	(void)state;
	for (off = 0; off <= 65; off++) {
		for (d = 0; d <= off; d++) {
			NET_BUFFER *nb = nb_over(chain, off, 65 - off);
			MDL *cur = nb->CurrentMdl;
			ULONG at = nb->CurrentMdlOffset;
			uint8_t s[65], *p;

			assert_int_equal(NdisRetreatNetBufferDataStart(nb, d, 0, NULL), 0);
			assert_int_equal(nb->DataOffset, off - d);
			assert_int_equal(nb->DataLength, 65 - off + d);
			assert_ptr_equal(nb->MdlChain, chain);
			assert_window(nb);
			if (nb->DataLength != 0) {
				p = NdisGetDataBuffer(nb, nb->DataLength, s, 1, 0);
				assert_memory_equal(p, buf + off - d, nb->DataLength);
			}
			NdisAdvanceNetBufferDataStart(nb, d, TRUE, NULL);
			assert_ptr_equal(nb->CurrentMdl, cur);
			assert_int_equal(nb->CurrentMdlOffset, at);
			assert_int_equal(nb->DataOffset, off);
			assert_int_equal(nb->DataLength, 65 - off);
			NdisFreeNetBuffer(nb);
		}
	}
	mdl_chain_free(chain);
}

/* R104, R105, R106: beyond the offset one MDL with room for delta + backfill comes in front */
static void
beyond(void **state)
{
	static const ULONG offs[] = {0, 1, 10, 29}, backs[] = {0, 1, 32};
	static const ULONG len[] = {30, 30};
	unsigned i, j;
	ULONG d;

	(void)state;
	for (i = 0; i < RTE_DIM(offs); i++) {
		for (j = 0; j < RTE_DIM(backs); j++) {
			for (d = offs[i] + 1; d < offs[i] + 60; d += 7) {
				MDL *chain = chain_of(len, 2);
				NET_BUFFER *nb = nb_over(chain, offs[i], 60 - offs[i]), was = *nb;
				uint8_t s[256], *p;

				assert_int_equal(
					NdisRetreatNetBufferDataStart(nb, d, backs[j], NULL),
					NDIS_STATUS_SUCCESS);
				assert_ptr_not_equal(nb->MdlChain, chain);
				assert_ptr_equal(nb->MdlChain->Next, chain);
				assert_true(nb->MdlChain->ByteCount >= d + backs[j]);
				assert_int_equal(nb->DataLength, was.DataLength + d);
				assert_int_equal(nb->DataOffset, backs[j] + offs[i]);
				assert_ptr_equal(nb->CurrentMdl, nb->MdlChain);
				assert_window(nb);
				p = NdisGetDataBuffer(nb, nb->DataLength, s, 1, 0);
				assert_memory_equal(p + d, buf + offs[i], was.DataLength);
				/* the bytes are the library's to write: a header goes in */
				p = MmGetSystemAddressForMdlSafe(
					nb->CurrentMdl, NormalPagePriority);
				memset(p + nb->CurrentMdlOffset, 0x77, d - offs[i]);
				if ((d & 1) != 0) {
					/* FALSE keeps it, a later TRUE takes it away */
					NdisAdvanceNetBufferDataStart(nb, d, FALSE, NULL);
					assert_ptr_not_equal(nb->MdlChain, chain);
					assert_window(nb);
					NdisRetreatNetBufferDataStart(nb, d, 0, NULL);
					assert_ptr_equal(nb->MdlChain->Next, chain);
				}
				NdisAdvanceNetBufferDataStart(nb, d, TRUE, NULL);
				assert_ptr_equal(nb->MdlChain, chain);
				assert_ptr_equal(nb->CurrentMdl, was.CurrentMdl);
				assert_int_equal(nb->CurrentMdlOffset, was.CurrentMdlOffset);
				assert_int_equal(nb->DataOffset, was.DataOffset);
				assert_int_equal(nb->DataLength, was.DataLength);
				assert_int_equal(nb->Reserved, 0);
				NdisFreeNetBuffer(nb);
				mdl_chain_free(chain);
			}
		}
	}
}

/* A packet without any MDL gets its data by retreating (segmenting clients). */
static void
empty_packet(void **state)
{
	NET_BUFFER *nb = nb_over(NULL, 0, 0), *other;
	ULONG copied;
	MDL *chain;
	static const ULONG len[] = {50, 50};

	(void)state;
	assert_int_equal(NdisRetreatNetBufferDataStart(nb, 1500, 16, NULL), NDIS_STATUS_SUCCESS);
	assert_int_equal(nb->DataLength, 1500);
	assert_int_equal(nb->DataOffset, 16);
	assert_window(nb);
	assert_non_null(NdisGetDataBuffer(nb, 1500, NULL, 1, 0));
	chain = chain_of(len, 2);
	other = nb_over(chain, 0, 100);
	assert_int_equal(NdisCopyFromNetBufferToNetBuffer(nb, 0, 100, other, 0, &copied), 0);
	assert_int_equal(copied, 100);
	/* then the client cuts it to what it needs */
	NET_BUFFER_CURRENT_MDL(nb)->ByteCount = 116;
	NET_BUFFER_DATA_LENGTH(nb) = 100;
	assert_memory_equal(NdisGetDataBuffer(nb, 100, NULL, 1, 0), buf, 100);
	NdisFreeNetBuffer(other);
	mdl_chain_free(chain);
	NdisFreeNetBuffer(nb); /* the MDL goes along */

	nb = nb_over(NULL, 0, 0);
	assert_int_equal(NdisRetreatNetBufferDataStart(nb, 100, 20, NULL), NDIS_STATUS_SUCCESS);
	NdisAdvanceNetBufferDataStart(nb, 100, TRUE, NULL);
	assert_null(nb->MdlChain);
	assert_null(nb->CurrentMdl);
	assert_int_equal(nb->DataOffset, 0);
	assert_int_equal(nb->CurrentMdlOffset, 0);
	NdisFreeNetBuffer(nb);
}

/* Clients free every MDL they find, or the list first: added MDLs survive both. */
static void
freed_in_front(void **state)
{
	static const ULONG len[] = {30};
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0);
	NET_BUFFER_LIST *nbl;
	MDL *chain;

	(void)state;
	chain = chain_of(len, 1);
	nbl = nbl_over(pool, chain, 0, 30);
	assert_int_equal(NdisRetreatNetBufferListDataStart(nbl, 20, 0, NULL), 0);
	assert_int_equal(NdisRetreatNetBufferListDataStart(nbl, 20, 0, NULL), 0);
	mdl_chain_free(nbl->FirstNetBuffer->MdlChain); /* chain included */
	FwpsFreeNetBufferList0(nbl);
	assert_int_equal(live_of(pool), 0);
	chain = chain_of(len, 1);
	nbl = nbl_over(pool, chain, 0, 30);
	assert_int_equal(NdisRetreatNetBufferListDataStart(nbl, 20, 0, NULL), 0);
	FwpsFreeNetBufferList0(nbl);
	IoFreeMdl(chain);
	NdisFreeNetBufferListPool(pool);
}

static unsigned given, taken;
static uint8_t handler_buf[4096];

static MDL *
give_mdl(ULONG *size)
{
	assert_true(*size <= sizeof(handler_buf));
	given++;
	return NdisAllocateMdl(NULL, handler_buf, *size);
}

static MDL *
give_short(ULONG *size)
{
	*size = 4;
	given++;
	return NdisAllocateMdl(NULL, handler_buf, 4);
}

static MDL *
give_none(ULONG *size)
{
	(void)size;
	return NULL;
}

static VOID
take_mdl(MDL *mdl)
{
	assert_ptr_equal(MmGetMdlVirtualAddress(mdl), handler_buf);
	taken++;
	NdisFreeMdl(mdl);
}

static void
handlers(void **state)
{
	static const ULONG len[] = {30};
	MDL *chain = chain_of(len, 1), *left;
	NET_BUFFER *nb = nb_over(chain, 10, 20);

	(void)state;
	given = taken = 0;
	assert_int_equal(NdisRetreatNetBufferDataStart(nb, 10, 0, give_mdl), 0);
	assert_int_equal(given, 0); /* not needed */
	assert_int_equal(NdisRetreatNetBufferDataStart(nb, 20, 8, give_mdl), 0);
	assert_int_equal(given, 1);
	assert_int_equal(nb->MdlChain->ByteCount, 28);
	assert_window(nb);
	/* a library MDL on top: each goes back where it came from */
	assert_int_equal(NdisRetreatNetBufferDataStart(nb, 20, 0, NULL), 0);
	assert_window(nb);
	NdisAdvanceNetBufferDataStart(nb, 40, TRUE, take_mdl);
	assert_int_equal(taken, 1);
	assert_ptr_equal(nb->MdlChain, chain);
	assert_window(nb);
	/* without the pair the MDL leaves the chain and stays the client's */
	assert_int_equal(NdisRetreatNetBufferDataStart(nb, 5, 0, give_mdl), 0);
	left = nb->MdlChain;
	NdisAdvanceNetBufferDataStart(nb, 5, TRUE, NULL);
	assert_int_equal(taken, 1);
	assert_ptr_equal(nb->MdlChain, chain);
	NdisFreeMdl(left);
	assert_int_equal(NdisRetreatNetBufferDataStart(nb, 5, 0, give_none), NDIS_STATUS_RESOURCES);
	assert_int_equal(nb->DataLength, 30);
	assert_ptr_equal(nb->MdlChain, chain);
	/* less than asked for: refused, the MDL stays as backfill until an advance */
	assert_int_equal(NdisRetreatNetBufferDataStart(nb, 5, 0, give_short), NDIS_STATUS_FAILURE);
	assert_int_equal(nb->DataLength, 30);
	assert_window(nb);
	NdisAdvanceNetBufferDataStart(nb, 0, TRUE, take_mdl);
	assert_int_equal(taken, 2);
	assert_ptr_equal(nb->MdlChain, chain);
	assert_window(nb);
	NdisFreeNetBuffer(nb);
	IoFreeMdl(chain);
}

static void
limits(void **state)
{
	static const ULONG len[] = {30};
	MDL *chain = chain_of(len, 1);
	NET_BUFFER *nb = nb_over(chain, 10, 20), was = *nb;

	(void)state;
	assert_int_equal(
		NdisRetreatNetBufferDataStart(nb, UINT32_MAX, 0, NULL), NDIS_STATUS_FAILURE);
	assert_int_equal(
		NdisRetreatNetBufferDataStart(nb, UINT32_MAX - 20, 100, NULL), NDIS_STATUS_FAILURE);
	assert_int_equal(
		NdisRetreatNetBufferDataStart(nb, 100, UINT32_MAX, NULL), NDIS_STATUS_FAILURE);
	assert_int_equal(
		NdisRetreatNetBufferDataStart(nb, 0xF0000000u, 0, NULL), NDIS_STATUS_RESOURCES);
	assert_memory_equal(nb, &was, sizeof(was));
#if !FWPDK_NBL_DEBUG
	NdisAdvanceNetBufferDataStart(nb, 1000, FALSE, NULL); /* stops at the end */
	assert_int_equal(nb->DataLength, 0);
	assert_int_equal(nb->DataOffset, 30);
	assert_window(nb);
#endif
	NdisFreeNetBuffer(nb);
	IoFreeMdl(chain);
}

/* All or none over a list. */
static void
list_forms(void **state)
{
	static const ULONG len[] = {40};
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0);
	NET_BUFFER_LIST *nbl = nbl_over(pool, chain_of(len, 1), 40, 0);
	MDL *hold[MDLS];
	NET_BUFFER *nb;
	unsigned n = 0;

	(void)state;
	nbl->FirstNetBuffer->Next = nb_over(chain_of(len, 1), 0, 40);
	nbl->FirstNetBuffer->Next->Next = nb_over(chain_of(len, 1), 8, 32);
	assert_int_equal(NdisRetreatNetBufferListDataStart(nbl, 16, 0, NULL), 0);
	for (nb = nbl->FirstNetBuffer; nb != NULL; nb = nb->Next)
		assert_window(nb);
	NdisAdvanceNetBufferListDataStart(nbl, 16, TRUE, NULL);
	while ((hold[n] = IoAllocateMdl(buf, 1, FALSE, FALSE, NULL)) != NULL)
		n++;
	IoFreeMdl(hold[--n]); /* enough for the second packet, not for the third */
	assert_int_equal(
		NdisRetreatNetBufferListDataStart(nbl, 16, 0, NULL), NDIS_STATUS_RESOURCES);
	for (nb = nbl->FirstNetBuffer; nb != NULL; nb = nb->Next) {
		assert_int_equal(nb->DataOffset + nb->DataLength, 40);
		assert_null(nb->MdlChain->Next);
		assert_window(nb);
	}
	assert_int_equal(nbl->FirstNetBuffer->DataOffset, 40);
	while (n != 0)
		IoFreeMdl(hold[--n]);
	while ((nb = nbl->FirstNetBuffer->Next) != NULL) {
		nbl->FirstNetBuffer->Next = nb->Next;
		mdl_chain_free(nb->MdlChain);
		NdisFreeNetBuffer(nb);
	}
	mdl_chain_free(nbl->FirstNetBuffer->MdlChain);
	FwpsFreeNetBufferList0(nbl);
	NdisFreeNetBufferListPool(pool);
}

static uint32_t seed = 12345;

static uint32_t
rnd(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)seed * n) >> 32);
}

/*
 * Oracle: the used bytes as a flat array that ends where the chain's window ends. Bytes
 * gained beyond what was there are written by the test itself.
 */
static void
random_walk(void **state)
{
	static uint8_t flat[8192], got[8192];
	unsigned round, step, i;

	(void)state;
	for (round = 0; round < 300; round++) {
		ULONG len[6], total = 0, off;
		unsigned n = 1 + rnd(6), end = sizeof(flat), start, low;
		NET_BUFFER *nb;
		MDL *chain;

		for (i = 0; i < n; i++)
			total += len[i] = rnd(4) == 0 ? 0 : rnd(100);
		chain = chain_of(len, n);
		for (i = 0; i < sizeof(buf); i++)
			buf[i] = (uint8_t)rnd(256);
		off = rnd(total + 1);
		nb = nb_over(chain, off, total - off);
		/* flat[low..end) is known: what is in the window or was in front of it */
		low = end - total;
		memcpy(flat + low, buf, total);
		start = low + off;
		for (step = 0; step < 60; step++) {
			uint32_t d = rnd(rnd(8) == 0 ? 300 : 40);

			if (rnd(2) != 0) {
				if (end - start + d > 4000)
					continue;
				assert_int_equal(
					NdisRetreatNetBufferDataStart(nb, d, rnd(20), NULL), 0);
				start -= d;
				/* what an added MDL reveals is unknown: write it, MDL by MDL */
				for (i = 0; start + i < low; i++) {
					uint32_t at = nb->CurrentMdlOffset + i;
					MDL *m = nb->CurrentMdl;

					while (at >= m->ByteCount) {
						at -= m->ByteCount;
						m = m->Next;
					}
					fwi_mdl_va(m)[at] = flat[start + i] = (uint8_t)rnd(256);
				}
				low = RTE_MIN(low, start);
			} else {
				uint32_t before = nb->DataOffset, used = nb->DataLength;

				d = RTE_MIN(d, used);
				start += d;
				NdisAdvanceNetBufferDataStart(nb, d, rnd(2) != 0, NULL);
				assert_int_equal(nb->DataLength, used - d);
				assert_true(nb->DataOffset <= before + d);
				/* freed MDLs take their bytes along */
				low = RTE_MAX(low, start - nb->DataOffset);
			}
			assert_window(nb);
			assert_int_equal(nb->DataLength, end - start);
			if (nb->DataLength != 0) {
				uint8_t *p = NdisGetDataBuffer(nb, nb->DataLength, got, 1, 0);

				assert_memory_equal(p, flat + start, nb->DataLength);
			}
		}
		NdisFreeNetBuffer(nb);
		mdl_chain_free(chain);
	}
}

#define WINDOW_TEST(f) cmocka_unit_test_setup_teardown(f, up, down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WINDOW_TEST(within),
		WINDOW_TEST(beyond),
		WINDOW_TEST(empty_packet),
		WINDOW_TEST(freed_in_front),
		WINDOW_TEST(handlers),
		WINDOW_TEST(limits),
		WINDOW_TEST(list_forms),
		WINDOW_TEST(random_walk),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
