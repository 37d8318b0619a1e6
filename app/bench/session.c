/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <rte_lcore.h>

#include "nicmodel.h"
#include "cases.h"
#include "peers.h"
#include "session.h"
#include "stats.h"

/* The ports of a case, by the name that results show. */
static const struct {
	const char *name;
	enum target_id plain, copy, ext;
} ports[] = {
	{"net_null0", TARGET_NULL, TARGET_NULL_COPY, TARGET_NULL_EXT},
	{"nicmodel", TARGET_NIC, TARGET_NIC_COPY, TARGET_NIC_EXT},
	{"net_ring0", TARGET_RING, TARGET_RING, TARGET_RING},
};

static bool
wanted(const struct args *args, const struct bench_case *c)
{
	if (args->cases == NULL && (c->flags & CASE_COPY_DEFAULT) != 0)
		return false;
	if (args->cases == NULL && (c->flags & CASE_SWEEP) != 0)
		return args->report != NULL;
	return args_list_has(args->cases, c->name);
}

/* The case on that port of the table. */
static bool
copy_default(const struct bench_case *c, unsigned p)
{
	return (c->flags & CASE_COPY_DEFAULT) != 0 && ports[p].plain == TARGET_NULL;
}

static int
names_check(const struct args *args)
{
	char word[64];

	for (unsigned n = 0; args_list_word(args->cases, n, word, sizeof(word)); n++) {
		unsigned i = 0;

		while (i < nb_bench_cases && strcmp(bench_cases[i].name, word) != 0)
			i++;
		if (i == nb_bench_cases)
			return bench_error("--cases: there is no case '%s'; see --list", word);
	}
	for (unsigned n = 0; args_list_word(args->ports, n, word, sizeof(word)); n++)
		if (strcmp(word, ports[0].name) != 0 && strcmp(word, ports[1].name) != 0)
			return bench_error("--ports: '%s' is none of net_null0 nicmodel", word);
	return 0;
}

/* What this machine lacks for the case on that port, or NULL. */
static const char *
obstacle(const struct bench_case *c, enum target_id target)
{
	if (target == TARGET_NIC && (c->flags & CASE_NO_NICMODEL) != 0)
		return "an idle queue of this model gives nothing back";
	if (target != TARGET_NULL_COPY_DEFAULT && (c->flags & CASE_COPY_DEFAULT) != 0)
		return "only on net_null0";
	if (rte_lcore_count() < 2 && ((c->flags & CASE_CROSS) != 0 || target == TARGET_RING))
		return "needs a second lcore (EAL option -l 0-1)";
	return NULL;
}

static void
plan_one(struct session *session, const struct bench_case *c, enum target_id id, const char *port)
{
	struct result *result = &session->results[session->n++];
	const char *why = obstacle(c, id);

	result->c = c;
	result->port = port;
	result->target = env_target(&session->env, id);
	if (why != NULL) {
		snprintf(result->left_out, sizeof(result->left_out), "%s", why);
		return;
	}
	result->target->used = true;
	session->env.need[c->table] = true;
}

int
session_plan(struct session *session)
{
	const struct args *args = &session->env.args;
	unsigned extras;

	if (names_check(args) != 0)
		return -1;
	extras = peers_targets(&session->env);
	session->results = calloc(
		nb_bench_cases * RTE_DIM(ports) + EXTRAS, sizeof(session->results[0]));
	if (session->results == NULL)
		return bench_error("no memory");
	for (unsigned i = 0; i < nb_bench_cases; i++) {
		const struct bench_case *c = &bench_cases[i];

		if (!wanted(args, c))
			continue;
		for (unsigned p = 0; p < RTE_DIM(ports); p++) {
			bool ring = ports[p].plain == TARGET_RING;

			if (ring ? (c->flags & CASE_RING) != 0 && args->ports == NULL
				 : args_list_has(args->ports, ports[p].name))
				plan_one(session, c,
					copy_default(c, p)	      ? TARGET_NULL_COPY_DEFAULT
					: (c->flags & CASE_COPY) != 0 ? ports[p].copy
					: (c->flags & CASE_EXT) != 0  ? ports[p].ext
								      : ports[p].plain,
					ports[p].name);
		}
		for (unsigned x = 0; c->run == idle_run && x < extras; x++)
			plan_one(session, c, TARGET_EXTRA + x,
				session->env.target[TARGET_EXTRA + x].name);
	}
	for (unsigned i = 0; i < session->n; i++)
		if (session->results[i].left_out[0] == '\0')
			return 0;
	for (unsigned i = 0; i < session->n; i++)
		bench_error("%s on %s: %s", session->results[i].c->name, session->results[i].port,
			session->results[i].left_out);
	return bench_error("there is no case to run");
}

const struct result *
session_find(const struct session *session, const char *name, const char *port)
{
	for (unsigned i = 0; i < session->n; i++) {
		const struct result *result = &session->results[i];

		if (result->left_out[0] == '\0' && strcmp(result->c->name, name) == 0 &&
			strcmp(result->port, port) == 0)
			return result;
	}
	return NULL;
}

static int
run_once(struct session *session, struct result *result, struct sample *sample)
{
	struct run run = {
		.env = &session->env,
		.target = result->target,
		.c = result->c,
		.handle = session->env.handle,
	};

	if (env_use(run.env, run.target) != 0)
		return -1;
	return run.c->run(&run, sample);
}

#define MEDIAN(field)                                                   \
	do {                                                            \
		for (unsigned i = 0; i < result->n; i++)                \
			values[i] = result->samples[i].field;           \
		result->median.field = stats_median(values, result->n); \
	} while (0)

static void
summarise(struct result *result, double *values)
{
	bool time = (result->c->flags & CASE_TIME) != 0;

	MEDIAN(cycles);
	MEDIAN(instructions);
	MEDIAN(mpps);
	MEDIAN(p50);
	MEDIAN(p99);
	MEDIAN(p999);
	for (unsigned k = 0; k < RTE_DIM(result->median.by_count); k++) {
		MEDIAN(by_count[k]);
		MEDIAN(by_count_p99[k]);
		for (unsigned i = 0; i < result->n; i++)
			result->median.by_count_max[k] = RTE_MAX(
				result->median.by_count_max[k], result->samples[i].by_count_max[k]);
	}
	for (unsigned i = 0; i < result->n; i++) {
		const struct sample *sample = &result->samples[i];

		values[i] = time ? sample->p50 : sample->cycles;
		result->median.max = RTE_MAX(result->median.max, sample->max);
	}
	result->spread = stats_spread(values, result->n);
}

static int
summarise_all(struct session *session)
{
	double *values = calloc(session->env.args.repetitions, sizeof(values[0]));

	if (values == NULL)
		return bench_error("no memory");
	for (unsigned i = 0; i < session->n; i++)
		if (session->results[i].left_out[0] == '\0')
			summarise(&session->results[i], values);
	free(values);
	for (unsigned i = 0; i < session->n; i++) {
		struct result *result = &session->results[i];
		const struct result *raw = session_find(session, "raw_tx_burst", result->port);

		if (raw != NULL && raw->median.cycles > 0)
			result->ratio_to_raw = result->median.cycles / raw->median.cycles;
	}
	return 0;
}

/* All cases in turn, again and again: what disturbs the machine hits all of them. */
int
session_run(struct session *session)
{
	unsigned repetitions = session->env.args.repetitions;

	for (unsigned i = 0; i < session->n; i++) {
		struct result *result = &session->results[i];
		const char *missing = session->env.table_missing[result->c->table];

		if (result->target->missing[0] != '\0')
			missing = result->target->missing;
		if (result->left_out[0] == '\0' && missing[0] != '\0')
			snprintf(result->left_out, sizeof(result->left_out), "%s", missing);
		result->samples = calloc(repetitions, sizeof(result->samples[0]));
		if (result->samples == NULL)
			return bench_error("no memory");
	}
	for (unsigned r = 0; r <= repetitions; r++) { /* the first one warms up and is dropped */
		for (unsigned i = 0; i < session->n; i++) {
			struct result *result = &session->results[i];
			struct sample sample = {0};

			if (result->left_out[0] != '\0')
				continue;
			if (run_once(session, result, &sample) != 0)
				return -1;
			if (r > 0)
				result->samples[result->n++] = sample;
		}
	}
	for (unsigned i = 0; i < TARGETS; i++) {
		struct fwpdk_fault_counts counts = {.size = sizeof(counts)};

		if (session->env.target[i].model != NULL)
			fwpdk_fault_counts(session->env.target[i].model, &counts);
		session->verified += counts.checked;
	}
	return summarise_all(session);
}

void
session_free(struct session *session)
{
	for (unsigned i = 0; i < session->n; i++)
		free(session->results[i].samples);
	free(session->results);
}
