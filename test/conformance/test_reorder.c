/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * P5 on a driver that moves what it did not take to the end of the burst, as net_bonding does:
 * the status of each NBL says what became of that NBL.
 */
#include <stdlib.h>

#include "fixture.h"

#define N 20u

static struct rte_mbuf *taken[N];
static unsigned ntaken;
static bool refuse;

/* Takes every other packet of the first burst, then nothing. */
static uint16_t
every_other(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct rte_mbuf *left[64];
	uint16_t i, k = 0;

	(void)queue;
	if (refuse)
		return 0;
	refuse = true;
	for (i = 0; i < n; i++) {
		if (i % 2 == 0)
			taken[ntaken++] = pkts[i];
		else
			left[k++] = pkts[i];
	}
	for (i = 0; i < k; i++)
		pkts[n - k + i] = left[i];
	return (uint16_t)(n - k);
}

static void
p05_status_follows_the_packet(void **state)
{
	eth_tx_burst_t *burst = &rte_eth_fp_ops[fx.port[0].id].tx_pkt_burst, real = *burst;
	struct pkt *p[N];
	unsigned i;

	(void)state;
	ntaken = 0;
	refuse = false;
	for (i = 0; i < N; i++) {
		p[i] = PKT(.nseg = i % 3 == 0 ? 2 : 1, .seg = {30});
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	*burst = every_other;
	assert_true(fx_poll_done(N));
	*burst = real;
	rte_pktmbuf_free_bulk(taken, ntaken);
	assert_int_equal(ntaken, N / 2);
	for (i = 0; i < N; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_status(p[i]->status, i % 2 == 0 ? STATUS_SUCCESS : STATUS_DATA_NOT_ACCEPTED);
	}
}

static int
up_copy(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_null0"},
				    .port = {.mode = FWPDK_MODE_COPY, .max_hold_us = 2000}});
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(p05_status_follows_the_packet, up_copy, fx_down),
};
FX_MAIN(tests)
