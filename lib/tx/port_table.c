/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: the table of attached ports, and what is decided when a port enters it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/ctl.h"
#include "core/ethdev.h"
#include "core/log.h"
#include "map/mem.h"
#include "stack/stack.h"
#include "tx/port.h"
#include "tx/poller.h"

static struct fwi_port ports[FWI_MAX_PORTS];

struct fwi_port *
fwi_port_get(uint16_t port_id)
{
	unsigned i;

	for (i = 0; i < FWI_MAX_PORTS; i++)
		if (ports[i].used && ports[i].id == port_id)
			return &ports[i];
	return NULL;
}

struct fwi_port *
fwi_port_slot(unsigned n)
{
	unsigned i;

	for (i = 0; i < FWI_MAX_PORTS; i++)
		if (ports[i].used && n-- == 0)
			return &ports[i];
	return NULL;
}

int
fwpdk_port_next(unsigned n)
{
	struct fwi_port *port;
	int id;

	fwi_ctl_lock();
	port = fwi_port_slot(n);
	id = port != NULL ? port->id : -ENOENT;
	fwi_ctl_unlock();
	return id;
}

int
fwi_port_hook(uint16_t port_id, struct rte_ether_addr *mac)
{
	if (fwi_port_get(port_id) == NULL)
		return -ENODEV;
	return rte_eth_macaddr_get(port_id, mac);
}

int
fwi_port_opts_fill(const struct fwpdk_port_opts *user, struct fwpdk_port_opts *o)
{
	memset(o, 0, sizeof(*o));
	if (user != NULL) {
		if (!FWI_SIZE_OK(user, struct fwpdk_port_opts))
			return -EINVAL;
		*o = *user;
	}
	if (o->nb_queues == 0)
		o->nb_queues = 1;
	if (o->nb_desc == 0)
		o->nb_desc = 1024;
	if (o->backlog == 0)
		o->backlog = 1024;
	if (o->flush_us == 0)
		o->flush_us = 20;
	if (o->max_hold_us == 0)
		o->max_hold_us = 100000;
	if (o->pool_size == 0)
		o->pool_size = RTE_MAX(4095u, 4u * o->nb_desc);
	if (o->mode > FWPDK_MODE_EXTBUF || o->strategy > FWPDK_STRATEGY_NONE ||
		o->nb_queues > FWI_PORT_TXQS || o->backlog < 32 || o->backlog > 32768 ||
		!rte_is_power_of_2(o->backlog) || o->pool_size < 64 || o->pool_size > (1u << 20))
		return -EINVAL;
	return 0;
}

enum fwpdk_strategy
fwi_port_plan(const struct fwpdk_port_opts *o, const struct fwi_driver *driver)
{
	bool copied = o->mode == FWPDK_MODE_COPY ||
		      (o->mode == FWPDK_MODE_AUTO && driver->mode == FWPDK_MODE_COPY);

	if (copied)
		return FWPDK_STRATEGY_COPIED;
	return o->strategy != FWPDK_STRATEGY_AUTO ? o->strategy : driver->strategy;
}

/*
 * What the queue is set up for decides: descriptors tell the truth only if we know how many
 * there are and each packet's last one reports.
 */
static enum fwpdk_strategy
choose_strategy(struct fwi_port *port)
{
	enum fwpdk_strategy s = port->opts.strategy != FWPDK_STRATEGY_AUTO ? port->opts.strategy
									   : port->driver->strategy;
	struct rte_eth_txq_info q;
	int rc = fwi_eth(port->id)->txq_info(port->id, port->opts.first_queue, &q);

	port->nb_desc = rc == 0 && q.nb_desc != 0 ? q.nb_desc : port->opts.nb_desc;
	if (s == FWPDK_STRATEGY_DESC_DONE && (rc != 0 || q.conf.tx_rs_thresh > 1)) {
		FWI_LOG(tx, NOTICE,
			"port %u (%s): descriptors do not report one by one (tx_rs_thresh)",
			port->id, port->name);
		s = FWPDK_STRATEGY_NONE;
	}
	return s;
}

static void
choose_mode(struct fwi_port *port, enum fwpdk_strategy strategy)
{
	port->mode = port->opts.mode;
	if (port->mode == FWPDK_MODE_AUTO)
		port->mode = strategy == FWPDK_STRATEGY_NONE ? FWPDK_MODE_COPY : port->driver->mode;
	port->strategy = port->mode == FWPDK_MODE_COPY ? FWPDK_STRATEGY_COPIED : strategy;
	if (port->mode != FWPDK_MODE_COPY && port->strategy == FWPDK_STRATEGY_NONE)
		FWI_LOG(tx, NOTICE,
			"port %u (%s): zero-copy was asked for, but nothing tells when an idle "
			"queue is done",
			port->id, port->name);
}

static void
choose_segments(struct fwi_port *port, const struct rte_eth_dev_info *info, uint64_t offloads)
{
	uint32_t n = info->tx_desc_lim.nb_mtu_seg_max;

	if (n == 0)
		n = FWI_CHAIN_MAX;
	port->max_segs = 1;
	if (!port->driver->one_segment &&
		(port->driver->chains || (offloads & RTE_ETH_TX_OFFLOAD_MULTI_SEGS)))
		port->max_segs = (uint16_t)RTE_MIN(n, FWI_CHAIN_MAX);
}

int
fwi_port_add(uint16_t port_id, const struct fwpdk_port_opts *opts, struct fwi_port **out)
{
	struct rte_eth_dev_info info;
	struct rte_eth_conf conf;
	struct fwi_port *port;
	unsigned i;
	int rc;

	if (!rte_eth_dev_is_valid_port(port_id))
		return -ENODEV;
	if (fwi_port_get(port_id) != NULL)
		return -EEXIST;
	for (i = 0; i < FWI_MAX_PORTS && ports[i].used; i++)
		;
	if (i == FWI_MAX_PORTS)
		return -ENOSPC;
	port = &ports[i];
	memset(port, 0, sizeof(*port));
	rc = fwi_port_opts_fill(opts, &port->opts);
	if (rc != 0)
		return rc;
	rc = rte_eth_dev_info_get(port_id, &info);
	if (rc == 0)
		rc = rte_eth_dev_conf_get(port_id, &conf);
	if (rc == 0)
		rc = fwi_port_gate(port_id, &info, port->opts.mode);
	if (rc != 0)
		return rc;
	if ((uint32_t)port->opts.first_queue + port->opts.nb_queues > info.nb_tx_queues) {
		FWI_LOG(tx, ERR, "port %u has %u TX queues, %u..%u were asked for", port_id,
			info.nb_tx_queues, port->opts.first_queue,
			port->opts.first_queue + port->opts.nb_queues - 1);
		return -EINVAL;
	}
	port->id = port_id;
	port->driver = fwi_driver_find(info.driver_name);
	rte_eth_dev_get_name_by_port(port_id, port->name);
	choose_mode(port, choose_strategy(port));
	choose_segments(port, &info, conf.txmode.offloads);
	if (port->driver->sums && port->mode != FWPDK_MODE_EXTBUF)
		port->nic_sums = conf.txmode.offloads & FWI_SUM_OFFLOADS;
	if (port->driver->mem_class == FWI_MEM_DMA && info.device != NULL) {
		rc = fwi_mem_attach(info.device);
		if (rc != 0)
			return rc;
		port->dma_dev = info.device;
	}
	port->used = true;
	*out = port;
	return 0;
}

void
fwi_port_remove(struct fwi_port *port)
{
	if (port->dma_dev != NULL)
		fwi_mem_detach(port->dma_dev);
	port->used = false;
}

unsigned
fwi_ports_busy(void)
{
	unsigned i, n = 0;

	for (i = 0; i < FWI_MAX_PORTS; i++) {
		if (!ports[i].used)
			continue;
		FWI_LOG(tx, ERR, "port %u (%s) is still attached", ports[i].id, ports[i].name);
		n++;
	}
	return n;
}
