/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands of the prompt and of --cmdline-file. */
#ifndef TESTPMD_COMMANDS_H
#define TESTPMD_COMMANDS_H

#include <stddef.h>
#include <stdint.h>

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

/* All end with words == NULL. */
extern const struct command commands_run[], commands_stack[], commands_mirror[],
	commands_callouts[];

/* commands_list.c */
int run_route_show(struct app *app, int argc, char **argv, char *err);
int run_neigh_show(struct app *app, int argc, char **argv, char *err);
int run_if_show(struct app *app, int argc, char **argv, char *err);
int run_pmtu_show(struct app *app, int argc, char **argv, char *err);

/* commands_rule.c */
int run_table_add(struct app *app, int argc, char **argv, char *err);
int run_rule_add(struct app *app, int argc, char **argv, char *err);
int run_rule_del(struct app *app, int argc, char **argv, char *err);
int run_rule_show(struct app *app, int argc, char **argv, char *err);

/* commands_pmtu.c */
int run_pmtu_set(struct app *app, int argc, char **argv, char *err);
int run_pmtu_del(struct app *app, int argc, char **argv, char *err);

/* commands_views.c */
int run_port_link(struct app *app, int argc, char **argv, char *err);
int run_show_resolve(struct app *app, int argc, char **argv, char *err);
int run_show_input(struct app *app, int argc, char **argv, char *err);
int run_show_pending(struct app *app, int argc, char **argv, char *err);
int run_set_events(struct app *app, int argc, char **argv, char *err);
int run_show_events(struct app *app, int argc, char **argv, char *err);

/* commands_route.c */
int run_route_add(struct app *app, int argc, char **argv, char *err);
int run_route_del(struct app *app, int argc, char **argv, char *err);

/* commands_words.c: what commands have in common. Those that return int: 0, or -1 with err set. */

/* A "word value" pair that a command takes. */
struct keyed {
	const char *key;
	const char *value; /* NULL: not given */
};
struct fwpdk_addr;

/* Fill keys[] from pairs in argv. keys end with key == NULL. */
int keyed_parse(int argc, char **argv, struct keyed *keys, char *err);
/* A number, or 0 if text is NULL. */
int optional_number(
	const char *name, const char *text, uint64_t min, uint64_t max, uint64_t *value, char *err);
/* on or off, or what holds if text is NULL. */
int on_off_arg(const char *name, const char *text, bool otherwise, uint8_t *value, char *err);
int addr_arg(const char *text, struct fwpdk_addr *addr, char *err);
int if_arg(const char *name, uint32_t *if_index, char *err);
struct fwpdk_route;
/* PREFIX/LEN into a route's. */
int prefix_arg(const char *text, struct fwpdk_route *route, char *err);
/* The library's answer as a command's. */
int command_answer(int rc, const char *what, char *err);

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
