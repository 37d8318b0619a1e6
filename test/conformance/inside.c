/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <rte_mbuf.h>

#include "inside.h"

#define POOL 1023u
#define GOT  64u

static struct rte_mempool *pool;
static struct rte_mbuf *got[GOT];
static unsigned got_head, got_tail;
uint32_t inside_if;

static void
receive(void *arg, struct fwpdk_poller *p, uint32_t if_index, struct rte_mbuf **m, uint16_t n)
{
	uint16_t i;

	assert_ptr_equal(arg, &got);
	assert_ptr_equal(p, fx.poller);
	assert_true(n > 0 && n <= 32);
	inside_if = if_index;
	for (i = 0; i < n; i++) {
		assert_true(got_tail - got_head < GOT);
		got[got_tail++ % GOT] = m[i];
	}
}

struct rte_mbuf *
inside_received(void)
{
	return got_head != got_tail ? got[got_head++ % GOT] : NULL;
}

static struct rte_mbuf *kept[256];
static unsigned nkept;

void
inside_keep(struct rte_mbuf *m)
{
	assert_true(nkept < RTE_DIM(kept));
	kept[nkept++] = m;
}

void
inside_free_kept(void)
{
	while (nkept > 0)
		rte_pktmbuf_free(kept[--nkept]);
}

static void
local(const char *addr, uint8_t len)
{
	struct fwpdk_addr a;

	assert_int_equal(fwpdk_addr_parse(addr, &a), 0);
	assert_int_equal(fwpdk_addr_add(fx.port[0].ifi, &a, len), 0);
}

static int
up(void **state, fwpdk_receive_fn fn)
{
	struct fwpdk_input_opts o = {.size = sizeof(o), .receive = fn, .arg = &got, .mbufs = 255};
	int rc = fx_up(state,
		&(struct fx_conf){.dev = {"net_ring0", "net_ring1"}, .no_poller_start = true});

	if (rc != 0)
		return rc;
	got_head = got_tail = 0;
	pool = rte_pktmbuf_pool_create("inside", POOL, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	assert_non_null(pool);
	local(INSIDE_LOCAL, 24);
	local(INSIDE_LOCAL6, 64);
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[0].ifi, 1), 0);
	assert_int_equal(fwpdk_input_open(fx.poller, &o), 0);
	assert_int_equal(fwpdk_poller_start(fx.poller), 0);
	return 0;
}

int
inside_up(void **state)
{
	return up(state, receive);
}

int
inside_up_no_receiver(void **state)
{
	return up(state, NULL);
}

int
inside_down(void **state)
{
	int rc = fx_down(state);

	inside_all_back();
	rte_mempool_free(pool);
	return rc;
}

unsigned
inside_out(void)
{
	return rte_mempool_in_use_count(pool);
}

void
inside_all_back(void)
{
	assert_int_equal(inside_out(), 0);
}

struct rte_mbuf *
inside_frame(unsigned port, const void *ip, uint32_t len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	struct fwpdk_if_info info = {.size = sizeof(info)};
	struct rte_ether_hdr *eth;

	assert_non_null(m);
	assert_int_equal(fwpdk_if_info(fx.port[port].ifi, &info), 0);
	eth = (void *)rte_pktmbuf_append(m, (uint16_t)(sizeof(*eth) + len));
	assert_non_null(eth);
	eth->dst_addr = info.mac;
	memset(&eth->src_addr, 0x02, sizeof(eth->src_addr));
	eth->ether_type = rte_cpu_to_be_16(
		*(const uint8_t *)ip >> 4 == 6 ? RTE_ETHER_TYPE_IPV6 : RTE_ETHER_TYPE_IPV4);
	memcpy(eth + 1, ip, len);
	return m;
}

struct rte_mbuf *
inside_packet(unsigned port, const struct pkt *p)
{
	return inside_frame(port, p->ip, p->ip_len);
}

bool
inside_input(unsigned port, struct rte_mbuf *m)
{
	struct rte_mbuf *was = m;
	uint16_t n = fwpdk_input(fx.poller, fx.port[port].id, &m, 1);

	assert_true(n == 0 || m == was);
	return n == 1;
}

struct fwpdk_input_stats
inside_stats(void)
{
	struct fwpdk_input_stats s = {.size = sizeof(s)};

	assert_int_equal(fwpdk_input_stats(fx.poller, &s), 0);
	return s;
}
