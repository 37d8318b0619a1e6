/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "options.h"

/* What getopt_long() did not like; arg is the argument it looked at last. */
static void
refuse(int id, const char *arg, const struct option *full, char *err, size_t err_size)
{
	while (full->name != NULL && full->val != optopt)
		full++;
	if (id == ':')
		snprintf(err, err_size, "%s: needs a value", arg);
	else if (optopt == 0)
		snprintf(err, err_size, "%s: unknown option", arg);
	else if (full->name != NULL)
		snprintf(err, err_size, "%s: takes no value", arg);
	else
		snprintf(err, err_size, "-%c: unknown option", optopt);
}

int
options_parse(
	int argc, char **argv, const struct options *options, void *ctx, char *err, size_t err_size)
{
	int id, index;

	opterr = 0;
	optind = 0; /* glibc: start over */
	while (index = -1,
		(id = getopt_long(argc, argv, options->brief, options->full, &index)) != -1) {
		char cause[160];

		if (id == '?' || id == ':') {
			refuse(id, argv[optind - 1], options->full, err, err_size);
			return -1;
		}
		if (optarg != NULL && optarg[0] == '\0') {
			snprintf(err, err_size, "--%s: needs a value", options->full[index].name);
			return -1;
		}
		if (options->apply(id, optarg, ctx, cause, sizeof(cause)) != 0) {
			snprintf(err, err_size, "--%s: %s", options->full[index].name, cause);
			return -1;
		}
	}
	if (optind < argc) {
		snprintf(err, err_size, "%s: not an option", argv[optind]);
		return -1;
	}
	return 0;
}

int
number_parse(
	const char *text, uint64_t min, uint64_t max, uint64_t *value, char *err, size_t err_size)
{
	unsigned long long v;
	char *end;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0') {
		snprintf(err, err_size, "'%s' is not a number", text);
		return -1;
	}
	if (errno == ERANGE || v < min || v > max) {
		snprintf(err, err_size, "%s is not in %llu..%llu", text, (unsigned long long)min,
			(unsigned long long)max);
		return -1;
	}
	*value = v;
	return 0;
}
