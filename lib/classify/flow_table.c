/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: which flow is a packet of? And the table's life. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_hash.h>
#include <rte_jhash.h>
#include <rte_malloc.h>

#include "classify/flow_table.h"
#include "core/rcu.h"

#define POSITION_BITS 14u
#define SWEEP	      8u /* flows looked at for age when one is entered */

bool fwi_flows_on;
bool fwi_flow_locked;
uint64_t fwi_flow_time_ahead;
static struct rte_hash *hash;
static struct fwi_flow *flows; /* by position in the hash */
static uint32_t cursor;

_Static_assert(FWI_FLOWS_MAX < 1u << POSITION_BITS, "");

/* About a second and a half at most; exact enough for minutes. */
static inline uint64_t
coarse_now(void)
{
	return (rte_rdtsc() + fwi_flow_time_ahead) >> 32;
}

static uint64_t
idle_limit(void)
{
	return (rte_get_tsc_hz() * FWI_FLOW_IDLE_S >> 32) + 1;
}

static inline void
make_key(const struct fwi_key *k, struct fwi_flow_key *f)
{
	memset(f, 0, sizeof(*f));
	memcpy(f->local, &k->local, k->version == 4 ? 4 : 16);
	memcpy(f->remote, &k->remote, k->version == 4 ? 4 : 16);
	f->local_port = k->local_port;
	f->remote_port = k->remote_port;
	f->compartment = (uint16_t)k->compartment;
	f->protocol = k->protocol;
	f->version = k->version;
}

struct fwi_flow *
fwi_flow_get(uint64_t handle)
{
	uint32_t position = handle & ((1u << POSITION_BITS) - 1);

	if (flows == NULL || position == 0 || position > FWI_FLOWS_MAX ||
		__atomic_load_n(&flows[position - 1].handle, __ATOMIC_ACQUIRE) != handle)
		return NULL;
	return &flows[position - 1];
}

void
fwi_flow_remove(struct fwi_flow *f)
{
	__atomic_store_n(&f->handle, 0, __ATOMIC_RELEASE);
	fwi_flow_retire_all(f);
	rte_hash_del_key(hash, &f->key); /* its place is free once all pollers have polled */
}

static void
sweep(uint64_t now)
{
	struct fwi_flow *f;
	unsigned i;

	for (i = 0; i < SWEEP; i++) {
		f = &flows[cursor];
		cursor = (cursor + 1) % FWI_FLOWS_MAX;
		if (f->handle != 0 &&
			now - __atomic_load_n(&f->seen, __ATOMIC_RELAXED) > idle_limit())
			fwi_flow_remove(f);
	}
}

static __rte_noinline uint64_t
enter(const struct fwi_flow_key *key, uint64_t now)
{
	uint64_t handle = 0;
	struct fwi_flow *f;
	int32_t at;

	if (!fwi_flow_trylock())
		return 0;
	sweep(now);
	at = rte_hash_add_key(hash, key);
	if (at >= 0 && (uint32_t)at < FWI_FLOWS_MAX) {
		f = &flows[at];
		handle = f->handle; /* somebody else was quicker */
		if (handle == 0) {
			f->key = *key;
			__atomic_store_n(&f->contexts, NULL, __ATOMIC_RELAXED);
			__atomic_store_n(&f->seen, now, __ATOMIC_RELAXED);
			handle = (uint64_t)++f->generation << POSITION_BITS | ((uint32_t)at + 1);
			__atomic_store_n(&f->handle, handle, __ATOMIC_RELEASE);
		}
	}
	fwi_flow_unlock();
	return handle;
}

uint64_t
fwi_flow_look(const struct fwi_key *k)
{
	uint64_t now = coarse_now();
	struct fwi_flow_key key;
	struct fwi_flow *f;
	int32_t at;

	if (unlikely(__atomic_load_n(&fwi_flow_waiting, __ATOMIC_RELAXED) != 0))
		fwi_flow_finish();
	make_key(k, &key);
	at = rte_hash_lookup(hash, &key);
	if (unlikely(at < 0 || (uint32_t)at >= FWI_FLOWS_MAX))
		return enter(&key, now);
	f = &flows[at];
	if (__atomic_load_n(&f->seen, __ATOMIC_RELAXED) != now)
		__atomic_store_n(&f->seen, now, __ATOMIC_RELAXED);
	return __atomic_load_n(&f->handle, __ATOMIC_ACQUIRE);
}

int
fwi_flow_table_init(void)
{
	struct rte_hash_rcu_config rcu = {.v = fwi_rcu, .mode = RTE_HASH_QSBR_MODE_DQ};
	struct rte_hash_parameters params = {.name = "fwpdk_flows",
		.entries = FWI_FLOWS_MAX,
		.key_len = sizeof(struct fwi_flow_key),
		.hash_func = rte_jhash,
		.socket_id = (int)SOCKET_ID_ANY,
		.extra_flag = RTE_HASH_EXTRA_FLAGS_RW_CONCURRENCY_LF};

	if (hash != NULL)
		return 0;
	flows = rte_zmalloc("fwpdk_flow", FWI_FLOWS_MAX * sizeof(*flows), RTE_CACHE_LINE_SIZE);
	hash = rte_hash_create(&params);
	if (flows == NULL || hash == NULL || rte_hash_rcu_qsbr_add(hash, &rcu) != 0) {
		fwi_flow_table_fini();
		return -ENOMEM;
	}
	cursor = 0;
	return 0;
}

void
fwi_flow_table_fini(void)
{
	rte_hash_free(hash);
	hash = NULL;
	rte_free(flows);
	flows = NULL;
}
