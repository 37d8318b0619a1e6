/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: a double comes and goes. */
#include <errno.h>

#include <rte_malloc.h>

#include "core/compat.h"
#include "core/ctl.h"
#include "core/ethdev.h"
#include "fault/fault.h"

static int
opts_fill(const struct fwpdk_fault_opts *user, const struct rte_eth_dev_info *info,
	struct fwpdk_fault_opts *o)
{
	bool nic;

	*o = (struct fwpdk_fault_opts){0};
	if (user != NULL) {
		if (!FWI_SIZE_OK(user, struct fwpdk_fault_opts))
			return -EINVAL;
		*o = *user;
	}
	nic = o->model == FWPDK_FAULT_MODEL_NIC;
	if (nic && (o->nb_desc != 0 || o->tx_rs_thresh != 0 || o->tx_free_thresh != 0 || o->verify))
		return -EINVAL;
	if (o->nb_queues == 0)
		o->nb_queues = info->nb_tx_queues != 0 ? info->nb_tx_queues : 1;
	if (o->nb_desc == 0)
		o->nb_desc = 1024;
	if (o->tx_rs_thresh == 0)
		o->tx_rs_thresh = nic ? 32 : 1;
	if (o->tx_free_thresh == 0)
		o->tx_free_thresh = (uint16_t)(nic ? 960 : RTE_MIN(o->nb_desc, 32));
	if (o->model > FWPDK_FAULT_MODEL_NIC || o->nb_queues > FWI_FAULT_QUEUES ||
		o->nb_queues < info->nb_tx_queues || o->nb_desc > 32768 ||
		!rte_is_power_of_2(o->tx_rs_thresh) || o->tx_rs_thresh > o->nb_desc ||
		o->tx_free_thresh > o->nb_desc)
		return -EINVAL;
	return 0;
}

static int
queue_new(struct fwpdk_fault *f, unsigned i)
{
	struct fwi_fault_queue *q = &f->queue[i];
	uint32_t size = rte_align32pow2(f->opts.nb_desc);

	pthread_mutex_init(&q->lock, NULL);
	q->nb_desc = f->opts.nb_desc;
	q->mask = size - 1;
	q->rs_mask = f->opts.tx_rs_thresh - 1u;
	q->free_thresh = f->opts.tx_free_thresh;
	q->verify = f->opts.verify;
	q->check = f->opts.check;
	q->check_arg = f->opts.check_arg;
	q->random = f->opts.seed + i;
	q->entry = rte_calloc("fwpdk_fault_desc", size, sizeof(q->entry[0]), RTE_CACHE_LINE_SIZE);
	f->data[i] = q;
	return q->entry == NULL ? -ENOMEM : 0;
}

static int
queues_new(struct fwpdk_fault *f)
{
	unsigned i;
	int rc = 0;

	if (f->opts.model == FWPDK_FAULT_MODEL_NIC) {
		f->burst = fwi_fault_nic_burst;
		f->nic = fwi_fault_nic_new(f);
		return f->nic == NULL ? -ENOMEM : 0;
	}
	f->burst = fwi_fault_burst;
	f->status = fwi_fault_status;
	f->queue = rte_calloc(
		"fwpdk_fault_queue", f->nb_queues, sizeof(f->queue[0]), RTE_CACHE_LINE_SIZE);
	if (f->queue == NULL)
		return -ENOMEM;
	for (i = 0; i < f->nb_queues; i++)
		if (queue_new(f, i) != 0)
			rc = -ENOMEM;
	return rc;
}

static void
fault_free(struct fwpdk_fault *f)
{
	unsigned i;

	for (i = 0; f->queue != NULL && i < f->nb_queues; i++) {
		rte_free(f->queue[i].entry);
		pthread_mutex_destroy(&f->queue[i].lock);
	}
	rte_free(f->queue);
	rte_free(f->nic);
	pthread_mutex_destroy(&f->lock);
	rte_free(f);
}

int
fwpdk_fault_install(
	uint16_t port_id, const struct fwpdk_fault_opts *opts, struct fwpdk_fault **fault)
{
	struct rte_eth_dev_info info;
	struct fwpdk_fault *f;
	int rc;

	if (!rte_eth_dev_is_valid_port(port_id))
		return -ENODEV;
	if (fwi_eth(port_id) != &fwi_eth_plain)
		return -EEXIST;
	rc = rte_eth_dev_info_get(port_id, &info);
	if (rc != 0)
		return rc;
	f = rte_zmalloc("fwpdk_fault", sizeof(*f), RTE_CACHE_LINE_SIZE);
	if (f == NULL)
		return -ENOMEM;
	pthread_mutex_init(&f->lock, NULL);
	f->port_id = port_id;
	rc = opts_fill(opts, &info, &f->opts);
	f->nb_queues = f->opts.nb_queues;
	if (rc == 0)
		rc = queues_new(f);
	if (rc != 0) {
		fault_free(f);
		return rc;
	}
	if (fwi_eth_started(port_id))
		fwi_fault_put(f);
	fwi_fault_divert(f);
	*fault = f;
	return 0;
}

int
fwpdk_fault_apply(struct fwpdk_fault *f)
{
	struct rte_eth_dev_info info;
	int rc;

	if (f->closed)
		return -ENODEV;
	if (!fwi_eth_started(f->port_id))
		return -ENETDOWN;
	rc = rte_eth_dev_info_get(f->port_id, &info);
	if (rc == 0 && info.nb_tx_queues > f->nb_queues)
		rc = -EINVAL;
	if (rc == 0)
		fwi_fault_put(f);
	return rc;
}

void
fwpdk_fault_remove(struct fwpdk_fault *f)
{
	fwi_fault_take_away(f);
	fwi_fault_undivert(f);
	fwpdk_fault_release(f, FWPDK_FAULT_ALL);
	fault_free(f);
}
