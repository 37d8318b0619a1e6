/* SPDX-License-Identifier: BSD-3-Clause */
/* The ethdevs: created, configured, given to the library; and mbufs for the raw cases. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "bench.h"
#include "peers.h"
#include "nicmodel.h"

#define STOP_TIMEOUT_US 1000000u
#define RAW_ROOM	(RTE_PKTMBUF_HEADROOM + 128u)
#define TX_MBUFS	8191u
#define CACHE		512u

static int
failed(const struct target *target, const char *call, int rc)
{
	return bench_error("%s: %s: %s", target->vdev, call, rte_strerror(rc < 0 ? -rc : rc));
}

/* The device with that name, created if EAL was not told to. */
static int
device_find(struct target *target)
{
	int rc;

	if (rte_eth_dev_get_port_by_name(target->vdev, &target->id) == 0)
		return 0;
	rc = rte_eal_hotplug_add("vdev", target->vdev, "");
	if (rc != 0)
		return failed(target, "rte_eal_hotplug_add", rc);
	rc = rte_eth_dev_get_port_by_name(target->vdev, &target->id);
	return rc == 0 ? 0 : failed(target, "rte_eth_dev_get_port_by_name", rc);
}

/* Queue 0 for the library, queue 1 for the raw cases: the host configures, the library attaches. */
static int
device_attach(struct target *target)
{
	struct fwpdk_port_opts opts = {.size = sizeof(opts), .nb_queues = 1};
	struct fwpdk_port_wants wants = {.size = sizeof(wants)};
	struct rte_eth_conf conf;
	int rc = fwpdk_port_wants(target->id, &opts, &wants);

	if (rc != 0)
		return failed(target, "fwpdk_port_wants", rc);
	memset(&conf, 0, sizeof(conf));
	conf.txmode.offloads = wants.tx_offloads;
	rc = rte_eth_dev_configure(target->id, 0, 2, &conf);
	for (uint16_t q = 0; rc == 0 && q < 2; q++)
		rc = rte_eth_tx_queue_setup(target->id, q, wants.nb_desc,
			(unsigned)rte_eth_dev_socket_id(target->id), &wants.txconf);
	if (rc != 0)
		return failed(target, "TX queues", rc);
	rc = rte_eth_dev_start(target->id);
	if (rc != 0)
		return failed(target, "rte_eth_dev_start", rc);
	rc = fwpdk_port_attach(target->id, &opts);
	return rc == 0 ? 0 : failed(target, "fwpdk_port_attach", rc);
}

static int
device_open(struct target *target, enum fwpdk_mode mode)
{
	struct fwpdk_port_opts opts = {
		.size = sizeof(opts),
		.mode = mode,
		.nb_rx_queues = target->index == TARGET_RING,
	};
	int rc = fwpdk_port_open(target->id, &opts);

	return rc == 0 ? 0 : failed(target, "fwpdk_port_open", rc);
}

int
devices_open(struct env *env)
{
	for (unsigned i = 0; i < TARGETS; i++) {
		struct target *target = &env->target[i];
		enum fwpdk_mode mode = i == TARGET_NULL_COPY || i == TARGET_NIC_COPY ||
						       i == TARGET_NULL_COPY_DEFAULT
					       ? FWPDK_MODE_COPY
				       : i == TARGET_NULL_EXT || i == TARGET_NIC_EXT
					       ? FWPDK_MODE_EXTBUF
					       : FWPDK_MODE_AUTO;
		int rc;

		if (!target->used)
			continue;
		if (i >= TARGET_EXTRA) {
			peers_open(target);
			continue;
		}
		if (device_find(target) != 0)
			return -1;
		rc = i == TARGET_NULL || i == TARGET_NIC ? device_attach(target)
							 : device_open(target, mode);
		if (rc != 0)
			return -1;
		target->opened = true;
		target->raw_queue = 1;
		if (i != TARGET_NIC && i != TARGET_NIC_COPY && i != TARGET_NIC_EXT)
			continue;
		target->model = nicmodel_install(
			target->id, env->args.verify ? tables_check : NULL, target);
		if (target->model == NULL)
			return bench_error("no memory for the nicmodel");
	}
	return 0;
}

int
devices_raw_open(struct env *env)
{
	env->raw_pool = rte_pktmbuf_pool_create(
		"bench_raw", RAW_MBUFS, CACHE, 0, RAW_ROOM, (int)rte_socket_id());
	env->tx_pool = rte_pktmbuf_pool_create(
		"bench_tx", TX_MBUFS, CACHE, 0, RAW_ROOM, (int)rte_socket_id());
	env->raw = calloc(RAW_MBUFS, sizeof(env->raw[0]));
	if (env->raw_pool == NULL || env->tx_pool == NULL || env->raw == NULL ||
		rte_pktmbuf_alloc_bulk(env->raw_pool, env->raw, RAW_MBUFS) != 0)
		return bench_error("no memory for mbufs: give EAL more (-m)");
	return 0;
}

int
devices_stop(struct env *env)
{
	int failures = 0;

	for (unsigned i = 0; i < TARGETS; i++) {
		struct target *target = &env->target[i];
		int rc = target->opened ? fwpdk_port_stop(target->id, STOP_TIMEOUT_US) : 0;

		if (rc != 0)
			failures = failed(target, "fwpdk_port_stop", rc);
	}
	return failures;
}

int
devices_close(struct env *env)
{
	int failures = 0;

	for (unsigned i = 0; i < TARGETS; i++) {
		struct target *target = &env->target[i];
		int rc = 0;

		if (!target->opened)
			continue;
		if (target->if_index != 0)
			rc = fwpdk_if_del(target->if_index);
		if (rc == 0)
			rc = fwpdk_port_close(target->id);
		if (rc != 0)
			failures = failed(target, "fwpdk_port_close", rc);
		target->opened = false;
	}
	return failures;
}
