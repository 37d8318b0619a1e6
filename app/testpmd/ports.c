/* SPDX-License-Identifier: BSD-3-Clause */
/* Every ethdev port: open, give it an interface, close. */
#include <string.h>

#include <rte_ethdev.h>

#include "app.h"

#define STOP_TIMEOUT_US 1000000u

/* Every poller needs a queue of its own on every port. Returns 0, or -1 after a line. */
static int
queues_check(const struct app *app, uint16_t id, uint16_t *nb_rx)
{
	struct rte_eth_dev_info info;
	int rc = rte_eth_dev_info_get(id, &info);

	*nb_rx = 0;
	if (rc != 0)
		return 0; /* opening it will tell */
	if (forward_mode_receives(app->args.mode) && info.max_rx_queues < app->nb_pollers) {
		app_error("port %u: %u pollers need as many RX queues, but it has %u: use fewer "
			  "lcores",
			id, app->nb_pollers, info.max_rx_queues);
		return -1;
	}
	if (forward_mode_receives(app->args.mode) || app->args.resolve)
		*nb_rx = (uint16_t)RTE_MIN(app->nb_pollers, (unsigned)info.max_rx_queues);
	if (info.max_tx_queues >= app->nb_pollers)
		return 0;
	app_error("port %u: %u pollers need as many TX queues, but it has %u: use fewer lcores", id,
		app->nb_pollers, info.max_tx_queues);
	return -1;
}

int
ports_open(struct app *app)
{
	struct fwpdk_port_opts opts = {
		.size = sizeof(opts),
		.mode = (enum fwpdk_mode)app->args.port_mode,
		.nb_queues = (uint16_t)app->nb_pollers,
		.nb_desc = app->args.nb_desc,
	};
	uint16_t id;

	RTE_ETH_FOREACH_DEV(id)
	{
		int rc;

		if (app->nb_ports == PORTS_MAX) {
			app_error("more than %u ports", PORTS_MAX);
			return -1;
		}
		if (queues_check(app, id, &opts.nb_rx_queues) != 0)
			return -1;
		app->ports[app->nb_ports].nb_rx_queues = opts.nb_rx_queues;
		rc = fwpdk_port_open(id, &opts);
		if (rc != 0) {
			app_error("port %u: cannot open: %s", id, strerror(-rc));
			return -1;
		}
		app->ports[app->nb_ports++].id = id;
	}
	if (app->nb_ports == 0) {
		app_error("no port: give EAL one, e.g. --vdev=net_null0");
		return -1;
	}
	return 0;
}

/*
 * The route to everything through a neighbour on the interface, which is asked for its MAC if it
 * resolves. Returns 0 or -errno.
 */
static int
default_route(uint32_t if_index, bool resolve, const char *any, const char *next_hop)
{
	static const struct rte_ether_addr mac = {{0x02, 0, 0, 0, 0, 0x01}};
	struct fwpdk_route route = {.size = sizeof(route), .if_index = if_index};
	int rc;

	fwpdk_addr_parse(any, &route.prefix);
	fwpdk_addr_parse(next_hop, &route.next_hop);
	rc = resolve ? 0 : fwpdk_neigh_add(if_index, &route.next_hop, &mac);
	return rc != 0 ? rc : fwpdk_route_add(&route);
}

int
ports_default_stack(struct app *app)
{
	for (unsigned i = 0; i < app->nb_ports; i++) {
		struct app_port *port = &app->ports[i];
		struct fwpdk_if_opts opts = {
			.size = sizeof(opts), .port_id = port->id, .fragment = app->args.fragment};
		char name[16];
		bool routes = i == 0 && !forward_mode_receives(app->args.mode);
		int rc;

		snprintf(name, sizeof(name), "if%u", port->id);
		opts.name = name;
		rc = fwpdk_if_add(&opts, &port->if_index);
		if (rc == 0 && app->args.resolve)
			rc = fwpdk_if_set_resolve(port->if_index, 1);
		if (rc == 0 && routes)
			rc = default_route(
				port->if_index, app->args.resolve, "0.0.0.0", "10.255.255.1");
		if (rc == 0 && routes)
			rc = default_route(port->if_index, app->args.resolve, "::", "fe80::1");
		if (rc != 0) {
			app_error("port %u: cannot add interface %s: %s", port->id, name,
				strerror(-rc));
			return -1;
		}
	}
	return 0;
}

void
ports_note(struct app *app)
{
	for (unsigned i = 0; i < app->nb_ports; i++) {
		struct app_port *port = &app->ports[i];

		port->info.size = sizeof(port->info);
		fwpdk_port_info(port->id, &port->info);
	}
}

void
ports_stop(struct app *app)
{
	for (unsigned i = 0; i < app->nb_ports; i++) {
		int rc = fwpdk_port_stop(app->ports[i].id, STOP_TIMEOUT_US);

		if (rc != 0)
			app_error("port %u: cannot stop: %s", app->ports[i].id, strerror(-rc));
	}
}

static int
if_first(const struct fwpdk_if_info *info, void *arg)
{
	*(uint32_t *)arg = info->if_index;
	return 1;
}

int
ports_close(struct app *app)
{
	uint32_t if_index;
	int failed = 0;

	while (if_index = 0, fwpdk_if_walk(if_first, &if_index), if_index != 0)
		if (fwpdk_if_del(if_index) != 0)
			break;
	for (unsigned i = 0; i < app->nb_ports; i++) {
		int rc = fwpdk_port_close(app->ports[i].id);

		if (rc != 0) {
			app_error("port %u: cannot close: %s", app->ports[i].id, strerror(-rc));
			failed = -1;
		}
	}
	return failed;
}
