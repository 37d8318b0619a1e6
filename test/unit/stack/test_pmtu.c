/* SPDX-License-Identifier: BSD-3-Clause */
/* Path MTUs: what holds when, limits of the table, two threads at it. */
#include <pthread.h>

#include <rte_cycles.h>

#include <fwpdk/pmtu.h>

#include "stack/pmtu.h"
#include "stack_fixture.h"

static struct fwpdk_addr
addr(const char *text)
{
	struct fwpdk_addr a;

	assert_int_equal(fwpdk_addr_parse(text, &a), 0);
	return a;
}

static uint16_t
limit4(uint32_t comp, uint32_t dst, uint16_t mtu)
{
	return fwi_pmtu_limit(comp, FWI_V4, fwi_key4(dst), mtu);
}

static void
set_get_del(void **state)
{
	struct fwpdk_addr a = addr("192.0.2.1"), b = addr("2001:db8::1"), none = {.family = 99};
	uint32_t generation = fwi_stack_generation, seconds = 0;
	uint16_t mtu = 0;

	(void)state;
	assert_int_equal(fwpdk_pmtu_get(0, &a, &mtu, &seconds), -ENOENT);
	assert_int_equal(fwpdk_pmtu_set(0, &a, 67, 0), -EINVAL);
	assert_int_equal(fwpdk_pmtu_set(0, &b, 1279, 0), -EINVAL);
	assert_int_equal(fwpdk_pmtu_set(0, &a, 1000, 86401), -EINVAL);
	assert_int_equal(fwpdk_pmtu_set(0, &none, 1000, 0), -EINVAL);
	assert_int_equal(fwpdk_pmtu_set(0, NULL, 1000, 0), -EINVAL);
	assert_int_equal(fwpdk_pmtu_set(9, &a, 1000, 0), -ENOENT);
	assert_int_equal(fwi_stack_generation, generation);
	assert_int_equal(fwpdk_pmtu_set(0, &a, 1000, 0), 0);
	assert_int_equal(fwpdk_pmtu_set(1, &b, 1280, 5), 0);
	assert_int_equal(fwi_stack_generation, generation + 2);
	assert_int_equal(fwi_pmtu_count, 2);
	assert_int_equal(fwpdk_pmtu_get(1, &a, &mtu, &seconds), 0); /* 0 is 1 */
	assert_int_equal(mtu, 1000);
	assert_int_equal(seconds, FWPDK_PMTU_SECONDS);
	assert_int_equal(fwpdk_pmtu_get(0, &b, &mtu, &seconds), 0);
	assert_int_equal(mtu, 1280);
	assert_int_equal(seconds, 5);
	assert_int_equal(limit4(0, 0xc0000201, 1500), 1000);
	assert_int_equal(limit4(0, 0xc0000201, 900), 900); /* never more than the interface */
	assert_int_equal(limit4(0, 0xc0000202, 1500), 1500);
	assert_int_equal(limit4(1, 0xc0000201, 1500), 1500); /* another table index */
	assert_int_equal(fwpdk_pmtu_set(0, &a, 1400, 0), 0); /* replaces, up too */
	assert_int_equal(limit4(0, 0xc0000201, 1500), 1400);
	assert_int_equal(fwi_pmtu_count, 2);
	assert_int_equal(fwpdk_pmtu_del(0, &a), 0);
	assert_int_equal(fwpdk_pmtu_del(0, &a), -ENOENT);
	assert_int_equal(fwi_pmtu_count, 1);
	assert_int_equal(limit4(0, 0xc0000201, 1500), 1500);
}

static void
learn(void **state)
{
	uint32_t generation = fwi_stack_generation;
	struct fwpdk_addr a = addr("192.0.2.1");
	uint16_t mtu;

	(void)state;
	assert_true(fwi_pmtu_learn(0, FWI_V4, fwi_key4(0xc0000201), 1400));
	assert_int_equal(fwi_stack_generation, generation + 1);
	assert_false(fwi_pmtu_learn(0, FWI_V4, fwi_key4(0xc0000201), 1400));
	assert_false(fwi_pmtu_learn(0, FWI_V4, fwi_key4(0xc0000201), 1500)); /* lowers only */
	assert_int_equal(fwi_stack_generation, generation + 1);
	assert_int_equal(limit4(0, 0xc0000201, 1500), 1400);
	assert_true(fwi_pmtu_learn(0, FWI_V4, fwi_key4(0xc0000201), 0)); /* not below the least */
	assert_int_equal(fwpdk_pmtu_get(0, &a, &mtu, NULL), 0);
	assert_int_equal(mtu, 552);
	assert_true(fwi_pmtu_learn(0, FWI_V6, 7, 100));
	assert_int_equal(fwi_pmtu_limit(0, FWI_V6, 7, 1500), 1280);
	assert_true(fwi_pmtu_learn(0, FWI_V6, 8, 100000));
	assert_int_equal(fwi_pmtu_limit(0, FWI_V6, 8, 65535), 65535);
}

/* A flood takes the places of what expires first, and no more memory. */
static void
flood(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < 20 * FWPDK_PMTU_MAX; i++)
		assert_true(fwi_pmtu_learn(0, FWI_V4, fwi_key4(0x0a000000 + i), 1400));
	assert_true(fwi_pmtu_count <= FWPDK_PMTU_MAX);
	assert_true(fwi_pmtu_count > FWPDK_PMTU_MAX * 9 / 10);
	assert_int_equal(limit4(0, 0x0a000000 + i - 1, 1500), 1400); /* the latest is there */
}

static void
expiry(void **state)
{
	struct fwpdk_addr a = addr("192.0.2.1"), b = addr("192.0.2.2");
	uint64_t now, hz = rte_get_tsc_hz();
	uint32_t generation;

	(void)state;
	assert_int_equal(fwpdk_pmtu_set(0, &a, 1000, 2), 0);
	assert_int_equal(fwpdk_pmtu_set(0, &b, 1000, 100), 0);
	now = rte_rdtsc();
	assert_true(fwi_pmtu_due > now && fwi_pmtu_due <= now + 2 * hz);
	generation = fwi_stack_generation;
	fwi_pmtu_expire(now); /* not yet */
	assert_int_equal(fwi_stack_generation, generation);
	assert_int_equal(fwi_pmtu_count, 2);
	fwi_pmtu_expire(now + 2 * hz); /* as at that time */
	assert_int_equal(fwi_stack_generation, generation + 1);
	assert_int_equal(fwi_pmtu_count, 1);
	assert_int_equal(fwpdk_pmtu_get(0, &a, NULL, NULL), -ENOENT);
	assert_int_equal(fwpdk_pmtu_get(0, &b, NULL, NULL), 0);
	assert_true(fwi_pmtu_due > now + 98 * hz && fwi_pmtu_due <= now + 100 * hz);
	fwi_pmtu_expire(now + 101 * hz);
	assert_int_equal(fwi_pmtu_count, 0);
	assert_true(fwi_pmtu_due == UINT64_MAX);
}

static int
collect(uint32_t comp, const struct fwpdk_addr *dst, uint16_t mtu, uint32_t seconds, void *arg)
{
	unsigned *n = arg;

	assert_int_equal(comp, 1);
	assert_int_equal(dst->family, AF_INET);
	assert_int_equal(mtu, 1000 + dst->bytes[3]);
	assert_int_equal(seconds, 50);
	return ++*n == 5;
}

static void
walk(void **state)
{
	struct fwpdk_addr a = addr("192.0.2.0");
	unsigned n = 0, i;

	(void)state;
	assert_int_equal(fwpdk_pmtu_walk(collect, &n), 0);
	for (i = 1; i <= 9; i++) {
		a.bytes[3] = (uint8_t)i;
		assert_int_equal(fwpdk_pmtu_set(0, &a, (uint16_t)(1000 + i), 50), 0);
	}
	assert_int_equal(fwpdk_pmtu_walk(collect, &n), 1);
	assert_int_equal(n, 5);
	assert_int_equal(fwpdk_pmtu_walk(NULL, &n), -EINVAL);
}

#define ROUNDS 200000u

static void *
writer(void *arg)
{
	uint32_t i;

	(void)arg;
	for (i = 0; i < ROUNDS; i++)
		fwi_pmtu_learn(0, FWI_V4, fwi_key4(0x0a000000 + i % 5000), 1000 + i % 5000 % 400);
	return NULL;
}

/* A reader sees an entry whole or not at all: here the MTU follows from the address. */
static void
two_threads(void **state)
{
	pthread_t t;
	uint32_t i, seen = 0;
	uint16_t mtu;

	(void)state;
	assert_int_equal(pthread_create(&t, NULL, writer, NULL), 0);
	for (i = 0; i < ROUNDS; i++) {
		mtu = limit4(0, 0x0a000000 + i % 5000, 1500);
		assert_true(mtu == 1500 || mtu == 1000 + i % 5000 % 400);
		seen += mtu != 1500;
		if (i % 1000 == 0)
			fwi_pmtu_expire(rte_rdtsc());
	}
	pthread_join(t, NULL);
	for (i = 0; i < 5000; i++)
		seen += limit4(0, 0x0a000000 + i, 1500) != 1500;
	assert_true(seen > 0);
	assert_true(fwi_pmtu_count <= FWPDK_PMTU_MAX);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_stack_up, test_stack_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(set_get_del),
		T(learn),
		T(flood),
		T(expiry),
		T(walk),
		T(two_threads),
	};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
