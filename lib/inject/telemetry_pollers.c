/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: figures of each poller, by its name and theirs. */
#include <errno.h>

#include <fwpdk/poller.h>

#include "core/ctl.h"
#include "inject/telemetry.h"

static int
one(struct rte_tel_data *d, const struct fwpdk_poller *p, const struct fwi_tel_field *fields,
	unsigned n, const void *stats)
{
	struct fwpdk_poller_info info = {.size = sizeof(info)};
	struct rte_tel_data *poller = fwi_tel_dict();
	unsigned i;

	if (poller == NULL)
		return -ENOMEM;
	fwpdk_poller_info(p, &info);
	for (i = 0; i < n; i++)
		rte_tel_data_add_dict_u64(poller, fields[i].name,
			*(const uint64_t *)(const void *)((const uint8_t *)stats + fields[i].at));
	return rte_tel_data_add_dict_container(d, info.name, poller, 0);
}

int
fwi_tel_pollers(struct rte_tel_data *d, const struct fwi_tel_field *fields, unsigned n,
	int (*read)(const struct fwpdk_poller *p, void *stats), void *stats)
{
	const struct fwpdk_poller *p;
	unsigned i;
	int rc = 0;

	rte_tel_data_start_dict(d);
	fwi_ctl_lock(); /* no poller ends meanwhile */
	for (i = 0; rc == 0 && (p = fwpdk_poller_next(i)) != NULL; i++)
		if (read(p, stats) == 0)
			rc = one(d, p, fields, n, stats);
	fwi_ctl_unlock();
	return rc;
}
