/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that list interfaces, routes and neighbours. */
#include <rte_ether.h>

#include "app.h"
#include "commands.h"

#define ADDR_TEXT 46

/* Interface names by index, collected first: a walk's function may make no control call. */
struct listing {
	FILE *out;
	char names[FWPDK_MAX_INTERFACES + 1][16];
};

static int
if_name_note(const struct fwpdk_if_info *info, void *arg)
{
	struct listing *listing = arg;

	if (info->if_index <= FWPDK_MAX_INTERFACES)
		snprintf(listing->names[info->if_index], 16, "%s", info->name);
	return 0;
}

static void
listing_begin(struct listing *listing, struct app *app)
{
	*listing = (struct listing){.out = app->out};
	fwpdk_if_walk(if_name_note, listing);
}

static const char *
if_name(const struct listing *listing, uint32_t if_index)
{
	return if_index <= FWPDK_MAX_INTERFACES ? listing->names[if_index] : "?";
}

static void
hop_print(const struct listing *listing, const struct fwpdk_next_hop *hop)
{
	char text[ADDR_TEXT];

	fprintf(listing->out, " dev %s", if_name(listing, hop->if_index));
	if (hop->gateway.family != 0)
		fprintf(listing->out, " via %s", fwpdk_addr_format(&hop->gateway, text, ADDR_TEXT));
}

/* One next hop on the line of its route, several on lines of their own. */
static int
route_print(
	const struct fwpdk_route *route, const struct fwpdk_next_hop *hops, uint32_t n, void *arg)
{
	const struct listing *listing = arg;
	char prefix[ADDR_TEXT];

	fprintf(listing->out, "  %s/%u", fwpdk_addr_format(&route->prefix, prefix, ADDR_TEXT),
		route->prefix_len);
	if (n == 0)
		fprintf(listing->out, route->throws ? " throw" : " unreachable");
	if (n == 1)
		hop_print(listing, &hops[0]);
	fprintf(listing->out, " compartment %u\n", route->compartment_id);
	for (uint32_t i = 0; n > 1 && i < n; i++) {
		fprintf(listing->out, "     ");
		hop_print(listing, &hops[i]);
		fprintf(listing->out, " weight %u\n", hops[i].weight);
	}
	return 0;
}

int
run_route_show(struct app *app, int argc, char **argv, char *err)
{
	struct keyed keys[] = {{"compartment", NULL}, {NULL, NULL}};
	struct listing listing;
	uint64_t one;

	if (keyed_parse(argc, argv, keys, err) != 0 ||
		optional_number("compartment", keys[0].value, 1, UINT32_MAX, &one, err) != 0)
		return -1;
	listing_begin(&listing, app);
	if (one != 0)
		return command_answer(fwpdk_route_hops_walk((uint32_t)one, route_print, &listing),
			"route show", err);
	for (unsigned i = 0; i < app->nb_compartments; i++)
		fwpdk_route_hops_walk(app->compartments[i], route_print, &listing);
	return 0;
}

static int
neigh_print(uint32_t if_index, const struct fwpdk_addr *addr, const struct rte_ether_addr *mac,
	void *arg)
{
	const struct listing *listing = arg;
	char text[ADDR_TEXT], mac_text[RTE_ETHER_ADDR_FMT_SIZE];

	rte_ether_format_addr(mac_text, sizeof(mac_text), mac);
	fprintf(listing->out, "  %s %s %s\n", if_name(listing, if_index),
		fwpdk_addr_format(addr, text, ADDR_TEXT), mac_text);
	return 0;
}

int
run_neigh_show(struct app *app, int argc, char **argv, char *err)
{
	struct listing listing;

	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	RTE_SET_USED(err);
	listing_begin(&listing, app);
	fwpdk_neigh_walk(neigh_print, &listing);
	return 0;
}

static int
if_print(const struct fwpdk_if_info *info, void *arg)
{
	FILE *out = arg;
	char mac[RTE_ETHER_ADDR_FMT_SIZE];

	rte_ether_format_addr(mac, sizeof(mac), &info->mac);
	fprintf(out, "  %s port %u mtu %u mac %s compartment %u", info->name, info->port_id,
		info->mtu, mac, info->compartment_id);
	if (info->vlan_id != 0)
		fprintf(out, " vlan %u", info->vlan_id);
	if (info->outer_vlan_id != 0)
		fprintf(out, " outer %u", info->outer_vlan_id);
	fprintf(out, "%s%s%s\n", info->fragment ? " fragment" : "",
		info->forwarding ? " forwarding" : "", info->resolve ? " resolve" : "");
	return 0;
}

int
run_if_show(struct app *app, int argc, char **argv, char *err)
{
	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	RTE_SET_USED(err);
	fwpdk_if_walk(if_print, app->out);
	return 0;
}

static int
pmtu_print(uint32_t compartment_id, const struct fwpdk_addr *dst, uint16_t mtu, uint32_t seconds,
	void *arg)
{
	char text[ADDR_TEXT];

	fprintf(arg, "  %s mtu %u for %u s compartment %u\n",
		fwpdk_addr_format(dst, text, ADDR_TEXT), mtu, seconds, compartment_id);
	return 0;
}

int
run_pmtu_show(struct app *app, int argc, char **argv, char *err)
{
	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	RTE_SET_USED(err);
	fwpdk_pmtu_walk(pmtu_print, app->out);
	return 0;
}
