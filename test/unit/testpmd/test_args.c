/* SPDX-License-Identifier: BSD-3-Clause */
/* The application's own options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <fwpdk/port.h>

#include "args.h"

#define WORDS_MAX 16

static struct args args;
static char err[256];

/* Parse words separated by blanks. */
static int
parse(const char *line)
{
	static char copy[256];
	static char *argv[WORDS_MAX];
	int argc = 0;

	strncpy(copy, line, sizeof(copy) - 1);
	argv[argc++] = (char[]){"--"};
	for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	err[0] = '\0';
	return args_parse(argc, argv, &args, err, sizeof(err));
}

/* The line is refused, with exactly this text. */
static void
refused(const char *line, const char *text)
{
	assert_int_equal(parse(line), -1);
	assert_string_equal(err, text);
	assert_null(strchr(err, '\n'));
}

static void
defaults(void **state)
{
	(void)state;
	assert_int_equal(parse(""), 0);
	assert_int_equal(args.mode, FORWARD_TXONLY);
	assert_int_equal(args.burst, 32);
	assert_int_equal(args.injectors, 0);
	assert_int_equal(args.loop, 1);
	assert_int_equal(args.count, 0);
	assert_int_equal(args.txpkts.n, 1);
	assert_int_equal(args.txpkts.total, 46);
	assert_int_equal(args.port_mode, FWPDK_MODE_AUTO);
	assert_false(args.interactive || args.recycle || args.help);
	assert_true(args.duration == 0 && args.stats_period == 0);
	assert_null(args.json);
}

static void
all_options(void **state)
{
	(void)state;
	assert_int_equal(parse("-i --forward-mode=replay --replay-file=a.pcap --loop=0 --burst 64 "
			       "--txpkts=20,8,100 --injectors=3 --compartment=7"),
		0);
	assert_true(args.interactive);
	assert_int_equal(args.mode, FORWARD_REPLAY);
	assert_string_equal(args.replay_file, "a.pcap");
	assert_int_equal(args.loop, 0);
	assert_int_equal(args.burst, 64);
	assert_int_equal(args.txpkts.n, 3);
	assert_int_equal(args.txpkts.len[1], 8);
	assert_int_equal(args.txpkts.total, 128);
	assert_int_equal(args.injectors, 3);
	assert_int_equal(args.compartment, 7);
	assert_int_equal(parse("--nbls=recycle --injectors=local --duration=0.25 --count=1000 "
			       "--stats-period=2 --cmdline-file=f --json=- --port-mode=copy "
			       "--nb-desc=256"),
		0);
	assert_true(args.recycle);
	assert_int_equal(args.injectors, 0);
	assert_true(args.duration == 0.25 && args.stats_period == 2);
	assert_int_equal(args.count, 1000);
	assert_string_equal(args.cmdline_file, "f");
	assert_string_equal(args.json, "-");
	assert_int_equal(args.port_mode, FWPDK_MODE_COPY);
	assert_int_equal(args.nb_desc, 256);
	assert_false(args.resolve || args.fragment);
	assert_int_equal(parse("--resolve --fragment"), 0);
	assert_true(args.resolve && args.fragment);
	assert_int_equal(args.mode, FORWARD_TXONLY);
	assert_int_equal(parse("--forward-mode=callout --resolve"), 0);
	assert_true(args.resolve);
}

static void
receiving_modes(void **state)
{
	static const char *const words[] = {
		"forward", "callout", "nat", "inspect", "drop", "echo", "loop"};
	char line[64];

	(void)state;
	assert_false(
		forward_mode_receives(FORWARD_TXONLY) || forward_mode_receives(FORWARD_REPLAY));
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		snprintf(line, sizeof(line), "--forward-mode=%s", words[i]);
		assert_int_equal(parse(line), 0);
		assert_int_equal(args.mode, FORWARD_FORWARD + i);
		assert_true(forward_mode_receives(args.mode));
		assert_int_equal(args.layers, LAYERS_IN);
		assert_int_equal(args.hold_ms, 0);
	}
	assert_int_equal(parse("--forward-mode=callout --layers=both --hold-ms=100"), 0);
	assert_int_equal(args.layers, LAYERS_IN | LAYERS_FORWARD);
	assert_int_equal(args.hold_ms, 100);
	refused("--forward-mode=callout --hold-ms=0", "--hold-ms: 0 is not in 1..10000");
	refused("--forward-mode=nat --hold-ms=1", "--hold-ms: only for --forward-mode=callout");
	refused("--layers=in", "--layers: only for --forward-mode=callout");
	refused("--forward-mode=callout --layers=out",
		"--layers: 'out' is none of in forward both");
	refused("--forward-mode=echo --count=1", "--count: only for --forward-mode=txonly");
	refused("--forward-mode=nat --injectors=1",
		"--injectors: only for --forward-mode=txonly and replay");
	refused("--forward-mode=nat --compartment=2",
		"--compartment: only for --forward-mode=txonly and replay");
	refused("--forward-mode=drop --replay-file=a",
		"--replay-file: needs --forward-mode=replay");
	refused("--forward-mode=forward --nbls=recycle",
		"--nbls: recycle is only for --forward-mode=txonly");
}

static void
replay_implied(void **state)
{
	(void)state;
	assert_int_equal(parse("--replay-file=a.pcap"), 0);
	assert_int_equal(args.mode, FORWARD_REPLAY);
}

static void
help(void **state)
{
	(void)state;
	assert_int_equal(parse("--help"), 0);
	assert_true(args.help);
	assert_int_equal(parse("-h"), 0);
	assert_true(args.help);
}

static void
bad_options(void **state)
{
	(void)state;
	refused("--bogus", "--bogus: unknown option");
	refused("--bogus=3", "--bogus=3: unknown option");
	refused("-x", "-x: unknown option");
	refused("-ix", "-x: unknown option");
	refused("word", "word: not an option");
	refused("--burst", "--burst: needs a value");
	refused("--help=1", "--help=1: takes no value");
	refused("--resolve=on", "--resolve=on: takes no value");
	refused("--fragment=1", "--fragment=1: takes no value");
}

static void
bad_values(void **state)
{
	(void)state;
	refused("--burst=0", "--burst: 0 is not in 1..512");
	refused("--burst=513", "--burst: 513 is not in 1..512");
	refused("--burst=-1", "--burst: '-1' is not a number");
	refused("--burst=3x", "--burst: '3x' is not a number");
	refused("--burst=", "--burst: needs a value");
	refused("--json=", "--json: needs a value");
	refused("--count=99999999999999999999",
		"--count: 99999999999999999999 is not in 1..9223372036854775807");
	refused("--duration=soon", "--duration: 'soon' is not a number of seconds");
	refused("--duration=-1", "--duration: -1 is not in 0.001..1e9 seconds");
	refused("--duration=nan", "--duration: 'nan' is not a number of seconds");
	refused("--stats-period=0", "--stats-period: 0 is not in 0.001..1e9 seconds");
	refused("--forward-mode=io",
		"--forward-mode: 'io' is none of txonly replay forward callout nat "
		"inspect drop echo loop");
	refused("--nbls=old", "--nbls: 'old' is none of fresh recycle");
	refused("--port-mode=zero", "--port-mode: 'zero' is none of auto cpool extbuf copy");
	refused("--injectors=0", "--injectors: 0 is not in 1..64");
	refused("--nb-desc=70000", "--nb-desc: 70000 is not in 1..65535");
}

static void
bad_txpkts(void **state)
{
	(void)state;
	refused("--txpkts=27", "--txpkts: the sum 27 is not in 28..65535");
	refused("--txpkts=40000,40000", "--txpkts: the sum 80000 is not in 28..65535");
	refused("--txpkts=20,,20", "--txpkts: '' is not a number");
	refused("--txpkts=20,0,20", "--txpkts: 0 is not in 1..65535");
	refused("--txpkts=20,20,", "--txpkts: '' is not a number");
	refused("--txpkts=2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2", "--txpkts: more than 16 segments");
	refused("--txpkts=1111111111111111111111111111",
		"--txpkts: 11111111111111111111111 is not in 1..65535");
}

static void
contradictions(void **state)
{
	(void)state;
	refused("--forward-mode=replay", "--forward-mode=replay: needs --replay-file");
	refused("--forward-mode=txonly --replay-file=a",
		"--replay-file: needs --forward-mode=replay");
	refused("--replay-file=a --count=1", "--count: only for --forward-mode=txonly");
	refused("--replay-file=a --nbls=recycle",
		"--nbls: recycle is only for --forward-mode=txonly");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(all_options),
		cmocka_unit_test(receiving_modes),
		cmocka_unit_test(replay_implied),
		cmocka_unit_test(help),
		cmocka_unit_test(bad_options),
		cmocka_unit_test(bad_values),
		cmocka_unit_test(bad_txpkts),
		cmocka_unit_test(contradictions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
