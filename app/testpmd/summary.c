/* SPDX-License-Identifier: BSD-3-Clause */
/* What has happened, for people and as JSON. */
#include <inttypes.h>

#include <jansson.h>

#include "app.h"

struct summary {
	struct fwpdk_stats stats;
	struct fwpdk_latency latency;
	double seconds, mpps;
};

static json_t *
by_status_json(const struct fwpdk_stats *stats)
{
	json_t *by_status = json_object();

	for (unsigned i = 0; i < FWPDK_STATUS_SLOTS; i++) {
		char key[16];

		if (stats->by_status[i].count == 0)
			continue;
		snprintf(key, sizeof(key), "0x%08" PRIx32, stats->by_status[i].status);
		json_object_set_new(
			by_status, key, json_integer((json_int_t)stats->by_status[i].count));
	}
	return by_status;
}

static json_t *
ports_json(const struct app *app)
{
	json_t *ports = json_array();

	for (unsigned i = 0; i < app->nb_ports; i++) {
		const struct fwpdk_port_info *info = &app->ports[i].info;

		json_array_append_new(ports,
			json_pack("{s:i, s:s, s:s, s:s, s:i}", "port", (int)app->ports[i].id,
				"driver", info->driver, "mode", info->mode_name, "strategy",
				info->strategy_name, "idle_bound_us", (int)info->idle_bound_us));
	}
	return ports;
}

static json_t *
input_json(const struct app *app)
{
	json_t *input = json_object();
	const char *key;
	uint64_t value;

	for (unsigned i = 0; receive_counter(&app->input, i, &key, &value) != NULL; i++)
		json_object_set_new(input, key, json_integer((json_int_t)value));
	return input;
}

static json_t *
callouts_json(const struct app *app)
{
	json_t *callouts = json_object();
	const char *name;
	uint64_t value;

	for (unsigned i = 0; (name = callouts_counter(app, i, &value)) != NULL; i++)
		json_object_set_new(callouts, name, json_integer((json_int_t)value));
	return callouts;
}

/* Returns 0, -1 if the file could not be written. */
static int
summary_json(struct app *app, const struct summary *s)
{
	const struct fwpdk_stats *stats = &s->stats;
	json_t *root = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f,"
				 " s:{s:f, s:f, s:f}, s:o, s:o}",
		"injected", (json_int_t)stats->injected, "completed", (json_int_t)stats->completed,
		"failed", (json_int_t)stats->failed, "refused", (json_int_t)stats->refused,
		"in_flight", (json_int_t)stats->in_flight, "skipped_non_ip",
		(json_int_t)app->capture.skipped_non_ip, "skipped_malformed",
		(json_int_t)app->capture.skipped_malformed, "packets", (json_int_t)stats->packets,
		"bytes", (json_int_t)stats->bytes, "seconds", s->seconds, "mpps", s->mpps,
		"latency_us", "p50", s->latency.p50_us, "p99", s->latency.p99_us, "max",
		s->latency.max_us, "by_status", by_status_json(stats), "ports", ports_json(app));
	uint64_t none;
	int rc;

	if (forward_mode_receives(app->args.mode))
		json_object_set_new(root, "input", input_json(app));
	if (callouts_counter(app, 0, &none) != NULL)
		json_object_set_new(root, "callouts", callouts_json(app));
	rc = root != NULL ? json_dumpf(root, app->json, JSON_INDENT(2) | JSON_REAL_PRECISION(9))
			  : -1;

	if (fputc('\n', app->json) == EOF || fflush(app->json) != 0)
		rc = -1;
	json_decref(root);
	if (rc != 0)
		app_error("--json: cannot write %s", app->args.json);
	return rc;
}

static void
row(const char *name, uint64_t value)
{
	printf("  %-18s %16" PRIu64 "\n", name, value);
}

static void
summary_table(const struct app *app, const struct summary *s)
{
	const struct fwpdk_stats *stats = &s->stats;
	const char *name, *key;
	uint64_t value;

	printf("\nSummary\n");
	row("injected", stats->injected);
	row("completed", stats->completed);
	for (unsigned i = 0; i < FWPDK_STATUS_SLOTS; i++)
		if (stats->by_status[i].count != 0)
			printf("    0x%08" PRIx32 "       %16" PRIu64 "\n",
				stats->by_status[i].status, stats->by_status[i].count);
	row("failed", stats->failed);
	row("refused", stats->refused);
	for (unsigned i = 0; i < FWPDK_STATUS_SLOTS; i++)
		if (stats->refused_by_status[i].count != 0)
			printf("    0x%08" PRIx32 "       %16" PRIu64 "\n",
				stats->refused_by_status[i].status,
				stats->refused_by_status[i].count);
	row("in flight", stats->in_flight);
	if (app->args.mode == FORWARD_REPLAY) {
		row("skipped, not IP", app->capture.skipped_non_ip);
		row("skipped, malformed", app->capture.skipped_malformed);
	}
	row("packets", stats->packets);
	row("bytes", stats->bytes);
	for (unsigned i = 0; forward_mode_receives(app->args.mode) &&
			     (name = receive_counter(&app->input, i, &key, &value)) != NULL;
		i++)
		if (value != 0)
			printf("    input, %-10s %14" PRIu64 "\n", name, value);
	printf("  %-18s %16.3f\n  %-18s %16.3f\n", "seconds", s->seconds, "Mpps", s->mpps);
	printf("  latency in us      p50 %.1f  p99 %.1f  max %.1f\n", s->latency.p50_us,
		s->latency.p99_us, s->latency.max_us);
	for (unsigned i = 0; i < app->nb_ports; i++) {
		const struct fwpdk_port_info *info = &app->ports[i].info;

		printf("  port %u: %s, mode %s, strategy %s, idle bound ", app->ports[i].id,
			info->driver, info->mode_name, info->strategy_name);
		if (info->idle_bound_us < 0)
			printf("none\n");
		else
			printf("%" PRId32 " us\n", info->idle_bound_us);
	}
}

int
summary_print(struct app *app)
{
	struct summary s = {.stats.size = sizeof(s.stats), .latency.size = sizeof(s.latency)};
	bool complete;

	if (fwpdk_stats(&s.stats) != 0 || fwpdk_latency(&s.latency) != 0) {
		app_error("no statistics");
		return -1;
	}
	receive_stats(app, &app->input);
	s.seconds = forward_seconds(app);
	if (s.seconds > 0)
		s.mpps = (double)s.stats.completed / s.seconds / 1e6;
	if (!app->json_stdout)
		summary_table(app, &s);
	if (app->json != NULL && summary_json(app, &s) != 0)
		return -1;
	complete = s.stats.in_flight == 0 &&
		   (s.stats.injected == s.stats.completed || app->cleared);
	if (!complete)
		app_error("not everything accepted was completed: %" PRIu64 " of %" PRIu64,
			s.stats.completed, s.stats.injected);
	return complete ? 0 : -1;
}
