/* SPDX-License-Identifier: BSD-3-Clause */
/* fwpdk_rule_add(): what is injected leaves by the port that its source says. */
#include <string.h>

#include <rte_mbuf.h>

#include "fixture.h"

#define TABLE 100u

static int
up(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_ring0", "net_ring1"}});
}

/* In the table everything leads to port 1. */
static void
other_way(const char *prefix, uint8_t len, const char *gateway)
{
	struct fwpdk_route r = {.size = sizeof(r),
		.compartment_id = TABLE,
		.if_index = fx.port[1].ifi,
		.prefix_len = len};

	assert_int_equal(fwpdk_addr_parse(prefix, &r.prefix), 0);
	assert_int_equal(fwpdk_addr_parse(gateway, &r.next_hop), 0);
	assert_int_equal(fwpdk_route_add(&r), 0);
}

static struct fwpdk_rule
rule(const char *from, uint8_t len)
{
	struct fwpdk_rule r = {.size = sizeof(r), .table_id = TABLE, .from_len = len};

	assert_int_equal(fwpdk_addr_parse(from, &r.from), 0);
	return r;
}

static struct pkt *
packet(const char *src, const char *dst)
{
	struct fwpdk_addr a;
	struct pkt *p;

	assert_int_equal(fwpdk_addr_parse(src, &a), 0);
	p = PKT(.version = strchr(src, ':') != NULL ? 6 : 4, .dst = dst, .lead = 20);
	if (strchr(src, ':') != NULL) {
		memcpy(p->ip + 8, a.bytes, 16);
		pkt_refresh(p);
	} else {
		memcpy(p->ip + 12, a.bytes, 4);
		pkt_ip_checksum(p);
	}
	return p;
}

static void
leaves_by(unsigned port, const char *src, const char *dst)
{
	struct pkt *p = packet(src, dst);
	uint64_t before = pkt_completions;
	struct rte_mbuf *m[2];

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(2);
	assert_int_equal(fx_ring_rx(1 - port, m, 2), 0);
	assert_int_equal(fx_ring_rx(port, m, 2), 1);
	fx_check_frame(m[0], port, p);
	rte_pktmbuf_free(m[0]);
	assert_true(fx_poll_done(before + 1));
	assert_status(p->status, STATUS_SUCCESS);
	fx_check_conserved();
}

static void
n_the_source_says_which_port(void **state)
{
	struct fwpdk_rule four = rule("192.0.2.0", 24), six = rule("fd02::", 16);
	unsigned i;

	(void)state;
	assert_int_equal(fwpdk_table_add(TABLE), 0);
	other_way("0.0.0.0", 0, "10.0.0.1");
	other_way("fd01::", 16, "fe80::1");
	leaves_by(0, "192.0.2.1", "10.1.2.3");
	assert_int_equal(fwpdk_rule_add(&four), 0);
	assert_int_equal(fwpdk_rule_add(&six), 0);
	for (i = 0; i < 3; i++) { /* the same destination by turns: nothing is kept of the other */
		leaves_by(1, "192.0.2.1", "10.1.2.3");
		leaves_by(0, "192.0.3.1", "10.1.2.3");
		leaves_by(1, "fd02::1", "fd01::3");
		leaves_by(0, "fd03::1", "fd01::3");
	}
	leaves_by(0, "fd02::1", "fd04::3"); /* no route there */
	assert_int_equal(fwpdk_rule_del(&four), 0);
	leaves_by(0, "192.0.2.1", "10.1.2.3");
	leaves_by(1, "fd02::1", "fd01::3");
	assert_int_equal(fwpdk_rule_del(&six), 0);
	leaves_by(0, "fd02::1", "fd01::3");
}

static void
n_a_rule_that_leads_nowhere(void **state)
{
	struct fwpdk_rule r = rule("192.0.2.0", 24);
	struct pkt *p;

	(void)state;
	r.reject = 1;
	assert_int_equal(fwpdk_rule_add(&r), 0);
	p = packet("192.0.2.1", "10.1.2.3");
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
	assert_status(p->status, STATUS_NETWORK_UNREACHABLE);
	pkt_check_restored(p);
	leaves_by(0, "192.0.3.1", "10.1.2.3");
}

/* Other packets of a list go on; each has its own source. */
static void
n_each_packet_of_a_list_by_its_own_source(void **state)
{
	struct fwpdk_rule r = rule("192.0.2.0", 24);
	struct pkt *a, *b;
	struct rte_mbuf *m[2];
	unsigned i;

	(void)state;
	assert_int_equal(fwpdk_table_add(TABLE), 0);
	other_way("0.0.0.0", 0, "10.0.0.1");
	assert_int_equal(fwpdk_rule_add(&r), 0);
	a = packet("192.0.2.1", "10.1.2.3");
	b = packet("192.0.3.1", "10.1.2.3");
	pkt_add_nb(a, b);
	assert_status(pkt_inject(a), STATUS_SUCCESS);
	fx_poll_n(2);
	for (i = 0; i < 2; i++) {
		assert_int_equal(fx_ring_rx(i, m, 2), 1);
		fx_check_frame(m[0], i, i == 0 ? b : a);
		rte_pktmbuf_free(m[0]);
	}
	assert_true(fx_poll_done(1));
	assert_status(a->status, STATUS_SUCCESS);
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, fx_down)
static const struct CMUnitTest tests[] = {
	T(n_the_source_says_which_port),
	T(n_a_rule_that_leads_nowhere),
	T(n_each_packet_of_a_list_by_its_own_source),
};

FX_MAIN(tests)
