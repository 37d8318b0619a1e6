/* SPDX-License-Identifier: BSD-3-Clause */
/* vmxnet3, af_xdp, memif zero-copy: a burst of nothing releases what is done. */
#include <rte_ethdev.h>

#include "tx/reclaim.h"
#include "tx/txq.h"

void
fwi_flush_empty(struct fwi_txq *q)
{
	rte_eth_tx_burst(q->port_id, q->queue_id, NULL, 0);
}
