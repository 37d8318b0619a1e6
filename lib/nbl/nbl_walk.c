/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: all NBLs, whoever has them. */
#include "core/compat.h"
#include "nbl/nbl_slab.h"

struct walk {
	fwi_nbl_walk_fn fn;
	void *arg;
};

static void
one(struct rte_mempool *mp, void *arg, void *obj, unsigned idx)
{
	const struct walk *w = arg;

	RTE_SET_USED(mp);
	RTE_SET_USED(idx);
	w->fn(obj, w->arg);
}

void
fwi_nbl_walk(fwi_nbl_walk_fn fn, void *arg)
{
	struct walk w = {.fn = fn, .arg = arg};
	struct rte_mempool *mp;
	unsigned s;

	for (s = 0; (mp = fwi_slab_pool(s, FWI_SLAB_NBL)) != NULL; s++)
		rte_mempool_obj_iter(mp, one, &w);
}

bool
fwi_nb_known(const struct fwi_nbl *l, const NET_BUFFER *nb)
{
	const struct rte_mempool *mp;
	unsigned s;

	if (nb == &l->nb)
		return true;
	for (s = 0; (mp = fwi_slab_pool(s, FWI_SLAB_NB)) != NULL; s++)
		if (fwi_mempool_has(mp, nb))
			return true;
	for (s = 0; (mp = fwi_slab_pool(s, FWI_SLAB_NBL)) != NULL; s++) /* another list's */
		if (fwi_mempool_has(mp, nb))
			return true;
	return false;
}
