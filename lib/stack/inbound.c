/* SPDX-License-Identifier: BSD-3-Clause */
/* The look-ups for packets that come in. Data path: no lock, bounded by the table. */
#include "stack/inbound.h"

struct fwi_inbound *fwi_inbound;
uint32_t fwi_comp_of_if[FWPDK_MAX_INTERFACES + 1];

const struct fwi_in_if *
fwi_stack_in_if(uint16_t port_id, const struct rte_ether_addr *dst, uint16_t vlan_id,
	uint16_t outer_vlan_id)
{
	const struct fwi_inbound *in = __atomic_load_n(&fwi_inbound, __ATOMIC_ACQUIRE);
	const struct fwi_in_if *i, *end, *untagged = NULL;

	if (unlikely(in == NULL || port_id >= RTE_MAX_ETHPORTS))
		return NULL;
	i = &in->ifs[in->first[port_id]];
	end = &in->ifs[in->first[port_id + 1]];
	for (; i < end; i++) {
		if (!rte_is_multicast_ether_addr(dst) && !rte_is_same_ether_addr(&i->mac, dst))
			continue;
		if (i->vlan_id == vlan_id && i->outer_vlan_id == outer_vlan_id)
			return i;
		if (i->vlan_id == 0 && untagged == NULL)
			untagged = i;
	}
	return untagged;
}

const struct fwi_in_if *
fwi_stack_in_port(uint16_t port_id, uint32_t *n)
{
	const struct fwi_inbound *in = __atomic_load_n(&fwi_inbound, __ATOMIC_ACQUIRE);

	*n = 0;
	if (in == NULL || port_id >= RTE_MAX_ETHPORTS)
		return NULL;
	*n = in->first[port_id + 1] - in->first[port_id];
	return &in->ifs[in->first[port_id]];
}

const struct fwi_in_if *
fwi_stack_in_if_index(uint32_t if_index)
{
	const struct fwi_inbound *in = __atomic_load_n(&fwi_inbound, __ATOMIC_ACQUIRE);
	uint32_t i;

	if (in == NULL)
		return NULL;
	for (i = 0; i < in->first[RTE_MAX_ETHPORTS]; i++)
		if (in->ifs[i].if_index == if_index)
			return &in->ifs[i];
	return NULL;
}

const struct fwi_in_if *
fwi_stack_in_front_of(uint16_t port_id)
{
	const struct fwi_inbound *in = __atomic_load_n(&fwi_inbound, __ATOMIC_ACQUIRE);

	if (unlikely(in == NULL || port_id >= RTE_MAX_ETHPORTS) || likely(in->behind[port_id] == 0))
		return NULL;
	return &in->ifs[in->behind[port_id] - 1];
}

uint32_t
fwi_stack_if_compartment(uint32_t if_index)
{
	if (if_index > FWPDK_MAX_INTERFACES)
		return FWI_NO_COMPARTMENT;
	return __atomic_load_n(&fwi_comp_of_if[if_index], __ATOMIC_RELAXED) - 1;
}

static const struct fwi_local *
find(uint32_t comp, enum fwi_family family, fwi_u128 key)
{
	static const struct fwi_local other = {.kind = FWI_ADDR_OTHER};

	const struct fwi_inbound *in = __atomic_load_n(&fwi_inbound, __ATOMIC_ACQUIRE);
	const struct fwi_local *l;
	uint32_t at;

	if (unlikely(in == NULL))
		return &other;
	for (at = fwi_local_hash(comp, family, key);; at++) {
		l = &in->locals[at & in->mask];
		if (l->if_index == 0)
			return &other;
		if (l->key == key && l->comp == comp && l->family == family)
			return l;
	}
}

enum fwi_addr_kind
fwi_stack_addr4(uint32_t comp, uint32_t dst)
{
	uint32_t ip = rte_be_to_cpu_32(dst);

	if (unlikely(ip >> 28 == 0xe))
		return FWI_ADDR_MULTICAST;
	if (unlikely(ip == UINT32_MAX))
		return FWI_ADDR_BROADCAST;
	return (enum fwi_addr_kind)find(comp, FWI_V4, fwi_key4(ip))->kind;
}

enum fwi_addr_kind
fwi_stack_addr6(uint32_t comp, const uint8_t dst[16])
{
	if (unlikely(dst[0] == 0xff))
		return FWI_ADDR_MULTICAST;
	return (enum fwi_addr_kind)find(comp, FWI_V6, fwi_key6(dst))->kind;
}

uint32_t
fwi_stack_local4(uint32_t comp, uint32_t addr)
{
	const struct fwi_local *l = find(comp, FWI_V4, fwi_key4(rte_be_to_cpu_32(addr)));

	return l->kind == FWI_ADDR_LOCAL ? l->if_index : 0;
}

uint32_t
fwi_stack_local6(uint32_t comp, const uint8_t addr[16])
{
	const struct fwi_local *l = find(comp, FWI_V6, fwi_key6(addr));

	return l->kind == FWI_ADDR_LOCAL ? l->if_index : 0;
}

uint32_t
fwi_stack_any_if(uint32_t comp)
{
	const struct fwi_inbound *in = __atomic_load_n(&fwi_inbound, __ATOMIC_ACQUIRE);
	uint32_t i;

	for (i = 0; in != NULL && i < in->first[RTE_MAX_ETHPORTS]; i++)
		if (in->ifs[i].comp == comp)
			return in->ifs[i].if_index;
	return 0;
}
