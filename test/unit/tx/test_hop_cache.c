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
	hop->mtu = (uint16_t)(n * 16);
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

#define COMP 7

static void
near_begin(void)
{
	static struct fwi_txq q = {.fast = true, .seen_state = FWI_TXQ_RUNNING};

	poller.q[3] = poller.of_hop[4] = &q;
	poller.q_of_port[COMP] = 3;
	poller.default_key = fwi_hop4_key(COMP, 0);
	poller.hops = &cache;
	fwi_poller_forget_hops(&poller);
	lookups = 0;
}

/* Where the fast path would find it. */
static const struct fwi_near *
near_of(uint32_t dst)
{
	const struct fwi_near *found = NULL, *near;

	for (uint32_t way = 0; way < FWI_NEAR_WAYS; way++) {
		near = &poller.near[fwi_hop4_index(dst) ^ way];
		if (near->dst == dst && near->q != NULL) {
			assert_null(found);
			found = near;
		}
	}
	return found;
}

/* As a send does: near, or by the other cache. */
static void
visit(uint32_t dst)
{
	const struct fwi_near *near = near_of(dst);
	struct fwi_hop want;
	unsigned before;

	if (near == NULL) {
		fwi_hop4(&poller, &cache, COMP, dst);
		near = &poller.near[fwi_hop4_index(dst)];
	}
	before = lookups;
	answer(&want, COMP, (const uint8_t *)&dst, 4);
	lookups = before;
	assert_ptr_equal(near, near_of(dst));
	assert_int_equal(near->span, want.mtu - FWI_IP4_HEADER);
	assert_memory_equal(&near->l2[0], want.l2, 8);
	assert_memory_equal((const uint8_t *)&near->l2[1] + 2, want.l2 + 8, 6);
}

/* In places of its group only, once, and what is not there is looked up anew: never stays out. */
static void
test_near_random(void **state)
{
	unsigned i;

	(void)state;
	near_begin();
	assert_null(near_of(0));
	visit(0);
	srand(2);
	for (i = 0; i < 300000; i++)
		visit((uint32_t)rand() % 9000 * 77003 & 0x00ffffff);
}

/* Four that belong to a group stay there in the end, whatever was there before. */
static void
test_near_settles(void **state)
{
	uint32_t dst[FWI_NEAR_WAYS], n = 0, d = 0;
	unsigned i, k;

	(void)state;
	near_begin();
	for (i = 1; i < 200000; i++)
		visit(i * 2654435761u & 0x00ffffff);
	while (n < FWI_NEAR_WAYS)
		if (fwi_hop4_index(++d) / FWI_NEAR_WAYS == 500)
			dst[n++] = d;
	for (i = 0; i < 1000; i++)
		for (k = 0; k < n; k++)
			visit(dst[k]);
	lookups = 0;
	for (k = 0; k < n; k++)
		visit(dst[k]);
	assert_int_equal(lookups, 0);
	fwi_poller_forget_hops(&poller);
	for (k = 0; k < n; k++)
		assert_null(near_of(dst[k]));
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
		cmocka_unit_test(test_near_random),
		cmocka_unit_test(test_near_settles),
	};

	memset(poller.q_of_port, 0xff, sizeof(poller.q_of_port));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
