/* SPDX-License-Identifier: BSD-3-Clause */
/* The public calls. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "core/ctl.h"
#include "core/hint.h"
#include "core/log.h"
#include "netlink/list.h"
#include "netlink/mirror.h"

#define BATCH_MAX 32768u /* notifications taken before their changes are made */

static struct fwpdk_netlink *mirrors; /* under the mutex */

static int
table_add(struct fwpdk_netlink *nl, uint32_t table, uint32_t compartment_id)
{
	uint32_t comp = fwi_stack_compartment(compartment_id), i;

	if (table == 0)
		return -EINVAL;
	if (comp == FWI_NO_COMPARTMENT)
		return -ENOENT;
	for (i = 0; i < nl->n_tables; i++)
		if (nl->tables[i].table == table || nl->tables[i].comp == comp)
			return -EINVAL;
	nl->tables[nl->n_tables++] = (struct fwi_nl_table){.table = table, .comp = comp};
	return 0;
}

static int
link_add(struct fwpdk_netlink *nl, const struct fwpdk_netlink_if *o)
{
	struct fwi_nl_link *link = &nl->links[nl->n_links];
	size_t len = o->ifname != NULL ? strnlen(o->ifname, sizeof(link->name)) : 0;
	uint32_t i;

	if (len == sizeof(link->name) || (len == 0 && (o->ifname != NULL || o->ifindex == 0)))
		return -EINVAL;
	if (len != 0)
		memcpy(link->name, o->ifname, len);
	else
		link->asked_index = o->ifindex;
	link->port_id = o->port_id;
	link->asked_table = o->table != 0 ? o->table : (uint32_t)RT_TABLE_MAIN;
	for (i = 0; i < nl->n_links; i++)
		if (strcmp(nl->links[i].name, link->name) == 0 &&
			nl->links[i].asked_index == link->asked_index)
			return -EINVAL;
	nl->n_links++;
	return 0;
}

static int
options(struct fwpdk_netlink *nl, const struct fwpdk_netlink_opts *o)
{
	uint32_t i;
	int rc = 0;

	if (o->tables == NULL)
		rc = table_add(nl, RT_TABLE_MAIN, FWPDK_DEFAULT_COMPARTMENT);
	for (i = 0; rc == 0 && o->tables != NULL && i < o->n_tables; i++)
		rc = table_add(nl, o->tables[i].table, o->tables[i].compartment_id);
	for (i = 0; rc == 0 && i < o->n_ifs; i++)
		rc = link_add(nl, &o->ifs[i]);
	return rc;
}

static bool
check(const struct fwpdk_netlink_opts *o)
{
	return FWI_SIZE_OK(o, struct fwpdk_netlink_opts) && o->ifs != NULL && o->n_ifs != 0 &&
	       o->n_ifs <= FWPDK_NETLINK_MAX_IFS && o->n_tables <= FWPDK_NETLINK_MAX_TABLES &&
	       (o->tables != NULL) == (o->n_tables != 0);
}

static void
free_addr(void *ctx, struct fwi_nl_node *node)
{
	(void)ctx;
	free(container_of(node, struct fwi_nl_addr, node));
}

static void
free_neigh(void *ctx, struct fwi_nl_node *node)
{
	(void)ctx;
	free(container_of(node, struct fwi_nl_neigh, node));
}

static void
free_vrf(void *ctx, struct fwi_nl_node *node)
{
	(void)ctx;
	free(container_of(node, struct fwi_nl_vrf, node));
}

static void
free_nexthop(void *ctx, struct fwi_nl_node *node)
{
	(void)ctx;
	free(container_of(node, struct fwi_nl_nexthop, node));
}

static void
free_prefix(void *ctx, struct fwi_nl_node *node)
{
	fwi_nl_prefix_free(ctx, container_of(node, struct fwi_nl_prefix, node));
}

static void
destroy(struct fwpdk_netlink *nl)
{
	fwi_nl_sockets_close(nl);
	fwi_nl_each(&nl->addrs, free_addr, nl);
	fwi_nl_each(&nl->neighs, free_neigh, nl);
	fwi_nl_each(&nl->vrfs, free_vrf, nl);
	fwi_nl_each(&nl->nexthops, free_nexthop, nl);
	fwi_nl_each(&nl->prefixes, free_prefix, nl);
	fwi_nl_rules_sweep(nl, true);
	fwi_nl_nodes_free(&nl->addrs);
	fwi_nl_nodes_free(&nl->neighs);
	fwi_nl_nodes_free(&nl->vrfs);
	fwi_nl_nodes_free(&nl->nexthops);
	fwi_nl_nodes_free(&nl->prefixes);
	free(nl);
}

static int
changes_make(struct fwpdk_netlink *nl)
{
	int rc;

	nl->pending = false;
	fwi_nl_settle(nl);
	rc = fwi_nl_apply(nl);
	if (rc == 0)
		rc = fwi_nl_rules_apply(nl);
	fwi_nl_count(&nl->stats.failed, rc != 0);
	return rc;
}

/* A mirror that knows its options, but nothing yet. */
int
fwi_nl_create(const struct fwpdk_netlink_opts *opts, struct fwpdk_netlink **nl)
{
	struct fwpdk_netlink *n;
	int rc;

	if (!check(opts))
		return -EINVAL;
	n = calloc(1, sizeof(*n));
	if (n == NULL)
		return -ENOMEM;
	n->uncovered = n->seen = fwi_stack_uncovered;
	rc = options(n, opts);
	if (rc != 0) {
		destroy(n);
		return rc;
	}
	*nl = n;
	fwi_ctl_lock();
	n->next = mirrors;
	mirrors = n;
	fwi_ctl_unlock();
	return 0;
}

int
fwpdk_netlink_open(const struct fwpdk_netlink_opts *opts, struct fwpdk_netlink **nl)
{
	struct fwpdk_netlink *n;
	int rc;

	if (!fwi_ready())
		return -ENODEV;
	if (nl == NULL)
		return -EINVAL;
	rc = fwi_nl_create(opts, &n);
	if (rc != 0)
		return rc;
	rc = fwi_nl_sockets_open(n, opts->rcvbuf);
	if (rc == 0)
		rc = fwi_nl_resync(n);
	if (rc == 0)
		rc = changes_make(n);
	if (rc != 0) {
		fwpdk_netlink_close(n);
		return rc;
	}
	fwi_nl_telemetry();
	*nl = n;
	return 0;
}

int
fwpdk_netlink_fd(const struct fwpdk_netlink *nl)
{
	return nl != NULL ? mnl_socket_get_fd(nl->events) : -EINVAL;
}

int
fwi_nl_follow(struct fwpdk_netlink *nl, int taken)
{
	int rc = 0;

	if (taken == -ENOBUFS)
		fwi_nl_count(&nl->stats.overruns, 1);
	if (taken == -ENOBUFS || taken == -ENOMEM)
		nl->resync = true;
	if (nl->resync)
		rc = fwi_nl_resync(nl);
	if (rc == 0 && (taken != 0 || nl->pending || nl->n_dirty != 0 ||
			       nl->uncovered != fwi_stack_uncovered))
		rc = changes_make(nl);
	return rc;
}

int
fwpdk_netlink_process(struct fwpdk_netlink *nl)
{
	int taken, rc;

	if (!fwi_ready())
		return -ENODEV;
	if (nl == NULL)
		return -EINVAL;
	taken = fwi_nl_receive(nl, BATCH_MAX);
	if (taken < 0 && taken != -ENOBUFS && taken != -ENOMEM)
		return taken;
	rc = fwi_nl_follow(nl, taken);
	return rc != 0 ? rc : taken < 0 ? 1 : taken;
}

int
fwpdk_netlink_resync(struct fwpdk_netlink *nl)
{
	if (!fwi_ready())
		return -ENODEV;
	if (nl == NULL)
		return -EINVAL;
	nl->resync = nl->pending = true;
	return fwi_nl_follow(nl, 0);
}

int
fwpdk_netlink_close(struct fwpdk_netlink *nl)
{
	struct fwpdk_netlink **at;
	int rc;

	if (nl == NULL)
		return 0;
	/* After fwpdk_fini() there is nothing left to take away. */
	rc = fwi_ready() ? fwi_nl_unsettle(nl) : 0;
	if (rc != 0)
		return rc;
	fwi_ctl_lock();
	for (at = &mirrors; *at != NULL && *at != nl; at = &(*at)->next)
		;
	if (*at != NULL)
		*at = nl->next;
	fwi_ctl_unlock();
	destroy(nl);
	return 0;
}

int
fwpdk_netlink_stats(const struct fwpdk_netlink *nl, struct fwpdk_netlink_stats *stats)
{
	const size_t first = offsetof(struct fwpdk_netlink_stats, interfaces);

	if (nl == NULL || !FWI_SIZE_OK(stats, struct fwpdk_netlink_stats))
		return -EINVAL;
	fwi_glance_all((uint8_t *)stats + first, (const uint8_t *)&nl->stats + first,
		(sizeof(*stats) - first) / sizeof(uint64_t));
	return 0;
}

struct fwpdk_netlink *
fwi_nl_mirrors(void)
{
	return mirrors;
}
