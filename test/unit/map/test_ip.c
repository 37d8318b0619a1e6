/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/map/ip.h: every header, cut at every place, against a parser of flat bytes. */
#include "shape.h"

/* What a flat parser says about a packet of n bytes. */
struct flat {
	bool ok;
	uint32_t total;
	unsigned version, hdr_len;
};

static struct flat
flat_parse(const uint8_t *p, uint32_t n)
{
	struct flat f = {0};

	if (n < 20)
		return f;
	f.version = p[0] >> 4;
	if (f.version == 4) {
		f.hdr_len = (p[0] & 15u) * 4;
		f.total = p[2] * 256u + p[3];
		f.ok = f.hdr_len >= 20 && f.total >= f.hdr_len && f.total <= n;
	} else if (f.version == 6) {
		f.hdr_len = 40;
		f.total = 40 + p[4] * 256u + (n > 5 ? p[5] : 0u);
		f.ok = n >= 40 && f.total <= n;
	}
	return f;
}

static void
check_same(const uint8_t *bytes, struct shape *s, uint32_t n)
{
	struct flat f = flat_parse(bytes, n);
	struct fwi_ip ip;
	bool ok = fwi_ip_parse(s->nb, &ip);

	assert_int_equal(ok, f.ok);
	if (!ok)
		return;
	assert_int_equal(ip.version, f.version);
	assert_int_equal(ip.total, f.total);
	assert_int_equal(ip.hdr_len, f.hdr_len);
	assert_memory_equal(ip.hdr, bytes, f.version == 4 ? 20 : 40);
	if (ip.whole_in_mdl)
		assert_true(s->nb->CurrentMdl->ByteCount - s->nb->CurrentMdlOffset >= n);
}

static void
random_header(uint8_t *p, uint32_t n)
{
	uint32_t i, len;

	for (i = 0; i < n; i++)
		p[i] = (uint8_t)rnd(256);
	if (n == 0)
		return;
	if (rnd(8) != 0)
		p[0] = (uint8_t)((rnd(2) ? 0x40 : 0x60) | (rnd(3) ? 5 + rnd(3) : rnd(16)));
	if (n < 8 || rnd(6) == 0)
		return;
	len = n + rnd(3) - 1;
	if (p[0] >> 4 == 6) {
		len -= 40;
		p[4] = (uint8_t)(len >> 8);
		p[5] = (uint8_t)len;
	} else {
		p[2] = (uint8_t)(len >> 8);
		p[3] = (uint8_t)len;
	}
}

static void
test_every_cut(void **state)
{
	uint8_t bytes[128];
	uint32_t n, len[3], at;
	struct shape s;
	unsigned round;

	(void)state;
	for (round = 0; round < 300; round++) {
		n = rnd(100);
		random_header(bytes, n);
		for (at = 0; at <= n; at++) {
			len[0] = at;
			len[1] = 0;
			len[2] = n - at;
			s = shape_make(bytes, len, 3, 0, n);
			check_same(bytes, &s, n);
			shape_check_untouched(&s, NULL);
			shape_free(&s);
		}
	}
}

static void
test_random_cuts_and_offsets(void **state)
{
	uint8_t bytes[400];
	uint32_t n, off, len[9], pad;
	struct shape s;
	unsigned round, k;

	(void)state;
	for (round = 0; round < 20000; round++) {
		n = rnd(200);
		off = rnd(60);
		pad = rnd(20);
		k = 1 + rnd(9);
		memset(bytes, 0xee, off);
		random_header(bytes + off, n);
		memset(bytes + off + n, 0xdd, pad);
		cut(len, k, off + n + pad);
		s = shape_make(bytes, len, k, off, n);
		check_same(bytes + off, &s, n);
		shape_free(&s);
	}
}

/* DataLength beyond what the MDLs hold. */
static void
test_short_chain(void **state)
{
	uint8_t bytes[256];
	uint32_t have, len[4];
	struct fwi_ip ip;
	struct shape s;

	(void)state;
	packet_fill(bytes, 4, 200);
	for (have = 0; have < 200; have++) {
		cut(len, 4, have);
		s = shape_make(bytes, len, 4, 0, 200);
		assert_false(fwi_ip_parse(s.nb, &ip));
		shape_free(&s);
	}
	/* a current position outside its MDL */
	cut(len, 4, 200);
	s = shape_make(bytes, len, 4, 0, 200);
	s.nb->CurrentMdl = &s.mdl[0];
	s.nb->CurrentMdlOffset = len[0] + 1;
	assert_false(fwi_ip_parse(s.nb, &ip));
	s.nb->CurrentMdl = NULL;
	assert_false(fwi_ip_parse(s.nb, &ip));
	shape_free(&s);
}

static void
test_many_and_cyclic(void **state)
{
	static uint8_t bytes[SHAPE_MDLS];
	static uint32_t len[SHAPE_MDLS];
	struct fwi_ip ip;
	struct shape s;
	unsigned i;

	(void)state;
	packet_fill(bytes, 4, FWI_MDL_MAX);
	for (i = 0; i < SHAPE_MDLS; i++)
		len[i] = 1;
	s = shape_make(bytes, len, FWI_MDL_MAX, 0, FWI_MDL_MAX);
	assert_true(fwi_ip_parse(s.nb, &ip));
	shape_free(&s);
	bytes[3]++; /* one byte and one MDL more than are looked at */
	s = shape_make(bytes, len, FWI_MDL_MAX + 1, 0, FWI_MDL_MAX + 1);
	assert_false(fwi_ip_parse(s.nb, &ip));
	shape_free(&s);

	/* a ring of empty MDLs behind 30 bytes, and one that holds bytes for ever */
	len[0] = 30;
	len[1] = len[2] = 0;
	packet_fill(bytes, 4, 31);
	s = shape_make(bytes, len, 3, 0, 31);
	s.mdl[2].Next = &s.mdl[1];
	assert_false(fwi_ip_parse(s.nb, &ip));
	assert_int_equal(fwi_nb_read(s.nb, 30, bytes, 100), 0);
	s.mdl[2].Next = &s.mdl[0];
	fwi_ip_parse(s.nb, &ip); /* returns */
	shape_free(&s);
}

static void
test_read(void **state)
{
	uint8_t bytes[300], got[300];
	uint32_t n, skip, want, len[6], rc, off;
	struct shape s;
	unsigned round, i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	for (round = 0; round < 20000; round++) {
		off = rnd(40);
		n = rnd(200);
		cut(len, 6, off + n);
		s = shape_make(bytes, len, 6, off, n);
		skip = rnd(220);
		want = rnd(220);
		rc = fwi_nb_read(s.nb, skip, got, want);
		assert_int_equal(rc, skip >= n ? 0 : RTE_MIN(want, n - skip));
		assert_memory_equal(got, bytes + off + skip, rc);
		shape_free(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_random_cuts_and_offsets),
		cmocka_unit_test(test_short_chain),
		cmocka_unit_test(test_many_and_cyclic),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
