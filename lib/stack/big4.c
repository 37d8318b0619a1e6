/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_fib (DIR24_8, 4 bytes an entry) behind a big IPv4 table. */
#include <errno.h>
#include <stdio.h>

#include <rte_errno.h>
#include <rte_memory.h>
#include <rte_rib.h>

#include "stack/table.h"

int
fwi_big4_create(struct fwi_table *t, const struct fwi_big_size *size)
{
	static unsigned serial; /* the old table lives on for a while */
	struct rte_fib_conf conf = {
		.type = RTE_FIB_DIR24_8,
		.default_nh = FWI_NH_NONE,
		.max_routes = (int)size->prefixes,
		.dir24_8 = {.nh_sz = RTE_FIB_DIR24_8_4B, .num_tbl8 = size->groups},
	};
	char name[16];

	snprintf(name, sizeof(name), "fwi4_%u", serial++ % 100000);
	t->fib4 = rte_fib_create(name, SOCKET_ID_ANY, &conf);
	return t->fib4 != NULL ? 0 : -ENOMEM;
}

int
fwi_big4_set(struct fwi_table *t, fwi_u128 key, unsigned depth, uint32_t value)
{
	return rte_fib_add(t->fib4, (uint32_t)(key >> 96), (uint8_t)depth, value);
}

static uint32_t
value_of(const struct rte_rib_node *node)
{
	uint64_t value = 0;

	rte_rib_get_nh(node, &value);
	return (uint32_t)value;
}

uint32_t
fwi_big4_get(const struct fwi_table *t, fwi_u128 key, unsigned depth)
{
	struct rte_rib_node *node = rte_rib_lookup_exact(
		rte_fib_get_rib(t->fib4), (uint32_t)(key >> 96), (uint8_t)depth);

	return node != NULL ? value_of(node) : 0;
}

uint32_t
fwi_big4_parent(const struct fwi_table *t, fwi_u128 key, unsigned depth)
{
	struct rte_rib_node *node = rte_rib_lookup_exact(
		rte_fib_get_rib(t->fib4), (uint32_t)(key >> 96), (uint8_t)depth);

	while (node != NULL) {
		node = rte_rib_lookup_parent(node);
		if (node != NULL && (value_of(node) & FWI_VALUE_DEAD) == 0)
			return value_of(node);
	}
	return 0;
}

uint32_t
fwi_big4_collect(const struct fwi_table *t, struct fwi_rt *routes)
{
	struct rte_rib *rib = rte_fib_get_rib(t->fib4);
	struct rte_rib_node *node = NULL;
	uint32_t ip, n = 0;

	/* The walk leaves out 0/0, which is not in there (table.h, top). */
	while ((node = rte_rib_get_nxt(rib, 0, 0, node, RTE_RIB_GET_NXT_ALL)) != NULL) {
		if (value_of(node) & FWI_VALUE_DEAD)
			continue;
		rte_rib_get_ip(node, &ip);
		routes[n] = (struct fwi_rt){
			.key = fwi_key4(ip), .nh = FWI_VALUE_NH(value_of(node))};
		rte_rib_get_depth(node, &routes[n++].depth);
	}
	return n;
}
