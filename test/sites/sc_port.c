/* SPDX-License-Identifier: BSD-3-Clause */
/* Ports and pollers of every kind: made, used for a few packets, unmade. */
#include <string.h>

#include <rte_ethdev.h>
#include <rte_service.h>

#include "map/mem.h"
#include "sites.h"

static void
only_lib(const struct world *conf)
{
	w = *conf;
	lib_up();
	pools_up();
	dev_up(w.dev);
}

static void
stack_and_traffic(void)
{
	struct packet p[4];
	unsigned i;

	port_up();
	{
		struct fwpdk_if_opts o = {.size = sizeof(o), .port_id = w.port};

		OP(fwpdk_if_add(&o, &w.ifi), -ENOMEM);
	}
	route_set(w.ifi, "0.0.0.0", 0, "10.0.0.1");
	neigh_set(w.ifi, "10.0.0.1", 1);
	poller_up();
	handles_up();
	OP(fwpdk_poller_claim(w.poller), -ENOMEM);
	for (i = 0; i < 4; i++) {
		packet_make(&p[i], 4, 100, 1 + i, 0);
		packets_inject(&p[i], 1);
	}
	packets_finish(p, 4);
	for (i = 0; i < 4; i++)
		packet_free(&p[i]);
}

static void
down(void)
{
	handles_down();
	SURE(fwpdk_poller_stop(w.poller));
	port_down();
	poller_down();
	dev_down();
	pools_down();
	lib_down();
}

#define KIND(name, ...)                                 \
	static void name(void)                          \
	{                                               \
		only_lib(&(struct world){__VA_ARGS__}); \
	}
KIND(null_auto, .dev = "net_null0")
KIND(null_copy, .dev = "net_null0", .mode = FWPDK_MODE_COPY)
KIND(null_extbuf, .dev = "net_null0", .mode = FWPDK_MODE_EXTBUF)
KIND(ring_auto, .dev = "net_ring0")
KIND(ring_cpool, .dev = "net_ring0", .mode = FWPDK_MODE_CPOOL)
KIND(fault_desc, .dev = "net_null0", .mode = FWPDK_MODE_CPOOL, .strategy = FWPDK_STRATEGY_DESC_DONE,
	.with_fault = true)

/* Attached instead of opened; stopped and started; a service. */
static void
other_calls(void)
{
	struct fwpdk_port_opts o = {.size = sizeof(o), .pool_size = 255};
	struct fwpdk_fault_opts fo = {.size = sizeof(fo), .model = FWPDK_FAULT_MODEL_NIC};
	struct fwpdk_port_wants wants = {.size = sizeof(wants)};
	struct fwpdk_port_info info = {.size = sizeof(info)};
	struct rte_eth_conf conf;
	uint32_t service;

	memset(&conf, 0, sizeof(conf));
	OP(fwpdk_port_wants(w.port, &o, &wants), -ENOTSUP);
	SURE(rte_eth_dev_configure(w.port, 0, 1, &conf));
	SURE(rte_eth_tx_queue_setup(w.port, 0, 64, SOCKET_ID_ANY, NULL));
	OP(fwpdk_fault_install(w.port, &fo, &w.fault), -ENOMEM, -ENOTSUP);
	OP(fwpdk_port_attach(w.port, &o), -ENOMEM, -ENOTSUP);
	OP(fwpdk_port_info(w.port, &info), -ENOTSUP);
	OP(fwpdk_port_start(w.port), -ENOMEM, -ENOTSUP);
	OP(fwpdk_fault_apply(w.fault), -ENOTSUP);
	CHECK(fwpdk_port_follow_link(w.port, 1) == 1); /* not told of changes, whatever fails */
	SURE(fwpdk_port_follow_link(w.port, 0));
	poller_up();
	OP(fwpdk_poller_service_register(w.poller, &service), -ENOMEM);
	SURE(fwpdk_port_stop(w.port, 1000000));
	OP(fwpdk_port_start(w.port), -ENOMEM, -ENOTSUP);
}

static void
other_down(void)
{
	SURE(fwpdk_poller_stop(w.poller));
	port_down();
	poller_down();
	dev_down();
	pools_down();
	lib_down();
}

/* Memory, and a device that has to know about it. */
static char area[4 * 4096] __attribute__((aligned(4096)));

static void
memory(void)
{
	struct rte_eth_dev_info info;
	rte_iova_t iova[2] = {4096, 8192};

	SURE(rte_eth_dev_info_get(w.port, &info));
	OP(fwpdk_mem_register(area, 8192, NULL, 0, 4096), -ENOMEM);
	OP(fwi_mem_attach(info.device), -ENOMEM);
	OP(fwpdk_mem_register(area + 8192, 8192, iova, 2, 4096), -ENOMEM);
	SURE(fwpdk_mem_unregister(area, 8192));
	fwi_mem_detach(info.device);
	SURE(fwpdk_mem_unregister(area + 8192, 8192));
}

static void
memory_down(void)
{
	dev_down();
	pools_down();
	lib_down();
}

const struct scenario port_scenarios[] = {
	{"port_null", null_auto, stack_and_traffic, down},
	{"port_copy", null_copy, stack_and_traffic, down},
	{"port_extbuf", null_extbuf, stack_and_traffic, down},
	{"port_ring", ring_auto, stack_and_traffic, down},
	{"port_ring_cpool", ring_cpool, stack_and_traffic, down},
	{"port_fault", fault_desc, stack_and_traffic, down},
	{"port_attach", null_auto, other_calls, other_down},
	{"memory", null_auto, memory, memory_down},
	{0},
};
