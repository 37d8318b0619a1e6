/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control: the functions that rte_eth_tx_burst() and its like call. rte_eth_fp_ops is public
 * but its layout belongs to the DPDK release: this is the only file that writes it.
 */
#include "fault/fault.h"

/* ethdev points a stopped port's entries at dummies, so the double may have gone by itself. */
bool
fwi_fault_in_front(const struct fwpdk_fault *f)
{
	return rte_eth_fp_ops[f->port_id].txq.data == f->data;
}

void
fwi_fault_put(struct fwpdk_fault *f)
{
	struct rte_eth_fp_ops *ops = &rte_eth_fp_ops[f->port_id];

	if (fwi_fault_in_front(f))
		return;
	f->real_burst = ops->tx_pkt_burst;
	f->real_status = ops->tx_descriptor_status;
	f->real_prepare = ops->tx_pkt_prepare;
	f->real_data = ops->txq.data;
	ops->txq.data = f->data;
	ops->tx_pkt_prepare =
		NULL; /* the double takes everything; the driver's own knows no such queue */
	ops->tx_descriptor_status = f->status;
	ops->tx_pkt_burst = f->burst;
}

void
fwi_fault_take_away(struct fwpdk_fault *f)
{
	struct rte_eth_fp_ops *ops = &rte_eth_fp_ops[f->port_id];

	if (!fwi_fault_in_front(f))
		return;
	ops->tx_pkt_burst = f->real_burst;
	ops->tx_descriptor_status = f->real_status;
	ops->tx_pkt_prepare = f->real_prepare;
	ops->txq.data = f->real_data;
}
