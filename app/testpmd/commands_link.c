/* SPDX-License-Identifier: BSD-3-Clause */
/* Command for the link of a port. */
#include "app.h"
#include "commands.h"
#include "options.h"

int
run_port_link(struct app *app, int argc, char **argv, char *err)
{
	char cause[128];
	uint64_t id;
	uint8_t on;
	int rc;

	if (argc != 2)
		return command_fail(err, "port link: give N on|off");
	if (number_parse(argv[0], 0, UINT16_MAX, &id, cause, sizeof(cause)) != 0)
		return command_fail(err, "port link: %s", cause);
	if (on_off_arg("port link", argv[1], false, &on, err) != 0)
		return -1;
	rc = fwpdk_port_follow_link((uint16_t)id, on);
	if (rc == 1)
		fprintf(app->out, "  looked at once: the driver tells of no changes\n");
	return command_answer(rc < 0 ? rc : 0, "port link", err);
}
