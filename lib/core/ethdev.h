/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ethdev calls that are no fast-path entries, behind one table of functions per port, so
 * that lib/fault can stand between the library and a device. Ports without one go
 * straight to ethdev.
 */
#ifndef FWI_ETHDEV_H
#define FWI_ETHDEV_H

#include <stdint.h>

#include <rte_ethdev.h>

struct fwi_eth_calls {
	int (*start)(uint16_t port_id);
	int (*stop)(uint16_t port_id);
	int (*close)(uint16_t port_id);
	int (*link)(uint16_t port_id, struct rte_eth_link *link); /* does not wait */
	int (*cleanup)(uint16_t port_id, uint16_t queue_id, uint32_t n);
	int (*txq_info)(uint16_t port_id, uint16_t queue_id, struct rte_eth_txq_info *info);
};

extern const struct fwi_eth_calls fwi_eth_plain;

/* Never NULL. Any thread. */
const struct fwi_eth_calls *fwi_eth(uint16_t port_id);
/* calls NULL: straight to ethdev again. Control. */
void fwi_eth_divert(uint16_t port_id, const struct fwi_eth_calls *calls);

#endif
