/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: start, stop and close of a port, and what it tells about itself. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>

#include "core/compat.h"
#include "core/ctl.h"
#include "core/ethdev.h"
#include "core/log.h"
#include "stack/stack.h"
#include "tx/poller_ctl.h"
#include "tx/port.h"
#include "tx/reclaim.h"

static void
queues_set(struct fwi_port *port, uint8_t state)
{
	unsigned i;

	for (i = 0; i < FWI_PORT_TXQS; i++)
		if (port->txq[i] != NULL)
			__atomic_store_n(&port->txq[i]->state, state, __ATOMIC_RELEASE);
}

int
fwpdk_port_start(uint16_t port_id)
{
	struct fwi_port *port;
	int rc = 0;

	if (!fwi_ready())
		return -ENODEV;
	fwi_ctl_lock();
	port = fwi_port_get(port_id);
	if (port == NULL)
		rc = -ENODEV;
	else if (port->state != FWPDK_PORT_STOPPED)
		rc = -EALREADY;
	else if (!fwi_eth_started(port_id))
		rc = fwi_eth(port_id)->start(port_id);
	if (rc == 0) {
		port->state = FWPDK_PORT_STARTED;
		queues_set(port, FWI_TXQ_RUNNING);
		fwi_pollers_publish();
		fwi_port_link_look(port);
	}
	fwi_ctl_unlock();
	return rc;
}

/* The slot of a queue that has not been parked yet, and whose it is; or NULL. */
static struct fwi_txq *const *
still_running(const struct fwi_port *port, char *name, size_t size)
{
	struct fwi_txq *const *found = NULL;
	unsigned i;

	fwi_ctl_lock(); /* a poller that is destroyed takes its queue away */
	for (i = 0; i < FWI_PORT_TXQS && found == NULL; i++) {
		if (port->txq[i] == NULL ||
			__atomic_load_n(&port->txq[i]->state, __ATOMIC_ACQUIRE) != FWI_TXQ_PARK)
			continue;
		found = &port->txq[i];
		snprintf(name, size, "%s", port->txq[i]->poller->name);
	}
	fwi_ctl_unlock();
	return found;
}

static int
wait_parked(const struct fwi_port *port, uint64_t timeout_us)
{
	uint64_t end = rte_get_tsc_cycles() + timeout_us * (rte_get_tsc_hz() / 1000000);
	struct fwi_txq *const *slot;
	char name[24];

	while ((slot = still_running(port, name, sizeof(name))) != NULL) {
		if (fwi_txq_help(slot))
			continue;
		if (rte_get_tsc_cycles() >= end) {
			FWI_LOG(tx, WARNING, "port %u: poller %s did not poll in time", port->id,
				name);
			return -ETIMEDOUT;
		}
		usleep(20);
	}
	return 0;
}

/* What the stop released is complete as soon as those pollers run; serve the idle ones. */
static void
help_all(const struct fwi_port *port)
{
	unsigned i;

	for (i = 0; i < FWI_PORT_TXQS; i++)
		fwi_txq_help(&port->txq[i]);
}

static int
stop_device(uint16_t port_id)
{
	return fwi_eth_started(port_id) ? fwi_eth(port_id)->stop(port_id) : 0;
}

int
fwpdk_port_stop(uint16_t port_id, uint64_t timeout_us)
{
	struct fwi_port *port;
	int rc = 0;

	if (!fwi_ready())
		return -ENODEV;
	if (fwi_self.callbacks != 0)
		return -EDEADLK;
	fwi_ctl_lock();
	port = fwi_port_get(port_id);
	if (port == NULL) {
		rc = -ENODEV;
	} else if (port->state == FWPDK_PORT_STOPPED) {
		rc = -EALREADY;
	} else if (port->stopper) {
		rc = -EBUSY;
	} else {
		port->stopper = true; /* nobody else stops or closes it until we have returned */
		if (port->state == FWPDK_PORT_STARTED) {
			port->state = FWPDK_PORT_STOPPING;
			queues_set(port, FWI_TXQ_PARK);
			fwi_pollers_publish();
		}
	}
	fwi_ctl_unlock();
	if (rc != 0)
		return rc;

	rc = wait_parked(port, timeout_us);
	if (rc == 0)
		rc = stop_device(port_id);
	fwi_ctl_lock();
	if (rc == 0)
		port->state = FWPDK_PORT_STOPPED;
	fwi_ctl_unlock();
	if (rc == 0)
		help_all(port);
	fwi_ctl_lock();
	port->stopper = false;
	fwi_ctl_unlock();
	return rc;
}

static int
close_locked(uint16_t port_id)
{
	struct fwi_port *port = fwi_port_get(port_id);
	unsigned i;

	if (port == NULL)
		return -ENODEV;
	if (port->state != FWPDK_PORT_STOPPED || port->stopper || port->drainers != 0 ||
		fwi_stack_port_used(port_id))
		return -EBUSY;
	fwi_port_link_end(port);
	if (port->owned && port->strategy == FWPDK_STRATEGY_RECEIVER)
		fwi_close_ring(port);
	if (port->owned) { /* some drivers give back only here what they had */
		fwi_eth(port_id)->close(port_id);
		rte_mempool_free(port->rx_pool);
	}
	/* Their pollers keep the queues, parked, until what was released is complete. */
	for (i = 0; i < FWI_PORT_TXQS; i++) {
		if (port->txq[i] == NULL)
			continue;
		__atomic_store_n(&port->txq[i]->poller->q_of_port[port_id], 0xff, __ATOMIC_RELAXED);
		port->txq[i]->port = NULL;
	}
	fwi_port_remove(port);
	fwi_pools_sweep();
	return 0;
}

int
fwpdk_port_close(uint16_t port_id)
{
	int rc;

	if (!fwi_ready())
		return -ENODEV;
	fwi_ctl_lock();
	rc = close_locked(port_id);
	fwi_ctl_unlock();
	return rc;
}
