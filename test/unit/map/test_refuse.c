/* SPDX-License-Identifier: BSD-3-Clause */
/* What mapping refuses or does another way: MTU, bad chains, too few mbufs, long chains. */
#include <errno.h>

#include "shape.h"

static struct mapq mq;

static int
setup(void **state)
{
	(void)state;
	mapq_make(&mq, 64);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	mapq_end(&mq);
	return 0;
}

static int
map_hop(struct shape *s, const struct fwi_hop *hop, struct fwi_mapped *out)
{
	struct fwi_ip ip;

	assert_true(fwi_ip_parse(s->nb, &ip));
	return fwi_map_nb(&mq.q, &s->l->nbl, s->nb, true, &ip, hop, out);
}

static void
test_mtu(void **state)
{
	static uint8_t bytes[14 + 1500];
	static const uint32_t len[] = {14 + 1500};
	struct fwi_hop hop = test_hop;
	struct fwi_mapped out;
	struct shape s;
	unsigned copy;

	(void)state;
	packet_fill(bytes + 14, 4, 1500);
	s = shape_make(bytes, len, 1, 14, 1500);
	for (copy = 0; copy < 2; copy++) {
		mq.q.copy_mode = copy != 0;
		hop.mtu = 1499;
		assert_int_equal(map_hop(&s, &hop, &out), STATUS_INVALID_BUFFER_SIZE);
		assert_int_equal(mq.q.nfree, mq.size);
		shape_check_untouched(&s, NULL);
	}
	mq.q.copy_mode = false;
	hop.mtu = 1500;
	assert_int_equal(map_hop(&s, &hop, &out), 0);
	mapq_refill(&mq);
	shape_free(&s);
}

/* With every number of free mbufs below what is needed: refused, and nothing changed. */
static void
test_no_mbufs(void **state)
{
	uint8_t bytes[14 + 100];
	uint32_t len[5] = {14 + 20, 20, 20, 20, 20};
	struct fwi_mapped out;
	struct shape s;
	unsigned have, i, lead, need;
	struct fwi_mapq before;

	(void)state;
	packet_fill(bytes + 14, 4, 100);
	for (lead = 0; lead < 2; lead++) {
		s = shape_make(bytes, len, 5, 14, 100);
		s.l->nbl.NblFlags = lead ? 0 : NDIS_NBL_FLAGS_SEND_READ_ONLY;
		need = lead ? 5 : 6;
		for (have = 0; have < need; have++) {
			mq.q.nfree = have;
			before = mq.q;
			assert_int_equal(map_hop(&s, &test_hop, &out), -ENOBUFS);
			assert_memory_equal(&before, &mq.q, sizeof(before));
			assert_memory_equal(mq.free, mq.all, mq.size * sizeof(mq.all[0]));
			for (i = 0; i < mq.size; i++) {
				assert_null(mq.all[i]->next);
				assert_int_equal(mq.all[i]->nb_segs, 1);
			}
			shape_check_untouched(&s, NULL);
		}
		mq.q.nfree = need;
		assert_int_equal(map_hop(&s, &test_hop, &out), 0);
		assert_int_equal(mq.q.nfree, 0);
		mapq_refill(&mq);
		shape_free(&s);
	}
}

/* Longer chains than the port takes are copied, and only those. */
static void
test_linearise(void **state)
{
	uint8_t bytes[14 + 120], got[200];
	uint32_t len[6] = {14 + 20, 20, 20, 20, 20, 20};
	struct fwi_mapped out;
	struct shape s;
	uint64_t n;
	unsigned max, lead, need;

	(void)state;
	packet_fill(bytes + 14, 4, 120);
	for (lead = 0; lead < 2; lead++) {
		s = shape_make(bytes, len, 6, 14, 120);
		s.l->nbl.NblFlags = lead ? 0 : NDIS_NBL_FLAGS_SEND_READ_ONLY;
		need = lead ? 6 : 7;
		for (max = 1; max <= 8; max++) {
			mq.q.max_segs = (uint16_t)max;
			n = mq.q.linearised;
			assert_int_equal(map_hop(&s, &test_hop, &out), 0);
			assert_int_equal(mq.q.linearised - n, max < need);
			assert_int_equal(out.refs, max < need ? 0 : need);
			assert_true(out.m->nb_segs <= max);
			assert_int_equal(out.len, 120);
			assert_int_equal(chain_read(out.m, got, sizeof(got)), 134);
			assert_memory_equal(got, test_hop.l2, 14);
			assert_memory_equal(got + 14, bytes + 14, 120);
			shape_check_untouched(&s, lead && max >= need ? test_hop.l2 : NULL);
			if (out.refs == 0) {
				assert_int_equal(mq.q.nfree, mq.size);
				assert_null(mq.all[mq.size - 1]->next);
				rte_pktmbuf_free(out.m);
			}
			mapq_refill(&mq);
		}
		shape_free(&s);
	}
	mq.q.max_segs = 64;
}

/* The chain became shorter, or a ring, after it was checked. */
static void
test_bad_chain(void **state)
{
	uint8_t bytes[14 + 60];
	uint32_t len[3] = {14 + 20, 20, 20};
	struct fwi_mapped out;
	struct fwi_ip ip;
	struct shape s;
	unsigned i;

	(void)state;
	packet_fill(bytes + 14, 4, 60);
	s = shape_make(bytes, len, 3, 14, 60);
	assert_true(fwi_ip_parse(s.nb, &ip));
	ip.hdr = bytes + 14;
	s.mdl[1].Next = NULL;
	assert_int_equal(fwi_map_nb(&mq.q, &s.l->nbl, s.nb, true, &ip, &test_hop, &out),
		STATUS_INVALID_PARAMETER);
	s.mdl[1].ByteCount = 0;
	s.mdl[1].Next = &s.mdl[1];
	assert_int_equal(fwi_map_nb(&mq.q, &s.l->nbl, s.nb, true, &ip, &test_hop, &out),
		STATUS_INVALID_PARAMETER);
	mq.q.copy_mode = true;
	assert_int_equal(fwi_map_nb(&mq.q, &s.l->nbl, s.nb, true, &ip, &test_hop, &out),
		STATUS_INVALID_PARAMETER);
	mq.q.copy_mode = false;
	s.mdl[1].ByteCount = 20;
	s.mdl[1].Next = &s.mdl[2];
	assert_int_equal(mq.q.nfree, mq.size);
	for (i = 0; i < mq.size; i++)
		assert_null(mq.all[i]->next);
	shape_check_untouched(&s, NULL);
	assert_int_equal(fwi_map_nb(&mq.q, &s.l->nbl, s.nb, true, &ip, &test_hop, &out), 0);
	mapq_refill(&mq);
	shape_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mtu),
		cmocka_unit_test(test_no_mbufs),
		cmocka_unit_test(test_linearise),
		cmocka_unit_test(test_bad_chain),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, setup, teardown);
}
