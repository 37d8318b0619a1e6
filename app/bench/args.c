/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"

#define PACKETS_DEFAULT	    327680u
#define PACKETS_MIN	    4096u
#define PACKETS_MAX	    (UINT64_C(1) << 32)
#define REPETITIONS_DEFAULT 11u

const char args_usage[] =
	"usage: fwpdk-bench <EAL arguments> -- <arguments>\n"
	"\n"
	"  --cases=A,B,...   cases to run (default: all that this machine can run)\n"
	"  --ports=P,Q       of net_null0 and nicmodel (default: both)\n"
	"  --list            names of all cases\n"
	"  --json=FILE       results as JSON, - = stdout and nothing else there\n"
	"  --report=DIR      write a page with plots: DIR/index.html\n"
	"  --repetitions=N   interleaved repetitions (default 11; at least 9 to publish)\n"
	"  --packets=N       packets per case and repetition (default 327680)\n"
	"  --verify          the nicmodel looks at every packet; figures are then no timings\n"
	"  -h, --help        this text\n"
	"\n"
	"The main lcore polls and, in local cases, injects. The cross cases need a second lcore.\n"
	"Devices are created by the program itself: no --vdev is needed.\n";

enum option_id {
	OPT_CASES = 256,
	OPT_PORTS,
	OPT_LIST,
	OPT_JSON,
	OPT_REPORT,
	OPT_REPETITIONS,
	OPT_PACKETS,
	OPT_VERIFY,
};

static const struct option options[] = {
	{"help", no_argument, NULL, 'h'},
	{"cases", required_argument, NULL, OPT_CASES},
	{"ports", required_argument, NULL, OPT_PORTS},
	{"list", no_argument, NULL, OPT_LIST},
	{"json", required_argument, NULL, OPT_JSON},
	{"report", required_argument, NULL, OPT_REPORT},
	{"repetitions", required_argument, NULL, OPT_REPETITIONS},
	{"packets", required_argument, NULL, OPT_PACKETS},
	{"verify", no_argument, NULL, OPT_VERIFY},
	{NULL, 0, NULL, 0},
};

static int
number_parse(
	const char *text, uint64_t min, uint64_t max, uint64_t *value, char *err, size_t err_size)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *value >= min &&
		*value <= max)
		return 0;
	snprintf(err, err_size, "'%s' is not a number in %llu..%llu", text, (unsigned long long)min,
		(unsigned long long)max);
	return -1;
}

static int
text_check(const char *text, char *err, size_t err_size)
{
	if (text[0] != '\0')
		return 0;
	snprintf(err, err_size, "needs a value");
	return -1;
}

static int
option_apply(int id, const char *value, struct args *args, char *err, size_t err_size)
{
	uint64_t v = 0;
	int rc = 0;

	if (value != NULL && text_check(value, err, err_size) != 0)
		return -1;
	switch (id) {
	case 'h':
		args->help = true;
		break;
	case OPT_CASES:
		args->cases = value;
		break;
	case OPT_PORTS:
		args->ports = value;
		break;
	case OPT_LIST:
		args->list = true;
		break;
	case OPT_JSON:
		args->json = value;
		break;
	case OPT_REPORT:
		args->report = value;
		break;
	case OPT_REPETITIONS:
		rc = number_parse(value, 1, REPETITIONS_MAX, &v, err, err_size);
		args->repetitions = (unsigned)v;
		break;
	case OPT_PACKETS:
		rc = number_parse(value, PACKETS_MIN, PACKETS_MAX, &v, err, err_size);
		args->packets = (v + PACKETS_UNIT - 1) / PACKETS_UNIT * PACKETS_UNIT;
		break;
	case OPT_VERIFY:
		args->verify = true;
		break;
	}
	return rc;
}

/* What getopt_long() did not like; arg is the argument it looked at last. */
static void
option_refuse(int id, const char *arg, char *err, size_t err_size)
{
	if (id == ':')
		snprintf(err, err_size, "%s: needs a value", arg);
	else if (optopt == 0)
		snprintf(err, err_size, "%s: unknown option", arg);
	else if (optopt == 'h' || optopt >= 256)
		snprintf(err, err_size, "%s: takes no value", arg);
	else
		snprintf(err, err_size, "-%c: unknown option", optopt);
}

int
args_parse(int argc, char **argv, struct args *args, char *err, size_t err_size)
{
	int id, index;

	*args = (struct args){.repetitions = REPETITIONS_DEFAULT, .packets = PACKETS_DEFAULT};
	opterr = 0;
	optind = 0; /* glibc: start over */
	while (index = -1, (id = getopt_long(argc, argv, "+:h", options, &index)) != -1) {
		char cause[160];

		if (id == '?' || id == ':') {
			option_refuse(id, argv[optind - 1], err, err_size);
			return -1;
		}
		if (option_apply(id, optarg, args, cause, sizeof(cause)) != 0) {
			snprintf(err, err_size, "--%s: %s", options[index].name, cause);
			return -1;
		}
	}
	if (optind < argc) {
		snprintf(err, err_size, "%s: not an option", argv[optind]);
		return -1;
	}
	return 0;
}

bool
args_list_word(const char *list, unsigned n, char *word, size_t size)
{
	size_t len;

	for (; list != NULL && n > 0; n--) {
		list = strchr(list, ',');
		if (list != NULL)
			list++;
	}
	if (list == NULL)
		return false;
	len = strcspn(list, ",");
	snprintf(word, size, "%.*s", (int)(len < size ? len : size - 1), list);
	return true;
}

bool
args_list_has(const char *list, const char *word)
{
	char item[64];

	if (list == NULL)
		return true;
	for (unsigned n = 0; args_list_word(list, n, item, sizeof(item)); n++)
		if (strcmp(item, word) == 0)
			return true;
	return false;
}
