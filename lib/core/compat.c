/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_ethdev.h>

#include "core/compat.h"

bool
fwi_eth_started(uint16_t port_id)
{
	uint16_t none;

	for (none = RTE_MAX_ETHPORTS - 1; none > 0 && rte_eth_dev_is_valid_port(none); none--)
		;
	return rte_eth_fp_ops[port_id].tx_pkt_burst != rte_eth_fp_ops[none].tx_pkt_burst;
}
