/* SPDX-License-Identifier: BSD-3-Clause */
/* The results for programs. */
#include <math.h>

#include <jansson.h>

#include <rte_cycles.h>

#include "cases.h"
#include "session.h"

/* A value to two digits behind the point; null where there is none. */
static json_t *
number(double value, bool there)
{
	return there ? json_real(round(value * 100) / 100) : json_null();
}

/* Times may be far below a microsecond. */
static json_t *
time_us(double value)
{
	return json_real(round(value * 10000) / 10000);
}

static json_t *
machine_json(const struct machine *m)
{
	json_t *lcores = json_array();

	for (unsigned i = 0; i < m->nb_lcores; i++)
		json_array_append_new(
			lcores, json_pack("{s:i, s:i, s:s}", "lcore", (int)m->lcores[i].lcore,
					"cpu", m->lcores[i].cpu, "role", m->lcores[i].role));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:o}", "cpu", m->cpu, "dpdk", m->dpdk,
		"compiler", m->compiler, "instruction_set", m->instruction_set, "hugepages",
		m->hugepages, "counters", m->counters ? "perf" : "tsc", "tsc_hz",
		(json_int_t)rte_get_tsc_hz(), "lcores", lcores);
}

static void
idle_json(const struct result *r, json_t *o)
{
	json_t *p50 = json_object(), *by_nbls = json_array();

	for (unsigned i = 0; i < nb_idle_counts; i++) {
		char key[16];

		snprintf(key, sizeof(key), "%u", idle_counts[i]);
		json_object_set_new(p50, key, time_us(r->median.by_count[i]));
		json_array_append_new(
			by_nbls, json_pack("{s:i, s:o, s:o, s:o}", "n", (int)idle_counts[i],
					 "p50_us", time_us(r->median.by_count[i]), "p99_us",
					 time_us(r->median.by_count_p99[i]), "max_us",
					 time_us(r->median.by_count_max[i])));
	}
	json_object_set_new(o, "p50_us_by_nbls", p50);
	json_object_set_new(o, "by_nbls", by_nbls);
	json_object_set_new(o, "driver", json_string(r->target->info.driver));
	json_object_set_new(o, "mode", json_string(r->target->info.mode_name));
	json_object_set_new(o, "strategy", json_string(r->target->info.strategy_name));
	json_object_set_new(o, "idle_bound_us", json_integer(r->target->info.idle_bound_us));
	json_object_set_new(o, "completion", json_string(r->target->info.completion));
}

static json_t *
times_json(const struct result *r)
{
	json_t *o = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "name", r->c->name, "port",
		r->port, "p50_us", time_us(r->median.p50), "p99_us", time_us(r->median.p99),
		"p999_us", time_us(r->median.p999), "max_us", time_us(r->median.max),
		"spread_percent", number(r->spread, true));

	if (r->c->run == idle_run)
		idle_json(r, o);
	return o;
}

static json_t *
cycles_json(const struct result *r, const struct machine *m)
{
	bool wall = (r->c->flags & CASE_CROSS) != 0;

	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "name", r->c->name, "port", r->port,
		"cycles", number(r->median.cycles, true), "instructions",
		number(r->median.instructions, m->counters && !wall), "mpps",
		number(r->median.mpps, true), "spread_percent", number(r->spread, true),
		"ratio_to_raw", number(r->ratio_to_raw, r->ratio_to_raw > 0));
}

static json_t *
session_json(const struct session *session)
{
	const struct args *args = &session->env.args;
	json_t *cases = json_array(), *left_out = json_array();

	for (unsigned i = 0; i < session->n; i++) {
		const struct result *r = &session->results[i];

		if (r->left_out[0] != '\0')
			json_array_append_new(
				left_out, json_pack("{s:s, s:s, s:s}", "name", r->c->name, "port",
						  r->port, "reason", r->left_out));
		else
			json_array_append_new(cases, (r->c->flags & CASE_TIME) != 0
							     ? times_json(r)
							     : cycles_json(r, &session->machine));
	}
	return json_pack("{s:o, s:s, s:i, s:I, s:b, s:I, s:o, s:o}", "machine",
		machine_json(&session->machine), "command", session->command, "repetitions",
		(int)args->repetitions, "packets", (json_int_t)args->packets, "verify",
		(int)args->verify, "verified_packets", (json_int_t)session->verified, "cases",
		cases, "left_out", left_out);
}

int
json_write(const struct session *session, FILE *file)
{
	json_t *root = session_json(session);
	int rc = root != NULL ? json_dumpf(root, file, JSON_INDENT(2) | JSON_REAL_PRECISION(12))
			      : -1;

	if (fputc('\n', file) == EOF || fflush(file) != 0)
		rc = -1;
	json_decref(root);
	return rc == 0 ? 0 : bench_error("cannot write JSON");
}
