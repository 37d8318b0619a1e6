/* SPDX-License-Identifier: BSD-3-Clause */
/* The flow hash: one value per flow, whatever the shape; one per datagram. */
#include "shape.h"

static uint32_t
hash_of(const uint8_t *bytes, const uint32_t *len, unsigned n, uint32_t size)
{
	struct shape s = shape_make(bytes, len, n, 0, size);
	struct fwi_ip ip;
	uint32_t h;

	assert_true(fwi_ip_parse(s.nb, &ip));
	h = fwi_ip_flow_hash(s.nb, &ip);
	shape_free(&s);
	return h;
}

static uint32_t
flat_hash(const uint8_t *bytes, uint32_t size)
{
	return hash_of(bytes, &size, 1, size);
}

static void
test_split_independent(void **state)
{
	uint8_t p[128];
	uint32_t len[5], size, want;
	unsigned round, v;

	(void)state;
	for (round = 0; round < 3000; round++) {
		v = rnd(2) ? 4 : 6;
		size = (v == 4 ? 20 : 40) + rnd(60);
		packet_fill(p, v, size);
		p[v == 4 ? 9 : 6] = (uint8_t)(rnd(2) ? 17 : 6);
		want = flat_hash(p, size);
		cut(len, 5, size);
		assert_int_equal(hash_of(p, len, 5, size), want);
	}
}

static void
test_fragments_together(void **state)
{
	uint8_t p[60];
	uint32_t first, i;
	unsigned df;

	(void)state;
	packet_fill(p, 4, 60);
	p[9] = 17;
	for (df = 0; df <= 0x40; df += 0x40) {
		p[6] = (uint8_t)(0x20 | df); /* first fragment, with ports */
		p[7] = 0;
		first = flat_hash(p, 60);
		for (i = 1; i < 0x2000; i += 97) {
			uint32_t j;

			p[6] = (uint8_t)(i >> 8 | df | (rnd(2) ? 0x20 : 0));
			p[7] = (uint8_t)i;
			for (j = 20; j < 60; j++)
				p[j] = (uint8_t)rnd(256);
			assert_int_equal(flat_hash(p, 60), first);
		}
	}
	/* IPv6: a fragment header instead of ports */
	packet_fill(p, 6, 60);
	p[6] = 44;
	first = flat_hash(p, 60);
	for (i = 40; i < 60; i++)
		p[i] ^= 0xff;
	assert_int_equal(flat_hash(p, 60), first);
}

/* What makes a flow changes the hash, what does not leaves it. */
static void
test_fields(void **state)
{
	static const uint8_t in4[] = {9, 12, 15, 16, 19, 20, 21, 22, 23};
	static const uint8_t out4[] = {1, 4, 5, 8, 10, 11, 24, 30};
	uint8_t p[40];
	uint32_t want;
	unsigned i;

	(void)state;
	packet_fill(p, 4, 40);
	p[6] = 0x40;
	p[7] = 0;
	p[9] = 6;
	want = flat_hash(p, 40);
	for (i = 0; i < RTE_DIM(out4); i++) {
		p[out4[i]] ^= 0x55;
		assert_int_equal(flat_hash(p, 40), want);
		p[out4[i]] ^= 0x55;
	}
	for (i = 0; i < RTE_DIM(in4); i++) {
		p[in4[i]] ^= 0x13;
		assert_int_not_equal(flat_hash(p, 40), want);
		p[in4[i]] ^= 0x13;
	}
}

/* Enough spread for a choice among pollers by the high bits. */
static void
test_spread(void **state)
{
	unsigned n[4] = {0}, i;
	uint8_t p[28];

	(void)state;
	packet_fill(p, 4, 28);
	p[6] = p[7] = 0;
	p[9] = 17;
	for (i = 0; i < 4000; i++) {
		p[20] = (uint8_t)(i >> 8);
		p[21] = (uint8_t)i;
		n[(uint64_t)flat_hash(p, 28) * 4 >> 32]++;
	}
	for (i = 0; i < 4; i++)
		assert_in_range(n[i], 800, 1200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split_independent),
		cmocka_unit_test(test_fragments_together),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
