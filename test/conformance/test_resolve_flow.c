/* SPDX-License-Identifier: BSD-3-Clause */
/* Several next hops of one route, none of which has a MAC yet: each flow asks for its own. */
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>

#include "neighbour.h"

#define FLOWS 48u
#define HOPS  3u
#define GW(n) (81u + (n)) /* last byte of gateway n */

static unsigned alive; /* gateways that answer whatever they are asked */

static void
gateway(unsigned n, char text[16])
{
	snprintf(text, 16, "192.0.2.%u", GW(n));
}

static void
ways(const uint32_t if_index[HOPS], const char *prefix)
{
	struct fwpdk_route r = {.size = sizeof(r), .prefix_len = 16};
	struct fwpdk_next_hop hops[HOPS];
	char text[16];
	unsigned i;

	memset(hops, 0, sizeof(hops));
	for (i = 0; i < HOPS; i++) {
		gateway(i, text);
		hops[i].if_index = if_index[i];
		assert_int_equal(fwpdk_addr_parse(text, &hops[i].gateway), 0);
	}
	assert_int_equal(fwpdk_addr_parse(prefix, &r.prefix), 0);
	assert_int_equal(fwpdk_route_add_multi(&r, hops, HOPS), 0);
}

static void
three_ways(void)
{
	const uint32_t i = fx.port[0].ifi;

	alive = 0;
	ways((const uint32_t[HOPS]){i, i, i}, "10.8.0.0");
}

static struct pkt *
flow(unsigned n)
{
	struct pkt *p;
	char dst[16];

	snprintf(dst, sizeof(dst), "10.8.1.%u", n + 1);
	p = PKT(.dst = dst, .lead = 20);
	memcpy(p->ip + 20, "\x10\0\x20\0", 4); /* ports */
	pkt_refresh(p);
	return p;
}

static void
answer(unsigned n)
{
	char text[16];

	gateway(n, text);
	assert_true(nb_answers(text, (const uint8_t[6]){2, 0x77, 0, 0, 0, (uint8_t)n}));
}

/* The next frame of port 0: 0x100 + the gateway that it asks for, or the one that it goes to. */
static unsigned
next_frame(void)
{
	uint8_t b[2048];
	struct rte_mbuf *m;
	unsigned i;

	if (fx_ring_rx(0, &m, 1) == 0)
		return UINT32_MAX;
	fx_mbuf_read(m, b, sizeof(b));
	rte_pktmbuf_free(m);
	i = b[12] == 8 && b[13] == 6 ? 0x100 + b[41] - GW(0) : b[5];
	assert_true((i & 0xff) < HOPS);
	if (i >= 0x100 && (alive & 1u << (i & 0xff)) != 0)
		answer(i & 0xff);
	return i;
}

/* Who is asked for, until nothing more comes; packets are counted. */
static unsigned
asked(unsigned *packets)
{
	unsigned who = 0, f, i;

	*packets = 0;
	for (i = 0; i < 6; i++) {
		fx_poll_n(1);
		while ((f = next_frame()) != UINT32_MAX) {
			if (f >= 0x100)
				who |= 1u << (f & 0xff);
			else
				++*packets;
		}
	}
	return who;
}

/* The packet ends; every frame meanwhile is read, and packets are counted. */
static unsigned
ends(struct pkt *p, NTSTATUS status)
{
	unsigned i, n, packets = 0;

	for (i = 0; i < 1000 && p->done == 0; i++) {
		asked(&n);
		packets += n;
	}
	nb_ends(p, status);
	return packets;
}

static bool
so_many_learned(void *arg)
{
	return nb_stats().learned >= *(uint64_t *)arg;
}

/* And it is published. */
static void
answer_heard(unsigned n)
{
	uint64_t learned = nb_stats().learned + 1;

	answer(n);
	assert_true(fx_poll_until(so_many_learned, &learned));
	fx_poll_n(1);
}

static struct pkt *
send_flow(unsigned n)
{
	struct pkt *p = flow(n);

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	return p;
}

/* Which gateway a flow takes now, by the frame; questions on the way are passed over. */
static unsigned
goes(unsigned n)
{
	struct pkt *p = send_flow(n);
	unsigned f = UINT32_MAX, i;

	for (i = 0; i < 1000 && (f == UINT32_MAX || f >= 0x100); i++) {
		fx_poll_n(1);
		f = next_frame();
	}
	assert_true(f < HOPS);
	nb_ends(p, STATUS_SUCCESS);
	pkt_free(p);
	return f;
}

static void
all_known(uint8_t way[FLOWS])
{
	struct rte_ether_addr mac = {{2, 0x77}};
	struct fwpdk_addr a;
	char text[16];
	unsigned i;

	for (i = 0; i < HOPS; i++) {
		gateway(i, text);
		assert_int_equal(fwpdk_addr_parse(text, &a), 0);
		mac.addr_bytes[5] = (uint8_t)i;
		assert_int_equal(fwpdk_neigh_add(fx.port[0].ifi, &a, &mac), 0);
	}
	for (i = 0; i < FLOWS; i++)
		way[i] = (uint8_t)goes(i);
	for (i = 0; i < HOPS; i++) {
		gateway(i, text);
		assert_int_equal(fwpdk_addr_parse(text, &a), 0);
		assert_int_equal(fwpdk_neigh_del(fx.port[0].ifi, &a), 0);
	}
	fx_poll_n(2);
}

static unsigned
of_way(const uint8_t way[FLOWS], unsigned hop)
{
	unsigned i;

	for (i = 0; i < FLOWS && way[i] != hop; i++)
		;
	assert_true(i < FLOWS);
	return i;
}

/* Whoever answers first takes what waits; each flow is on its own way as soon as that is known. */
static void
n_a_flow_asks_for_its_own_next_hop(void **state)
{
	uint8_t way[FLOWS];
	unsigned n, hop, who;
	struct pkt *p;

	(void)state;
	three_ways();
	all_known(way);
	for (hop = 0; hop < HOPS; hop++) {
		p = send_flow(of_way(way, hop));
		who = asked(&n);
		assert_true((who & 1u << hop) != 0);
		assert_int_equal(n, 0);
		assert_int_equal(p->done, 0);
		answer(hop);
		assert_int_equal(ends(p, STATUS_SUCCESS), 1);
		assert_int_equal(fwpdk_if_set_resolve(fx.port[0].ifi, 0), 0); /* forgotten */
		fx_poll_n(2);
		assert_int_equal(fwpdk_if_set_resolve(fx.port[0].ifi, 1), 0);
		fx_poll_n(2);
		fx_ring_discard(0);
	}
	assert_int_equal(nb_stats().unreachable, 0);
}

/* The others know no MAC of theirs: their flows go over the one that has answered, meanwhile. */
static void
n_one_answer_is_enough_for_all(void **state)
{
	uint8_t way[FLOWS];
	unsigned i, n, who;
	struct pkt *p[FLOWS];

	(void)state;
	three_ways();
	all_known(way);
	for (i = 0; i < FLOWS; i++)
		p[i] = send_flow(i);
	who = asked(&n);
	assert_int_equal(who, 7);
	assert_int_equal(n, 0);
	alive = 2;
	answer(1);
	for (i = 0, n = 0; i < FLOWS; i++)
		n += ends(p[i], STATUS_SUCCESS);
	assert_int_equal(n, FLOWS);
	for (i = 0; i < FLOWS; i++)
		assert_int_equal(goes(i), 1);
	/* They are asked for all the same, and then have their flows, and only these. */
	alive = 3;
	answer_heard(0);
	for (i = 0; i < FLOWS; i++)
		if (way[i] != 2)
			assert_int_equal(goes(i), way[i]);
	alive = 7;
	answer_heard(2);
	for (i = 0; i < FLOWS; i++)
		assert_int_equal(goes(i), way[i]);
	assert_int_equal(nb_stats().unreachable + nb_stats().overflow, 0);
	fx_check_conserved();
}

/* One that never answers is asked again and again while it has flows, and nobody loses any. */
static void
n_a_silent_one_is_no_black_hole(void **state)
{
	uint8_t way[FLOWS];
	unsigned n, f, rounds = 0;
	struct pkt *p;
	uint64_t end;

	(void)state;
	three_ways();
	all_known(way);
	f = of_way(way, 0);
	p = send_flow(f);
	asked(&n);
	alive = 4;
	answer(2);
	assert_int_equal(ends(p, STATUS_SUCCESS), 1);
	while (rounds < 8) { /* more than three: the silence ends, too */
		assert_int_equal(goes(f), 2);
		rounds += (asked(&n) & 1) != 0;
	}
	alive = 5;				   /* back at last */
	end = rte_rdtsc() + 10 * rte_get_tsc_hz(); /* it is asked again in its time */
	while (goes(f) != 0)
		assert_true(rte_rdtsc() < end);
	assert_int_equal(nb_stats().unreachable, 0);
}

/* Nobody answers: the end has the status, and everybody had been asked. */
static void
n_nobody_answers(void **state)
{
	unsigned n;
	struct pkt *p;

	(void)state;
	three_ways();
	p = send_flow(0);
	assert_int_equal(asked(&n), 7);
	assert_int_equal(ends(p, STATUS_HOST_UNREACHABLE), 0);
	assert_int_equal(nb_stats().unreachable, 1);
	nb_ends(send_flow(0), STATUS_HOST_UNREACHABLE);
	fx_ring_discard(0);
}

/* A forward injection names its way out: only next hops over that one are asked for. */
static void
n_forward_injection_asks_over_its_interface(void **state)
{
	const uint32_t i0 = fx.port[0].ifi, i1 = fx.port[1].ifi;
	unsigned n, i;
	struct pkt *p;
	HANDLE h;

	(void)state;
	assert_int_equal(fwpdk_if_set_resolve(i1, 1), 0);
	ways((const uint32_t[HOPS]){i1, i0, i1}, "10.8.0.0");
	assert_status(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_FORWARD, &h), 0);
	for (i = 0; i < 8; i++) {
		p = flow(i);
		assert_status(FwpsInjectForwardAsync0(h, NULL, 0, AF_INET,
				      UNSPECIFIED_COMPARTMENT_ID, i0, p->nbl, pkt_completed, p),
			STATUS_SUCCESS);
		pkt_injected(p);
		if (i == 0)
			assert_int_equal(asked(&n), 2);
		if (i == 0)
			answer(1);
		assert_int_equal(ends(p, STATUS_SUCCESS), 1);
	}
	assert_status(FwpsInjectionHandleDestroy0(h), STATUS_SUCCESS);
}

/* Forwarded packets wait for the next hop of their flow, too. */
static void
n_forwarded_flows(void **state)
{
	uint8_t way[FLOWS];
	unsigned n, f;
	struct pkt *p;

	(void)state;
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[1].ifi, 1), 0);
	three_ways();
	all_known(way);
	for (f = 0; f < 3; f++) {
		p = flow(f);
		assert_false(inside_input(1, inside_packet(1, p)));
	}
	assert_int_equal(asked(&n), 7);
	assert_int_equal(n, 0);
	answer_heard(2);
	asked(&n);
	assert_int_equal(n, 3);
	assert_int_equal(inside_stats().forwarded, 3);
	assert_int_equal(nb_stats().forward_dropped, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, nb_up, inside_down)
static const struct CMUnitTest tests[] = {
	T(n_a_flow_asks_for_its_own_next_hop),
	T(n_one_answer_is_enough_for_all),
	T(n_a_silent_one_is_no_black_hole),
	T(n_nobody_answers),
	T(n_forward_injection_asks_over_its_interface),
	T(n_forwarded_flows),
};

FX_MAIN(tests)
