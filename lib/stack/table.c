/* SPDX-License-Identifier: BSD-3-Clause */
/* Building and changing tables: control path. */
#include <errno.h>
#include <stdlib.h>

#include "core/fail.h"
#include "core/log.h"
#include "stack/table.h"

static bool
is_top(const struct fwi_table *t, fwi_u128 key, unsigned depth)
{
	return fwi_leading_ones(key, fwi_family_bits(t->family)) >= depth;
}

static uint32_t
value(fwi_u128 key, unsigned depth, uint32_t nh)
{
	uint32_t last_bit = depth == 0 ? 0 : (uint32_t)(key >> (128 - depth)) & 1u;

	return nh | depth << FWI_NH_BITS | last_bit << 29;
}

static int
big_set(struct fwi_table *t, fwi_u128 key, unsigned depth, uint32_t v)
{
	return t->family == FWI_V4 ? fwi_big4_set(t, key, depth, v)
				   : fwi_big6_set(t, key, depth, v);
}

static uint32_t
big_get(const struct fwi_table *t, fwi_u128 key, unsigned depth)
{
	return t->family == FWI_V4 ? fwi_big4_get(t, key, depth) : fwi_big6_get(t, key, depth);
}

/* Set or (FWI_NH_NONE) remove an all-ones prefix. */
static void
top_set(struct fwi_table *t, unsigned depth, uint32_t nh)
{
	uint32_t v = 0;
	unsigned i;

	t->top_route[depth] = nh;
	for (i = 0; i <= fwi_family_bits(t->family); i++) {
		if (t->top_route[i] != FWI_NH_NONE)
			v = t->top_route[i] | i << FWI_NH_BITS;
		__atomic_store_n(&t->top[i], v, __ATOMIC_RELAXED);
	}
}

/*
 * Groups of 256 entries that the fib reserves for routes added in this order; it never
 * uses more than it reserves.
 */
static uint64_t
groups(enum fwi_family family, const struct fwi_rt *r, uint32_t n)
{
	const struct fwi_rt *around[130];
	unsigned open = 0, ceiling, floor;
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < n; i++) {
		while (open != 0 &&
			!fwi_covers(around[open - 1]->key, around[open - 1]->depth, r[i].key))
			open--;
		ceiling = RTE_ALIGN_CEIL(r[i].depth, 8);
		floor = family == FWI_V4 ? 24 : RTE_ALIGN_FLOOR(r[i].depth, 8);
		if (r[i].depth > 24 && (i == 0 || r[i - 1].depth <= floor ||
					       !fwi_covers(r[i].key, floor, r[i - 1].key))) {
			unsigned from = open != 0 ? RTE_ALIGN_CEIL(around[open - 1]->depth, 8) : 24;

			sum += (ceiling - RTE_MIN(ceiling, RTE_MAX(from, 24u))) / 8;
		}
		around[open++] = &r[i];
	}
	return sum;
}

static int
big_fill(struct fwi_table *t, const struct fwi_rt *routes, uint32_t n)
{
	uint64_t need = groups(t->family, routes, n);
	struct fwi_big_size size = {.prefixes = RTE_MAX(n + n / 4, 16 * FWI_SMALL_ROUTES)};
	uint32_t i;
	int rc;

	/* Room for routes to come, so that few of them cause a rebuild. */
	need += need / 4 + (t->family == FWI_V4 ? 512 : 4096);
	if (need >= 1u << 30)
		return -ENOMEM;
	size.groups = (uint32_t)need;
	rc = t->family == FWI_V4 ? fwi_big4_create(t, &size) : fwi_big6_create(t, &size);
	for (i = 0; rc == 0 && i < n; i++) {
		if (is_top(t, routes[i].key, routes[i].depth))
			top_set(t, routes[i].depth, routes[i].nh);
		else
			rc = FWI_FAIL()
				     ? -ENOSPC
				     : big_set(t, routes[i].key, routes[i].depth,
					       value(routes[i].key, routes[i].depth, routes[i].nh));
	}
	if (rc != 0)
		FWI_LOG(stack, ERR, "no memory for an IPv%u table of %u routes (%u groups): %s",
			t->family == FWI_V4 ? 4 : 6, n, size.groups, strerror(-rc));
	return rc;
}

struct fwi_table *
fwi_table_build(enum fwi_family family, const struct fwi_rt *routes, uint32_t n)
{
	struct fwi_table *t = calloc(1, sizeof(*t));
	int rc;

	if (t == NULL)
		return NULL;
	t->family = family;
	t->n_routes = n;
	if (n <= FWI_SMALL_ROUTES) {
		t->routes = malloc(n * sizeof(*routes));
		if (t->routes != NULL)
			memcpy(t->routes, routes, n * sizeof(*routes));
		rc = t->routes != NULL ? fwi_small_fill(t, routes, n) : -ENOMEM;
	} else {
		rc = big_fill(t, routes, n);
	}
	if (rc != 0) {
		fwi_table_free(t);
		return NULL;
	}
	return t;
}

void
fwi_table_free(void *table)
{
	struct fwi_table *t = table;

	if (t == NULL)
		return;
	if (t->nh != NULL || t->routes != NULL)
		free(t->family == FWI_V4 ? (void *)t->start4 : (void *)t->start6);
	else if (t->family == FWI_V4)
		rte_fib_free(t->fib4);
	else
		rte_fib6_free(t->fib6);
	free(t->nh);
	free(t->routes);
	free(t->dead);
	free(t);
}

uint32_t
fwi_table_get(const struct fwi_table *t, fwi_u128 key, unsigned depth)
{
	uint32_t low = 0, high, v;

	if (t == NULL)
		return FWI_NH_NONE;
	if (t->n == 0) {
		if (is_top(t, key, depth))
			return t->top_route[depth];
		v = big_get(t, key, depth);
		return v & FWI_VALUE_DEAD ? FWI_NH_NONE : FWI_VALUE_NH(v);
	}
	for (high = t->n_routes; low < high;) {
		const struct fwi_rt *r = &t->routes[low + (high - low) / 2];

		if (r->key == key && r->depth == depth)
			return r->nh;
		if (r->key < key || (r->key == key && r->depth < depth))
			low = (uint32_t)(r - t->routes) + 1;
		else
			high = (uint32_t)(r - t->routes);
	}
	return FWI_NH_NONE;
}

void
fwi_table_collect(const struct fwi_table *t, struct fwi_rt *routes)
{
	unsigned i;

	if (t == NULL)
		return;
	if (t->n != 0) {
		memcpy(routes, t->routes, t->n_routes * sizeof(*routes));
		return;
	}
	routes += t->family == FWI_V4 ? fwi_big4_collect(t, routes) : fwi_big6_collect(t, routes);
	for (i = 0; i <= fwi_family_bits(t->family); i++) {
		if (t->top_route[i] != FWI_NH_NONE)
			*routes++ = (struct fwi_rt){
				.key = fwi_mask(i) & fwi_mask(fwi_family_bits(t->family)),
				.nh = t->top_route[i],
				.depth = (uint8_t)i};
	}
}

/* Where a dead prefix leads: the closest live one around it, in the fib or among the top. */
static uint32_t
around(const struct fwi_table *t, fwi_u128 key, unsigned depth)
{
	uint32_t v = t->family == FWI_V4 ? fwi_big4_parent(t, key, depth)
					 : fwi_big6_parent(t, key, depth);
	uint32_t top = t->top[fwi_leading_ones(key, depth - 1)];

	return FWI_VALUE_NH(FWI_VALUE_DEPTH(top) >= FWI_VALUE_DEPTH(v) ? top : v);
}

/* The prefix changed: the dead ones inside follow. Replacing a value needs no memory. */
static void
refresh_dead(struct fwi_table *t, fwi_u128 key, unsigned depth)
{
	const struct fwi_dead *d;
	uint32_t i;

	for (i = 0; i < t->n_dead; i++) {
		d = &t->dead[i];
		if (d->depth > depth && fwi_covers(key, depth, d->key))
			big_set(t, d->key, d->depth,
				value(d->key, d->depth, around(t, d->key, d->depth)) |
					FWI_VALUE_DEAD);
	}
}

static void
forget_dead(struct fwi_table *t, fwi_u128 key, unsigned depth)
{
	uint32_t i;

	for (i = 0; i < t->n_dead; i++) {
		if (t->dead[i].key == key && t->dead[i].depth == depth) {
			t->dead[i] = t->dead[--t->n_dead];
			return;
		}
	}
}

int
fwi_table_set(struct fwi_table *t, fwi_u128 key, unsigned depth, uint32_t nh)
{
	bool is_new;
	uint32_t old;
	int rc;

	if (is_top(t, key, depth)) {
		is_new = t->top_route[depth] == FWI_NH_NONE;
		top_set(t, depth, nh);
	} else {
		old = big_get(t, key, depth);
		rc = FWI_FAIL() ? -ENOSPC : big_set(t, key, depth, value(key, depth, nh));
		if (rc != 0)
			return rc;
		is_new = old == 0 || (old & FWI_VALUE_DEAD) != 0;
		if (old & FWI_VALUE_DEAD)
			forget_dead(t, key, depth);
	}
	t->n_routes += is_new;
	refresh_dead(t, key, depth);
	return 0;
}

static int
remember_dead(struct fwi_table *t, fwi_u128 key, unsigned depth)
{
	struct fwi_dead *more;

	if (t->n_dead >= RTE_MAX(1024u, t->n_routes / 16))
		return -ENOSPC;
	if (t->n_dead == t->dead_size) {
		more = realloc(t->dead, (2 * (size_t)t->dead_size + 64) * sizeof(*more));
		if (more == NULL)
			return -ENOMEM;
		t->dead = more;
		t->dead_size = 2 * t->dead_size + 64;
	}
	t->dead[t->n_dead++] = (struct fwi_dead){.key = key, .depth = (uint8_t)depth};
	return 0;
}

int
fwi_table_unset(struct fwi_table *t, fwi_u128 key, unsigned depth)
{
	int rc;

	if (t->n_routes <= FWI_BIG_ROUTES)
		return -ENOSPC;
	if (is_top(t, key, depth)) {
		top_set(t, depth, FWI_NH_NONE);
	} else {
		rc = remember_dead(t, key, depth);
		if (rc != 0)
			return rc;
		big_set(t, key, depth, value(key, depth, around(t, key, depth)) | FWI_VALUE_DEAD);
	}
	t->n_routes--;
	refresh_dead(t, key, depth);
	return 0;
}
