/* SPDX-License-Identifier: BSD-3-Clause */
/* Who gets which slot of a group. Control path. */
#include <stdlib.h>
#include <string.h>

#include "stack/group.h"

/* All bits of the result depend on all of x. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
	x = (x ^ x >> 27) * 0x94D049BB133111EBu;
	return x ^ x >> 31;
}

/* From what the member is, not from its number, which it may get anew. */
static uint64_t
identity(const struct fwi_nh_key *key)
{
	uint64_t h = mix((uint64_t)(key->gateway >> 64) + key->kind);

	h = mix(h ^ (uint64_t)key->gateway);
	return mix(h ^ key->link->if_index);
}

/* A member of weight w draws w times. */
static uint64_t
draw(uint64_t identity, uint32_t slot, uint32_t weight)
{
	uint64_t best = 0, x;
	uint32_t i;

	for (i = 0; i < weight; i++) {
		x = mix(identity ^ ((uint64_t)slot << 16 | i));
		best = x > best ? x : best;
	}
	return best;
}

struct fwi_nh_group *
fwi_group_make(const uint32_t *nh, const uint16_t *weight, const struct fwi_nh_key *const *keys,
	uint32_t n)
{
	struct fwi_nh_group *g = calloc(1, sizeof(*g));
	uint64_t id[FWI_GROUP_MAX], best, x;
	uint32_t i, s;

	if (g == NULL)
		return NULL;
	g->n = n;
	memcpy(g->nh, nh, n * sizeof(*nh));
	memcpy(g->weight, weight, n * sizeof(*weight));
	for (i = 0; i < n; i++)
		id[i] = identity(keys[i]);
	for (s = 0; s < FWI_GROUP_SLOTS; s++) {
		for (i = 0, best = 0; i < n; i++) {
			x = draw(id[i], s, weight[i]);
			if (i != 0 && x <= best)
				continue;
			best = x;
			g->slot[s] = (uint8_t)i;
		}
	}
	return g;
}

bool
fwi_group_equal(
	const struct fwi_nh_group *g, const uint32_t *nh, const uint16_t *weight, uint32_t n)
{
	return g->n == n && memcmp(g->nh, nh, n * sizeof(*nh)) == 0 &&
	       memcmp(g->weight, weight, n * sizeof(*weight)) == 0;
}

static bool
same_hop(const struct fwi_nh_key *a, const struct fwi_nh_key *b)
{
	return a->link == b->link && a->kind == b->kind && a->gateway == b->gateway;
}

uint32_t
fwi_members_merge(struct fwi_nh_member *m, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (!same_hop(&m[i].key, &m[n].key))
			continue;
		m[i].weight = (uint16_t)RTE_MIN(
			m[i].weight + (uint32_t)m[n].weight, FWI_GROUP_MAX_WEIGHT);
		return n;
	}
	return n + 1;
}
