/* SPDX-License-Identifier: BSD-3-Clause */
/* Attached ports: control state. The data path knows a port only through its txqs. */
#ifndef FWI_PORT_H
#define FWI_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_ethdev.h>

#include <fwpdk/port.h>

#include "tx/txq.h"

#define FWI_MAX_PORTS 32u
#define FWI_PORT_TXQS 64u

#define FWI_SUM_OFFLOADS                                                \
	(RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM | \
		RTE_ETH_TX_OFFLOAD_UDP_CKSUM)

/* What is known about a driver, driver_table.c. */
struct fwi_driver {
	const char *name;
	enum fwpdk_mode mode;	      /* default mode */
	enum fwpdk_strategy strategy; /* in cpool mode */
	uint8_t mem_class;	      /* enum fwi_mem_class */
	bool chains;		      /* takes chains though it does not offer MULTI_SEGS */
	bool one_segment;	      /* must not be given chains though it offers them */
	bool sums;		      /* its checksum offloads are used where offered */
	uint8_t min_rx_queues;	      /* queues it cannot start without, 0xff = as many as TX */
	const char *completion;	      /* what completion means in cpool mode */
};

struct fwi_port {
	uint16_t id;
	bool used, owned;
	bool follows_link;
	bool stopper;	   /* a thread is inside fwpdk_port_stop() */
	uint16_t drainers; /* threads inside fwpdk_port_drain() */
	enum fwpdk_port_state state;
	enum fwpdk_mode mode;
	enum fwpdk_strategy strategy;
	const struct fwi_driver *driver;
	struct fwpdk_port_opts opts; /* defaults applied */
	uint16_t nb_desc;
	uint16_t max_segs;
	uint64_t nic_sums;	    /* of FWI_SUM_OFFLOADS, those configured and to be used */
	struct rte_device *dma_dev; /* registered with lib/map, or NULL */
	struct rte_mempool *rx_pool;
	struct fwi_txq *txq[FWI_PORT_TXQS]; /* taken by pollers */
	char name[RTE_ETH_NAME_MAX_LEN];
};

/* Never NULL: an unknown driver has an entry of its own. */
const struct fwi_driver *fwi_driver_find(const char *name);

/* port_table.c, control */
struct fwi_port *fwi_port_slot(unsigned n); /* n-th used slot, NULL past the last */
int fwi_port_add(uint16_t port_id, const struct fwpdk_port_opts *opts, struct fwi_port **port);
void fwi_port_remove(struct fwi_port *port);
int fwi_port_opts_fill(const struct fwpdk_port_opts *user, struct fwpdk_port_opts *out);
unsigned fwi_ports_busy(void);
int fwi_port_hook(uint16_t port_id, struct rte_ether_addr *mac);

/* port_gate.c: -ENOTSUP after a line if the port must not be driven so. */
int fwi_port_gate(uint16_t port_id, const struct rte_eth_dev_info *info, enum fwpdk_mode mode);

/* port_link.c, control: if the link is followed. */
void fwi_port_link_look(const struct fwi_port *port);
void fwi_port_link_end(struct fwi_port *port);

/* close_ring.c */
void fwi_close_ring(const struct fwi_port *port);

/* How completion is to be known, before the queues have been looked at. */
enum fwpdk_strategy fwi_port_plan(
	const struct fwpdk_port_opts *opts, const struct fwi_driver *driver);

/* port_open.c */
int fwi_port_desc(uint16_t port_id, uint16_t want, uint16_t *nb_desc);

#endif
