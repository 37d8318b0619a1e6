/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/map/map.c: what the mapped chain says, and what is left of the client's bytes. */
#include "shape.h"

static struct mapq mq;

static int
setup(void **state)
{
	(void)state;
	mapq_make(&mq, 512);
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
map(struct shape *s, bool solo, struct fwi_mapped *out)
{
	struct fwi_ip ip;

	assert_true(fwi_ip_parse(s->nb, &ip));
	return fwi_map_nb(&mq.q, &s->l->nbl, s->nb, solo, &ip, &test_hop, out);
}

/* Segments that hold bytes of the packet, counted without the library. */
static unsigned
count_segments(const struct shape *s, uint32_t off, uint32_t total)
{
	unsigned i, n = 0;
	uint32_t at = 0;

	for (i = 0; i < s->n; i++) {
		uint32_t from = RTE_MAX(at, off),
			 to = RTE_MIN(at + s->mdl[i].ByteCount, off + total);

		n += from < to;
		at += s->mdl[i].ByteCount;
	}
	return n;
}

static void
test_random_shapes(void **state)
{
	static uint8_t bytes[4096], got[4096];
	uint32_t off, total, pad, len[12], n;
	struct fwi_mapped out;
	struct shape s;
	unsigned round, k, v, segs;
	bool lead;

	(void)state;
	for (round = 0; round < 10000; round++) {
		v = rnd(2) ? 4 : 6;
		off = rnd(50);
		total = (v == 4 ? 20 : 40) + rnd(1500);
		pad = rnd(30);
		k = 1 + rnd(12);
		memset(bytes, 0xee, off);
		packet_fill(bytes + off, v, total);
		memset(bytes + off + total, 0xdd, pad + 5);
		cut(len, k, off + total + pad + 5);
		s = shape_make(bytes, len, k, off, total + pad);
		lead = s.nb->CurrentMdlOffset >= 14;
		segs = count_segments(&s, off, total);
		/* the header alone at the end of an MDL is a segment as well */
		segs += !lead || s.nb->CurrentMdlOffset == s.nb->CurrentMdl->ByteCount;

		assert_int_equal(map(&s, true, &out), 0);
		assert_int_equal(out.len, total);
		assert_int_equal(out.refs, out.m->nb_segs);
		assert_int_equal(out.refs, segs);
		assert_int_equal(mq.q.nfree, mq.size - segs);
		n = chain_read(out.m, got, sizeof(got));
		assert_int_equal(n, 14 + total);
		assert_memory_equal(got, test_hop.l2, 14);
		assert_memory_equal(got + 14, bytes + off, total);
		shape_check_untouched(&s, lead ? test_hop.l2 : NULL);
		mapq_refill(&mq);
		shape_free(&s);
	}
	assert_int_equal(mq.q.linearised + mq.q.copied_memory + mq.q.copied, 0);
}

static void
test_tags(void **state)
{
	static const uint32_t one[] = {14 + 40}, two[] = {14 + 25, 15};
	uint8_t bytes[54];
	struct fwi_mapped out;
	struct rte_mbuf *m;
	struct shape s;
	unsigned solo;

	(void)state;
	packet_fill(bytes + 14, 4, 40);
	for (solo = 0; solo < 2; solo++) {
		s = shape_make(bytes, one, 1, 14, 40);
		assert_int_equal(map(&s, solo != 0, &out), 0);
		assert_int_equal(*fwi_tag(out.m), (uintptr_t)s.l | (solo ? 0 : FWI_TAG_PART));
		mapq_refill(&mq);
		shape_free(&s);

		s = shape_make(bytes, two, 2, 14, 40);
		assert_int_equal(map(&s, solo != 0, &out), 0);
		for (m = out.m; m != NULL; m = m->next)
			assert_int_equal(*fwi_tag(m), (uintptr_t)s.l | FWI_TAG_PART);
		mapq_refill(&mq);
		shape_free(&s);
	}
}

/* Every mbuf says what a driver needs, and its address is inside the client's buffer. */
static void
test_mbuf_fields(void **state)
{
	static const uint32_t len[] = {10, 30, 0, 24};
	uint8_t bytes[64];
	struct fwi_mapped out;
	struct rte_mbuf *m;
	struct shape s;

	(void)state;
	packet_fill(bytes, 4, 64);
	s = shape_make(bytes, len, 4, 0, 64);
	/* stale values of an earlier packet */
	for (unsigned i = 0; i < mq.size; i++) {
		mq.all[i]->ol_flags = ~UINT64_C(0);
		mq.all[i]->tx_offload = ~UINT64_C(0);
		mq.all[i]->data_off = 77;
	}
	assert_int_equal(map(&s, true, &out), 0);
	assert_int_equal(out.refs, 4);
	for (m = out.m; m != NULL; m = m->next) {
		assert_int_equal(m->ol_flags, 0);
		assert_int_equal(m->tx_offload, 0);
		assert_int_equal(rte_mbuf_refcnt_read(m), 1);
		assert_ptr_equal(m->pool, mq.pool);
		if (m != out.m)
			assert_int_equal(rte_mbuf_iova_get(m), (uintptr_t)m->buf_addr);
	}
	assert_ptr_equal(rte_pktmbuf_mtod(out.m->next, uint8_t *), fwi_mdl_va(&s.mdl[0]));
	assert_ptr_equal(rte_pktmbuf_mtod(out.m->next->next, uint8_t *), fwi_mdl_va(&s.mdl[1]));
	assert_ptr_equal(
		rte_pktmbuf_mtod(out.m->next->next->next, uint8_t *), fwi_mdl_va(&s.mdl[3]));
	assert_ptr_equal(out.m->buf_addr, rte_mbuf_to_priv(out.m));
	assert_int_equal(rte_mbuf_iova_get(out.m), rte_mem_virt2iova(out.m->buf_addr));
	mapq_refill(&mq);
	shape_free(&s);
}

/* Packets of the largest length: a segment has 16 bits. */
static void
test_large(void **state)
{
	static uint8_t bytes[70000], got[70000];
	static const uint32_t sizes[] = {65535, 65522, 65521, 65520, 40000};
	struct fwi_mapped out;
	struct shape s;
	uint32_t len[1], total;
	unsigned i, lead;

	(void)state;
	for (i = 0; i < RTE_DIM(sizes); i++) {
		for (lead = 0; lead <= 14; lead += 14) {
			total = sizes[i];
			packet_fill(bytes + lead, 4, total);
			len[0] = lead + total;
			s = shape_make(bytes, len, 1, lead, total);
			assert_int_equal(map(&s, true, &out), 0);
			assert_int_equal(chain_read(out.m, got, sizeof(got)), total + 14);
			assert_memory_equal(got + 14, bytes + lead, total);
			mapq_refill(&mq);
			shape_free(&s);
		}
	}
}

/* Several NBs of one list, one after the other from one free stack. */
static void
test_stack_order(void **state)
{
	static const uint32_t len[] = {14 + 20, 20};
	struct fwi_mapped a, b;
	uint8_t bytes[54];
	struct shape s;

	(void)state;
	packet_fill(bytes + 14, 4, 40);
	s = shape_make(bytes, len, 2, 14, 40);
	assert_int_equal(map(&s, false, &a), 0);
	assert_int_equal(map(&s, false, &b), 0);
	assert_ptr_equal(a.m, mq.all[mq.size - 1]);
	assert_ptr_equal(a.m->next, mq.all[mq.size - 2]);
	assert_ptr_equal(b.m, mq.all[mq.size - 3]);
	assert_ptr_equal(b.m->next, mq.all[mq.size - 4]);
	assert_null(a.m->next->next);
	assert_null(b.m->next->next);
	mapq_refill(&mq);
	shape_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_shapes),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_mbuf_fields),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_stack_order),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, setup, teardown);
}
