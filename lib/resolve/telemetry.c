/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: /fwpdk/resolve, the figures of each poller by name. */
#include <errno.h>
#include <stdbool.h>

#include <rte_common.h>
#include <rte_telemetry.h>

#include "core/ctl.h"
#include "inject/telemetry.h"
#include "resolve/resolve.h"

#define FIELD(f)                                            \
	{                                                   \
#f, offsetof(struct fwpdk_resolve_stats, f) \
	}

static const struct {
	const char *name;
	size_t at;
} fields[] = {
	FIELD(waiting),
	FIELD(asking),
	FIELD(neighbours),
	FIELD(waited),
	FIELD(solicits),
	FIELD(probes),
	FIELD(answers),
	FIELD(heard),
	FIELD(learned),
	FIELD(changed),
	FIELD(removed),
	FIELD(unreachable),
	FIELD(overflow),
	FIELD(negative),
	FIELD(no_slot),
	FIELD(table_full),
	FIELD(forward_waited),
	FIELD(forward_dropped),
	FIELD(malformed),
	FIELD(not_asked),
	FIELD(conflicts),
	FIELD(fixed),
	FIELD(too_soon),
	FIELD(heard_lost),
	FIELD(no_source),
	FIELD(no_memory),
	FIELD(lock_busy),
};
_Static_assert(sizeof(struct fwpdk_resolve_stats) == (RTE_DIM(fields) + 1) * 8, "all of them");

static int
one(struct rte_tel_data *d, const struct fwpdk_poller *p)
{
	struct fwpdk_resolve_stats s = {.size = sizeof(s)};
	struct fwpdk_poller_info info = {.size = sizeof(info)};
	struct rte_tel_data *poller = fwi_tel_dict();
	unsigned i;

	if (poller == NULL)
		return -ENOMEM;
	fwpdk_poller_info(p, &info);
	fwpdk_resolve_stats(p, &s);
	for (i = 0; i < RTE_DIM(fields); i++)
		rte_tel_data_add_dict_u64(poller, fields[i].name,
			*(const uint64_t *)(const void *)((const uint8_t *)&s + fields[i].at));
	return rte_tel_data_add_dict_container(d, info.name, poller, 0);
}

static int
resolve(const char *cmd __rte_unused, const char *params __rte_unused, struct rte_tel_data *d)
{
	const struct fwpdk_poller *p;
	unsigned n;
	int rc = 0;

	rte_tel_data_start_dict(d);
	fwi_ctl_lock(); /* no poller ends meanwhile */
	for (n = 0; rc == 0 && (p = fwpdk_poller_next(n)) != NULL; n++)
		rc = one(d, p);
	fwi_ctl_unlock();
	return rc;
}

void
fwi_resolve_telemetry(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	rte_telemetry_register_cmd("/fwpdk/resolve", resolve,
		"Neighbours asked for, packets that wait, and why some did not go");
}
