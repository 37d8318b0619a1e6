/* SPDX-License-Identifier: BSD-3-Clause */
/* R92..R96, R98..R100: clones and references, also in flight. */
#include <string.h>

#include "fixture.h"

static void
bytes_of(NET_BUFFER *nb, uint8_t *out, ULONG len)
{
	uint8_t *at = NdisGetDataBuffer(nb, len, out, 1, 0);

	assert_non_null(at);
	if (at != out)
		memcpy(out, at, len);
}

static uint64_t
live(void)
{
	uint64_t n;

	assert_int_equal(fwpdk_pool_usage(fx.pool, &n, NULL), 0);
	return n;
}

static void
r092_what_a_clone_is(void **state)
{
	struct pkt *p = PKT(.payload = 100, .nseg = 4, .seg = {10, 20, 30}, .lead = 7),
		   *c = pkt_clone(p);
	uint8_t b[200];
	MDL *m;
	unsigned i;

	(void)state;
	assert_ptr_equal(c->nbl->ParentNetBufferList, p->nbl);
	assert_int_equal(p->nbl->ChildRefCount, 1);
	assert_null(c->nbl->Context);
	assert_int_equal(c->nbl->FirstNetBuffer->DataLength, p->data_len);
	bytes_of(c->nbl->FirstNetBuffer, b, p->data_len);
	assert_memory_equal(b, p->ip, p->data_len);
	for (m = c->nbl->FirstNetBuffer->MdlChain; m != NULL; m = m->Next)
		for (i = 0; i < p->nmdl; i++)
			assert_ptr_not_equal(m, p->mdl[i]);
	pkt_free(c);
	assert_int_equal(p->nbl->ChildRefCount, 0);
	pkt_check_restored(p);
}

static void
r092_all_net_buffers_are_cloned(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(.payload = 77), *c;
	uint8_t b[200];

	(void)state;
	pkt_add_nb(p, q);
	c = pkt_clone(p);
	assert_non_null(c->nbl->FirstNetBuffer->Next);
	assert_null(c->nbl->FirstNetBuffer->Next->Next);
	assert_ptr_not_equal(c->nbl->FirstNetBuffer->Next, p->nbl->FirstNetBuffer->Next);
	bytes_of(c->nbl->FirstNetBuffer->Next, b, q->data_len);
	assert_memory_equal(b, q->ip, q->data_len);
}

static void
r093_clone_starts_at_the_present_data(void **state)
{
	struct pkt *p = PKT(.lead = 30), *c;
	NET_BUFFER *nb;

	(void)state;
	c = pkt_clone(p);
	nb = c->nbl->FirstNetBuffer;
	assert_int_equal(nb->DataOffset, 0);
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(nb->CurrentMdl, 0), p->ip);
	pkt_free(c);
	assert_status(NdisRetreatNetBufferDataStart(p->nbl->FirstNetBuffer, 14, 0, NULL), 0);
	c = pkt_clone(p);
	nb = c->nbl->FirstNetBuffer;
	assert_int_equal(nb->DataOffset, 0);
	assert_int_equal(nb->DataLength, p->data_len + 14);
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(nb->CurrentMdl, 0), p->ip - 14);
	pkt_free(c);
	NdisAdvanceNetBufferDataStart(p->nbl->FirstNetBuffer, 14, TRUE, NULL);
}

static void
r094_clone_shares_the_bytes(void **state)
{
	struct pkt *p = PKT(0), *c = pkt_clone(p);
	uint8_t *at = NdisGetDataBuffer(c->nbl->FirstNetBuffer, 20, NULL, 1, 0);

	(void)state;
	assert_non_null(at);
	at[8] = 33;
	assert_int_equal(p->ip[8], 33);
}

static void
r095_parent_lives_as_long_as_a_clone(void **state)
{
	struct pkt *p = PKT(.payload = 64), *c = pkt_clone(p), *d = pkt_clone(p);
	NET_BUFFER_LIST *parent = p->nbl;

	(void)state;
	assert_int_equal(parent->ChildRefCount, 2);
	pkt_free_nbl(p); /* the owner frees first */
	assert_int_equal(live(), 1);
	assert_ptr_equal(c->nbl->ParentNetBufferList, parent);
	pkt_free(c);
	assert_int_equal(parent->ChildRefCount, 1);
	assert_int_equal(live(), 1);
	assert_status(pkt_inject(d), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
	pkt_free(d);
	assert_int_equal(live(), 0);
}

static void
r096_changes_undone_before_the_free(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(0), *c;
	NET_BUFFER *second;

	(void)state;
	pkt_add_nb(p, q);
	c = pkt_clone(p);
	second = c->nbl->FirstNetBuffer->Next;
	c->nbl->FirstNetBuffer->Next = NULL; /* send the first one only */
	assert_status(pkt_inject(c), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
	assert_int_equal(fx_stats().packets, 1);
	c->nbl->FirstNetBuffer->Next = second;
	pkt_free(c);
	assert_int_equal(p->nbl->ChildRefCount, 0);
}

static void
r098_reference_outlives_the_owner(void **state)
{
	struct pkt *p = PKT(0);
	NET_BUFFER_LIST *nbl = p->nbl;

	(void)state;
	FwpsReferenceNetBufferList0(nbl, TRUE);
	FwpsReferenceNetBufferList0(nbl, FALSE);
	pkt_free_nbl(p);
	assert_int_equal(live(), 1);
	assert_int_equal(nbl->FirstNetBuffer->DataLength, p->data_len);
	FwpsDereferenceNetBufferList0(nbl, FALSE);
	assert_int_equal(live(), 1);
	FwpsDereferenceNetBufferList0(nbl, TRUE);
	assert_int_equal(live(), 0);
}

#if !defined(FWPDK_NBL_DEBUG) || !FWPDK_NBL_DEBUG /* which stops the process at such a fault */
static void
r098_one_dereference_too_many_is_harmless(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	FwpsReferenceNetBufferList0(p->nbl, FALSE);
	FwpsDereferenceNetBufferList0(p->nbl, FALSE);
	FwpsDereferenceNetBufferList0(p->nbl, FALSE); /* the client's fault */
	assert_int_equal(live(), 1);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
}
#endif

static void
r099_clone_then_drop_the_reference(void **state)
{
	struct pkt *p = PKT(0), *c;
	NET_BUFFER_LIST *nbl = p->nbl;

	(void)state;
	FwpsReferenceNetBufferList0(nbl, FALSE);
	c = pkt_clone(p);
	FwpsDereferenceNetBufferList0(nbl, FALSE);
	pkt_free_nbl(p);
	assert_int_equal(live(), 1);
	assert_status(pkt_inject(c), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
	assert_status(c->status, STATUS_SUCCESS);
	pkt_free(c);
	assert_int_equal(live(), 0);
}

static void
p04_parent_and_two_clones_in_flight(void **state)
{
	struct pkt *p = PKT(.payload = 200, .lead = 32, .nseg = 3, .seg = {60, 100}), *c[2],
		   *all[3];
	struct rte_mbuf *m[3];
	unsigned round, i;

	(void)state;
	c[0] = pkt_clone(p);
	c[1] = pkt_clone(p);
	for (round = 0; round < 6; round++) {
		all[round % 3] = p;
		all[(round + 1) % 3] = c[0];
		all[(round + 2) % 3] = c[1];
		for (i = 0; i < 3; i++)
			assert_status(pkt_inject(all[i]), STATUS_SUCCESS);
		fx_poll_n(3);
		assert_int_equal(fx_ring_rx(0, m, 3), 3);
		for (i = 0; i < 3; i++)
			fx_check_frame(m[i], 0, all[i]);
		/* live clones: nobody may write into the shared bytes or the backfill */
		assert_memory_equal(p->buf, p->copy, p->size);
		for (i = 0; i < 3; i++) {
			rte_pktmbuf_free(m[2 - i]);
			fx_poll_n(2);
			assert_int_equal(all[2 - i]->done, round + 1);
		}
	}
	pkt_check_restored(p);
}

static void
p05_read_only_backfill_is_left_alone(void **state)
{
	struct pkt *p = PKT(.lead = 32);
	struct rte_mbuf *m;

	(void)state;
	p->nbl->NblFlags |= NDIS_NBL_FLAGS_SEND_READ_ONLY;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(2);
	assert_int_equal(fx_ring_rx(0, &m, 1), 1);
	fx_check_frame(m, 0, p);
	rte_pktmbuf_free(m);
	assert_true(fx_poll_done(1));
	assert_memory_equal(p->buf, p->copy, p->size);
}

#define N(t) cmocka_unit_test_setup_teardown(t, fx_up_null, fx_down)
#define R(t) cmocka_unit_test_setup_teardown(t, fx_up_ring, fx_down)

static const struct CMUnitTest tests[] = {
	N(r092_what_a_clone_is),
	N(r092_all_net_buffers_are_cloned),
	N(r093_clone_starts_at_the_present_data),
	N(r094_clone_shares_the_bytes),
	N(r095_parent_lives_as_long_as_a_clone),
	N(r096_changes_undone_before_the_free),
	N(r098_reference_outlives_the_owner),
#if !defined(FWPDK_NBL_DEBUG) || !FWPDK_NBL_DEBUG
	N(r098_one_dereference_too_many_is_harmless),
#endif
	N(r099_clone_then_drop_the_reference),
	R(p04_parent_and_two_clones_in_flight),
	R(p05_read_only_backfill_is_left_alone),
};
FX_MAIN(tests)
