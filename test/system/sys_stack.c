/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "sys_stack.h"
#include "sys_order.h"

#define LINK_SECONDS 20
#define PORTS_MAX    8

static uint32_t if_index[PORTS_MAX];
static bool used[PORTS_MAX]; /* members of another port are not */
static struct order order;
bool sys_stack_bare;

static int
failed(const char *call, int rc)
{
	fprintf(stderr, "%s: %s (%d)\n", call, strerror(-rc), rc);
	return -1;
}

static int
link_wait(uint16_t port)
{
	uint64_t end = rte_rdtsc() + LINK_SECONDS * rte_get_tsc_hz();
	struct rte_eth_link link = {0};

	while (rte_eth_link_get_nowait(port, &link) == 0 && link.link_status == 0) {
		if (rte_rdtsc() > end)
			return failed("link", -ETIMEDOUT);
		rte_delay_us_sleep(1000);
	}
	return 0;
}

static int
port_up(uint16_t port, int mode, bool receive, unsigned nb_pollers)
{
	struct fwpdk_port_opts opts = {
		.size = sizeof(opts),
		.mode = (enum fwpdk_mode)mode,
		.nb_queues = (uint16_t)nb_pollers,
		.nb_rx_queues = receive ? 1 : 0,
	};
	struct fwpdk_if_opts interface = {.size = sizeof(interface), .port_id = port};
	int rc;

	rc = fwpdk_port_open(port, &opts);
	if (rc != 0)
		return failed("fwpdk_port_open", rc);
	rc = sys_stack_bare ? 0 : fwpdk_if_add(&interface, &if_index[port]);
	return rc != 0 ? failed("fwpdk_if_add", rc) : link_wait(port);
}

static int
target_up(const struct target *target)
{
	uint32_t i = if_index[target->eth_port];
	struct fwpdk_route route = {.size = sizeof(route), .if_index = i};
	struct rte_ether_addr mac;
	int rc;

	route.prefix.family = target->family == 6 ? AF_INET6 : AF_INET;
	memcpy(route.prefix.bytes, target->address, target->family == 6 ? 16 : 4);
	route.prefix_len = target->family == 6 ? 128 : 32;
	memcpy(mac.addr_bytes, target->mac, sizeof(target->mac));
	rc = fwpdk_neigh_add(i, &route.prefix, &mac);
	if (rc == 0)
		rc = fwpdk_route_add(&route);
	return rc != 0 ? failed("fwpdk_route_add", rc) : 0;
}

static int
poller_up(struct fwpdk_poller **poller, uint16_t queue)
{
	uint16_t port;
	int rc = fwpdk_poller_create(NULL, poller);

	for (port = 0; port < PORTS_MAX && rc == 0; port++)
		if (used[port])
			rc = fwpdk_poller_add_port(*poller, port, queue);
	if (rc == 0)
		rc = fwpdk_poller_start(*poller);
	return rc != 0 ? failed("fwpdk_poller_start", rc) : 0;
}

int
sys_stack_up(int mode, bool receive, const struct target *targets, unsigned nb_targets,
	struct fwpdk_poller **pollers, unsigned nb_pollers)
{
	uint16_t port;
	int rc = fwpdk_init(NULL);

	if (rc != 0)
		return failed("fwpdk_init", rc);
	for (unsigned i = 0; i < nb_targets; i++) {
		if (targets[i].eth_port >= PORTS_MAX)
			return -1;
		used[targets[i].eth_port] = true;
	}
	for (port = 0; port < PORTS_MAX; port++)
		if (used[port] && port_up(port, mode, receive, nb_pollers) != 0)
			return -1;
	for (unsigned i = 0; i < nb_targets && !sys_stack_bare; i++)
		if (target_up(&targets[i]) != 0)
			return -1;
	for (unsigned i = 0; i < nb_pollers; i++)
		if (poller_up(&pollers[i], (uint16_t)i) != 0)
			return -1;
	return 0;
}

int
sys_stack_stop(void)
{
	for (uint16_t port = 0; port < PORTS_MAX; port++) {
		int rc = used[port] ? fwpdk_port_stop(port, 5000000) : 0;

		if (rc != 0)
			return failed("fwpdk_port_stop", rc);
	}
	return 0;
}

int
sys_stack_close(void)
{
	for (uint16_t port = 0; port < PORTS_MAX; port++) {
		int rc = 0;

		if (used[port]) {
			if (!sys_stack_bare)
				fwpdk_if_del(if_index[port]);
			rc = fwpdk_port_close(port);
		}
		if (rc != 0)
			return failed("fwpdk_port_close", rc);
		used[port] = false;
	}
	return 0;
}

int
sys_stack_down(struct fwpdk_poller **pollers, unsigned nb_pollers)
{
	int rc = 0;

	for (unsigned i = 0; i < nb_pollers && rc == 0; i++) {
		fwpdk_poller_stop(pollers[i]);
		rc = fwpdk_poller_destroy(pollers[i]);
	}
	if (rc != 0)
		return failed("fwpdk_poller_destroy", rc);
	if (sys_stack_close() != 0)
		return -1;
	rc = fwpdk_fini();
	return rc != 0 ? failed("fwpdk_fini", rc) : 0;
}

void
sys_ring_receive(uint16_t port, uint64_t *progress)
{
	struct rte_mbuf *mbufs[32];
	uint16_t n = rte_eth_rx_burst(port, 0, mbufs, 32);

	for (uint16_t i = 0; i < n; i++) {
		order_frame(&order, mbufs[i]);
		rte_pktmbuf_free(mbufs[i]);
	}
	progress[1] += n;
}

unsigned
sys_receive_errors(void)
{
	return order.errors;
}
