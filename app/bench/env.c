/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The host application around the cases: library, pollers, handle, pools. net_null0 and
 * nicmodel share one poller of the default compartment; the ports in other modes and
 * net_ring0 have another one, of compartment 2, which costs the first one nothing. The port of
 * copy_default would: that case runs only when asked for by name.
 */
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>

#include "bench.h"
#include "nicmodel.h"

#define TAG 'hcnB'

static const struct {
	const char *name, *vdev;
	unsigned poller;
} plan[TARGET_EXTRA] = {
	[TARGET_NULL] = {"net_null0", "net_null0", 0},
	[TARGET_NIC] = {"nicmodel", "net_null1", 0},
	[TARGET_NULL_COPY] = {"net_null0", "net_null2", 1},
	[TARGET_NIC_COPY] = {"nicmodel", "net_null3", 1},
	[TARGET_NULL_EXT] = {"net_null0", "net_null4", 1},
	[TARGET_NIC_EXT] = {"nicmodel", "net_null5", 1},
	[TARGET_RING] = {"net_ring0", "net_ring0", 1},
	[TARGET_NULL_COPY_DEFAULT] = {"net_null0", "net_null6", 0},
};

static unsigned
poller_of(unsigned target)
{
	return target < TARGET_EXTRA ? plan[target].poller : POLLERS - 1;
}

static int
failed(const char *call, int rc)
{
	return bench_error("%s: %s", call, rte_strerror(-rc));
}

static int
library_open(struct env *env)
{
	struct fwpdk_config config = {
		.size = sizeof(config),
		.nbl_count = 65535,
		.max_handles = 8192,
		.max_neighbours = env->need[TABLE_NEIGHS] ? 1u << 18 : 0,
	};
	int rc = fwpdk_init(&config);

	if (rc != 0)
		return failed("fwpdk_init", rc);
	env->initialised = true;
	for (uint32_t n = 2; rc == 0 && n <= POLLERS; n++)
		rc = fwpdk_compartment_add(n);
	return rc == 0 ? 0 : failed("fwpdk_compartment_add", rc);
}

static int
poller_open(struct env *env, unsigned n)
{
	struct fwpdk_poller_opts opts = {.size = sizeof(opts), .socket_id = SOCKET_ID_ANY};
	int rc = fwpdk_poller_create(&opts, &env->poller[n]);

	for (unsigned i = 0; rc == 0 && i < TARGETS; i++) {
		struct target *target = &env->target[i];

		if (!target->opened || poller_of(i) != n)
			continue;
		target->poller = env->poller[n];
		rc = fwpdk_poller_add_port(env->poller[n], target->id, 0);
	}
	if (rc == 0)
		rc = fwpdk_poller_add_compartment(env->poller[n], n + 1);
	if (rc == 0 && n == 0)
		rc = fwpdk_input_open(env->poller[n], NULL);
	return rc == 0 ? 0 : failed("fwpdk_poller_create", rc);
}

/* Only pollers with ports, and after all interfaces and routes are there. */
static int
pollers_open(struct env *env)
{
	for (unsigned n = 0; n < RTE_DIM(env->poller); n++) {
		bool ports = false;
		int rc;

		for (unsigned i = 0; i < TARGETS; i++)
			ports |= env->target[i].opened && poller_of(i) == n;
		if (!ports)
			continue;
		if (poller_open(env, n) != 0)
			return -1;
		rc = fwpdk_poller_start(env->poller[n]);
		if (rc != 0)
			return failed("fwpdk_poller_start", rc);
	}
	return 0;
}

static int
client_open(struct env *env)
{
	NET_BUFFER_LIST_POOL_PARAMETERS nbl = {
		.Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
			NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
		.fAllocateNetBuffer = TRUE,
		.PoolTag = TAG,
	};
	NET_BUFFER_POOL_PARAMETERS nb = {
		.Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_POOL_PARAMETERS_REVISION_1,
			NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1},
		.PoolTag = TAG,
	};
	NTSTATUS status = FwpsInjectionHandleCreate0(
		AF_INET, FWPS_INJECTION_TYPE_NETWORK, &env->handle);

	env->nbl_pool = NdisAllocateNetBufferListPool(NULL, &nbl);
	env->nb_pool = NdisAllocateNetBufferPool(NULL, &nb);
	if (!NT_SUCCESS(status) || env->nbl_pool == NULL || env->nb_pool == NULL)
		return bench_error("cannot create an injection handle and NDIS pools");
	return 0;
}

int
env_open(struct env *env)
{
	for (unsigned i = 0; i < TARGETS; i++) {
		struct target *target = &env->target[i];

		if (i < TARGET_EXTRA) {
			target->name = plan[i].name;
			target->vdev = plan[i].vdev;
			target->peer = -1;
		}
		target->index = i;
		target->compartment = (COMPARTMENT_ID)(poller_of(i) + 1);
	}
	env->worker = rte_get_next_lcore(-1, 1, 0);
	if (env->worker >= RTE_MAX_LCORE)
		env->worker = LCORE_ID_ANY;
	if (library_open(env) != 0 || devices_open(env) != 0 || devices_raw_open(env) != 0)
		return -1;
	for (unsigned i = 0; i < TARGETS; i++) {
		struct target *target = &env->target[i];

		if (!target->opened)
			continue;
		target->info.size = sizeof(target->info);
		if (fwpdk_port_info(target->id, &target->info) != 0 ||
			tables_base(env, target) != 0)
			return -1;
	}
	if (pollers_open(env) != 0 || client_open(env) != 0)
		return -1;
	tables_load(env);
	return 0;
}

struct target *
env_target(struct env *env, enum target_id id)
{
	return &env->target[id];
}

int
env_use(struct env *env, struct target *target)
{
	int rc;

	if (env->active == target->poller)
		return 0;
	if (env->active != NULL)
		fwpdk_poller_release(env->active);
	env->active = NULL;
	rc = fwpdk_poller_claim(target->poller);
	if (rc != 0)
		return failed("fwpdk_poller_claim", rc);
	env->active = target->poller;
	return 0;
}

static void
client_close(struct env *env)
{
	decks_free(env);
	for (unsigned i = 0; i < env->nb_handles; i++)
		FwpsInjectionHandleDestroy0(env->handles[i]);
	free(env->handles);
	if (env->handle != NULL)
		fwpdk_handle_destroy(env->handle, 1000000);
	if (env->nb_pool != NULL)
		NdisFreeNetBufferPool(env->nb_pool);
	if (env->nbl_pool != NULL)
		NdisFreeNetBufferListPool(env->nbl_pool);
}

/* The pools must be full again; what the raw cases hold is given back first. */
static int
pools_check(struct env *env)
{
	int rc = 0;

	if (env->raw_pool != NULL && env->raw != NULL)
		rte_pktmbuf_free_bulk(env->raw, RAW_MBUFS);
	if (env->raw_pool != NULL && rte_mempool_avail_count(env->raw_pool) != RAW_MBUFS)
		rc = bench_error("mbufs of raw_tx_burst are missing");
	if (env->tx_pool != NULL && rte_mempool_in_use_count(env->tx_pool) != 0)
		rc = bench_error("mbufs of txonly_like are missing");
	rte_mempool_free(env->raw_pool);
	rte_mempool_free(env->tx_pool);
	free(env->raw);
	return rc;
}

int
env_close(struct env *env)
{
	int rc = 0, left;

	if (!env->initialised)
		return 0;
	if (env->active != NULL)
		fwpdk_poller_release(env->active);
	for (unsigned n = 0; n < RTE_DIM(env->poller); n++)
		if (env->poller[n] != NULL)
			fwpdk_poller_stop(env->poller[n]);
	for (unsigned i = 0; i < TARGETS; i++)
		if (env->target[i].model != NULL)
			nicmodel_flush(env->target[i].model);
	rc |= devices_stop(env);
	for (unsigned n = 0; n < RTE_DIM(env->poller); n++)
		if (env->poller[n] != NULL && fwpdk_poller_destroy(env->poller[n]) != 0)
			rc = bench_error("poller %u cannot be destroyed", n);
	client_close(env);
	rc |= devices_close(env);
	rc |= pools_check(env);
	for (unsigned i = 0; i < TARGETS; i++)
		if (env->target[i].model != NULL)
			fwpdk_fault_remove(env->target[i].model);
	left = fwpdk_fini();
	if (left != 0)
		rc = bench_error("fwpdk_fini: %d", left);
	return rc;
}
