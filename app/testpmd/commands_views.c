/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands for those who look for what hangs. */
#include <inttypes.h>

#include "app.h"
#include "commands.h"
#include "options.h"

#define OLDEST_DEFAULT 10
#define OLDEST_MAX     1000

struct pending_view {
	FILE *out;
	uint64_t left; /* lines still to be printed */
	uint64_t places[FWPDK_PLACES], total;
};

static int
pending_count(const struct fwpdk_pending *p, void *arg)
{
	struct pending_view *view = arg;

	view->total++;
	view->places[p->place]++;
	if (view->left == 0)
		return 0;
	if (view->total == 1)
		fprintf(view->out, "  %-18s %-14s %12s %-8s %5s %5s %s\n", "NBL", "handle",
			"age us", "place", "port", "queue", "poller");
	view->left--;
	fprintf(view->out, "  %-18p %-14p %12" PRIu64 " %-8s %5" PRId32 " %5" PRId32 " %s\n",
		p->nbl, p->handle, p->age_us, fwpdk_place_name(p->place), p->port_id, p->queue_id,
		p->poller);
	return 0;
}

int
run_show_input(struct app *app, int argc, char **argv, char *err)
{
	struct fwpdk_input_stats stats;
	const char *key, *name;
	uint64_t value;

	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	if (!forward_mode_receives(app->args.mode))
		return command_fail(err, "show fwpdk input: this forward mode receives nothing");
	receive_stats(app, &stats);
	for (unsigned i = 0; (name = receive_counter(&stats, i, &key, &value)) != NULL; i++)
		fprintf(app->out, "  %-20s %16" PRIu64 "\n", name, value);
	return 0;
}

int
run_show_pending(struct app *app, int argc, char **argv, char *err)
{
	struct pending_view view = {.out = app->out, .left = OLDEST_DEFAULT};
	char cause[128];

	if (argc > 1)
		return command_fail(err, "show fwpdk pending: one number at most");
	if (argc == 1 &&
		number_parse(argv[0], 0, OLDEST_MAX, &view.left, cause, sizeof(cause)) != 0)
		return command_fail(err, "show fwpdk pending: %s", cause);
	if (fwpdk_pending_walk(pending_count, &view) != 0)
		return command_fail(err, "show fwpdk pending: failed");
	fprintf(app->out, "  %" PRIu64 " in flight", view.total);
	for (unsigned i = 0; i < FWPDK_PLACES; i++)
		if (view.places[i] != 0)
			fprintf(app->out, ", %" PRIu64 " %s", view.places[i],
				fwpdk_place_name((enum fwpdk_place)i));
	fprintf(app->out, "\n");
	return 0;
}
