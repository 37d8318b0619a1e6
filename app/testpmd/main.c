/* SPDX-License-Identifier: BSD-3-Clause */
/* fwpdk-testpmd: inject packets through the Windows API into DPDK ports. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>

#include "app.h"
#include "commands.h"
#include "inject.h"

#define HANDLE_TIMEOUT_US 1000000u

static struct app app;
static volatile sig_atomic_t interrupted;

void
app_error(const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(stderr, "fwpdk-testpmd: %s\n", line);
}

static void
interrupt(int signal_number)
{
	RTE_SET_USED(signal_number);
	interrupted = 1;
}

/* Where in argv the application's own arguments begin: at "--", or at the end. */
static int
own_arguments(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0)
			return i;
	return argc;
}

/* Everything that can be refused before EAL starts. Returns 0, or -1 after a line on stderr. */
static int
arguments_read(int argc, char **argv)
{
	char *none[] = {argv[0], NULL};
	int first = own_arguments(argc, argv);
	char err[640];

	if (args_parse(first < argc ? argc - first : 1, first < argc ? argv + first : none,
		    &app.args, err, sizeof(err)) != 0) {
		app_error("%s", err);
		return -1;
	}
	if (app.args.help)
		return 0;
	if (app.args.replay_file != NULL &&
		capture_load(app.args.replay_file, &app.capture, err, sizeof(err)) != 0) {
		app_error("--replay-file: %s", err);
		return -1;
	}
	app.json_stdout = app.args.json != NULL && strcmp(app.args.json, "-") == 0;
	app.out = app.json_stdout ? stderr : stdout;
	if (app.args.json != NULL)
		app.json = app.json_stdout ? stdout : fopen(app.args.json, "w");
	if (app.args.json != NULL && app.json == NULL) {
		app_error("--json: %s: %s", app.args.json, strerror(errno));
		return -1;
	}
	return 0;
}

/* Everything up to a stack that is ready to forward. */
static int
setup(void)
{
	struct fwpdk_config config = {.size = sizeof(config)};
	int rc;

	if (app.args.injectors > 16)
		config.max_producers = app.args.injectors;
	rc = fwpdk_init(&config);
	if (rc != 0) {
		app_error("fwpdk_init: %s", strerror(-rc));
		return -1;
	}
	if (workers_plan(&app) != 0 || ports_open(&app) != 0 || ports_default_stack(&app) != 0 ||
		pollers_create(&app) != 0 || handles_create(&app) != 0 ||
		workers_assign(&app) != 0 || workers_launch(&app) != 0)
		return -1;
	ports_note(&app);
	for (unsigned i = 0; !app.json_stdout && i < app.nb_ports; i++)
		printf("Port %u: %s, mode %s, strategy %s\n", app.ports[i].id,
			app.ports[i].info.driver, app.ports[i].info.mode_name,
			app.ports[i].info.strategy_name);
	return 0;
}

/* Injecting comes to its end by itself. Returns true if it just has. */
static bool
run_ended(void)
{
	double duration = app.args.duration;

	if (!app_forwarding(&app))
		return false;
	if (!forward_done(&app) && (duration == 0 || (double)(rte_rdtsc() - app.start_tsc) <
							     duration * (double)rte_get_tsc_hz()))
		return false;
	forward_stop(&app);
	if (app.args.interactive)
		prompt_notice(&app, "forwarding has come to its end");
	return true;
}

static void
run(void)
{
	const uint64_t millisecond = rte_get_tsc_hz() / 1000;
	uint64_t next = 0;

	while (!interrupted) {
		uint64_t now = rte_rdtsc();

		workers_turn(&app);
		if (now < next)
			continue;
		next = now + millisecond;
		live_tick(&app, now);
		mirror_tick(&app);
		if (run_ended() && !app.args.interactive)
			break;
		if (app.args.interactive && !prompt_poll(&app))
			break;
	}
	if (app_forwarding(&app))
		forward_stop(&app);
}

/* Run the file's commands, then forward or prompt. */
static int
forward(void)
{
	char err[COMMAND_ERR_SIZE];
	int rc = 0;

	if (app.args.netlink != NULL &&
		mirror_open(&app, app.args.netlink, err, sizeof(err)) != 0) {
		app_error("--netlink: %s", err);
		rc = -1;
	}
	if (rc == 0 && app.args.cmdline_file != NULL)
		rc = commands_file(&app, app.args.cmdline_file);
	if (rc == 0)
		rc = pollers_start(&app);
	if (rc == 0 && app.args.interactive)
		rc = prompt_open(&app);
	else if (rc == 0 && !app_forwarding(&app))
		rc = forward_start(&app);
	if (rc == 0)
		run();
	else if (app_forwarding(&app))
		forward_stop(&app);
	prompt_close();
	return rc < 0 ? -1 : 0;
}

/*
 * Give everything back. What a device still holds comes back when its port stops or, with
 * some drivers, closes; only then is the last packet complete.
 */
static int
teardown(bool ran)
{
	int rc = 0;

	ports_note(&app);
	workers_join(&app);
	callouts_unload(&app);
	rc |= mirror_close(&app);
	pollers_stop(&app);
	handles_destroy(&app, 0);
	ports_stop(&app);
	rc |= ports_close(&app);
	if (handles_destroy(&app, HANDLE_TIMEOUT_US) != 0) {
		app_error("an injection handle is still in use");
		rc = -1;
	}
	if (ran)
		rc |= summary_print(&app);
	rc |= pollers_destroy(&app);
	for (unsigned i = 0; rc == 0 && i < app.nb_injectors; i++)
		rc = injector_destroy(app.injectors[i]);
	if (rc == 0 && fwpdk_fini() != 0) {
		app_error("the library found something left over");
		rc = -1;
	}
	return rc;
}

int
main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = interrupt};
	int rc;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (arguments_read(argc, argv) != 0)
		return EXIT_FAILURE;
	if (app.args.help) {
		fputs(args_usage, stdout);
		return EXIT_SUCCESS;
	}
	if (rte_eal_init(argc, argv) < 0) {
		app_error("EAL: %s", strerror(rte_errno));
		return EXIT_FAILURE;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN); /* net_virtio_user writes to a peer that may be gone */
	if (setup() != 0) {
		rte_eal_cleanup();
		return EXIT_FAILURE;
	}
	rc = forward();
	if (teardown(rc == 0) != 0 || app.failed)
		rc = -1;
	rte_eal_cleanup();
	capture_free(&app.capture);
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
