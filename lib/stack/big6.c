/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_fib6 (trie, 4 bytes an entry) behind a big IPv6 table. */
#include <errno.h>
#include <stdio.h>

#include <rte_errno.h>
#include <rte_memory.h>
#include <rte_rib6.h>

#include "stack/table.h"

struct bytes {
	uint8_t b[16];
};

static struct bytes
bytes_of(fwi_u128 key)
{
	uint64_t half[2] = {
		rte_cpu_to_be_64((uint64_t)(key >> 64)), rte_cpu_to_be_64((uint64_t)key)};
	struct bytes r;

	memcpy(r.b, half, sizeof(r.b));
	return r;
}

int
fwi_big6_create(struct fwi_table *t, const struct fwi_big_size *size)
{
	static unsigned serial; /* the old table lives on for a while */
	struct rte_fib6_conf conf = {
		.type = RTE_FIB6_TRIE,
		.default_nh = FWI_NH_NONE,
		.max_routes = (int)size->prefixes,
		.trie = {.nh_sz = RTE_FIB6_TRIE_4B, .num_tbl8 = size->groups},
	};
	char name[16];

	snprintf(name, sizeof(name), "fwi6_%u", serial++ % 100000);
	t->fib6 = rte_fib6_create(name, SOCKET_ID_ANY, &conf);
	return t->fib6 != NULL ? 0 : -ENOMEM;
}

int
fwi_big6_set(struct fwi_table *t, fwi_u128 key, unsigned depth, uint32_t value)
{
	return rte_fib6_add(t->fib6, bytes_of(key).b, (uint8_t)depth, value);
}

static uint32_t
value_of(const struct rte_rib6_node *node)
{
	uint64_t value = 0;

	rte_rib6_get_nh(node, &value);
	return (uint32_t)value;
}

uint32_t
fwi_big6_get(const struct fwi_table *t, fwi_u128 key, unsigned depth)
{
	struct rte_rib6_node *node = rte_rib6_lookup_exact(
		rte_fib6_get_rib(t->fib6), bytes_of(key).b, (uint8_t)depth);

	return node != NULL ? value_of(node) : 0;
}

uint32_t
fwi_big6_parent(const struct fwi_table *t, fwi_u128 key, unsigned depth)
{
	struct rte_rib6_node *node = rte_rib6_lookup_exact(
		rte_fib6_get_rib(t->fib6), bytes_of(key).b, (uint8_t)depth);

	while (node != NULL) {
		node = rte_rib6_lookup_parent(node);
		if (node != NULL && (value_of(node) & FWI_VALUE_DEAD) == 0)
			return value_of(node);
	}
	return 0;
}

uint32_t
fwi_big6_collect(const struct fwi_table *t, struct fwi_rt *routes)
{
	struct rte_rib6 *rib = rte_fib6_get_rib(t->fib6);
	const uint8_t any[16] = {0};
	struct rte_rib6_node *node = NULL;
	uint8_t ip[16];
	uint32_t n = 0;

	/* The walk leaves out ::/0, which is not in there (table.h, top). */
	while ((node = rte_rib6_get_nxt(rib, any, 0, node, RTE_RIB6_GET_NXT_ALL)) != NULL) {
		if (value_of(node) & FWI_VALUE_DEAD)
			continue;
		rte_rib6_get_ip(node, ip);
		routes[n] = (struct fwi_rt){
			.key = fwi_key6(ip), .nh = FWI_VALUE_NH(value_of(node))};
		rte_rib6_get_depth(node, &routes[n++].depth);
	}
	return n;
}
