/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/map/copy.c: every size, over several mbufs, all or nothing. */
#include <errno.h>

#include "shape.h"

static struct mapq mq;
static uint8_t bytes[20 + 65535], got[14 + 65535];

static int
setup(void **state)
{
	(void)state;
	mapq_make(&mq, 64);
	mq.q.copy_mode = true;
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
copy(struct shape *s, struct fwi_mapped *out)
{
	struct fwi_ip ip;

	assert_true(fwi_ip_parse(s->nb, &ip));
	return fwi_map_nb(&mq.q, &s->l->nbl, s->nb, true, &ip, &test_hop, out);
}

static void
check_size(uint32_t total, unsigned nmdl)
{
	uint32_t off = rnd(20), pad = rnd(9), len[8];
	struct fwi_mapped out;
	struct shape s;

	if (off + total + pad > sizeof(bytes))
		pad = 0;
	packet_fill(bytes + off, 4, total);
	cut(len, nmdl, off + total + pad);
	s = shape_make(bytes, len, nmdl, off, total + pad);
	assert_int_equal(copy(&s, &out), 0);
	assert_int_equal(out.refs, 0);
	assert_int_equal(out.len, total);
	assert_int_equal(chain_read(out.m, got, sizeof(got)), total + 14);
	assert_memory_equal(got, test_hop.l2, 14);
	assert_memory_equal(got + 14, bytes + off, total);
	assert_int_equal(out.m->nb_segs, (total + 14 + 2047) / 2048);
	assert_int_equal(mq.q.nfree, mq.size);
	shape_check_untouched(&s, NULL);
	rte_pktmbuf_free(out.m);
	assert_int_equal(rte_mempool_avail_count(mq.q.copy_pool), 127);
	shape_free(&s);
}

static void
test_sizes(void **state)
{
	static const uint32_t sizes[] = {
		20, 21, 60, 1500, 2033, 2034, 2035, 4081, 4082, 4083, 9000, 65521, 65522, 65535};
	uint64_t before = mq.q.copied;
	unsigned i;

	(void)state;
	for (i = 0; i < RTE_DIM(sizes); i++) {
		check_size(sizes[i], 1);
		check_size(sizes[i], 8);
	}
	for (i = 0; i < 300; i++)
		check_size(20 + rnd(65535 - 20), 1 + rnd(8));
	assert_int_equal(mq.q.copied - before, 2 * RTE_DIM(sizes) + 300);
}

/* A copy longer than the port's chains is refused for good; at the limit it is not. */
static void
test_max_segs(void **state)
{
	uint32_t total, len[1];
	struct fwi_mapped out;
	struct shape s;

	(void)state;
	for (total = 4070; total < 4095; total++) {
		packet_fill(bytes, 4, total);
		len[0] = total;
		s = shape_make(bytes, len, 1, 0, total);
		mq.q.max_segs = 2;
		if (total + 14 <= 4096) {
			assert_int_equal(copy(&s, &out), 0);
			assert_int_equal(out.m->nb_segs, 2);
			rte_pktmbuf_free(out.m);
		} else {
			assert_int_equal(copy(&s, &out), STATUS_INVALID_BUFFER_SIZE);
		}
		shape_free(&s);
	}
	mq.q.max_segs = 64;
}

static void
test_pool_empty(void **state)
{
	uint32_t len[1] = {5000};
	struct rte_mbuf *taken[127];
	struct fwi_mapped out;
	struct shape s;

	(void)state;
	packet_fill(bytes, 4, 5000);
	s = shape_make(bytes, len, 1, 0, 5000);
	assert_int_equal(rte_mempool_get_bulk(mq.q.copy_pool, (void **)taken, 125), 0);
	assert_int_equal(copy(&s, &out), -ENOBUFS); /* two are not enough */
	assert_int_equal(rte_mempool_avail_count(mq.q.copy_pool), 2);
	rte_mempool_put_bulk(mq.q.copy_pool, (void **)taken, 125);
	assert_int_equal(copy(&s, &out), 0);
	rte_pktmbuf_free(out.m);
	shape_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_max_segs),
		cmocka_unit_test(test_pool_empty),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, setup, teardown);
}
