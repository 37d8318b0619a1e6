/* SPDX-License-Identifier: BSD-3-Clause */
/* fwpdk-bench: its own options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "args.h"

static struct args args;
static char err[256];

static int
parse(const char *line)
{
	static char copy[256];
	static char *argv[16];
	int argc = 0;

	strncpy(copy, line, sizeof(copy) - 1);
	argv[argc++] = (char[]){"--"};
	for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	err[0] = '\0';
	return args_parse(argc, argv, &args, err, sizeof(err));
}

static void
refused(const char *line, const char *text)
{
	assert_int_equal(parse(line), -1);
	assert_string_equal(err, text);
}

static void
defaults(void **state)
{
	(void)state;
	assert_int_equal(parse(""), 0);
	assert_int_equal(args.repetitions, 11);
	assert_int_equal(args.packets, 327680);
	assert_null(args.cases);
	assert_null(args.ports);
	assert_null(args.json);
	assert_null(args.report);
	assert_false(args.help || args.list || args.verify);
}

static void
all_options(void **state)
{
	(void)state;
	assert_int_equal(parse("--cases=a,b --ports=nicmodel --json=- --report=d --repetitions=9"
			       " --packets=5000 --verify --list"),
		0);
	assert_string_equal(args.cases, "a,b");
	assert_string_equal(args.ports, "nicmodel");
	assert_string_equal(args.json, "-");
	assert_string_equal(args.report, "d");
	assert_int_equal(args.repetitions, 9);
	assert_int_equal(args.packets, 5120); /* rounded up */
	assert_true(args.verify && args.list);
	assert_int_equal(parse("-h"), 0);
	assert_true(args.help);
}

static void
refusals(void **state)
{
	(void)state;
	refused("--repetitions=0", "--repetitions: 0 is not in 1..1000");
	refused("--repetitions=3x", "--repetitions: '3x' is not a number");
	refused("--repetitions=-1", "--repetitions: '-1' is not a number");
	refused("--packets=10", "--packets: 10 is not in 4096..4294967296");
	refused("--cases=", "--cases: needs a value");
	refused("--json", "--json: needs a value");
	refused("--list=x", "--list=x: takes no value");
	refused("--nonsense", "--nonsense: unknown option");
	refused("-x", "-x: unknown option");
	refused("word", "word: not an option");
}

static void
lists(void **state)
{
	char word[8];

	(void)state;
	assert_true(args_list_has(NULL, "a"));
	assert_true(args_list_has("a,bc", "bc"));
	assert_false(args_list_has("a,bc", "b"));
	assert_false(args_list_has("a,bc", "c"));
	assert_true(args_list_word("a,bc", 1, word, sizeof(word)));
	assert_string_equal(word, "bc");
	assert_false(args_list_word("a,bc", 2, word, sizeof(word)));
	assert_true(args_list_word("muchtoolong", 0, word, sizeof(word)));
	assert_string_equal(word, "muchtoo");
	assert_false(args_list_word(NULL, 0, word, sizeof(word)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(all_options),
		cmocka_unit_test(refusals),
		cmocka_unit_test(lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
