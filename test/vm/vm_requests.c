/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <rte_ethdev.h>

#include <fwpdk/fwpdk.h>

#include "../system/sys_requests.h"
#include "vm_client.h"
#include "vm_requests.h"

#define UDP_PORT 7000

/* wire.py knows them too. */
static const char *const ends[2][2] = {{"10.77.0.1", "10.77.0.9"}, {"fd77::1", "fd77::9"}};
static const struct rte_ether_addr mac = {{0x02, 0, 0, 0, 0, 0x09}};

static int
target_up(uint32_t if_index, bool six, struct target *to)
{
	struct fwpdk_route route = {
		.size = sizeof(route), .prefix_len = six ? 128 : 32, .if_index = if_index};
	struct fwpdk_addr source;
	int rc = fwpdk_addr_parse(ends[six][0], &source);

	if (rc == 0)
		rc = fwpdk_addr_parse(ends[six][1], &route.prefix);
	if (rc == 0)
		rc = fwpdk_neigh_add(if_index, &route.prefix, &mac);
	if (rc == 0)
		rc = fwpdk_route_add(&route);
	to->udp_port = UDP_PORT;
	memcpy(to->source, source.bytes, sizeof(to->source));
	memcpy(to->address, route.prefix.bytes, sizeof(to->address));
	return rc;
}

static void
figure(const char *name, uint64_t value)
{
	fprintf(vm_client.out, "figure requests_%s %lu\n", name, value);
}

void
vm_requests(uint16_t port, uint32_t if_index, struct fwpdk_poller *poller, bool nic)
{
	struct rte_eth_dev_info info = {0};
	struct target to[2] = {{.family = 4}, {.family = 6}};
	struct requests requests = {
		.to = to,
		.poller = poller,
		.page = vm_client.one_page ? VM_PAGE : 0,
		.fault = vm_fault,
	};
	struct requests_counts c = {0};

	if (target_up(if_index, false, &to[0]) != 0 || target_up(if_index, true, &to[1]) != 0 ||
		fwpdk_if_set_fragment(if_index, 1) != 0) {
		vm_fault("no way for the requests");
		return;
	}
	requests_send(&requests, &c);
	if (c.checksums_nic != (nic ? c.checksums : 0))
		vm_fault("the NIC has done %lu of %lu checksums", c.checksums_nic, c.checksums);
	figure("nbls", c.nbls);
	figure("combinations", c.combinations);
	figure("frames", c.frames);
	figure("segments", c.segments);
	figure("checksums", c.checksums);
	figure("nic", c.checksums_nic);
	rte_eth_dev_info_get(port, &info);
	figure("tso", (info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_TCP_TSO) != 0);
}
