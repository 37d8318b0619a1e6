/* SPDX-License-Identifier: BSD-3-Clause */
/* Control: /fwpdk/routes /fwpdk/neighbours /fwpdk/interfaces. */
#include <errno.h>
#include <stdio.h>

#include <rte_common.h>

#include "core/ctl.h"
#include "inject/telemetry.h"
#include "stack/figures.h"
#include "stack/prefix.h"

#define IFS_MAX 64 /* an answer has 16 KB */

#define U64(d, s, field) rte_tel_data_add_dict_u64(d, #field, (s).field)

static int
compartment(const struct fwi_comp_figures *f, struct rte_tel_data *d)
{
	struct rte_tel_data *one = fwi_tel_dict();
	char name[16];

	if (one == NULL)
		return -ENOMEM;
	rte_tel_data_add_dict_u64(one, "ipv4", f->family[FWI_V4].routes);
	rte_tel_data_add_dict_u64(one, "ipv6", f->family[FWI_V6].routes);
	rte_tel_data_add_dict_u64(one, "rules4", f->family[FWI_V4].rules);
	rte_tel_data_add_dict_u64(one, "rules6", f->family[FWI_V6].rules);
	rte_tel_data_add_dict_u64(one, "dead4", f->family[FWI_V4].dead);
	rte_tel_data_add_dict_u64(one, "dead6", f->family[FWI_V6].dead);
	rte_tel_data_add_dict_int(one, "big4", f->family[FWI_V4].big);
	rte_tel_data_add_dict_int(one, "big6", f->family[FWI_V6].big);
	snprintf(name, sizeof(name), "%u", f->id);
	return rte_tel_data_add_dict_container(d, name, one, 0);
}

int
fwi_tel_routes(const char *cmd, const char *params, struct rte_tel_data *d)
{
	struct fwi_stack_figures s;
	struct fwi_comp_figures f;
	uint32_t i;
	int rc = 0;

	RTE_SET_USED(cmd);
	RTE_SET_USED(params);
	rte_tel_data_start_dict(d);
	fwi_ctl_lock();
	if (!fwi_ready())
		rc = -ENODEV;
	for (i = 0; rc == 0 && i < FWPDK_MAX_COMPARTMENTS; i++)
		if (fwi_comp_figures(i, &f))
			rc = compartment(&f, d);
	if (rc == 0) {
		fwi_stack_figures(&s);
		U64(d, s, in_place);
		U64(d, s, rebuilds);
		U64(d, s, next_hops);
		U64(d, s, groups);
		rte_tel_data_add_dict_u64(d, "path_mtus", s.paths);
	}
	fwi_ctl_unlock();
	return rc;
}

int
fwi_tel_neighbours(const char *cmd, const char *params, struct rte_tel_data *d)
{
	struct fwi_stack_figures s = {0};
	int rc = 0;

	RTE_SET_USED(cmd);
	RTE_SET_USED(params);
	rte_tel_data_start_dict(d);
	fwi_ctl_lock();
	if (fwi_ready())
		fwi_stack_figures(&s);
	else
		rc = -ENODEV;
	fwi_ctl_unlock();
	U64(d, s, neighbours);
	rte_tel_data_add_dict_u64(d, "mirrored", s.mirrored_neighbours);
	rte_tel_data_add_dict_u64(d, "max", s.max_neighbours);
	return rc;
}

static int
interface(const struct fwi_if_figures *f, struct rte_tel_data *d)
{
	struct rte_tel_data *one = fwi_tel_dict();
	char mac[RTE_ETHER_ADDR_FMT_SIZE];

	if (one == NULL)
		return -ENOMEM;
	rte_ether_format_addr(mac, sizeof(mac), &f->info.mac);
	rte_tel_data_add_dict_u64(one, "index", f->info.if_index);
	rte_tel_data_add_dict_u64(one, "compartment", f->info.compartment_id);
	rte_tel_data_add_dict_int(one, "port", f->info.port_id);
	rte_tel_data_add_dict_int(one, "mtu", f->info.mtu);
	rte_tel_data_add_dict_string(one, "mac", mac);
	rte_tel_data_add_dict_u64(one, "addresses", f->addresses);
	rte_tel_data_add_dict_int(one, "mirrored", f->mirrored);
	rte_tel_data_add_dict_int(one, "vlan", f->info.vlan_id);
	rte_tel_data_add_dict_int(one, "outer_vlan", f->info.outer_vlan_id);
	rte_tel_data_add_dict_int(one, "fragment", f->info.fragment);
	rte_tel_data_add_dict_int(one, "forwarding", f->info.forwarding);
	rte_tel_data_add_dict_int(one, "resolve", f->info.resolve);
	return rte_tel_data_add_dict_container(d, f->info.name, one, 0);
}

int
fwi_tel_interfaces(const char *cmd, const char *params, struct rte_tel_data *d)
{
	struct fwi_if_figures f;
	unsigned n = 0;
	uint32_t i;
	int rc = 0;

	RTE_SET_USED(cmd);
	RTE_SET_USED(params);
	rte_tel_data_start_dict(d);
	fwi_ctl_lock();
	if (!fwi_ready())
		rc = -ENODEV;
	for (i = 1; rc == 0 && i <= FWPDK_MAX_INTERFACES && n < IFS_MAX; i++) {
		if (!fwi_if_figures(i, &f))
			continue;
		rc = interface(&f, d);
		n++;
	}
	fwi_ctl_unlock();
	return rc;
}
