/* SPDX-License-Identifier: BSD-3-Clause */
/* Ports of every kind of driver behind two pollers, routes, pools; and their end. */
#include <stdio.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_ethdev.h>

#include "soak.h"

struct soak_port soak_ports[SOAK_PORTS];
struct fwpdk_poller *soak_pollers[SOAK_POLLERS];
NDIS_HANDLE soak_nbl_pool, soak_nb_pool;

static const struct {
	enum fwpdk_mode mode;
	enum fwpdk_strategy strategy;
} plan[SOAK_PORTS] = {
	{FWPDK_MODE_CPOOL, FWPDK_STRATEGY_IN_BURST},
	{FWPDK_MODE_CPOOL, FWPDK_STRATEGY_EMPTY_BURST},
	{FWPDK_MODE_CPOOL, FWPDK_STRATEGY_DESC_DONE},
	{FWPDK_MODE_EXTBUF, FWPDK_STRATEGY_DONE_CLEANUP},
	{FWPDK_MODE_CPOOL, FWPDK_STRATEGY_NONE},
	{FWPDK_MODE_COPY, FWPDK_STRATEGY_NONE},
};

int
soak_failed(const char *what, int rc)
{
	fprintf(stderr, "soak: %s: %d\n", what, rc);
	ADD(soak.failed, 1);
	return rc;
}

void
soak_route(unsigned net, unsigned port, bool there)
{
	struct fwpdk_route r4 = {.size = sizeof(r4), .prefix_len = 16}, r6;
	unsigned i;

	r4.if_index = soak_ports[port].ifi;
	r4.prefix = (struct fwpdk_addr){AF_INET, {10, (uint8_t)net}};
	r4.next_hop = (struct fwpdk_addr){AF_INET, {10, 99, 0, 1}};
	r6 = r4;
	r6.prefix = (struct fwpdk_addr){AF_INET6, {0xfd, (uint8_t)net}};
	r6.next_hop = (struct fwpdk_addr){AF_INET6, {0xfe, 0x80, [15] = 1}};
	for (i = 0; i < 2; i++) {
		if (there)
			fwpdk_route_add(i == 0 ? &r4 : &r6);
		else
			fwpdk_route_del(i == 0 ? &r4 : &r6);
	}
	ADD(soak.routes, 1);
}

static int
port_up(unsigned i)
{
	struct fwpdk_fault_opts fo = {.size = sizeof(fo),
		.nb_queues = SOAK_POLLERS,
		.nb_desc = 256,
		.seed = soak_seed + i,
		.check = soak_frame_check,
		.check_arg = &soak_ports[i],
		.verify = 1};
	struct fwpdk_port_opts po = {.size = sizeof(po),
		.mode = plan[i].mode,
		.strategy = plan[i].strategy,
		.nb_queues = SOAK_POLLERS,
		.pool_size = 1000,
		.backlog = 128,
		.max_hold_us = 3000};
	struct fwpdk_if_opts io = {.size = sizeof(io)};
	struct fwpdk_addr hop = {AF_INET, {10, 99, 0, 1}};
	struct rte_ether_addr mac = {{0x02}};
	struct soak_port *p = &soak_ports[i];
	char name[16];
	int rc;

	snprintf(name, sizeof(name), "net_null%u", i);
	rc = rte_eal_hotplug_add("vdev", name, "");
	if (rc == 0)
		rc = rte_eth_dev_get_port_by_name(name, &p->id);
	if (rc == 0)
		rc = fwpdk_fault_install(p->id, &fo, &p->fault);
	if (rc == 0)
		rc = fwpdk_port_open(p->id, &po);
	io.port_id = p->id;
	if (rc == 0)
		rc = fwpdk_if_add(&io, &p->ifi);
	mac.addr_bytes[5] = (uint8_t)p->ifi;
	if (rc == 0)
		rc = fwpdk_neigh_add(p->ifi, &hop, &mac);
	hop = (struct fwpdk_addr){AF_INET6, {0xfe, 0x80, [15] = 1}};
	if (rc == 0)
		rc = fwpdk_neigh_add(p->ifi, &hop, &mac);
	if (rc == 0)
		soak_route(i, i, true);
	return rc;
}

static int
pollers_up(void)
{
	struct fwpdk_poller_opts o = {.size = sizeof(o), .ring_size = 128, .backlog = 256};
	unsigned i, k;
	int rc = 0;

	for (i = 0; rc == 0 && i < SOAK_POLLERS; i++) {
		rc = fwpdk_poller_create(&o, &soak_pollers[i]);
		for (k = 0; rc == 0 && k < SOAK_PORTS; k++)
			rc = fwpdk_poller_add_port(soak_pollers[i], soak_ports[k].id, (uint16_t)i);
		if (rc == 0)
			rc = fwpdk_poller_start(soak_pollers[i]);
	}
	return rc;
}

static int
pools_up(void)
{
	NET_BUFFER_LIST_POOL_PARAMETERS lp;
	NET_BUFFER_POOL_PARAMETERS bp;

	memset(&lp, 0, sizeof(lp));
	lp.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
	lp.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
	lp.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
	lp.fAllocateNetBuffer = TRUE;
	lp.PoolTag = 'lkoS';
	soak_nbl_pool = NdisAllocateNetBufferListPool(NULL, &lp);
	memset(&bp, 0, sizeof(bp));
	bp.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
	bp.Header.Revision = NET_BUFFER_POOL_PARAMETERS_REVISION_1;
	bp.Header.Size = NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1;
	bp.PoolTag = 'bkoS';
	soak_nb_pool = NdisAllocateNetBufferPool(NULL, &bp);
	return soak_nbl_pool == NULL || soak_nb_pool == NULL ? -1 : 0;
}

int
soak_world_up(void)
{
	struct fwpdk_config c = {.size = sizeof(c),
		.nbl_count = 4095,
		.nb_count = 16383,
		.mdl_count = 65535,
		.max_handles = 64,
		.max_producers = 1, /* the others share a ring */
		.max_neighbours = 1024};
	unsigned i;
	int rc = fwpdk_init(&c);

	for (i = 0; rc == 0 && i < SOAK_PORTS; i++)
		rc = port_up(i);
	soak_route(SOAK_PORTS, 0, true);
	soak_route(SOAK_PORTS + 1, 1, true);
	if (rc == 0)
		rc = pools_up();
	if (rc == 0)
		rc = pollers_up();
	return rc == 0 ? 0 : soak_failed("set-up", rc);
}

void
soak_world_down(void)
{
	unsigned i;
	int rc;

	for (i = 0; i < SOAK_POLLERS; i++)
		fwpdk_poller_stop(soak_pollers[i]);
	for (i = 0; i < SOAK_PORTS; i++) {
		rc = fwpdk_port_stop(soak_ports[i].id, 1000000);
		if (rc == 0)
			rc = fwpdk_if_del(soak_ports[i].ifi);
		if (rc == 0)
			rc = fwpdk_port_close(soak_ports[i].id);
		if (rc != 0)
			soak_failed("end of a port", rc);
		fwpdk_fault_remove(soak_ports[i].fault);
	}
	for (i = 0; i < SOAK_POLLERS; i++) {
		rc = fwpdk_poller_destroy(soak_pollers[i]);
		if (rc != 0)
			soak_failed("end of a poller", rc);
	}
	NdisFreeNetBufferListPool(soak_nbl_pool);
	NdisFreeNetBufferPool(soak_nb_pool);
	rc = fwpdk_fini();
	if (rc > 0)
		ADD(soak.leaked, (uint64_t)rc);
	else if (rc < 0)
		soak_failed("fwpdk_fini", rc);
}
