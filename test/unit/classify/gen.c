/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "gen.h"

uint32_t
gen_draw(struct gen *g, uint32_t below)
{
	uint32_t v;

	if (g->left > 0) {
		v = *g->data++;
		g->left--;
		if (below > 256 && g->left > 0) {
			v = v << 8 | *g->data++;
			g->left--;
		}
	} else {
		g->seed ^= g->seed << 13;
		g->seed ^= g->seed >> 7;
		g->seed ^= g->seed << 17;
		v = (uint32_t)(g->seed >> 16);
	}
	return below == 0 ? v : v % below;
}

/* Few values, close together, and the ends of the range. */
static uint32_t
number(struct gen *g, uint32_t max)
{
	switch (gen_draw(g, 8)) {
	case 0:
		return 0;
	case 1:
		return max;
	case 2:
		return gen_draw(g, 0) & max;
	default:
		return gen_draw(g, 6) & max;
	}
}

static void
address(struct gen *g, uint8_t *b, unsigned n)
{
	unsigned i;

	memset(b, gen_draw(g, 16) == 0 ? 0xff : 0, n);
	b[0] = (uint8_t)(10 + gen_draw(g, 2));
	for (i = 1; i < n; i++)
		if (i >= n - 2 || gen_draw(g, 4) == 0)
			b[i] = (uint8_t)gen_draw(g, 3);
}

static uint32_t
address4(struct gen *g)
{
	uint8_t b[4];

	address(g, b, 4);
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

void
gen_key(struct gen *g, const struct fwi_layer_kind *layer, struct fwi_key *k)
{
	memset(k, 0, sizeof(*k));
	k->version = layer->version;
	if (layer->version == 4) {
		k->local.v4 = address4(g);
		k->remote.v4 = address4(g);
	} else {
		address(g, k->local.v6, 16);
		address(g, k->remote.v6, 16);
	}
	k->if_index = number(g, UINT32_MAX);
	k->out_if_index = number(g, UINT32_MAX);
	k->flags = number(g, UINT32_MAX);
	k->compartment = number(g, UINT32_MAX);
	k->local_port = (uint16_t)number(g, UINT16_MAX);
	k->remote_port = (uint16_t)number(g, UINT16_MAX);
	k->ether_type = (uint16_t)number(g, UINT16_MAX);
	k->vlan_id = (uint16_t)number(g, UINT16_MAX);
	k->protocol = (uint8_t)number(g, UINT8_MAX);
	k->direction = (uint8_t)gen_draw(g, 2);
	k->local_type = (uint8_t)gen_draw(g, 5);
	k->remote_type = (uint8_t)gen_draw(g, 5);
	address(g, k->if_mac, 6);
	address(g, k->local_mac, 6);
	address(g, k->remote_mac, 6);
}

static void
plain(struct gen *g, FWP_DATA_TYPE type, FWP_VALUE0 *v, void *room)
{
	v->type = type;
	switch (type) {
	case FWP_UINT8:
		v->uint8 = (UINT8)number(g, UINT8_MAX);
		break;
	case FWP_UINT16:
		v->uint16 = (UINT16)number(g, UINT16_MAX);
		break;
	case FWP_UINT32:
		v->uint32 = number(g, UINT32_MAX);
		break;
	case FWP_BYTE_ARRAY6_TYPE:
		v->byteArray6 = room;
		address(g, room, 6);
		break;
	default:
		v->byteArray16 = room;
		address(g, room, 16);
		break;
	}
}

static FWP_DATA_TYPE
type_of(const struct fwi_layer_kind *layer, unsigned field)
{
	switch (field) {
	case FWI_F_LOCAL:
	case FWI_F_REMOTE:
		return layer->version == 4 ? FWP_UINT32 : FWP_BYTE_ARRAY16_TYPE;
	case FWI_F_IF_MAC:
	case FWI_F_LOCAL_MAC:
	case FWI_F_REMOTE_MAC:
		return FWP_BYTE_ARRAY6_TYPE;
	case FWI_F_LOCAL_PORT:
	case FWI_F_REMOTE_PORT:
	case FWI_F_ETHER_TYPE:
	case FWI_F_VLAN:
		return FWP_UINT16;
	case FWI_F_PROTOCOL:
	case FWI_F_LOCAL_TYPE:
	case FWI_F_REMOTE_TYPE:
		return FWP_UINT8;
	default:
		return FWP_UINT32;
	}
}

static void
swap(FWP_VALUE0 *a, FWP_VALUE0 *b)
{
	FWP_VALUE0 t = *a;

	*a = *b;
	*b = t;
}

static bool
above(const FWP_VALUE0 *a, const FWP_VALUE0 *b)
{
	switch (a->type) {
	case FWP_UINT8:
		return a->uint8 > b->uint8;
	case FWP_UINT16:
		return a->uint16 > b->uint16;
	case FWP_UINT32:
		return a->uint32 > b->uint32;
	case FWP_BYTE_ARRAY6_TYPE:
		return memcmp(a->byteArray6, b->byteArray6, 6) > 0;
	default:
		return memcmp(a->byteArray16, b->byteArray16, 16) > 0;
	}
}

static void
subnet(struct gen *g, bool v4, FWP_CONDITION_VALUE0 *v, struct gen_filter *out, unsigned i)
{
	unsigned len = gen_draw(g, 3) == 0 ? gen_draw(g, v4 ? 33 : 129) : (v4 ? 24 : 112);

	if (v4) {
		v->type = FWP_V4_ADDR_MASK;
		v->v4AddrMask = &out->low[i].v4;
		out->low[i].v4.addr = address4(g);
		out->low[i].v4.mask = len == 0 ? 0 : UINT32_MAX << (32 - len);
	} else {
		v->type = FWP_V6_ADDR_MASK;
		v->v6AddrMask = &out->low[i].v6;
		address(g, out->low[i].v6.addr, 16);
		out->low[i].v6.prefixLength = (UINT8)len;
	}
}

static void
condition(struct gen *g, const struct fwi_layer_kind *layer, unsigned field, bool addr,
	struct gen_filter *out, unsigned i)
{
	static const FWP_MATCH_TYPE compares[] = {FWP_MATCH_EQUAL, FWP_MATCH_EQUAL, FWP_MATCH_EQUAL,
		FWP_MATCH_GREATER, FWP_MATCH_LESS, FWP_MATCH_GREATER_OR_EQUAL,
		FWP_MATCH_LESS_OR_EQUAL, FWP_MATCH_NOT_EQUAL};
	FWP_DATA_TYPE type = type_of(layer, field);
	FWPM_FILTER_CONDITION0 *c = &out->c[i];
	FWP_VALUE0 v;

	c->matchType = compares[gen_draw(g, 8)];
	switch (gen_draw(g, 4)) {
	case 0:
		c->conditionValue.type = FWP_RANGE_TYPE;
		c->conditionValue.rangeValue = &out->range[i];
		plain(g, type, &out->range[i].valueLow, &out->low[i]);
		plain(g, type, &out->range[i].valueHigh, &out->high[i]);
		if (above(&out->range[i].valueLow, &out->range[i].valueHigh))
			swap(&out->range[i].valueLow, &out->range[i].valueHigh);
		c->matchType = FWP_MATCH_RANGE;
		return;
	case 1:
		if (addr) {
			subnet(g, layer->version == 4, &c->conditionValue, out, i);
			if (c->matchType != FWP_MATCH_NOT_EQUAL)
				c->matchType = FWP_MATCH_EQUAL;
			return;
		}
		if (type <= FWP_UINT32)
			c->matchType = (FWP_MATCH_TYPE)(FWP_MATCH_FLAGS_ALL_SET + gen_draw(g, 3));
		break;
	default:
		break;
	}
	plain(g, type, &v, &out->low[i]);
	c->conditionValue.type = v.type;
	c->conditionValue.uint64 = v.uint64;
	if (addr && layer->version == 4 && gen_draw(g, 4) != 0)
		c->conditionValue.uint32 = address4(g);
}

void
gen_filter(struct gen *g, const struct fwi_layer_kind *layer, struct gen_filter *out, bool valid)
{
	unsigned i, field, n = gen_draw(g, gen_draw(g, 4) == 0 ? GEN_CONDITIONS + 1 : 3);

	memset(out, 0, sizeof(*out));
	out->f.layerKey = *layer->key;
	out->f.filterCondition = out->c;
	out->weight = gen_draw(g, 16);
	out->f.weight.type = FWP_UINT64;
	out->f.weight.uint64 = &out->weight;
	for (i = 0; i < n;) {
		field = gen_draw(g, layer->n_fields);
		if (layer->fields[field].field == FWI_F_NONE && valid) {
			n--;
			continue;
		}
		out->c[i].fieldKey = *layer->fields[field].key;
		field = layer->fields[field].field;
		condition(g, layer, field, field == FWI_F_LOCAL || field == FWI_F_REMOTE, out, i);
		if (!valid && gen_draw(g, 16) == 0)
			out->c[i].matchType = (FWP_MATCH_TYPE)gen_draw(g, 16);
		i++;
	}
	out->f.numFilterConditions = i;
}
