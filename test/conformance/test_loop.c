/* SPDX-License-Identifier: BSD-3-Clause */
/* Sends to ourselves are delivered here, never lost and never on the wire. */
#include <string.h>

#include "inside.h"
#include "wall.h"

static bool
is_done(void *arg)
{
	return ((struct pkt *)arg)->done != 0;
}

static void
loops(struct pkt *p, const struct rte_ether_addr *mac)
{
	struct rte_mbuf *m;
	uint8_t got[2048];

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_until(is_done, p));
	assert_status(p->status, STATUS_SUCCESS);
	pkt_check_restored(p);
	m = inside_received();
	assert_non_null(m);
	assert_int_equal(inside_if, fx.port[0].ifi);
	assert_int_equal(fx_mbuf_read(m, got, sizeof(got)), 14 + p->ip_len);
	assert_memory_equal(got, mac, 6);
	assert_memory_equal(got + 14, p->ip, p->ip_len);
	rte_pktmbuf_free(m);
	assert_null(inside_received());
	assert_int_equal(fx_ring_rx(0, &m, 1), 0);
	assert_int_equal(fx_ring_rx(1, &m, 1), 0);
	fx_check_conserved();
}

static void
l_sends_to_ourselves_are_delivered(void **state)
{
	struct fwpdk_if_info info = {.size = sizeof(info)};
	unsigned i;

	(void)state;
	assert_int_equal(fwpdk_if_info(fx.port[0].ifi, &info), 0);
	for (i = 0; i < 3; i++) { /* the next hop is cached by then */
		loops(PKT(.dst = INSIDE_LOCAL, .lead = 20), &info.mac);
		loops(PKT(.version = 6, .dst = INSIDE_LOCAL6, .lead = 20), &info.mac);
		loops(PKT(.dst = "127.0.0.1"), &info.mac);
		loops(PKT(.dst = "127.9.8.7", .nseg = 3, .seg = {5, 30}, .payload = 200),
			&info.mac);
		loops(PKT(.version = 6, .dst = "::1"), &info.mac);
	}
	assert_int_equal(inside_stats().looped, 15);
	assert_int_equal(inside_stats().injected, 0);
}

static void
l_a_static_neighbour_does_not_change_that(void **state)
{
	const struct rte_ether_addr mac = {{2, 7, 7, 7, 7, 7}};
	struct fwpdk_if_info info = {.size = sizeof(info)};
	struct fwpdk_addr a;

	(void)state;
	assert_int_equal(fwpdk_if_info(fx.port[0].ifi, &info), 0);
	assert_int_equal(fwpdk_addr_parse(INSIDE_LOCAL, &a), 0);
	assert_int_equal(fwpdk_neigh_add(fx.port[0].ifi, &a, &mac), 0);
	loops(PKT(.dst = INSIDE_LOCAL, .lead = 20), &info.mac);
}

static void
l_some_of_a_list(void **state)
{
	struct pkt *p = PKT(.dst = INSIDE_LOCAL), *q = PKT(.dst = "10.9.0.5");
	struct rte_mbuf *m;

	(void)state;
	pkt_add_nb(p, q);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(3);
	assert_int_equal(fx_ring_rx(1, &m, 1), 1);
	rte_pktmbuf_free(m);
	m = inside_received();
	assert_non_null(m);
	rte_pktmbuf_free(m);
	assert_true(fx_poll_until(is_done, p));
	assert_status(p->status, STATUS_SUCCESS);
}

static void
l_nobody_takes_it(void **state)
{
	struct pkt *p = PKT(.dst = INSIDE_LOCAL);

	(void)state;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_until(is_done, p));
	assert_status(p->status, STATUS_DATA_NOT_ACCEPTED);
}

/* Without a receive side there is no "here". */
static void
l_no_receive_side(void **state)
{
	struct fwpdk_addr a;
	struct pkt *p = PKT(.dst = INSIDE_LOCAL);

	(void)state;
	assert_int_equal(fwpdk_addr_parse(INSIDE_LOCAL, &a), 0);
	assert_int_equal(fwpdk_addr_add(fx.port[0].ifi, &a, 24), 0);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_until(is_done, p));
	assert_status(p->status, STATUS_HOST_UNREACHABLE);
}

static const UINT16 inbound[] = {FWPS_LAYER_INBOUND_IPPACKET_V4, FWPS_LAYER_INBOUND_TRANSPORT_V4,
	FWPS_LAYER_DATAGRAM_DATA_V4, FWPS_LAYER_INBOUND_IPPACKET_V6,
	FWPS_LAYER_INBOUND_TRANSPORT_V6, FWPS_LAYER_DATAGRAM_DATA_V6};

static int
up_walls(void **state)
{
	int rc = inside_up(state);
	unsigned i;

	wall_up();
	for (i = 0; i < sizeof(inbound) / sizeof(inbound[0]); i++)
		wall_add(inbound[i], wall_permit, NULL);
	return rc;
}

static int
down_walls(void **state)
{
	wall_down();
	return inside_down(state);
}

/* Each layer of that version saw n packets, the last one with these flags. */
static void
saw(unsigned version, unsigned n, UINT32 flags)
{
	const struct wall *w;
	unsigned i;

	for (i = 0; i < 3; i++) {
		w = wall_at(inbound[version == 6 ? 3 + i : i]);
		if (i != 2) /* datagrams that leave are seen there, too */
			assert_int_equal(w->n, n);
		assert_int_equal(w->flags, flags);
	}
}

/* What is sent to ourselves has the flag at every inbound layer, what comes from the wire has not.
 */
static void
l_callouts_see_the_loopback_flag(void **state)
{
	struct fwpdk_if_info info = {.size = sizeof(info)};
	struct rte_mbuf *m;

	(void)state;
	assert_int_equal(fwpdk_if_info(fx.port[0].ifi, &info), 0);
	loops(PKT(.dst = INSIDE_LOCAL), &info.mac);
	saw(4, 1, FWP_CONDITION_FLAG_IS_LOOPBACK);
	assert_false(inside_input(0, inside_packet(0, PKT(.dst = INSIDE_LOCAL))));
	m = inside_received();
	assert_non_null(m);
	rte_pktmbuf_free(m);
	saw(4, 2, 0);
	loops(PKT(.dst = "127.0.0.1"), &info.mac);
	saw(4, 3, FWP_CONDITION_FLAG_IS_LOOPBACK);
	loops(PKT(.version = 6, .dst = INSIDE_LOCAL6), &info.mac);
	saw(6, 1, FWP_CONDITION_FLAG_IS_LOOPBACK);
	assert_false(inside_input(0, inside_packet(0, PKT(.version = 6, .dst = INSIDE_LOCAL6))));
	m = inside_received();
	assert_non_null(m);
	rte_pktmbuf_free(m);
	saw(6, 2, 0);
	loops(PKT(.version = 6, .dst = "::1"), &info.mac);
	saw(6, 3, FWP_CONDITION_FLAG_IS_LOOPBACK);
}

static void
drops(struct pkt *p, NTSTATUS status)
{
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_until(is_done, p));
	assert_status(p->status, status);
	assert_null(inside_received());
}

/* A block there is the status of the send. */
static void
l_a_callout_blocks_ourselves(void **state)
{
	(void)state;
	wall_at(FWPS_LAYER_DATAGRAM_DATA_V4)->fn = wall_block;
	drops(PKT(.dst = INSIDE_LOCAL), STATUS_FWP_DROP_NOICMP);
	wall_at(FWPS_LAYER_INBOUND_IPPACKET_V6)->fn = wall_block;
	drops(PKT(.version = 6, .dst = "::1"), STATUS_FWP_DROP_NOICMP);
	assert_int_equal(wall_at(FWPS_LAYER_INBOUND_TRANSPORT_V6)->n, 0);
	fx_check_conserved();
}

static void
l_groups_get_their_macs(void **state)
{
	struct {
		const char *dst;
		uint8_t mac[6];
	} const g[] = {
		{"224.0.0.251", {1, 0, 0x5e, 0, 0, 251}},
		{"239.129.2.3", {1, 0, 0x5e, 1, 2, 3}},
		{"255.255.255.255", {255, 255, 255, 255, 255, 255}},
		{"192.0.2.255", {255, 255, 255, 255, 255, 255}},
		{"ff02::1:2:3", {0x33, 0x33, 0, 2, 0, 3}},
	};
	struct rte_mbuf *m;
	uint8_t got[128];
	struct pkt *p;
	unsigned i, k;

	(void)state;
	for (i = 0; i < 2 * sizeof(g) / sizeof(g[0]); i++) {
		k = i / 2;
		p = PKT(.version = strchr(g[k].dst, ':') != NULL ? 6 : 4, .dst = g[k].dst,
			.lead = 20);
		assert_status(pkt_inject(p), STATUS_SUCCESS);
		fx_poll_n(2);
		assert_int_equal(fx_ring_rx(0, &m, 1), 1);
		assert_int_equal(fx_mbuf_read(m, got, sizeof(got)), 14 + p->ip_len);
		assert_memory_equal(got, g[k].mac, 6);
		rte_pktmbuf_free(m);
		assert_true(fx_poll_until(is_done, p));
		assert_status(p->status, STATUS_SUCCESS);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, inside_up, inside_down)
static const struct CMUnitTest tests[] = {
	T(l_sends_to_ourselves_are_delivered),
	T(l_a_static_neighbour_does_not_change_that),
	T(l_some_of_a_list),
	cmocka_unit_test_setup_teardown(l_nobody_takes_it, inside_up_no_receiver, inside_down),
	cmocka_unit_test_setup_teardown(l_no_receive_side, fx_up_ring_null, fx_down),
	cmocka_unit_test_setup_teardown(l_callouts_see_the_loopback_flag, up_walls, down_walls),
	cmocka_unit_test_setup_teardown(l_a_callout_blocks_ourselves, up_walls, down_walls),
	T(l_groups_get_their_macs),
};

FX_MAIN(tests)
