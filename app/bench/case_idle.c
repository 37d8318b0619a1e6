/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A few NBLs, then silence: how long until the last one is complete? On net_ring0 the
 * second lcore receives and frees the packets, which is what completes them there.
 */
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>

#include "cases.h"
#include "peers.h"
#include "stats.h"

#define ROUNDS	  200u
#define TIMEOUT_S 60u /* the other lcore may be kept waiting by other programs */

const uint32_t idle_counts[] = {1, 31, 32, 33, 500};
const unsigned nb_idle_counts = RTE_DIM(idle_counts);

static struct {
	uint16_t port;
	bool stop; /* atomic */
} reader;

static int
read_and_free(void *arg)
{
	struct rte_mbuf *mbufs[BURST];

	RTE_SET_USED(arg);
	while (!__atomic_load_n(&reader.stop, __ATOMIC_ACQUIRE))
		rte_pktmbuf_free_bulk(mbufs, rte_eth_rx_burst(reader.port, 0, mbufs, BURST));
	return 0;
}

/* One round; microseconds from the last call to the last completion, negative: failed. */
static double
tail(struct run *run, uint32_t count)
{
	struct fwpdk_poller *poller = run->target->poller;
	struct deck *deck = run->deck;
	uint64_t begin, now;

	for (uint32_t i = 0; i < count; i++) {
		NTSTATUS status = FwpsInjectNetworkSendAsync0(run->handle, NULL, 0,
			run->target->compartment, deck->top[-1], completed_lifo, deck);

		if (!NT_SUCCESS(status))
			return run_refused(run, status);
		deck->top--;
		if (i % BURST == BURST - 1 && i + 1 < count)
			fwpdk_poll(poller);
	}
	begin = now = rte_rdtsc();
	while (deck->top != deck->at + deck->shape.count) {
		if (now - begin > TIMEOUT_S * rte_get_tsc_hz())
			return run_failed(run, "a completion does not come");
		fwpdk_poll(poller);
		now = rte_rdtsc();
	}
	return (double)(now - begin) * 1e6 / (double)rte_get_tsc_hz();
}

static int
tails(struct run *run, struct sample *sample)
{
	static double all[RTE_DIM(idle_counts) * ROUNDS];
	double one[ROUNDS];
	size_t n = 0;

	for (unsigned c = 0; c < nb_idle_counts; c++) {
		for (unsigned i = 0; i < ROUNDS; i++) {
			one[i] = all[n++] = tail(run, idle_counts[c]);
			if (one[i] < 0)
				return -1;
		}
		sample->by_count[c] = stats_median(one, ROUNDS);
		sample->by_count_p99[c] = stats_percentile(one, ROUNDS, 0.99);
		sample->by_count_max[c] = stats_percentile(one, ROUNDS, 1);
	}
	sample->p50 = stats_percentile(all, n, 0.5);
	sample->p99 = stats_percentile(all, n, 0.99);
	sample->p999 = stats_percentile(all, n, 0.999);
	sample->max = stats_percentile(all, n, 1);
	return 0;
}

int
idle_run(struct run *run, struct sample *sample)
{
	bool ring = run->target->index == TARGET_RING;
	int rc;

	run->deck = deck_get(run->env, &run->c->shape);
	if (run->deck == NULL)
		return -1;
	deck_aim(run->deck, run->target, 1);
	if (ring) {
		reader.port = run->target->id;
		reader.stop = false;
		if (rte_eal_remote_launch(read_and_free, NULL, run->env->worker) != 0)
			return run_failed(run, "the second lcore is busy");
	}
	peers_receive(run->target, true);
	rc = tails(run, sample);
	if (rc == 0)
		rc = run_settle(run);
	peers_receive(run->target, false);
	if (ring) {
		__atomic_store_n(&reader.stop, true, __ATOMIC_RELEASE);
		rte_eal_wait_lcore(run->env->worker);
	}
	return rc;
}
