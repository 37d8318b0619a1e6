/* SPDX-License-Identifier: BSD-3-Clause */
/* The receive side without filters: what goes on, what is delivered, forwarded, dropped. */
#include <string.h>

#include <rte_ip.h>

#include "inside.h"
#include "input/input.h"
#include "tx/poller.h"

/* It goes on, unchanged. */
static void
goes_on(unsigned port, struct rte_mbuf *m)
{
	uint8_t before[256], after[256];
	uint32_t n = fx_mbuf_read(m, before, sizeof(before));

	assert_true(inside_input(port, m));
	assert_int_equal(fx_mbuf_read(m, after, sizeof(after)), n);
	assert_memory_equal(before, after, n);
	rte_pktmbuf_free(m);
}

static void
i_frames_for_nobody_go_on(void **state)
{
	struct pkt *p = PKT(.dst = "10.9.0.5");
	struct rte_mbuf *m;
	struct fwpdk_input_stats s;

	(void)state;
	m = inside_packet(0, p); /* another MAC */
	rte_pktmbuf_mtod(m, uint8_t *)[5] ^= 1;
	goes_on(0, m);
	m = inside_packet(0, p); /* not IP */
	memcpy(rte_pktmbuf_mtod_offset(m, uint8_t *, 12), "\x08\x06", 2);
	goes_on(0, m);
	m = inside_packet(0, p); /* no whole Ethernet header */
	rte_pktmbuf_trim(m, (uint16_t)(m->pkt_len - 10));
	goes_on(0, m);
	goes_on(1, inside_packet(1, p)); /* for others, and port 1 does not forward */
	s = inside_stats();
	assert_int_equal(s.read, 4);
	assert_int_equal(s.gone_on, 4);
}

static void
i_without_receiver_local_packets_go_on(void **state)
{
	(void)state;
	goes_on(0, inside_packet(0, PKT(.dst = INSIDE_LOCAL)));
	goes_on(0, inside_packet(0, PKT(.version = 6, .dst = INSIDE_LOCAL6)));
}

/* One frame leaves by port 1: TTL one less, checksum right, all else as it was. */
static void
forwarded(struct pkt *p, struct rte_mbuf *m)
{
	struct rte_mbuf *out;
	unsigned ttl = p->ip[0] >> 4 == 4 ? 8 : 7;

	assert_false(inside_input(0, m));
	fx_poll_n(2);
	assert_int_equal(fx_ring_rx(1, &out, 1), 1);
	p->ip[ttl]--;
	if (ttl == 8)
		pkt_ip_checksum(p);
	pkt_refresh(p);
	fx_check_frame(out, 1, p);
	rte_pktmbuf_free(out);
}

static void
i_packets_for_others_are_sent_on(void **state)
{
	struct pkt *p = PKT(.dst = "10.9.0.5"), *tagged;
	struct rte_mbuf *m;
	uint8_t *to;

	(void)state;
	forwarded(p, inside_packet(0, p));
	p = PKT(.version = 6, .dst = "fd09::5");
	forwarded(p, inside_packet(0, p));
	p = PKT(.dst = "10.9.0.5", .payload = 1);
	m = inside_packet(0, p); /* padding of short frames is left behind */
	memset(rte_pktmbuf_append(m, 17), 0xee, 17);
	forwarded(p, m);
	tagged = PKT(.dst = "10.9.0.5");
	m = inside_packet(0, tagged);
	to = (void *)rte_pktmbuf_prepend(m, 4);
	memmove(to, to + 4, 12);
	memcpy(to + 12, "\x81\x00\x00\x07", 4);
	forwarded(tagged, m);
	assert_int_equal(inside_stats().forwarded, 4);
}

static void
i_every_checksum_survives_the_ttl(void **state)
{
	struct pkt *p;
	unsigned i;

	(void)state;
	for (i = 0; i < 300; i++) { /* identifications, so checksums, differ */
		p = PKT(.dst = "10.9.0.5");
		p->ip[8] = (uint8_t)(2 + i % 200);
		p->ip[1] = (uint8_t)(i * 37);
		pkt_ip_checksum(p);
		forwarded(p, inside_packet(0, p));
		pkt_free(p);
	}
}

static bool stopped; /* port 1 is */

/* It does not come out anywhere, and is counted there. */
static void
dropped(struct rte_mbuf *m, const uint64_t *counter, const struct fwpdk_input_stats *base)
{
	size_t at = (size_t)((const uint8_t *)counter - (const uint8_t *)base);
	struct fwpdk_input_stats before = inside_stats(), after;
	struct rte_mbuf *out;
	unsigned i;

	assert_false(inside_input(0, m));
	fx_poll_n(2);
	after = inside_stats();
	assert_int_equal(*(uint64_t *)(void *)((uint8_t *)&after + at),
		*(uint64_t *)(void *)((uint8_t *)&before + at) + 1);
	for (i = 0; i < (stopped ? 1 : 2); i++)
		assert_int_equal(fx_ring_rx(i, &out, 1), 0);
	assert_null(inside_received());
}
#define DROPPED(m, field)                     \
	do {                                  \
		struct fwpdk_input_stats s_;  \
		dropped((m), &s_.field, &s_); \
	} while (0)

static void
i_what_cannot_go_is_dropped_and_counted(void **state)
{
	struct pkt *p = PKT(.dst = "10.9.0.5"), *six = PKT(.version = 6, .dst = "fd09::5");

	(void)state;
	p->ip[8] = 1;
	DROPPED(inside_packet(0, p), ttl_ended);
	p->ip[8] = 0;
	DROPPED(inside_packet(0, p), ttl_ended);
	six->ip[7] = 1;
	DROPPED(inside_packet(0, six), ttl_ended);
	six->ip[7] = 64;
	p->ip[8] = 64;
	p->ip[0] = 0x44; /* header shorter than a header */
	DROPPED(inside_packet(0, p), malformed);
	p->ip[0] = 0x4f; /* longer than the packet */
	DROPPED(inside_frame(0, p->ip, 40), malformed);
	p->ip[0] = 0x65;
	DROPPED(inside_frame(0, "\x45", 1), malformed);
	p->ip[0] = 0x45;
	DROPPED(inside_frame(0, p->ip, p->ip_len - 1), malformed);
	DROPPED(inside_frame(0, six->ip, six->ip_len - 1), malformed);
	DROPPED(inside_frame(0, six->ip, 39), malformed);
	six->ip[6] = 0; /* a hop-by-hop header that is not all there */
	six->ip[41] = 200;
	DROPPED(inside_packet(0, six), malformed);
	assert_int_equal(fwpdk_if_set_mtu(fx.port[1].ifi, 100), 0);
	p = PKT(.dst = "10.9.0.5", .payload = 100);
	DROPPED(inside_packet(0, p), too_big);
	p = PKT(.dst = "192.0.2.77"); /* on link, and nobody's MAC is known */
	DROPPED(inside_packet(0, p), no_route);
	p = PKT(.dst = "10.9.0.5");
	assert_int_equal(fwpdk_port_stop(fx.port[1].id, 1000000), 0);
	stopped = true;
	DROPPED(inside_packet(0, p), no_route);
	stopped = false;
}

static void
delivered(unsigned port, struct pkt *p, const char *what)
{
	struct rte_mbuf *m = inside_packet(port, p), *got;

	assert_false(inside_input(port, m));
	got = inside_received();
	if (got != m)
		fail_msg("%s: not delivered", what);
	assert_int_equal(inside_if, fx.port[port].ifi);
	assert_memory_equal(rte_pktmbuf_mtod_offset(got, void *, 14), p->ip, p->ip_len);
	rte_pktmbuf_free(got);
}

static void
i_local_packets_are_delivered(void **state)
{
	(void)state;
	delivered(0, PKT(.dst = INSIDE_LOCAL), "unicast");
	delivered(1, PKT(.dst = INSIDE_LOCAL), "unicast by another interface");
	delivered(0, PKT(.version = 6, .dst = INSIDE_LOCAL6), "IPv6");
	delivered(0, PKT(.dst = "255.255.255.255"), "broadcast");
	delivered(0, PKT(.dst = "192.0.2.255"), "broadcast of the network");
	delivered(0, PKT(.dst = "224.0.0.251"), "multicast");
	delivered(0, PKT(.version = 6, .dst = "ff02::1"), "IPv6 multicast");
	assert_int_equal(inside_stats().delivered, 7);
}

/* Cut behind the IP header into pieces of 16 bytes, the last first. */
static void
send_fragments(struct pkt *p)
{
	uint32_t payload = p->ip_len - 20, at;
	uint8_t piece[36];

	for (at = (payload - 1) / 16 * 16;; at -= 16) {
		struct rte_ipv4_hdr *h = (void *)piece;
		uint32_t n = RTE_MIN(16u, payload - at);

		memcpy(piece, p->ip, 20);
		memcpy(piece + 20, p->ip + 20 + at, n);
		h->total_length = rte_cpu_to_be_16((uint16_t)(20 + n));
		h->fragment_offset = rte_cpu_to_be_16(
			(uint16_t)(at / 8 | (at + n < payload ? 0x2000 : 0)));
		assert_false(inside_input(0, inside_frame(0, piece, 20 + n)));
		if (at == 0)
			return;
	}
}

static void
i_fragments_are_put_together(void **state)
{
	struct pkt *p = PKT(.dst = INSIDE_LOCAL, .payload = 30);
	struct rte_mbuf *m;
	uint8_t bytes[256];
	struct fwpdk_input_stats s;

	(void)state;
	send_fragments(p);
	m = inside_received();
	assert_non_null(m);
	assert_int_equal(fx_mbuf_read(m, bytes, sizeof(bytes)), 14 + p->ip_len);
	assert_memory_equal(bytes + 14 + 20, p->ip + 20, p->ip_len - 20);
	assert_int_equal(bytes[14 + 6] | bytes[14 + 7], 0);
	rte_pktmbuf_free(m);
	s = inside_stats();
	assert_int_equal(s.fragments, 3);
	assert_int_equal(s.reassembled, 1);
	p->ip[8] = 9; /* never complete: goes with the poller */
	memcpy(bytes, p->ip, 36);
	bytes[2] = 0, bytes[3] = 36, bytes[6] = 0x20;
	assert_false(inside_input(0, inside_frame(0, bytes, 36)));
	assert_null(inside_received());
}

/* It leaves by the other port as it is. */
static void
handed_through(unsigned from, struct rte_mbuf *m)
{
	struct rte_mbuf *out;
	uint8_t before[256], after[256];
	uint32_t n = fx_mbuf_read(m, before, sizeof(before));

	assert_false(inside_input(from, m));
	fx_poll_n(2);
	assert_int_equal(fx_ring_rx(!from, &out, 1), 1);
	assert_int_equal(fx_mbuf_read(out, after, sizeof(after)), n);
	assert_memory_equal(before, after, n);
	rte_pktmbuf_free(out);
}

static void
i_a_stack_behind_an_interface(void **state)
{
	struct rte_mbuf *m;

	(void)state;
	assert_int_equal(fwpdk_if_set_stack(fx.port[0].ifi, fx.port[1].id), -EBUSY);
	assert_int_equal(fwpdk_if_set_stack(fx.port[0].ifi, 77), -ENODEV);
	assert_int_equal(fwpdk_if_set_stack(99, fx.port[1].id), -ENOENT);
	assert_int_equal(fwpdk_if_del(fx.port[1].ifi), 0);
	fx.port[1].ifi = 0;
	assert_int_equal(fwpdk_if_set_stack(fx.port[0].ifi, fx.port[1].id), 0);
	handed_through(0, inside_packet(0, PKT(.dst = INSIDE_LOCAL)));
	handed_through(0, inside_packet(0, PKT(.version = 6, .dst = "ff02::1")));
	m = inside_packet(0, PKT(.dst = INSIDE_LOCAL));
	memcpy(rte_pktmbuf_mtod_offset(m, uint8_t *, 12), "\x08\x06", 2); /* ARP */
	handed_through(0, m);
	handed_through(1, inside_packet(0, PKT(.dst = "198.51.100.7")));
	handed_through(1, inside_packet(0, PKT(.version = 6)));
	assert_null(inside_received());
	assert_int_equal(inside_stats().delivered, 3);
	assert_int_equal(inside_stats().from_stack, 2);
	assert_int_equal(fwpdk_if_set_stack(fx.port[0].ifi, -1), 0);
	delivered(0, PKT(.dst = INSIDE_LOCAL), "host");
}

static void
i_open_is_checked(void **state)
{
	struct fwpdk_input_opts o = {.size = 4};
	struct fwpdk_input_stats s = {.size = 1};
	struct fwpdk_poller *p;

	(void)state;
	assert_int_equal(fwpdk_input_open(NULL, NULL), -EINVAL);
	assert_int_equal(fwpdk_input_open(fx.poller, NULL), -EEXIST);
	assert_int_equal(fwpdk_input_stats(fx.poller, &s), -EINVAL);
	assert_int_equal(fwpdk_poller_create(NULL, &p), 0);
	assert_int_equal(fwpdk_input_open(p, &o), -EINVAL);
	o.size = sizeof(o);
	o.datagrams = UINT32_MAX;
	assert_int_equal(fwpdk_input_open(p, &o), -EINVAL);
	s.size = sizeof(s);
	assert_int_equal(fwpdk_input_stats(p, &s), -ENOENT);
	o.datagrams = o.mbufs = 1; /* few is not too few */
	assert_int_equal(fwpdk_input_open(p, &o), 0);
	assert_int_equal(fwpdk_poller_destroy(p), 0);
	assert_int_equal(fwpdk_if_set_forwarding(99, 1), -ENOENT);
}

/* Datagrams that cannot become whole, between two polls: what is given up must not outgrow its
 * place. */
static void
i_fragments_that_are_given_up_have_room(void **state)
{
	struct rte_ip_frag_death_row *dead = &fx.poller->input->dead;
	struct pkt *p = PKT(.dst = INSIDE_LOCAL, .payload = 8);
	struct rte_ipv4_hdr *h = (void *)p->ip;
	unsigned id, k, most = 0;

	(void)state;
	for (id = 0; id < 100; id++)
		for (k = 1; k <= 9;
			k++) { /* more than a datagram may have, and none is the first or last */
			h->packet_id = rte_cpu_to_be_16((uint16_t)(1 + id));
			h->fragment_offset = rte_cpu_to_be_16(
				(uint16_t)(RTE_IPV4_HDR_MF_FLAG | k * 2));
			pkt_ip_checksum(p);
			assert_false(inside_input(0, inside_packet(0, p)));
			most = RTE_MAX(most, dead->cnt);
		}
	assert_in_range(most, 1, RTE_DIM(dead->row));
	assert_int_equal(inside_stats().fragments, 900);
	fx_poll_n(1);
	assert_int_equal(dead->cnt, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(i_frames_for_nobody_go_on, inside_up, inside_down),
	cmocka_unit_test_setup_teardown(
		i_without_receiver_local_packets_go_on, inside_up_no_receiver, inside_down),
	cmocka_unit_test_setup_teardown(i_packets_for_others_are_sent_on, inside_up, inside_down),
	cmocka_unit_test_setup_teardown(i_every_checksum_survives_the_ttl, inside_up, inside_down),
	cmocka_unit_test_setup_teardown(
		i_what_cannot_go_is_dropped_and_counted, inside_up, inside_down),
	cmocka_unit_test_setup_teardown(i_local_packets_are_delivered, inside_up, inside_down),
	cmocka_unit_test_setup_teardown(i_fragments_are_put_together, inside_up, inside_down),
	cmocka_unit_test_setup_teardown(
		i_fragments_that_are_given_up_have_room, inside_up, inside_down),
	cmocka_unit_test_setup_teardown(i_a_stack_behind_an_interface, inside_up, inside_down),
	cmocka_unit_test_setup_teardown(i_open_is_checked, inside_up, inside_down),
};

FX_MAIN(tests)
