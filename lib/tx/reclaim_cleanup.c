/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ena, hns3, ixgbe/i40e/ice on their full path, ...: rte_eth_tx_done_cleanup(). Some
 * drivers decide at every start whether they have it, so a few refusals are not final.
 */
#include "core/ethdev.h"
#include "tx/reclaim.h"
#include "tx/txq.h"

void
fwi_flush_cleanup(struct fwi_txq *q)
{
	fwi_reclaim_answer(q, fwi_eth(q->port_id)->cleanup(q->port_id, q->queue_id, 0) < 0);
}
