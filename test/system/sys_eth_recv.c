/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The far end of a vhost or memif port: an ordinary DPDK application that receives and
 * checks datagrams of sys_udp_send.
 *
 *     sys_eth_recv <EAL with one port> -- PROGRESS-FILE EXPECTED|gaps
 *
 * gaps: the sender may lose datagrams on the way here, but not reorder or damage them.
 * Ends when its standard input does; then prints a line of JSON.
 */
#include <signal.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include "sys_order.h"

static int
port_up(uint16_t port)
{
	struct rte_mempool *pool = rte_pktmbuf_pool_create(
		"rx", 4095, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	const struct rte_eth_conf conf = {.rxmode = {.mq_mode = RTE_ETH_MQ_RX_NONE}};
	uint16_t rx = 512, tx = 512;

	return pool == NULL || rte_eth_dev_configure(port, 1, 1, &conf) != 0 ||
			       rte_eth_dev_adjust_nb_rx_tx_desc(port, &rx, &tx) != 0 ||
			       rte_eth_rx_queue_setup(port, 0, rx, SOCKET_ID_ANY, NULL, pool) !=
				       0 ||
			       rte_eth_tx_queue_setup(port, 0, tx, SOCKET_ID_ANY, NULL) != 0 ||
			       rte_eth_dev_start(port) != 0
		       ? -1
		       : 0;
}

static bool
input_ended(void)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
	char byte;

	return poll(&fd, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
}

int
main(int argc, char **argv)
{
	static struct order order;
	struct rte_mbuf *mbufs[32];
	uint64_t *progress, expected, idle_until = 0;
	int rc;

	signal(SIGPIPE, SIG_IGN); /* net_virtio_user writes to a peer that may be gone */
	rc = rte_eal_init(argc, argv);
	if (rc < 0 || argc - rc != 3)
		return 2;
	progress = progress_map(argv[rc + 1]);
	expected = strtoull(argv[rc + 2], NULL, 0);
	order.gaps = strcmp(argv[rc + 2], "gaps") == 0;
	if (port_up(0) != 0) {
		fprintf(stderr, "sys_eth_recv: no port\n");
		return 2;
	}
	__atomic_store_n(&progress[0], 1, __ATOMIC_RELEASE);
	/* Once the sender has ended: until nothing came for a while. */
	while (idle_until == 0 || rte_rdtsc() < idle_until) {
		uint16_t n = rte_eth_rx_burst(0, 0, mbufs, 32);

		for (uint16_t i = 0; i < n; i++)
			order_frame(&order, mbufs[i]);
		rte_pktmbuf_free_bulk(mbufs, n);
		__atomic_store_n(&progress[1], order.datagrams, __ATOMIC_RELEASE);
		if (n == 0)
			rte_delay_us_sleep(50);
		if (idle_until == 0 ? input_ended() : n != 0)
			idle_until = rte_rdtsc() + rte_get_tsc_hz() / 5;
	}
	printf("{\"datagrams\": %lu, \"errors\": %u}\n", order.datagrams, order.errors);
	rte_eth_dev_stop(0);
	rte_eth_dev_close(0);
	rte_eal_cleanup();
	return order.errors == 0 && (order.gaps || order.datagrams == expected) ? 0 : 1;
}
