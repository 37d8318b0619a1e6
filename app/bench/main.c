/* SPDX-License-Identifier: BSD-3-Clause */
/* fwpdk-bench: what an injection costs, beside what DPDK costs without the library. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "peers.h"
#include "session.h"

static struct session session;

int
bench_error(const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(stderr, "fwpdk-bench: %s\n", line);
	return -1;
}

/*
 * Where in argv the program's own arguments begin: at "--", or at the end. Without EAL
 * arguments, --help and --list need no "--".
 */
static int
own_arguments(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0)
			return i;
	if (argc == 2 && (strcmp(argv[1], "--list") == 0 || strcmp(argv[1], "--help") == 0 ||
				 strcmp(argv[1], "-h") == 0))
		return 0;
	return argc;
}

static int
arguments_read(int argc, char **argv)
{
	char *none[] = {argv[0], NULL};
	int first = own_arguments(argc, argv);
	char err[256];

	command_note(argc, argv, session.command, sizeof(session.command));
	if (args_parse(first < argc ? argc - first : 1, first < argc ? argv + first : none,
		    &session.env.args, err, sizeof(err)) != 0)
		return bench_error("%s", err);
	return 0;
}

/* The file is opened before anything is measured: a wrong name costs no time. */
static int
json_open(FILE **file)
{
	const char *name = session.env.args.json;

	*file = NULL;
	if (name == NULL)
		return 0;
	*file = strcmp(name, "-") == 0 ? stdout : fopen(name, "w");
	return *file != NULL ? 0 : bench_error("--json: %s: %s", name, strerror(errno));
}

static int
results_write(FILE *json)
{
	int rc = 0;

	if (json != stdout)
		text_write(&session, stdout);
	if (json != NULL)
		rc |= json_write(&session, json);
	if (json != NULL && json != stdout && fclose(json) != 0)
		rc = bench_error("--json: %s", strerror(errno));
	if (session.env.args.report != NULL)
		rc |= report_write(&session);
	return rc;
}

static int
bench(FILE *json)
{
	int rc = session_plan(&session);

	if (rc == 0)
		rc = env_open(&session.env);
	if (rc == 0) {
		machine_read(&session.machine, &session.env);
		rc = session_run(&session);
	}
	/* After a failure NBLs may be in flight: leave all as it is. */
	if (rc == 0)
		rc = env_close(&session.env);
	if (rc == 0)
		rc = results_write(json);
	perf_close();
	return rc;
}

int
main(int argc, char **argv)
{
	FILE *json;
	int rc;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (arguments_read(argc, argv) != 0)
		return EXIT_FAILURE;
	if (session.env.args.help) {
		fputs(args_usage, stdout);
		return EXIT_SUCCESS;
	}
	if (session.env.args.list) {
		text_list(stdout);
		return EXIT_SUCCESS;
	}
	if (json_open(&json) != 0)
		return EXIT_FAILURE;
	if (peers_fork(&session.env.args) != 0)
		return EXIT_FAILURE;
	atexit(peers_end);
	if (rte_eal_init(argc, argv) < 0) {
		bench_error("EAL: %s", rte_strerror(rte_errno));
		return EXIT_FAILURE;
	}
	rc = bench(json);
	if (rc != 0)
		exit(EXIT_FAILURE);
	session_free(&session);
	rte_eal_cleanup();
	return EXIT_SUCCESS;
}
