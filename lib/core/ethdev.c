/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/ethdev.h"

static const struct fwi_eth_calls *diverted[RTE_MAX_ETHPORTS];

const struct fwi_eth_calls fwi_eth_plain = {
	.start = rte_eth_dev_start,
	.stop = rte_eth_dev_stop,
	.close = rte_eth_dev_close,
	.link = rte_eth_link_get_nowait,
	.cleanup = rte_eth_tx_done_cleanup,
	.txq_info = rte_eth_tx_queue_info_get,
};

const struct fwi_eth_calls *
fwi_eth(uint16_t port_id)
{
	const struct fwi_eth_calls *calls = __atomic_load_n(&diverted[port_id], __ATOMIC_ACQUIRE);

	return calls != NULL ? calls : &fwi_eth_plain;
}

void
fwi_eth_divert(uint16_t port_id, const struct fwi_eth_calls *calls)
{
	__atomic_store_n(&diverted[port_id], calls, __ATOMIC_RELEASE);
}
