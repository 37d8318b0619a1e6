/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: a packet's key as rte_acl gets it. */
#ifndef FWI_ACL_LOOK_H
#define FWI_ACL_LOOK_H

#include <string.h>

#include <rte_byteorder.h>

#include "classify/compiled.h"

/* Bytes behind what the layer's fields take are neither written nor read. */
static inline void
fwi_acl_in4(struct fwi_acl_in *in, const struct fwi_key *k)
{
	in->protocol = k->protocol;
	in->v4.local = rte_cpu_to_be_32(k->local.v4);
	in->v4.remote = rte_cpu_to_be_32(k->remote.v4);
	in->v4.local_port = rte_cpu_to_be_16(k->local_port);
	in->v4.remote_port = rte_cpu_to_be_16(k->remote_port);
	in->v4.if_index = rte_cpu_to_be_32(k->if_index);
	in->v4.out_if_index = rte_cpu_to_be_32(k->out_if_index);
}

static inline void
fwi_acl_in6(struct fwi_acl_in *in, const struct fwi_key *k)
{
	in->protocol = k->protocol;
	memcpy(in->v6.local, k->local.v6, 16);
	memcpy(in->v6.remote, k->remote.v6, 16);
	in->v6.local_port = rte_cpu_to_be_16(k->local_port);
	in->v6.remote_port = rte_cpu_to_be_16(k->remote_port);
	in->v6.if_index = rte_cpu_to_be_32(k->if_index);
	in->v6.out_if_index = rte_cpu_to_be_32(k->out_if_index);
}

static inline void
fwi_acl_in_mac(struct fwi_acl_in *in, const struct fwi_key *k)
{
	in->protocol = 0;
	in->mac.ether_type = rte_cpu_to_be_16(k->ether_type);
	in->mac.vlan_id = rte_cpu_to_be_16(k->vlan_id);
	memcpy(in->mac.local, k->local_mac, 6);
	memcpy(in->mac.remote, k->remote_mac, 6);
	in->mac.if_index = rte_cpu_to_be_32(k->if_index);
}

/* result[i]: in sublayer i the number of a filter + 1, 0 = none; [l->categories]. */
static inline void
fwi_acl_look(const struct fwi_layer *l, const struct fwi_key *key, uint32_t *result)
{
	struct fwi_acl_in in;
	const uint8_t *data = (const uint8_t *)&in;

	if (l->version == 4)
		fwi_acl_in4(&in, key);
	else if (l->version == 6)
		fwi_acl_in6(&in, key);
	else
		fwi_acl_in_mac(&in, key);
	rte_acl_classify(l->acl, &data, result, 1, l->categories);
}

#endif
