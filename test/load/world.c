/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include "load.h"

#define HEADROOM 14u
#define LENGTH	 60u

struct fwpdk_poller *load_poller[LOAD_POLLERS];
struct fwpdk_fault *load_fault;
uint16_t load_port;
static uint32_t ifi;
static unsigned pollers;
static NDIS_HANDLE pool;

/* EAL ties the main thread to one core; the threads made later are to use all. */
static void
eal_up(void)
{
	static char args[] = "load\0--no-huge\0-m\0"
			     "128\0--no-pci\0--no-telemetry\0-l\0"
			     "0\0"
			     "--iova-mode=va\0--no-shconf\0--log-level=*:error\0";
	char *argv[16], *a;
	int argc = 0;
	cpu_set_t all;

	sched_getaffinity(0, sizeof(all), &all);
	for (a = args; *a != '\0'; a += strlen(a) + 1)
		argv[argc++] = a;
	MUST(rte_eal_init(argc, argv) >= 0);
	sched_setaffinity(0, sizeof(all), &all);
}

static void
port_up(const struct load_conf *c)
{
	static const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 1}};
	struct fwpdk_fault_opts fo = {.size = sizeof(fo),
		.nb_queues = (uint16_t)c->pollers,
		.nb_desc = 256,
		.check = c->check};
	struct fwpdk_port_opts po = {.size = sizeof(po),
		.mode = FWPDK_MODE_CPOOL,
		.strategy = c->strategy,
		.nb_queues = (uint16_t)c->pollers,
		.backlog = c->backlog,
		.max_hold_us = c->max_hold_us};
	struct fwpdk_if_opts io = {.size = sizeof(io)};
	struct fwpdk_addr self, peer;

	MUST(rte_eal_hotplug_add("vdev", "net_null0", "") == 0);
	MUST(rte_eth_dev_get_port_by_name("net_null0", &load_port) == 0);
	MUST(fwpdk_fault_install(load_port, &fo, &load_fault) == 0);
	MUST(fwpdk_port_open(load_port, &po) == 0);
	io.port_id = load_port;
	MUST(fwpdk_if_add(&io, &ifi) == 0);
	MUST(fwpdk_addr_parse("10.0.0.2", &self) == 0 && fwpdk_addr_parse("10.0.0.1", &peer) == 0);
	MUST(fwpdk_addr_add(ifi, &self, 24) == 0 && fwpdk_neigh_add(ifi, &peer, &mac) == 0);
}

void
load_up(const struct load_conf *c)
{
	struct fwpdk_config fc = {.size = sizeof(fc),
		.nbl_count = 8191,
		.nb_count = 255,
		.mdl_count = 8191,
		.max_handles = 64,
		.max_producers = c->max_producers,
		.max_neighbours = 64};
	struct fwpdk_poller_opts o = {.size = sizeof(o), .ring_size = c->ring_size};
	NET_BUFFER_LIST_POOL_PARAMETERS lp = {
		.Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
			NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
		.fAllocateNetBuffer = TRUE,
		.PoolTag = 'daoL'};
	unsigned i;

	eal_up();
	MUST(fwpdk_init(&fc) == 0);
	port_up(c);
	pollers = c->pollers;
	for (i = 0; i < pollers; i++) {
		MUST(fwpdk_poller_create(&o, &load_poller[i]) == 0);
		MUST(fwpdk_poller_add_port(load_poller[i], load_port, (uint16_t)i) == 0);
		MUST(fwpdk_poller_start(load_poller[i]) == 0);
	}
	pool = NdisAllocateNetBufferListPool(NULL, &lp);
	MUST(pool != NULL);
}

void
load_down(void)
{
	struct fwpdk_stats s = {.size = sizeof(s)};
	unsigned i;
	int rc;

	for (i = 0; i < pollers; i++)
		MUST(fwpdk_poller_stop(load_poller[i]) == 0);
	rc = fwpdk_port_stop(load_port, 1000000);
	MUST(rc == 0 || rc == -EALREADY);
	MUST(fwpdk_stats(&s) == 0 && s.in_flight == 0 && s.injected == s.completed);
	MUST(fwpdk_if_del(ifi) == 0 && fwpdk_port_close(load_port) == 0);
	for (i = 0; i < pollers; i++)
		MUST(fwpdk_poller_destroy(load_poller[i]) == 0);
	fwpdk_fault_remove(load_fault);
	NdisFreeNetBufferListPool(pool);
	MUST(fwpdk_fini() == 0);
	rte_eal_cleanup();
}

NET_BUFFER_LIST *
load_packet(uint16_t flow)
{
	static const uint8_t header[] = {
		0x45, 0, 0, LENGTH, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 2, 10, 0, 0, 1};
	uint8_t *data = ExAllocatePool2(POOL_FLAG_NON_PAGED, HEADROOM + LENGTH, 'daoL');
	MDL *mdl = data != NULL ? IoAllocateMdl(data, HEADROOM + LENGTH, FALSE, FALSE, NULL) : NULL;
	NET_BUFFER_LIST *nbl;

	MUST(mdl != NULL);
	MmBuildMdlForNonPagedPool(mdl);
	memcpy(data + HEADROOM, header, sizeof(header));
	memcpy(data + HEADROOM + sizeof(header), &flow, sizeof(flow)); /* source port */
	MUST(FwpsAllocateNetBufferAndNetBufferList0(pool, 0, 0, mdl, HEADROOM, LENGTH, &nbl) ==
		STATUS_SUCCESS);
	return nbl;
}

void
load_packet_free(NET_BUFFER_LIST *nbl)
{
	MDL *mdl = NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(nbl));
	void *data = MmGetMdlVirtualAddress(mdl);

	FwpsFreeNetBufferList0(nbl);
	IoFreeMdl(mdl);
	ExFreePoolWithTag(data, 'daoL');
}

uint64_t
load_option(int argc, char **argv, const char *name, uint64_t otherwise)
{
	size_t n = strlen(name);
	int i;

	for (i = 1; i < argc; i++)
		if (strncmp(argv[i], "--", 2) == 0 && strncmp(argv[i] + 2, name, n) == 0 &&
			argv[i][2 + n] == '=')
			return strtoull(argv[i] + 3 + n, NULL, 10);
	return otherwise;
}

/* splitmix64 */
uint32_t
load_random(uint64_t *state, uint32_t n)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return (uint32_t)((z >> 32) * n >> 32);
}
