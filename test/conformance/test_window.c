/* SPDX-License-Identifier: BSD-3-Clause */
/* Section H: the window of a NET_BUFFER. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static NET_BUFFER *
nb_of(const struct pkt *p)
{
	return p->nbl->FirstNetBuffer;
}

/* R109, at any time. */
static void
check_current(NET_BUFFER *nb)
{
	MDL *mdl = nb->CurrentMdl;
	ULONG off = nb->CurrentMdlOffset;

	NdisAdjustNetBufferCurrentMdl(nb);
	assert_ptr_equal(nb->CurrentMdl, mdl);
	assert_int_equal(nb->CurrentMdlOffset, off);
}

static void
check_bytes(NET_BUFFER *nb, const uint8_t *want, ULONG len)
{
	uint8_t b[3000], *at = NdisGetDataBuffer(nb, len, b, 1, 0);

	assert_non_null(at);
	assert_memory_equal(at, want, len);
}

static void
r103_retreat_into_backfill(void **state)
{
	struct pkt *p = PKT(.lead = 40, .nseg = 3, .seg = {20, 30}, .cut_lead = true);
	NET_BUFFER *nb = nb_of(p);
	unsigned d;

	(void)state;
	for (d = 0; d <= 40; d++) {
		assert_status(NdisRetreatNetBufferDataStart(nb, d, 0, NULL), NDIS_STATUS_SUCCESS);
		assert_int_equal(nb->DataOffset, 40 - d);
		assert_int_equal(nb->DataLength, p->data_len + d);
		assert_ptr_equal(nb->MdlChain, p->mdl[0]);
		check_current(nb);
		check_bytes(nb, p->ip - d, p->data_len + d);
		NdisAdvanceNetBufferDataStart(nb, d, TRUE, NULL);
		check_current(nb);
		pkt_check_restored(p);
	}
}

static void
r104_retreat_beyond_backfill(void **state)
{
	unsigned lead[] = {0, 5}, delta[] = {6, 14, 40, 500}, fill[] = {0, 16}, i, k, f;

	(void)state;
	for (i = 0; i < 2; i++) {
		for (k = 0; k < RTE_DIM(delta); k++) {
			for (f = 0; f < 2; f++) {
				struct pkt *p = PKT(.lead = lead[i], .nseg = 2, .seg = {30});
				NET_BUFFER *nb = nb_of(p);
				ULONG d = delta[k];

				assert_status(
					NdisRetreatNetBufferDataStart(nb, d, fill[f], NULL), 0);
				assert_int_equal(nb->DataLength, p->data_len + d);
				assert_ptr_not_equal(nb->MdlChain, p->mdl[0]);
				assert_ptr_equal(nb->MdlChain->Next, p->mdl[0]);
				assert_true(nb->DataOffset >= fill[f]);
				check_current(nb);
				NdisAdvanceNetBufferDataStart(nb, d, TRUE, NULL); /* R105, R106 */
				check_current(nb);
				pkt_check_restored(p);
			}
		}
	}
}

static void
r105_advance_without_free_keeps_the_mdl(void **state)
{
	struct pkt *p = PKT(0);
	NET_BUFFER *nb = nb_of(p);
	MDL *added;

	(void)state;
	assert_status(NdisRetreatNetBufferDataStart(nb, 20, 0, NULL), 0);
	added = nb->MdlChain;
	NdisAdvanceNetBufferDataStart(nb, 20, FALSE, NULL);
	assert_ptr_equal(nb->MdlChain, added);
	assert_int_equal(nb->DataLength, p->data_len);
	assert_true(nb->DataOffset >= 20);
	check_current(nb);
	check_bytes(nb, p->ip, p->data_len);
	assert_status(NdisRetreatNetBufferDataStart(nb, 20, 0, NULL), 0); /* used again */
	assert_ptr_equal(nb->MdlChain, added);
	NdisAdvanceNetBufferDataStart(nb, 20, TRUE, NULL);
	pkt_check_restored(p);
}

static unsigned handed_out;

static MDL *
my_alloc(ULONG *size)
{
	uint8_t *d = malloc(*size);
	MDL *m = IoAllocateMdl(d, *size, FALSE, FALSE, NULL);

	assert_non_null(m);
	MmBuildMdlForNonPagedPool(m);
	handed_out++;
	return m;
}

static VOID
my_free(MDL *m)
{
	handed_out--;
	free(MmGetSystemAddressForMdlSafe(m, 0));
	IoFreeMdl(m);
}

static void
r104_client_allocator(void **state)
{
	struct pkt *p = PKT(.lead = 3);

	(void)state;
	assert_status(NdisRetreatNetBufferDataStart(nb_of(p), 30, 8, my_alloc), 0);
	assert_int_equal(handed_out, 1);
	NdisAdvanceNetBufferDataStart(nb_of(p), 30, TRUE, my_free);
	assert_int_equal(handed_out, 0);
	pkt_check_restored(p);
}

static void
r106_random_retreats_and_advances(void **state)
{
	unsigned i, k, n;

	(void)state;
	srand(3);
	for (i = 0; i < 400; i++) {
		struct pkt *p = PKT(.lead = (unsigned)rand() % 30, .nseg = 1 + (unsigned)rand() % 5,
			.seg = {(unsigned)rand() % 40, 0, 5, (unsigned)rand() % 9});
		ULONG d[6];

		n = 1 + (unsigned)rand() % 6;
		for (k = 0; k < n; k++) {
			d[k] = (ULONG)rand() % 50;
			assert_status(NdisRetreatNetBufferDataStart(nb_of(p), d[k], 0, NULL), 0);
			check_current(nb_of(p));
		}
		while (n-- > 0) {
			NdisAdvanceNetBufferDataStart(nb_of(p), d[n], TRUE, NULL);
			check_current(nb_of(p));
		}
		pkt_check_restored(p);
		pkt_free(p);
	}
}

static void
r109_adjust_computes_the_current_mdl(void **state)
{
	struct pkt *p = PKT(.payload = 72, .nseg = 5, .seg = {10, 0, 30, 1});
	NET_BUFFER *nb = nb_of(p);
	ULONG off;

	(void)state;
	for (off = 0; off < 100; off++) {
		nb->DataOffset = off;
		nb->DataLength = 100 - off;
		nb->CurrentMdl = NULL;
		nb->CurrentMdlOffset = 12345;
		NdisAdjustNetBufferCurrentMdl(nb);
		assert_ptr_equal(nb->CurrentMdl, p->mdl[off < 10    ? 0
							 : off < 40 ? 2
							 : off < 41 ? 3
								    : 4]);
		assert_int_equal(nb->CurrentMdlOffset, off < 10	  ? off
						       : off < 40 ? off - 10
						       : off < 41 ? off - 40
								  : off - 41);
		check_bytes(nb, p->ip + off, 100 - off);
	}
}

static void
r107_get_data_buffer(void **state)
{
	struct pkt *p = PKT(.nseg = 3, .seg = {20, 8});
	NET_BUFFER *nb = nb_of(p);
	uint8_t b[100];

	(void)state;
	assert_null(NdisGetDataBuffer(nb, p->data_len + 1, b, 1, 0));
	assert_ptr_equal(NdisGetDataBuffer(nb, 20, NULL, 1, 0), p->ip);
	assert_ptr_equal(NdisGetDataBuffer(nb, 20, b, 1, 0), p->ip);
	assert_null(NdisGetDataBuffer(nb, 21, NULL, 1, 0));
	assert_ptr_equal(NdisGetDataBuffer(nb, 40, b, 1, 0), b);
	assert_memory_equal(b, p->ip, 40);
	assert_ptr_equal(NdisGetDataBuffer(nb, p->data_len, b, 1, 0), b);
	assert_memory_equal(b, p->ip, p->data_len);
	/* wanted alignment that the address does not have */
	assert_ptr_equal(NdisGetDataBuffer(nb, 8, b, 16, ((uintptr_t)p->ip + 1) & 15), b);
	assert_null(NdisGetDataBuffer(nb, 8, NULL, 16, ((uintptr_t)p->ip + 1) & 15));
	assert_ptr_equal(NdisGetDataBuffer(nb, 8, NULL, 16, (uintptr_t)p->ip & 15), p->ip);
}

static void
r108_partial_copy_is_success(void **state)
{
	struct pkt *d = PKT(.payload = 72, .lead = 10, .nseg = 3, .seg = {30, 10}); /* 100 bytes */
	struct pkt *s = PKT(.payload = 22, .nseg = 2, .seg = {7});		    /* 50 bytes */
	ULONG n = 77;

	(void)state;
	assert_status(NdisCopyFromNetBufferToNetBuffer(nb_of(d), 5, 20, nb_of(s), 10, &n), 0);
	assert_int_equal(n, 20);
	assert_memory_equal(d->ip + 5, s->ip + 10, 20);
	assert_memory_equal(d->ip, d->copy + d->lead, 5);
	assert_memory_equal(d->ip + 25, d->copy + d->lead + 25, 75);
	assert_status(NdisCopyFromNetBufferToNetBuffer(nb_of(d), 0, 90, nb_of(s), 10, &n), 0);
	assert_int_equal(n, 40); /* the source ended */
	assert_status(NdisCopyFromNetBufferToNetBuffer(nb_of(d), 90, 50, nb_of(s), 0, &n), 0);
	assert_int_equal(n, 10); /* the destination's MDLs ended */
	assert_int_equal(nb_of(d)->DataLength, 100);
	assert_int_equal(nb_of(d)->DataOffset, 10);
}

static void
r104_retreated_list_is_sent_from_its_new_start(void **state)
{
	struct pkt *p = PKT(.payload = 100), *q = PKT(.payload = 100);
	struct rte_mbuf *m;
	uint8_t frame[200], *at, room[20];

	(void)state;
	/* Strip the IP header, retreat without backfill, write it anew: what ddproxy does. */
	NdisAdvanceNetBufferDataStart(nb_of(p), 20, FALSE, NULL);
	assert_int_equal(nb_of(p)->DataOffset, 20);
	assert_status(NdisRetreatNetBufferDataStart(nb_of(p), 20, 0, NULL), 0);
	pkt_free(p);
	NdisAdvanceNetBufferDataStart(nb_of(q), 20, FALSE, NULL);
	q->nbl->FirstNetBuffer->MdlChain->ByteOffset += 20; /* the header is gone from the MDL */
	q->nbl->FirstNetBuffer->MdlChain->ByteCount -= 20;
	q->nbl->FirstNetBuffer->MdlChain->MappedSystemVa = q->ip + 20;
	nb_of(q)->DataOffset = 0;
	NdisAdjustNetBufferCurrentMdl(nb_of(q));
	assert_status(NdisRetreatNetBufferDataStart(nb_of(q), 20, 0, NULL), 0);
	at = NdisGetDataBuffer(nb_of(q), 20, NULL, 1, 0);
	assert_non_null(at);
	memcpy(at, q->copy, 20);
	assert_ptr_equal(NdisGetDataBuffer(nb_of(q), 20, room, 1, 0), at);
	assert_status(pkt_inject(q), STATUS_SUCCESS);
	fx_poll_n(2);
	assert_int_equal(fx_ring_rx(0, &m, 1), 1);
	assert_int_equal(fx_mbuf_read(m, frame, sizeof(frame)), q->ip_len + 14);
	assert_memory_equal(frame + 14, q->copy, q->ip_len);
	rte_pktmbuf_free(m);
	assert_true(fx_poll_done(1));
	NdisAdvanceNetBufferDataStart(nb_of(q), 20, TRUE, NULL);
	assert_ptr_equal(nb_of(q)->MdlChain, q->mdl[0]);
}

#define N(t) cmocka_unit_test_setup_teardown(t, fx_up_bare, fx_down)
#define R(t) cmocka_unit_test_setup_teardown(t, fx_up_ring, fx_down)

static const struct CMUnitTest tests[] = {
	N(r103_retreat_into_backfill),
	N(r104_retreat_beyond_backfill),
	N(r104_client_allocator),
	N(r105_advance_without_free_keeps_the_mdl),
	N(r106_random_retreats_and_advances),
	N(r109_adjust_computes_the_current_mdl),
	N(r107_get_data_buffer),
	N(r108_partial_copy_is_success),
	R(r104_retreated_list_is_sent_from_its_new_start),
};
FX_MAIN(tests)
