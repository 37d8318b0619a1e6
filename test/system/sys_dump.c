/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The far end of a shared memory port as a capture: every frame into a pcap file.
 *
 *     sys_dump <EAL with one port> -- FILE PROGRESS-FILE
 *
 * progress[0] is set when it listens, progress[1] counts frames. Ends with its standard input.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <pcap.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include "sys_frame.h"

#define SNAP 65535u

static int
port_up(uint16_t port)
{
	struct rte_mempool *pool = rte_pktmbuf_pool_create(
		"rx", 4095, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	const struct rte_eth_conf conf = {.rxmode = {.mq_mode = RTE_ETH_MQ_RX_NONE}};
	uint16_t rx = 512, tx = 512;

	if (pool == NULL || rte_eth_dev_configure(port, 1, 1, &conf) != 0 ||
		rte_eth_dev_adjust_nb_rx_tx_desc(port, &rx, &tx) != 0 ||
		rte_eth_rx_queue_setup(port, 0, rx, SOCKET_ID_ANY, NULL, pool) != 0 ||
		rte_eth_tx_queue_setup(port, 0, tx, SOCKET_ID_ANY, NULL) != 0)
		return -1;
	return rte_eth_dev_start(port);
}

static bool
input_ended(void)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
	char byte;

	return poll(&fd, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
}

static void
dump(pcap_dumper_t *out, struct rte_mbuf *m)
{
	static uint8_t frame[SNAP];
	const uint8_t *bytes = rte_pktmbuf_read(m, 0, m->pkt_len, frame);
	struct pcap_pkthdr h = {.caplen = m->pkt_len, .len = m->pkt_len};

	if (bytes != NULL)
		pcap_dump((u_char *)out, &h, bytes);
	rte_pktmbuf_free(m);
}

int
main(int argc, char **argv)
{
	struct rte_mbuf *m[32];
	pcap_dumper_t *out;
	uint64_t *progress;
	uint16_t n, i;
	int rc;

	signal(SIGPIPE, SIG_IGN);
	rc = rte_eal_init(argc, argv);
	if (rc < 0 || argc - rc != 3 || port_up(0) != 0)
		return 2;
	out = pcap_dump_open(pcap_open_dead(DLT_EN10MB, SNAP), argv[rc + 1]);
	if (out == NULL)
		return 2;
	progress = progress_map(argv[rc + 2]);
	__atomic_store_n(&progress[0], 1, __ATOMIC_RELEASE);
	while (!input_ended()) {
		n = rte_eth_rx_burst(0, 0, m, 32);
		for (i = 0; i < n; i++)
			dump(out, m[i]);
		if (n != 0)
			pcap_dump_flush(out);
		else
			rte_delay_us_sleep(50);
	}
	pcap_dump_close(out);
	rte_eth_dev_stop(0);
	rte_eth_dev_close(0);
	rte_eal_cleanup();
	return 0;
}
