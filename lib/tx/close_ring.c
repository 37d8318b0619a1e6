/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control: net_ring frees its rings at close with whatever they hold. Nobody can receive
 * from a stopped port any more, so what is left in them is taken out first and freed;
 * mbufs that a reader already has come back from the reader.
 */
#include <stdio.h>

#include <rte_mbuf.h>
#include <rte_ring.h>

#include "tx/port.h"

#define MAX_RINGS 16u

void
fwi_close_ring(const struct fwi_port *port)
{
	char name[RTE_RING_NAMESIZE];
	struct rte_ring *ring;
	struct rte_mbuf *m;
	unsigned i;

	for (i = 0; i < MAX_RINGS; i++) {
		/* as the driver names those it creates for a vdev */
		if (snprintf(name, sizeof(name), "ETH_RXTX%u_%s", i, port->name) >=
			(int)sizeof(name))
			return;
		ring = rte_ring_lookup(name);
		while (ring != NULL && rte_ring_dequeue(ring, (void **)&m) == 0)
			rte_pktmbuf_free(m);
	}
}
