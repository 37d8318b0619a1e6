/* SPDX-License-Identifier: BSD-3-Clause */
/* What the programs' command lines have in common. */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include <getopt.h>
#include <stddef.h>
#include <stdint.h>

struct options {
	const char *brief; /* as for getopt_long(), beginning with "+:" */
	const struct option *full;
	/* One option's value into ctx. Returns 0, or -1 with the cause in err. */
	int (*apply)(int id, const char *value, void *ctx, char *err, size_t err_size);
};

/*
 * Give every option of argv[1..] to apply(); a value is never empty. Returns 0, or -1 with
 * one line without newline in err.
 */
int options_parse(int argc, char **argv, const struct options *options, void *ctx, char *err,
	size_t err_size);

/* Parse a whole decimal number in min..max. Returns 0, or -1 with the cause in err. */
int number_parse(
	const char *text, uint64_t min, uint64_t max, uint64_t *value, char *err, size_t err_size);

#endif
