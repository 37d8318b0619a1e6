/* SPDX-License-Identifier: BSD-3-Clause */
/* Several interfaces on one port: those of VLANs ask with their tags and hear only their own. */
#include <string.h>

#include <rte_ip.h>

#include "neighbour.h"

#define V4    "198.51.100.77"
#define V4_US "198.51.100.9"
#define V6    "fd05::77"
#define V6_US "fd05::9"
#define VLAN  20
#define OUTER 10

static uint32_t vlan_if;
static uint8_t ours[6];

static void
addr_add(uint32_t index, const char *text, uint8_t len)
{
	struct fwpdk_addr a;

	assert_int_equal(fwpdk_addr_parse(text, &a), 0);
	assert_int_equal(fwpdk_addr_add(index, &a, len), 0);
}

static uint32_t
iface(uint16_t vlan, uint16_t outer, uint8_t mac, const char *v4, const char *v6)
{
	struct fwpdk_if_opts o = {.size = sizeof(o),
		.port_id = fx.port[0].id,
		.vlan_id = vlan,
		.vlan_priority = vlan != 0 ? 3 : 0,
		.outer_vlan_id = outer};
	uint32_t index;

	if (mac != 0)
		memcpy(o.mac.addr_bytes, NB_MAC(mac), 6);
	assert_int_equal(fwpdk_if_add(&o, &index), 0);
	addr_add(index, v4, 24);
	if (v6 != NULL)
		addr_add(index, v6, 64);
	assert_int_equal(fwpdk_if_set_resolve(index, 1), 0);
	return index;
}

static int
up(void **state)
{
	struct fwpdk_if_info info = {.size = sizeof(info)};
	int rc = nb_up(state);

	if (rc != 0)
		return rc;
	assert_int_equal(fwpdk_if_info(fx.port[0].ifi, &info), 0);
	memcpy(ours, info.mac.addr_bytes, 6);
	vlan_if = iface(VLAN, 0, 0, V4_US, V6_US);
	fx.port[0].ifi2 = vlan_if;
	return 0;
}

static int
down(void **state)
{
	if (fx.port[0].ifi2 != 0)
		assert_int_equal(fwpdk_if_del(fx.port[0].ifi2), 0);
	return inside_down(state);
}

/* A tag in front of the type, or of the tags that are there. */
static struct rte_mbuf *
tagged(struct rte_mbuf *m, uint16_t tpid, uint16_t tci)
{
	uint8_t *b;

	assert_non_null(rte_pktmbuf_prepend(m, 4));
	b = rte_pktmbuf_mtod(m, uint8_t *);
	memmove(b, b + 4, 12);
	b[12] = (uint8_t)(tpid >> 8);
	b[13] = (uint8_t)tpid;
	b[14] = (uint8_t)(tci >> 8);
	b[15] = (uint8_t)tci;
	return m;
}

/* As from a NIC that takes the tag out. */
static struct rte_mbuf *
stripped(struct rte_mbuf *m, uint16_t tci)
{
	m->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	m->vlan_tci = tci;
	return m;
}

static struct rte_mbuf *
reply4(const char *who, const char *us, uint8_t mac)
{
	return nb_arp(2, NB_MAC(mac), who, us);
}

static struct rte_mbuf *
reply6(const char *who, const char *us, uint8_t mac)
{
	return nb_nd(&(struct nb_nd){.type = 136,
		.src = who,
		.dst = us,
		.target = who,
		.mac = NB_MAC(mac),
		.flags = 0x60});
}

static void
taken(struct rte_mbuf *m)
{
	assert_false(inside_input(0, m));
	assert_null(inside_received());
}

/* Not the library's: the host has it, as it was. */
static void
goes_on(struct rte_mbuf *m)
{
	struct rte_mbuf *got;

	if (inside_input(0, m)) {
		rte_pktmbuf_free(m);
		return;
	}
	got = inside_received();
	assert_ptr_equal(got, m);
	rte_pktmbuf_free(got);
}

static struct pkt *
inject(const char *dst)
{
	struct pkt *p = PKT(.version = strchr(dst, ':') != NULL ? 6 : 4, .dst = dst, .lead = 24);

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	return p;
}

/* The next frame of port 0, at most size bytes; its length. */
static uint32_t
frame(uint8_t *b, uint32_t size)
{
	struct rte_mbuf *m;
	uint32_t n;
	unsigned i;

	memset(b, 0, size);
	for (i = 0; i < 10000 && fx_ring_rx(0, &m, 1) == 0; i++)
		fx_poll_n(1);
	assert_true(i < 10000);
	n = fx_mbuf_read(m, b, size);
	rte_pktmbuf_free(m);
	return n;
}

/* Is it asked for somebody's MAC, behind any tags? On a busy machine that may be once more. */
static bool
question(const uint8_t *b)
{
	while (b[12] == 0x81 || b[12] == 0x88)
		b += 4;
	return (b[12] == 8 && b[13] == 6) || (b[12] == 0x86 && b[20] == 58 && b[54] == 135);
}

/* The next frame that is no question. */
static uint32_t
packet(uint8_t *b, uint32_t size)
{
	uint32_t n;

	do
		n = frame(b, size);
	while (question(b));
	return n;
}

static void
nothing(void)
{
	fx_poll_n(10);
	nb_nothing(0);
}

/* dst, our MAC, tags, and what comes behind them. */
static void
header(const uint8_t *b, const uint8_t *dst, const char *tags, uint32_t len, uint16_t type)
{
	const uint8_t want[2] = {(uint8_t)(type >> 8), (uint8_t)type};

	if (dst != NULL)
		assert_memory_equal(b, dst, 6);
	assert_memory_equal(b + 6, ours, 6);
	assert_memory_equal(b + 12, tags, len);
	assert_memory_equal(b + 12 + len, want, 2);
}

static void
asked4(const char *who, const char *from, const char *tags, uint32_t len)
{
	static const uint8_t all[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct fwpdk_addr a;
	uint8_t b[128];

	assert_int_equal(frame(b, sizeof(b)), 60 + len); /* long enough without its tags, too */
	header(b, all, tags, len, 0x0806);
	assert_memory_equal(b + len + 14, "\0\1\x08\0\6\4\0\1", 8);
	assert_memory_equal(b + len + 22, ours, 6);
	assert_int_equal(fwpdk_addr_parse(from, &a), 0);
	assert_memory_equal(b + len + 28, a.bytes, 4);
	assert_int_equal(fwpdk_addr_parse(who, &a), 0);
	assert_memory_equal(b + len + 38, a.bytes, 4);
}

static void
asked6(const char *who, const char *from, const char *tags, uint32_t len)
{
	struct fwpdk_addr a;
	struct rte_ipv6_hdr *ip;
	uint8_t b[128] = {0}, group[6] = {0x33, 0x33, 0xff};
	uint16_t sum;

	assert_int_equal(fwpdk_addr_parse(who, &a), 0);
	memcpy(group + 3, a.bytes + 13, 3);
	assert_int_equal(frame(b, sizeof(b)), 86 + len);
	header(b, group, tags, len, 0x86dd);
	ip = (void *)(b + 14 + len);
	assert_int_equal(b[len + 54], 135);
	assert_memory_equal(b + len + 62, a.bytes, 16);
	assert_int_equal(fwpdk_addr_parse(from, &a), 0);
	assert_memory_equal(ip->src_addr, a.bytes, 16);
	assert_memory_equal(b + len + 80, ours, 6);
	memcpy(&sum, b + len + 56, 2);
	memset(b + len + 56, 0, 2);
	assert_int_equal(rte_ipv6_udptcp_cksum(ip, b + len + 54), sum);
}

static void
got(struct pkt *p, uint8_t mac, const char *tags, uint32_t len)
{
	uint8_t b[2048];

	assert_int_equal(packet(b, sizeof(b)), 14 + len + p->ip_len);
	header(b, NB_MAC(mac), tags, len, p->ip[0] >> 4 == 6 ? 0x86dd : 0x0800);
	assert_memory_equal(b + 14 + len, p->ip, p->ip_len);
	nb_ends(p, STATUS_SUCCESS);
}

#define TAG  "\x81\0\x60\x14" /* priority 3, VLAN 20 */
#define QINQ "\x88\xa8\x60\x0a\x81\0\x60\x14"

/* Answers with the tag in the frame, and taken out by the NIC. */
static void
n_vlan_neighbours_are_asked_with_the_tag(void **state)
{
	struct pkt *p;

	(void)state;
	p = inject(V4);
	asked4(V4, V4_US, TAG, 4);
	taken(tagged(reply4(V4, V4_US, 1), 0x8100, VLAN));
	got(p, 1, TAG, 4);
	p = inject("198.51.100.78");
	asked4("198.51.100.78", V4_US, TAG, 4);
	taken(stripped(reply4("198.51.100.78", V4_US, 2), 0xe000 | VLAN));
	got(p, 2, TAG, 4);
	p = inject(V6);
	asked6(V6, V6_US, TAG, 4);
	taken(tagged(reply6(V6, V6_US, 3), 0x8100, VLAN));
	got(p, 3, TAG, 4);
	p = inject("fd05::78");
	asked6("fd05::78", V6_US, TAG, 4);
	taken(stripped(reply6("fd05::78", V6_US, 4), VLAN));
	got(p, 4, TAG, 4);
	assert_int_equal(nb_stats().learned, 4);
	assert_int_equal(inside_stats().resolution, 4);
}

static struct rte_mbuf *
question4(const char *us)
{
	return nb_arp(1, NB_MAC(9), V4, us);
}

static struct rte_mbuf *
question6(void)
{
	return nb_nd(&(struct nb_nd){.type = 135,
		.src = V6,
		.dst = "ff02::1:ff00:9",
		.target = V6_US,
		.mac = NB_MAC(9)});
}

static void
answered4(void)
{
	uint8_t b[128];

	assert_int_equal(frame(b, sizeof(b)), 64);
	header(b, NB_MAC(9), TAG, 4, 0x0806);
	assert_memory_equal(b + 18, "\0\1\x08\0\6\4\0\2", 8);
	assert_memory_equal(b + 26, ours, 6);
	assert_memory_equal(b + 32, "\xc6\x33\x64\x09", 4);
	assert_memory_equal(b + 36, NB_MAC(9), 6);
	assert_memory_equal(b + 42, "\xc6\x33\x64\x4d", 4);
}

static void
answered6(void)
{
	uint8_t b[128];

	assert_int_equal(frame(b, sizeof(b)), 90);
	header(b, NB_MAC(9), TAG, 4, 0x86dd);
	assert_int_equal(b[58], 136);
	assert_memory_equal(b + 84, ours, 6);
}

static void
n_vlan_questions_are_answered_with_the_tag(void **state)
{
	(void)state;
	taken(tagged(question4(V4_US), 0x8100, VLAN));
	answered4();
	taken(stripped(question4(V4_US), VLAN));
	answered4();
	taken(tagged(question6(), 0x8100, VLAN));
	answered6();
	taken(stripped(question6(), VLAN));
	answered6();
	/* With a priority tag it is the untagged interface's. */
	taken(tagged(nb_arp(1, NB_MAC(9), "192.0.2.5", INSIDE_LOCAL), 0x8100, 0x6000));
	assert_int_equal(nb_stats().answers, 5);
	fx_poll_n(2);
	fx_ring_discard(0);
}

/* What is said on another link is nobody's. */
static void
n_vlans_are_links_apart(void **state)
{
	struct pkt *p;

	(void)state;
	goes_on(question4(V4_US));
	goes_on(tagged(question4(INSIDE_LOCAL), 0x8100, VLAN));
	goes_on(tagged(question4(V4_US), 0x8100, 30)); /* no interface of ours */
	goes_on(tagged(question4(INSIDE_LOCAL), 0x8100, 30));
	goes_on(stripped(question4(INSIDE_LOCAL), 30));
	goes_on(tagged(tagged(question4(V4_US), 0x8100, VLAN), 0x88a8, OUTER));
	goes_on(tagged(question6(), 0x8100, 30));
	goes_on(question6());
	nothing();
	assert_int_equal(nb_stats().answers, 0);
	p = inject(V4);
	asked4(V4, V4_US, TAG, 4);
	goes_on(reply4(V4, V4_US, 1));
	goes_on(tagged(reply4(V4, V4_US, 1), 0x8100, 30));
	goes_on(stripped(reply4(V4, V4_US, 1), 30));
	fx_poll_n(100);
	assert_int_equal(nb_stats().learned, 0);
	assert_int_equal(p->done, 0);
	taken(tagged(reply4(V4, V4_US, 5), 0x8100, VLAN));
	got(p, 5, TAG, 4);
}

static void
n_qinq(void **state)
{
	uint32_t index = iface(VLAN, OUTER, 0, "203.0.113.9", "fd06::9");
	struct pkt *p;

	(void)state;
	p = inject("203.0.113.77");
	asked4("203.0.113.77", "203.0.113.9", QINQ, 8);
	goes_on(tagged(reply4("203.0.113.77", "203.0.113.9", 1), 0x8100, VLAN));
	taken(tagged(
		tagged(reply4("203.0.113.77", "203.0.113.9", 2), 0x8100, VLAN), 0x88a8, OUTER));
	got(p, 2, QINQ, 8);
	p = inject("fd06::77");
	asked6("fd06::77", "fd06::9", QINQ, 8);
	taken(stripped(tagged(reply6("fd06::77", "fd06::9", 3), 0x8100, VLAN), OUTER));
	got(p, 3, QINQ, 8);
	assert_int_equal(fwpdk_if_del(index), 0);
}

static bool
so_many_changes(void *arg)
{
	return nb_stats().changed >= *(uint64_t *)arg;
}

static void
changes(uint64_t n)
{
	assert_true(fx_poll_until(so_many_changes, &n));
	fx_poll_n(2);
	fx_ring_discard(0);
}

static void
settled(void)
{
	nb_settle();
	fx_ring_discard(0);
}

/* Gratuitous messages go to all: each interface of that link listens, not only the first. */
static void
n_changes_are_followed_on_every_interface(void **state)
{
	uint32_t index = iface(0, 0, 0x55, "203.0.113.9", "fd06::9");
	uint8_t b[2048];
	struct pkt *p, *q, *r;

	(void)state;
	p = inject("203.0.113.77");
	frame(b, sizeof(b)); /* the question */
	taken(reply4("203.0.113.77", "203.0.113.9", 1));
	packet(b, sizeof(b));
	assert_memory_equal(b, NB_MAC(1), 6);
	nb_ends(p, STATUS_SUCCESS);
	q = inject(V4);
	asked4(V4, V4_US, TAG, 4);
	taken(tagged(reply4(V4, V4_US, 2), 0x8100, VLAN));
	got(q, 2, TAG, 4);
	r = inject("fd06::77");
	frame(b, sizeof(b));
	taken(reply6("fd06::77", "fd06::9", 3));
	packet(b, sizeof(b));
	assert_memory_equal(b, NB_MAC(3), 6);
	nb_ends(r, STATUS_SUCCESS);
	settled();
	goes_on(nb_arp(1, NB_MAC(11), "203.0.113.77", "203.0.113.77"));
	changes(1);
	goes_on(tagged(nb_arp(1, NB_MAC(12), V4, V4), 0x8100, VLAN));
	changes(2);
	goes_on(nb_nd(&(struct nb_nd){.type = 136,
		.src = "fd06::77",
		.dst = "ff02::1",
		.target = "fd06::77",
		.mac = NB_MAC(13),
		.flags = 0x20}));
	changes(3);
	p = inject("203.0.113.77");
	packet(b, sizeof(b));
	assert_memory_equal(b, NB_MAC(11), 6);
	nb_ends(p, STATUS_SUCCESS);
	got(inject(V4), 12, TAG, 4);
	r = inject("fd06::77");
	packet(b, sizeof(b));
	assert_memory_equal(b, NB_MAC(13), 6);
	nb_ends(r, STATUS_SUCCESS);
	/* And questions to all: with the MAC of the interface that is meant. */
	taken(nb_arp(1, NB_MAC(9), "203.0.113.78", "203.0.113.9"));
	assert_int_equal(frame(b, sizeof(b)), 60);
	assert_memory_equal(b + 6, NB_MAC(0x55), 6);
	assert_memory_equal(b + 22, NB_MAC(0x55), 6);
	assert_int_equal(fwpdk_if_del(index), 0);
}

/* A forwarded packet that waits leaves with the tag of its way out. */
static void
n_forwarded_packets_get_the_tag(void **state)
{
	struct pkt *p = PKT(.dst = V4);

	(void)state;
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[1].ifi, 1), 0);
	assert_false(inside_input(1, inside_packet(1, p)));
	asked4(V4, V4_US, TAG, 4);
	taken(tagged(reply4(V4, V4_US, 1), 0x8100, VLAN));
	p->ip[8]--;
	pkt_ip_checksum(p);
	{
		uint8_t b[2048];

		assert_int_equal(frame(b, sizeof(b)), 18 + p->ip_len);
		header(b, NB_MAC(1), TAG, 4, 0x0800);
		assert_memory_equal(b + 18, p->ip, p->ip_len);
	}
}

/* In one burst, from a NIC that strips: each frame is that of its own interface. */
static void
n_a_burst_of_two_vlans(void **state)
{
	struct rte_mbuf *m[4];
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		m[i] = inside_packet(0, PKT(.dst = i % 2 != 0 ? V4_US : INSIDE_LOCAL));
		if (i % 2 != 0)
			stripped(m[i], VLAN);
	}
	assert_int_equal(fwpdk_input(fx.poller, fx.port[0].id, m, 4), 0);
	for (i = 0; i < 4; i++)
		rte_pktmbuf_free(inside_received());
	assert_int_equal(inside_if, vlan_if);
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, down)
static const struct CMUnitTest tests[] = {
	T(n_vlan_neighbours_are_asked_with_the_tag),
	T(n_vlan_questions_are_answered_with_the_tag),
	T(n_vlans_are_links_apart),
	T(n_qinq),
	T(n_changes_are_followed_on_every_interface),
	T(n_forwarded_packets_get_the_tag),
	T(n_a_burst_of_two_vlans),
};

FX_MAIN(tests)
