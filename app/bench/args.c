/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "options.h"

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

static const struct option full[] = {
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
apply(int id, const char *value, void *ctx, char *err, size_t err_size)
{
	struct args *args = ctx;
	uint64_t v = 0;
	int rc = 0;

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

int
args_parse(int argc, char **argv, struct args *args, char *err, size_t err_size)
{
	static const struct options options = {.brief = "+:h", .full = full, .apply = apply};

	*args = (struct args){.repetitions = REPETITIONS_DEFAULT, .packets = PACKETS_DEFAULT};
	return options_parse(argc, argv, &options, args, err, err_size);
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
