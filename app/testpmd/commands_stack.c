/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands for interfaces, routes and neighbours. */
#include <string.h>

#include <rte_ether.h>

#include "app.h"
#include "commands.h"
#include "options.h"

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
	return command_answer(fwpdk_neigh_add(if_index, &addr, &mac), "neigh add", err);
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
	return command_answer(fwpdk_neigh_del(if_index, &addr), "neigh del", err);
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
	struct keyed keys[] = {{"port", NULL}, {"mtu", NULL}, {"compartment", NULL}, {"vlan", NULL},
		{"outer", NULL}, {"fragment", NULL}, {NULL, NULL}};
	struct fwpdk_if_opts opts = {.size = sizeof(opts)};
	uint64_t port, mtu, compartment, vlan, outer;
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
			0 ||
		optional_number("vlan", keys[3].value, 1, 4094, &vlan, err) != 0 ||
		optional_number("outer", keys[4].value, 1, 4094, &outer, err) != 0 ||
		on_off_arg("fragment", keys[5].value, app->args.fragment, &opts.fragment, err) != 0)
		return -1;
	if (outer != 0 && vlan == 0)
		return command_fail(err, "if add: outer needs vlan");
	if (compartment != 0 && !pollers_serve(app, (uint32_t)compartment)) {
		if (app_forwarding(app))
			return command_fail(
				err, "if add: a new compartment: stop forwarding first");
		rc = pollers_compartment(app, (uint32_t)compartment);
	}
	if (rc != 0)
		return command_answer(rc, "compartment", err);
	default_if_remove(app, argv[0]);
	opts.name = argv[0];
	opts.port_id = (uint16_t)port;
	opts.mtu = (uint16_t)mtu;
	opts.compartment_id = (uint32_t)compartment;
	opts.vlan_id = (uint16_t)vlan;
	opts.outer_vlan_id = (uint16_t)outer;
	return command_answer(fwpdk_if_add(&opts, &if_index), "if add", err);
}

static int
run_if_set(struct app *app, int argc, char **argv, char *err)
{
	struct keyed keys[] = {{"mtu", NULL}, {"forwarding", NULL}, {"fragment", NULL},
		{"resolve", NULL}, {NULL, NULL}};
	static int (*const set[])(uint32_t if_index, int on) = {
		fwpdk_if_set_forwarding, fwpdk_if_set_fragment, fwpdk_if_set_resolve};
	uint8_t on[RTE_DIM(set)];
	uint32_t if_index;
	uint64_t mtu;
	int rc = 0;

	RTE_SET_USED(app);
	if (argc < 3)
		return command_fail(err,
			"if set: give NAME and mtu M, or forwarding, fragment or resolve on|off");
	if (if_arg(argv[0], &if_index, err) != 0 ||
		keyed_parse(argc - 1, argv + 1, keys, err) != 0 ||
		optional_number("mtu", keys[0].value, 68, UINT16_MAX, &mtu, err) != 0)
		return -1;
	for (unsigned i = 0; i < RTE_DIM(set); i++)
		if (on_off_arg(keys[i + 1].key, keys[i + 1].value, false, &on[i], err) != 0)
			return -1;
	if (keys[0].value != NULL)
		rc = fwpdk_if_set_mtu(if_index, (uint16_t)mtu);
	for (unsigned i = 0; rc == 0 && i < RTE_DIM(set); i++)
		if (keys[i + 1].value != NULL)
			rc = set[i](if_index, on[i]);
	return command_answer(rc, "if set", err);
}

static int
run_if_addr(struct app *app, int argc, char **argv, char *err)
{
	struct fwpdk_route prefix = {.size = sizeof(prefix)};
	uint32_t if_index;

	RTE_SET_USED(app);
	if (argc != 2)
		return command_fail(err, "if addr: give NAME ADDR/LEN");
	if (if_arg(argv[0], &if_index, err) != 0 || prefix_arg(argv[1], &prefix, err) != 0)
		return -1;
	return command_answer(
		fwpdk_addr_add(if_index, &prefix.prefix, prefix.prefix_len), "if addr", err);
}

static int
run_nat(struct app *app, int argc, char **argv, char *err)
{
	struct fwpdk_route inside = {.size = sizeof(inside)};
	struct fwpdk_addr outside;

	RTE_SET_USED(app);
	if (argc != 3 || strcmp(argv[1], "to") != 0)
		return command_fail(err, "nat: give PREFIX/LEN to ADDR");
	if (prefix_arg(argv[0], &inside, err) != 0 || addr_arg(argv[2], &outside, err) != 0)
		return -1;
	if (callouts_nat(&inside.prefix, inside.prefix_len, &outside) != 0)
		return command_fail(err, "nat: '%s' is of another address family", argv[2]);
	return 0;
}

const struct command commands_stack[] = {
	{"route add",
		"PREFIX/LEN dev IF [via ADDR] | via ADDR if IF [weight W] via ... | unreachable | "
		"throw [compartment N]",
		"add or replace a route, with one next hop, several or none", run_route_add},
	{"route del", "PREFIX/LEN [compartment N]", "remove a route", run_route_del},
	{"route show", "[compartment N]", "list routes, of one compartment or table or of all",
		run_route_show},
	{"table add", "N", "a table for rules, whose routes are of compartment N", run_table_add},
	{"rule add",
		"from PREFIX/LEN lookup TABLE|unreachable [to PREFIX/LEN] [priority P] "
		"[compartment N]",
		"by source: look there first", run_rule_add},
	{"rule del", "the words of rule add", "remove a rule", run_rule_del},
	{"rule show", "", "list rules", run_rule_show},
	{"neigh add", "IF ADDR MAC", "add or replace a neighbour", run_neigh_add},
	{"neigh del", "IF ADDR", "remove a neighbour", run_neigh_del},
	{"neigh show", "", "list neighbours", run_neigh_show},
	{"if add", "NAME port N [mtu M] [compartment N] [vlan N [outer N]] [fragment on|off]",
		"add an interface", run_if_add},
	{"if set", "NAME [mtu M] [forwarding on|off] [fragment on|off] [resolve on|off]",
		"change an interface", run_if_set},
	{"addr add", "IF ADDR/LEN", "the same as if addr", run_if_addr},
	{"if addr", "NAME ADDR/LEN", "give an interface an address", run_if_addr},
	{"nat", "PREFIX/LEN to ADDR", "mode nat: who is inside, and the address shown outside",
		run_nat},
	{"if show", "", "list interfaces", run_if_show},
	{"pmtu set", "ADDR MTU [seconds S] [compartment N]", "MTU of a path, for some time",
		run_pmtu_set},
	{"pmtu del", "ADDR [compartment N]", "forget it", run_pmtu_del},
	{"pmtu show", "", "list path MTUs", run_pmtu_show},
	{NULL, NULL, NULL, NULL},
};
