/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include <fwpdk/port.h>

#include "args.h"
#include "options.h"

const char args_usage[] =
	"usage: fwpdk-testpmd <EAL arguments> -- <arguments>\n"
	"\n"
	"  -i, --interactive            prompt; forwarding begins with \"start\"\n"
	"  --forward-mode=MODE          what is injected, or what becomes of what is received:\n"
	"      txonly                   generate UDP packets (default)\n"
	"      replay                   inject a capture\n"
	"      forward                  receive and send on, nobody looks\n"
	"      callout                  the same; a callout takes each packet and puts it back\n"
	"      nat                      the same; sources are translated (prompt command nat)\n"
	"      inspect                  the same; a callout counts\n"
	"      drop                     nothing goes on\n"
	"      echo                     ICMP and ICMPv6 echo is answered\n"
	"      loop                     two callouts put back each other's packets\n"
	"  --layers=in|forward|both     callout: at INBOUND_IPPACKET (default), IPFORWARD, both\n"
	"  --hold-ms=N                  callout: keep each packet so long, 1..10000\n"
	"  --replay-file=IN.pcap        Ethernet capture to inject (implies replay)\n"
	"  --loop=N                     inject the capture N times, 0 = without end (default 1)\n"
	"  --burst=N                    packets injected per round, 1..512 (default 32)\n"
	"  --txpkts=LEN[,LEN...]        segment lengths from the IP header on (default 46)\n"
	"  --nbls=fresh|recycle         a new NBL per packet (default), or inject it again\n"
	"  --injectors=local|N          pollers inject themselves (default), or N other threads\n"
	"  --compartment=N              compartment to inject into (default: the default one)\n"
	"  --duration=S                 stop after S seconds\n"
	"  --count=N                    txonly: stop after N packets\n"
	"  --stats-period=S             a line of statistics every S seconds\n"
	"  --cmdline-file=FILE          run these prompt commands before the start\n"
	"  --json=FILE                  summary as JSON, - = stdout and nothing else there\n"
	"  --netlink=IF:PORT[:TABLE][,...]  mirror kernel interfaces, routes, neighbours\n"
	"  --port-mode=auto|cpool|extbuf|copy  how packets reach the device (default auto)\n"
	"  --nb-desc=N                  TX descriptors per queue\n"
	"  --fragment                   interfaces fragment IPv4 packets larger than their MTU\n"
	"  --resolve                    ask for neighbours; frames that come in are read\n"
	"  -h, --help                   this text\n";

/* A table row for options that take one of some words. */
struct word {
	const char *text;
	int value;
};

static int
word_parse(const char *text, const struct word *words, int *value, char *err, size_t err_size)
{
	int len;

	for (const struct word *w = words; w->text != NULL; w++)
		if (strcmp(text, w->text) == 0) {
			*value = w->value;
			return 0;
		}
	len = snprintf(err, err_size, "'%s' is none of", text);
	for (const struct word *w = words; w->text != NULL; w++)
		if (len > 0 && (size_t)len < err_size)
			len += snprintf(err + len, err_size - len, " %s", w->text);
	return -1;
}

enum option_id {
	OPT_MODE = 256,
	OPT_REPLAY_FILE,
	OPT_LOOP,
	OPT_BURST,
	OPT_TXPKTS,
	OPT_NBLS,
	OPT_INJECTORS,
	OPT_COMPARTMENT,
	OPT_DURATION,
	OPT_COUNT,
	OPT_STATS_PERIOD,
	OPT_CMDLINE_FILE,
	OPT_JSON,
	OPT_PORT_MODE,
	OPT_NB_DESC,
	OPT_LAYERS,
	OPT_HOLD_MS,
	OPT_NETLINK,
	OPT_FRAGMENT,
	OPT_RESOLVE,
};

static const struct option full[] = {
	{"help", no_argument, NULL, 'h'},
	{"interactive", no_argument, NULL, 'i'},
	{"forward-mode", required_argument, NULL, OPT_MODE},
	{"replay-file", required_argument, NULL, OPT_REPLAY_FILE},
	{"loop", required_argument, NULL, OPT_LOOP},
	{"burst", required_argument, NULL, OPT_BURST},
	{"txpkts", required_argument, NULL, OPT_TXPKTS},
	{"nbls", required_argument, NULL, OPT_NBLS},
	{"injectors", required_argument, NULL, OPT_INJECTORS},
	{"compartment", required_argument, NULL, OPT_COMPARTMENT},
	{"duration", required_argument, NULL, OPT_DURATION},
	{"count", required_argument, NULL, OPT_COUNT},
	{"stats-period", required_argument, NULL, OPT_STATS_PERIOD},
	{"cmdline-file", required_argument, NULL, OPT_CMDLINE_FILE},
	{"json", required_argument, NULL, OPT_JSON},
	{"port-mode", required_argument, NULL, OPT_PORT_MODE},
	{"nb-desc", required_argument, NULL, OPT_NB_DESC},
	{"layers", required_argument, NULL, OPT_LAYERS},
	{"hold-ms", required_argument, NULL, OPT_HOLD_MS},
	{"netlink", required_argument, NULL, OPT_NETLINK},
	{"fragment", no_argument, NULL, OPT_FRAGMENT},
	{"resolve", no_argument, NULL, OPT_RESOLVE},
	{NULL, 0, NULL, 0},
};

static const struct word mode_words[] = {{"txonly", FORWARD_TXONLY}, {"replay", FORWARD_REPLAY},
	{"forward", FORWARD_FORWARD}, {"callout", FORWARD_CALLOUT}, {"nat", FORWARD_NAT},
	{"inspect", FORWARD_INSPECT}, {"drop", FORWARD_DROP}, {"echo", FORWARD_ECHO},
	{"loop", FORWARD_LOOP}, {NULL, 0}};
static const struct word layers_words[] = {{"in", LAYERS_IN}, {"forward", LAYERS_FORWARD},
	{"both", LAYERS_IN | LAYERS_FORWARD}, {NULL, 0}};
static const struct word nbls_words[] = {{"fresh", 0}, {"recycle", 1}, {NULL, 0}};
static const struct word port_mode_words[] = {{"auto", FWPDK_MODE_AUTO},
	{"cpool", FWPDK_MODE_CPOOL}, {"extbuf", FWPDK_MODE_EXTBUF}, {"copy", FWPDK_MODE_COPY},
	{NULL, 0}};

struct draft {
	struct args *args;
	int mode; /* -1 until --forward-mode was seen */
};

static int
apply(int id, const char *value, void *ctx, char *err, size_t err_size)
{
	struct draft *draft = ctx;
	struct args *args = draft->args;
	uint64_t v = 0;
	int word = 0;
	int rc = 0;

	switch (id) {
	case 'h':
		args->help = true;
		break;
	case 'i':
		args->interactive = true;
		break;
	case OPT_MODE:
		rc = word_parse(value, mode_words, &draft->mode, err, err_size);
		break;
	case OPT_REPLAY_FILE:
		args->replay_file = value;
		break;
	case OPT_LOOP:
		rc = number_parse(value, 0, UINT32_MAX, &args->loop, err, err_size);
		break;
	case OPT_BURST:
		rc = number_parse(value, 1, BURST_MAX, &v, err, err_size);
		args->burst = (unsigned)v;
		break;
	case OPT_TXPKTS:
		rc = txpkts_parse(value, &args->txpkts, err, err_size);
		break;
	case OPT_NBLS:
		rc = word_parse(value, nbls_words, &word, err, err_size);
		args->recycle = word != 0;
		break;
	case OPT_INJECTORS:
		if (strcmp(value, "local") != 0)
			rc = number_parse(value, 1, INJECTORS_MAX, &v, err, err_size);
		args->injectors = (unsigned)v;
		break;
	case OPT_COMPARTMENT:
		rc = number_parse(value, 1, UINT32_MAX, &v, err, err_size);
		args->compartment = (uint32_t)v;
		break;
	case OPT_DURATION:
		rc = seconds_parse(value, &args->duration, err, err_size);
		break;
	case OPT_COUNT:
		rc = number_parse(value, 1, INT64_MAX, &args->count, err, err_size);
		break;
	case OPT_STATS_PERIOD:
		rc = seconds_parse(value, &args->stats_period, err, err_size);
		break;
	case OPT_CMDLINE_FILE:
		args->cmdline_file = value;
		break;
	case OPT_JSON:
		args->json = value;
		break;
	case OPT_PORT_MODE:
		rc = word_parse(value, port_mode_words, &args->port_mode, err, err_size);
		break;
	case OPT_NB_DESC:
		rc = number_parse(value, 1, UINT16_MAX, &v, err, err_size);
		args->nb_desc = (uint16_t)v;
		break;
	case OPT_LAYERS:
		rc = word_parse(value, layers_words, &args->layers, err, err_size);
		break;
	case OPT_HOLD_MS:
		rc = number_parse(value, 1, 10000, &v, err, err_size);
		args->hold_ms = (uint32_t)v;
		break;
	case OPT_NETLINK:
		args->netlink = value;
		break;
	case OPT_FRAGMENT:
		args->fragment = true;
		break;
	case OPT_RESOLVE:
		args->resolve = true;
		break;
	}
	return rc;
}

/* Options that say how packets are made up, where none are. */
static const char *
receives_without(const struct args *args)
{
	if (args->replay_file != NULL)
		return "--replay-file: needs --forward-mode=replay";
	if (args->count != 0)
		return "--count: only for --forward-mode=txonly";
	if (args->recycle)
		return "--nbls: recycle is only for --forward-mode=txonly";
	if (args->injectors != 0)
		return "--injectors: only for --forward-mode=txonly and replay";
	if (args->compartment != 0)
		return "--compartment: only for --forward-mode=txonly and replay";
	return NULL;
}

/* What only shows when all options are known. */
static int
args_check(struct args *args, int mode, char *err, size_t err_size)
{
	const char *cause = NULL;

	args->mode = mode >= 0			 ? (enum forward_mode)mode
		     : args->replay_file != NULL ? FORWARD_REPLAY
						 : FORWARD_TXONLY;
	if (args->mode == FORWARD_REPLAY && args->replay_file == NULL)
		cause = "--forward-mode=replay: needs --replay-file";
	else if (args->mode == FORWARD_TXONLY && args->replay_file != NULL)
		cause = "--replay-file: needs --forward-mode=replay";
	else if (args->mode == FORWARD_REPLAY && args->count != 0)
		cause = "--count: only for --forward-mode=txonly";
	else if (args->mode == FORWARD_REPLAY && args->recycle)
		cause = "--nbls: recycle is only for --forward-mode=txonly";
	else if (forward_mode_receives(args->mode))
		cause = receives_without(args);
	if (cause == NULL && args->mode != FORWARD_CALLOUT &&
		(args->layers != 0 || args->hold_ms != 0))
		cause = args->hold_ms != 0 ? "--hold-ms: only for --forward-mode=callout"
					   : "--layers: only for --forward-mode=callout";
	if (args->layers == 0)
		args->layers = LAYERS_IN;
	if (cause == NULL)
		return 0;
	snprintf(err, err_size, "%s", cause);
	return -1;
}

int
args_parse(int argc, char **argv, struct args *args, char *err, size_t err_size)
{
	static const struct options options = {.brief = "+:ih", .full = full, .apply = apply};
	struct draft draft = {.args = args, .mode = -1};

	*args = (struct args){
		.burst = 32,
		.loop = 1,
		.txpkts = {.n = 1, .total = 46, .len = {46}},
	};
	if (options_parse(argc, argv, &options, &draft, err, err_size) != 0)
		return -1;
	return args_check(args, draft.mode, err, err_size);
}
