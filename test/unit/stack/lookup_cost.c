/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a look-up, a change and a route cost, by number of routes: a table for
 * doc/decisions/stack-tables.md. That every answer is right is checked; times are only printed.
 */
#include <malloc.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "stack_fixture.h"

#define MAX_ROUTES 1000000u
#define FLOWS	   4096u
#define ROUNDS	   15

static struct fwpdk_route *routes;
static struct fwpdk_route_change *changes;
static struct fwpdk_addr flows[FLOWS];
static uint32_t if_index;

static double
ns(uint64_t cycles)
{
	return (double)cycles * 1e9 / (double)rte_get_tsc_hz();
}

/* The n-th of a million different prefixes: /24 in 16.0.0.0/4, /48 in 2001:db0::/28. */
static struct fwpdk_route
nth(uint32_t n, bool v6)
{
	struct fwpdk_route r = test_route(0, if_index, v6 ? "2001:db0::" : "16.0.0.0", v6 ? 48 : 24,
		v6 ? "fe80::1" : "10.0.0.1");
	uint8_t *at = r.prefix.bytes + (v6 ? 3 : 0);
	/* an odd factor mod 2^20 permutes: neighbours in number are none in address */
	uint32_t x = n * 2654435761u & 0xFFFFF;

	at[0] |= (uint8_t)(x >> 16);
	at[1] = (uint8_t)(x >> 8);
	at[2] = (uint8_t)x;
	r.next_hop.bytes[v6 ? 15 : 3] = (uint8_t)(1 + n % 64);
	return r;
}

static unsigned
look(unsigned flow)
{
	struct fwi_hop hop;
	uint32_t v4;

	if (flows[flow].family == AF_INET) {
		memcpy(&v4, flows[flow].bytes, 4);
		fwi_stack_lookup4(0, v4, &hop);
	} else {
		fwi_stack_lookup6(0, flows[flow].bytes, &hop);
	}
	return hop.status != 0 ? 0 : hop.l2[5];
}

/* Best of some rounds over n_flows destinations. */
static double
measure(unsigned n_flows)
{
	uint64_t best = UINT64_MAX, begin;
	volatile unsigned sum = 0;
	unsigned i, k;

	for (i = 0; i < ROUNDS; i++) {
		begin = rte_rdtsc_precise();
		for (k = 0; k < FLOWS; k++)
			sum += look(k & (n_flows - 1));
		best = RTE_MIN(best, rte_rdtsc_precise() - begin);
	}
	return ns(best) / FLOWS;
}

/* In DPDK's heap and in malloc's. */
static double
used_mb(void)
{
	struct rte_malloc_socket_stats s = {0};
	struct mallinfo2 m = mallinfo2();

	rte_malloc_get_socket_stats(0, &s);
	return (double)(s.heap_allocsz_bytes + m.uordblks + m.hblkhd) / (1 << 20);
}

static void
line(uint32_t n, bool v6)
{
	uint64_t begin, built, add, del;
	double memory;
	uint32_t i, few;
	int rc;

	for (i = 0; i < n; i++) {
		routes[i] = nth(i, v6);
		changes[i] = (struct fwpdk_route_change){
			.size = sizeof(changes[i]), .route = &routes[i]};
	}
	memory = used_mb();
	begin = rte_rdtsc();
	rc = fwpdk_route_batch(changes, n);
	if (rc == -ENOMEM) {
		printf("%-4s %8u  more than %s MB\n", v6 ? "IPv6" : "IPv4", n, test_stack_memory);
		return;
	}
	assert_int_equal(rc, 0);
	built = rte_rdtsc() - begin;
	memory = used_mb() - memory;
	for (i = 0; i < FLOWS; i++) {
		flows[i] = routes[(uint64_t)i * n / FLOWS].prefix;
		flows[i].bytes[v6 ? 15 : 3] = 7;
		assert_int_equal(look(i), 1 + (uint64_t)i * n / FLOWS % 64);
	}
	printf("%-4s %8u  %6.1f  %6.1f  %9.1f", v6 ? "IPv6" : "IPv4", n, measure(16),
		measure(FLOWS), ns(built) / 1e6);
	/* Some of them go and come back, one call each. */
	few = RTE_MIN(n, 100u);
	begin = rte_rdtsc();
	for (i = 0; i < few; i++)
		assert_int_equal(fwpdk_route_del(&routes[i]), 0);
	del = rte_rdtsc() - begin;
	begin = rte_rdtsc();
	for (i = 0; i < few; i++)
		assert_int_equal(fwpdk_route_add(&routes[i]), 0);
	add = rte_rdtsc() - begin;
	printf("  %8.1f  %8.1f  %7.1f\n", ns(add) / few / 1000, ns(del) / few / 1000, memory);
	for (i = 0; i < n; i++)
		changes[i].remove = 1;
	assert_int_equal(fwpdk_route_batch(changes, n), 0);
	assert_int_equal(look(0), 0);
}

static void
table(void **state)
{
	static const uint32_t sizes[] = {1, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1000000};
	unsigned i, v6;

	(void)state;
	if_index = test_if(0, 0, NULL);
	for (i = 1; i <= 64; i++) {
		char text[46];

		snprintf(text, sizeof(text), "10.0.0.%u", i);
		test_neigh(if_index, text, i);
		snprintf(text, sizeof(text), "fe80::%x", i);
		test_neigh(if_index, text, i);
	}
	routes = calloc(MAX_ROUTES, sizeof(*routes));
	changes = calloc(MAX_ROUTES, sizeof(*changes));
	assert_non_null(routes);
	assert_non_null(changes);
	printf("       routes  look-up ns, flows  batch ms   add us    del us   more MB\n"
	       "                   16    4096     all at once   one by one\n");
	for (v6 = 0; v6 < 2; v6++)
		for (i = 0; i < RTE_DIM(sizes); i++)
			line(sizes[i], v6 != 0);
	free(routes);
	free(changes);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(table, test_stack_up, test_stack_down),
	};

	/* MB: a million IPv4 routes and their successors; as many of IPv6 need 6144 */
	test_stack_memory = argc > 1 ? argv[1] : "2048";
	if (test_stack_eal() != 0) {
		printf("SKIP: not enough memory\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
