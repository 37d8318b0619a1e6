/* SPDX-License-Identifier: BSD-3-Clause */
/* What all tests of lib/nbl share: cmocka, small slabs, pools, and the leak check. */
#ifndef TEST_NBL_FIXTURE_H
#define TEST_NBL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include <fwpdk/pool.h>

#define FWPDK_WDK_LEAN
#include <fwpsk.h>

#include "nbl/nbl_obj.h"
#include "../eal_fixture.h"

#define NBLS 255u
#define NBS  127u
#define MDLS 511u
#define TAG  0x74736574u /* "test" */

/* Every test starts with full slabs and has to end with full slabs. */
static inline int
nbl_up(void **state)
{
	const struct fwi_slab_conf conf = {NBLS, NBS, MDLS};

	*state = NULL;
	return fwi_nbl_init(&conf);
}

static inline int
nbl_down(void **state)
{
	(void)state;
	return (int)fwi_nbl_fini();
}

static inline NDIS_HANDLE
nbl_pool_of(BOOLEAN with_nb, ULONG data_size)
{
	NET_BUFFER_LIST_POOL_PARAMETERS p;

	memset(&p, 0, sizeof(p));
	p.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
	p.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
	p.Header.Size = sizeof(p);
	p.fAllocateNetBuffer = with_nb;
	p.PoolTag = TAG;
	p.DataSize = data_size;
	return NdisAllocateNetBufferListPool(NULL, &p);
}

static inline NDIS_HANDLE
nb_pool(void)
{
	NET_BUFFER_POOL_PARAMETERS p;

	memset(&p, 0, sizeof(p));
	p.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
	p.Header.Revision = NET_BUFFER_POOL_PARAMETERS_REVISION_1;
	p.Header.Size = sizeof(p);
	p.PoolTag = TAG;
	return NdisAllocateNetBufferPool(NULL, &p);
}

static inline MDL *
mdl_over(void *buf, ULONG len)
{
	MDL *mdl = IoAllocateMdl(buf, len, FALSE, FALSE, NULL);

	assert_non_null(mdl);
	MmBuildMdlForNonPagedPool(mdl);
	return mdl;
}

static inline void
mdl_chain_free(MDL *mdl)
{
	while (mdl != NULL) {
		MDL *next = mdl->Next;

		IoFreeMdl(mdl);
		mdl = next;
	}
}

static inline uint64_t
live_of(NDIS_HANDLE pool)
{
	uint64_t live = UINT64_MAX;

	assert_int_equal(fwpdk_pool_usage(pool, &live, NULL), 0);
	return live;
}

static inline NET_BUFFER_LIST *
nbl_over(NDIS_HANDLE pool, MDL *mdl, ULONG off, SIZE_T len)
{
	NET_BUFFER_LIST *nbl = NULL;

	assert_int_equal(FwpsAllocateNetBufferAndNetBufferList0(pool, 0, 0, mdl, off, len, &nbl),
		STATUS_SUCCESS);
	assert_non_null(nbl);
	return nbl;
}

/* R109 and the invariants of the window: CurrentMdl is where DataOffset says. */
static inline void
assert_window(const NET_BUFFER *nb)
{
	uint64_t before = 0, total = 0;
	const MDL *mdl;
	int seen = nb->MdlChain == NULL;

	for (mdl = nb->MdlChain; mdl != NULL; mdl = mdl->Next) {
		if (mdl == nb->CurrentMdl) {
			seen = 1;
			before = total;
		}
		total += mdl->ByteCount;
	}
	assert_true(seen);
	assert_true(total >= (uint64_t)nb->DataOffset + nb->DataLength);
	assert_int_equal(before + nb->CurrentMdlOffset, nb->DataOffset);
	if (nb->DataLength != 0)
		assert_true(nb->CurrentMdlOffset < nb->CurrentMdl->ByteCount);
}

#define NBL_TEST(f) cmocka_unit_test_setup_teardown(f, nbl_up, nbl_down)

#endif
