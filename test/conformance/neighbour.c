/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <rte_cycles.h>
#include <rte_ip.h>

#include "core/ctl.h"
#include "neighbour.h"
#include "resolve/resolve.h"
#include "stack/neigh.h"

static struct rte_mbuf *next_frame[FX_PORTS];

static int
times(void)
{
	uint64_t ms = rte_get_tsc_hz() / 1000;

	memset(next_frame, 0, sizeof(next_frame));
	fwi_resolve_times = (struct fwi_resolve_times){
		.retry = NB_RETRY_MS * ms,
		.negative = NB_RETRY_MS * ms,
		.reachable = 4 * NB_RETRY_MS * ms,
		.settle = NB_RETRY_MS * ms,
		.stale = 8 * NB_RETRY_MS * ms,
		.batch = ms / 10,
		.tick = ms,
	};
	return 0;
}

void
nb_settle(void)
{
	uint64_t start = fx_now_us();

	while (fx_now_us() - start < NB_RETRY_MS * 1000 + 5000)
		fx_poll_n(1);
}

int
nb_up(void **state)
{
	int rc = inside_up(state);

	if (rc != 0)
		return rc;
	assert_int_equal(fwpdk_if_set_resolve(fx.port[0].ifi, 1), 0);
	return times();
}

static void
addr(const char *text, uint8_t *to)
{
	struct fwpdk_addr a = {0};

	if (text != NULL)
		assert_int_equal(fwpdk_addr_parse(text, &a), 0);
	memcpy(to, a.bytes, text != NULL && strchr(text, ':') != NULL ? 16 : 4);
}

static void
our_mac(unsigned port, uint8_t *to)
{
	struct fwpdk_if_info info = {.size = sizeof(info)};

	assert_int_equal(fwpdk_if_info(fx.port[port].ifi, &info), 0);
	memcpy(to, info.mac.addr_bytes, 6);
}

struct rte_mbuf *
nb_arp(uint16_t op, const uint8_t *mac, const char *sender, const char *target)
{
	uint8_t b[28] = {0x45, 1, 8, 0, 6, 4, 0, (uint8_t)op};
	struct rte_mbuf *m;

	memcpy(b + 8, mac, 6);
	addr(sender, b + 14);
	addr(target, b + 24);
	m = inside_frame(0, b, sizeof(b));
	rte_pktmbuf_mtod(m, uint8_t *)[14] = 0;
	memcpy(rte_pktmbuf_mtod_offset(m, uint8_t *, 6), mac, 6);
	memcpy(rte_pktmbuf_mtod_offset(m, uint8_t *, 12), "\x08\x06", 2);
	return m;
}

struct rte_mbuf *
nb_nd(const struct nb_nd *w)
{
	uint8_t b[40 + 32] = {0x60, [6] = 58, [7] = w->hop_limit != 0 ? w->hop_limit : 255};
	uint32_t len = (w->mac != NULL ? 32 : 24) - w->cut;
	struct rte_ipv6_hdr *ip = (void *)b;
	uint16_t sum;

	ip->payload_len = rte_cpu_to_be_16((uint16_t)len);
	addr(w->src, ip->src_addr);
	addr(w->dst, ip->dst_addr);
	b[40] = w->type;
	b[41] = w->code;
	b[44] = w->flags;
	addr(w->target, b + 48);
	if (w->mac != NULL) {
		b[64] = w->opt_type != 0 ? w->opt_type : w->type == 135 ? 1 : 2;
		b[65] = w->opt_len == 0xff ? 0 : w->opt_len != 0 ? w->opt_len : 1;
		memcpy(b + 66, w->mac, 6);
	}
	sum = rte_ipv6_udptcp_cksum(ip, b + 40);
	sum = (uint16_t)(sum ^ w->bad_checksum);
	memcpy(b + 42, &sum, 2);
	return inside_frame(0, b, 40 + len);
}

bool
nb_answers(const char *text, const uint8_t *mac)
{
	struct rte_mbuf *m;
	bool on;

	if (strchr(text, ':') == NULL)
		m = nb_arp(2, mac, text, INSIDE_LOCAL);
	else
		m = nb_nd(&(struct nb_nd){.type = 136,
			.src = text,
			.dst = INSIDE_LOCAL6,
			.target = text,
			.mac = mac,
			.flags = 0x60});
	on = inside_input(0, m);
	if (on)
		rte_pktmbuf_free(m);
	return !on;
}

static struct rte_mbuf *
frame(unsigned port)
{
	struct rte_mbuf *m = next_frame[port];

	next_frame[port] = NULL;
	if (m == NULL && fx_ring_rx(port, &m, 1) == 0)
		return NULL;
	return m;
}

static bool
frame_is_there(void *arg)
{
	unsigned port = *(unsigned *)arg;

	if (next_frame[port] == NULL)
		next_frame[port] = frame(port);
	return next_frame[port] != NULL;
}

void
nb_wait(unsigned port)
{
	assert_true(fx_poll_until(frame_is_there, &port));
}

static void
expect(unsigned port, const uint8_t *want, uint32_t len)
{
	uint8_t got[128] = {0};
	struct rte_mbuf *m = frame(port);
	uint32_t n;

	assert_non_null(m);
	n = fx_mbuf_read(m, got, sizeof(got));
	rte_pktmbuf_free(m);
	assert_int_equal(n, RTE_MAX(len, 60u));
	assert_memory_equal(got, want, n);
}

static void
asked4(unsigned port, const char *text, const uint8_t *mac)
{
	uint8_t want[64] = {[12] = 8, 6, 0, 1, 8, 0, 6, 4, 0, 1};

	memset(want, 0xff, 6);
	if (mac != NULL)
		memcpy(want, mac, 6);
	our_mac(port, want + 6);
	our_mac(port, want + 22);
	addr(INSIDE_LOCAL, want + 28);
	addr(text, want + 38);
	expect(port, want, 42);
}

static void
asked6(unsigned port, const char *text, const uint8_t *mac)
{
	uint8_t want[86] = {0x33, 0x33, 0xff, [12] = 0x86, 0xdd, 0x60, [19] = 32, 58, 255};
	uint8_t target[16];
	uint16_t sum;

	addr(text, target);
	our_mac(port, want + 6);
	addr(INSIDE_LOCAL6, want + 22);
	if (mac != NULL) {
		memcpy(want, mac, 6);
		memcpy(want + 38, target, 16);
	} else {
		memcpy(want + 3, target + 13, 3);
		addr("ff02::1:ff00:0", want + 38);
		memcpy(want + 51, target + 13, 3);
	}
	want[54] = 135;
	memcpy(want + 62, target, 16);
	want[78] = want[79] = 1;
	our_mac(port, want + 80);
	sum = rte_ipv6_udptcp_cksum((const void *)(want + 14), want + 54);
	memcpy(want + 56, &sum, 2);
	expect(port, want, 86);
}

void
nb_asked(unsigned port, const char *text, const uint8_t *mac)
{
	if (strchr(text, ':') == NULL)
		asked4(port, text, mac);
	else
		asked6(port, text, mac);
}

void
nb_got(unsigned port, struct pkt *p, const uint8_t *mac)
{
	uint8_t got[2048];
	struct rte_mbuf *m = frame(port);

	assert_non_null(m);
	assert_int_equal(fx_mbuf_read(m, got, sizeof(got)), 14 + p->ip_len);
	rte_pktmbuf_free(m);
	assert_memory_equal(got, mac, 6);
	assert_memory_equal(got + 14, p->ip, p->ip_len);
}

void
nb_nothing(unsigned port)
{
	struct rte_mbuf *m = frame(port);

	assert_null(m);
}

struct fwpdk_resolve_stats
nb_stats(void)
{
	struct fwpdk_resolve_stats s = {.size = sizeof(s)};

	assert_int_equal(fwpdk_resolve_stats(fx.poller, &s), 0);
	return s;
}

static bool
is_done(void *arg)
{
	return ((struct pkt *)arg)->done != 0;
}

void
nb_ends(struct pkt *p, NTSTATUS status)
{
	assert_true(fx_poll_until(is_done, p));
	assert_int_equal(p->done, 1);
	assert_status(p->status, status);
	pkt_check_restored(p);
	fx_check_conserved();
}

void
nb_key(const char *addr, enum fwi_family *family, fwi_u128 *key)
{
	struct fwpdk_addr a;

	assert_int_equal(fwpdk_addr_parse(addr, &a), 0);
	assert_int_equal(fwi_addr_key(&a, family, key), 0);
}

void
nb_route(const char *prefix, uint8_t len, const char *gateway)
{
	struct fwpdk_route r = {.size = sizeof(r), .if_index = fx.port[0].ifi, .prefix_len = len};

	assert_int_equal(fwpdk_addr_parse(prefix, &r.prefix), 0);
	assert_int_equal(fwpdk_addr_parse(gateway, &r.next_hop), 0);
	assert_int_equal(fwpdk_route_add(&r), 0);
}

void
nb_route_two(
	const char *prefix, const char *first, unsigned port1, const char *second, unsigned port2)
{
	struct fwpdk_route r = {.size = sizeof(r), .prefix_len = 16};
	struct fwpdk_next_hop hops[2] = {
		{.if_index = fx.port[port1].ifi}, {.if_index = fx.port[port2].ifi}};

	assert_int_equal(fwpdk_addr_parse(prefix, &r.prefix), 0);
	assert_int_equal(fwpdk_addr_parse(first, &hops[0].gateway), 0);
	assert_int_equal(fwpdk_addr_parse(second, &hops[1].gateway), 0);
	assert_int_equal(fwpdk_route_add_multi(&r, hops, 2), 0);
}

void
nb_known(const char *addr, uint8_t last)
{
	const struct rte_ether_addr mac = {{2, 0x77, 0, 0, 0, last}};
	struct fwpdk_addr a;

	assert_int_equal(fwpdk_addr_parse(addr, &a), 0);
	assert_int_equal(fwpdk_neigh_add(fx.port[0].ifi, &a, &mac), 0);
}

void
nb_learned(const char *addr, uint8_t last)
{
	const struct rte_ether_addr mac = {{2, 0x77, 0, 0, 0, last}};
	enum fwi_family family;
	fwi_u128 key;

	nb_key(addr, &family, &key);
	fwi_ctl_lock();
	assert_int_equal(fwi_neigh_learn(fx.port[0].ifi, family, key, last != 0 ? &mac : NULL), 0);
	fwi_ctl_unlock();
}

void
nb_comes_in(struct pkt *p)
{
	assert_false(inside_input(1, inside_packet(1, p)));
}

void
nb_forwarded(struct pkt *p, const uint8_t *mac)
{
	p->ip[8]--;
	pkt_ip_checksum(p);
	nb_got(0, p, mac);
}
