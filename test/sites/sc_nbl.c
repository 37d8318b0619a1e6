/* SPDX-License-Identifier: BSD-3-Clause */
/* Packet objects: pools, lists, clones, retreats, context areas. */
#include <string.h>

#include "sites.h"

static void
only_lib(void)
{
	w = (struct world){0};
	lib_up();
}

static NDIS_HANDLE
pool_with_data(uint32_t size)
{
	NET_BUFFER_LIST_POOL_PARAMETERS p;
	NDIS_HANDLE pool;

	memset(&p, 0, sizeof(p));
	p.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
	p.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
	p.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
	p.fAllocateNetBuffer = TRUE;
	p.PoolTag = 'dtiS';
	p.DataSize = size;
	GET(pool, NdisAllocateNetBufferListPool(NULL, &p));
	return pool;
}

static void
data_pool(void)
{
	NDIS_HANDLE pool = pool_with_data(256);
	NET_BUFFER_LIST *nbl;

	GET(nbl, NdisAllocateNetBufferList(pool, 64, 64));
	SURE(NdisRetreatNetBufferDataStart(nbl->FirstNetBuffer, 100, 0, NULL));
	NdisFreeNetBufferList(nbl);
	NdisFreeNetBufferListPool(pool);
}

/* A retreat that fails leaves everything as it was: windows, chain, bytes. */
static void
retreats(struct packet *p)
{
	NET_BUFFER *nb = p->nbl->FirstNetBuffer, old = *nb, old2 = *nb->Next;
	NDIS_STATUS rc;
	uint64_t before;

	OP(NdisRetreatNetBufferDataStart(nb, 40, 8, NULL), NO_RESOURCES);
	CHECK(nb->DataLength == old.DataLength + 40);
	NdisAdvanceNetBufferDataStart(nb, 40, TRUE, NULL);
	CHECK(nb->DataLength == old.DataLength && nb->CurrentMdl == old.CurrentMdl &&
		nb->MdlChain == old.MdlChain && nb->DataOffset == old.DataOffset);
	before = fwi_site_failed();
	rc = NdisRetreatNetBufferListDataStart(p->nbl, 40, 0, NULL);
	if (rc != NDIS_STATUS_SUCCESS) {
		sites_excuse("list retreat", rc, before, (const long[]){NO_RESOURCES, 0});
		CHECK(memcmp(nb, &old, sizeof(old)) == 0);
		CHECK(memcmp(nb->Next, &old2, sizeof(old2)) == 0);
		SURE(NdisRetreatNetBufferListDataStart(p->nbl, 40, 0, NULL));
	}
	CHECK(nb->Next->DataLength == old2.DataLength + 40);
	NdisAdvanceNetBufferListDataStart(p->nbl, 40, TRUE, NULL);
	CHECK(nb->MdlChain == old.MdlChain && nb->Next->MdlChain == old2.MdlChain);
}

static void
clones(struct packet *p)
{
	NET_BUFFER_LIST *a, *b;

	OP(FwpsAllocateCloneNetBufferList0(p->nbl, NULL, NULL, 0, &a), NO_RESOURCES);
	OP(FwpsAllocateCloneNetBufferList0(p->nbl, w.pool, w.nb_pool, 0, &b), NO_RESOURCES);
	CHECK(a->FirstNetBuffer->Next != NULL && b->FirstNetBuffer->Next != NULL);
	OP(NdisRetreatNetBufferListDataStart(a, 40, 0, NULL), NO_RESOURCES);
	NdisAdvanceNetBufferListDataStart(a, 40, TRUE, NULL);
	FwpsReferenceNetBufferList0(b, FALSE);
	FwpsFreeCloneNetBufferList0(b, 0);
	FwpsDereferenceNetBufferList0(b, FALSE);
	FwpsFreeCloneNetBufferList0(a, 0);
}

static void
objects(void)
{
	NET_BUFFER_LIST *nbl;
	struct packet p;
	void *area;
	MDL *mdl;

	pools_up();
	packet_make(&p, 4, 200, 3, 0);
	packet_add_nb(&p);
	retreats(&p);
	clones(&p);
	data_pool();
	GET(mdl, NdisAllocateMdl(NULL, p.data, 20));
	GET(nbl, NdisAllocateNetBufferAndNetBufferList(w.pool, 512, 128, mdl, 0, 20));
	NdisFreeNetBufferList(nbl);
	NdisFreeMdl(mdl);
	OP(FwpsAllocateNetBufferAndNetBufferList0(w.pool, 512, 0, p.mdl[0], 0, 20, &nbl),
		NO_RESOURCES);
	FwpsFreeNetBufferList0(nbl);
	GET(area, ExAllocatePoolWithTag(NonPagedPool, 100, 'etiS'));
	ExFreePool(area);
	GET(area, ExAllocatePoolZero(NonPagedPool, 100, 'etiS'));
	ExFreePool(area);
	packet_free(&p);
}

static void
down(void)
{
	pools_down();
	lib_down();
}

const struct scenario nbl_scenarios[] = {
	{"nbl", only_lib, objects, down},
	{0},
};
