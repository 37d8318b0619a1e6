/* SPDX-License-Identifier: BSD-3-Clause */
/* A C++ client: every native header and every WDK-named one, and a call of each kind. */
#include <cstdio>

#include <rte_eal.h>

#include <fwpdk/fwpdk.h>
#include <fwpdk/handle.h>
#include <fwpdk/init.h>
#include <fwpdk/memory.h>
#include <fwpdk/poller.h>
#include <fwpdk/pool.h>
#include <fwpdk/port.h>
#include <fwpdk/stack.h>
#include <fwpdk/stats.h>
#include <fwpdk/fault.h>

#include "wdk_all.h" /* written by check_install.sh: what is installed */

static int completions;

static VOID NTAPI completed(VOID *, NET_BUFFER_LIST *, BOOLEAN)
{
	completions++;
}

int main(int argc, char **argv)
{
	FWPS_INJECT_COMPLETE fn = completed;
	HANDLE handle = NULL;

	if (rte_eal_init(argc, argv) < 0 || fwpdk_init(NULL) != 0)
		return 1;
	if (FwpsInjectionHandleCreate(AF_INET6, FWPS_INJECTION_TYPE_NETWORK, &handle) != STATUS_SUCCESS)
		return 2;
	if (FwpsInjectNetworkSendAsync(handle, NULL, 0, UNSPECIFIED_COMPARTMENT_ID, NULL, fn, NULL) !=
		STATUS_FWP_NULL_POINTER)
		return 3;
	if (FwpsInjectionHandleDestroy(handle) != STATUS_SUCCESS || completions != 0)
		return 4;
	std::printf("fwpdk %s from C++\n", fwpdk_version());
	return fwpdk_fini() == 0 && rte_eal_cleanup() == 0 ? 0 : 5;
}
