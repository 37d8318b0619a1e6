/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands of the prompt and of --cmdline-file. */
#ifndef TESTPMD_COMMANDS_H
#define TESTPMD_COMMANDS_H

#include <stddef.h>

struct app;

#define COMMAND_ERR_SIZE 256
#define COMMAND_QUIT	 1

struct command {
	const char *words; /* "route add" */
	const char *usage; /* what follows the words, "" if nothing */
	const char *help;
	/* argv: what follows the words. Returns 0, -1 with the cause in err, or COMMAND_QUIT. */
	int (*run)(struct app *app, int argc, char **argv, char *err);
};

/* Both end with words == NULL. */
extern const struct command commands_run[], commands_stack[];

/* commands_list.c */
int run_route_show(struct app *app, int argc, char **argv, char *err);
int run_neigh_show(struct app *app, int argc, char **argv, char *err);
int run_if_show(struct app *app, int argc, char **argv, char *err);
int run_pmtu_show(struct app *app, int argc, char **argv, char *err);

/* commands_views.c */
int run_show_pending(struct app *app, int argc, char **argv, char *err);

/* Run one line; empty lines and what follows # do nothing. Returns as struct command.run. */
int command_execute(struct app *app, const char *line, char *err);

/* Run a file up to the first error or quit. Returns 0, COMMAND_QUIT, or
 * -1 after a line on stderr. */
int commands_file(struct app *app, const char *file);

/* The n-th command, NULL past the last one. */
const struct command *command_next(unsigned n);

/* The pattern of all commands that fail: err is set, -1 returned. */
int command_fail(char *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
