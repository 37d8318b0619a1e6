/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: all pollers of the process, and the life of the room. */
#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "core/ctl.h"
#include "core/log.h"
#include "map/mem.h"
#include "stack/stack.h"
#include "tx/poller.h"
#include "tx/poller_ctl.h"
#include "tx/path.h"
#include "tx/port.h"
#include "tx/producer.h"
#include "tx/stats.h"

struct fwpdk_poller *fwi_pollers[FWI_MAX_POLLERS];
struct fwi_path_ops fwi_path_ops;
bool fwi_outbound_asked;

/* Hook of lib/stack: no started poller of comp would be left without a way to the port. */
static bool
may_route(uint32_t comp, uint16_t port_id)
{
	const struct fwpdk_poller *p;
	unsigned i;

	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		p = fwi_pollers[i];
		if (p != NULL && p->started && (p->comps >> comp & 1) &&
			p->q_of_port[port_id] == 0xff) {
			FWI_LOG(tx, ERR, "poller %s is started and has no queue on port %u",
				p->name, port_id);
			return false;
		}
	}
	return true;
}

int
fwi_tx_init(void)
{
	static const struct fwi_stack_hooks hooks = {.port = fwi_port_hook, .may_route = may_route};
	int rc;

	rc = fwi_cpool_ops_register();
	if (rc != 0) {
		FWI_LOG(tx, ERR, "no free mempool ops slot (RTE_MEMPOOL_MAX_OPS_IDX is %d)",
			RTE_MEMPOOL_MAX_OPS_IDX);
		return -ENOSPC;
	}
	rc = fwi_self_init();
	if (rc != 0)
		return rc;
	rc = fwi_may_send_init();
	if (rc == 0)
		rc = fwi_stats_init();
	if (rc == 0)
		rc = fwi_producers_init();
	if (rc != 0) {
		fwi_may_send_fini();
		fwi_self_fini();
		return rc;
	}
	fwi_mem_hook(fwi_tx_in_flight);
	fwi_nbl_handed_back = fwi_hand_back;
	fwi_stack_hook(&hooks);
	return 0;
}

unsigned
fwi_tx_fini(void)
{
	unsigned left = fwi_pools_fini();

	fwi_events_fini();
	fwi_mem_fini();
	fwi_producers_fini();
	fwi_may_send_fini();
	fwi_self_fini();
	fwi_self = (struct fwi_self){0};
	fwi_self_poller(&fwi_self, NULL);
	return left;
}

unsigned
fwi_tx_busy(void)
{
	unsigned i, n = 0;

	for (i = 0; i < FWI_MAX_POLLERS; i++) {
		if (fwi_pollers[i] == NULL)
			continue;
		FWI_LOG(tx, ERR, "poller %s is still alive", fwi_pollers[i]->name);
		n++;
	}
	return n + fwi_ports_busy();
}

bool
fwi_tx_in_flight(void)
{
	struct fwi_totals t;

	fwi_totals_read(&t);
	return t.injected != t.completed;
}

struct fwpdk_poller *
fwpdk_poller_next(unsigned n)
{
	struct fwpdk_poller *p = NULL;
	unsigned i;

	fwi_ctl_lock();
	for (i = 0; i < FWI_MAX_POLLERS && p == NULL; i++)
		if (fwi_pollers[i] != NULL && n-- == 0)
			p = fwi_pollers[i];
	fwi_ctl_unlock();
	return p;
}
