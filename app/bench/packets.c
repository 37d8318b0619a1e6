/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "bench.h"

#define TAG    'hcnB'
#define SOURCE RTE_IPV4(198u, 51, 100, 1)

struct flow
flow_make(uint32_t dst, uint16_t len)
{
	struct rte_ipv4_hdr ip = {
		.version_ihl = RTE_IPV4_VHL_DEF,
		.total_length = rte_cpu_to_be_16(len),
		.time_to_live = 64,
		.next_proto_id = IPPROTO_UDP,
		.src_addr = rte_cpu_to_be_32(SOURCE),
		.dst_addr = rte_cpu_to_be_32(dst),
	};

	return (struct flow){.dst = ip.dst_addr, .cksum = rte_ipv4_cksum(&ip)};
}

static void
packet_fill(uint8_t *packet, uint16_t len, uint32_t dst)
{
	struct flow flow = flow_make(dst, len);
	struct rte_ipv4_hdr ip = {
		.version_ihl = RTE_IPV4_VHL_DEF,
		.total_length = rte_cpu_to_be_16(len),
		.time_to_live = 64,
		.next_proto_id = IPPROTO_UDP,
		.hdr_checksum = flow.cksum,
		.src_addr = rte_cpu_to_be_32(SOURCE),
		.dst_addr = flow.dst,
	};
	struct rte_udp_hdr udp = {
		.src_port = rte_cpu_to_be_16(9),
		.dst_port = rte_cpu_to_be_16(9),
		.dgram_len = rte_cpu_to_be_16((uint16_t)(len - sizeof(ip))),
	};

	memcpy(packet, &ip, sizeof(ip));
	memcpy(packet + sizeof(ip), &udp, sizeof(udp));
}

/* Where the packet of NET_BUFFER n begins: the frame in front of it shares its cache line. */
static uint8_t *
packet_of(const struct deck *deck, uint32_t n)
{
	return deck->data + (size_t)n * deck->stride + deck->shape.backfill;
}

static void
mdls_free(MDL *mdl)
{
	while (mdl != NULL) {
		MDL *next = mdl->Next;

		IoFreeMdl(mdl);
		mdl = next;
	}
}

/* The headers are in the first MDL, the rest is shared out evenly. */
static MDL *
mdls_make(const struct deck *deck, uint32_t n)
{
	const uint32_t headers = sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_udp_hdr);
	const struct shape *shape = &deck->shape;
	uint8_t *packet = packet_of(deck, n);
	uint8_t *start = packet - shape->backfill;
	MDL *first = NULL, **link = &first;

	for (uint32_t i = 0; i < shape->mdls; i++) {
		uint32_t share = headers +
				 (shape->len - headers) * i / RTE_MAX(shape->mdls - 1u, 1u);
		uint8_t *end = packet + (i + 1u == shape->mdls ? shape->len : share);

		*link = IoAllocateMdl(start, (ULONG)(end - start), FALSE, FALSE, NULL);
		if (*link == NULL) {
			mdls_free(first);
			return NULL;
		}
		MmBuildMdlForNonPagedPool(*link);
		link = &(*link)->Next;
		start = end;
	}
	return first;
}

/* The n-th NBL with all that belongs to it. What was made is in all[] and more[]. */
static int
nbl_make(struct env *env, struct deck *deck, uint32_t n)
{
	const struct shape *shape = &deck->shape;
	MDL *mdl = mdls_make(deck, n * shape->nbs);
	NET_BUFFER **link;

	if (mdl == NULL || !NT_SUCCESS(FwpsAllocateNetBufferAndNetBufferList0(env->nbl_pool, 0, 0,
				   mdl, shape->backfill, shape->len, &deck->all[n]))) {
		mdls_free(mdl);
		return -1;
	}
	link = &NET_BUFFER_NEXT_NB(NET_BUFFER_LIST_FIRST_NB(deck->all[n]));
	for (uint32_t i = 1; i < shape->nbs; i++) {
		mdl = mdls_make(deck, n * shape->nbs + i);
		*link = mdl != NULL ? NdisAllocateNetBuffer(
					      env->nb_pool, mdl, shape->backfill, shape->len)
				    : NULL;
		if (*link == NULL) {
			mdls_free(mdl);
			return -1;
		}
		deck->more[n * (shape->nbs - 1u) + i - 1] = *link;
		link = &NET_BUFFER_NEXT_NB(*link);
	}
	return 0;
}

static void
deck_free(struct deck *deck)
{
	uint32_t count = deck->shape.count;

	for (uint32_t i = 0; deck->more != NULL && i < count * (deck->shape.nbs - 1u); i++) {
		if (deck->more[i] == NULL)
			continue;
		mdls_free(NET_BUFFER_FIRST_MDL(deck->more[i]));
		NdisFreeNetBuffer(deck->more[i]);
	}
	for (uint32_t i = 0; deck->all != NULL && i < count; i++) {
		if (deck->all[i] == NULL)
			continue;
		mdls_free(NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(deck->all[i])));
		FwpsFreeNetBufferList0(deck->all[i]);
	}
	if (deck->data != NULL)
		ExFreePoolWithTag(deck->data, TAG);
	free(deck->more);
	free(deck->all);
	free(deck->at);
	free(deck);
}

static struct deck *
deck_make(struct env *env, const struct shape *shape)
{
	struct deck *deck = calloc(1, sizeof(*deck));
	uint32_t packets = shape->count * shape->nbs;

	if (deck == NULL)
		return NULL;
	deck->shape = *shape;
	deck->mask = shape->count - 1;
	deck->stride = RTE_ALIGN_CEIL(shape->backfill + shape->len, RTE_CACHE_LINE_SIZE);
	deck->all = calloc(shape->count, sizeof(deck->all[0]));
	deck->at = calloc(shape->count, sizeof(deck->at[0]));
	deck->more = calloc(packets - shape->count + 1, sizeof(NET_BUFFER *));
	deck->data = ExAllocatePool2(
		POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED, (SIZE_T)packets * deck->stride, TAG);
	if (deck->all == NULL || deck->at == NULL || deck->more == NULL || deck->data == NULL) {
		deck_free(deck);
		return NULL;
	}
	for (uint32_t i = 0; i < shape->count; i++)
		if (nbl_make(env, deck, i) != 0) {
			deck_free(deck);
			return NULL;
		}
	return deck;
}

struct deck *
deck_get(struct env *env, const struct shape *shape)
{
	struct deck *deck;

	for (deck = env->decks; deck != NULL; deck = deck->next)
		if (memcmp(&deck->shape, shape, sizeof(*shape)) == 0)
			return deck;
	deck = deck_make(env, shape);
	if (deck == NULL) {
		bench_error("no memory for %u NBLs of %u x %u bytes: give EAL more (-m)",
			shape->count, shape->nbs, shape->len);
		return NULL;
	}
	deck->next = env->decks;
	env->decks = deck;
	return deck;
}

void
deck_aim(struct deck *deck, const struct target *target, uint32_t dests)
{
	uint32_t packets = deck->shape.count * deck->shape.nbs;

	for (uint32_t i = 0; i < packets; i++)
		packet_fill(packet_of(deck, i), deck->shape.len, tables_dest(target, i % dests));
	memcpy(deck->at, deck->all, deck->shape.count * sizeof(deck->at[0]));
	deck->top = deck->at + deck->shape.count;
	deck->head = 0;
	deck->tail = deck->shape.count;
}

void
decks_free(struct env *env)
{
	while (env->decks != NULL) {
		struct deck *next = env->decks->next;

		deck_free(env->decks);
		env->decks = next;
	}
}
