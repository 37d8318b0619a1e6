/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands for those who look for what hangs. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>

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
	if (!forward_mode_receives(app->args.mode) && !app->args.resolve)
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

int
run_set_events(struct app *app, int argc, char **argv, char *err)
{
	bool on = argc > 0 && strcmp(argv[0], "on") == 0;
	uint64_t n = FWPDK_EVENTS_DEFAULT;
	char cause[128];
	int rc;

	RTE_SET_USED(app);
	if ((!on && (argc != 1 || strcmp(argv[0], "off") != 0)) || argc > 2)
		return command_fail(err, "set fwpdk events: on, on N or off");
	if (argc == 2 && number_parse(argv[1], FWPDK_EVENTS_MIN, FWPDK_EVENTS_MAX, &n, cause,
				 sizeof(cause)) != 0)
		return command_fail(err, "set fwpdk events: %s", cause);
	if (!on) {
		fwpdk_events_stop(); /* it may be off */
		return 0;
	}
	rc = fwpdk_events_start((uint32_t)n);
	if (rc == -EINVAL)
		return command_fail(err, "set fwpdk events: %s is no power of two", argv[1]);
	return rc == 0 ? 0 : command_fail(err, "set fwpdk events: failed");
}

struct event_list {
	struct fwpdk_event *list;
	size_t n, room;
};

static int
event_note(const struct fwpdk_event *e, void *arg)
{
	struct event_list *all = arg;
	struct fwpdk_event *more;

	if (all->n == all->room) {
		all->room = all->room != 0 ? 2 * all->room : 1024;
		more = realloc(all->list, all->room * sizeof(*more));
		if (more == NULL)
			return -1;
		all->list = more;
	}
	all->list[all->n++] = *e;
	return 0;
}

static int
event_order(const void *a, const void *b)
{
	const struct fwpdk_event *x = a, *y = b;

	if (x->tsc != y->tsc)
		return x->tsc < y->tsc ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void
event_print(FILE *out, const struct fwpdk_event *e, uint64_t last)
{
	double us = (double)(int64_t)(e->tsc - last) * 1e6 / (double)rte_get_tsc_hz();

	fprintf(out, "  %-8s %12" PRIu64 " %14.1f %-18p %-8s", e->poller, e->number, us, e->nbl,
		fwpdk_event_name(e->kind));
	if (e->kind == FWPDK_EVENT_INJECT && e->producer >= 0)
		fprintf(out, " by thread %" PRId32, e->producer);
	else if (e->kind == FWPDK_EVENT_INJECT)
		fprintf(out, " by %s",
			e->producer == FWPDK_PRODUCER_OWNER ? "owner" : "another thread");
	else if (e->kind == FWPDK_EVENT_COMPLETE)
		fprintf(out, " 0x%08" PRIx32, (uint32_t)e->status);
	else
		fprintf(out, " port %" PRId32 " queue %" PRId32, e->port_id, e->queue_id);
	fprintf(out, "\n");
}

int
run_show_events(struct app *app, int argc, char **argv, char *err)
{
	struct event_list all = {0};
	uint64_t latest = OLDEST_DEFAULT, recording = fwpdk_events_recording();
	char cause[128];

	if (argc > 1)
		return command_fail(err, "show fwpdk events: one number at most");
	if (argc == 1 && number_parse(argv[0], 0, OLDEST_MAX, &latest, cause, sizeof(cause)) != 0)
		return command_fail(err, "show fwpdk events: %s", cause);
	if (fwpdk_events_walk(event_note, &all) != 0) {
		free(all.list);
		return command_fail(err, "show fwpdk events: failed");
	}
	if (all.n != 0)
		qsort(all.list, all.n, sizeof(all.list[0]), event_order);
	latest = RTE_MIN(latest, all.n);
	if (latest != 0)
		fprintf(app->out, "  %-8s %12s %14s %-18s %s\n", "poller", "number", "us", "NBL",
			"event");
	for (size_t i = all.n - latest; i < all.n; i++)
		event_print(app->out, &all.list[i], all.list[all.n - 1].tsc);
	fprintf(app->out, "  %zu events, recording is ", all.n);
	if (recording != 0)
		fprintf(app->out, "on, %" PRIu64 " per poller\n", recording);
	else
		fprintf(app->out, "off\n");
	free(all.list);
	return 0;
}
