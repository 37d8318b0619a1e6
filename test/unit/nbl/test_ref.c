/* SPDX-License-Identifier: BSD-3-Clause */
/* References: R95, R98, R99, and the race of last holders. */
#include <pthread.h>
#include <signal.h>

#include "nbl_fixture.h"

static void
outlives_free(void **state)
{
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0);
	NET_BUFFER_LIST *nbl = nbl_over(pool, NULL, 0, 0), *c = NULL;

	(void)state;
	FwpsReferenceNetBufferList0(nbl, FALSE);
	FwpsReferenceNetBufferList0(nbl, TRUE);
	FwpsDereferenceNetBufferList0(nbl, FALSE);
	assert_int_equal(live_of(pool), 1);
	FwpsFreeNetBufferList0(nbl);
	assert_int_equal(live_of(pool), 1);
	assert_int_equal(FWI_NBL(nbl)->state, FWI_NBL_ZOMBIE);
	/* R99: clone while only a reference is left, then drop it */
	assert_int_equal(FwpsAllocateCloneNetBufferList0(nbl, pool, NULL, 0, &c), STATUS_SUCCESS);
	FwpsDereferenceNetBufferList0(nbl, TRUE);
	assert_int_equal(live_of(pool), 2);
	assert_ptr_equal(c->ParentNetBufferList, nbl);
	FwpsReferenceNetBufferList0(c, FALSE);
	FwpsFreeCloneNetBufferList0(c, 0);
	assert_int_equal(nbl->ChildRefCount, 0); /* at the free of the clone */
	assert_int_equal(live_of(pool), 2);
	FwpsDereferenceNetBufferList0(c, FALSE);
	assert_int_equal(live_of(pool), 0);
	FwpsReferenceNetBufferList0(NULL, FALSE);
	FwpsDereferenceNetBufferList0(NULL, FALSE);
	NdisFreeNetBufferListPool(pool);
}

static void
free_without_holders(void **state)
{
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0);
	NET_BUFFER_LIST *nbl = nbl_over(pool, NULL, 0, 0);

	(void)state;
	FwpsReferenceNetBufferList0(nbl, FALSE);
	FwpsDereferenceNetBufferList0(nbl, FALSE);
	FwpsFreeNetBufferList0(nbl);
	assert_int_equal(live_of(pool), 0);
	NdisFreeNetBufferListPool(pool);
}

/* Holders on several threads let go while the owner frees: exactly one releases. */
#define HOLDERS 4
#define ROUNDS	2000

static pthread_barrier_t barrier;
static NET_BUFFER_LIST *volatile shared;
static NET_BUFFER_LIST *volatile clones[HOLDERS];

static void *
holder(void *arg)
{
	unsigned me = (unsigned)(uintptr_t)arg, i;

	for (i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&barrier);
		if (clones[me] != NULL)
			FwpsFreeCloneNetBufferList0(clones[me], 0);
		else
			FwpsDereferenceNetBufferList0(shared, FALSE);
		pthread_barrier_wait(&barrier);
	}
	return NULL;
}

static void
race(void **state)
{
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0);
	pthread_t t[HOLDERS];
	unsigned i, k;

	(void)state;
	pthread_barrier_init(&barrier, NULL, HOLDERS + 1);
	for (k = 0; k < HOLDERS; k++)
		pthread_create(&t[k], NULL, holder, (void *)(uintptr_t)k);
	for (i = 0; i < ROUNDS; i++) {
		shared = nbl_over(pool, NULL, 0, 0);
		for (k = 0; k < HOLDERS; k++) {
			NET_BUFFER_LIST *c = NULL;

			if ((i + k) % 2 != 0)
				FwpsAllocateCloneNetBufferList0(shared, NULL, NULL, 0, &c);
			else
				FwpsReferenceNetBufferList0(shared, FALSE);
			clones[k] = c;
		}
		pthread_barrier_wait(&barrier);
		FwpsFreeNetBufferList0(shared);
		pthread_barrier_wait(&barrier);
		assert_int_equal(live_of(pool), 0);
	}
	for (k = 0; k < HOLDERS; k++)
		pthread_join(t[k], NULL);
	pthread_barrier_destroy(&barrier);
	NdisFreeNetBufferListPool(pool);
}

#ifdef __x86_64__
/* The owner frees while the last holder lets go: before each instruction of that, in turn. */
static unsigned steps, free_at;

static void
step(int signal)
{
	(void)signal;
	if (++steps == free_at)
		FwpsFreeNetBufferList0(shared);
}

/* The trap flag: a signal after each instruction. Below the red zone of whoever calls. */
#define STEP(op)                                                      \
	__asm__ volatile("lea -128(%%rsp), %%rsp; pushfq; " op        \
			 ", (%%rsp); popfq; lea 128(%%rsp), %%rsp" :: \
				 : "memory", "cc")

static void
freed_between(void **state)
{
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0);

	(void)state;
	signal(SIGTRAP, step);
	for (free_at = 1; free_at == 1 || steps >= free_at - 1; free_at++) {
		shared = nbl_over(pool, NULL, 0, 0);
		FwpsReferenceNetBufferList0(shared, FALSE);
		steps = 0;
		STEP("orq $0x100");
		FwpsDereferenceNetBufferList0(shared, FALSE);
		STEP("andq $~0x100");
		if (steps < free_at)
			FwpsFreeNetBufferList0(shared);
		assert_int_equal(live_of(pool), 0);
	}
	signal(SIGTRAP, SIG_DFL);
	assert_true(free_at > 10);
	NdisFreeNetBufferListPool(pool);
}
#endif

#if !FWPDK_NBL_DEBUG
/* R98: too many dereferences do not take the list away from its owner. */
static void
deref_too_many(void **state)
{
	NDIS_HANDLE pool = nbl_pool_of(TRUE, 0);
	NET_BUFFER_LIST *nbl = nbl_over(pool, NULL, 0, 0);

	(void)state;
	FwpsDereferenceNetBufferList0(nbl, FALSE);
	assert_int_equal(live_of(pool), 1);
	assert_int_equal(FWI_NBL(nbl)->refs, 1);
	FwpsFreeNetBufferList0(nbl);
	FwpsDereferenceNetBufferList0(nbl, FALSE);
	FwpsReferenceNetBufferList0(nbl, FALSE);
	assert_int_equal(live_of(pool), 0);
	NdisFreeNetBufferListPool(pool);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		NBL_TEST(outlives_free),
		NBL_TEST(free_without_holders),
		NBL_TEST(race),
#ifdef __x86_64__
		NBL_TEST(freed_between),
#endif
#if !FWPDK_NBL_DEBUG
		NBL_TEST(deref_too_many),
#endif
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
