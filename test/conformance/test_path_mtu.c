/* SPDX-License-Identifier: BSD-3-Clause */
/* RFC 1191, RFC 8201: ICMP for us lowers what is sent to one address, and what is no such message
 * does not. */
#include <stdio.h>
#include <string.h>

#include <rte_ip.h>

#include "inside.h"

#define TO4	"10.1.2.3"
#define TO6	"fd01::3"
#define ROUTER4 "192.0.2.50"
#define ROUTER6 "fd02::50"

/* A message, right if nothing is said; bytes that a test spoils are counted from the ICMP header.
 */
struct message {
	unsigned version;
	const char *from, *to, *inner_from, *inner_to;
	uint32_t mtu, inner_len;
	uint8_t code;
	unsigned cut, spoil_at;
	uint8_t spoil;
	bool bad_checksum;
};

static void
addr(const char *text, uint8_t *to, unsigned n)
{
	struct fwpdk_addr a;

	assert_int_equal(fwpdk_addr_parse(text, &a), 0);
	memcpy(to, a.bytes, n);
}

static void
ip_header(uint8_t *b, unsigned version, const char *src, const char *dst, uint8_t proto,
	uint32_t total)
{
	struct rte_ipv4_hdr *h = (void *)b;

	memset(b, 0, version == 6 ? 40 : 20);
	if (version == 6) {
		b[0] = 0x60;
		b[4] = (uint8_t)((total - 40) >> 8);
		b[5] = (uint8_t)(total - 40);
		b[6] = proto;
		b[7] = 64;
		addr(src, b + 8, 16);
		addr(dst, b + 24, 16);
		return;
	}
	b[0] = 0x45;
	b[2] = (uint8_t)(total >> 8);
	b[3] = (uint8_t)total;
	b[8] = 64;
	b[9] = proto;
	addr(src, b + 12, 4);
	addr(dst, b + 16, 4);
	h->hdr_checksum = rte_ipv4_cksum(h);
}

static struct rte_mbuf *
frame(const struct message *m)
{
	bool six = m->version == 6;
	const char *us = six ? INSIDE_LOCAL6 : INSIDE_LOCAL;
	unsigned head = six ? 40 : 20, len = 8 + head + 8 - m->cut;
	uint8_t b[128], *icmp = b + head;
	uint16_t sum;

	memset(b, 0, sizeof(b));
	ip_header(b, six ? 6 : 4,
		m->from != NULL ? m->from
		: six		? ROUTER6
				: ROUTER4,
		m->to != NULL ? m->to : us, six ? 58 : 1, head + len);
	icmp[0] = six ? 2 : 3;
	icmp[1] = six ? m->code : 4 + m->code;
	icmp[4] = six ? (uint8_t)(m->mtu >> 24) : 0;
	icmp[6] = (uint8_t)(m->mtu >> 8);
	icmp[7] = (uint8_t)m->mtu;
	ip_header(icmp + 8, six ? 6 : 4, m->inner_from != NULL ? m->inner_from : us,
		m->inner_to != NULL ? m->inner_to
		: six		    ? TO6
				    : TO4,
		17, m->inner_len != 0 ? m->inner_len : 1500);
	icmp[m->spoil_at] ^= m->spoil;
	sum = six ? rte_ipv6_udptcp_cksum((void *)b, icmp) : (uint16_t)~rte_raw_cksum(icmp, len);
	sum ^= m->bad_checksum;
	memcpy(icmp + 2, &sum, 2);
	return inside_frame(0, b, head + len);
}
#define MESSAGE(...) frame(&(struct message){__VA_ARGS__})

/* It goes to the host in any case. */
static void
heard(struct rte_mbuf *m)
{
	struct rte_mbuf *got;

	assert_false(inside_input(0, m));
	got = inside_received();
	assert_ptr_equal(got, m);
	rte_pktmbuf_free(got);
	fx_poll_n(1);
}

static unsigned
path(const char *to)
{
	struct fwpdk_addr a;
	uint32_t seconds;
	uint16_t mtu;

	assert_int_equal(fwpdk_addr_parse(to, &a), 0);
	if (fwpdk_pmtu_get(0, &a, &mtu, &seconds) != 0)
		return 0;
	assert_in_range(seconds, 1, FWPDK_PMTU_SECONDS);
	return mtu;
}

static uint16_t told;

static void
tell_mtu(struct pkt *p)
{
	told = fwpdk_nbl_mtu(p->nbl);
}

static bool
is_done(void *arg)
{
	fx_ring_discard(0);
	return ((struct pkt *)arg)->done != 0;
}

/* One IP packet of so many bytes. */
static NTSTATUS
sends(const char *to, unsigned total)
{
	bool six = strchr(to, ':') != NULL;
	struct pkt *p = PKT(.version = six ? 6 : 4, .dst = to, .payload = total - (six ? 48 : 28));

	told = 0;
	pkt_hook = tell_mtu;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_until(is_done, p));
	pkt_check_restored(p);
	fx_check_conserved();
	return p->status;
}

static bool
may_learn_again(void *arg)
{
	uint64_t *since = arg;

	return fx_now_us() - *since > 2000;
}

static void
later(void)
{
	uint64_t now = fx_now_us();

	assert_true(fx_poll_until(may_learn_again, &now));
}

static void
n_too_big_lowers_the_path(void **state)
{
	(void)state;
	assert_status(sends(TO4, 1400), STATUS_SUCCESS);
	assert_status(sends(TO6, 1400), STATUS_SUCCESS);
	heard(MESSAGE(.mtu = 1300));
	assert_int_equal(path(TO4), 1300);
	assert_status(sends(TO4, 1400), STATUS_INVALID_BUFFER_SIZE);
	assert_int_equal(told, 1300);
	assert_status(sends(TO4, 1300), STATUS_SUCCESS);
	assert_status(sends("10.1.2.4", 1400), STATUS_SUCCESS); /* nobody else's path */
	later();
	heard(MESSAGE(.version = 6, .mtu = 1350));
	assert_int_equal(path(TO6), 1350);
	assert_status(sends(TO6, 1400), STATUS_INVALID_BUFFER_SIZE);
	assert_int_equal(told, 1350);
	assert_status(sends(TO6, 1350), STATUS_SUCCESS);
	assert_int_equal(inside_stats().paths_lowered, 2);
	/* Forgotten: as before. */
	{
		struct fwpdk_addr a;

		assert_int_equal(fwpdk_addr_parse(TO4, &a), 0);
		assert_int_equal(fwpdk_pmtu_del(0, &a), 0);
	}
	assert_status(sends(TO4, 1400), STATUS_SUCCESS);
}

static void
n_never_below_the_least(void **state)
{
	(void)state;
	heard(MESSAGE(.mtu = 100));
	assert_int_equal(path(TO4), 552);
	later();
	heard(MESSAGE(.version = 6, .mtu = 0));
	assert_int_equal(path(TO6), 1280);
	later();
	heard(MESSAGE(.mtu = 0, .inner_to = "10.1.2.9")); /* a router that does not say */
	assert_int_equal(path("10.1.2.9"), 552);
	later();
	heard(MESSAGE(.mtu = 1400)); /* nor is it raised */
	assert_int_equal(path(TO4), 552);
	assert_int_equal(inside_stats().paths_lowered, 3);
}

static void
ignored(struct rte_mbuf *m)
{
	later();
	heard(m);
	assert_int_equal(path(TO4), 0);
	assert_int_equal(path(TO6), 0);
	assert_int_equal(inside_stats().paths_lowered + inside_stats().paths_put_off, 0);
}

static void
n_what_is_not_believed(void **state)
{
	(void)state;
	ignored(MESSAGE(.mtu = 1300, .bad_checksum = true));
	ignored(MESSAGE(.version = 6, .mtu = 1300, .bad_checksum = true));
	ignored(MESSAGE(.mtu = 1300, .code = 1));
	/* Not about a packet of ours. */
	ignored(MESSAGE(.mtu = 1300, .inner_from = "192.0.2.10"));
	ignored(MESSAGE(.version = 6, .mtu = 1300, .inner_from = "fd02::10"));
	/* It would have fitted. */
	ignored(MESSAGE(.mtu = 1300, .inner_len = 1300));
	ignored(MESSAGE(.version = 6, .mtu = 1300, .inner_len = 1300));
	ignored(MESSAGE(.mtu = 1500));
	ignored(MESSAGE(.version = 6, .mtu = 1u << 24 | 1300));
	/* Not there, or not what it says. */
	ignored(MESSAGE(.mtu = 1300, .cut = 9));
	ignored(MESSAGE(.version = 6, .mtu = 1300, .cut = 9));
	ignored(MESSAGE(.mtu = 1300, .spoil_at = 8, .spoil = 0x20));
	ignored(MESSAGE(.mtu = 1300, .spoil_at = 8, .spoil = 0x01));
	ignored(MESSAGE(.version = 6, .mtu = 1300, .spoil_at = 8, .spoil = 0x20));
	/* To all. */
	ignored(MESSAGE(.mtu = 1300, .to = "192.0.2.255", .inner_from = "192.0.2.255"));
	ignored(MESSAGE(.version = 6, .mtu = 1300, .to = "ff02::1", .inner_from = "ff02::1"));
	/* And the same, right. */
	later();
	heard(MESSAGE(.mtu = 1300));
	assert_int_equal(path(TO4), 1300);
}

/* Cut in time: at most one change a millisecond, and no more entries than there are places. */
static void
n_a_flood_is_bounded(void **state)
{
	uint64_t start = fx_now_us(), took;
	char to[16];
	unsigned i;

	(void)state;
	for (i = 0; i < 4000; i++) {
		snprintf(to, sizeof(to), "10.2.%u.%u", i / 250, 1 + i % 250);
		heard(MESSAGE(.mtu = 1300, .inner_to = to));
	}
	took = fx_now_us() - start;
	assert_int_equal(inside_stats().paths_lowered + inside_stats().paths_put_off, 4000);
	assert_in_range(inside_stats().paths_lowered, 1, took / 1000 + 1);
	assert_true(inside_stats().paths_put_off > 0);
}

/* Others are told by the router that drops their packets; we do not. */
static void
n_forwarded_packets_are_not_held_to_it(void **state)
{
	struct pkt *p = PKT(.dst = "10.9.0.5", .payload = 1372);
	struct rte_mbuf *m;

	(void)state;
	heard(MESSAGE(.mtu = 1300, .inner_to = "10.9.0.5"));
	assert_int_equal(path("10.9.0.5"), 1300);
	assert_false(inside_input(0, inside_packet(0, p)));
	fx_poll_n(2);
	assert_int_equal(fx_ring_rx(1, &m, 1), 1);
	assert_int_equal(rte_pktmbuf_pkt_len(m), 14 + 1400);
	rte_pktmbuf_free(m);
	assert_int_equal(fwpdk_if_set_mtu(fx.port[1].ifi, 1399), 0);
	fx_poll_n(1);
	assert_false(inside_input(0, inside_packet(0, p)));
	assert_int_equal(inside_stats().too_big, 1);
}

/* Without a stack of the host's the message is the caller's again, and heard all the same. */
static void
n_without_a_receiver(void **state)
{
	struct rte_mbuf *m = MESSAGE(.mtu = 1300);

	(void)state;
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[0].ifi, 0), 0);
	assert_true(inside_input(0, m));
	rte_pktmbuf_free(m);
	assert_int_equal(path(TO4), 1300);
	later();
	m = MESSAGE(.version = 6, .mtu = 1300);
	assert_true(inside_input(0, m));
	rte_pktmbuf_free(m);
	assert_int_equal(path(TO6), 1300);
}

#define T(f) cmocka_unit_test_setup_teardown(f, inside_up, inside_down)
static const struct CMUnitTest tests[] = {
	T(n_too_big_lowers_the_path),
	T(n_never_below_the_least),
	T(n_what_is_not_believed),
	T(n_a_flood_is_bounded),
	T(n_forwarded_packets_are_not_held_to_it),
	cmocka_unit_test_setup_teardown(n_without_a_receiver, inside_up_no_receiver, inside_down),
};

FX_MAIN(tests)
