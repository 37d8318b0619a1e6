/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * References. An NBL lives until its owner has freed it and every reference and clone is
 * gone. In between it is a zombie: its fields and its clones stay valid.
 */
#include <fwpsk.h>

#include "nbl/nbl_alloc.h"

#define CALLER __builtin_return_address(0)

void (*fwi_nbl_handed_back)(struct fwi_nbl *l);
const char fwi_nbl_nobody;
__thread const void *fwi_nbl_keeper = &fwi_nbl_nobody;

VOID NTAPI
FwpsReferenceNetBufferList0(NET_BUFFER_LIST *netBufferList, BOOLEAN intendToModify)
{
	struct fwi_nbl *f = FWI_NBL(netBufferList);

	(void)intendToModify; /* what it asks of the caller is between the caller and classify */
	if (f == NULL || !fwi_slab_ready)
		return;
	if (__atomic_load_n(&f->state, __ATOMIC_RELAXED) == FWI_NBL_FREE) {
		fwi_debug_misuse(f, "reference on a free NBL", CALLER);
		return;
	}
	__atomic_fetch_add(&f->refs, 1, __ATOMIC_RELAXED);
}

VOID NTAPI
FwpsDereferenceNetBufferList0(NET_BUFFER_LIST *netBufferList, BOOLEAN dispatchLevel)
{
	struct fwi_nbl *f = FWI_NBL(netBufferList);
	uint32_t state, refs;

	(void)dispatchLevel;
	if (f == NULL || !fwi_slab_ready)
		return;
	/*
	 * The last one of a list that is not freed yet is its owner's. In this order: its owner may
	 * be freeing it, which is noted in front of its reference.
	 */
	refs = __atomic_load_n(&f->refs, __ATOMIC_ACQUIRE);
	state = __atomic_load_n(&f->state, __ATOMIC_RELAXED);
	if (state == FWI_NBL_FREE || (state == FWI_NBL_LIVE && refs == 1)) {
		fwi_debug_misuse(f, "dereference without reference", CALLER);
		return;
	}
	if (fwi_nbl_unref(f))
		fwi_nbl_release(f);
}
