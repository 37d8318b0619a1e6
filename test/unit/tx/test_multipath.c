/* SPDX-License-Identifier: BSD-3-Clause */
/* A route with two next hops on two ports: a flow keeps its own, whatever shape its packets have.
 */
#include "rig.h"

#define N 300u

static struct fwpdk_route route = {.size = sizeof(route), .prefix_len = 16};

static void
turn(void)
{
	int i;

	for (i = 0; i < 10; i++)
		fwpdk_poll(rig.p[0]);
}

static void
ways(unsigned first, unsigned n)
{
	struct fwpdk_next_hop hops[2] = {{.if_index = rig.ifi[0]}, {.if_index = rig.ifi[1]}};
	struct rte_ether_addr mac = {{2, 0, 0, 0, 5, 5}};
	unsigned i;

	fwpdk_addr_parse("10.5.0.0", &route.prefix);
	for (i = 0; i < 2; i++) {
		fwpdk_addr_parse("10.200.0.1", &hops[i].gateway);
		assert_int_equal(fwpdk_neigh_add(rig.ifi[i], &hops[i].gateway, &mac), 0);
	}
	assert_int_equal(fwpdk_route_add_multi(&route, hops + first, n), 0);
	turn(); /* the poller sees it */
}

/* Which of the packets went out by that port. */
static void
who(unsigned port, uint32_t first, uint8_t *by)
{
	struct rig_dev *d = &rig.dev[port];
	unsigned i;

	for (i = 0; i < d->nseen; i++)
		if (d->seen[i] - first < N)
			by[d->seen[i] - first] |= (uint8_t)(1u << port);
	d->nseen = 0;
}

static void
inject_all(struct pkt **pkts, uint8_t *by)
{
	unsigned i;

	for (i = 0; i < N; i++) {
		assert_int_equal(pkt_inject(pkts[i]), STATUS_SUCCESS);
		if (i % 16 == 0)
			turn();
	}
	turn();
	rig_check_conserved();
	memset(by, 0, N);
	for (i = 0; i < 2; i++)
		who(i, pkts[0]->number, by);
}

static void
run(unsigned segs, bool backfill)
{
	struct pkt *pkts[N];
	uint8_t first[N], again[N];
	unsigned i, n = 0;

	rig_up(&(struct rig_conf){.ports = 2});
	ways(0, 2);
	for (i = 0; i < N; i++)
		pkts[i] = pkt_new(1, segs, 5, backfill);
	inject_all(pkts, first);
	for (i = 0; i < N; i++) {
		assert_in_range(first[i], 1, 2); /* one way, not both */
		n += first[i] == 1;
		assert_int_equal(pkts[i]->done, 1);
		assert_int_equal(pkts[i]->status, STATUS_SUCCESS);
	}
	assert_in_range(n, N / 3, N * 2 / 3);
	inject_all(pkts, again);
	assert_memory_equal(first, again, N);
	/* One way goes: its flows take the other. */
	ways(1, 1);
	inject_all(pkts, again);
	for (i = 0; i < N; i++)
		assert_int_equal(again[i], 2);
	/* And nobody is left. */
	ways(0, 0);
	inject_all(pkts, again);
	for (i = 0; i < N; i++) {
		assert_int_equal(again[i], 0);
		assert_int_equal(pkts[i]->done, 4);
		assert_int_equal(pkts[i]->status, STATUS_NETWORK_UNREACHABLE);
		pkt_del(pkts[i]);
	}
	rig_down();
}

static void
test_plain(void **state)
{
	(void)state;
	run(1, true);
}

static void
test_chains(void **state)
{
	(void)state;
	run(3, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_chains),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
