/* SPDX-License-Identifier: BSD-3-Clause */
/* R17, R36, R60: failures after acceptance, and lists of several packets. */
#include "fixture.h"

static void
ends_with(struct pkt *p, NTSTATUS want)
{
	uint64_t before = pkt_completions;

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_done(before + 1));
	fx_poll_n(5);
	assert_int_equal(pkt_completions, before + 1);
	assert_status(p->status, want);
	fx_check_conserved();
}

static void
del_route(const char *prefix, uint8_t len)
{
	struct fwpdk_route r = {.size = sizeof(r), .prefix_len = len};

	assert_int_equal(fwpdk_addr_parse(prefix, &r.prefix), 0);
	assert_int_equal(fwpdk_route_del(&r), 0);
}

static void
r017_no_route(void **state)
{
	(void)state;
	del_route("0.0.0.0", 0);
	del_route("::", 0);
	ends_with(PKT(0), STATUS_NETWORK_UNREACHABLE);
	ends_with(PKT(.version = 6), STATUS_NETWORK_UNREACHABLE);
}

static void
r017_no_neighbour(void **state)
{
	struct fwpdk_addr a;

	(void)state;
	assert_int_equal(fwpdk_addr_parse("10.0.0.1", &a), 0);
	assert_int_equal(fwpdk_neigh_del(fx.port[0].ifi, &a), 0);
	ends_with(PKT(0), STATUS_HOST_UNREACHABLE);
	assert_int_equal(fwpdk_addr_parse("fe80::1", &a), 0);
	assert_int_equal(fwpdk_neigh_del(fx.port[0].ifi, &a), 0);
	ends_with(PKT(.version = 6), STATUS_HOST_UNREACHABLE);
}

static void
r060_one_byte_above_the_mtu(void **state)
{
	struct fwpdk_stats s;

	(void)state;
	ends_with(PKT(.payload = 1500 - 28), STATUS_SUCCESS);
	ends_with(PKT(.payload = 1500 - 28 + 1), STATUS_INVALID_BUFFER_SIZE);
	ends_with(PKT(.version = 6, .payload = 1500 - 48), STATUS_SUCCESS);
	ends_with(PKT(.version = 6, .payload = 1500 - 48 + 1), STATUS_INVALID_BUFFER_SIZE);
	ends_with(PKT(.payload = 65535 - 28), STATUS_INVALID_BUFFER_SIZE);
	s = fx_stats();
	assert_int_equal(s.packets, 2); /* no fragment, no ICMP message */
}

static void
r060_df_makes_no_difference(void **state)
{
	struct pkt *p = PKT(.payload = 1600);

	(void)state;
	p->ip[6] = 0x40;
	pkt_ip_checksum(p);
	ends_with(p, STATUS_INVALID_BUFFER_SIZE);
	pkt_check_restored(p);
}

static void
r060_mtu_can_be_changed(void **state)
{
	(void)state;
	assert_int_equal(fwpdk_if_set_mtu(fx.port[0].ifi, 600), 0);
	ends_with(PKT(.payload = 600 - 28), STATUS_SUCCESS);
	ends_with(PKT(.payload = 600 - 27), STATUS_INVALID_BUFFER_SIZE);
	assert_int_equal(fwpdk_if_set_mtu(fx.port[0].ifi, 9000), 0);
	ends_with(PKT(.payload = 9000 - 28), STATUS_SUCCESS);
}

static void
r060_padding_does_not_count(void **state)
{
	(void)state;
	ends_with(PKT(.payload = 1472, .pad = 50), STATUS_SUCCESS);
}

static void
r036_all_packets_one_completion(void **state)
{
	struct pkt *a = PKT(.payload = 40), *b = PKT(.payload = 50, .nseg = 2, .seg = {30});
	struct pkt *c = PKT(.payload = 60, .lead = 30);
	struct rte_mbuf *m[4];
	unsigned i;

	(void)state;
	pkt_add_nb(a, b);
	pkt_add_nb(a, c);
	assert_status(pkt_inject(a), STATUS_SUCCESS);
	fx_poll_n(5);
	assert_int_equal(fx_ring_rx(0, m, 4), 3);
	fx_check_frame(m[0], 0, a);
	fx_check_frame(m[1], 0, b);
	fx_check_frame(m[2], 0, c);
	for (i = 0; i < 3; i++) { /* in any order: 1, 2, 0 */
		rte_pktmbuf_free(m[(i + 1) % 3]);
		fx_poll_n(3);
		assert_int_equal(a->done, i == 2);
	}
	assert_status(a->status, STATUS_SUCCESS);
	assert_int_equal(pkt_completions, 1);
	pkt_check_restored(a);
}

static void
r036_first_failure_is_the_status(void **state)
{
	struct pkt *a = PKT(0), *b = PKT(.payload = 1600), *c = PKT(.dst = "10.7.0.1"), *d = PKT(0);
	struct fwpdk_route r = {.size = sizeof(r), .prefix_len = 16};
	struct fwpdk_stats s;

	(void)state;
	/* 10.7/16 has a next hop without neighbour */
	r.if_index = fx.port[0].ifi;
	assert_int_equal(fwpdk_addr_parse("10.7.0.0", &r.prefix), 0);
	assert_int_equal(fwpdk_addr_parse("10.0.0.77", &r.next_hop), 0);
	assert_int_equal(fwpdk_route_add(&r), 0);
	pkt_add_nb(a, b);
	pkt_add_nb(a, c);
	pkt_add_nb(a, d);
	assert_status(pkt_inject(a), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
	fx_poll_n(10);
	assert_int_equal(a->done, 1);
	assert_status(a->status, STATUS_INVALID_BUFFER_SIZE);
	s = fx_stats();
	assert_int_equal(s.packets, 2); /* the good ones were sent all the same */
}

static void
r036_every_packet_fails(void **state)
{
	struct pkt *a = PKT(.payload = 1600), *b = PKT(.payload = 1700);

	(void)state;
	pkt_add_nb(a, b);
	ends_with(a, STATUS_INVALID_BUFFER_SIZE);
	assert_int_equal(fx_stats().packets, 0);
}

static void
r036_hundreds_of_packets(void **state)
{
	struct pkt *a = PKT(0);
	unsigned i;

	(void)state;
	for (i = 0; i < 700; i++)
		pkt_add_nb(a, PKT(.payload = i + 1));
	ends_with(a, STATUS_SUCCESS);
	assert_int_equal(fx_stats().packets, 701);
}

static void
r017_failures_are_counted_by_status(void **state)
{
	struct fwpdk_stats s;
	unsigned i, n = 0;

	(void)state;
	for (i = 0; i < 3; i++)
		ends_with(PKT(.payload = 1600), STATUS_INVALID_BUFFER_SIZE);
	ends_with(PKT(0), STATUS_SUCCESS);
	s = fx_stats();
	assert_int_equal(s.failed, 3);
	for (i = 0; i < FWPDK_STATUS_SLOTS; i++)
		if (s.by_status[i].status == (uint32_t)STATUS_INVALID_BUFFER_SIZE)
			n += (unsigned)s.by_status[i].count;
	assert_int_equal(n, 3);
}

#define N(t) cmocka_unit_test_setup_teardown(t, fx_up_null, fx_down)
#define R(t) cmocka_unit_test_setup_teardown(t, fx_up_ring, fx_down)
#define H(t) cmocka_unit_test_setup_teardown(t, fx_up_held, fx_down)

static const struct CMUnitTest tests[] = {
	N(r017_no_route),
	N(r017_no_neighbour),
	N(r060_one_byte_above_the_mtu),
	N(r060_df_makes_no_difference),
	N(r060_mtu_can_be_changed),
	N(r060_padding_does_not_count),
	H(r036_all_packets_one_completion),
	N(r036_first_failure_is_the_status),
	N(r036_every_packet_fails),
	N(r036_hundreds_of_packets),
	N(r017_failures_are_counted_by_status),
};
FX_MAIN(tests)
