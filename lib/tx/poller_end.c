/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: the end of a poller. doc/decisions/protocol.md, test/model/end.pml. */
#include <errno.h>
#include <unistd.h>

#include "core/compat.h"
#include "core/ctl.h"
#include "core/log.h"
#include "tx/path.h"
#include "tx/poller_ctl.h"
#include "tx/stats.h"

/* Emptied mbufs that a driver still has: not NBLs, but they come back to our pools. */
FWI_APPROXIMATE static uint32_t
poller_detached(const struct fwpdk_poller *p)
{
	uint32_t n = 0;
	unsigned i;

	for (i = 0; i < p->nports; i++)
		n += p->q[i]->detached;
	return n;
}

FWI_APPROXIMATE static bool
poller_empty(const struct fwpdk_poller *p)
{
	struct fwpdk_poller_info i = {.size = sizeof(i)};

	fwi_poller_places(p, &i);
	return i.in_rings + i.waiting + i.staged + i.in_driver == 0 && p->ndone == 0 &&
	       p->fail_head == NULL && p->nheld == 0 && p->nunresolved == 0 &&
	       poller_detached(p) == 0;
}

/* Serve it ourselves until nothing is left that polling could finish. */
static int
poller_drain(struct fwpdk_poller *p)
{
	struct fwpdk_poller_info i = {.size = sizeof(i)};
	unsigned rounds = 0, refused = 0;

	while (!poller_empty(p)) {
		if (!fwi_poller_help(p)) {
			if (++refused > 100) /* not just another thread that helps */
				return -EBUSY;
			usleep(100);
			continue;
		}
		fwi_poller_places(p, &i);
		if (i.in_rings + i.waiting + i.staged == 0 && p->ndone == 0 &&
			p->fail_head == NULL && p->nunresolved == 0 && ++rounds > 1000) {
			FWI_LOG(tx, ERR,
				"poller %s: %lu mbufs are still with a driver or a receiver, "
				"callouts refer to %u NBLs",
				p->name, (unsigned long)i.in_driver + poller_detached(p), p->nheld);
			return -EBUSY;
		}
	}
	return 0;
}

static void
port_forget(struct fwi_txq *q)
{
	unsigned i;

	for (i = 0; q->port != NULL && i < FWI_PORT_TXQS; i++)
		if (q->port->txq[i] == q)
			q->port->txq[i] = NULL;
}

/* From here on nobody starts it, adds to it or destroys it. */
static int
destroy_begins(struct fwpdk_poller *p)
{
	unsigned i;
	int rc = -ENODEV; /* another thread was quicker: do not look into it */

	fwi_ctl_lock();
	for (i = 0; i < FWI_MAX_POLLERS && rc == -ENODEV; i++)
		if (fwi_pollers[i] == p)
			rc = p->destroying ? -EALREADY : p->started ? -EBUSY : 0;
	if (rc == 0)
		p->destroying = true;
	fwi_ctl_unlock();
	return rc;
}

/*
 * Ours until nobody can find it any more: a helper claims under the mutex too. -EAGAIN: its
 * last owner injected something before it released, or somebody helps just now.
 */
static int
take_out(struct fwpdk_poller *p)
{
	unsigned i;
	int rc;

	fwi_ctl_lock();
	rc = fwi_poller_try_claim(p);
	if (rc != 0) {
		rc = -EPERM;
	} else if (!poller_empty(p)) {
		rc = -EAGAIN;
		fwpdk_poller_release(p);
	} else {
		fwi_service_unregister(p);
		fwi_stats_keep(p);
		__atomic_store_n(&fwi_pollers[p->id], NULL, __ATOMIC_RELEASE);
		for (i = 0; i < p->nports; i++)
			port_forget(p->q[i]);
		fwpdk_poller_release(p);
	}
	fwi_ctl_unlock();
	return rc;
}

int
fwpdk_poller_destroy(struct fwpdk_poller *p)
{
	unsigned refused = 0;
	int rc;

	if (p == NULL)
		return -EINVAL;
	if (fwi_self.callbacks != 0)
		return -EDEADLK;
	rc = destroy_begins(p);
	if (rc != 0)
		return rc;
	do {
		rc = poller_drain(p);
		if (rc == 0)
			rc = take_out(p);
		if (rc == -EPERM && ++refused < 100) { /* perhaps somebody who helps */
			usleep(100);
			rc = -EAGAIN;
		}
	} while (rc == -EAGAIN);
	if (rc != 0) {
		fwi_ctl_lock();
		p->destroying = false;
		fwi_ctl_unlock();
		return -EBUSY;
	}
	fwi_path_ops.resolve_end(p);
	if (p->input != NULL)
		fwi_path_ops.end(p);
	fwi_poller_free(p);
	return 0;
}
