/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: fwpdk_port_drain(). */
#include <errno.h>
#include <unistd.h>

#include <rte_cycles.h>

#include "core/compat.h"
#include "core/ctl.h"
#include "core/log.h"
#include "tx/poller.h"
#include "tx/poller_ctl.h"
#include "tx/port.h"
#include "tx/reclaim.h"

/* NBLs that wait in the port's pollers count too: some of them may be for this port. */
FWI_APPROXIMATE static uint32_t
outstanding(const struct fwi_port *port)
{
	struct fwpdk_poller_info info;
	const struct fwi_txq *q;
	uint32_t n = 0;
	unsigned i;

	fwi_ctl_lock(); /* a poller that is destroyed takes its queue away */
	for (i = 0; i < FWI_PORT_TXQS; i++) {
		q = port->txq[i];
		if (q == NULL)
			continue;
		fwi_poller_places(q->poller, &info);
		n += fwi_txq_staged_seen(q) + fwi_txq_in_driver(q) + (uint32_t)info.in_rings +
		     q->poller->nwait + q->poller->ndone + q->poller->nfail + q->poller->nheld +
		     q->poller->nunresolved;
	}
	fwi_ctl_unlock();
	return n;
}

/*
 * A poll in progress has NBLs in its hands that are counted nowhere. Since polls[] was noted,
 * which pollers have not polled and do not poll now (still), and which have begun and ended
 * at least one poll (turned)?
 */
FWI_APPROXIMATE static void
look(const struct fwi_port *port, const uint64_t *polls, uint64_t *still, uint64_t *turned)
{
	const struct fwpdk_poller *p;
	uint64_t now;
	unsigned i;

	*still = *turned = 0;
	for (i = 0; i < FWI_PORT_TXQS; i++) {
		p = port->txq[i] != NULL ? port->txq[i]->poller : NULL;
		now = p != NULL ? __atomic_load_n(&p->polls, __ATOMIC_ACQUIRE) : polls[i];
		if (now == polls[i] && (p == NULL || !p->in_poll))
			*still |= UINT64_C(1) << i;
		if (now >= polls[i] + 2)
			*turned |= UINT64_C(1) << i;
	}
}

static void
note(const struct fwi_port *port, uint64_t *polls)
{
	unsigned i;

	for (i = 0; i < FWI_PORT_TXQS; i++)
		if (port->txq[i] != NULL)
			polls[i] = __atomic_load_n(&port->txq[i]->poller->polls, __ATOMIC_ACQUIRE);
}

static bool
serve_until_empty(struct fwi_port *port, uint64_t end)
{
	uint64_t polls[FWI_PORT_TXQS] = {0}, still, still_after, turned, none;
	unsigned i, rounds = 0;
	bool empty = false;

	do {
		for (i = 0; i < FWI_PORT_TXQS; i++)
			fwi_txq_help(&port->txq[i]);
		fwi_ctl_lock(); /* a poller that is destroyed takes its queue away */
		if (!empty)
			note(port, polls);
		look(port, polls, &still, &turned);
		empty = outstanding(port) == 0;
		look(port, polls, &still_after, &none);
		fwi_ctl_unlock();
		if (empty && ((still & still_after) | turned) == ~UINT64_C(0))
			return true;
		if (++rounds > 64)
			usleep(20);
	} while (rte_get_tsc_cycles() < end);
	return false;
}

/* Releases from the stop still have to be completed; then the port goes on. */
static int
empty_by_stop(struct fwi_port *port, uint64_t timeout_us, uint64_t end)
{
	int rc = fwpdk_port_stop(port->id, timeout_us), rc2;

	if (rc != 0)
		return rc;
	rc = serve_until_empty(port, end) ? 0 : -ETIMEDOUT;
	rc2 = fwpdk_port_start(port->id);
	return rc2 != 0 ? rc2 : rc;
}

int
fwpdk_port_drain(uint16_t port_id, uint64_t timeout_us, int may_stop, uint32_t *left)
{
	uint64_t start = rte_get_tsc_cycles(), span = timeout_us * (rte_get_tsc_hz() / 1000000);
	struct fwi_port *port;
	bool bounded;
	int rc = 0;

	if (!fwi_ready())
		return -ENODEV;
	if (fwi_self.callbacks != 0)
		return -EDEADLK;
	fwi_ctl_lock();
	port = fwi_port_get(port_id);
	if (port != NULL)
		port->drainers++; /* not closed before we have returned */
	fwi_ctl_unlock();
	if (port == NULL)
		return -ENODEV;
	bounded = fwi_port_reclaim(port)->bounded || port->strategy == FWPDK_STRATEGY_RECEIVER;
	/* Without a bound, waiting long helps nobody: leave most of the time to the stop. */
	if (!serve_until_empty(port, start + (bounded ? span : span / 4))) {
		if (bounded)
			rc = -ETIMEDOUT;
		else if (!may_stop || port->state != FWPDK_PORT_STARTED)
			rc = -EBUSY;
		else
			rc = empty_by_stop(port, timeout_us / 2, start + span);
	}
	if (rc != 0)
		FWI_LOG(tx, WARNING, "port %u (%s): %u mbufs are still out", port_id, port->name,
			outstanding(port));
	if (left != NULL)
		*left = outstanding(port);
	fwi_ctl_lock();
	port->drainers--;
	fwi_ctl_unlock();
	return rc;
}
