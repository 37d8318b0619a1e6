/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_ethdev.h>
#include <rte_mempool.h>
#include <rte_ring.h>

#include "core/compat.h"

bool
fwi_eth_started(uint16_t port_id)
{
	uint16_t none;

	for (none = RTE_MAX_ETHPORTS - 1; none > 0 && rte_eth_dev_is_valid_port(none); none--)
		;
	return rte_eth_fp_ops[port_id].tx_pkt_burst != rte_eth_fp_ops[none].tx_pkt_burst;
}

FWI_APPROXIMATE uint32_t
fwi_ring_peek(const struct rte_ring *r, void **out, uint32_t n)
{
	uint32_t from = __atomic_load_n(&r->cons.tail, __ATOMIC_ACQUIRE);
	uint32_t held = __atomic_load_n(&r->prod.tail, __ATOMIC_ACQUIRE) - from, i;
	void *const *slot = (void *const *)&r[1];

	if (held > r->capacity) /* it went on meanwhile */
		held = r->capacity;
	if (n > held)
		n = held;
	for (i = 0; i < n; i++)
		out[i] = __atomic_load_n(&slot[(from + i) & r->mask], __ATOMIC_RELAXED);
	return n;
}

bool
fwi_mempool_has(const struct rte_mempool *mp, const void *addr)
{
	const struct rte_mempool_memhdr *chunk;

	STAILQ_FOREACH(chunk, &mp->mem_list, next)
	if ((uintptr_t)addr - (uintptr_t)chunk->addr < chunk->len)
		return true;
	return false;
}
