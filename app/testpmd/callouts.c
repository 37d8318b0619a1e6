/* SPDX-License-Identifier: BSD-3-Clause */
/* The callout driver of a forward mode: loaded, unloaded, shown. */
#include <inttypes.h>
#include <string.h>

#include "app.h"
#include "callouts/driver.h"
#include "commands.h"

static DRIVER_SETTINGS settings;
static bool loaded;

static const DRIVER *
driver_of(const struct app *app)
{
	switch (app->args.mode) {
	case FORWARD_CALLOUT:
		return &ReinjectDriver;
	case FORWARD_NAT:
		return &NatDriver;
	case FORWARD_INSPECT:
		return &InspectDriver;
	case FORWARD_DROP:
		return &DropDriver;
	case FORWARD_ECHO:
		return &EchoDriver;
	case FORWARD_LOOP:
		return &LoopDriver;
	default:
		return NULL;
	}
}

int
callouts_load(const struct app *app)
{
	const DRIVER *driver = driver_of(app);
	NTSTATUS status;

	if (driver == NULL || loaded)
		return 0;
	settings.atInbound = (app->args.layers & LAYERS_IN) != 0;
	settings.atForward = (app->args.layers & LAYERS_FORWARD) != 0;
	settings.holdMilliseconds = app->args.hold_ms;
	status = driver->load(&settings);
	if (!NT_SUCCESS(status)) {
		app_error("callouts: status 0x%08x", (unsigned)status);
		return -1;
	}
	loaded = true;
	return 0;
}

void
callouts_unload(const struct app *app)
{
	if (loaded)
		driver_of(app)->unload();
	loaded = false;
}

const char *
callouts_counter(const struct app *app, unsigned n, uint64_t *value)
{
	const DRIVER *driver = driver_of(app);

	if (driver == NULL || driver->counters[n].name == NULL)
		return NULL;
	*value = (uint64_t)driver->counters[n].value;
	return driver->counters[n].name;
}

int
callouts_nat(const struct fwpdk_addr *inside, uint8_t len, const struct fwpdk_addr *outside)
{
	NAT_RULE *rule = inside->family == AF_INET ? &settings.nat4 : &settings.nat6;

	if (inside->family != outside->family)
		return -1;
	memset(rule, 0, sizeof(*rule));
	rule->given = TRUE;
	rule->insideLength = len;
	memcpy(rule->inside, inside->bytes, sizeof(rule->inside));
	memcpy(rule->outside, outside->bytes, sizeof(rule->outside));
	return 0;
}

static int
run_load(struct app *app, int argc, char **argv, char *err)
{
	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	if (driver_of(app) == NULL)
		return command_fail(err, "callouts load: this forward mode has none");
	if (loaded)
		return command_fail(err, "callouts load: they are");
	return callouts_load(app) == 0 ? 0 : command_fail(err, "callouts load: failed");
}

static int
run_unload(struct app *app, int argc, char **argv, char *err)
{
	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	if (!loaded)
		return command_fail(err, "callouts unload: none are loaded");
	callouts_unload(app);
	return 0;
}

static int
run_show(struct app *app, int argc, char **argv, char *err)
{
	const char *name;
	uint64_t value;

	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	if (driver_of(app) == NULL)
		return command_fail(err, "show callouts: this forward mode has none");
	for (unsigned i = 0; (name = callouts_counter(app, i, &value)) != NULL; i++)
		fprintf(app->out, "  %-20s %16" PRIu64 "\n", name, value);
	return 0;
}

const struct command commands_callouts[] = {
	{"callouts load", "", "register the forward mode's callouts", run_load},
	{"callouts unload", "", "unregister them; packets go on without", run_unload},
	{"show callouts", "", "what they have counted", run_show},
	{NULL, NULL, NULL, NULL},
};
