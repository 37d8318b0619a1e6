/* SPDX-License-Identifier: BSD-3-Clause */
/* The program's own command line: what stands behind "--". */
#ifndef BENCH_ARGS_H
#define BENCH_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPETITIONS_MAX 1000u
#define PACKETS_UNIT	256u /* --packets is rounded up to a multiple of it */

struct args {
	bool help, list, verify;
	const char *cases;  /* comma separated, NULL: all */
	const char *ports;  /* comma separated, NULL: all */
	const char *json;   /* file, "-": stdout, NULL: none */
	const char *report; /* directory or NULL */
	unsigned repetitions;
	uint64_t packets; /* per repetition of a case */
};

/*
 * Parse argv[1..]. Returns 0, or -1 with one line without newline in err.
 * The strings in args point into argv.
 */
int args_parse(int argc, char **argv, struct args *args, char *err, size_t err_size);

/* Does the comma separated list have that word? A NULL list has every word. */
bool args_list_has(const char *list, const char *word);
/* The n-th word of a list into word. False past the last. */
bool args_list_word(const char *list, unsigned n, char *word, size_t size);

/* What --help prints. */
extern const char args_usage[];

#endif
