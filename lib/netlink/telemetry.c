/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: /fwpdk/netlink, the figures of each mirror. */
#include <errno.h>
#include <stdio.h>

#include <rte_telemetry.h>

#include "core/ctl.h"
#include "netlink/list.h"
#include "netlink/mirror.h"

#define U64(d, s, field) rte_tel_data_add_dict_u64(d, #field, (s).field)

static int
one_mirror(const struct fwpdk_netlink *nl, unsigned n, struct rte_tel_data *d)
{
	struct fwpdk_netlink_stats s = {.size = sizeof(s)};
	struct rte_tel_data *one = rte_tel_data_alloc();
	char name[16];

	if (one == NULL)
		return -ENOMEM;
	rte_tel_data_start_dict(one);
	fwpdk_netlink_stats(nl, &s);
	U64(one, s, interfaces);
	U64(one, s, addresses);
	U64(one, s, neighbours);
	U64(one, s, nexthops);
	U64(one, s, routes);
	U64(one, s, prefixes);
	U64(one, s, installed);
	U64(one, s, rules);
	U64(one, s, messages);
	U64(one, s, batches);
	U64(one, s, changes);
	U64(one, s, overruns);
	U64(one, s, resyncs);
	U64(one, s, gave_way);
	U64(one, s, unsupported);
	U64(one, s, failed);
	snprintf(name, sizeof(name), "%u", n);
	rte_tel_data_add_dict_container(d, name, one, 0);
	return 0;
}

static int
mirrors(const char *cmd, const char *params, struct rte_tel_data *d)
{
	const struct fwpdk_netlink *nl;
	unsigned n = 0;
	int rc = 0;

	RTE_SET_USED(cmd);
	RTE_SET_USED(params);
	rte_tel_data_start_dict(d);
	fwi_ctl_lock();
	for (nl = fwi_nl_mirrors(); rc == 0 && nl != NULL && n < 16; nl = nl->next)
		rc = one_mirror(nl, n++, d);
	fwi_ctl_unlock();
	return rc;
}

void
fwi_nl_telemetry(void)
{
	static bool done;

	fwi_ctl_lock();
	if (!done)
		rte_telemetry_register_cmd("/fwpdk/netlink", mirrors, "Mirrors of Linux's tables");
	done = true;
	fwi_ctl_unlock();
}
