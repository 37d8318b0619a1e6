/* SPDX-License-Identifier: BSD-3-Clause */
/* Command lines: find the command, split its arguments, run it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "commands.h"

#define ARGS_MAX 64
#define BLANKS	 " \t\r\n"

const struct command *
command_next(unsigned n)
{
	static const struct command *const tables[] = {
		commands_run, commands_stack, commands_mirror, commands_callouts};
	const struct command *command;

	for (unsigned i = 0; i < RTE_DIM(tables); i++)
		for (command = tables[i]; command->words != NULL; command++)
			if (n-- == 0)
				return command;
	return NULL;
}

int
command_fail(char *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, COMMAND_ERR_SIZE, fmt, ap);
	va_end(ap);
	return -1;
}

/* How many words of argv are the command's, 0 if they are not. */
static int
words_match(const char *words, int argc, char **argv)
{
	int n = 0;

	while (*words != '\0') {
		size_t len = strcspn(words, " ");

		if (n == argc || strlen(argv[n]) != len || strncmp(words, argv[n], len) != 0)
			return 0;
		words += len + strspn(words + len, " ");
		n++;
	}
	return n;
}

static int
command_run(struct app *app, int argc, char **argv, char *err)
{
	const struct command *command, *best = NULL;
	int best_words = 0;

	for (unsigned i = 0; (command = command_next(i)) != NULL; i++) {
		int n = words_match(command->words, argc, argv);

		if (n > best_words) {
			best_words = n;
			best = command;
		}
	}
	if (best == NULL)
		return command_fail(err, "unknown command '%s%s%s', try help", argv[0],
			argc > 1 ? " " : "", argc > 1 ? argv[1] : "");
	if (best->usage[0] == '\0' && argc > best_words)
		return command_fail(err, "%s: takes no '%s'", best->words, argv[best_words]);
	return best->run(app, argc - best_words, argv + best_words, err);
}

int
command_execute(struct app *app, const char *line, char *err)
{
	size_t len = strcspn(line, "#");
	char *copy = strndup(line, len);
	char *argv[ARGS_MAX];
	char *save = NULL;
	int argc = 0;
	int rc = 0;

	if (copy == NULL)
		return command_fail(err, "out of memory");
	for (char *word = strtok_r(copy, BLANKS, &save); word != NULL;
		word = strtok_r(NULL, BLANKS, &save)) {
		if (argc == ARGS_MAX) {
			rc = command_fail(err, "%s: too many words", argv[0]);
			break;
		}
		argv[argc++] = word;
	}
	if (rc == 0 && argc > 0)
		rc = command_run(app, argc, argv, err);
	free(copy);
	return rc;
}

int
commands_file(struct app *app, const char *file)
{
	FILE *f = fopen(file, "r");
	char *line = NULL;
	size_t size = 0;
	unsigned number = 0;
	int rc = 0;

	if (f == NULL) {
		app_error("--cmdline-file: %s: %s", file, strerror(errno));
		return -1;
	}
	while (rc == 0 && getline(&line, &size, f) >= 0) {
		char err[COMMAND_ERR_SIZE];

		number++;
		rc = command_execute(app, line, err);
		if (rc < 0)
			app_error("%s:%u: %s", file, number, err);
	}
	if (rc == 0 && ferror(f)) {
		app_error("--cmdline-file: %s: %s", file, strerror(errno));
		rc = -1;
	}
	free(line);
	(void)fclose(f);
	return rc;
}
