/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: figures of one port and of one poller. */
#include <errno.h>
#include <string.h>

#include <fwpdk/stats.h>

#include "core/compat.h"
#include "core/ctl.h"
#include "tx/poller_ctl.h"
#include "tx/port.h"
#include "tx/stats.h"

#define LOAD(x) __atomic_load_n(&(x), __ATOMIC_ACQUIRE)

FWI_APPROXIMATE int
fwpdk_port_stats(uint16_t port_id, struct fwpdk_port_stats *s)
{
	const struct fwi_port *port;
	const struct fwi_txq *q;
	size_t size;
	unsigned i;

	if (!fwi_ready())
		return -ENODEV;
	if (!FWI_SIZE_OK(s, struct fwpdk_port_stats))
		return -EINVAL;
	size = s->size;
	memset(s, 0, sizeof(*s));
	s->size = size;
	fwi_ctl_lock();
	port = fwi_port_get(port_id);
	for (i = 0; port != NULL && i < FWI_PORT_TXQS; i++) {
		q = port->txq[i];
		if (q == NULL)
			continue;
		s->packets += LOAD(q->packets);
		s->bytes += LOAD(q->bytes);
		s->bursts += LOAD(q->bursts);
		s->partial_bursts += LOAD(q->partial_bursts);
		s->staged += fwi_txq_staged_seen(q);
		s->in_driver += fwi_txq_in_driver(q);
		s->expired += LOAD(q->expired);
		s->foreign_releases += LOAD(q->foreign);
	}
	fwi_ctl_unlock();
	return port == NULL ? -ENODEV : 0;
}

FWI_APPROXIMATE int
fwpdk_poller_info(const struct fwpdk_poller *p, struct fwpdk_poller_info *info)
{
	uint32_t h;

	if (p == NULL || !FWI_SIZE_OK(info, struct fwpdk_poller_info))
		return -EINVAL;
	memcpy(info->name, p->name, sizeof(info->name));
	info->owned = LOAD(p->owner) != NULL;
	info->started = p->started;
	info->owner_lcore = LOAD(p->owner_lcore);
	info->nb_ports = p->nports;
	info->polls = LOAD(p->polls);
	info->injected = info->completed = 0;
	for (h = 0; h < fwi_config.max_handles; h++) {
		info->completed += LOAD(p->count[h].out);
		info->injected += LOAD(p->count[h].in);
	}
	fwi_poller_places(p, info);
	return 0;
}
