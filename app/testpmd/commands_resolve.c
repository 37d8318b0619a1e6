/* SPDX-License-Identifier: BSD-3-Clause */
/* Command for those who look for a neighbour. */
#include <inttypes.h>

#include <rte_common.h>

#include "app.h"
#include "commands.h"

static const struct {
	const char *name;
	size_t offset;
} counters[] = {
#define COUNTER(field, name)                                      \
	{                                                         \
		name, offsetof(struct fwpdk_resolve_stats, field) \
	}
	COUNTER(waiting, "waiting"),
	COUNTER(asking, "asked for now"),
	COUNTER(waited, "waited"),
	COUNTER(solicits, "questions"),
	COUNTER(probes, "of these probes"),
	COUNTER(answers, "answers"),
	COUNTER(heard, "heard"),
	COUNTER(learned, "learned"),
	COUNTER(changed, "changed"),
	COUNTER(removed, "removed"),
	COUNTER(unreachable, "unreachable"),
	COUNTER(overflow, "too many waited"),
	COUNTER(negative, "silent just now"),
	COUNTER(no_slot, "too many asked"),
	COUNTER(table_full, "table full"),
	COUNTER(forward_waited, "forwarded waited"),
	COUNTER(forward_dropped, "forwarded dropped"),
	COUNTER(malformed, "malformed"),
	COUNTER(not_asked, "not asked for"),
	COUNTER(conflicts, "conflicts"),
	COUNTER(fixed, "about static ones"),
	COUNTER(too_soon, "changed too soon"),
	COUNTER(heard_lost, "too many heard"),
	COUNTER(no_source, "no source"),
	COUNTER(no_memory, "no memory"),
	COUNTER(lock_busy, "put off"),
#undef COUNTER
};

int
run_show_resolve(struct app *app, int argc, char **argv, char *err)
{
	struct fwpdk_resolve_stats one = {.size = sizeof(one)};
	uint64_t sum[RTE_DIM(counters)] = {0};

	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	RTE_SET_USED(err);
	for (unsigned i = 0; i < app->nb_pollers; i++) {
		if (app->pollers[i] == NULL || fwpdk_resolve_stats(app->pollers[i], &one) != 0)
			continue;
		for (unsigned n = 0; n < RTE_DIM(counters); n++)
			sum[n] += *(const uint64_t *)RTE_PTR_ADD(&one, counters[n].offset);
	}
	fprintf(app->out, "  %-20s %16" PRIu64 "\n", "neighbours", one.neighbours);
	for (unsigned n = 0; n < RTE_DIM(counters); n++)
		fprintf(app->out, "  %-20s %16" PRIu64 "\n", counters[n].name, sum[n]);
	return 0;
}
