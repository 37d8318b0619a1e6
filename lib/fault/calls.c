/* SPDX-License-Identifier: BSD-3-Clause */
/* The ethdev calls of a port with a double in front of it (core/ethdev.h). */
#include <errno.h>
#include <string.h>

#include "core/ethdev.h"
#include "fault/fault.h"

static struct fwpdk_fault *faults[RTE_MAX_ETHPORTS]; /* atomic */

static struct fwpdk_fault *
of(uint16_t port_id)
{
	return __atomic_load_n(&faults[port_id], __ATOMIC_ACQUIRE);
}

static bool
vanished(const struct fwpdk_fault *f)
{
	return __atomic_load_n(&f->vanished, __ATOMIC_RELAXED);
}

/* 0, or the value with which this call fails. */
static int
fails(struct fwpdk_fault *f, uint64_t *calls, uint32_t *left)
{
	int rc = 0;

	pthread_mutex_lock(&f->lock);
	(*calls)++;
	if (*left != 0) {
		(*left)--;
		rc = f->fail_rc;
	}
	pthread_mutex_unlock(&f->lock);
	return rc;
}

static void
give_at(struct fwpdk_fault *f, enum fwpdk_fault_end when)
{
	bool due;

	pthread_mutex_lock(&f->lock);
	due = f->end <= when;
	pthread_mutex_unlock(&f->lock);
	if (due)
		fwpdk_fault_release(f, FWPDK_FAULT_ALL);
}

static int
start(uint16_t port_id)
{
	struct fwpdk_fault *f = of(port_id);
	int rc = fails(f, &f->starts, &f->fail_starts);

	if (rc == 0 && vanished(f))
		rc = -ENODEV;
	if (rc == 0)
		rc = rte_eth_dev_start(port_id);
	if (rc == 0) {
		rc = fwpdk_fault_apply(f);
		if (rc != 0)
			rte_eth_dev_stop(port_id);
	}
	return rc;
}

static int
stop(uint16_t port_id)
{
	struct fwpdk_fault *f = of(port_id);
	int rc = fails(f, &f->stops, &f->fail_stops);

	if (rc == 0)
		rc = rte_eth_dev_stop(port_id);
	if (rc == 0)
		give_at(f, FWPDK_FAULT_AT_STOP);
	return rc;
}

/* The id may be another device's from now on. */
static int
close_port(uint16_t port_id)
{
	struct fwpdk_fault *f = of(port_id);

	give_at(f, FWPDK_FAULT_AT_CLOSE);
	fwi_fault_undivert(f);
	return rte_eth_dev_close(port_id);
}

static int
link_get(uint16_t port_id, struct rte_eth_link *link)
{
	const struct fwpdk_fault *f = of(port_id);
	int rc = vanished(f) ? -ENODEV : rte_eth_link_get_nowait(port_id, link);

	if (rc == 0 && __atomic_load_n(&f->link_down, __ATOMIC_RELAXED))
		link->link_status = RTE_ETH_LINK_DOWN;
	return rc;
}

static int
cleanup(uint16_t port_id, uint16_t queue_id, uint32_t n)
{
	struct fwpdk_fault *f = of(port_id);
	struct fwi_fault_queue *q;
	bool can;

	if (f->queue == NULL)
		return -ENOTSUP;
	if (queue_id >= f->nb_queues)
		return -EINVAL;
	q = &f->queue[queue_id];
	pthread_mutex_lock(&q->lock);
	q->n.cleanups++;
	can = q->knobs.release == FWPDK_FAULT_CLEANUP;
	pthread_mutex_unlock(&q->lock);
	if (vanished(f))
		return -ENODEV;
	return can ? (int)fwi_fault_give(q, n == 0 ? FWPDK_FAULT_ALL : n, false) : -ENOTSUP;
}

static int
txq_info(uint16_t port_id, uint16_t queue_id, struct rte_eth_txq_info *info)
{
	const struct fwpdk_fault *f = of(port_id);

	if (rte_eth_tx_queue_info_get(port_id, queue_id, info) != 0)
		memset(info, 0, sizeof(*info));
	info->nb_desc = f->opts.nb_desc;
	info->conf.tx_rs_thresh = f->opts.tx_rs_thresh;
	info->conf.tx_free_thresh = f->opts.tx_free_thresh;
	return 0;
}

static const struct fwi_eth_calls calls = {
	.start = start,
	.stop = stop,
	.close = close_port,
	.link = link_get,
	.cleanup = cleanup,
	.txq_info = txq_info,
};

void
fwi_fault_divert(struct fwpdk_fault *f)
{
	__atomic_store_n(&faults[f->port_id], f, __ATOMIC_RELEASE);
	fwi_eth_divert(f->port_id, &calls);
}

void
fwi_fault_undivert(struct fwpdk_fault *f)
{
	pthread_mutex_lock(&f->lock);
	if (!f->closed) {
		fwi_eth_divert(f->port_id, NULL);
		__atomic_store_n(&faults[f->port_id], NULL, __ATOMIC_RELEASE);
	}
	f->closed = true;
	pthread_mutex_unlock(&f->lock);
}
