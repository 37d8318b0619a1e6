/* SPDX-License-Identifier: BSD-3-Clause */
/* fwpdk_tx(): the host's own frames, in order with injections, ownership as with a burst. */
#include "rig.h"

static struct rte_mempool *pool;
static uint32_t host_number;

/* A frame whose number is beyond those of the NBLs. */
static struct rte_mbuf *
frame(void)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	uint8_t *b;

	assert_non_null(m);
	b = (uint8_t *)rte_pktmbuf_append(m, 74);
	memset(b, 0, 74);
	b[38] = 0x80;
	b[39] = (uint8_t)(host_number >> 16);
	b[40] = (uint8_t)(host_number >> 8);
	b[41] = (uint8_t)host_number++;
	return m;
}

/* Random mixture of both; the driver sees them in the order of the calls. */
static void
run_order(const struct rig_conf *conf)
{
	static struct pkt *p[600];
	static uint32_t want[1200];
	uint32_t number[8];
	struct rte_mbuf *m[8];
	unsigned np = 0, nw = 0, i, n, k;

	rig_up(conf);
	fwpdk_poll(rig.p[0]);
	while (np < 600 && nw < 1100) {
		rig.dev[0].limit = (uint32_t)rand() % 6;
		rig.dev[0].hold = rand() % 2;
		if (rand() % 8 == 0)
			rig_release_all(&rig.dev[0], rand() % 2);
		if (rand() % 2) {
			p[np] = pkt_new(1, 1 + (unsigned)rand() % 2, 1, rand() % 2);
			if (pkt_inject(p[np]) == STATUS_SUCCESS)
				want[nw++] = p[np++]->number;
			else
				pkt_del(p[np]);
		} else {
			n = 1 + (unsigned)rand() % 8;
			for (i = 0; i < n; i++)
				number[i] = rig_frame_number(m[i] = frame());
			i = fwpdk_tx(rig.p[0], rig.dev[0].id, m, (uint16_t)n);
			assert_true(i <= n);
			host_number -= n - i;
			for (k = 0; k < i; k++)
				want[nw++] = number[k];
			rte_pktmbuf_free_bulk(m + i, n - i);
		}
		if (rand() % 4 == 0)
			fwpdk_poll(rig.p[0]);
		rig_check_conserved();
	}
	rig.dev[0].limit = UINT16_MAX;
	rig.dev[0].hold = false;
	for (i = 0; i < 100; i++) {
		rig_release_all(&rig.dev[0], false);
		fwpdk_poll(rig.p[0]);
	}
	assert_int_equal(rig.dev[0].nseen, nw);
	for (i = 0; i < nw; i++)
		assert_int_equal(rig.dev[0].seen[i], want[i]);
	for (i = 0; i < np; i++) {
		assert_int_equal(p[i]->done, 1);
		pkt_del(p[i]);
	}
	assert_int_equal(rte_mempool_in_use_count(pool), 0);
	rig_down();
}

static void
test_order(void **state)
{
	(void)state;
	run_order(&(struct rig_conf){.port = {.backlog = 128, .max_hold_us = 60000000}});
}

/* Room in front of the queue, but no mbufs for an injection that came before. */
static void
test_order_scarce(void **state)
{
	(void)state;
	run_order(&(struct rig_conf){
		.port = {.backlog = 128, .pool_size = 64, .max_hold_us = 60000000}});
}

static void
test_order_copy(void **state)
{
	(void)state;
	run_order(&(struct rig_conf){
		.port = {.backlog = 64, .mode = FWPDK_MODE_COPY, .max_hold_us = 60000000}});
}

static void
test_limits(void **state)
{
	struct fwpdk_stats s = {.size = sizeof(s)};
	struct rte_mbuf *m[64];
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){.port = {.backlog = 32, .max_hold_us = 60000000}});
	for (i = 0; i < 64; i++)
		m[i] = frame();
	assert_int_equal(fwpdk_tx(rig.p[0], 999, m, 4), 0);
	assert_int_equal(fwpdk_tx(rig.p[0], UINT16_MAX, m, 4), 0);
	assert_int_equal(fwpdk_tx(rig.p[0], rig.dev[0].id, m, 0), 0);
	assert_int_equal(fwpdk_tx(rig.p[0], rig.dev[0].id, m, 64), 32);
	assert_int_equal(fwpdk_tx(rig.p[0], rig.dev[0].id, m + 32, 32), 0);
	assert_int_equal(rig.dev[0].nseen, 0); /* with the next poll */
	fwpdk_poll(rig.p[0]);
	assert_int_equal(rig.dev[0].nseen, 32);
	assert_int_equal(fwpdk_tx(rig.p[0], rig.dev[0].id, m + 32, 32), 32);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(rig.dev[0].nseen, 64);
	assert_int_equal(fwpdk_stats(&s), 0);
	assert_int_equal(s.host_packets, 64);
	assert_int_equal(s.packets, 0);
	assert_int_equal(rte_mempool_in_use_count(pool), 0);
	rig_down();
}

/* What is staged at a stop is freed, not counted as sent; a stopped port takes nothing. */
static void
test_stop(void **state)
{
	struct fwpdk_stats s = {.size = sizeof(s)};
	struct rte_mbuf *m[4];
	unsigned i;

	(void)state;
	rig_up(&(struct rig_conf){0});
	rig.dev[0].limit = 0;
	for (i = 0; i < 4; i++)
		m[i] = frame();
	assert_int_equal(fwpdk_tx(rig.p[0], rig.dev[0].id, m, 3), 3);
	fwpdk_poll(rig.p[0]);
	assert_int_equal(fwpdk_port_stop(rig.dev[0].id, 1000000), 0);
	assert_int_equal(rte_mempool_in_use_count(pool), 1);
	assert_int_equal(fwpdk_tx(rig.p[0], rig.dev[0].id, m + 3, 1), 0);
	rte_pktmbuf_free(m[3]);
	assert_int_equal(fwpdk_stats(&s), 0);
	assert_int_equal(s.host_packets, 0);
	rig_down();
}

/* Some drivers refuse flags here that their burst does not look at. */
static uint16_t
no_tso(void *txq, struct rte_mbuf **m, uint16_t n)
{
	uint16_t i;

	(void)txq;
	for (i = 0; i < n && (m[i]->ol_flags & RTE_MBUF_F_TX_TCP_SEG) == 0; i++)
		;
	return i;
}

static void
host_beside_nic(enum fwpdk_mode mode)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO ask = {.Value = NULL};
	struct fwpdk_port_stats ps = {.size = sizeof(ps)};
	struct fwpdk_stats s = {.size = sizeof(s)};
	struct rte_mbuf *m[3];
	struct pkt *p[3];
	unsigned i;

	rig_up(&(struct rig_conf){
		.port = {.mode = mode,
			.strategy = FWPDK_STRATEGY_NONE * (mode != FWPDK_MODE_COPY)}});
	rig.p[0]->q[0]->map.nic_sums = FWI_SUM_OFFLOADS;
	rte_eth_fp_ops[rig.dev[0].id].tx_pkt_prepare = no_tso;
	fwpdk_poll(rig.p[0]);
	ask.Transmit.IsIPv4 = 1;
	ask.Transmit.IpHeaderChecksum = 1;
	for (i = 0; i < 3; i++) {
		m[i] = frame();
		m[i]->ol_flags |= RTE_MBUF_F_TX_TCP_SEG;
		assert_int_equal(fwpdk_tx(rig.p[0], rig.dev[0].id, &m[i], 1), 1);
		p[i] = pkt_new(1, 1, 1, true);
		p[i]->nbl->NetBufferListInfo[TcpIpChecksumNetBufferListInfo] = ask.Value;
		assert_int_equal(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	for (i = 0; i < 4; i++)
		fwpdk_poll(rig.p[0]);
	assert_int_equal(rig.dev[0].nseen, 6);
	assert_int_equal(fwpdk_stats(&s), 0);
	assert_int_equal(s.host_packets, 3);
	assert_int_equal(s.packets, 3);
	assert_int_equal(fwpdk_port_stats(rig.dev[0].id, &ps), 0);
	assert_int_equal(ps.expired, 0);
	for (i = 0; i < 3; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_int_equal(p[i]->status, STATUS_SUCCESS);
		pkt_del(p[i]);
	}
	rig_down();
}

/* What the host asks its NIC for is between the two. */
static void
test_beside_nic_sums(void **state)
{
	(void)state;
	host_beside_nic(FWPDK_MODE_COPY);
	host_beside_nic(FWPDK_MODE_CPOOL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_order_scarce),
		cmocka_unit_test(test_order_copy),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_beside_nic_sums),
	};

	if (test_eal_init() != 0)
		return 99;
	srand(2);
	pool = rte_pktmbuf_pool_create("host", 2047, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
