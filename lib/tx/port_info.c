/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: what a port tells about itself. */
#include <errno.h>
#include <string.h>

#include "core/ctl.h"
#include "tx/poller.h"
#include "tx/port.h"
#include "tx/reclaim.h"

const struct fwi_reclaim *
fwi_port_reclaim(const struct fwi_port *port)
{
	const struct fwi_reclaim *r = NULL, *of_q;
	unsigned i;

	for (i = 0; i < FWI_PORT_TXQS; i++) {
		if (port->txq[i] == NULL)
			continue;
		of_q = __atomic_load_n(&port->txq[i]->watch.lost, __ATOMIC_RELAXED)
			       ? fwi_reclaim_of(FWPDK_STRATEGY_NONE)
			       : __atomic_load_n(&port->txq[i]->reclaim, __ATOMIC_RELAXED);
		if (r == NULL || !of_q->bounded)
			r = of_q;
	}
	return r != NULL ? r : fwi_reclaim_of(port->strategy);
}

/* In the burst or copied: nothing is outstanding when the poll returns. */
static int32_t
idle_bound(const struct fwi_port *port, const struct fwi_reclaim *r)
{
	if (!r->bounded)
		return -1;
	return r->strategy == FWPDK_STRATEGY_IN_BURST || r->strategy == FWPDK_STRATEGY_COPIED
		       ? 0
		       : (int32_t)port->opts.flush_us;
}

static const char *const mode_names[] = {
	[FWPDK_MODE_AUTO] = "auto",
	[FWPDK_MODE_CPOOL] = "cpool",
	[FWPDK_MODE_COPY] = "copy",
	[FWPDK_MODE_EXTBUF] = "extbuf",
};

static const char *
completion_text(const struct fwi_port *port)
{
	if (port->mode == FWPDK_MODE_COPY)
		return "the burst took a copy of the packet; the client's memory is free";
	if (port->driver->completion != NULL)
		return port->driver->completion;
	return "the driver has released the packet; an idle queue may keep its last packets";
}

int
fwpdk_port_info(uint16_t port_id, struct fwpdk_port_info *info)
{
	const struct fwi_port *port;
	const struct fwi_reclaim *r;
	struct rte_eth_dev_info dev;
	size_t size;
	int rc = -ENODEV;

	if (!fwi_ready())
		return -ENODEV;
	if (!FWI_SIZE_OK(info, struct fwpdk_port_info))
		return -EINVAL;
	size = info->size;
	memset(info, 0, sizeof(*info));
	info->size = size;
	fwi_ctl_lock();
	port = fwi_port_get(port_id);
	if (port != NULL)
		rc = rte_eth_dev_info_get(port_id, &dev);
	if (rc == 0) {
		memcpy(info->name, port->name, sizeof(info->name));
		info->driver = dev.driver_name;
		info->mode = port->mode;
		r = fwi_port_reclaim(port);
		info->strategy = r->strategy;
		info->mode_name = mode_names[port->mode];
		info->strategy_name = r->name;
		info->completion = completion_text(port);
		info->idle_bound_us = idle_bound(port, r);
		info->state = port->state;
		info->first_queue = port->opts.first_queue;
		info->nb_queues = port->opts.nb_queues;
		info->nb_desc = port->nb_desc;
		rte_eth_dev_get_mtu(port_id, &info->mtu);
		info->multi_seg = port->max_segs > 1;
		info->cpu_copy = port->driver->mem_class == FWI_MEM_ANY;
		info->owned = port->owned;
	}
	fwi_ctl_unlock();
	return rc;
}
