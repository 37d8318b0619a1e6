/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands for interfaces, routes and neighbours. */
#include <errno.h>
#include <string.h>

#include <rte_ether.h>

#include "app.h"
#include "commands.h"
#include "options.h"

/* A "word value" pair that a command takes. */
struct keyed {
	const char *key;
	const char *value; /* NULL: not given */
};

/* Fill keys[] from pairs in argv. keys end with key == NULL. Returns 0 or -1. */
static int
keyed_parse(int argc, char **argv, struct keyed *keys, char *err)
{
	for (int i = 0; i < argc; i += 2) {
		struct keyed *k = keys;

		while (k->key != NULL && strcmp(k->key, argv[i]) != 0)
			k++;
		if (k->key == NULL)
			return command_fail(err, "unknown word '%s'", argv[i]);
		if (k->value != NULL)
			return command_fail(err, "%s given twice", k->key);
		if (i + 1 == argc)
			return command_fail(err, "%s needs a value", k->key);
		k->value = argv[i + 1];
	}
	return 0;
}

/* A number, or 0 if text is NULL. */
static int
optional_number(
	const char *name, const char *text, uint64_t min, uint64_t max, uint64_t *value, char *err)
{
	char cause[128];

	*value = 0;
	if (text == NULL || number_parse(text, min, max, value, cause, sizeof(cause)) == 0)
		return 0;
	return command_fail(err, "%s: %s", name, cause);
}

static int
addr_arg(const char *text, struct fwpdk_addr *addr, char *err)
{
	if (fwpdk_addr_parse(text, addr) == 0)
		return 0;
	return command_fail(err, "'%s' is not an address", text);
}

static int
if_arg(const char *name, uint32_t *if_index, char *err)
{
	*if_index = fwpdk_if_by_name(name);
	return *if_index != 0 ? 0 : command_fail(err, "no interface '%s'", name);
}

/* The library's answer as a command's. */
static int
answer(int rc, const char *what, char *err)
{
	const char *cause;

	if (rc == 0)
		return 0;
	switch (-rc) {
	case ENOENT:
		cause = "there is none";
		break;
	case ENODEV:
		cause = "no such port";
		break;
	case EEXIST:
		cause = "exists already";
		break;
	case EINVAL:
		cause = "invalid: host bits, address family or compartment do not fit";
		break;
	default:
		cause = strerror(-rc);
	}
	return command_fail(err, "%s: %s", what, cause);
}

static int
prefix_arg(const char *text, struct fwpdk_route *route, char *err)
{
	const char *slash = strchr(text, '/');
	char addr[64], cause[128];
	uint64_t len;

	if (slash == NULL || (size_t)(slash - text) >= sizeof(addr))
		return command_fail(err, "'%s' is not PREFIX/LEN", text);
	memcpy(addr, text, (size_t)(slash - text));
	addr[slash - text] = '\0';
	if (addr_arg(addr, &route->prefix, err) != 0)
		return -1;
	if (number_parse(slash + 1, 0, strchr(addr, ':') != NULL ? 128 : 32, &len, cause,
		    sizeof(cause)) != 0)
		return command_fail(err, "prefix length: %s", cause);
	route->prefix_len = (uint8_t)len;
	return 0;
}

static int
run_route_add(struct app *app, int argc, char **argv, char *err)
{
	struct keyed keys[] = {{"dev", NULL}, {"via", NULL}, {"compartment", NULL}, {NULL, NULL}};
	struct fwpdk_route route = {.size = sizeof(route)};
	uint64_t compartment;

	RTE_SET_USED(app);
	if (argc < 1)
		return command_fail(err, "route add: give PREFIX/LEN dev IF");
	if (prefix_arg(argv[0], &route, err) != 0 ||
		keyed_parse(argc - 1, argv + 1, keys, err) != 0)
		return -1;
	if (keys[0].value == NULL)
		return command_fail(err, "route add: give dev IF");
	if (if_arg(keys[0].value, &route.if_index, err) != 0 ||
		(keys[1].value != NULL && addr_arg(keys[1].value, &route.next_hop, err) != 0) ||
		optional_number("compartment", keys[2].value, 1, UINT32_MAX, &compartment, err) !=
			0)
		return -1;
	route.compartment_id = (uint32_t)compartment;
	return answer(fwpdk_route_add(&route), "route add", err);
}

static int
run_route_del(struct app *app, int argc, char **argv, char *err)
{
	struct keyed keys[] = {{"compartment", NULL}, {NULL, NULL}};
	struct fwpdk_route route = {.size = sizeof(route)};
	uint64_t compartment;

	RTE_SET_USED(app);
	if (argc < 1)
		return command_fail(err, "route del: give PREFIX/LEN");
	if (prefix_arg(argv[0], &route, err) != 0 ||
		keyed_parse(argc - 1, argv + 1, keys, err) != 0 ||
		optional_number("compartment", keys[0].value, 1, UINT32_MAX, &compartment, err) !=
			0)
		return -1;
	route.compartment_id = (uint32_t)compartment;
	return answer(fwpdk_route_del(&route), "route del", err);
}

static int
run_neigh_add(struct app *app, int argc, char **argv, char *err)
{
	struct rte_ether_addr mac;
	struct fwpdk_addr addr;
	uint32_t if_index;

	RTE_SET_USED(app);
	if (argc != 3)
		return command_fail(err, "neigh add: give IF ADDR MAC");
	if (if_arg(argv[0], &if_index, err) != 0 || addr_arg(argv[1], &addr, err) != 0)
		return -1;
	if (rte_ether_unformat_addr(argv[2], &mac) != 0)
		return command_fail(err, "'%s' is not a MAC address", argv[2]);
	return answer(fwpdk_neigh_add(if_index, &addr, &mac), "neigh add", err);
}

static int
run_neigh_del(struct app *app, int argc, char **argv, char *err)
{
	struct fwpdk_addr addr;
	uint32_t if_index;

	RTE_SET_USED(app);
	if (argc != 2)
		return command_fail(err, "neigh del: give IF ADDR");
	if (if_arg(argv[0], &if_index, err) != 0 || addr_arg(argv[1], &addr, err) != 0)
		return -1;
	return answer(fwpdk_neigh_del(if_index, &addr), "neigh del", err);
}

/* An interface that is there without configuration makes room for one of the same name. */
static void
default_if_remove(struct app *app, const char *name)
{
	uint32_t if_index = fwpdk_if_by_name(name);

	for (unsigned i = 0; if_index != 0 && i < app->nb_ports; i++)
		if (app->ports[i].if_index == if_index && fwpdk_if_del(if_index) == 0)
			app->ports[i].if_index = 0;
}

static int
run_if_add(struct app *app, int argc, char **argv, char *err)
{
	struct keyed keys[] = {{"port", NULL}, {"mtu", NULL}, {"compartment", NULL}, {NULL, NULL}};
	struct fwpdk_if_opts opts = {.size = sizeof(opts)};
	uint64_t port, mtu, compartment;
	uint32_t if_index;
	int rc = 0;

	if (argc < 1)
		return command_fail(err, "if add: give NAME port N");
	if (keyed_parse(argc - 1, argv + 1, keys, err) != 0)
		return -1;
	if (keys[0].value == NULL)
		return command_fail(err, "if add: give port N");
	if (strlen(argv[0]) > 15)
		return command_fail(err, "if add: name longer than 15 characters");
	if (optional_number("port", keys[0].value, 0, UINT16_MAX, &port, err) != 0 ||
		optional_number("mtu", keys[1].value, 68, UINT16_MAX, &mtu, err) != 0 ||
		optional_number("compartment", keys[2].value, 1, UINT32_MAX, &compartment, err) !=
			0)
		return -1;
	if (compartment != 0 && !pollers_serve(app, (uint32_t)compartment)) {
		if (app_forwarding(app))
			return command_fail(
				err, "if add: a new compartment: stop forwarding first");
		rc = pollers_compartment(app, (uint32_t)compartment);
	}
	if (rc != 0)
		return answer(rc, "compartment", err);
	default_if_remove(app, argv[0]);
	opts.name = argv[0];
	opts.port_id = (uint16_t)port;
	opts.mtu = (uint16_t)mtu;
	opts.compartment_id = (uint32_t)compartment;
	return answer(fwpdk_if_add(&opts, &if_index), "if add", err);
}

static int
set_resolve(uint32_t if_index, const char *text, char *err)
{
	if (strcmp(text, "on") != 0 && strcmp(text, "off") != 0)
		return command_fail(err, "resolve: '%s' is none of on off", text);
	return answer(fwpdk_if_set_resolve(if_index, text[1] == 'n'), "if set", err);
}

static int
run_addr_add(struct app *app, int argc, char **argv, char *err)
{
	struct fwpdk_route prefix = {.size = sizeof(prefix)};
	uint32_t if_index;

	RTE_SET_USED(app);
	if (argc != 2)
		return command_fail(err, "addr add: give IF ADDR/LEN");
	if (if_arg(argv[0], &if_index, err) != 0 || prefix_arg(argv[1], &prefix, err) != 0)
		return -1;
	return answer(fwpdk_addr_add(if_index, &prefix.prefix, prefix.prefix_len), "addr add", err);
}

static int
run_if_set(struct app *app, int argc, char **argv, char *err)
{
	struct keyed keys[] = {{"mtu", NULL}, {"resolve", NULL}, {NULL, NULL}};
	uint32_t if_index;
	uint64_t mtu;

	RTE_SET_USED(app);
	if (argc != 3)
		return command_fail(err, "if set: give NAME mtu M or NAME resolve on|off");
	if (if_arg(argv[0], &if_index, err) != 0 ||
		keyed_parse(argc - 1, argv + 1, keys, err) != 0 ||
		optional_number("mtu", keys[0].value, 68, UINT16_MAX, &mtu, err) != 0)
		return -1;
	if (keys[1].value != NULL)
		return set_resolve(if_index, keys[1].value, err);
	return answer(fwpdk_if_set_mtu(if_index, (uint16_t)mtu), "if set", err);
}

const struct command commands_stack[] = {
	{"route add", "PREFIX/LEN dev IF [via ADDR] [compartment N]", "add or replace a route",
		run_route_add},
	{"route del", "PREFIX/LEN [compartment N]", "remove a route", run_route_del},
	{"route show", "", "list routes", run_route_show},
	{"neigh add", "IF ADDR MAC", "add or replace a neighbour", run_neigh_add},
	{"neigh del", "IF ADDR", "remove a neighbour", run_neigh_del},
	{"neigh show", "", "list neighbours", run_neigh_show},
	{"if add", "NAME port N [mtu M] [compartment N]", "add an interface", run_if_add},
	{"if set", "NAME mtu M | NAME resolve on|off", "change an interface", run_if_set},
	{"addr add", "IF ADDR/LEN", "give an interface an address", run_addr_add},
	{"if show", "", "list interfaces", run_if_show},
	{NULL, NULL, NULL, NULL},
};
