/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: a poller as a DPDK service component. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_service_component.h>

#include "core/ctl.h"
#include "tx/poller.h"
#include "tx/poller_ctl.h"

static int32_t
serve(void *arg)
{
	return fwpdk_poll(arg) > 0 ? 0 : -EAGAIN;
}

int
fwpdk_poller_service_register(struct fwpdk_poller *p, uint32_t *service_id)
{
	struct rte_service_spec spec;
	int rc;

	if (p == NULL || service_id == NULL)
		return -EINVAL;
	memset(&spec, 0, sizeof(spec));
	snprintf(spec.name, sizeof(spec.name), "fwpdk_%s", p->name);
	spec.callback = serve;
	spec.callback_userdata = p;
	spec.socket_id = p->socket;
	fwi_ctl_lock();
	if (p->service_registered) {
		rc = -EALREADY;
	} else {
		rc = rte_service_component_register(&spec, &p->service_id);
		if (rc == 0) {
			rte_service_component_runstate_set(p->service_id, 1);
			p->service_registered = true;
			*service_id = p->service_id;
		}
	}
	fwi_ctl_unlock();
	return rc;
}

void
fwi_service_unregister(struct fwpdk_poller *p)
{
	if (!p->service_registered)
		return;
	rte_service_component_runstate_set(p->service_id, 0);
	rte_service_component_unregister(p->service_id);
	p->service_registered = false;
}
