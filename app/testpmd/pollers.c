/* SPDX-License-Identifier: BSD-3-Clause */
/* Pollers: each has one queue on every port and serves every compartment. */
#include <errno.h>
#include <string.h>

#include "app.h"
#include "inject.h"

static int
poller_create(struct app *app, unsigned i)
{
	struct fwpdk_poller_opts opts = {
		.size = sizeof(opts),
		.socket_id = SOCKET_ID_ANY,
		.ring_size = 2 * IN_FLIGHT_MAX, /* all that one injector can have in flight */
	};
	int rc = fwpdk_poller_create(&opts, &app->pollers[i]);

	for (unsigned p = 0; rc == 0 && p < app->nb_ports; p++)
		rc = fwpdk_poller_add_port(app->pollers[i], app->ports[p].id, (uint16_t)i);
	if (rc == 0 && forward_mode_receives(app->args.mode))
		rc = receive_open(app->pollers[i]);
	else if (rc == 0 && app->args.resolve)
		rc = fwpdk_input_open(app->pollers[i], NULL);
	if (rc == 0)
		rc = fwpdk_poller_add_compartment(app->pollers[i], FWPDK_DEFAULT_COMPARTMENT);
	return rc;
}

int
pollers_create(struct app *app)
{
	app->compartments[app->nb_compartments++] = FWPDK_DEFAULT_COMPARTMENT;
	for (unsigned i = 0; i < app->nb_pollers; i++) {
		int rc = poller_create(app, i);

		if (rc != 0) {
			app_error("cannot create poller %u: %s", i, strerror(-rc));
			return -1;
		}
	}
	return 0;
}

int
pollers_start(struct app *app)
{
	for (unsigned i = 0; !app->pollers_started && i < app->nb_pollers; i++) {
		int rc = fwpdk_poller_start(app->pollers[i]);

		if (rc != 0) {
			app_error("cannot start poller %u: %s", i, strerror(-rc));
			return -1;
		}
	}
	app->pollers_started = true;
	return 0;
}

void
pollers_stop(struct app *app)
{
	for (unsigned i = 0; app->pollers_started && i < app->nb_pollers; i++)
		fwpdk_poller_stop(app->pollers[i]);
	app->pollers_started = false;
}

bool
pollers_serve(const struct app *app, uint32_t compartment)
{
	for (unsigned i = 0; i < app->nb_compartments; i++)
		if (app->compartments[i] == compartment)
			return true;
	return false;
}

int
pollers_compartment(struct app *app, uint32_t compartment)
{
	bool started = app->pollers_started;
	int rc;

	if (app->nb_compartments == FWPDK_MAX_COMPARTMENTS)
		return -ENOSPC;
	rc = fwpdk_compartment_add(compartment);
	if (rc != 0)
		return rc;
	app->compartments[app->nb_compartments++] = compartment;

	pollers_stop(app);
	for (unsigned i = 0; rc == 0 && i < app->nb_pollers; i++)
		rc = fwpdk_poller_add_compartment(app->pollers[i], compartment);
	if (started && pollers_start(app) != 0)
		rc = -EIO;
	return rc;
}

int
pollers_destroy(struct app *app)
{
	int failed = 0;

	for (unsigned i = 0; i < app->nb_pollers; i++) {
		int rc = app->pollers[i] != NULL ? fwpdk_poller_destroy(app->pollers[i]) : 0;

		if (rc == 0) {
			app->pollers[i] = NULL;
			continue;
		}
		app_error("cannot destroy poller %u: %s", i, strerror(-rc));
		failed = -1;
	}
	return failed;
}
