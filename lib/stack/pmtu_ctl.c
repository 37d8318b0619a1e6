/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: fwpdk_pmtu_*(). */
#include <errno.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "core/ctl.h"
#include "stack/pmtu_table.h"
#include "stack/room.h"

#define LEAST4	     68u
#define LEAST6	     1280u
#define MOST_SECONDS 86400u

struct path_key {
	uint32_t comp;
	enum fwi_family family;
	fwi_u128 dst;
};

static int
key_of(uint32_t compartment_id, const struct fwpdk_addr *dst, struct path_key *key)
{
	int rc;

	if (!fwi_ready())
		return -ENODEV;
	rc = fwi_addr_key(dst, &key->family, &key->dst);
	if (rc != 0)
		return rc;
	key->comp = fwi_stack_compartment(compartment_id);
	return key->comp == FWI_NO_COMPARTMENT ? -ENOENT : 0;
}

/* Those who hold it do a handful of stores. */
static void
take(struct fwi_paths *b)
{
	while (!fwi_paths_lock(b))
		rte_pause();
}

int
fwpdk_pmtu_set(
	uint32_t compartment_id, const struct fwpdk_addr *dst, uint16_t mtu, uint32_t seconds)
{
	struct fwi_path path = {.mtu = mtu};
	struct path_key key;
	struct fwi_paths *b;
	int rc = key_of(compartment_id, dst, &key);

	if (rc != 0)
		return rc;
	if (mtu < (key.family == FWI_V4 ? LEAST4 : LEAST6) || seconds > MOST_SECONDS)
		return -EINVAL;
	if (seconds == 0)
		seconds = FWPDK_PMTU_SECONDS;
	path.dst[0] = (uint64_t)(key.dst >> 64);
	path.dst[1] = (uint64_t)key.dst;
	path.comp = key.comp;
	path.family = (uint16_t)key.family;
	path.expires = rte_rdtsc() + seconds * rte_get_tsc_hz();
	b = fwi_paths_of(key.comp, key.family, key.dst);
	take(b);
	fwi_paths_put(b, &path);
	fwi_paths_unlock(b);
	fwi_stack_changed();
	return 0;
}

static uint32_t
seconds_left(const struct fwi_path *p, uint64_t now)
{
	return (uint32_t)((p->expires - now + rte_get_tsc_hz() - 1) / rte_get_tsc_hz());
}

int
fwpdk_pmtu_get(
	uint32_t compartment_id, const struct fwpdk_addr *dst, uint16_t *mtu, uint32_t *seconds)
{
	struct path_key key;
	struct fwi_paths *b;
	uint64_t now;
	int rc = key_of(compartment_id, dst, &key), way;

	if (rc != 0)
		return rc;
	b = fwi_paths_of(key.comp, key.family, key.dst);
	take(b);
	now = rte_rdtsc();
	way = fwi_paths_find(b, key.comp, key.family, key.dst);
	if (way >= 0 && b->path[way].expires > now) {
		if (mtu != NULL)
			*mtu = b->path[way].mtu;
		if (seconds != NULL)
			*seconds = seconds_left(&b->path[way], now);
	} else {
		rc = -ENOENT;
	}
	fwi_paths_unlock(b);
	return rc;
}

int
fwpdk_pmtu_del(uint32_t compartment_id, const struct fwpdk_addr *dst)
{
	struct path_key key;
	struct fwi_paths *b;
	int rc = key_of(compartment_id, dst, &key), way;

	if (rc != 0)
		return rc;
	b = fwi_paths_of(key.comp, key.family, key.dst);
	take(b);
	way = fwi_paths_find(b, key.comp, key.family, key.dst);
	if (way >= 0)
		fwi_paths_drop(b, (unsigned)way);
	fwi_paths_unlock(b);
	if (way < 0)
		return -ENOENT;
	fwi_stack_changed();
	return 0;
}

static int
walk(fwpdk_pmtu_walk_fn fn, void *arg)
{
	struct fwi_path path[FWI_PMTU_WAYS];
	struct fwpdk_addr dst;
	unsigned i, k;
	uint64_t now;
	int rc;

	for (i = 0; i < FWI_PMTU_BUCKETS; i++) {
		while (!fwi_paths_read(&fwi_paths[i], path))
			rte_pause();
		now = rte_rdtsc();
		for (k = 0; k < FWI_PMTU_WAYS; k++) {
			if (path[k].expires <= now)
				continue;
			fwi_key_addr((enum fwi_family)path[k].family,
				(fwi_u128)path[k].dst[0] << 64 | path[k].dst[1], &dst);
			rc = fn(fwi_stack_compartment_id(path[k].comp), &dst, path[k].mtu,
				seconds_left(&path[k], now), arg);
			if (rc != 0)
				return rc;
		}
	}
	return 0;
}

int
fwpdk_pmtu_walk(fwpdk_pmtu_walk_fn fn, void *arg)
{
	int rc;

	if (fn == NULL)
		return -EINVAL;
	fwi_ctl_lock();
	rc = fwi_ready() ? walk(fn, arg) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}
