/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: /fwpdk/input, what became of received packets, by poller and name. */
#include <errno.h>
#include <stdbool.h>

#include <rte_common.h>
#include <rte_telemetry.h>

#include "core/ctl.h"
#include "inject/telemetry.h"
#include "input/input.h"

#define FIELD(f)                                          \
	{                                                 \
#f, offsetof(struct fwpdk_input_stats, f) \
	}

static const struct {
	const char *name;
	size_t at;
} fields[] = {
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
one(struct rte_tel_data *d, const struct fwpdk_poller *p)
{
	struct fwpdk_input_stats s = {.size = sizeof(s)};
	struct fwpdk_poller_info info = {.size = sizeof(info)};
	struct rte_tel_data *poller;
	unsigned i;

	if (fwpdk_input_stats(p, &s) != 0) /* it has no receive side */
		return 0;
	poller = fwi_tel_dict();
	if (poller == NULL)
		return -ENOMEM;
	fwpdk_poller_info(p, &info);
	for (i = 0; i < RTE_DIM(fields); i++)
		rte_tel_data_add_dict_u64(poller, fields[i].name,
			*(const uint64_t *)(const void *)((const uint8_t *)&s + fields[i].at));
	return rte_tel_data_add_dict_container(d, info.name, poller, 0);
}

static int
input(const char *cmd __rte_unused, const char *params __rte_unused, struct rte_tel_data *d)
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
fwi_input_telemetry(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	rte_telemetry_register_cmd("/fwpdk/input", input, "What became of received packets");
}
