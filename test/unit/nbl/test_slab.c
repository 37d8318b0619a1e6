/* SPDX-License-Identifier: BSD-3-Clause */
/* Start and end of the room, calls outside of it, and threads that pass objects around. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>

#include <rte_ring.h>

#include "nbl_fixture.h"

static uint8_t buf[64];

/* Before init and after fini everything refuses and nothing crashes. */
static void
not_initialised(void **state)
{
	NET_BUFFER_LIST *nbl = NULL;
	unsigned round;

	(void)state;
	for (round = 0; round < 2; round++) {
		assert_null(nbl_pool_of(TRUE, 0));
		assert_null(nb_pool());
		assert_null(IoAllocateMdl(buf, 1, FALSE, FALSE, NULL));
		assert_null(NdisAllocateMdl(NULL, buf, 1));
		assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG));
		assert_null(ExAllocatePoolWithTag(NonPagedPool, 16, TAG));
		assert_int_equal(
			FwpsAllocateNetBufferAndNetBufferList0(NULL, 0, 0, NULL, 0, 0, &nbl),
			STATUS_INSUFFICIENT_RESOURCES);
		assert_null(NdisAllocateNetBufferList(NULL, 0, 0));
		assert_null(NdisAllocateNetBuffer(NULL, NULL, 0, 0));
		assert_int_equal(FwpsAllocateCloneNetBufferList0(
					 (NET_BUFFER_LIST *)(void *)buf, NULL, NULL, 0, &nbl),
			STATUS_INSUFFICIENT_RESOURCES);
		FwpsFreeNetBufferList0(NULL);
		FwpsFreeCloneNetBufferList0(NULL, 0);
		NdisFreeNetBufferListPool(NULL);
		IoFreeMdl(NULL);
		ExFreePool(NULL);
		assert_int_equal(fwpdk_pool_usage(NULL, NULL, NULL), -EINVAL);
		assert_int_equal(fwi_nbl_fini(), 0);
		if (round == 0) {
			assert_int_equal(nbl_up(state), 0);
			assert_int_equal(nbl_up(state), -EALREADY);
			assert_int_equal(nbl_down(state), 0);
		}
	}
	assert_int_equal(fwi_nbl_init(NULL), -EINVAL);
}

/* The documented defaults fit into --no-huge -m 128, again and again. */
static void
defaults(void **state)
{
	const struct fwi_slab_conf conf = {32767, 16383, 65535};
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(fwi_nbl_init(&conf), 0);
		assert_int_equal(fwi_nbl_fini(), 0);
	}
}

static void
no_memory(void **state)
{
	const struct fwi_slab_conf conf = {10000000, 16383, 65535};

	assert_int_equal(fwi_nbl_init(&conf), -ENOMEM);
	assert_int_equal(nbl_up(state), 0);
	assert_int_equal(nbl_down(state), 0);
}

/* Leaks are counted, and do not keep the room. */
static void
leaks(void **state)
{
	NDIS_HANDLE pool;

	assert_int_equal(nbl_up(state), 0);
	pool = nbl_pool_of(TRUE, 0);
	nbl_over(pool, mdl_over(buf, 10), 0, 10);
	nbl_over(pool, mdl_over(buf, 10), 0, 10);
	assert_non_null(NdisAllocateNetBuffer(nb_pool(), NULL, 0, 0));
	assert_int_equal(fwi_nbl_fini(), 5);
	assert_int_equal(nbl_up(state), 0);
	assert_int_equal(nbl_down(state), 0);
}

/* Allocated on some threads, freed on others; the main thread has an lcore id. */
#define MAKERS	2
#define TAKERS	2
#define PACKETS 20000

static NDIS_HANDLE pool;
static struct rte_ring *ring;
/* Around it: where others wait for a thread that has no CPU now they sleep. */
static pthread_mutex_t ring_mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned makers_left;

static bool
hand_over(void *nbl)
{
	int rc;

	pthread_mutex_lock(&ring_mutex);
	rc = rte_ring_enqueue(ring, nbl);
	pthread_mutex_unlock(&ring_mutex);
	return rc == 0;
}

static bool
take_over(void **nbl)
{
	int rc;

	pthread_mutex_lock(&ring_mutex);
	rc = rte_ring_dequeue(ring, nbl);
	pthread_mutex_unlock(&ring_mutex);
	return rc == 0;
}

static void
packet_check_free(NET_BUFFER_LIST *nbl)
{
	MDL *mdl = NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(nbl));

	if (mdl->ByteCount != 64 || nbl->FirstNetBuffer->DataLength != 60 ||
		nbl->Scratch != (void *)mdl)
		abort();
	if (nbl->ParentNetBufferList != NULL) {
		FwpsFreeCloneNetBufferList0(nbl, 0);
		return;
	}
	IoFreeMdl(mdl);
	FwpsFreeNetBufferList0(nbl);
}

static void *
maker(void *arg)
{
	unsigned i = 0;

	(void)arg;
	while (i < PACKETS) {
		MDL *mdl = IoAllocateMdl(buf, 64, FALSE, FALSE, NULL);
		NET_BUFFER_LIST *nbl = NULL;

		if (mdl == NULL) {
			sched_yield();
			continue;
		}
		MmBuildMdlForNonPagedPool(mdl);
		if (FwpsAllocateNetBufferAndNetBufferList0(pool, 0, 0, mdl, 4, 60, &nbl) != 0) {
			IoFreeMdl(mdl);
			sched_yield();
			continue;
		}
		nbl->Scratch = mdl;
		while (!hand_over(nbl))
			sched_yield();
		i++;
	}
	__atomic_fetch_sub(&makers_left, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void *
taker(void *arg)
{
	uint64_t *n = arg;
	void *nbl;

	for (;;) {
		bool last = __atomic_load_n(&makers_left, __ATOMIC_ACQUIRE) == 0;

		if (take_over(&nbl)) {
			packet_check_free(nbl);
			(*n)++;
		} else if (last) {
			return NULL;
		} else {
			sched_yield();
		}
	}
}

static void
threads(void **state)
{
	const struct fwi_slab_conf conf = {1023, 511, 2047};
	uint64_t n[TAKERS + 1] = {0}, sum = 0, live = 1;
	pthread_t t[MAKERS + TAKERS];
	unsigned i;

	(void)state;
	assert_int_equal(fwi_nbl_init(&conf), 0);
	pool = nbl_pool_of(TRUE, 0);
	ring = rte_ring_create("t", 512, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
	assert_non_null(ring);
	makers_left = MAKERS;
	for (i = 0; i < MAKERS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, maker, NULL), 0);
	for (i = 0; i < TAKERS; i++)
		assert_int_equal(pthread_create(&t[MAKERS + i], NULL, taker, &n[i]), 0);
	taker(&n[TAKERS]); /* an EAL lcore among them */
	for (i = 0; i < MAKERS + TAKERS; i++)
		pthread_join(t[i], NULL);
	for (i = 0; i <= TAKERS; i++)
		sum += n[i];
	assert_int_equal(sum, MAKERS * PACKETS);
	assert_int_equal(fwpdk_pool_usage(pool, &live, NULL), 0);
	assert_int_equal(live, 0);
	rte_ring_free(ring);
	NdisFreeNetBufferListPool(pool);
	assert_int_equal(fwi_nbl_fini(), 0);
}

/* With caches too every single object can be had on the one lcore. */
static void
exhaustion_with_cache(void **state)
{
	const struct fwi_slab_conf conf = {5000, 5000, 5000};
	static NET_BUFFER_LIST *all[5001];
	unsigned n, round;

	(void)state;
	assert_int_equal(fwi_nbl_init(&conf), 0);
	pool = nbl_pool_of(TRUE, 0);
	for (round = 0; round < 3; round++) {
		n = 0;
		while ((all[n] = NdisAllocateNetBufferAndNetBufferList(pool, 0, 0, NULL, 0, 0)) !=
			NULL)
			n++;
		assert_int_equal(n, 5000);
		while (n != 0)
			FwpsFreeNetBufferList0(all[--n]);
	}
	NdisFreeNetBufferListPool(pool);
	assert_int_equal(fwi_nbl_fini(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(not_initialised),
		cmocka_unit_test(defaults),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(leaks),
		cmocka_unit_test(threads),
		cmocka_unit_test(exhaustion_with_cache),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
