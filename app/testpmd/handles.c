/* SPDX-License-Identifier: BSD-3-Clause */
/* The injection handles, one per address family. */
#include <errno.h>

#include <fwpsk.h>

#include "app.h"

int
handles_create(struct app *app)
{
	static const ADDRESS_FAMILY family[2] = {AF_INET, AF_INET6};

	for (unsigned i = 0; i < 2; i++) {
		NTSTATUS status = FwpsInjectionHandleCreate0(
			family[i], FWPS_INJECTION_TYPE_NETWORK, &app->handle[i]);

		if (!NT_SUCCESS(status)) {
			app_error("FwpsInjectionHandleCreate0: status 0x%08x", (unsigned)status);
			return -1;
		}
	}
	return 0;
}

/*
 * FwpsInjectionHandleDestroy0() would wait as long as it takes; a program that has to
 * end uses the native call. Returns 0, -1 if a handle remains.
 */
int
handles_destroy(struct app *app, uint64_t timeout_us)
{
	int rc = 0;

	for (unsigned i = 0; i < 2; i++) {
		if (app->handle[i] == NULL)
			continue;
		if (fwpdk_handle_destroy(app->handle[i], timeout_us) == 0)
			app->handle[i] = NULL;
		else
			rc = -1;
	}
	return rc;
}
