/* SPDX-License-Identifier: BSD-3-Clause */
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include "peer.h"

#define BURST 32u

static int
eal_start(const char *device)
{
	char lcores[256] = "0@(", prefix[64], vdev[300];
	char *argv[] = {(char *)(uintptr_t) "fwpdk-bench-peer", (char *)(uintptr_t) "--lcores",
		lcores, (char *)(uintptr_t) "--no-pci", (char *)(uintptr_t) "--no-huge",
		(char *)(uintptr_t) "-m", (char *)(uintptr_t) "64",
		(char *)(uintptr_t) "--iova-mode=va", (char *)(uintptr_t) "--no-telemetry",
		(char *)(uintptr_t) "--log-level=*:error", prefix, vdev, NULL};
	size_t at = 3;
	cpu_set_t cpus;

	sched_getaffinity(0, sizeof(cpus), &cpus);
	for (int i = 0; i < CPU_SETSIZE && at < sizeof(lcores) - 8; i++)
		if (CPU_ISSET(i, &cpus))
			at += (size_t)snprintf(lcores + at, sizeof(lcores) - at, "%d,", i);
	lcores[at - 1] = ')';
	snprintf(prefix, sizeof(prefix), "--file-prefix=bench-peer%d", getpid());
	snprintf(vdev, sizeof(vdev), "--vdev=%s", device);
	return rte_eal_init((int)RTE_DIM(argv) - 1, argv);
}

static int
port_up(uint16_t port)
{
	struct rte_mempool *pool = rte_pktmbuf_pool_create(
		"peer", 4095, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	const struct rte_eth_conf conf = {.rxmode = {.mq_mode = RTE_ETH_MQ_RX_NONE}};
	uint16_t rx = 512, tx = 512;

	if (pool == NULL || rte_eth_dev_configure(port, 1, 1, &conf) != 0 ||
		rte_eth_dev_adjust_nb_rx_tx_desc(port, &rx, &tx) != 0 ||
		rte_eth_rx_queue_setup(port, 0, rx, SOCKET_ID_ANY, NULL, pool) != 0 ||
		rte_eth_tx_queue_setup(port, 0, tx, SOCKET_ID_ANY, NULL) != 0)
		return -1;
	return rte_eth_dev_start(port);
}

/* What to do from now on; false: it is over. Waits while there is nothing to do. */
static bool
told(int control, bool *receive)
{
	struct pollfd fd = {.fd = control, .events = POLLIN};
	char byte;

	while (poll(&fd, 1, *receive ? 0 : -1) > 0) {
		if (read(control, &byte, 1) != 1)
			return false;
		*receive = byte == PEER_RECEIVE;
	}
	return true;
}

int
peer_main(const char *device, int control)
{
	struct rte_mbuf *mbufs[BURST];
	bool receive = false;
	uint16_t n;

	if (eal_start(device) < 0 || port_up(0) != 0)
		return 1;
	while (told(control, &receive)) {
		n = rte_eth_rx_burst(0, 0, mbufs, BURST);
		rte_pktmbuf_free_bulk(mbufs, n);
		if (n == 0)
			usleep(20);
	}
	rte_eth_dev_stop(0);
	return 0;
}
