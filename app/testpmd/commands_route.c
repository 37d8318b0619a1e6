/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands for routes: one next hop, several, or none. */
#include <string.h>

#include "app.h"
#include "commands.h"
#include "options.h"

/* Words after the prefix. */
struct hops {
	struct fwpdk_next_hop hop[FWPDK_MAX_NEXT_HOPS];
	uint32_t n;
};

/* via ADDR if IF [weight W]; returns words used, -1 with err set. */
static int
hop_parse(int argc, char **argv, struct fwpdk_next_hop *hop, char *err)
{
	uint64_t weight;

	*hop = (struct fwpdk_next_hop){.weight = 1};
	if (argc < 4 || strcmp(argv[0], "via") != 0 || strcmp(argv[2], "if") != 0)
		return command_fail(err, "route add: give via ADDR if IF for each next hop");
	if (addr_arg(argv[1], &hop->gateway, err) != 0 || if_arg(argv[3], &hop->if_index, err) != 0)
		return -1;
	if (argc < 5 || strcmp(argv[4], "weight") != 0)
		return 4;
	if (optional_number("weight", argc > 5 ? argv[5] : "", 1, 256, &weight, err) != 0)
		return -1;
	hop->weight = (uint16_t)weight;
	return 6;
}

static bool
leads_nowhere(const char *word)
{
	return strcmp(word, "unreachable") == 0 || strcmp(word, "throw") == 0;
}

/* "unreachable", "throw", or hops one after another; [compartment N] at the end. */
static int
multi_add(struct fwpdk_route *route, int argc, char **argv, char *err)
{
	struct keyed keys[] = {{"compartment", NULL}, {NULL, NULL}};
	struct hops hops = {.n = 0};
	uint64_t compartment;
	int used = leads_nowhere(argv[0]), n;

	route->throws = strcmp(argv[0], "throw") == 0;
	while (used < argc && strcmp(argv[used], "via") == 0) {
		if (hops.n == FWPDK_MAX_NEXT_HOPS)
			return command_fail(err, "route add: too many next hops");
		n = hop_parse(argc - used, argv + used, &hops.hop[hops.n++], err);
		if (n < 0)
			return -1;
		used += n;
	}
	if (keyed_parse(argc - used, argv + used, keys, err) != 0 ||
		optional_number("compartment", keys[0].value, 1, UINT32_MAX, &compartment, err) !=
			0)
		return -1;
	route->compartment_id = (uint32_t)compartment;
	return command_answer(fwpdk_route_add_multi(route, hops.hop, hops.n), "route add", err);
}

static int
single_add(struct fwpdk_route *route, int argc, char **argv, char *err)
{
	struct keyed keys[] = {{"dev", NULL}, {"via", NULL}, {"compartment", NULL}, {NULL, NULL}};
	uint64_t compartment;

	if (keyed_parse(argc, argv, keys, err) != 0)
		return -1;
	if (keys[0].value == NULL)
		return command_fail(err, "route add: give dev IF");
	if (if_arg(keys[0].value, &route->if_index, err) != 0 ||
		(keys[1].value != NULL && addr_arg(keys[1].value, &route->next_hop, err) != 0) ||
		optional_number("compartment", keys[2].value, 1, UINT32_MAX, &compartment, err) !=
			0)
		return -1;
	route->compartment_id = (uint32_t)compartment;
	return command_answer(fwpdk_route_add(route), "route add", err);
}

int
run_route_add(struct app *app, int argc, char **argv, char *err)
{
	struct fwpdk_route route = {.size = sizeof(route)};

	RTE_SET_USED(app);
	if (argc < 1)
		return command_fail(err, "route add: give PREFIX/LEN dev IF");
	if (prefix_arg(argv[0], &route, err) != 0)
		return -1;
	if (argc > 1 && (leads_nowhere(argv[1]) || (argc > 3 && strcmp(argv[1], "via") == 0 &&
							   strcmp(argv[3], "if") == 0)))
		return multi_add(&route, argc - 1, argv + 1, err);
	return single_add(&route, argc - 1, argv + 1, err);
}

int
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
	return command_answer(fwpdk_route_del(&route), "route del", err);
}
