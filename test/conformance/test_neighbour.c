/* SPDX-License-Identifier: BSD-3-Clause */
/* What is heard: questions answered, changes followed, neighbours asked again, lies ignored. */
#include <stdlib.h>
#include <string.h>

#include <rte_ip.h>

#include "neighbour.h"

#define A4 "192.0.2.77"
#define A6 "fd02::77"

static uint8_t ours[6];

static int
up(void **state)
{
	struct fwpdk_if_info info = {.size = sizeof(info)};
	int rc = nb_up(state);

	if (rc != 0)
		return rc;
	assert_int_equal(fwpdk_if_info(fx.port[0].ifi, &info), 0);
	memcpy(ours, info.mac.addr_bytes, 6);
	return 0;
}

static void
taken(struct rte_mbuf *m)
{
	assert_false(inside_input(0, m));
}

static void
goes_on(struct rte_mbuf *m)
{
	struct rte_mbuf *got;

	if (inside_input(0, m)) {
		rte_pktmbuf_free(m);
		return;
	}
	got = inside_received(); /* IPv6 groups are the host's too */
	assert_ptr_equal(got, m);
	rte_pktmbuf_free(got);
}

/* What left: len bytes and padding. */
static void
left(const uint8_t *want, uint32_t len)
{
	uint8_t got[128] = {0};
	struct rte_mbuf *m;

	fx_poll_n(2);
	assert_int_equal(fx_ring_rx(0, &m, 1), 1);
	assert_int_equal(fx_mbuf_read(m, got, sizeof(got)), RTE_MAX(len, 60u));
	rte_pktmbuf_free(m);
	assert_memory_equal(got, want, len);
}

static void
n_arp_for_us_is_answered(void **state)
{
	uint8_t want[42] = {[12] = 8, 6, 0, 1, 8, 0, 6, 4, 0, 2};

	(void)state;
	memcpy(want, NB_MAC(1), 6);
	memcpy(want + 6, ours, 6);
	memcpy(want + 22, ours, 6);
	memcpy(want + 28, "\xc0\0\x02\x09", 4);
	memcpy(want + 32, NB_MAC(1), 6);
	memcpy(want + 38, "\xc0\0\x02\x4d", 4);
	taken(nb_arp(1, NB_MAC(1), A4, INSIDE_LOCAL));
	left(want, 42);
	memset(want + 38, 0, 4); /* a probe, RFC 5227 */
	taken(nb_arp(1, NB_MAC(1), NULL, INSIDE_LOCAL));
	left(want, 42);
	assert_int_equal(nb_stats().answers, 2);
	/* Not for us: the host's, without an answer. */
	goes_on(nb_arp(1, NB_MAC(1), A4, "192.0.2.10"));
	goes_on(nb_arp(1, NB_MAC(1), A4, A4));
	goes_on(nb_arp(2, NB_MAC(1), A4, A4));
	fx_poll_n(2);
	nb_nothing(0);
	assert_int_equal(nb_stats().learned, 0); /* nobody asked for it */
	assert_int_equal(nb_stats().not_asked, 4);
	assert_int_equal(nb_stats().malformed, 0);
}

static void
answer6(uint8_t *want, const char *to, const char *target, uint8_t flags)
{
	struct fwpdk_addr a;
	uint16_t sum;

	memset(want + 12, 0, 74);
	memcpy(want + 6, ours, 6);
	memcpy(want + 12, "\x86\xdd\x60", 3);
	want[19] = 32, want[20] = 58, want[21] = 255;
	assert_int_equal(fwpdk_addr_parse(target, &a), 0);
	memcpy(want + 22, a.bytes, 16);
	memcpy(want + 62, a.bytes, 16);
	assert_int_equal(fwpdk_addr_parse(to, &a), 0);
	memcpy(want + 38, a.bytes, 16);
	want[54] = 136;
	want[58] = flags;
	want[78] = 2, want[79] = 1;
	memcpy(want + 80, ours, 6);
	sum = rte_ipv6_udptcp_cksum((const void *)(want + 14), want + 54);
	memcpy(want + 56, &sum, 2);
}

static void
n_discovery_for_us_is_answered(void **state)
{
	struct nb_nd q = {.type = 135,
		.src = A6,
		.dst = "ff02::1:ff00:9",
		.target = INSIDE_LOCAL6,
		.mac = NB_MAC(1)};
	uint8_t want[86];

	(void)state;
	memcpy(want, NB_MAC(1), 6);
	taken(nb_nd(&q));
	answer6(want, A6, INSIDE_LOCAL6, 0xe0); /* port 0 forwards: a router */
	left(want, 86);
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[0].ifi, 0), 0);
	q.dst = INSIDE_LOCAL6;
	taken(nb_nd(&q));
	answer6(want, A6, INSIDE_LOCAL6, 0x60);
	left(want, 86);
	/* Somebody tries our address (RFC 4862): all are told. */
	q.src = NULL, q.mac = NULL, q.dst = "ff02::1:ff00:9", q.src = "::";
	taken(nb_nd(&q));
	memcpy(want, "\x33\x33\0\0\0\1", 6);
	answer6(want, "ff02::1", INSIDE_LOCAL6, 0x20);
	left(want, 86);
	q = (struct nb_nd){.type = 135,
		.src = A6,
		.dst = "ff02::1:ff00:9",
		.target = "fd02::1:9",
		.mac = NB_MAC(1)};
	goes_on(nb_nd(&q));
	nb_nothing(0);
	assert_int_equal(nb_stats().answers, 3);
	assert_int_equal(nb_stats().learned, 0);
}

static struct pkt *
send_one(const char *dst)
{
	struct pkt *p = PKT(.version = strchr(dst, ':') != NULL ? 6 : 4, .dst = dst, .lead = 20);

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	return p;
}

/* Ask and be answered; the packet leaves. */
static void
known(const char *dst, const uint8_t *mac)
{
	struct pkt *p = send_one(dst);

	nb_wait(0);
	nb_asked(0, dst, NULL);
	assert_true(nb_answers(dst, mac));
	nb_wait(0);
	nb_got(0, p, mac);
	nb_ends(p, STATUS_SUCCESS);
}

static void
goes_to(const char *dst, const uint8_t *mac)
{
	struct pkt *p = send_one(dst);

	fx_poll_n(3);
	nb_got(0, p, mac);
	nb_ends(p, STATUS_SUCCESS);
}

static bool
counted(void *arg)
{
	const uint64_t *want = arg;
	struct fwpdk_resolve_stats s = nb_stats();

	return *(const uint64_t *)(const void *)((const uint8_t *)&s + want[0]) >= want[1];
}
#define WAIT_FOR(field, n)                 \
	assert_true(fx_poll_until(counted, \
		&(uint64_t[2]){offsetof(struct fwpdk_resolve_stats, field), (uint64_t)(n)}))

static void
n_a_change_is_followed_not_too_often(void **state)
{
	(void)state;
	known(A4, NB_MAC(1));
	goes_on(nb_arp(1, NB_MAC(2), A4, A4)); /* gratuitous, but it has just told another one */
	WAIT_FOR(too_soon, 1);
	goes_to(A4, NB_MAC(1));
	nb_settle();
	goes_on(nb_arp(2, NB_MAC(3), A4, A4));
	WAIT_FOR(changed, 1);
	fx_poll_n(1);
	fx_ring_discard(0);
	goes_to(A4, NB_MAC(3));
	assert_int_equal(nb_stats().learned, 1);
}

static void
n_override_is_asked_for(void **state)
{
	struct nb_nd na = {.type = 136,
		.src = A6,
		.dst = "ff02::1",
		.target = A6,
		.mac = NB_MAC(2),
		.flags = 0};

	(void)state;
	known(A6, NB_MAC(1));
	nb_settle();
	goes_on(nb_nd(&na)); /* throws doubt on it only: it is asked */
	WAIT_FOR(heard, 2);
	nb_wait(0);
	nb_asked(0, A6, NB_MAC(1));
	assert_true(nb_answers(A6, NB_MAC(1)));
	goes_to(A6, NB_MAC(1));
	na.flags = 0x20;
	goes_on(nb_nd(&na));
	WAIT_FOR(changed, 1);
	fx_ring_discard(0);
	goes_to(A6, NB_MAC(2));
}

static void
n_used_ones_are_asked_again(void **state)
{
	unsigned i;

	(void)state;
	known(A4, NB_MAC(1));
	for (i = 0; i < 3; i++) { /* unicast; answered: it stays */
		goes_to(A4, NB_MAC(1));
		nb_wait(0);
		nb_asked(0, A4, NB_MAC(1));
		assert_true(nb_answers(A4, NB_MAC(1)));
	}
	fx_poll_n(2);
	assert_int_equal(nb_stats().probes, 3);
	assert_int_equal(nb_stats().removed, 0);
	assert_int_equal(nb_stats().neighbours, 1);
	goes_to(A4, NB_MAC(1));
	for (i = 0; i < 3; i++) {
		nb_wait(0);
		nb_asked(0, A4, NB_MAC(1));
	}
	WAIT_FOR(removed, 1); /* silent */
	assert_int_equal(nb_stats().neighbours, 0);
	known(A4, NB_MAC(2)); /* from the beginning */
}

static void
n_unused_ones_go(void **state)
{
	(void)state;
	known(A4, NB_MAC(1));
	known(A6, NB_MAC(2));
	fx_poll_n(1);
	/* Their mark of use is taken once, by one probe each */
	nb_wait(0);
	fx_ring_discard(0);
	assert_true(nb_answers(A4, NB_MAC(1)));
	assert_true(nb_answers(A6, NB_MAC(2)));
	while (nb_stats().neighbours != 0) {
		fx_poll_n(1);
		fx_ring_discard(0);
	}
	assert_int_equal(nb_stats().removed, 2);
}

/* A neighbour that the host has set is nobody else's, whatever is said. */
static void
n_static_ones_are_never_redirected(void **state)
{
	const struct rte_ether_addr mac = {{2, 0x77, 0, 0, 0, 5}};
	struct fwpdk_addr a;
	unsigned i;

	(void)state;
	known(A4, NB_MAC(1));
	assert_int_equal(fwpdk_addr_parse(A4, &a), 0);
	assert_int_equal(fwpdk_neigh_add(fx.port[0].ifi, &a, &mac), 0);
	for (i = 0; i < 200; i++) {
		nb_answers(A4, NB_MAC((uint8_t)(6 + i)));
		goes_on(nb_arp(1, NB_MAC(7), A4, A4));
		taken(nb_arp(1, NB_MAC(8), A4, INSIDE_LOCAL));
		fx_poll_n(1);
		fx_ring_discard(0);
		if (i % 50 == 0)
			goes_to(A4, NB_MAC(5));
	}
	goes_to(A4, NB_MAC(5));
	goes_to("10.1.2.3", (const uint8_t[6]){2, 0, 0, 0, 0, (uint8_t)fx.port[0].ifi});
	assert_int_equal(nb_stats().neighbours, 0);
	assert_true(nb_stats().fixed != 0);
}

static void
n_nobody_is_us(void **state)
{
	(void)state;
	taken(nb_arp(2, NB_MAC(1), INSIDE_LOCAL, INSIDE_LOCAL));
	taken(nb_arp(1, NB_MAC(1), INSIDE_LOCAL, A4));
	taken(nb_nd(&(struct nb_nd){.type = 136,
		.src = INSIDE_LOCAL6,
		.dst = "ff02::1",
		.target = INSIDE_LOCAL6,
		.mac = NB_MAC(1),
		.flags = 0x20}));
	fx_poll_n(2);
	nb_nothing(0);
	assert_int_equal(nb_stats().conflicts, 3);
	assert_int_equal(nb_stats().not_asked, 0);
}

static void
bad(struct rte_mbuf *m)
{
	uint64_t before = nb_stats().malformed;

	taken(m);
	fx_poll_n(1);
	nb_nothing(0);
	assert_null(inside_received());
	assert_int_equal(nb_stats().malformed, before + 1);
	assert_int_equal(inside_stats().malformed, before + 1);
}

static void
bad_arp(unsigned at, uint8_t value)
{
	struct rte_mbuf *m = nb_arp(1, NB_MAC(1), A4, INSIDE_LOCAL);

	rte_pktmbuf_mtod(m, uint8_t *)[14 + at] = value;
	bad(m);
}

static void
n_malformed_arp(void **state)
{
	struct rte_mbuf *m;
	unsigned i;

	(void)state;
	for (i = 0; i < 8; i++)
		bad_arp(i, 9);
	bad_arp(7, 0);
	bad_arp(8, 3);	  /* a group's MAC */
	bad_arp(14, 224); /* a group speaks */
	bad_arp(14, 127);
	bad_arp(24, 0xff);
	m = nb_arp(1, (const uint8_t[6]){0}, A4, INSIDE_LOCAL);
	bad(m);
	m = nb_arp(2, NB_MAC(1), NULL, INSIDE_LOCAL);
	bad(m);
	m = nb_arp(1, NB_MAC(1), A4, INSIDE_LOCAL);
	rte_pktmbuf_trim(m, 1);
	bad(m);
}

#define QUESTION \
	.type = 135, .src = A6, .dst = "ff02::1:ff00:9", .target = INSIDE_LOCAL6, .mac = NB_MAC(1)
#define ANSWER	 .type = 136, .src = A6, .dst = INSIDE_LOCAL6, .target = A6, .mac = NB_MAC(1)
#define BAD(...) bad(nb_nd(&(struct nb_nd){__VA_ARGS__}))

/* RFC 4861, 7.1. */
static void
n_malformed_discovery(void **state)
{
	(void)state;
	BAD(QUESTION, .hop_limit = 254);
	BAD(QUESTION, .bad_checksum = true);
	BAD(QUESTION, .code = 1);
	BAD(QUESTION, .opt_len = 0xff);
	BAD(QUESTION, .opt_len = 2);
	BAD(QUESTION, .cut = 8 + 1);
	BAD(QUESTION, .cut = 1);
	BAD(.type = 135, .src = A6, .dst = INSIDE_LOCAL6, .target = "ff02::9", .mac = NB_MAC(1));
	BAD(.type = 135, .src = "::", .dst = "ff02::1:ff00:9", .target = INSIDE_LOCAL6,
		.mac = NB_MAC(1));
	BAD(.type = 135, .src = "::", .dst = INSIDE_LOCAL6, .target = INSIDE_LOCAL6);
	BAD(.type = 135, .src = A6, .dst = "ff02::1:ff00:9", .target = INSIDE_LOCAL6);
	BAD(.type = 135, .src = A6, .dst = INSIDE_LOCAL6, .target = INSIDE_LOCAL6,
		.mac = (const uint8_t[6]){1, 2, 3, 4, 5, 6});
	BAD(.type = 135, .src = A6, .dst = INSIDE_LOCAL6, .target = INSIDE_LOCAL6,
		.mac = (const uint8_t[6]){0});
	BAD(ANSWER, .hop_limit = 64);
	BAD(ANSWER, .bad_checksum = true);
	BAD(ANSWER, .code = 7);
	BAD(ANSWER, .cut = 9);
	BAD(.type = 136, .src = A6, .dst = "ff02::1", .target = A6, .mac = NB_MAC(1),
		.flags = 0x40);
	BAD(.type = 136, .src = A6, .dst = INSIDE_LOCAL6, .target = "::", .mac = NB_MAC(1));
	goes_on(nb_nd(&(struct nb_nd){.type = 134, .src = A6, .dst = "ff02::1", .target = A6}));
}

/* Lies in all forms, and a neighbour in use: bounded, and that one stays. */
static void
n_floods_do_no_harm(void **state)
{
	struct fwpdk_resolve_stats s;
	struct rte_mbuf *m;
	char from[32];
	unsigned i;

	(void)state;
	known(A4, NB_MAC(1));
	srand(4711);
	for (i = 0; i < 20000; i++) {
		snprintf(from, sizeof(from), "192.0.2.%u", 100 + (unsigned)rand() % 100);
		switch (rand() % 4) {
		case 0:
			m = nb_arp(2, NB_MAC((uint8_t)rand()), from, INSIDE_LOCAL);
			break;
		case 1:
			m = nb_arp(1, NB_MAC((uint8_t)rand()), from, INSIDE_LOCAL);
			break;
		case 2:
			snprintf(from, sizeof(from), "fd02::%x", 0x100 + (unsigned)rand() % 100);
			m = nb_nd(&(struct nb_nd){.type = 136,
				.src = from,
				.dst = INSIDE_LOCAL6,
				.target = from,
				.mac = NB_MAC(1),
				.flags = 0x60});
			break;
		default:
			m = nb_nd(&(struct nb_nd){QUESTION});
			rte_pktmbuf_mtod(m, uint8_t *)[14 + (unsigned)rand() % 72] ^=
				(uint8_t)(1 + rand() % 255);
		}
		if (inside_input(0, m))
			rte_pktmbuf_free(m);
		if (i % 16 == 0) {
			while ((m = inside_received()) != NULL)
				rte_pktmbuf_free(m);
			fx_poll_n(1);
			fx_ring_discard(0);
			if (nb_stats().probes != 0)
				nb_answers(A4, NB_MAC(1));
		}
	}
	while ((m = inside_received()) != NULL)
		rte_pktmbuf_free(m);
	fx_poll_n(2);
	fx_ring_discard(0);
	goes_to(A4, NB_MAC(1));
	s = nb_stats();
	assert_int_equal(s.learned, 1);
	assert_int_equal(s.neighbours, 1);
	assert_int_equal(s.asking, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, inside_down)
static const struct CMUnitTest tests[] = {
	T(n_arp_for_us_is_answered),
	T(n_discovery_for_us_is_answered),
	T(n_a_change_is_followed_not_too_often),
	T(n_override_is_asked_for),
	T(n_used_ones_are_asked_again),
	T(n_unused_ones_go),
	T(n_static_ones_are_never_redirected),
	T(n_nobody_is_us),
	T(n_malformed_arp),
	T(n_malformed_discovery),
	T(n_floods_do_no_harm),
};

FX_MAIN(tests)
