/* SPDX-License-Identifier: BSD-3-Clause */
/* Routes with several next hops: who gets which flow, and what a change moves. */
#include "stack_fixture.h"

#include "stack/group.h"

#include <ndis.h>

#define FLOWS 20000u

static struct fwpdk_next_hop
hop(uint32_t if_index, const char *gateway, uint16_t weight)
{
	struct fwpdk_next_hop h = {.if_index = if_index, .weight = weight};

	if (gateway != NULL)
		h.gateway = test_addr(gateway);
	return h;
}

static int
add_multi(const char *prefix, uint8_t len, const struct fwpdk_next_hop *hops, uint32_t n)
{
	struct fwpdk_route r = test_route(0, 0, prefix, len, NULL);

	return fwpdk_route_add_multi(&r, hops, n);
}

static uint32_t
flow_hash(uint32_t i)
{
	return (i + 1) * 2654435761u ^ i >> 3;
}

/* Number of the MAC that flow i gets, or the status. */
static int
to(const char *dst, uint32_t i)
{
	struct fwpdk_addr a = test_addr(dst);
	struct fwi_hop h;
	uint32_t v4;

	memset(&h, 0xEE, sizeof(h));
	if (a.family == AF_INET) {
		memcpy(&v4, a.bytes, 4);
		fwi_stack_lookup4_flow(0, v4, TEST_FLOW(flow_hash(i)), &h);
	} else {
		fwi_stack_lookup6_flow(0, a.bytes, TEST_FLOW(flow_hash(i)), &h);
	}
	assert_int_not_equal(h.status, FWI_HOP_BY_FLOW);
	return h.status != 0 ? h.status : h.l2[4] << 8 | h.l2[5];
}

static void
spread(const char *dst, uint8_t *got)
{
	uint32_t i;

	for (i = 0; i < FLOWS; i++)
		got[i] = (uint8_t)to(dst, i);
}

static unsigned
share(const uint8_t *got, int n)
{
	unsigned k = 0;
	uint32_t i;

	for (i = 0; i < FLOWS; i++)
		k += got[i] == n;
	return k;
}

static void
four_gateways(uint32_t i, struct fwpdk_next_hop *h)
{
	unsigned k;
	char text[46];

	for (k = 1; k <= 4; k++) {
		snprintf(text, sizeof(text), "10.0.0.%u", k);
		test_neigh(i, text, k);
		h[k - 1] = hop(i, text, 0);
	}
}

static uint8_t before[FLOWS], after[FLOWS];

static void
flows_are_shared_out(void **state)
{
	uint32_t i = test_if(0, 0, NULL);
	struct fwpdk_next_hop h[4];
	int k;

	(void)state;
	four_gateways(i, h);
	assert_int_equal(add_multi("192.0.2.0", 24, h, 4), 0);
	/* Kept per destination, this makes nobody's hop everybody's. */
	assert_int_equal(test_to("192.0.2.9"), FWI_HOP_BY_FLOW);
	spread("192.0.2.9", before);
	for (k = 1; k <= 4; k++)
		assert_in_range(share(before, k), FLOWS / 4 * 8 / 10, FLOWS / 4 * 12 / 10);
	spread("192.0.2.9", after);
	assert_memory_equal(before, after, FLOWS);
	/* Whatever order they are named in. */
	{
		struct fwpdk_next_hop r[4] = {h[2], h[0], h[3], h[1]};

		assert_int_equal(add_multi("198.51.100.0", 24, r, 4), 0);
	}
	spread("198.51.100.3", after);
	assert_memory_equal(before, after, FLOWS);
}

static void
weights(void **state)
{
	uint32_t i = test_if(0, 0, NULL);
	struct fwpdk_next_hop h[4];

	(void)state;
	four_gateways(i, h);
	h[0].weight = 6;
	h[1].weight = 2;
	assert_int_equal(add_multi("192.0.2.0", 24, h, 2), 0);
	spread("192.0.2.9", before);
	assert_in_range(share(before, 1), FLOWS * 70 / 100, FLOWS * 80 / 100);
	assert_int_equal(share(before, 1) + share(before, 2), FLOWS);
	/* The same one three times: its weights add up. */
	h[0].weight = h[1].weight = h[2].weight = 1;
	h[1] = h[2] = h[0];
	assert_int_equal(add_multi("192.0.2.0", 24, h, 4), 0);
	spread("192.0.2.9", before);
	assert_in_range(share(before, 1), FLOWS * 70 / 100, FLOWS * 80 / 100);
	h[3] = h[0];
	assert_int_equal(add_multi("192.0.2.0", 24, h, 4), 0);
	assert_int_equal(test_to("192.0.2.9"), 1); /* a single one after all */
}

static void
one_less(void **state)
{
	uint32_t i = test_if(0, 0, NULL), f;
	struct fwpdk_next_hop h[4];
	unsigned moved = 0;

	(void)state;
	four_gateways(i, h);
	assert_int_equal(add_multi("192.0.2.0", 24, h, 4), 0);
	spread("192.0.2.9", before);
	h[1] = h[3];
	assert_int_equal(add_multi("192.0.2.0", 24, h, 3), 0);
	spread("192.0.2.9", after);
	for (f = 0; f < FLOWS; f++) {
		assert_int_not_equal(after[f], 2);
		if (before[f] != 2)
			assert_int_equal(after[f], before[f]);
		moved += before[f] != after[f];
	}
	assert_int_equal(moved, share(before, 2));
	assert_in_range(share(after, 1), FLOWS / 3 * 8 / 10, FLOWS / 3 * 12 / 10);
	/* It comes back: as before. */
	four_gateways(i, h);
	assert_int_equal(add_multi("192.0.2.0", 24, h, 4), 0);
	spread("192.0.2.9", after);
	assert_memory_equal(before, after, FLOWS);
}

static void
no_neighbour(void **state)
{
	struct fwpdk_addr gone = test_addr("10.0.0.3"), a;
	uint32_t i = test_if(0, 0, NULL), f, k;
	struct fwpdk_next_hop h[4];
	char text[46];

	(void)state;
	four_gateways(i, h);
	assert_int_equal(add_multi("192.0.2.0", 24, h, 4), 0);
	spread("192.0.2.9", before);
	assert_int_equal(fwpdk_neigh_del(i, &gone), 0);
	spread("192.0.2.9", after);
	for (f = 0; f < FLOWS; f++) {
		assert_int_not_equal(after[f], 3);
		if (before[f] != 3)
			assert_int_equal(after[f], before[f]);
	}
	/* Its flows are shared out too. */
	for (k = 1; k <= 4; k++)
		if (k != 3)
			assert_in_range(share(after, (int)k), FLOWS * 28 / 100, FLOWS * 39 / 100);
	test_neigh(i, "10.0.0.3", 33);
	for (f = 0; f < FLOWS; f++)
		assert_int_equal(to("192.0.2.9", f), before[f] == 3 ? 33 : before[f]);
	for (k = 1; k <= 4; k++) {
		snprintf(text, sizeof(text), "10.0.0.%u", k);
		a = test_addr(text);
		assert_int_equal(fwpdk_neigh_del(i, &a), 0);
	}
	assert_int_equal(to("192.0.2.9", 0), STATUS_HOST_UNREACHABLE);
}

static void
both_families_and_on_link(void **state)
{
	uint32_t a = test_if(0, 0, "a"), b = test_if(0, 1, "b");
	struct fwpdk_next_hop v6[2], v4[2] = {hop(a, NULL, 1), hop(b, "10.0.0.1", 1)};
	struct fwi_hop h;
	unsigned f, seen = 0;
	uint32_t dst;

	(void)state;
	v6[0] = hop(a, "fe80::1", 1);
	v6[1] = hop(b, "fe80::1", 1); /* the same address, another link */
	test_neigh(a, "fe80::1", 1);
	test_neigh(b, "fe80::1", 2);
	assert_int_equal(add_multi("2001:db8::", 32, v6, 2), 0);
	spread("2001:db8::7", before);
	assert_in_range(share(before, 1), FLOWS * 4 / 10, FLOWS * 6 / 10);
	assert_in_range(share(before, 2), FLOWS * 4 / 10, FLOWS * 6 / 10);
	test_neigh(a, "192.0.2.9", 9);
	test_neigh(b, "10.0.0.1", 8);
	assert_int_equal(add_multi("192.0.2.0", 24, v4, 2), 0);
	inet_pton(AF_INET, "192.0.2.9", &dst);
	for (f = 0; f < 64; f++) {
		fwi_stack_lookup4_flow(0, dst, TEST_FLOW(flow_hash(f)), &h);
		assert_int_equal(h.status, 0);
		assert_int_equal(h.l2[5], h.port_id == 0 ? 9 : 8);
		seen |= 1u << h.port_id;
	}
	assert_int_equal(seen, 3);
	/* Nobody on the link has this address: the gateway takes all. */
	spread("192.0.2.10", after);
	assert_int_equal(share(after, 8), FLOWS);
	/* Single routes answer the flow's question too. */
	assert_int_equal(test_add(b, "192.0.2.0", 24, "10.0.0.1"), 0);
	assert_int_equal(to("192.0.2.9", 5), 8);
	assert_int_equal(to("203.0.113.1", 5), STATUS_NETWORK_UNREACHABLE);
}

/* Forward injection names the interface; a next hop with a small share must be found too. */
static void
way_out_given(void **state)
{
	uint32_t a = test_if(0, 0, "a"), b = test_if(0, 1, "b"), v4, f;
	struct fwpdk_next_hop h[3] = {
		hop(a, "10.0.0.1", 256), hop(b, "10.0.0.2", 1), hop(b, "10.0.0.3", 1)};
	struct fwpdk_next_hop h6[2] = {hop(a, "fe80::1", 256), hop(b, "fe80::2", 1)};
	struct fwpdk_addr gone = test_addr("10.0.0.2"), v6 = test_addr("2001:db8::9");
	struct fwi_hop got;
	unsigned seen = 0;

	(void)state;
	test_neigh(a, "10.0.0.1", 1);
	test_neigh(b, "10.0.0.2", 2);
	test_neigh(b, "10.0.0.3", 3);
	assert_int_equal(add_multi("192.0.2.0", 24, h, 3), 0);
	inet_pton(AF_INET, "192.0.2.9", &v4);
	for (f = 0; f < 200; f++) {
		fwi_stack_lookup4_via(0, v4, TEST_FLOW_VIA(flow_hash(f), a), &got);
		assert_int_equal(got.status, 0);
		assert_int_equal(got.l2[5], 1);
		fwi_stack_lookup4_via(0, v4, TEST_FLOW_VIA(flow_hash(f), b), &got);
		assert_int_equal(got.status, 0);
		assert_int_equal(got.port_id, 1);
		seen |= 1u << got.l2[5];
	}
	assert_int_equal(seen, 1u << 2 | 1u << 3);
	/* One of the two has no neighbour, then none. */
	assert_int_equal(fwpdk_neigh_del(b, &gone), 0);
	for (f = 0; f < 200; f++) {
		fwi_stack_lookup4_via(0, v4, TEST_FLOW_VIA(flow_hash(f), b), &got);
		assert_int_equal(got.l2[5], 3);
	}
	gone = test_addr("10.0.0.3");
	assert_int_equal(fwpdk_neigh_del(b, &gone), 0);
	fwi_stack_lookup4_via(0, v4, TEST_FLOW_VIA(5, b), &got);
	assert_int_equal(got.status, STATUS_HOST_UNREACHABLE);
	assert_int_equal(got.port_id, 1);
	/* IPv6, and an interface that the route does not have. */
	test_neigh(a, "fe80::1", 1);
	test_neigh(b, "fe80::2", 2);
	assert_int_equal(add_multi("2001:db8::", 32, h6, 2), 0);
	for (f = 0; f < 200; f++) {
		fwi_stack_lookup6_via(0, v6.bytes, TEST_FLOW_VIA(flow_hash(f), b), &got);
		assert_int_equal(got.l2[5], 2);
	}
	fwi_stack_lookup6_via(0, v6.bytes, TEST_FLOW_VIA(0, 77), &got);
	assert_int_equal(got.status, 0);
}

/* What is asked for is the hop that the flow has as soon as it is known; then all the others. */
static void
own_is_missing(void **state)
{
	uint32_t a = test_if(0, 0, "a"), b = test_if(0, 1, "b"), v4, f, k;
	struct fwpdk_next_hop h[4] = {hop(a, "10.0.0.1", 4), hop(b, "10.0.0.2", 1),
		hop(a, "10.0.0.3", 2), hop(b, "10.0.0.4", 1)};
	struct fwi_next next[64][4];
	struct fwi_flow flow;
	struct fwi_hop got;
	unsigned seen;
	char text[46];

	(void)state;
	inet_pton(AF_INET, "192.0.2.9", &v4);
	assert_int_equal(add_multi("192.0.2.0", 24, h, 4), 0);
	for (f = 0; f < 64; f++) {
		flow = (struct fwi_flow){.hash = flow_hash(f)};
		assert_int_equal(fwi_stack_missing4(0, v4, &flow, next[f], 4), 4);
		assert_int_equal(fwi_stack_missing4(0, v4, &flow, next[f], 1), 1);
		for (k = 0, seen = 0; k < 4; k++)
			seen |= 1u << next[f][k].addr[3];
		assert_int_equal(seen, 2 + 4 + 8 + 16);
		flow.if_index = b;
		assert_int_equal(fwi_stack_missing4(0, v4, &flow, next[f], 4), 2);
		assert_int_equal(next[f][0].if_index, b);
		assert_int_equal(next[f][0].addr[3] + next[f][1].addr[3], 2 + 4);
		flow.if_index = 0;
		fwi_stack_missing4(0, v4, &flow, next[f], 1);
		assert_false(fwi_stack_lookup4_flow(0, v4, TEST_FLOW(flow.hash), &got));
		assert_int_equal(got.status, STATUS_HOST_UNREACHABLE);
	}
	for (k = 1; k <= 4; k++) {
		snprintf(text, sizeof(text), "10.0.0.%u", k);
		test_neigh(k % 2 != 0 ? a : b, text, k);
		for (f = 0; f < 64; f++) {
			flow = (struct fwi_flow){.hash = flow_hash(f)};
			/* Another one takes it as long as its own is not known. */
			assert_int_equal(fwi_stack_lookup4_flow(0, v4, TEST_FLOW(flow.hash), &got),
				next[f][0].addr[3] > k);
			assert_int_equal(got.status, 0);
			if (next[f][0].addr[3] <= k)
				assert_int_equal(got.l2[5], next[f][0].addr[3]);
			assert_int_equal(fwi_stack_missing4(0, v4, &flow, next[f], 1),
				next[f][0].addr[3] > k);
		}
	}
}

/* The link of one way out goes down: its flows take the other, and it is not asked for. */
static void
a_link_goes_down(void **state)
{
	uint32_t a = test_if(0, 0, "a"), b = test_if(0, 1, "b"), v4, f;
	struct fwpdk_next_hop h[2] = {hop(a, "10.0.0.1", 1), hop(b, "10.0.0.2", 1)};
	const struct fwi_flow any = {.hash = 0};
	struct fwi_next next[2];
	uint32_t generation;

	(void)state;
	inet_pton(AF_INET, "192.0.2.9", &v4);
	test_neigh(a, "10.0.0.1", 1);
	test_neigh(b, "10.0.0.2", 2);
	assert_int_equal(add_multi("192.0.2.0", 24, h, 2), 0);
	assert_int_equal(test_add(b, "198.51.100.0", 24, "10.0.0.9"), 0);
	spread("192.0.2.9", before);
	generation = fwi_stack_generation;
	fwi_stack_link(1, true);
	assert_int_equal(fwi_stack_generation, generation + 1);
	fwi_stack_link(1, true);
	assert_int_equal(fwi_stack_generation, generation + 1);
	spread("192.0.2.9", after);
	assert_int_equal(share(after, 1), FLOWS);
	assert_int_equal(test_to("198.51.100.1"), NDIS_STATUS_MEDIA_DISCONNECTED);
	inet_pton(AF_INET, "198.51.100.1", &v4);
	assert_int_equal(fwi_stack_missing4(0, v4, &any, next, 2), 0);
	fwi_stack_link(0, true);
	assert_int_equal(to("192.0.2.9", 0), NDIS_STATUS_MEDIA_DISCONNECTED);
	fwi_stack_link(1, false);
	spread("192.0.2.9", after);
	assert_int_equal(share(after, 2), FLOWS);
	assert_int_equal(fwi_stack_missing4(0, v4, &any, next, 2), 1);
	fwi_stack_link(0, false);
	for (f = 0; f < FLOWS; f++)
		assert_int_equal(to("192.0.2.9", f), before[f]);
}

static void
leads_nowhere(void **state)
{
	uint32_t i = test_if(0, 0, NULL);

	(void)state;
	test_neigh(i, "10.0.0.1", 1);
	assert_int_equal(test_add(i, "0.0.0.0", 0, "10.0.0.1"), 0);
	assert_int_equal(add_multi("192.0.2.0", 24, NULL, 0), 0);
	assert_int_equal(test_to("192.0.2.1"), STATUS_NETWORK_UNREACHABLE);
	assert_int_equal(to("192.0.2.1", 1), STATUS_NETWORK_UNREACHABLE);
	assert_int_equal(test_to("192.0.3.1"), 1);
	assert_int_equal(test_del("192.0.2.0", 24), 0);
	assert_int_equal(test_to("192.0.2.1"), 1);
	assert_int_equal(fwi_rcu_deferred(), 0);
}

struct seen {
	unsigned calls, hops, weight;
};

static int
note(const struct fwpdk_route *r, const struct fwpdk_next_hop *h, uint32_t n, void *arg)
{
	struct seen *s = arg;
	uint32_t i;

	assert_int_equal(r->prefix_len, n == 0 ? 8 : 24);
	s->calls++;
	s->hops += n;
	for (i = 0; i < n; i++)
		s->weight += h[i].weight;
	return 0;
}

static int
note_one(const struct fwpdk_route *r, void *arg)
{
	assert_int_equal(r->if_index == 0, r->prefix_len == 8);
	++*(unsigned *)arg;
	return 0;
}

static void
walks(void **state)
{
	uint32_t i = test_if(0, 0, NULL);
	struct fwpdk_next_hop h[4];
	struct seen s = {0};
	unsigned n = 0;

	(void)state;
	four_gateways(i, h);
	h[2].weight = 7;
	assert_int_equal(add_multi("192.0.2.0", 24, h, 4), 0);
	assert_int_equal(add_multi("127.0.0.0", 8, NULL, 0), 0);
	assert_int_equal(test_add(i, "198.51.100.0", 24, "10.0.0.1"), 0);
	assert_int_equal(fwpdk_route_hops_walk(0, note, &s), 0);
	assert_int_equal(s.calls, 3);
	assert_int_equal(s.hops, 5);
	assert_int_equal(s.weight, 11);
	assert_int_equal(fwpdk_route_walk(0, note_one, &n), 0);
	assert_int_equal(n, 6);
	assert_int_equal(fwpdk_route_hops_walk(0, NULL, NULL), -EINVAL);
	assert_int_equal(fwpdk_route_hops_walk(7, note, &s), -ENOENT);
}

static void
refused(void **state)
{
	struct fwpdk_next_hop h[FWPDK_MAX_NEXT_HOPS + 1];
	uint32_t i = test_if(0, 0, NULL), other, g, k;

	(void)state;
	assert_int_equal(fwpdk_compartment_add(9), 0);
	other = test_if(9, 0, "other");
	for (k = 0; k <= FWPDK_MAX_NEXT_HOPS; k++) {
		h[k] = hop(i, "10.0.0.1", 1);
		h[k].gateway.bytes[3] = (uint8_t)(k + 1);
	}
	g = test_generation();
	assert_int_equal(add_multi("192.0.2.0", 24, h, FWPDK_MAX_NEXT_HOPS + 1), -EINVAL);
	assert_int_equal(add_multi("192.0.2.0", 24, NULL, 1), -EINVAL);
	assert_int_equal(add_multi("192.0.2.1", 24, h, 2), -EINVAL);
	assert_int_equal(fwpdk_route_add_multi(NULL, h, 2), -EINVAL);
	h[1].weight = 257;
	assert_int_equal(add_multi("192.0.2.0", 24, h, 2), -EINVAL);
	h[1] = hop(i, "fe80::1", 1);
	assert_int_equal(add_multi("192.0.2.0", 24, h, 2), -EINVAL);
	h[1] = hop(i, "224.0.0.1", 1);
	assert_int_equal(add_multi("192.0.2.0", 24, h, 2), -EINVAL);
	h[1] = hop(other, "10.0.0.1", 1);
	assert_int_equal(add_multi("192.0.2.0", 24, h, 2), -EINVAL);
	h[1] = hop(77, "10.0.0.1", 1);
	assert_int_equal(add_multi("192.0.2.0", 24, h, 2), -ENOENT);
	assert_int_equal(test_generation(), g);
	h[1] = hop(i, "10.0.0.2", 1);
	assert_int_equal(add_multi("192.0.2.0", 24, h, FWPDK_MAX_NEXT_HOPS), 0);
}

/* routes: how many single ones beside, so that the table is small or big. */
static void
interface_goes(unsigned routes)
{
	uint32_t a = test_if(0, 0, "a"), b = test_if(0, 1, "b"), k;
	struct fwpdk_route *r = calloc(routes, sizeof(*r));
	struct fwpdk_next_hop h[3], only_b[2];
	struct seen s = {0};

	assert_non_null(r);
	test_neigh(a, "10.0.0.1", 1);
	test_neigh(b, "10.0.0.2", 2);
	test_neigh(b, "10.0.0.3", 3);
	h[0] = hop(a, "10.0.0.1", 1);
	h[1] = only_b[0] = hop(b, "10.0.0.2", 1);
	h[2] = only_b[1] = hop(b, "10.0.0.3", 1);
	for (k = 0; k < routes; k++) {
		r[k] = test_route(0, b, "20.0.0.0", 24, "10.0.0.2");
		r[k].prefix.bytes[1] = (uint8_t)(k >> 8);
		r[k].prefix.bytes[2] = (uint8_t)k;
	}
	assert_int_equal(fwpdk_route_add_bulk(r, routes), 0);
	assert_int_equal(add_multi("192.0.2.0", 24, h, 3), 0);
	assert_int_equal(add_multi("198.51.100.0", 24, h, 2), 0);
	assert_int_equal(add_multi("203.0.113.0", 24, only_b, 2), 0);
	spread("192.0.2.9", before);
	assert_int_equal(fwpdk_if_del(a), 0);
	spread("192.0.2.9", after);
	for (k = 0; k < FLOWS; k++)
		assert_int_equal(after[k], before[k] == 1 ? after[k] : before[k]);
	assert_int_equal(share(after, 2) + share(after, 3), FLOWS);
	assert_int_equal(test_to("198.51.100.1"), 2);
	assert_int_equal(fwpdk_route_hops_walk(0, note, &s), 0);
	assert_int_equal(s.calls, routes + 3);
	assert_int_equal(s.hops, routes + 5);
	assert_int_equal(fwpdk_if_del(b), 0);
	assert_int_equal(to("192.0.2.9", 1), STATUS_NETWORK_UNREACHABLE);
	assert_int_equal(fwi_rcu_deferred(), 0);
	free(r);
}

static void
interface_goes_small(void **state)
{
	(void)state;
	interface_goes(20);
}

static void
interface_goes_big(void **state)
{
	(void)state;
	interface_goes(2000);
}

/* Groups come and go for ever: their numbers and their members' come back. */
static void
numbers_come_back(void **state)
{
	uint32_t i = test_if(0, 0, NULL), k, nh, first = 0;
	struct fwpdk_next_hop h[2];

	(void)state;
	for (k = 0; k < 3000; k++) {
		h[0] = hop(i, "10.1.0.1", 1);
		h[1] = hop(i, "10.2.0.1", 1);
		h[0].gateway.bytes[2] = (uint8_t)(k >> 8);
		h[0].gateway.bytes[3] = (uint8_t)(1 + k % 255);
		h[1].gateway.bytes[3] = (uint8_t)(1 + k % 7);
		assert_int_equal(add_multi("192.0.2.0", 24, h, 2), 0);
	}
	assert_int_equal(test_del("192.0.2.0", 24), 0);
	assert_int_equal(test_add(i, "192.0.2.0", 24, NULL), 0);
	assert_int_equal(fwi_rcu_deferred(), 0);
	for (nh = 1; nh < 1000 && first == 0; nh++)
		if (fwi_nexthops[nh] != NULL && fwi_nexthops[nh]->on_link)
			first = nh;
	assert_in_range(first, 1, 8);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_stack_up, test_stack_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(flows_are_shared_out),
		T(weights),
		T(one_less),
		T(no_neighbour),
		T(both_families_and_on_link),
		T(way_out_given),
		T(own_is_missing),
		T(a_link_goes_down),
		T(leads_nowhere),
		T(walks),
		T(refused),
		T(interface_goes_small),
		T(interface_goes_big),
		T(numbers_come_back),
	};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
