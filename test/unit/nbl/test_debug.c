/* SPDX-License-Identifier: BSD-3-Clause */
/* What a debug build finds. Built with its own copy of the room, FWPDK_NBL_DEBUG=1. */
#include <rte_log.h>

#include "nbl_fixture.h"

#include "nbl/nbl_debug.h"

#if !FWPDK_NBL_DEBUG
#error "this test is about the debug build"
#endif

static char seen[256];
static unsigned reports;
static NET_BUFFER_LIST *seen_nbl;
static NDIS_HANDLE pool;

static void
hook(const char *what, NET_BUFFER_LIST *nbl)
{
	snprintf(seen, sizeof(seen), "%s", what);
	seen_nbl = nbl;
	reports++;
}

static int
up(void **state)
{
	int rc = nbl_up(state);

	pool = nbl_pool_of(TRUE, 0);
	fwi_nbl_debug_hook = hook;
	reports = 0;
	seen[0] = '\0';
	return rc;
}

static int
down(void **state)
{
	NdisFreeNetBufferListPool(pool);
	return nbl_down(state);
}

static void
expect(const char *what, NET_BUFFER_LIST *nbl)
{
	assert_int_equal(reports, 1);
	assert_non_null(strstr(seen, what));
	assert_ptr_equal(seen_nbl, nbl);
	reports = 0;
}

static void
silent_when_right(void **state)
{
	NET_BUFFER_LIST *nbl = nbl_over(pool, NULL, 0, 0), *c = NULL;

	(void)state;
	assert_int_equal(FwpsAllocateCloneNetBufferList0(nbl, NULL, NULL, 0, &c), 0);
	FwpsReferenceNetBufferList0(nbl, FALSE);
	FwpsFreeNetBufferList0(nbl);
	FwpsDereferenceNetBufferList0(nbl, FALSE);
	FwpsFreeCloneNetBufferList0(c, 0);
	assert_int_equal(reports, 0);
}

static void
double_free(void **state)
{
	NET_BUFFER_LIST *nbl = nbl_over(pool, NULL, 0, 0);
	char text[64];

	(void)state;
	FwpsFreeNetBufferList0(nbl);
	FwpsFreeNetBufferList0(nbl);
	/* who: tag, allocating and freeing caller */
	assert_non_null(strstr(seen, "pool 'test'"));
	snprintf(text, sizeof(text), "allocated by %p", FWI_NBL(nbl)->alloc_pc);
	assert_non_null(FWI_NBL(nbl)->alloc_pc);
	assert_non_null(strstr(seen, text));
	snprintf(text, sizeof(text), "freed by %p", FWI_NBL(nbl)->free_pc);
	assert_non_null(FWI_NBL(nbl)->free_pc);
	assert_non_null(strstr(seen, text));
	expect("double free", nbl);
	assert_int_equal(live_of(pool), 0);
	/* of a zombie */
	nbl = nbl_over(pool, NULL, 0, 0);
	FwpsReferenceNetBufferList0(nbl, FALSE);
	FwpsFreeNetBufferList0(nbl);
	FwpsFreeNetBufferList0(nbl);
	expect("double free", nbl);
	FwpsDereferenceNetBufferList0(nbl, FALSE);
	assert_int_equal(live_of(pool), 0);
}

static void
free_in_flight(void **state)
{
	NET_BUFFER_LIST *nbl = nbl_over(pool, NULL, 0, 0);

	(void)state;
	FWI_NBL_HOT(nbl)->complete = (void *)(uintptr_t)1;
	FwpsFreeNetBufferList0(nbl);
	expect("in flight", nbl);
	assert_int_equal(live_of(pool), 1);
	FWI_NBL_HOT(nbl)->complete = NULL;
	FwpsFreeNetBufferList0(nbl);
	assert_int_equal(reports, 0);
}

static void
write_after_free(void **state)
{
	NET_BUFFER_LIST *nbl, *all[NBLS];
	unsigned i, n, round;
	NET_BUFFER *nb;

	(void)state;
	for (round = 0; round < 2; round++) {
		nbl = nbl_over(pool, NULL, 0, 0);
		nb = nbl->FirstNetBuffer;
		FwpsFreeNetBufferList0(nbl);
		if (round == 0)
			nbl->NetBufferListInfo[20] = &nbl;
		else
			nb->DataLength = 3;
		for (n = 0; n < NBLS; n++) {
			all[n] = nbl_over(pool, NULL, 0, 0);
			if (all[n] == nbl) /* detected, and usable all the same */
				assert_null(nbl->NetBufferListInfo[20]);
		}
		expect("written to after free", nbl);
		for (i = 0; i < n; i++)
			FwpsFreeNetBufferList0(all[i]);
	}
}

static void
deref(void **state)
{
	NET_BUFFER_LIST *nbl = nbl_over(pool, NULL, 0, 0), *c = NULL;

	(void)state;
	FwpsDereferenceNetBufferList0(nbl, FALSE);
	expect("dereference without reference", nbl);
	FwpsFreeNetBufferList0(nbl);
	FwpsDereferenceNetBufferList0(nbl, FALSE);
	expect("dereference without reference", nbl);
	FwpsReferenceNetBufferList0(nbl, FALSE);
	expect("reference on a free NBL", nbl);
	assert_int_equal(
		FwpsAllocateCloneNetBufferList0(nbl, NULL, NULL, 0, &c), STATUS_INVALID_PARAMETER);
	expect("clone of a free NBL", nbl);
}

static void
pool_with_live(void **state)
{
	NDIS_HANDLE p = nbl_pool_of(TRUE, 0);
	NET_BUFFER_LIST *a = nbl_over(p, NULL, 0, 0), *b = nbl_over(p, NULL, 0, 0);

	(void)state;
	NdisFreeNetBufferListPool(p);
	assert_non_null(strstr(seen, "'test'"));
	expect("2 NBLs still out", NULL);
	FwpsFreeNetBufferList0(a);
	FwpsFreeNetBufferList0(b);
}

static void
mdl_twice(void **state)
{
	static uint8_t buf[16];
	MDL *mdl = mdl_over(buf, 16);

	(void)state;
	IoFreeMdl(mdl);
	IoFreeMdl(mdl);
	expect("double free of MDL", NULL);
}

static void
nb_of_a_list(void **state)
{
	NET_BUFFER_LIST *nbl = nbl_over(pool, NULL, 0, 0);
	NDIS_HANDLE nbs = nb_pool();
	NET_BUFFER *nb = NdisAllocateNetBuffer(nbs, NULL, 0, 0);

	(void)state;
	NdisFreeNetBuffer(nbl->FirstNetBuffer);
	expect("list's own", NULL);
	FwpsFreeNetBufferList0(nbl);
	NdisFreeNetBuffer(nb);
	NdisFreeNetBuffer(nb);
	expect("double free of NB", NULL);
	NdisFreeNetBufferPool(nbs);
}

#define DEBUG_TEST(f) cmocka_unit_test_setup_teardown(f, up, down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DEBUG_TEST(silent_when_right),
		DEBUG_TEST(double_free),
		DEBUG_TEST(free_in_flight),
		DEBUG_TEST(write_after_free),
		DEBUG_TEST(deref),
		DEBUG_TEST(pool_with_live),
		DEBUG_TEST(mdl_twice),
		DEBUG_TEST(nb_of_a_list),
	};

	if (test_eal_init() != 0)
		return 1;
	rte_log_set_global_level(RTE_LOG_EMERG); /* reports are meant here */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
