/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control: ports that must not be driven in some mode, or at all. What decides is known to
 * the driver alone, so the arguments that the device was made with are read.
 */
#include <errno.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_kvargs.h>

#include "core/log.h"
#include "tx/port.h"

struct wanted {
	const char *value;
	bool found;
};

static int
compare(const char *key, const char *value, void *arg)
{
	struct wanted *w = arg;

	(void)key;
	w->found |= value != NULL && strcmp(value, w->value) == 0;
	return 0;
}

/* Was the device made with key=value? */
static bool
made_with(const struct rte_eth_dev_info *info, const char *key, const char *value)
{
	const struct rte_devargs *da = info->device != NULL ? rte_dev_devargs(info->device) : NULL;
	struct wanted w = {.value = value};
	struct rte_kvargs *list;

	if (da == NULL || da->args == NULL)
		return false;
	list = rte_kvargs_parse(da->args, NULL);
	if (list == NULL)
		return false;
	rte_kvargs_process(list, key, compare, &w);
	rte_kvargs_free(list);
	return w.found;
}

int
fwi_port_gate(uint16_t port_id, const struct rte_eth_dev_info *info, enum fwpdk_mode mode)
{
	bool copies = mode == FWPDK_MODE_COPY || mode == FWPDK_MODE_AUTO;

	/*
	 * It sends offsets into the regions that the peer has mapped, keeps what it was given
	 * when the peer goes, and overruns its ring with chains.
	 */
	if (strcmp(info->driver_name, "net_memif") == 0 && !copies &&
		made_with(info, "zero-copy", "yes")) {
		FWI_LOG(tx, ERR,
			"port %u: net_memif with zero-copy=yes can only be driven in copy mode",
			port_id);
		return -ENOTSUP;
	}
	/* Broadcast: what no member takes is freed, and the caller is told that it still has it. */
	if (strcmp(info->driver_name, "net_bonding") == 0 && made_with(info, "mode", "3")) {
		FWI_LOG(tx, ERR,
			"port %u: net_bonding in broadcast mode frees packets that it refuses",
			port_id);
		return -ENOTSUP;
	}
	return 0;
}
