/* SPDX-License-Identifier: BSD-3-Clause */
#include <ntstatus.h>

#include "stack/facts.h"
#include "map/tag.h"
#include "tx/hop_cache.h"
#include "tx/path.h"
#include "tx/poller.h"

/* 1 + the index of the running queue, 0: none, or the packets go the general way. */
static uint8_t
plain_queue(const struct fwpdk_poller *p, const struct fwi_hop *hop)
{
	uint8_t i;

	/* a frame longer than data_len can say takes two mbufs; tags go the general way */
	if (hop->status != 0 || hop->mtu > UINT16_MAX - FWI_L2_LEN ||
		fwi_if_facts_of(hop->iface).tags != 0)
		return 0;
	i = p->q_of_port[hop->port_id];
	return i != 0xff && p->q[i]->seen_state == FWI_TXQ_RUNNING ? (uint8_t)(i + 1) : 0;
}

/* The short ways map by themselves onto zero-copy queues that take any address. */
static uint8_t
fast_queue(const struct fwpdk_poller *p, const struct fwi_hop *hop)
{
	uint8_t queue = plain_queue(p, hop);

	return queue != 0 && p->q[queue - 1]->fast ? queue : 0;
}

/* The plain way also copies. */
static struct fwi_txq *
near_queue(const struct fwpdk_poller *p, const struct fwi_hop *hop)
{
	uint8_t queue = plain_queue(p, hop);

	return queue != 0 && (p->q[queue - 1]->fast || p->q[queue - 1]->map.copy_mode)
		       ? p->q[queue - 1]
		       : NULL;
}

/* Whose place goes to another one: it comes back when it is looked up the next time. */
static void
near_lose(struct fwpdk_poller *p, struct fwi_near *near)
{
	struct fwi_hop4 *e = fwi_hop4_slot(p->hops, near->dst);

	if (e->key == (p->default_key | near->dst))
		e->key = 0;
}

/*
 * Where it is already, else the place that its index names: what lies there goes to a free one of
 * the four, or over one of them by chance: what nobody sends to any more goes so in the end.
 */
static struct fwi_near *
near_place(struct fwpdk_poller *p, uint32_t dst)
{
	uint32_t index = fwi_hop4_index(dst), way, to = FWI_NEAR_WAYS;
	struct fwi_near *first = &p->near[index];

	for (way = 0; way < FWI_NEAR_WAYS; way++) {
		if (p->near[index ^ way].dst == dst)
			return &p->near[index ^ way];
		if (to == FWI_NEAR_WAYS && p->near[index ^ way].q == NULL)
			to = way;
	}
	if (to == FWI_NEAR_WAYS) {
		p->near_chance = p->near_chance * UINT32_C(1664525) + UINT32_C(1013904223);
		to = p->near_chance >> 30;
		near_lose(p, &p->near[index ^ to]);
	}
	p->near[index ^ to] = *first;
	return first;
}

static void
near_fill(struct fwpdk_poller *p, uint32_t dst, const struct fwi_hop *hop, struct fwi_txq *q)
{
	struct fwi_near *near = near_place(p, dst);

	_Static_assert(FWI_L2_LEN == 14, "two words that overlap");
	near->dst = dst;
	near->span = (uint16_t)(hop->mtu - FWI_IP4_HEADER);
	memcpy(&near->l2[0], hop->l2, 8);
	memcpy(&near->l2[1], hop->l2 + 6, 8);
	near->q = q;
}

void
fwi_poller_forget_hops(struct fwpdk_poller *p)
{
	fwi_hops_clear(p->hops);
	fwi_near_clear(p->near);
}

__rte_noinline const struct fwi_hop *
fwi_hop4_miss(struct fwpdk_poller *p, struct fwi_hop4 *e, uint64_t key)
{
	struct fwi_txq *q;

	fwi_stack_lookup4((uint32_t)(key >> 32) & INT32_MAX, (uint32_t)key, &e->hop);
	if (unlikely(p->input != NULL) &&
		fwi_path_ops.loops4((uint32_t)(key >> 32) & INT32_MAX, (uint32_t)key))
		e->hop.status = STATUS_HOST_UNREACHABLE;
	e->hop.user = fast_queue(p, &e->hop);
	e->key = key;
	q = near_queue(p, &e->hop);
	if (q != NULL && (fwi_tag_offset == FWI_TAG_AT || q->map.copy_mode) &&
		e->hop.mtu >= FWI_IP4_HEADER && key == (p->default_key | (uint32_t)key))
		near_fill(p, (uint32_t)key, &e->hop, q);
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
