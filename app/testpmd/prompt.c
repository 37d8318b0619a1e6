/* SPDX-License-Identifier: BSD-3-Clause */
/* The prompt: line editing, history and completion of librte_cmdline over the command tables. */
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cmdline_rdline.h>

#include "app.h"
#include "commands.h"

#define PROMPT "fwpdk> "

static struct rdline *rdline;
static struct termios saved_terminal;
static bool terminal, quitting;

static int
char_out(struct rdline *rdl, char c)
{
	const struct app *app = rdline_get_opaque(rdl);

	return fputc(c, app->out) == EOF ? -1 : 0;
}

static void
line_run(struct rdline *rdl, const char *line, unsigned size)
{
	struct app *app = rdline_get_opaque(rdl);
	char err[COMMAND_ERR_SIZE];
	int rc;

	RTE_SET_USED(size);
	fflush(app->out);
	rc = command_execute(app, line, err);
	if (rc < 0)
		fprintf(app->out, "%s\n", err);
	else if (rc == COMMAND_QUIT)
		quitting = true;
}

/* How many characters every command that begins with text has in common; 0 if none does. */
static size_t
common_words(const char *text, const char **words)
{
	const struct command *command;
	size_t len = strlen(text), common = 0;

	*words = NULL;
	for (unsigned i = 0; (command = command_next(i)) != NULL; i++) {
		size_t n = 0;

		if (strncmp(command->words, text, len) != 0)
			continue;
		if (*words == NULL) {
			*words = command->words;
			common = strlen(*words);
			continue;
		}
		while (n < common && (*words)[n] == command->words[n])
			n++;
		common = n;
	}
	return common;
}

/*
 * rdline_complete_t: *state is 0 for TAB, -1 for ?, and counts the choices from then on.
 * Returns RDLINE_RES_COMPLETE with characters to add, 1 with a choice to show, 0 at the end.
 */
static int
line_complete(struct rdline *rdl, const char *text, char *out, unsigned size, int *state)
{
	const struct command *command;
	const char *words;
	size_t len = strlen(text);
	size_t common = common_words(text, &words);

	RTE_SET_USED(rdl);
	if (*state == 0 && common > len) {
		snprintf(out, size, "%.*s", (int)(common - len), words + len);
		return RDLINE_RES_COMPLETE;
	}
	for (unsigned i = *state > 0 ? (unsigned)*state : 0; (command = command_next(i)) != NULL;
		i++) {
		size_t n = strlen(command->words);

		if (strncmp(command->words, text, RTE_MIN(n, len)) != 0 ||
			(len > n && text[n] != ' '))
			continue;
		snprintf(out, size, "%s %s", command->words, command->usage);
		*state = (int)i + 1;
		return 1;
	}
	return 0;
}

int
prompt_open(struct app *app)
{
	rdline = rdline_new(char_out, line_run, line_complete, app);
	if (rdline == NULL) {
		app_error("no memory for the prompt");
		return -1;
	}
	terminal = tcgetattr(STDIN_FILENO, &saved_terminal) == 0;
	if (terminal) {
		struct termios raw = saved_terminal;

		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO); /* Ctrl-C stays a signal */
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	rdline_newline(rdline, PROMPT);
	fflush(app->out);
	return 0;
}

/* One character. Returns false when the prompt is to end. */
static bool
char_in(char c)
{
	int rc = rdline_char_in(rdline, c);

	if (rc == RDLINE_RES_VALIDATED) {
		const char *line = rdline_get_buffer(rdline);

		if (line[0] != '\n' && line[0] != '\0')
			rdline_add_history(rdline, line);
		if (quitting)
			return false;
		rdline_newline(rdline, PROMPT);
	}
	return rc != RDLINE_RES_EOF && rc != RDLINE_RES_EXITED;
}

bool
prompt_poll(struct app *app)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
	char text[256];
	ssize_t n;

	if (poll(&fd, 1, 0) <= 0)
		return true;
	n = read(STDIN_FILENO, text, sizeof(text));
	if (n <= 0)
		return false;
	for (ssize_t i = 0; i < n; i++)
		if (!char_in(text[i]))
			return false;
	fflush(app->out);
	return true;
}

void
prompt_notice(struct app *app, const char *text)
{
	fprintf(app->out, "\n%s\n", text);
	rdline_redisplay(rdline);
	fflush(app->out);
}

void
prompt_close(void)
{
	if (rdline == NULL)
		return;
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved_terminal);
	rdline_free(rdline);
	rdline = NULL;
}
