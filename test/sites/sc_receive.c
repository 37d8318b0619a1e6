/* SPDX-License-Identifier: BSD-3-Clause */
/* The receive side, neighbours that are asked for, routes by several ways, what a mirror sets. */
#include <pthread.h>
#include <string.h>

#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_telemetry.h>

#include "core/ctl.h"
#include "inject/telemetry.h"
#include "sites.h"
#include "stack/iface.h"

#define FRAMES 4u

static struct rte_mempool *mbufs;

static void
only_device(void)
{
	w = (struct world){.dev = "net_null0"};
	lib_up();
	dev_up(w.dev);
	mbufs = rte_pktmbuf_pool_create("sites", 255, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	CHECK(mbufs != NULL);
	port_up();
}

static void
interface_up(void)
{
	struct fwpdk_if_opts o = {.size = sizeof(o), .port_id = w.port};
	struct fwpdk_addr a = addr_of("10.0.0.2");

	OP(fwpdk_if_add(&o, &w.ifi), -ENOMEM);
	OP(fwpdk_addr_add(w.ifi, &a, 24), -ENOMEM);
	route_set(w.ifi, "0.0.0.0", 0, "10.0.0.1");
}

static void
device_down(void)
{
	port_down();
	if (w.poller != NULL)
		poller_down();
	dev_down();
	lib_down();
	rte_mempool_free(mbufs);
}

/* ---- routes */

static void
multi(const struct fwpdk_route *r, const struct fwpdk_next_hop *hops, uint32_t n)
{
	struct fwpdk_route_change c[2] = {
		{.size = sizeof(c[0]), .route = r, .hops = hops, .n_hops = n},
		{.size = sizeof(c[0]), .route = r, .remove = 1},
	};

	OP(fwpdk_route_add_multi(r, hops, n), -ENOMEM, -ENOSPC);
	OP(fwpdk_route_batch(c, 1), -ENOMEM, -ENOSPC);
	OP(fwpdk_route_batch(c, 2), -ENOMEM, -ENOSPC);
	OP(fwpdk_route_batch(c, 1), -ENOMEM, -ENOSPC);
}

static void
groups(void)
{
	struct fwpdk_route r = {.size = sizeof(r), .compartment_id = 1, .prefix_len = 16};
	struct fwpdk_next_hop hops[3];
	unsigned i;

	interface_up();
	for (i = 0; i < 3; i++) {
		hops[i] = (struct fwpdk_next_hop){.if_index = w.ifi, .weight = (uint16_t)i};
		hops[i].gateway = addr_of(i == 0 ? "10.0.0.1" : i == 1 ? "10.0.0.3" : "10.0.0.4");
	}
	r.prefix = addr_of("10.9.0.0");
	multi(&r, hops, 3);
	r.prefix = addr_of("10.10.0.0");
	multi(&r, hops, 2);
}

/* As lib/netlink does. */
static int
mirror_addr(bool remove)
{
	int rc;

	fwi_ctl_lock();
	rc = fwi_addr_mirror(w.ifi, FWI_V4, (fwi_u128)0x0a000005 << 96, 24, remove);
	fwi_ctl_unlock();
	return rc;
}

static void
mirrored(void)
{
	interface_up();
	OP(mirror_addr(false), -ENOMEM);
	CHECK(mirror_addr(false) == -EEXIST);
	OP(mirror_addr(true), -ENOMEM);
	CHECK(mirror_addr(true) == -ENOENT);
}

/* ---- packets that come in */

static struct rte_mbuf *
frame(uint32_t dst)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(mbufs);
	struct rte_ether_hdr *eth;
	struct rte_ipv4_hdr *ip;

	CHECK(m != NULL);
	eth = (void *)rte_pktmbuf_append(m, 60);
	memset(eth, 0, 60);
	rte_eth_macaddr_get(w.port, &eth->dst_addr);
	eth->ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	ip = (void *)(eth + 1);
	ip->version_ihl = RTE_IPV4_VHL_DEF;
	ip->total_length = rte_cpu_to_be_16(46);
	ip->time_to_live = 64;
	ip->next_proto_id = 17;
	ip->src_addr = rte_cpu_to_be_32(RTE_IPV4(198u, 51, 100, 1));
	ip->dst_addr = rte_cpu_to_be_32(dst);
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	return m;
}

static void
receive(void *arg, struct fwpdk_poller *poller, uint32_t if_index, struct rte_mbuf **m, uint16_t n)
{
	(void)poller;
	(void)if_index;
	*(unsigned *)arg += n;
	rte_pktmbuf_free_bulk(m, n);
}

static void
read_some(void)
{
	struct rte_mbuf *m[FRAMES];
	uint16_t left;
	unsigned i;

	for (i = 0; i < FRAMES; i++)
		m[i] = frame(i & 1 ? RTE_IPV4(10u, 0, 0, 2) : RTE_IPV4(203u, 0, 113, 1));
	left = fwpdk_input(w.poller, w.port, m, FRAMES);
	rte_pktmbuf_free_bulk(m, left);
	while (fwpdk_poll(w.poller) != 0)
		;
}

static void
input(void)
{
	struct fwpdk_poller_opts po = {.size = sizeof(po), .ring_size = 64};
	unsigned received = 0;
	struct fwpdk_input_opts io = {
		.size = sizeof(io), .receive = receive, .arg = &received, .mbufs = 63};
	struct fwpdk_input_stats n = {.size = sizeof(n)};

	interface_up();
	OP(fwpdk_if_set_forwarding(w.ifi, 1), -ENOMEM);
	OP(fwpdk_if_set_resolve(w.ifi, 1), -ENOMEM);
	OP(fwpdk_poller_create(&po, &w.poller), -ENOMEM);
	OP(fwpdk_poller_add_port(w.poller, w.port, 0), -ENOMEM, -EINVAL);
	OP(fwpdk_input_open(w.poller, &io), -ENOMEM);
	OP(fwpdk_poller_start(w.poller), -ENOMEM);
	OP(fwpdk_poller_claim(w.poller), -ENOMEM);
	read_some();
	neigh_set(w.ifi, "10.0.0.1", 1);
	read_some();
	SURE(fwpdk_input_stats(w.poller, &n));
	CHECK(received == 4 && n.read == 2ul * FRAMES);
	OP(fwpdk_if_set_resolve(w.ifi, 0), -ENOMEM);
	SURE(fwpdk_poller_stop(w.poller));
}

/* ---- views */

extern void __lsan_disable(void) __attribute__((weak));
extern void __lsan_enable(void) __attribute__((weak));

/* What is inside of a reply is freed by DPDK once it was sent, which is not done here. */
static int
reply(void)
{
	struct rte_tel_data *d;
	int rc;

	if (__lsan_disable != NULL)
		__lsan_disable();
	d = rte_tel_data_alloc();
	CHECK(d != NULL);
	rc = fwi_tel_events("/fwpdk/events", "8", d);
	rte_tel_data_free(d);
	if (__lsan_enable != NULL)
		__lsan_enable();
	return rc;
}

static void
views(void)
{
	OP(fwpdk_events_start(FWPDK_EVENTS_MIN), -ENOMEM);
	OP(reply(), -ENOMEM);
	SURE(fwpdk_events_stop());
}

/* ---- a device that gives back on another thread */

static void
up_never(void)
{
	struct fwpdk_fault_knobs k = {.size = sizeof(k), .release = FWPDK_FAULT_NEVER};

	w = (struct world){.dev = "net_null0", .mode = FWPDK_MODE_CPOOL, .with_fault = true};
	world_up();
	SURE(fwpdk_fault_set(w.fault, &k));
}

static void *
give_back(void *arg)
{
	(void)arg;
	fwpdk_fault_release(w.fault, FWPDK_FAULT_ALL);
	return NULL;
}

static void
elsewhere(void)
{
	struct packet p[4];
	pthread_t t;
	unsigned i;

	OP(fwpdk_poller_claim(w.poller), -ENOMEM);
	for (i = 0; i < 4; i++)
		packet_make(&p[i], 4, 100, 1, 14);
	packets_inject(p, 4);
	fwpdk_poll(w.poller);
	SURE(pthread_create(&t, NULL, give_back, NULL));
	SURE(pthread_join(t, NULL));
	packets_finish(p, 4);
	for (i = 0; i < 4; i++)
		packet_free(&p[i]);
}

const struct scenario receive_scenarios[] = {
	{"groups", only_device, groups, device_down},
	{"mirrored", only_device, mirrored, device_down},
	{"input", only_device, input, device_down},
	{"views", only_device, views, device_down},
	{"elsewhere", up_never, elsewhere, world_down},
	{0},
};
