/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that start, stop, show and set. */
#include <inttypes.h>
#include <string.h>

#include <rte_ethdev.h>

#include "app.h"
#include "commands.h"
#include "inject.h"
#include "options.h"

static int
run_start(struct app *app, int argc, char **argv, char *err)
{
	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	if (app_forwarding(app))
		return command_fail(err, "start: forwarding already");
	return forward_start(app) == 0 ? 0 : command_fail(err, "start: failed");
}

static int
run_stop(struct app *app, int argc, char **argv, char *err)
{
	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	if (!app_forwarding(app))
		return command_fail(err, "stop: not forwarding");
	forward_stop(app);
	return 0;
}

static int
run_quit(struct app *app, int argc, char **argv, char *err)
{
	RTE_SET_USED(app);
	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	RTE_SET_USED(err);
	return COMMAND_QUIT;
}

static int
run_help(struct app *app, int argc, char **argv, char *err)
{
	const struct command *command;

	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	RTE_SET_USED(err);
	for (unsigned i = 0; (command = command_next(i)) != NULL; i++)
		fprintf(app->out, "  %s %s\n      %s\n", command->words, command->usage,
			command->help);
	return 0;
}

static int
run_set_burst(struct app *app, int argc, char **argv, char *err)
{
	char cause[128];
	uint64_t burst;

	if (argc != 1)
		return command_fail(err, "set burst: give one number");
	if (number_parse(argv[0], 1, BURST_MAX, &burst, cause, sizeof(cause)) != 0)
		return command_fail(err, "set burst: %s", cause);
	app->args.burst = (unsigned)burst;
	for (unsigned i = 0; i < app->nb_injectors; i++)
		injector_set_burst(app->injectors[i], app->args.burst);
	return 0;
}

static int
run_set_txpkts(struct app *app, int argc, char **argv, char *err)
{
	char cause[128];

	if (argc != 1)
		return command_fail(err, "set txpkts: give LEN[,LEN...]");
	if (app_forwarding(app))
		return command_fail(err, "set txpkts: stop forwarding first");
	if (txpkts_parse(argv[0], &app->args.txpkts, cause, sizeof(cause)) != 0)
		return command_fail(err, "set txpkts: %s", cause);
	return 0;
}

static int
run_set_requests(struct app *app, int argc, char **argv, char *err)
{
	struct requests r = {0};
	char cause[128];
	uint64_t mss = 0;

	if (app_forwarding(app))
		return command_fail(err, "set requests: stop forwarding first");
	if (argc == 1 && strcmp(argv[0], "checksums") == 0) {
		r.sums = true;
	} else if (argc == 2 && strcmp(argv[0], "segments") == 0) {
		if (number_parse(argv[1], 64, UINT16_MAX, &mss, cause, sizeof(cause)) != 0)
			return command_fail(err, "set requests: %s", cause);
		r.sums = true;
		r.mss = (uint32_t)mss;
	} else if (argc != 1 || strcmp(argv[0], "off") != 0) {
		return command_fail(err, "set requests: give off, checksums or segments BYTES");
	}
	app->args.requests = r;
	return 0;
}

static void
show(struct app *app, const char *name, uint64_t value)
{
	fprintf(app->out, "  %-20s %16" PRIu64 "\n", name, value);
}

static int
run_show_stats(struct app *app, int argc, char **argv, char *err)
{
	struct fwpdk_stats stats = {.size = sizeof(stats)};
	struct fwpdk_latency latency = {.size = sizeof(latency)};

	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	if (fwpdk_stats(&stats) != 0 || fwpdk_latency(&latency) != 0)
		return command_fail(err, "show fwpdk stats: none");
	show(app, "injected", stats.injected);
	show(app, "completed", stats.completed);
	for (unsigned i = 0; i < FWPDK_STATUS_SLOTS; i++)
		if (stats.by_status[i].count != 0)
			fprintf(app->out, "    0x%08" PRIx32 "         %16" PRIu64 "\n",
				stats.by_status[i].status, stats.by_status[i].count);
	show(app, "failed", stats.failed);
	show(app, "refused", stats.refused);
	for (unsigned i = 0; i < FWPDK_STATUS_SLOTS; i++)
		if (stats.refused_by_status[i].count != 0)
			fprintf(app->out, "    0x%08" PRIx32 "         %16" PRIu64 "\n",
				stats.refused_by_status[i].status,
				stats.refused_by_status[i].count);
	show(app, "in flight", stats.in_flight);
	show(app, "packets", stats.packets);
	show(app, "bytes", stats.bytes);
	show(app, "header mbufs", stats.header_mbufs);
	show(app, "checksums", stats.checksums);
	show(app, "segments", stats.segments);
	show(app, "fragments", stats.fragments);
	show(app, "VLAN frames", stats.tagged);
	show(app, "linearised", stats.linearised);
	show(app, "copied, memory", stats.copied_memory);
	show(app, "copied, mode", stats.copied);
	fprintf(app->out, "  latency in us        p50 %.1f  p99 %.1f  p99.9 %.1f  max %.1f\n",
		latency.p50_us, latency.p99_us, latency.p999_us, latency.max_us);
	return 0;
}

static int
run_show_port(struct app *app, int argc, char **argv, char *err)
{
	static const char *const states[] = {"stopped", "started", "stopping"};
	struct fwpdk_port_info info = {.size = sizeof(info)};
	struct fwpdk_port_stats stats = {.size = sizeof(stats)};
	char cause[128];
	uint64_t id;

	if (argc != 1)
		return command_fail(err, "show fwpdk port: give one port number");
	if (number_parse(argv[0], 0, UINT16_MAX, &id, cause, sizeof(cause)) != 0)
		return command_fail(err, "show fwpdk port: %s", cause);
	if (fwpdk_port_info((uint16_t)id, &info) != 0 ||
		fwpdk_port_stats((uint16_t)id, &stats) != 0)
		return command_fail(err, "show fwpdk port: no port %s", argv[0]);
	fprintf(app->out, "Port %s: %s, driver %s, %s\n", argv[0], info.name, info.driver,
		states[info.state]);
	fprintf(app->out, "  mode %s, strategy %s, idle bound ", info.mode_name,
		info.strategy_name);
	if (info.idle_bound_us < 0)
		fprintf(app->out, "none\n");
	else
		fprintf(app->out, "%" PRId32 " us\n", info.idle_bound_us);
	fprintf(app->out, "  completion: %s\n", info.completion);
	fprintf(app->out, "  queues %u, descriptors %u, MTU %u, %s%s\n", info.nb_queues,
		info.nb_desc, info.mtu, info.multi_seg ? "chains as they are" : "one segment",
		info.cpu_copy ? ", read by the CPU" : "");
	show(app, "packets", stats.packets);
	show(app, "bytes", stats.bytes);
	show(app, "bursts", stats.bursts);
	show(app, "partial bursts", stats.partial_bursts);
	show(app, "staged", stats.staged);
	show(app, "in driver", stats.in_driver);
	show(app, "expired", stats.expired);
	return 0;
}

static int
run_show_port_stats(struct app *app, int argc, char **argv, char *err)
{
	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	RTE_SET_USED(err);
	for (unsigned i = 0; i < app->nb_ports; i++) {
		struct rte_eth_stats stats;

		if (rte_eth_stats_get(app->ports[i].id, &stats) != 0)
			continue;
		fprintf(app->out, "Port %u\n", app->ports[i].id);
		show(app, "TX-packets", stats.opackets);
		show(app, "TX-bytes", stats.obytes);
		show(app, "TX-errors", stats.oerrors);
		show(app, "RX-packets", stats.ipackets);
		show(app, "RX-bytes", stats.ibytes);
		show(app, "RX-missed", stats.imissed);
		show(app, "RX-errors", stats.ierrors);
	}
	return 0;
}

static int
run_clear_port_stats(struct app *app, int argc, char **argv, char *err)
{
	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	for (unsigned i = 0; i < app->nb_ports; i++) {
		int rc = rte_eth_stats_reset(app->ports[i].id);

		if (rc != 0)
			return command_fail(err, "clear port stats: port %u: %s", app->ports[i].id,
				strerror(-rc));
	}
	return 0;
}

static int
run_clear_stats(struct app *app, int argc, char **argv, char *err)
{
	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	if (fwpdk_stats_reset() != 0)
		return command_fail(err, "clear fwpdk stats: failed");
	forward_clear(app);
	return 0;
}

const struct command commands_run[] = {
	{"start", "", "begin forwarding", run_start},
	{"stop", "", "stop forwarding, wait for what is in flight", run_stop},
	{"show port stats all", "", "counters of the drivers", run_show_port_stats},
	{"show fwpdk stats", "", "counters of the library", run_show_stats},
	{"show fwpdk port", "N", "how a port works and what completion means there", run_show_port},
	{"port link", "N on|off", "follow the link of a port: while it is down, say so at once",
		run_port_link},
	{"show fwpdk pending", "[N]", "what is in flight, the N oldest by name", run_show_pending},
	{"show fwpdk input", "", "what became of received packets", run_show_input},
	{"show fwpdk resolve", "", "who is asked for a MAC, and what came of it", run_show_resolve},
	{"show fwpdk events", "[N]", "what was recorded, the latest N", run_show_events},
	{"clear port stats all", "", "driver counters to zero", run_clear_port_stats},
	{"clear fwpdk stats", "", "library counters to zero, those of input not", run_clear_stats},
	{"set burst", "N", "packets injected per round", run_set_burst},
	{"set txpkts", "LEN[,LEN...]", "segment lengths from the IP header on", run_set_txpkts},
	{"set requests", "off|checksums|segments BYTES",
		"what txonly and replay leave to the stack: checksums; cutting what has more "
		"payload",
		run_set_requests},
	{"set fwpdk events", "on [N]|off", "record events, N per poller", run_set_events},
	{"help", "", "this list", run_help},
	{"quit", "", "stop and leave", run_quit},
	{NULL, NULL, NULL, NULL},
};
