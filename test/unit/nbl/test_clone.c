/* SPDX-License-Identifier: BSD-3-Clause */
/* Clones: R82, R92..R97, R99, and their resources. */
#include "nbl_fixture.h"

static uint8_t buf[4096];

/* A list of n packets, each over a chain of MDLs with an empty one in it, from offset off. */
struct packet {
	NDIS_HANDLE pool, nbs;
	NET_BUFFER_LIST *nbl;
	unsigned n;
};

static MDL *
chain_over(uint8_t *p)
{
	MDL *a = mdl_over(p, 20), *e = mdl_over(p, 0), *b = mdl_over(p + 20, 30);

	a->Next = e;
	e->Next = b;
	b->Next = mdl_over(p + 50, 50);
	return a;
}

static void
packet_make(struct packet *p, unsigned n, ULONG off, ULONG len)
{
	NET_BUFFER **tail;
	unsigned i;

	for (i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)(i * 7);
	p->n = n;
	p->pool = nbl_pool_of(TRUE, 0);
	p->nbs = nb_pool();
	p->nbl = nbl_over(p->pool, chain_over(buf), off, len);
	tail = &p->nbl->FirstNetBuffer->Next;
	for (i = 1; i < n; i++) {
		*tail = NdisAllocateNetBuffer(p->nbs, chain_over(buf + 100 * i), off, len);
		assert_non_null(*tail);
		tail = &(*tail)->Next;
	}
}

/* Chains and further packets go first: clones must not need them. */
static void
packet_parts_free(struct packet *p)
{
	NET_BUFFER *nb, *next;

	for (nb = p->nbl->FirstNetBuffer; nb != NULL; nb = next) {
		next = nb->Next;
		mdl_chain_free(nb->MdlChain);
		nb->MdlChain = nb->CurrentMdl = NULL;
		if (nb != p->nbl->FirstNetBuffer)
			NdisFreeNetBuffer(nb);
	}
	p->nbl->FirstNetBuffer->Next = NULL;
}

static void
packet_pools_free(struct packet *p)
{
	assert_int_equal(live_of(p->pool), 0);
	assert_int_equal(live_of(p->nbs), 0);
	NdisFreeNetBufferListPool(p->pool);
	NdisFreeNetBufferPool(p->nbs);
}

static NET_BUFFER_LIST *
clone_of(NET_BUFFER_LIST *nbl)
{
	NET_BUFFER_LIST *c = NULL;

	assert_int_equal(FwpsAllocateCloneNetBufferList0(nbl, NULL, NULL, 0, &c), STATUS_SUCCESS);
	assert_non_null(c);
	return c;
}

static void
assert_same_bytes(const NET_BUFFER_LIST *a, const NET_BUFFER_LIST *b)
{
	NET_BUFFER *x = a->FirstNetBuffer, *y = b->FirstNetBuffer;

	for (; x != NULL && y != NULL; x = x->Next, y = y->Next) {
		uint8_t sx[128], sy[128], *px, *py;

		assert_int_equal(x->DataLength, y->DataLength);
		if (x->DataLength == 0)
			continue;
		px = NdisGetDataBuffer(x, x->DataLength, sx, 1, 0);
		py = NdisGetDataBuffer(y, y->DataLength, sy, 1, 0);
		assert_non_null(px);
		assert_non_null(py);
		assert_memory_equal(px, py, x->DataLength);
	}
	assert_null(x);
	assert_null(y);
}

/* R92, R93: own NBs and MDLs, no backfill, no empty MDLs, parent and child count */
static void
shape(void **state)
{
	static const unsigned counts[] = {1, 2, 5};
	static const ULONG offs[] = {0, 5, 20, 35, 50, 99, 100};
	unsigned i, j;

	(void)state;
	for (i = 0; i < RTE_DIM(counts); i++) {
		for (j = 0; j < RTE_DIM(offs); j++) {
			NET_BUFFER_LIST *c;
			struct packet p;
			NET_BUFFER *nb, *orig;
			MDL *mdl;

			packet_make(&p, counts[i], offs[j], 100 - offs[j]);
			c = clone_of(p.nbl);
			assert_ptr_equal(c->ParentNetBufferList, p.nbl);
			assert_int_equal(p.nbl->ChildRefCount, 1);
			assert_int_equal(c->ChildRefCount, 0);
			assert_null(c->Context);
			assert_null(c->Next);
			assert_true(fwi_nbl_is_clone(c));
			assert_same_bytes(p.nbl, c);
			orig = p.nbl->FirstNetBuffer;
			for (nb = c->FirstNetBuffer; nb != NULL; nb = nb->Next, orig = orig->Next) {
				assert_ptr_not_equal(nb, orig);
				assert_int_equal(nb->DataOffset, 0);
				assert_window(nb);
				for (mdl = nb->MdlChain; mdl != NULL; mdl = mdl->Next) {
					assert_true(mdl->ByteCount > 0);
					assert_ptr_not_equal(mdl, orig->MdlChain);
				}
				if (nb->DataLength == 0)
					assert_null(nb->MdlChain);
			}
			FwpsFreeCloneNetBufferList0(c, 0);
			assert_int_equal(p.nbl->ChildRefCount, 0);
			packet_parts_free(&p);
			FwpsFreeNetBufferList0(p.nbl);
			packet_pools_free(&p);
		}
	}
}

/* R94: one set of bytes */
static void
shared_bytes(void **state)
{
	NET_BUFFER_LIST *c;
	struct packet p;
	uint8_t *d;

	(void)state;
	packet_make(&p, 1, 10, 90);
	c = clone_of(p.nbl);
	d = MmGetSystemAddressForMdlSafe(c->FirstNetBuffer->CurrentMdl, NormalPagePriority);
	assert_ptr_equal(d, buf + 10);
	d[0] = 0xab;
	assert_int_equal(buf[10], 0xab);
	packet_parts_free(&p);
	FwpsFreeNetBufferList0(p.nbl);
	FwpsFreeCloneNetBufferList0(c, 0);
	packet_pools_free(&p);
}

/* R82 and out-of-band values */
static void
inherited(void **state)
{
	NET_BUFFER_LIST *c, *cc;
	struct packet p;
	unsigned i;

	(void)state;
	packet_make(&p, 1, 0, 100);
	FWI_NBL_HOT(p.nbl)->handle = 11;
	FWI_NBL_HOT(p.nbl)->inj_context = buf;
	FWI_NBL_HOT(p.nbl)->context = buf;
	for (i = 0; i < FWI_HISTORY_MAX; i++)
		FWI_NBL(p.nbl)->history[i] = (struct fwi_history){20 + i, buf + i};
	for (i = 0; i < MaxNetBufferListInfo; i++)
		p.nbl->NetBufferListInfo[i] = buf + i;
	p.nbl->NblFlags = NDIS_NBL_FLAGS_IS_IPV4 | NDIS_NBL_FLAGS_IS_UDP | 0x80000000u;
	p.nbl->Status = -1;
	p.nbl->Scratch = buf;
	p.nbl->FirstNetBuffer->ChecksumBias = 9;
	c = clone_of(p.nbl);
	cc = clone_of(c);
	for (i = 0; i < FWI_HISTORY_MAX; i++) {
		assert_int_equal(FWI_NBL(cc)->history[i].handle, 20 + i);
		assert_ptr_equal(FWI_NBL(cc)->history[i].context, buf + i);
	}
	for (i = 0; i < MaxNetBufferListInfo; i++)
		assert_ptr_equal(cc->NetBufferListInfo[i], buf + i);
	assert_int_equal(FWI_NBL_HOT(cc)->handle, 11);
	assert_ptr_equal(FWI_NBL_HOT(cc)->inj_context, buf);
	assert_null(FWI_NBL_HOT(cc)->context);
	assert_null(FWI_NBL_HOT(cc)->complete);
	assert_int_equal(cc->NblFlags, NDIS_NBL_FLAGS_IS_IPV4 | NDIS_NBL_FLAGS_IS_UDP);
	assert_int_equal(cc->Status, 0);
	assert_null(cc->Scratch);
	assert_int_equal(cc->FirstNetBuffer->ChecksumBias, 9);
	FwpsFreeCloneNetBufferList0(cc, 0);
	FwpsFreeCloneNetBufferList0(c, 0);
	packet_parts_free(&p);
	FwpsFreeNetBufferList0(p.nbl);
	packet_pools_free(&p);
}

/* Trees of clones, freed in every order: P with clones A, B; A with clone C. */
static void
every_order(void **state)
{
	unsigned code;

	(void)state;
	for (code = 0; code < 24; code++) {
		unsigned left[4] = {0, 1, 2, 3}, n = 4, k = code, pick, i;
		NET_BUFFER_LIST *l[4];
		struct packet p;

		packet_make(&p, 3, 15, 60);
		l[0] = p.nbl;
		l[1] = clone_of(l[0]);
		l[2] = clone_of(l[0]);
		l[3] = clone_of(l[1]);
		assert_int_equal(l[0]->ChildRefCount, 2);
		assert_int_equal(l[1]->ChildRefCount, 1);
		while (n != 0) {
			pick = k % n;
			k /= n;
			if (left[pick] == 0) {
				packet_parts_free(&p);
				FwpsFreeNetBufferList0(l[0]);
			} else {
				FwpsFreeCloneNetBufferList0(l[left[pick]], 0);
			}
			for (i = pick; i + 1 < n; i++)
				left[i] = left[i + 1];
			n--;
			/* what is left still reads its bytes */
			for (i = 0; i < n; i++) {
				uint8_t s[60], *d;

				if (left[i] == 0)
					continue;
				d = NdisGetDataBuffer(l[left[i]]->FirstNetBuffer, 60, s, 1, 0);
				assert_memory_equal(d, buf + 15, 60);
			}
		}
		packet_pools_free(&p);
	}
}

/* R96, and SoftEther's way: NB fields overwritten, restored by copying the struct back */
static void
swapped_chain(void **state)
{
	NET_BUFFER_LIST *c;
	NET_BUFFER saved, *nb, *second;
	struct packet p;
	uint8_t own[64];
	MDL *mdl;

	(void)state;
	packet_make(&p, 3, 15, 60);
	c = clone_of(p.nbl);
	nb = c->FirstNetBuffer;
	mdl = NdisAllocateMdl(NULL, own, sizeof(own));
	memcpy(&saved, nb, sizeof(saved));
	NET_BUFFER_FIRST_MDL(nb) = mdl;
	NET_BUFFER_CURRENT_MDL(nb) = mdl;
	NET_BUFFER_DATA_OFFSET(nb) = 0;
	NET_BUFFER_CURRENT_MDL_OFFSET(nb) = 0;
	NET_BUFFER_DATA_LENGTH(nb) = sizeof(own);
	memcpy(nb, &saved, sizeof(saved));
	assert_same_bytes(p.nbl, c);
	/* R128: a packet unlinked and put back */
	second = nb->Next;
	nb->Next = second->Next;
	nb->Next = second;
	FwpsFreeCloneNetBufferList0(c, 0);

	/* and not restored at all: a client's error that must not leak or crash */
	c = clone_of(p.nbl);
	c->FirstNetBuffer->MdlChain = mdl;
	c->FirstNetBuffer->CurrentMdl = mdl;
	c->FirstNetBuffer->Next = NULL;
	FwpsFreeCloneNetBufferList0(c, 0);
	/* a client that frees the MDLs it finds in a clone */
	c = clone_of(p.nbl);
	mdl_chain_free(c->FirstNetBuffer->MdlChain);
	FwpsFreeCloneNetBufferList0(c, 0);
	NdisFreeMdl(mdl);
	packet_parts_free(&p);
	FwpsFreeNetBufferList0(p.nbl);
	packet_pools_free(&p);
}

/* R97 and the other arguments */
static void
arguments(void **state)
{
	NDIS_HANDLE bare = nbl_pool_of(FALSE, 0);
	NET_BUFFER_LIST *c = NULL;
	struct packet p;

	(void)state;
	packet_make(&p, 2, 0, 100);
	assert_int_equal(
		FwpsAllocateCloneNetBufferList0(NULL, NULL, NULL, 0, &c), STATUS_FWP_NULL_POINTER);
	assert_int_equal(FwpsAllocateCloneNetBufferList0(p.nbl, NULL, NULL, 0, NULL),
		STATUS_FWP_NULL_POINTER);
	assert_int_equal(FwpsAllocateCloneNetBufferList0(p.nbl, NULL, NULL, 1, &c),
		STATUS_INVALID_PARAMETER);
	assert_int_equal(FwpsAllocateCloneNetBufferList0(p.nbl, p.nbs, NULL, 0, &c),
		STATUS_INVALID_PARAMETER);
	assert_int_equal(FwpsAllocateCloneNetBufferList0(p.nbl, NULL, p.pool, 0, &c),
		STATUS_INVALID_PARAMETER);
	assert_null(c);
	assert_null(NdisAllocateCloneNetBufferList(p.nbl, NULL, NULL, 4));
	assert_null(NdisAllocateCloneNetBufferList(NULL, NULL, NULL, 0));
	assert_int_equal(p.nbl->ChildRefCount, 0);
	assert_int_equal(
		FwpsAllocateCloneNetBufferList0(p.nbl, bare, p.nbs, 0, &c), STATUS_SUCCESS);
	assert_int_equal(live_of(bare), 1);
	assert_int_equal(live_of(p.nbs), 2); /* the original's second and the clone's */
	NdisFreeCloneNetBufferList(c, 0);
	assert_int_equal(live_of(bare), 0);
	c = NdisAllocateCloneNetBufferList(p.nbl, NULL, NULL, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
	assert_ptr_equal(c->FirstNetBuffer->MdlChain, p.nbl->FirstNetBuffer->MdlChain);
	assert_same_bytes(p.nbl, c);
	NdisFreeCloneNetBufferList(c, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
	/* the chain is shorter than the window */
	p.nbl->FirstNetBuffer->Next->DataLength = 101;
	assert_int_equal(FwpsAllocateCloneNetBufferList0(p.nbl, NULL, NULL, 0, &c),
		STATUS_INVALID_PARAMETER);
	p.nbl->FirstNetBuffer->Next->DataLength = 100;
	assert_int_equal(p.nbl->ChildRefCount, 0);
	packet_parts_free(&p);
	FwpsFreeNetBufferList0(p.nbl);
	NdisFreeNetBufferListPool(bare);
	packet_pools_free(&p);
}

/* No packets at all is legal too. */
static void
empty_list(void **state)
{
	NDIS_HANDLE bare = nbl_pool_of(FALSE, 0);
	NET_BUFFER_LIST *nbl = NdisAllocateNetBufferList(bare, 0, 0), *c;

	(void)state;
	c = clone_of(nbl);
	assert_null(c->FirstNetBuffer);
	FwpsFreeCloneNetBufferList0(c, 0);
	NdisFreeNetBufferList(nbl);
	NdisFreeNetBufferListPool(bare);
}

/* Whatever runs out, a failed clone leaves nothing behind. */
static void
rollback(void **state)
{
	MDL *mdls[MDLS];
	NET_BUFFER_LIST *nbls[NBLS], *c = NULL;
	NET_BUFFER *nbs[NBS];
	unsigned n, free_mdls;
	struct packet p;

	(void)state;
	packet_make(&p, 4, 0, 100); /* clones need 12 MDLs, 3 NBs, 1 NBL */
	for (free_mdls = 0; free_mdls < 12; free_mdls++) {
		n = 0;
		while ((mdls[n] = IoAllocateMdl(buf, 1, FALSE, FALSE, NULL)) != NULL)
			n++;
		for (unsigned i = 0; i < free_mdls; i++)
			IoFreeMdl(mdls[--n]);
		assert_int_equal(FwpsAllocateCloneNetBufferList0(p.nbl, NULL, NULL, 0, &c),
			STATUS_INSUFFICIENT_RESOURCES);
		assert_null(c);
		assert_int_equal(p.nbl->ChildRefCount, 0);
		for (unsigned i = 0; i < free_mdls; i++) /* all came back */
			assert_non_null(mdls[n++] = IoAllocateMdl(buf, 1, FALSE, FALSE, NULL));
		assert_null(IoAllocateMdl(buf, 1, FALSE, FALSE, NULL));
		while (n != 0)
			IoFreeMdl(mdls[--n]);
	}
	n = 0;
	while ((nbs[n] = NdisAllocateNetBuffer(p.nbs, NULL, 0, 0)) != NULL)
		n++;
	NdisFreeNetBuffer(nbs[--n]);
	assert_int_equal(FwpsAllocateCloneNetBufferList0(p.nbl, NULL, NULL, 0, &c),
		STATUS_INSUFFICIENT_RESOURCES);
	while (n != 0)
		NdisFreeNetBuffer(nbs[--n]);
	while ((nbls[n] = NdisAllocateNetBufferList(p.pool, 0, 0)) != NULL)
		n++;
	assert_int_equal(FwpsAllocateCloneNetBufferList0(p.nbl, NULL, NULL, 0, &c),
		STATUS_INSUFFICIENT_RESOURCES);
	while (n != 0)
		NdisFreeNetBufferList(nbls[--n]);
	c = clone_of(p.nbl);
	FwpsFreeCloneNetBufferList0(c, 0);
	packet_parts_free(&p);
	FwpsFreeNetBufferList0(p.nbl);
	packet_pools_free(&p);
}

/* A clone has no backfill: a retreat gives it a header of its own, freed with it. */
static void
retreat_of_clone(void **state)
{
	NET_BUFFER_LIST *c;
	struct packet p;
	uint8_t *d, s[80];

	(void)state;
	packet_make(&p, 2, 15, 60);
	c = clone_of(p.nbl);
	assert_int_equal(NdisRetreatNetBufferListDataStart(c, 20, 0, NULL), NDIS_STATUS_SUCCESS);
	assert_int_equal(c->FirstNetBuffer->DataLength, 80);
	assert_window(c->FirstNetBuffer);
	d = NdisGetDataBuffer(c->FirstNetBuffer, 20, NULL, 1, 0);
	memset(d, 0, 20);
	assert_int_equal(buf[14], (uint8_t)(14 * 7)); /* the original's bytes are not there */
	d = NdisGetDataBuffer(c->FirstNetBuffer, 80, s, 1, 0);
	assert_memory_equal(d + 20, buf + 15, 60);
	FwpsFreeCloneNetBufferList0(c, 0); /* not advanced before */
	packet_parts_free(&p);
	FwpsFreeNetBufferList0(p.nbl);
	packet_pools_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		NBL_TEST(shape),
		NBL_TEST(shared_bytes),
		NBL_TEST(inherited),
		NBL_TEST(every_order),
		NBL_TEST(swapped_chain),
		NBL_TEST(arguments),
		NBL_TEST(empty_list),
		NBL_TEST(rollback),
		NBL_TEST(retreat_of_clone),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
