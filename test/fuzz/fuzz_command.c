/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of any bytes as commands of fwpdk-testpmd, on a running application with two
 * net_null ports. Each line is carried out, or refused with one line of text; what was
 * injected on the way is completed, and now and then all is taken down.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_eal.h>

#include "testpmd/app.h"
#include "testpmd/commands.h"
#include "testpmd/inject.h"
#include "check.h"

#define LIFE	  64u /* inputs between set-ups */
#define TURNS	  4u  /* rounds of work after a line */
#define ALL_TURNS 64u /* of one input: it may have hundreds of lines */

static struct app app;
static FILE *sink;

/* main.c elsewhere */
void
app_error(const char *fmt, ...)
{
	(void)fmt;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char args[] = "fuzz_command\0--no-huge\0-m\0"
			     "256\0--no-pci\0--no-telemetry\0--no-shconf\0-l\0"
			     "0\0"
			     "--iova-mode=va\0--log-level=*:critical\0";
	char *eal[24], *a;
	int n = 0;

	(void)argc;
	(void)argv;
	for (a = args; *a != '\0'; a += strlen(a) + 1)
		eal[n++] = a;
	CHECK(rte_eal_init(n, eal) >= 0);
	sink = fopen("/dev/null", "w");
	CHECK(sink != NULL);
	return 0;
}

static void
up(void)
{
	static char *argv[] = {"fuzz_command", "--forward-mode=txonly", NULL};
	struct fwpdk_config config = {
		.size = sizeof(config), .nbl_count = 4095, .nb_count = 4095, .mdl_count = 4095};
	char err[256];

	CHECK(rte_eal_hotplug_add("vdev", "net_null0", "") == 0 &&
		rte_eal_hotplug_add("vdev", "net_null1", "") == 0);
	memset(&app, 0, sizeof(app));
	CHECK(args_parse(2, argv, &app.args, err, sizeof(err)) == 0);
	app.out = sink;
	CHECK(fwpdk_init(&config) == 0);
	CHECK(workers_plan(&app) == 0 && ports_open(&app) == 0 && ports_default_stack(&app) == 0 &&
		pollers_create(&app) == 0 && handles_create(&app) == 0 &&
		workers_assign(&app) == 0 && workers_launch(&app) == 0 && pollers_start(&app) == 0);
	ports_note(&app);
}

/* What ends well whatever the commands were. */
static void
down(void)
{
	unsigned i;

	workers_join(&app);
	pollers_stop(&app);
	ports_stop(&app);
	CHECK(ports_close(&app) == 0);
	CHECK(handles_destroy(&app, 1000000) == 0);
	CHECK(pollers_destroy(&app) == 0);
	for (i = 0; i < app.nb_injectors; i++)
		CHECK(injector_destroy(app.injectors[i]) == 0);
	CHECK(fwpdk_fini() == 0);
	CHECK(rte_eal_hotplug_remove("vdev", "net_null0") == 0 &&
		rte_eal_hotplug_remove("vdev", "net_null1") == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned life;
	struct fwpdk_stats s = {.size = sizeof(s)};
	char err[COMMAND_ERR_SIZE], *text = malloc(size + 1), *line, *rest = text;
	unsigned i, turns = 0;
	int rc = 0;

	if (life++ % LIFE == 0)
		up();
	memcpy(text, data, size);
	text[size] = '\0';
	while (rc != COMMAND_QUIT && (line = strsep(&rest, "\n")) != NULL) {
		memset(err, 0, sizeof(err));
		rc = command_execute(&app, line, err);
		CHECK(rc == 0 || rc == COMMAND_QUIT || (rc == -1 && err[0] != '\0'));
		CHECK(rc != -1 || memchr(err, '\0', sizeof(err)) != NULL);
		for (i = 0; app_forwarding(&app) && i < TURNS && turns < ALL_TURNS; i++, turns++)
			workers_turn(&app);
	}
	if (app_forwarding(&app))
		forward_stop(&app);
	CHECK(fwpdk_stats(&s) == 0 && s.in_flight == 0 && s.injected == s.completed);
	free(text);
	if (life % LIFE == 0)
		down();
	return 0;
}
