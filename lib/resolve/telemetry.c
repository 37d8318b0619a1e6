/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: /fwpdk/resolve, the figures of each poller by name. */
#include <stdbool.h>

#include <rte_common.h>
#include <rte_telemetry.h>

#include "inject/telemetry.h"
#include "resolve/resolve.h"

#define FIELD(f)                                            \
	{                                                   \
#f, offsetof(struct fwpdk_resolve_stats, f) \
	}

static const struct fwi_tel_field fields[] = {
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
figures(const struct fwpdk_poller *p, void *stats)
{
	return fwpdk_resolve_stats(p, stats);
}

static int
resolve(const char *cmd __rte_unused, const char *params __rte_unused, struct rte_tel_data *d)
{
	struct fwpdk_resolve_stats s = {.size = sizeof(s)};

	return fwi_tel_pollers(d, fields, RTE_DIM(fields), figures, &s);
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
