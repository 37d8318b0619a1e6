/* SPDX-License-Identifier: BSD-3-Clause */
/* Random filters and packets: the compiled layer does what the oracle says, in both its forms. */
#include <rte_common.h>

#include "../eal_fixture.h"
#include "gen.h"
#include "rig.h"

#define FILTERS_MAX 200u
#define SUBLAYERS   5u

static struct gen g = {.seed = 0x9e3779b97f4a7c15};
static struct gen_filter filters[FILTERS_MAX];
static UINT64 ids[FILTERS_MAX];
static unsigned sublayer_of[FILTERS_MAX], action_of[FILTERS_MAX];
static unsigned n_filters;
static const UINT16 sublayer_weight[SUBLAYERS] = {5, 9, 9, 1, 40000};

/* What was called, in order. */
static struct {
	UINT64 id[4 * FILTERS_MAX];
	unsigned n;
} seen, expected;

enum { CONTINUE, SOFT_BLOCK, HARD_PERMIT, ABSORB, FILTER_PERMIT, FILTER_BLOCK, ACTIONS };

static void
act(unsigned action, FWPS_CLASSIFY_OUT0 *out)
{
	switch (action) {
	case SOFT_BLOCK:
		out->actionType = FWP_ACTION_BLOCK;
		break;
	case HARD_PERMIT:
		out->actionType = FWP_ACTION_PERMIT;
		out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
		break;
	case ABSORB:
		out->actionType = FWP_ACTION_BLOCK;
		out->flags |= FWPS_CLASSIFY_OUT_FLAG_ABSORB;
		out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
		break;
	default:
		break;
	}
}

static void NTAPI
classify(const FWPS_INCOMING_VALUES0 *v, const FWPS_INCOMING_METADATA_VALUES0 *m, void *data,
	const void *ctx, const FWPS_FILTER3 *filter, UINT64 flow, FWPS_CLASSIFY_OUT0 *out)
{
	(void)v;
	(void)m;
	(void)data;
	(void)ctx;
	(void)flow;
	seen.id[seen.n++] = filter->filterId;
	act((unsigned)filter->context, out);
}

static NTSTATUS NTAPI
notify(FWPS_CALLOUT_NOTIFY_TYPE what, const GUID *key, FWPS_FILTER3 *filter)
{
	(void)what;
	(void)key;
	(void)filter;
	return STATUS_SUCCESS;
}

/* Is a before b? Sublayers of one weight: the older first, so are filters. */
static bool
before(unsigned a, unsigned b)
{
	unsigned x = sublayer_of[a], y = sublayer_of[b];

	if (x != y)
		return sublayer_weight[x] != sublayer_weight[y]
			       ? sublayer_weight[x] > sublayer_weight[y]
			       : x < y;
	if (filters[a].weight != filters[b].weight)
		return filters[a].weight > filters[b].weight;
	return ids[a] < ids[b];
}

static unsigned order[FILTERS_MAX];

static void
put_in_order(void)
{
	unsigned i, k, t;

	for (i = 0; i < n_filters; i++)
		order[i] = i;
	for (i = 1; i < n_filters; i++)
		for (k = i; k > 0 && before(order[k], order[k - 1]); k--) {
			t = order[k];
			order[k] = order[k - 1];
			order[k - 1] = t;
		}
}

/* The rules of arbitration, said in another way: see the table in doc/guide.md. */
static enum fwi_verdict
oracle(const struct fwi_layer_kind *layer, const struct fwi_key *key)
{
	bool hard_permit = false, blocked = false, absorbed = false;
	unsigned i, f, done_with = SUBLAYERS;

	expected.n = 0;
	for (i = 0; i < n_filters; i++) {
		f = order[i];
		if (sublayer_of[f] == done_with ||
			!oracle_match(layer, filters[f].c, filters[f].f.numFilterConditions, key))
			continue;
		if (action_of[f] < FILTER_PERMIT)
			expected.id[expected.n++] = ids[f];
		if (action_of[f] == CONTINUE)
			continue;
		done_with = sublayer_of[f];
		switch (action_of[f]) {
		case SOFT_BLOCK: /* below a hard permit: a veto */
			blocked = true;
			if (hard_permit)
				return FWI_BLOCK;
			break;
		case HARD_PERMIT:
			if (!hard_permit)
				blocked = absorbed = false;
			hard_permit = true;
			break;
		case ABSORB:
			return FWI_ABSORB;
		case FILTER_PERMIT:
			if (!hard_permit)
				blocked = absorbed = false;
			break;
		default:
			if (!hard_permit)
				return absorbed ? FWI_ABSORB : FWI_BLOCK;
			break;
		}
	}
	return blocked ? FWI_BLOCK : FWI_PERMIT;
}

static void
add_filters(const struct fwi_layer_kind *layer, unsigned n)
{
	FWPM_FILTER0 *f;
	NTSTATUS status;

	for (n_filters = 0; n_filters < n;) {
		gen_filter(&g, layer, &filters[n_filters], true);
		f = &filters[n_filters].f;
		f->displayData.name = (wchar_t[]){L"f"};
		sublayer_of[n_filters] = gen_draw(&g, SUBLAYERS);
		f->subLayerKey = rig_key(1 + sublayer_of[n_filters]);
		action_of[n_filters] = gen_draw(&g, 3) == 0 ? gen_draw(&g, ACTIONS) : CONTINUE;
		f->action.type = action_of[n_filters] == FILTER_PERMIT ? FWP_ACTION_PERMIT
				 : action_of[n_filters] == FILTER_BLOCK
					 ? FWP_ACTION_BLOCK
					 : FWP_ACTION_CALLOUT_UNKNOWN;
		f->action.calloutKey = rig_key(50);
		f->rawContext = action_of[n_filters];
		status = FwpmFilterAdd0(rig.engine, f, NULL, &ids[n_filters]);
		if (status == STATUS_FWP_NEVER_MATCH)
			continue;
		assert_ok(status);
		n_filters++;
	}
}

static unsigned matched;

static void
check_layer(const struct fwi_layer_kind *layer, unsigned n, unsigned packets)
{
	FWPS_CALLOUT3 c = {.calloutKey = rig_key(50), .classifyFn = classify, .notifyFn = notify};
	FWPM_CALLOUT0 m = {.calloutKey = rig_key(50),
		.displayData.name = (wchar_t[]){L"c"},
		.applicableLayer = *layer->key};
	enum fwi_verdict want, got;
	struct fwi_key key;
	unsigned i;

	for (i = 0; i < SUBLAYERS; i++)
		rig_sublayer(1 + i, sublayer_weight[i]);
	assert_ok(FwpsCalloutRegister3(NULL, &c, NULL));
	assert_ok(FwpmTransactionBegin0(rig.engine, 0));
	assert_ok(FwpmCalloutAdd0(rig.engine, &m, NULL, NULL));
	add_filters(layer, n);
	assert_ok(FwpmTransactionCommit0(rig.engine));
	put_in_order();
	for (i = 0; i < packets; i++) {
		gen_key(&g, layer, &key);
		want = oracle(layer, &key);
		seen.n = 0;
		got = rig_ask_at(layer->id, &key);
		assert_int_equal(seen.n, expected.n);
		assert_memory_equal(seen.id, expected.id, seen.n * sizeof(seen.id[0]));
		assert_int_equal(got, want);
		matched += expected.n;
	}
	assert_ok(FwpsCalloutUnregisterByKey0(&c.calloutKey));
}

static void
every_layer(unsigned straight_max, unsigned n, unsigned packets)
{
	unsigned i;

	matched = 0;
	for (i = 0; i < FWI_LAYER_KINDS; i++) {
		fwi_straight_max = straight_max;
		check_layer(&fwi_layer_kinds[i], n, packets);
		assert_ok(rig_down(NULL));
		assert_ok(rig_up(NULL));
	}
	assert_true(n < 8 || matched > packets * FWI_LAYER_KINDS); /* it has tried something */
}

static void
test_straight(void **state)
{
	(void)state;
	every_layer(1000, 8, 400);
	every_layer(1000, 60, 400);
}

static void
test_acl(void **state)
{
	(void)state;
	every_layer(0, 1, 200);
	every_layer(0, 8, 400);
	every_layer(8, 60, 800);
	every_layer(8, FILTERS_MAX, 800);
}

/* The condition's type is wider than the two values there are. */
static void
test_direction(void **state)
{
	FWPM_FILTER_CONDITION0 c = {.fieldKey = FWPM_CONDITION_DIRECTION,
		.matchType = FWP_MATCH_GREATER_OR_EQUAL,
		.conditionValue = {.type = FWP_UINT32, .uint32 = 300}};
	FWPM_FILTER0 f = rig_filter(20, &FWPM_LAYER_DATAGRAM_DATA_V4, 0, FWP_ACTION_BLOCK);
	struct fwi_key key = {.version = 4};

	(void)state;
	f.numFilterConditions = 1;
	f.filterCondition = &c;
	rig_add(&f);
	for (; key.direction < 2; key.direction++)
		assert_int_equal(rig_ask_at(FWPS_LAYER_DATAGRAM_DATA_V4, &key), FWI_PERMIT);
	rig_filter_gone(20);
	c.conditionValue.uint32 = FWP_DIRECTION_INBOUND;
	rig_add(&f);
	key.direction = FWP_DIRECTION_OUTBOUND;
	assert_int_equal(rig_ask_at(FWPS_LAYER_DATAGRAM_DATA_V4, &key), FWI_PERMIT);
	key.direction = FWP_DIRECTION_INBOUND;
	assert_int_equal(rig_ask_at(FWPS_LAYER_DATAGRAM_DATA_V4, &key), FWI_BLOCK);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_straight, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_acl, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_direction, rig_up, rig_down),
	};

	if (test_eal_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
