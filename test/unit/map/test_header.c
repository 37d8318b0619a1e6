/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the Ethernet header goes: offered backfill, and every case that is not offered. */
#include "shape.h"

static struct mapq mq;
static uint8_t bytes[20 + 40];

static int
setup(void **state)
{
	(void)state;
	mapq_make(&mq, 64);
	memset(bytes, 0xee, 20);
	packet_fill(bytes + 20, 4, 40);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	mapq_end(&mq);
	return 0;
}

/* Map; fails unless the header went where it should. */
static void
expect(struct shape *s, bool backfill)
{
	uint64_t before = mq.q.header_mbufs;
	struct fwi_mapped out;
	struct fwi_ip ip;
	uint8_t got[100];

	assert_true(fwi_ip_parse(s->nb, &ip));
	assert_int_equal(fwi_map_nb(&mq.q, &s->l->nbl, s->nb, false, &ip, &test_hop, &out), 0);
	assert_int_equal(chain_read(out.m, got, sizeof(got)), 54);
	assert_memory_equal(got, test_hop.l2, 14);
	assert_memory_equal(got + 14, bytes + 20, 40);
	assert_int_equal(mq.q.header_mbufs - before, !backfill);
	assert_int_equal(out.refs, backfill ? 1 : 2);
	shape_check_untouched(s, backfill ? test_hop.l2 : NULL);
	mapq_refill(&mq);
}

static struct shape
plain(void)
{
	static const uint32_t len[] = {60};

	return shape_make(bytes, len, 1, 20, 40);
}

static void
test_offered(void **state)
{
	struct shape s = plain();

	(void)state;
	expect(&s, true);
	shape_free(&s);
}

static void
test_clone(void **state)
{
	struct shape s = plain(), parent = plain();

	(void)state;
	s.l->nbl.ParentNetBufferList = &parent.l->nbl;
	expect(&s, false);
	s.l->nbl.ParentNetBufferList = NULL;
	s.l->nbl.ChildRefCount = 1;
	expect(&s, false);
	s.l->nbl.ChildRefCount = 0;
	expect(&s, true);
	shape_free(&s);
	shape_free(&parent);
}

static void
test_read_only(void **state)
{
	struct shape s = plain();

	(void)state;
	s.l->nbl.NblFlags = NDIS_NBL_FLAGS_SEND_READ_ONLY;
	expect(&s, false);
	s.l->nbl.NblFlags = NDIS_NBL_FLAGS_RECV_READ_ONLY | NDIS_NBL_FLAGS_IS_IPV4;
	expect(&s, true);
	shape_free(&s);
}

/* Backfill of every size; the part in an MDL before the current one does not count. */
static void
test_amount(void **state)
{
	uint32_t len[2], lead;
	struct shape s;

	(void)state;
	for (lead = 0; lead <= 20; lead++) {
		len[0] = 20 - lead;
		len[1] = lead + 40;
		s = shape_make(bytes, len, 2, 20, 40);
		expect(&s, lead >= 14);
		shape_free(&s);
	}
	/* CurrentMdlOffset alone is not enough: the bytes are not in front of the window */
	s = plain();
	s.nb->DataOffset = 13;
	expect(&s, false);
	s.nb->DataOffset = 20;
	shape_free(&s);
}

/* A second NB over the same MDL, in every position of the list. */
static void
test_shared_mdl(void **state)
{
	struct shape s = plain(), o = plain();
	NET_BUFFER other = *s.nb;
	MDL chain[20];
	unsigned i;

	(void)state;
	s.nb->Next = &other; /* behind */
	expect(&s, false);
	s.nb->Next = NULL;
	other.Next = s.nb; /* before */
	s.l->nbl.FirstNetBuffer = &other;
	expect(&s, false);

	other.MdlChain = o.mdl; /* not shared */
	expect(&s, true);

	/* shared by the last MDL of the other's chain, even outside its window */
	memcpy(s.before + 6, test_hop.l2, 14);
	memcpy(fwi_mdl_va(&s.mdl[0]), s.before, 60);
	for (i = 0; i < 3; i++)
		chain[i] = *mdl_set(&chain[i], bytes, 1);
	chain[0].Next = &chain[1];
	chain[1].Next = &chain[2];
	chain[2].Next = s.nb->CurrentMdl;
	other.MdlChain = chain;
	expect(&s, false);

	/* a ring of MDLs elsewhere: bounded, and then rather a header mbuf */
	chain[2].Next = chain;
	expect(&s, false);

	s.l->nbl.FirstNetBuffer = s.nb;
	shape_free(&s);
	shape_free(&o);
}

static void
test_long_list(void **state)
{
	struct shape s = plain(), o = plain();
	NET_BUFFER nb[40];
	unsigned i;

	(void)state;
	for (i = 0; i < 40; i++) {
		nb[i] = *o.nb;
		nb[i].Next = i == 39 ? NULL : &nb[i + 1];
	}
	s.nb->Next = &nb[39];
	expect(&s, true);
	/* whichever way a long list is treated, the sharer at its end is noticed */
	nb[39].MdlChain = s.nb->CurrentMdl;
	s.nb->Next = &nb[0];
	memcpy(s.before + 6, test_hop.l2, 14);
	expect(&s, false);
	s.nb->Next = NULL;
	shape_free(&s);
	shape_free(&o);
}

/* Header in backfill at the very end of an MDL, data in the next one. */
static void
test_backfill_in_own_mdl(void **state)
{
	static const uint32_t len[] = {20, 40};
	struct shape s = shape_make(bytes, len, 2, 20, 40);
	struct fwi_mapped out;
	struct fwi_ip ip;
	uint8_t got[100];

	(void)state;
	s.nb->CurrentMdl = &s.mdl[0];
	s.nb->CurrentMdlOffset = 20;
	assert_true(fwi_ip_parse(s.nb, &ip));
	assert_int_equal(fwi_map_nb(&mq.q, &s.l->nbl, s.nb, true, &ip, &test_hop, &out), 0);
	assert_int_equal(chain_read(out.m, got, sizeof(got)), 54);
	assert_memory_equal(got, test_hop.l2, 14);
	assert_memory_equal(got + 14, bytes + 20, 40);
	assert_int_equal(out.refs, 2);
	shape_check_untouched(&s, test_hop.l2);
	mapq_refill(&mq);
	shape_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offered),
		cmocka_unit_test(test_clone),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_amount),
		cmocka_unit_test(test_shared_mdl),
		cmocka_unit_test(test_long_list),
		cmocka_unit_test(test_backfill_in_own_mdl),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, setup, teardown);
}
