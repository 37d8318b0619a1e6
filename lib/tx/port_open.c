/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: a port configured, set up and started by one call; or taken as the host made it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_errno.h>

#include "core/compat.h"
#include "core/ctl.h"
#include "core/ethdev.h"
#include "core/log.h"
#include "tx/poller.h"
#include "tx/port.h"

#define RX_MBUFS 4095u /* af_xdp takes 2048 at once for its fill ring */
#define RX_DESC	 256u

static uint64_t
wanted_offloads(const struct rte_eth_dev_info *info, const struct fwi_driver *driver)
{
	return info->tx_offload_capa & ((driver->one_segment ? 0 : RTE_ETH_TX_OFFLOAD_MULTI_SEGS) |
					       (driver->sums ? FWI_SUM_OFFLOADS : 0));
}

/* Thresholds that make a driver tell or release early. */
static void
short_tails(struct fwpdk_port_wants *wants, enum fwpdk_strategy s)
{
	/* Each packet's last descriptor reports: the status of the last one means something. */
	if (s == FWPDK_STRATEGY_DESC_DONE)
		wants->txconf.tx_rs_thresh = 1;
	/* Releases as soon as a few descriptors are in use, not when few are left. */
	if (wants->nb_desc >= 64 && (s == FWPDK_STRATEGY_NONE || s == FWPDK_STRATEGY_DONE_CLEANUP))
		wants->txconf.tx_free_thresh = (uint16_t)(wants->nb_desc - wants->nb_desc / 8);
}

int
fwpdk_port_wants(
	uint16_t port_id, const struct fwpdk_port_opts *opts, struct fwpdk_port_wants *wants)
{
	struct rte_eth_dev_info info;
	struct fwpdk_port_opts o;
	size_t size;
	int rc;

	if (!FWI_SIZE_OK(wants, struct fwpdk_port_wants) || fwi_port_opts_fill(opts, &o) != 0)
		return -EINVAL;
	if (!rte_eth_dev_is_valid_port(port_id))
		return -ENODEV;
	rc = rte_eth_dev_info_get(port_id, &info);
	if (rc != 0)
		return rc;
	size = wants->size;
	memset(wants, 0, sizeof(*wants));
	wants->size = size;
	wants->tx_offloads = wanted_offloads(&info, fwi_driver_find(info.driver_name));
	wants->txconf = info.default_txconf;
	wants->txconf.offloads = wants->tx_offloads;
	wants->nb_desc = o.nb_desc;
	rc = fwi_port_desc(port_id, o.nb_desc, &wants->nb_desc);
	short_tails(wants, fwi_port_plan(&o, fwi_driver_find(info.driver_name)));
	return rc;
}

int
fwi_port_desc(uint16_t port_id, uint16_t want, uint16_t *nb_desc)
{
	*nb_desc = want;
	return rte_eth_dev_adjust_nb_rx_tx_desc(port_id, NULL, nb_desc);
}

int
fwpdk_port_attach(uint16_t port_id, const struct fwpdk_port_opts *opts)
{
	struct fwi_port *port;
	int rc;

	if (!fwi_ready())
		return -ENODEV;
	fwi_ctl_lock();
	rc = fwi_port_add(port_id, opts, &port);
	if (rc == 0)
		port->state = fwi_eth_started(port_id) ? FWPDK_PORT_STARTED : FWPDK_PORT_STOPPED;
	fwi_ctl_unlock();
	return rc;
}

static int
failed(uint16_t port_id, const char *call, int rc)
{
	FWI_LOG(tx, ERR, "port %u: %s: %s", port_id, call, rte_strerror(-rc));
	return rc;
}

/*
 * af_xdp registers one memory area of count x size for its mbufs: they have to lie without
 * gaps, which the page-wise placement of IOVA-contiguous pools does not give.
 */
static struct rte_mempool *
rx_pool_create(const char *name, unsigned n, int socket)
{
	struct rte_pktmbuf_pool_private priv = {.mbuf_data_room_size = RTE_MBUF_DEFAULT_BUF_SIZE};
	struct rte_mempool *mp;

	mp = rte_mempool_create_empty(name, n, sizeof(struct rte_mbuf) + RTE_MBUF_DEFAULT_BUF_SIZE,
		64, sizeof(priv), socket, RTE_MEMPOOL_F_NO_IOVA_CONTIG);
	if (mp == NULL)
		return NULL;
	rte_pktmbuf_pool_init(mp, &priv);
	if (rte_mempool_populate_default(mp) < 0) {
		rte_mempool_free(mp);
		return NULL;
	}
	rte_mempool_obj_iter(mp, rte_pktmbuf_init, NULL);
	return mp;
}

static int
rx_setup(uint16_t port_id, uint16_t n, bool gapless, struct rte_mempool **pool)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	uint16_t q, desc = RX_DESC;
	int rc;

	if (n == 0)
		return 0;
	snprintf(name, sizeof(name), "fwpdk_r%u", port_id);
	*pool = gapless ? rx_pool_create(name, RX_MBUFS * n, rte_eth_dev_socket_id(port_id))
			: rte_pktmbuf_pool_create(name, RX_MBUFS * n, 64, 0,
				  RTE_MBUF_DEFAULT_BUF_SIZE, rte_eth_dev_socket_id(port_id));
	if (*pool == NULL)
		return failed(port_id, "rte_pktmbuf_pool_create", -rte_errno);
	rte_eth_dev_adjust_nb_rx_tx_desc(port_id, &desc, NULL);
	for (q = 0; q < n; q++) {
		rc = rte_eth_rx_queue_setup(
			port_id, q, desc, rte_eth_dev_socket_id(port_id), NULL, *pool);
		if (rc != 0)
			return failed(port_id, "rte_eth_rx_queue_setup", rc);
	}
	return 0;
}

/* The thresholds we would like, else those of the driver. */
static int
tx_setup(uint16_t port_id, uint16_t q, struct fwpdk_port_wants *wants,
	const struct rte_eth_dev_info *info)
{
	int socket = rte_eth_dev_socket_id(port_id), rc;

	rc = rte_eth_tx_queue_setup(port_id, q, wants->nb_desc, socket, &wants->txconf);
	if (rc == 0 || (wants->txconf.tx_rs_thresh == info->default_txconf.tx_rs_thresh &&
			       wants->txconf.tx_free_thresh == info->default_txconf.tx_free_thresh))
		return rc;
	FWI_LOG(tx, NOTICE,
		"port %u: the driver refuses tx_rs_thresh %u, tx_free_thresh %u: its own are used",
		port_id, wants->txconf.tx_rs_thresh, wants->txconf.tx_free_thresh);
	wants->txconf.tx_rs_thresh = info->default_txconf.tx_rs_thresh;
	wants->txconf.tx_free_thresh = info->default_txconf.tx_free_thresh;
	return rte_eth_tx_queue_setup(port_id, q, wants->nb_desc, socket, &wants->txconf);
}

/* Everything up to a started device; *pool is set as soon as it exists. */
static int
bring_up(uint16_t port_id, struct fwpdk_port_opts *o, struct rte_mempool **pool)
{
	struct fwpdk_port_wants wants = {.size = sizeof(wants)};
	struct rte_eth_dev_info info;
	struct rte_eth_conf conf;
	uint16_t q, nb_rx = o->nb_rx_queues;
	uint8_t min_rx;
	int rc;

	rc = fwpdk_port_wants(port_id, o, &wants);
	if (rc == 0)
		rc = rte_eth_dev_info_get(port_id, &info);
	if (rc != 0)
		return failed(port_id, "rte_eth_dev_info_get", rc);
	rc = fwi_port_gate(port_id, &info, o->mode);
	if (rc != 0)
		return rc;
	min_rx = fwi_driver_find(info.driver_name)->min_rx_queues;
	if (min_rx == 0xff)
		min_rx = (uint8_t)o->nb_queues;
	if (nb_rx < min_rx)
		nb_rx = min_rx;
	memset(&conf, 0, sizeof(conf));
	conf.txmode.offloads = wants.tx_offloads;
	/*
	 * Then asking for the link reads a word that the driver keeps; else it calls the driver,
	 * and net_virtio_user would do all of a reconnection in a poll.
	 */
	conf.intr_conf.lsc = (*info.dev_flags & RTE_ETH_DEV_INTR_LSC) != 0;
	rc = rte_eth_dev_configure(port_id, nb_rx, o->nb_queues, &conf);
	if (rc != 0)
		return failed(port_id, "rte_eth_dev_configure", rc);
	if (o->mtu != 0) {
		rc = rte_eth_dev_set_mtu(port_id, o->mtu);
		if (rc != 0)
			return failed(port_id, "rte_eth_dev_set_mtu", rc);
	}
	rc = rx_setup(port_id, nb_rx, strcmp(info.driver_name, "net_af_xdp") == 0, pool);
	if (rc != 0)
		return rc;
	for (q = 0; q < o->nb_queues; q++) {
		rc = tx_setup(port_id, q, &wants, &info);
		if (rc != 0)
			return failed(port_id, "rte_eth_tx_queue_setup", rc);
	}
	o->nb_desc = wants.nb_desc; /* for drivers that do not tell */
	rc = fwi_eth(port_id)->start(port_id);
	return rc != 0 ? failed(port_id, "rte_eth_dev_start", rc) : 0;
}

static int
open_locked(uint16_t port_id, struct fwpdk_port_opts *o)
{
	struct rte_mempool *pool = NULL;
	struct fwi_port *port;
	int rc;

	rc = bring_up(port_id, o, &pool);
	if (rc != 0) {
		rte_mempool_free(pool);
		return rc;
	}
	rc = fwi_port_add(port_id, o, &port);
	if (rc != 0) {
		fwi_eth(port_id)->stop(port_id);
		rte_mempool_free(pool);
		return rc;
	}
	port->owned = true;
	port->rx_pool = pool;
	port->state = FWPDK_PORT_STARTED;
	return 0;
}

int
fwpdk_port_open(uint16_t port_id, const struct fwpdk_port_opts *opts)
{
	struct fwpdk_port_opts o;
	int rc;

	if (!fwi_ready())
		return -ENODEV;
	rc = fwi_port_opts_fill(opts, &o);
	if (rc != 0)
		return rc;
	o.size = sizeof(o);
	if (o.first_queue != 0)
		return -EINVAL;
	if (!rte_eth_dev_is_valid_port(port_id))
		return -ENODEV;
	fwi_ctl_lock();
	rc = fwi_port_get(port_id) != NULL ? -EEXIST : open_locked(port_id, &o);
	fwi_ctl_unlock();
	return rc;
}
