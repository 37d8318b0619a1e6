/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: the link of a port, where the host wants it followed. */
#include <errno.h>

#include "core/ctl.h"
#include "core/ethdev.h"
#include "stack/stack.h"
#include "tx/poller.h"
#include "tx/port.h"

static bool
is_down(uint16_t port_id)
{
	struct rte_eth_link link = {.link_status = RTE_ETH_LINK_UP};

	return fwi_eth(port_id)->link(port_id, &link) == 0 && link.link_status == RTE_ETH_LINK_DOWN;
}

/*
 * Any thread, no lock: another one may have seen a later state and been faster, and its event
 * does not come again.
 */
static void
look(uint16_t port_id)
{
	bool down;

	do {
		down = is_down(port_id);
		fwi_stack_link(port_id, down);
	} while (is_down(port_id) != down);
}

/* On DPDK's interrupt thread, which must not wait for the mutex: who has it may wait for us. */
static int
changed(uint16_t port_id, enum rte_eth_event_type type, void *arg, void *ret)
{
	(void)type;
	(void)arg;
	(void)ret;
	look(port_id);
	return 0;
}

static void
forget(uint16_t port_id)
{
	while (rte_eth_dev_callback_unregister(port_id, RTE_ETH_EVENT_INTR_LSC, changed, NULL) ==
		-EAGAIN)
		; /* it runs just now, and is short */
	fwi_stack_link(port_id, false);
}

static bool
tells(uint16_t port_id)
{
	struct rte_eth_dev_info info;
	struct rte_eth_conf conf;

	return rte_eth_dev_info_get(port_id, &info) == 0 &&
	       rte_eth_dev_conf_get(port_id, &conf) == 0 &&
	       (*info.dev_flags & RTE_ETH_DEV_INTR_LSC) != 0 && conf.intr_conf.lsc != 0;
}

static int
follow(struct fwi_port *port, bool on)
{
	int rc = 0;

	if (!port->follows_link && on)
		rc = rte_eth_dev_callback_register(port->id, RTE_ETH_EVENT_INTR_LSC, changed, NULL);
	else if (port->follows_link && !on)
		forget(port->id);
	if (rc != 0)
		return rc;
	port->follows_link = on;
	if (!on)
		return 0;
	look(port->id);
	return tells(port->id) ? 0 : 1;
}

void
fwi_port_link_look(const struct fwi_port *port)
{
	if (port->follows_link)
		look(port->id);
}

void
fwi_port_link_end(struct fwi_port *port)
{
	if (port->follows_link)
		forget(port->id);
	port->follows_link = false;
}

int
fwpdk_port_follow_link(uint16_t port_id, int on)
{
	struct fwi_port *port;
	int rc;

	if (!fwi_ready())
		return -ENODEV;
	fwi_ctl_lock();
	port = fwi_port_get(port_id);
	rc = port != NULL ? follow(port, on != 0) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}
