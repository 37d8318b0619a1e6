/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: /fwpdk/input, what became of received packets, by poller and name. */
#include <stdbool.h>

#include <rte_common.h>
#include <rte_telemetry.h>

#include "inject/telemetry.h"
#include "input/input.h"

#define FIELD(f)                                          \
	{                                                 \
#f, offsetof(struct fwpdk_input_stats, f) \
	}

static const struct fwi_tel_field fields[] = {
	FIELD(read),
	FIELD(injected),
	FIELD(gone_on),
	FIELD(delivered),
	FIELD(forwarded),
	FIELD(from_stack),
	FIELD(fragments),
	FIELD(reassembled),
	FIELD(blocked),
	FIELD(absorbed),
	FIELD(malformed),
	FIELD(ttl_ended),
	FIELD(hops_ended),
	FIELD(no_route),
	FIELD(too_big),
	FIELD(no_room),
	FIELD(no_memory),
	FIELD(not_taken),
	FIELD(resolution),
	FIELD(looped),
	FIELD(unresolved),
	FIELD(paths_lowered),
	FIELD(paths_put_off),
};
_Static_assert(sizeof(struct fwpdk_input_stats) == (RTE_DIM(fields) + 1) * 8, "all of them");

static int
figures(const struct fwpdk_poller *p, void *stats)
{
	return fwpdk_input_stats(p, stats);
}

static int
input(const char *cmd __rte_unused, const char *params __rte_unused, struct rte_tel_data *d)
{
	struct fwpdk_input_stats s = {.size = sizeof(s)};

	return fwi_tel_pollers(d, fields, RTE_DIM(fields), figures, &s);
}

void
fwi_input_telemetry(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	rte_telemetry_register_cmd("/fwpdk/input", input, "What became of received packets");
}
