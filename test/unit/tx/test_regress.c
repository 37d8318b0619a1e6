/* SPDX-License-Identifier: BSD-3-Clause */
/* Single cases that went wrong once. */
#include <pthread.h>
#include <semaphore.h>

#include "resolve/resolve.h"
#include "rig.h"
#include "tx/producer.h"

/*
 * mbufs that come back while mapping are mapped again in the same poll, so more NBLs than
 * the pool has mbufs are done before the first completion function runs.
 */
static void
test_done_array(void **state)
{
	struct pkt *p[160];
	unsigned i;
	bool over;

	(void)state;
	rig_up(&(struct rig_conf){.port = {.pool_size = 64, .backlog = 64}});
	rig.dev[0].limit = 0;
	for (i = 0; i < 160; i++) {
		p[i] = pkt_new(1, 1, 1, true);
		assert_int_equal(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	fwpdk_poll(rig.p[0]); /* 64 staged, the driver takes none */
	rig.dev[0].limit = UINT16_MAX;
	for (i = 0; i < 10; i++)
		fwpdk_poll(rig.p[0]);
	over = rig.dev[0].overflow;
	rig.dev[0].overflow = false;
	assert_int_equal(pkt_completions, 160);
	for (i = 0; i < 160; i++)
		pkt_del(p[i]);
	rig_down();
	assert_false(over);
}

/* A start that was refused leaves the poller as it was. */
static void
test_failed_start(void **state)
{
	struct fwpdk_poller *p;
	int rc;

	(void)state;
	rig_up(&(struct rig_conf){0});
	assert_int_equal(fwpdk_poller_create(NULL, &p), 0);
	assert_int_equal(fwpdk_poller_start(p), -EINVAL); /* no port */
	rc = fwpdk_poller_add_compartment(p, FWPDK_DEFAULT_COMPARTMENT);
	assert_int_equal(fwpdk_poller_destroy(p), 0);
	rig_down();
	assert_int_equal(rc, 0);
}

/* The longest packet with the header in backfill is longer than one mbuf can say. */
static void
test_longest_packet(void **state)
{
	static uint8_t buf[14 + 65535];
	struct pkt *p;
	uint32_t sent = 0;
	unsigned round, i;

	(void)state;
	rig_up(&(struct rig_conf){0});
	assert_int_equal(fwpdk_if_set_mtu(rig.ifi[0], 65535), 0);
	rig.dev[0].hold = true;
	for (round = 0; round < 4; round++) { /* the later ones by the fast path */
		p = pkt_new(1, 1, 1, true);
		memcpy(buf, p->buf[0], 14 + 60);
		buf[14 + 2] = buf[14 + 3] = 0xff;
		p->mdl[0]->Next = NULL;
		IoFreeMdl(p->mdl[0]);
		p->mdl[0] = IoAllocateMdl(buf, sizeof(buf), FALSE, FALSE, NULL);
		MmBuildMdlForNonPagedPool(p->mdl[0]);
		p->nbl->FirstNetBuffer->MdlChain = p->nbl->FirstNetBuffer->CurrentMdl = p->mdl[0];
		p->nbl->FirstNetBuffer->DataLength = 65535;
		assert_int_equal(pkt_inject(p), STATUS_SUCCESS);
		fwpdk_poll(rig.p[0]);
		assert_int_equal(rig.dev[0].nheld, 1);
		for (struct rte_mbuf *m = rig.dev[0].held[0]; m != NULL; m = m->next)
			sent += m->data_len;
		rig_release_all(&rig.dev[0], false);
		for (i = 0; i < 3; i++)
			fwpdk_poll(rig.p[0]);
		assert_int_equal(p->done, 1);
		pkt_del(p);
	}
	rig_down();
	assert_int_equal(sent, 4 * (14 + 65535));
}

/* Accepted after the start returned: goes out, though the poller has not polled since. */
static void
test_first_after_restart(void **state)
{
	NTSTATUS status[2];
	struct pkt *p;
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){0});
	fwpdk_poll(rig.p[0]);
	assert_int_equal(fwpdk_port_stop(rig.dev[0].id, 1000000), 0);
	assert_int_equal(fwpdk_port_start(rig.dev[0].id), 0);
	rig_shim(0);
	for (i = 0; i < 2; i++) {
		p = pkt_new(1, 1, 1, true);
		assert_int_equal(pkt_inject(p), STATUS_SUCCESS);
		fwpdk_poll(rig.p[0]);
		fwpdk_poll(rig.p[0]);
		assert_int_equal(p->done, 1);
		status[i] = p->status;
		pkt_del(p);
	}
	rig_down();
	assert_int_equal(status[0], STATUS_SUCCESS);
	assert_int_equal(status[1], STATUS_SUCCESS);
}

/* A thread that injected in an earlier life of the library injects in the next one. */
static sem_t go, went;
static struct pkt *remote;

static void *
two_lives(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < 2; i++) {
		sem_wait(&go);
		assert_int_equal(pkt_inject(remote), STATUS_SUCCESS);
		sem_post(&went);
	}
	return NULL;
}

static void
test_producer_over_fini(void **state)
{
	pthread_t t;
	unsigned life, i, done[2];

	(void)state;
	sem_init(&go, 0, 0);
	sem_init(&went, 0, 0);
	pthread_create(&t, NULL, two_lives, NULL);
	for (life = 0; life < 2; life++) {
		rig_up(&(struct rig_conf){0});
		remote = pkt_new(1, 1, 1, true);
		sem_post(&go);
		sem_wait(&went);
		for (i = 0; i < 100; i++)
			fwpdk_poll(rig.p[0]);
		done[life] = pkt_completions;
		if (done[life] == 0) /* let the take-down find it */
			__atomic_store_n(&fwi_lanes_used, 1, __ATOMIC_RELEASE);
		for (i = 0; i < 10; i++)
			fwpdk_poll(rig.p[0]);
		pkt_del(remote);
		if (life == 1)
			pthread_join(t, NULL);
		rig_down();
	}
	assert_int_equal(done[0], 1);
	assert_int_equal(done[1], 1);
}

static void
neighbour(const char *text, bool add)
{
	static const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 1}};
	struct fwpdk_addr a;

	assert_int_equal(fwpdk_addr_parse(text, &a), 0);
	assert_int_equal(
		add ? fwpdk_neigh_add(rig.ifi[0], &a, &mac) : fwpdk_neigh_del(rig.ifi[0], &a), 0);
}

/* 10.7.0.0/16 has a next hop of its own; a packet takes two frames; questions are soon given up. */
static void
two_next_hops_up(void)
{
	struct fwpdk_route r = {.size = sizeof(r), .prefix_len = 16};

	rig_up(&(struct rig_conf){
		.port = {.pool_size = 256, .backlog = 64, .max_hold_us = 60000000}});
	r.if_index = rig.ifi[0];
	assert_int_equal(fwpdk_addr_parse("10.7.0.0", &r.prefix), 0);
	assert_int_equal(fwpdk_addr_parse("192.168.0.7", &r.next_hop), 0);
	assert_int_equal(fwpdk_route_add(&r), 0);
	neighbour("192.168.0.7", true);
	assert_int_equal(fwpdk_if_set_mtu(rig.ifi[0], 68), 0);
	assert_int_equal(fwpdk_if_set_fragment(rig.ifi[0], 1), 0);
	assert_int_equal(fwpdk_if_set_resolve(rig.ifi[0], 1), 0);
	fwi_resolve_times.retry = 1;
	fwpdk_poll(rig.p[0]);
}

/*
 * A packet of which one fragment is staged waits for its neighbour, in vain: the next packet of its
 * list begins at its beginning.
 */
static void
test_half_sent_is_given_up(void **state)
{
	struct fwpdk_stats s = {.size = sizeof(s)};
	struct pkt *before[32], *p;
	unsigned i, done;

	(void)state;
	two_next_hops_up();
	rig.dev[0].limit = 0;
	for (i = 0; i < RTE_DIM(before); i++) {
		before[i] = pkt_new(1, 1, 7, false);
		before[i]->buf[0][3] = i == 0 ? 60 : RIG_PKT_LEN; /* one frame, or two */
		assert_int_equal(pkt_inject(before[i]), STATUS_SUCCESS);
	}
	p = pkt_new(2, 1, 1, false);
	p->buf[1][17] = 7;
	assert_int_equal(pkt_inject(p), STATUS_SUCCESS);
	assert_int_equal(FWI_NBL(p->nbl)->map_done, 68);
	assert_ptr_equal(FWI_NBL(p->nbl)->map_nb, p->nbl->FirstNetBuffer);
	neighbour("192.168.0.1", false);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(rig.p[0]->nunresolved, 1);
	rig.dev[0].limit = UINT16_MAX;
	for (i = 0; i < 1000 && p->done == 0; i++)
		fwpdk_poll(rig.p[0]);
	done = pkt_completions;
	for (i = 0; i < RTE_DIM(before); i++)
		pkt_del(before[i]);
	assert_int_equal(p->done, 1);
	assert_int_equal(p->status, STATUS_HOST_UNREACHABLE);
	pkt_del(p);
	assert_int_equal(done, RTE_DIM(before) + 1);
	assert_int_equal(fwpdk_stats(&s), 0);
	assert_int_equal(s.packets, 1 + 2 * (RTE_DIM(before) - 1) + 1 + 2);
	rig_down();
}

/* Injected inside a classify, a list is as often shown as that packet: until it is over. */
static void
test_hops_end(void **state)
{
	struct pkt *p;
	unsigned i, hops[2];

	(void)state;
	rig_up(&(struct rig_conf){0});
	p = pkt_new(1, 1, 1, false);
	for (i = 0; i < 2; i++) { /* through a ring, then on the own thread */
		fwi_self.hops = 3;
		rig.p[0]->closed = true;
		assert_int_equal(pkt_inject(p), STATUS_SUCCESS);
		assert_int_equal(FWI_NBL(p->nbl)->hops, 3);
		fwi_self.hops = 0;
		fwpdk_poll(rig.p[0]);
		fwpdk_poll(rig.p[0]);
		assert_int_equal(p->done, i + 1);
		hops[i] = FWI_NBL(p->nbl)->hops;
	}
	pkt_del(p);
	rig_down();
	assert_int_equal(hops[0], 0);
	assert_int_equal(hops[1], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_done_array),
		cmocka_unit_test(test_failed_start),
		cmocka_unit_test(test_longest_packet),
		cmocka_unit_test(test_first_after_restart),
		cmocka_unit_test(test_producer_over_fini),
		cmocka_unit_test(test_half_sent_is_given_up),
		cmocka_unit_test(test_hops_end),
	};

	if (test_eal_init() != 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
