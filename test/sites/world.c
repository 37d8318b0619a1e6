/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_ethdev.h>

#include "sites.h"

struct world w;

void
lib_up(void)
{
	struct fwpdk_config c = {.size = sizeof(c),
		.nbl_count = 255,
		.nb_count = 127,
		.mdl_count = 511,
		.max_handles = 4,
		.max_producers = w.max_producers != 0 ? w.max_producers : 2,
		.max_neighbours = 64};

	OP(fwpdk_init(&c), -ENOMEM, -ENOSPC, -EAGAIN);
}

void
lib_down(void)
{
	SURE(fwpdk_fini());
}

void
dev_up(const char *dev)
{
	w.dev = dev;
	SURE(rte_eal_hotplug_add("vdev", dev, ""));
	SURE(rte_eth_dev_get_port_by_name(dev, &w.port));
}

void
dev_down(void)
{
	rte_eal_hotplug_remove("vdev", w.dev);
}

static void
fault_up(void)
{
	struct fwpdk_fault_opts o = {.size = sizeof(o), .nb_desc = 64, .tx_free_thresh = 32};
	struct fwpdk_fault_knobs k = {.size = sizeof(k), .release = FWPDK_FAULT_LAZY};

	OP(fwpdk_fault_install(w.port, &o, &w.fault), -ENOMEM, -ENOTSUP);
	SURE(fwpdk_fault_set(w.fault, &k));
}

void
port_up(void)
{
	struct fwpdk_port_opts o = {.size = sizeof(o),
		.mode = w.mode,
		.strategy = w.strategy,
		.pool_size = 255,
		.backlog = 64,
		.nb_desc = 64,
		.nb_rx_queues = 1,
		.mtu = w.fault == NULL && strncmp(w.dev, "net_ring", 8) != 0 ? 1500 : 0};

	if (w.with_fault)
		fault_up();
	OP(fwpdk_port_open(w.port, &o), -ENOMEM, -ENOTSUP, -EIO, -ENOSPC);
}

void
port_down(void)
{
	if (w.fault != NULL)
		fwpdk_fault_release(w.fault, FWPDK_FAULT_ALL);
	SURE(fwpdk_port_stop(w.port, 1000000));
	if (w.ifi != 0)
		OP(fwpdk_if_del(w.ifi), -ENOMEM);
	w.ifi = 0;
	if (w.fault != NULL)
		fwpdk_fault_remove(w.fault);
	w.fault = NULL;
	SURE(fwpdk_port_close(w.port));
}

void
poller_up(void)
{
	struct fwpdk_poller_opts o = {.size = sizeof(o), .ring_size = 64};

	OP(fwpdk_poller_create(&o, &w.poller), -ENOMEM);
	OP(fwpdk_poller_add_port(w.poller, w.port, 0), -ENOMEM, -EINVAL);
	OP(fwpdk_poller_start(w.poller), -ENOMEM);
}

void
poller_down(void)
{
	SURE(fwpdk_poller_destroy(w.poller));
	w.poller = NULL;
}

void
pools_up(void)
{
	NET_BUFFER_LIST_POOL_PARAMETERS lp;
	NET_BUFFER_POOL_PARAMETERS bp;

	memset(&lp, 0, sizeof(lp));
	lp.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
	lp.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
	lp.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
	lp.fAllocateNetBuffer = TRUE;
	lp.PoolTag = 'etiS';
	GET(w.pool, NdisAllocateNetBufferListPool(NULL, &lp));
	memset(&bp, 0, sizeof(bp));
	bp.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
	bp.Header.Revision = NET_BUFFER_POOL_PARAMETERS_REVISION_1;
	bp.Header.Size = NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1;
	bp.PoolTag = 'btiS';
	GET(w.nb_pool, NdisAllocateNetBufferPool(NULL, &bp));
}

void
pools_down(void)
{
	NdisFreeNetBufferListPool(w.pool);
	NdisFreeNetBufferPool(w.nb_pool);
}

void
handles_up(void)
{
	OP(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &w.h4), NO_RESOURCES);
	OP(FwpsInjectionHandleCreate0(AF_INET6, FWPS_INJECTION_TYPE_NETWORK, &w.h6), NO_RESOURCES);
}

void
handles_down(void)
{
	SURE(fwpdk_handle_destroy(w.h4, 2000000));
	SURE(fwpdk_handle_destroy(w.h6, 2000000));
}

struct fwpdk_addr
addr_of(const char *text)
{
	struct fwpdk_addr a;

	SURE(fwpdk_addr_parse(text, &a));
	return a;
}

void
route_set(uint32_t ifi, const char *prefix, uint8_t len, const char *hop)
{
	struct fwpdk_route r = {.size = sizeof(r), .if_index = ifi, .prefix_len = len};
	struct fwpdk_if_info info = {.size = sizeof(info)};

	SURE(fwpdk_if_info(ifi, &info));
	r.compartment_id = info.compartment_id;
	r.prefix = addr_of(prefix);
	if (hop != NULL)
		r.next_hop = addr_of(hop);
	OP(fwpdk_route_add(&r), -ENOMEM, -ENOSPC);
}

void
neigh_set(uint32_t ifi, const char *addr, uint8_t last)
{
	struct rte_ether_addr mac = {{0x02, 0, 0, 0, 0, last}};
	struct fwpdk_addr a = addr_of(addr);

	OP(fwpdk_neigh_add(ifi, &a, &mac), -ENOMEM, -ENOSPC);
}

static void
stack_up(void)
{
	struct fwpdk_if_opts o = {.size = sizeof(o), .port_id = w.port};

	OP(fwpdk_if_add(&o, &w.ifi), -ENOMEM);
	route_set(w.ifi, "0.0.0.0", 0, "10.0.0.1");
	route_set(w.ifi, "::", 0, "fe80::1");
	neigh_set(w.ifi, "10.0.0.1", 1);
	neigh_set(w.ifi, "fe80::1", 1);
}

void
world_up(void)
{
	lib_up();
	pools_up();
	dev_up(w.dev);
	port_up();
	stack_up();
	poller_up();
	handles_up();
}

void
world_down(void)
{
	handles_down();
	SURE(fwpdk_poller_stop(w.poller));
	port_down();
	poller_down();
	dev_down();
	pools_down();
	lib_down();
}
