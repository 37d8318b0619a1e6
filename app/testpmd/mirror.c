/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Linux's interfaces, routes and neighbours in place of own ones. The main thread follows them
 * between its other duties. The kernel's table main is the default compartment, any other one
 * the compartment of the same number.
 */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "options.h"

#define MAIN_TABLE 254u

/* What --netlink asks for. */
struct wanted {
	struct fwpdk_netlink_if ifs[FWPDK_NETLINK_MAX_IFS];
	struct fwpdk_netlink_table tables[FWPDK_NETLINK_MAX_TABLES];
	uint32_t n_ifs, n_tables;
};

static void
table_want(struct wanted *w, uint32_t table)
{
	for (uint32_t i = 0; i < w->n_tables; i++)
		if (w->tables[i].table == table)
			return;
	w->tables[w->n_tables++] = (struct fwpdk_netlink_table){.table = table,
		.compartment_id = table == MAIN_TABLE ? FWPDK_DEFAULT_COMPARTMENT : table};
}

/* IF:PORT[:TABLE], whose text is cut up. Returns 0, or -1 with the cause in err. */
static int
item_parse(struct wanted *w, char *item, char *err, size_t err_size)
{
	struct fwpdk_netlink_if *o = &w->ifs[w->n_ifs];
	char *save = NULL, *name = strtok_r(item, ":", &save), *port = strtok_r(NULL, ":", &save),
	     *table = strtok_r(NULL, ":", &save);
	char cause[128];
	uint64_t id, t = MAIN_TABLE;

	if (name == NULL || port == NULL || strtok_r(NULL, ":", &save) != NULL ||
		strlen(name) >= IFNAMSIZ) {
		snprintf(err, err_size, "give IF:PORT or IF:PORT:TABLE");
		return -1;
	}
	if (w->n_ifs == FWPDK_NETLINK_MAX_IFS) {
		snprintf(err, err_size, "more than %u interfaces", FWPDK_NETLINK_MAX_IFS);
		return -1;
	}
	if (number_parse(port, 0, UINT16_MAX, &id, cause, sizeof(cause)) != 0 ||
		(table != NULL &&
			number_parse(table, 2, UINT32_MAX, &t, cause, sizeof(cause)) != 0)) {
		snprintf(err, err_size, "%s: %s", name, cause);
		return -1;
	}
	*o = (struct fwpdk_netlink_if){
		.ifname = name, .port_id = (uint16_t)id, .table = (uint32_t)t};
	w->n_ifs++;
	table_want(w, o->table);
	return 0;
}

static int
wanted_parse(struct wanted *w, char *text, char *err, size_t err_size)
{
	char *save = NULL;

	for (char *item = strtok_r(text, ",", &save); item != NULL;
		item = strtok_r(NULL, ",", &save))
		if (item_parse(w, item, err, err_size) != 0)
			return -1;
	return 0;
}

/* A compartment per table, served by every poller. Returns 0 or -errno. */
static int
compartments_make(struct app *app, const struct wanted *w)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < w->n_tables; i++) {
		if (pollers_serve(app, w->tables[i].compartment_id))
			continue;
		if (app_forwarding(app))
			return -EBUSY;
		rc = pollers_compartment(app, w->tables[i].compartment_id);
	}
	return rc;
}

/* The interface that a port has without configuration makes room, with its default routes. */
static void
default_ifs_remove(struct app *app, const struct wanted *w)
{
	for (uint32_t i = 0; i < w->n_ifs; i++)
		for (unsigned p = 0; p < app->nb_ports; p++)
			if (app->ports[p].id == w->ifs[i].port_id && app->ports[p].if_index != 0 &&
				fwpdk_if_del(app->ports[p].if_index) == 0)
				app->ports[p].if_index = 0;
}

int
mirror_open(struct app *app, const char *spec, char *err, size_t err_size)
{
	struct fwpdk_netlink_opts opts = {.size = sizeof(opts)};
	struct wanted *w = calloc(1, sizeof(*w));
	char *text = strdup(spec);
	int rc = -1;

	if (app->mirror != NULL)
		snprintf(err, err_size, "there is a mirror already");
	else if (w == NULL || text == NULL)
		snprintf(err, err_size, "out of memory");
	else
		rc = wanted_parse(w, text, err, err_size);
	if (rc == 0) {
		rc = compartments_make(app, w);
		if (rc == 0) {
			default_ifs_remove(app, w);
			opts.ifs = w->ifs;
			opts.n_ifs = w->n_ifs;
			opts.tables = w->tables;
			opts.n_tables = w->n_tables;
			rc = fwpdk_netlink_open(&opts, &app->mirror);
		}
		if (rc != 0)
			snprintf(err, err_size, "cannot mirror: %s",
				rc == -EBUSY ? "a new compartment: stop forwarding first"
					     : strerror(-rc));
	}
	free(text);
	free(w);
	return rc == 0 ? 0 : -1;
}

void
mirror_tick(struct app *app)
{
	int rc = app->mirror != NULL ? fwpdk_netlink_process(app->mirror) : 0;
	static int last;

	if (rc < 0 && rc != last)
		app_error("netlink: %s", strerror(-rc));
	last = rc < 0 ? rc : 0;
}

int
mirror_close(struct app *app)
{
	int rc = fwpdk_netlink_close(app->mirror);

	if (rc != 0) {
		app_error("netlink: cannot close: %s", strerror(-rc));
		return -1;
	}
	app->mirror = NULL;
	return 0;
}
