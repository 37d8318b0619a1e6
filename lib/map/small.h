/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data path: small packets that would take more than one mbuf. Behind their Ethernet header in
 * the private area of the first one they cost less than a second mbuf does.
 */
#ifndef FWI_SMALL_H
#define FWI_SMALL_H

#include <stdbool.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "map/mapq.h"
#include "nbl/nbl_obj.h"

#define FWI_SMALL_MAX (FWI_HDR_ROOM - FWI_L2_LEN) /* bytes of a packet */

/* n bytes, not 0 and not more than FWI_SMALL_MAX; some of them twice rather than one by one. */
static __rte_always_inline void
fwi_small_copy(uint8_t *to, const uint8_t *from, uint32_t n)
{
	uint64_t i, end = n;

	_Static_assert(FWI_SMALL_MAX <= 96, "no more is copied");
	if (likely(n > 32)) {
		memcpy(to, from, 32);
		if (n > 64)
			memcpy(to + 32, from + 32, 32);
		memcpy(to + end - 32, from + end - 32, 32);
	} else if (n >= 16) {
		memcpy(to, from, 16);
		memcpy(to + end - 16, from + end - 16, 16);
	} else if (n >= 8) {
		memcpy(to, from, 8);
		memcpy(to + end - 8, from + end - 8, 8);
	} else if (n >= 4) {
		memcpy(to, from, 4);
		memcpy(to + end - 4, from + end - 4, 4);
	} else {
		for (i = 0; i < n; i++)
			to[i] = from[i];
	}
}

/*
 * The first `left` bytes of a window that begins at `from` with `have` bytes in mdl, neither 0.
 * False: there are not so many, an MDL on the way has none, or another one follows: perhaps a ring.
 */
static inline bool
fwi_small_gather(uint8_t *to, const MDL *mdl, const uint8_t *from, uint32_t have, uint32_t left)
{
	have = RTE_MIN(have, left);
	for (;;) {
		fwi_small_copy(to, from, have);
		left -= have;
		mdl = mdl->Next;
		if (mdl == NULL)
			return likely(left == 0);
		to += have;
		from = fwi_mdl_va(mdl);
		have = RTE_MIN(mdl->ByteCount, left);
		if (unlikely(have == 0))
			return false;
	}
}

#endif
