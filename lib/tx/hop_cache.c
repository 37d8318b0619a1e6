/* SPDX-License-Identifier: BSD-3-Clause */
#include <ntstatus.h>

#include "stack/facts.h"
#include "tx/hop_cache.h"
#include "tx/path.h"
#include "tx/poller.h"

/* The fast path maps by itself onto running zero-copy queues that take any address. */
static uint8_t
fast_queue(const struct fwpdk_poller *p, const struct fwi_hop *hop)
{
	const struct fwi_txq *q;
	uint8_t i;

	/* a frame longer than data_len can say takes two mbufs; tags go the general way */
	if (hop->status != 0 || hop->mtu > UINT16_MAX - FWI_L2_LEN ||
		fwi_if_facts_of(hop->iface).tags != 0)
		return 0;
	i = p->q_of_port[hop->port_id];
	if (i == 0xff)
		return 0;
	q = p->q[i];
	return q->fast && q->seen_state == FWI_TXQ_RUNNING ? (uint8_t)(i + 1) : 0;
}

__rte_noinline const struct fwi_hop *
fwi_hop4_miss(struct fwpdk_poller *p, struct fwi_hop4 *e, uint64_t key)
{
	fwi_stack_lookup4((uint32_t)(key >> 32) & INT32_MAX, (uint32_t)key, &e->hop);
	if (unlikely(p->input != NULL) &&
		fwi_path_ops.loops4((uint32_t)(key >> 32) & INT32_MAX, (uint32_t)key))
		e->hop.status = STATUS_HOST_UNREACHABLE;
	e->hop.user = fast_queue(p, &e->hop);
	e->key = key;
	return &e->hop;
}

__rte_noinline const struct fwi_hop *
fwi_hop6_miss(struct fwpdk_poller *p, struct fwi_hop6 *e, uint32_t comp, const uint8_t dst[16])
{
	fwi_stack_lookup6(comp, dst, &e->hop);
	if (unlikely(p->input != NULL) && fwi_path_ops.loops6(comp, dst))
		e->hop.status = STATUS_HOST_UNREACHABLE;
	e->hop.user = fast_queue(p, &e->hop);
	memcpy(e->dst, dst, 16);
	e->comp = comp + 1;
	return &e->hop;
}
