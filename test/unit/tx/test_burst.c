/* SPDX-License-Identifier: BSD-3-Clause */
/* A driver that takes some, holds some and gives back in any order: every NBL once. */
#include "rig.h"

#define N 600u

static struct pkt *pkts[N];
static unsigned npkts;

static void
make(unsigned n, bool plain)
{
	for (npkts = 0; npkts < n; npkts++)
		pkts[npkts] = plain ? pkt_new(1, 1, 1, true)
				    : pkt_new(1 + (unsigned)rand() % RIG_NBS,
					      1 + (unsigned)rand() % 3, 1, rand() % 3 != 0);
}

static void
end(NTSTATUS status)
{
	unsigned i;

	for (i = 0; i < npkts; i++) {
		assert_int_equal(pkts[i]->done, 1);
		assert_int_equal(pkts[i]->status, status);
		pkt_del(pkts[i]);
	}
	rig_down();
}

/* The packets left in the order in which they were injected. */
static void
check_order(void)
{
	struct rig_dev *d = &rig.dev[0];
	unsigned i;

	for (i = 1; i < d->nseen; i++)
		assert_int_equal(d->seen[i], d->seen[0] + i);
}

static void
run_random(const struct rig_conf *c, bool plain)
{
	struct rig_dev *d = &rig.dev[0];
	unsigned next = 0, idle = 0, before;

	rig_up(c);
	make(N, plain);
	while (pkt_completions < N) {
		d->limit = (uint32_t)rand() % 12;
		d->hold = rand() % 2;
		while (next < N && rand() % 4 != 0 && pkt_inject(pkts[next]) == STATUS_SUCCESS)
			next++;
		before = pkt_completions;
		assert_true(fwpdk_poll(rig.p[0]) >= 0);
		rig_check_conserved();
		while (d->nheld > 0 && rand() % 5 != 0)
			rig_release(d, (unsigned)rand() % d->nheld);
		rig_check_conserved();
		idle = pkt_completions == before ? idle + 1 : 0;
		assert_true(idle < 1000);
	}
	check_order();
	end(STATUS_SUCCESS);
}

static void
test_random_shapes(void **state)
{
	(void)state;
	run_random(&(struct rig_conf){.port.max_hold_us = 60000000}, false);
}

/* So few mbufs and so little room that everything has to wait for everything. */
static void
test_random_scarce(void **state)
{
	(void)state;
	run_random(
		&(struct rig_conf){
			.port = {.max_hold_us = 60000000, .pool_size = 64, .backlog = 32}},
		false);
}

static void
test_random_plain(void **state)
{
	(void)state;
	run_random(&(struct rig_conf){.port = {.max_hold_us = 60000000, .pool_size = 4095}}, true);
}

static void
test_random_copy(void **state)
{
	(void)state;
	run_random(
		&(struct rig_conf){
			.port = {.mode = FWPDK_MODE_COPY, .max_hold_us = 60000000, .backlog = 64}},
		false);
}

/* A release inside the burst of an NBL's first part must not complete it. */
static void
test_release_inside_burst(void **state)
{
	(void)state;
	rig_up(&(struct rig_conf){.port = {.pool_size = 64, .backlog = 32}});
	rig.dev[0].limit = 1;
	pkts[0] = pkt_new(4, 3, 1, false); /* up to 16 mbufs */
	npkts = 1;
	assert_int_equal(pkt_inject(pkts[0]), STATUS_SUCCESS);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(pkts[0]->done, 0);
	fwpdk_poll(rig.p[0]);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(pkts[0]->done, 0);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(pkts[0]->done, 1);
	end(STATUS_SUCCESS);
}

/* An NBL is done when its last mbuf is back, whichever that is. */
static void
test_held_parts(void **state)
{
	unsigned last, i;

	(void)state;
	for (last = 0; last < 4; last++) {
		rig_up(&(struct rig_conf){0});
		rig.dev[0].hold = true;
		pkts[0] = pkt_new(4, 2, 1, true);
		npkts = 1;
		assert_int_equal(pkt_inject(pkts[0]), STATUS_SUCCESS);
		fwpdk_poll(rig.p[0]);
		assert_int_equal(rig.dev[0].nheld, 4);
		for (i = 0; i < 3; i++) {
			rig_release(&rig.dev[0], last > 3 - 1 - i ? 0 : rig.dev[0].nheld - 1);
			fwpdk_poll(rig.p[0]);
			assert_int_equal(pkts[0]->done, 0);
			rig_check_conserved();
		}
		rig_release(&rig.dev[0], 0);
		assert_int_equal(pkts[0]->done, 0); /* never outside the poll */
		fwpdk_poll(rig.p[0]);
		end(STATUS_SUCCESS);
	}
}

/* More mbufs than the pool has: fails at once instead of waiting for ever. */
static void
test_too_big_for_pool(void **state)
{
	unsigned i, n;

	(void)state;
	rig_up(&(struct rig_conf){.port = {.pool_size = 64, .backlog = 128}});
	rig.dev[0].hold = true;
	make(70, true);
	for (i = 0; i < 70; i++)
		assert_int_equal(pkt_inject(pkts[i]), STATUS_SUCCESS);
	for (i = 0; i < 5; i++)
		fwpdk_poll(rig.p[0]);
	assert_int_equal(rig.dev[0].nheld, 64);
	assert_int_equal(pkt_completions, 0);
	rig_check_conserved();
	n = 0;
	while (pkt_completions < 70 && n++ < 100) {
		if (rig.dev[0].nheld > 0)
			rig_release(&rig.dev[0], 0);
		fwpdk_poll(rig.p[0]);
	}
	end(STATUS_SUCCESS);
}

/* More copies leave in one poll than done[] has places for. */
static void
test_many_copies(void **state)
{
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){
		.port = {.mode = FWPDK_MODE_COPY, .pool_size = 64, .backlog = 256}});
	fwpdk_poll(rig.p[0]);
	make(200, true);
	for (i = 0; i < 200; i++)
		assert_int_equal(pkt_inject(pkts[i]), STATUS_SUCCESS);
	assert_true(rig.p[0]->done_cap < 200);
	assert_int_equal(rig.p[0]->q[0]->ncredit, 200);
	rig_check_conserved();
	assert_int_equal(fwpdk_poll(rig.p[0]), 200);
	check_order();
	end(STATUS_SUCCESS);
}

/* As rte_pktmbuf_reset() leaves it, whatever was done to it on its way before. */
static void
check_fresh(const struct rte_mbuf *m)
{
	assert_int_equal(m->data_off, RTE_PKTMBUF_HEADROOM);
	assert_int_equal(m->data_len, m->pkt_len);
	assert_int_equal(m->nb_segs, 1);
	assert_int_equal(m->port, RTE_MBUF_PORT_INVALID);
	assert_int_equal(m->packet_type, 0);
	assert_int_equal(m->vlan_tci, 0);
	assert_int_equal(m->ol_flags, 0);
}

static void
spoil(struct rte_mbuf *m)
{
	assert_non_null(rte_pktmbuf_adj(m, 14));
	m->port = 7;
	m->packet_type = RTE_PTYPE_L2_ETHER_VLAN;
	m->vlan_tci = 5;
	m->ol_flags = RTE_MBUF_F_RX_VLAN;
}

/* Receivers change what they get. Those mbufs carry copies again. */
static void
test_changed_mbufs(void **state)
{
	struct rig_dev *d = &rig.dev[0];
	unsigned i, m;

	(void)state;
	rig_up(&(struct rig_conf){.port = {.mode = FWPDK_MODE_COPY, .backlog = 256}});
	fwpdk_poll(rig.p[0]);
	make(N, true);
	d->hold = true;
	for (i = 0; i < N; i++) {
		assert_int_equal(pkt_inject(pkts[i]), STATUS_SUCCESS);
		if (i % 50 != 49)
			continue;
		assert_int_equal(fwpdk_poll(rig.p[0]), 50);
		for (m = 0; m < d->nheld; m++) {
			check_fresh(d->held[m]);
			spoil(d->held[m]);
		}
		rig_release_all(d, true);
	}
	check_order();
	end(STATUS_SUCCESS);
}

/* What waits for room is not overtaken by what comes when there is some again. */
static void
waiting_first(enum fwpdk_mode mode, unsigned segs)
{
	struct rig_dev *d = &rig.dev[0];

	rig_up(&(struct rig_conf){.port = {.mode = mode, .backlog = 64, .max_hold_us = 60000000}});
	fwpdk_poll(rig.p[0]);
	d->limit = 0;
	for (npkts = 0; npkts < 172; npkts++) {
		if (npkts ==
			170) { /* 64 are staged, the others wait, and some of them still will */
			d->limit = UINT16_MAX;
			fwpdk_poll(rig.p[0]);
			assert_true(rig.p[0]->nwait > 0);
			assert_true(fwi_txq_room(rig.p[0]->q[0]) > 0);
		}
		pkts[npkts] = pkt_new(1, segs, 1, true);
		assert_int_equal(pkt_inject(pkts[npkts]), STATUS_SUCCESS);
	}
	while (pkt_completions < npkts)
		fwpdk_poll(rig.p[0]);
	assert_int_equal(d->nseen, npkts);
	check_order();
	end(STATUS_SUCCESS);
}

static void
test_waiting_first(void **state)
{
	unsigned segs;

	(void)state;
	for (segs = 1; segs <= 3; segs++) {
		waiting_first(FWPDK_MODE_AUTO, segs);
		waiting_first(FWPDK_MODE_COPY, segs);
		waiting_first(FWPDK_MODE_EXTBUF, segs);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_shapes),
		cmocka_unit_test(test_random_scarce),
		cmocka_unit_test(test_random_plain),
		cmocka_unit_test(test_random_copy),
		cmocka_unit_test(test_release_inside_burst),
		cmocka_unit_test(test_held_parts),
		cmocka_unit_test(test_too_big_for_pool),
		cmocka_unit_test(test_many_copies),
		cmocka_unit_test(test_changed_mbufs),
		cmocka_unit_test(test_waiting_first),
	};

	if (test_eal_init() != 0)
		return 99;
	srand(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
