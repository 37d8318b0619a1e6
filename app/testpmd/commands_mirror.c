/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands for the mirror of Linux's tables. */
#include <inttypes.h>
#include <string.h>

#include "app.h"
#include "commands.h"

static int
run_netlink_open(struct app *app, int argc, char **argv, char *err)
{
	char cause[COMMAND_ERR_SIZE - 32];

	if (argc != 1)
		return command_fail(err, "netlink open: give IF:PORT[:TABLE][,...]");
	if (mirror_open(app, argv[0], cause, sizeof(cause)) != 0)
		return command_fail(err, "netlink open: %s", cause);
	return 0;
}

static int
run_netlink_close(struct app *app, int argc, char **argv, char *err)
{
	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	if (app->mirror == NULL)
		return command_fail(err, "netlink close: there is no mirror");
	return mirror_close(app) == 0 ? 0 : command_fail(err, "netlink close: failed");
}

static int
run_netlink_resync(struct app *app, int argc, char **argv, char *err)
{
	int rc;

	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	if (app->mirror == NULL)
		return command_fail(err, "netlink resync: there is no mirror");
	rc = fwpdk_netlink_resync(app->mirror);
	return rc == 0 ? 0 : command_fail(err, "netlink resync: %s", strerror(-rc));
}

static int
run_show_netlink(struct app *app, int argc, char **argv, char *err)
{
	struct fwpdk_netlink_stats s = {.size = sizeof(s)};

	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	if (app->mirror == NULL)
		return command_fail(err, "show fwpdk netlink: there is no mirror");
	fwpdk_netlink_stats(app->mirror, &s);
	fprintf(app->out,
		"  interfaces %" PRIu64 ", addresses %" PRIu64 ", neighbours %" PRIu64
		", nexthop objects %" PRIu64 "\n"
		"  routes %" PRIu64 ", prefixes %" PRIu64 ", installed %" PRIu64 ", rules %" PRIu64
		"\n"
		"  messages %" PRIu64 ", batches %" PRIu64 ", changes %" PRIu64
		", overruns %" PRIu64 ", resyncs %" PRIu64 "\n"
		"  gave way %" PRIu64 ", unsupported %" PRIu64 ", failed %" PRIu64 "\n",
		s.interfaces, s.addresses, s.neighbours, s.nexthops, s.routes, s.prefixes,
		s.installed, s.rules, s.messages, s.batches, s.changes, s.overruns, s.resyncs,
		s.gave_way, s.unsupported, s.failed);
	return 0;
}

const struct command commands_mirror[] = {
	{"netlink open", "IF:PORT[:TABLE][,...]", "mirror kernel interfaces, routes, neighbours",
		run_netlink_open},
	{"netlink close", "", "give the mirrored ones back", run_netlink_close},
	{"netlink resync", "", "compare everything with the kernel", run_netlink_resync},
	{"show fwpdk netlink", "", "what is mirrored, and what happened", run_show_netlink},
	{NULL, NULL, NULL, NULL},
};
