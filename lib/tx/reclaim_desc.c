/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * e1000, igb, igc, ...: the driver keeps its mbufs until their slots are needed again, but
 * tells whether the last descriptor that it filled is done. Descriptors are done in
 * order, so then the device is finished with everything.
 */
#include <rte_ethdev.h>

#include "tx/reclaim.h"
#include "tx/txq.h"

void
fwi_flush_desc(struct fwi_txq *q)
{
	/* Offset 0 is the next slot to be filled, so the last one filled is one before it. */
	int status = rte_eth_tx_descriptor_status(q->port_id, q->queue_id, q->nb_desc - 1);

	if (status == RTE_ETH_TX_DESC_DONE)
		fwi_sent_all_done(q);
	fwi_reclaim_answer(q, status < 0);
}
