/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The stack of each target t:
 *   10.t.0.0/16	 by the gateway 10.t.255.254
 *   16.0.0.0/24 ...	 a million routes, shared out evenly among the ports measured,
 *			 each port's by 64 gateways 10.t.254.g
 *   100.(64+t).0.0/16	 on-link, all 65,536 addresses are neighbours
 * A neighbour's MAC is 02:00 and its IPv4 address.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_errno.h>
#include <rte_ip.h>
#include <rte_mbuf.h>

#include "bench.h"

#define ROUTES	  1000000u
#define GATEWAYS  64u
#define NEIGHS	  65536u
#define HANDLES	  4096u
#define ROUTED	  RTE_IPV4(16u, 0, 0, 0)
#define BEHIND(t) RTE_IPV4(10u, (t), 0, 0)
#define ONLINK(t) RTE_IPV4(100u, 64u + (t), 0, 0)

uint32_t
tables_dest(const struct target *target, uint32_t n)
{
	return BEHIND(target->index) + 1 + n;
}

uint32_t
tables_onlink(const struct target *target, uint32_t n)
{
	return ONLINK(target->index) + n % NEIGHS;
}

/* Both targets of the default compartment share the table. */
static unsigned
sharers(const struct env *env)
{
	return env->target[TARGET_NULL].used + env->target[TARGET_NIC].used;
}

uint32_t
tables_routes_of(const struct env *env)
{
	return ROUTES / sharers(env);
}

uint32_t
tables_routed(const struct target *target, uint32_t n)
{
	return ROUTED + ((target->index * ROUTES + n) << 8) + 1 + n % 254;
}

static uint32_t
gateway(const struct target *target)
{
	return BEHIND(target->index) + 0xfffe;
}

static uint32_t
gateway_routed(const struct target *target, uint32_t prefix)
{
	return BEHIND(target->index) + 0xfe00 + (prefix >> 8) % GATEWAYS;
}

static struct fwpdk_addr
addr_make(uint32_t host_order)
{
	struct fwpdk_addr addr = {.family = AF_INET};
	uint32_t net = rte_cpu_to_be_32(host_order);

	memcpy(addr.bytes, &net, sizeof(net));
	return addr;
}

static void
mac_make(uint32_t host_order, struct rte_ether_addr *mac)
{
	uint32_t net = rte_cpu_to_be_32(host_order);

	mac->addr_bytes[0] = 0x02;
	mac->addr_bytes[1] = 0;
	memcpy(mac->addr_bytes + 2, &net, sizeof(net));
}

static int
neigh_add(const struct target *target, uint32_t ip)
{
	struct fwpdk_addr addr = addr_make(ip);
	struct rte_ether_addr mac;

	mac_make(ip, &mac);
	return fwpdk_neigh_add(target->if_index, &addr, &mac);
}

static struct fwpdk_route
route_make(const struct target *target, uint32_t prefix, uint8_t len, uint32_t next_hop)
{
	struct fwpdk_route route = {
		.size = sizeof(route),
		.compartment_id = (uint32_t)target->compartment,
		.if_index = target->if_index,
		.prefix = addr_make(prefix),
		.prefix_len = len,
	};

	if (next_hop != 0)
		route.next_hop = addr_make(next_hop);
	return route;
}

int
tables_base(struct env *env, struct target *target)
{
	struct fwpdk_if_opts opts = {
		.size = sizeof(opts),
		.compartment_id = (uint32_t)target->compartment,
		.port_id = target->id,
	};
	struct fwpdk_route route;
	int rc = fwpdk_if_add(&opts, &target->if_index);

	RTE_SET_USED(env);
	if (rc == 0)
		rc = neigh_add(target, gateway(target));
	route = route_make(target, BEHIND(target->index), 16, gateway(target));
	if (rc == 0)
		rc = fwpdk_route_add(&route);
	return rc == 0 ? 0
		       : bench_error(
				 "%s: no interface and route: %s", target->vdev, rte_strerror(-rc));
}

static int
routes_load(struct env *env)
{
	struct fwpdk_route *routes = malloc(ROUTES * sizeof(*routes));
	uint32_t n = 0;
	int rc = 0;

	if (routes == NULL)
		return -ENOMEM;
	for (unsigned t = TARGET_NULL; rc == 0 && t <= TARGET_NIC; t++) {
		const struct target *target = &env->target[t];

		for (uint32_t g = 0; target->used && rc == 0 && g < GATEWAYS; g++)
			rc = neigh_add(target, gateway_routed(target, g << 8));
		for (uint32_t i = 0; target->used && i < tables_routes_of(env); i++, n++) {
			uint32_t prefix = tables_routed(target, i) & ~UINT32_C(0xff);

			routes[n] = route_make(target, prefix, 24, gateway_routed(target, prefix));
		}
	}
	if (rc == 0)
		rc = fwpdk_route_add_bulk(routes, n);
	free(routes);
	return rc;
}

static int
neighs_load(struct env *env)
{
	int rc = 0;

	for (unsigned t = TARGET_NULL; rc == 0 && t <= TARGET_NIC; t++) {
		const struct target *target = &env->target[t];
		struct fwpdk_route route = route_make(target, ONLINK(t), 16, 0);

		if (target->used)
			rc = fwpdk_route_add(&route);
		for (uint32_t i = 0; target->used && rc == 0 && i < NEIGHS; i++)
			rc = neigh_add(target, ONLINK(t) + i);
	}
	return rc;
}

static int
handles_load(struct env *env)
{
	env->handles = calloc(HANDLES, sizeof(env->handles[0]));
	for (; env->handles != NULL && env->nb_handles < HANDLES; env->nb_handles++)
		if (!NT_SUCCESS(FwpsInjectionHandleCreate0(
			    AF_INET, FWPS_INJECTION_TYPE_NETWORK, &env->handles[env->nb_handles])))
			return -ENOSPC;
	return env->handles != NULL ? 0 : -ENOMEM;
}

void
tables_load(struct env *env)
{
	static int (*const load[TABLES])(struct env *) = {
		[TABLE_ROUTES] = routes_load,
		[TABLE_NEIGHS] = neighs_load,
		[TABLE_HANDLES] = handles_load,
	};
	static const char *const what[TABLES] = {
		[TABLE_ROUTES] = "1,000,000 routes",
		[TABLE_NEIGHS] = "65,536 neighbours per port",
		[TABLE_HANDLES] = "4,096 handles",
	};

	for (unsigned i = 0; i < TABLES; i++) {
		int rc = env->need[i] && load[i] != NULL ? load[i](env) : 0;

		if (rc != 0)
			snprintf(env->table_missing[i], sizeof(env->table_missing[i]),
				"no room for %s: %s; give EAL more memory (-m 2048 or hugepages)",
				what[i], rte_strerror(-rc));
	}
}

/* Who gets packets for that destination. */
static uint32_t
next_hop(const struct target *target, uint32_t dst)
{
	if (dst - BEHIND(target->index) < 0x10000)
		return gateway(target);
	if (dst - ONLINK(target->index) < NEIGHS)
		return dst;
	return gateway_routed(target, dst & ~UINT32_C(0xff));
}

const char *
tables_check(const struct rte_mbuf *m, void *arg)
{
	const struct target *target = arg;
	uint8_t headers[sizeof(struct rte_ether_hdr) + sizeof(struct rte_ipv4_hdr)];
	const uint8_t *bytes = rte_pktmbuf_read(m, 0, sizeof(headers), headers);
	const struct rte_mbuf *seg;
	struct rte_ipv4_hdr ip;
	struct rte_ether_addr mac;
	uint32_t len = 0, n = 0;

	for (seg = m; seg != NULL; seg = seg->next, n++) {
		len += seg->data_len;
		if (rte_mbuf_refcnt_read(seg) != 1)
			return "reference count is not 1";
		if (seg->ol_flags != 0)
			return "offload flags are set";
	}
	if (n != m->nb_segs)
		return "nb_segs is not the number of segments";
	if (len != m->pkt_len || bytes == NULL)
		return "pkt_len is not the sum of the segments";
	memcpy(&ip, bytes + sizeof(struct rte_ether_hdr), sizeof(ip));
	if (ip.version_ihl != RTE_IPV4_VHL_DEF || rte_ipv4_cksum(&ip) != 0)
		return "IPv4 header is damaged";
	if (rte_be_to_cpu_16(ip.total_length) + sizeof(struct rte_ether_hdr) != len)
		return "length is not that of the IP packet";
	mac_make(next_hop(target, rte_be_to_cpu_32(ip.dst_addr)), &mac);
	if (memcmp(bytes, &mac, sizeof(mac)) != 0)
		return "Ethernet header names another neighbour";
	if (bytes[12] != 0x08 || bytes[13] != 0)
		return "EtherType is not IPv4";
	return NULL;
}
