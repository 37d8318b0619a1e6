/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/tx/hop_cache.h over a stack of our own: the right hop always, looked up once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tx/path.h"
#include "stack/facts.h"
#include "map/tag.h"
#include "tx/poller.h"

int fwi_tag_offset = FWI_TAG_AT;

struct fwi_path_ops fwi_path_ops; /* not called without a receive side */
static unsigned lookups;
static uint8_t epoch;

static void
answer(struct fwi_hop *hop, uint32_t comp, const uint8_t *dst, unsigned n)
{
	unsigned i;

	lookups++;
	memset(hop, 0, sizeof(*hop));
	for (i = 0; i < n; i++)
		hop->l2[i % 12] = (uint8_t)(hop->l2[i % 12] * 31 + dst[i]);
	hop->l2[12] = epoch;
	hop->port_id = (uint16_t)(comp % RTE_MAX_ETHPORTS);
	hop->mtu = (uint16_t)n;
	hop->status = dst[n - 1] == 0xff ? -7 : 0;
}

uint64_t fwi_if_facts[FWPDK_MAX_INTERFACES]; /* lib/stack elsewhere: no tags */

void
fwi_stack_lookup4(uint32_t comp, uint32_t dst, struct fwi_hop *hop)
{
	answer(hop, comp, (const uint8_t *)&dst, 4);
}

void
fwi_stack_lookup6(uint32_t comp, const uint8_t dst[16], struct fwi_hop *hop)
{
	answer(hop, comp, dst, 16);
}

static struct fwi_hop_cache cache;
static struct fwpdk_poller poller; /* no queue anywhere, unless a test says so */

static void
check4(uint32_t comp, uint32_t dst)
{
	const struct fwi_hop *got = fwi_hop4(&poller, &cache, comp, dst);
	unsigned before = lookups;
	struct fwi_hop want;

	answer(&want, comp, (const uint8_t *)&dst, 4);
	lookups = before;
	assert_memory_equal(got, &want, sizeof(want));
}

static void
check6(uint32_t comp, const uint8_t dst[16])
{
	const struct fwi_hop *got = fwi_hop6(&poller, &cache, comp, dst);
	unsigned before = lookups;
	struct fwi_hop want;

	answer(&want, comp, dst, 16);
	lookups = before;
	assert_memory_equal(got, &want, sizeof(want));
}

static void
test_random(void **state)
{
	uint8_t dst[16];
	unsigned i, k;

	(void)state;
	fwi_hops_clear(&cache);
	srand(1);
	for (i = 0; i < 300000; i++) {
		uint32_t comp = (uint32_t)rand() % 64;
		uint32_t d = rand() % 2 ? (uint32_t)rand() : (uint32_t)rand() % 512 << 24;

		check4(comp, d);
		for (k = 0; k < 16; k++)
			dst[k] = (uint8_t)(rand() % 3);
		check6(comp, dst);
	}
}

/* Nothing is taken for an entry of an empty cache: address 0, compartment 0. */
static void
test_zero(void **state)
{
	static const uint8_t zero[16];

	(void)state;
	fwi_hops_clear(&cache);
	lookups = 0;
	check4(0, 0);
	check6(0, zero);
	assert_int_equal(lookups, 2);
	check4(0, 0);
	check6(0, zero);
	assert_int_equal(lookups, 2);
}

/* Failures are kept too; a clear forgets everything. */
static void
test_clear(void **state)
{
	(void)state;
	fwi_hops_clear(&cache);
	lookups = 0;
	check4(3, 0xff000001);
	check4(3, 0xff000001);
	assert_int_equal(lookups, 1);
	assert_int_equal(fwi_hop4(&poller, &cache, 3, 0xff000001)->status, -7);
	epoch++;
	fwi_hops_clear(&cache);
	check4(3, 0xff000001);
	assert_int_equal(lookups, 2);
}

/* 254 neighbours of one subnet and 1024 flows fit beside each other as far as they should. */
static void
test_spread(void **state)
{
	unsigned i;

	(void)state;
	fwi_hops_clear(&cache);
	for (i = 1; i < 255; i++) /* 10.0.0.i, network order */
		check4(0, 10u | (uint32_t)i << 24);
	lookups = 0;
	for (i = 1; i < 255; i++)
		check4(0, 10u | (uint32_t)i << 24);
	assert_int_equal(lookups, 0);
}

/* user: 1 + the index of a queue that the fast path may use. */
static void
test_user(void **state)
{
	static const uint8_t dst6[16] = {0xfd};
	static struct fwi_txq q;
	unsigned fast, running, status;
	uint32_t want;

	(void)state;
	poller.q[3] = &q;
	poller.q_of_port[7] = 3;
	for (fast = 0; fast < 2; fast++) {
		for (running = 0; running < 2; running++) {
			for (status = 0; status < 2; status++) {
				q.fast = fast != 0;
				q.seen_state = running ? FWI_TXQ_RUNNING : FWI_TXQ_PARKED;
				fwi_hops_clear(&cache);
				want = fast && running && !status ? 4 : 0;
				assert_int_equal(fwi_hop4(&poller, &cache, 7,
							 status ? 0xff000001 : 0x01000001)
							 ->user,
					want);
				if (!status)
					assert_int_equal(
						fwi_hop6(&poller, &cache, 7, dst6)->user, want);
			}
		}
	}
	poller.q_of_port[7] = 0xff;
	fwi_hops_clear(&cache);
	assert_int_equal(fwi_hop4(&poller, &cache, 7, 1)->user, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_zero),
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_user),
	};

	memset(poller.q_of_port, 0xff, sizeof(poller.q_of_port));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
